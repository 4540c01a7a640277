//! The calls of a stage's RUNs: where they stand in the file, and how a word of one is taken out.

use semantic::{Run, Stage, StageInstruction};
use syntax::shell::{Connector, ShellWord, StatementKind};
use syntax::{Form, LocalRange, TextEdit, TextRange};

use super::append::stops_at_errors;
use super::call::Call;

/// A call of a RUN.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunCall<'a> {
    /// The instruction.
    pub(crate) item: &'a StageInstruction,
    /// What it runs.
    pub(crate) run: &'a Run,
    /// The call.
    pub(crate) call: Call<'a>,
}

/// Every call of a stage, in order.
pub(crate) fn run_calls(stage: &Stage) -> impl Iterator<Item = RunCall<'_>> {
    stage.instructions.iter().flat_map(calls_of)
}

/// Every call of an instruction, in order; none where it is no RUN.
pub(crate) fn calls_of(item: &StageInstruction) -> impl Iterator<Item = RunCall<'_>> {
    let run = item.as_run();
    run.into_iter()
        .flat_map(move |run| run.commands().filter_map(Call::of).map(move |call| RunCall { item, run, call }))
}

impl<'a> RunCall<'a> {
    /// From the program, `sudo` and the like included, to the last word.
    pub(crate) fn range(&self) -> TextRange {
        let words = &self.call.command.words;
        let first = words.first().map_or(self.call.command.range, |word| word.range);
        let last = words.last().map_or(first, |word| word.range);
        self.place(first.cover(last))
    }

    /// From the program, `sudo` and the like included, to this word.
    pub(crate) fn range_to(&self, word: &ShellWord) -> TextRange {
        let first = self.call.command.words.first().map_or(word.range, |first| first.range);
        self.place(first.cover(word.range))
    }

    /// A place of the instruction in the file.
    pub(crate) fn place(&self, range: LocalRange) -> TextRange {
        self.item.instruction.place(range)
    }

    /// The word that names the program.
    pub(crate) fn program_word(&self) -> Option<&'a ShellWord> {
        let words = &self.call.command.words;
        words.get((words.len() - self.call.arguments.len()).checked_sub(1)?)
    }

    /// Whether words of the script can be changed where they stand.
    pub(crate) fn is_editable(&self) -> bool {
        self.run.is_understood() && self.item.instruction.arguments.form != Some(Form::Exec)
    }

    /// The edits that take these words out, each with the white space before it; none where a line break stands there.
    pub(crate) fn without(&self, words: &[&ShellWord]) -> Option<Vec<TextEdit>> {
        let source = &self.item.instruction.source;
        let edit = |word: &&ShellWord| {
            let mut before =
                self.call.command.words.iter().rev().filter(|other| other.range.end <= word.range.start);
            let gap = LocalRange::new(before.next()?.range.end, word.range.start);
            let is_space = gap.of(source).bytes().all(|byte| matches!(byte, b' ' | b'\t'));
            let range = self.place(LocalRange::new(gap.start, word.range.end));
            is_space.then_some(TextEdit { range, new_text: String::new() })
        };
        if !self.is_editable() {
            return None;
        }
        words.iter().map(edit).collect()
    }

    /// Whether the RUN fails where this call fails.
    pub(crate) fn decides(&self) -> bool {
        let Some(script) = self.run.script.as_deref().filter(|script| script.clean) else { return false };
        let own = self.call.command;
        let holds = |range: LocalRange| range.start <= own.range.start && own.range.end <= range.end;
        let Some(at) = script.statements.iter().position(|statement| holds(statement.range)) else {
            return false;
        };
        let stops = stops_at_errors(script);
        let goes_on = |connector: Option<Connector>| match connector {
            Some(Connector::And) | None => true,
            Some(Connector::Then) => stops,
            _ => false,
        };
        let is_negated = script.statements[at].kind != StatementKind::Command;
        own.top_level
            && !is_negated
            && script.statements[at + 1..].iter().all(|next| goes_on(next.connector))
            && script.statements[at].connector != Some(Connector::Or)
    }
}

/// Whether a RUN holds what it fetched against a checksum or a signature.
pub(crate) fn verifies(run: &Run) -> bool {
    run.commands().filter_map(Call::of).any(|call| match call.program {
        "sha1sum" | "sha224sum" | "sha256sum" | "sha384sum" | "sha512sum" | "md5sum" | "b2sum" | "shasum"
        | "cksum" => call.values().any(|value| {
            value == "--check" || value.strip_prefix('-').is_some_and(|letters| letters.contains('c'))
        }),
        "gpg" | "gpg2" | "gpgv" => call.program == "gpgv" || call.has(&["--verify"]),
        "cosign" => call.subcommand_text().starts_with("verify"),
        "minisign" => call.has(&["-V", "-Vm"]),
        _ => false,
    })
}
