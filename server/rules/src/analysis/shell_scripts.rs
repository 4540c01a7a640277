//! The scripts of RUNs as ShellCheck is given them: each with a line before it that says which shell runs it and which variables the build sets.

use rewrites::Input;
use semantic::{Model, StageInstruction};
use syntax::shell::ScriptText;

/// A script, and how its text begins where it is given away.
pub(crate) struct GivenScript {
    script: ScriptText,
    /// Bytes before the script.
    before: usize,
    /// What is given.
    pub(crate) text: String,
}

/// Every script of a file, as it is given away, each once.
#[must_use]
pub fn shell_scripts(model: &Model) -> Vec<String> {
    let all = model.stages.iter().flat_map(|stage| &stage.instructions);
    let mut texts: Vec<String> =
        all.filter_map(|item| given_script(model, item)).map(|given| given.text).collect();
    texts.sort();
    texts.dedup();
    texts
}

/// The script of an instruction; none where no shell that ShellCheck knows reads one.
pub(crate) fn given_script(model: &Model, item: &StageInstruction) -> Option<GivenScript> {
    // A script in another language has no statements.
    let run = item.as_run()?.script.as_deref()?;
    if run.statements.is_empty() {
        return None;
    }
    let script = ScriptText::of(&item.instruction)?;
    let before = match script.text().strip_prefix("#!") {
        // Its own first line says who reads it.
        Some(_) => String::new(),
        None => {
            let mut line = format!("# shellcheck shell={}\n", dialect(item)?);
            let names: Vec<String> =
                model.scopes.visible(item.scope).keys().map(|name| format!("{name}=\"$1\"")).collect();
            // Of a value that is not known: of `x` it would say that it needs no quotes.
            if !names.is_empty() {
                line.push_str(&format!("export {}\n", names.join(" ")));
            }
            line
        }
    };
    let text = format!("{before}{}\n", script.text());
    Some(GivenScript { script, before: before.len(), text })
}

/// The shell, by a name that ShellCheck knows.
fn dialect(item: &StageInstruction) -> Option<&'static str> {
    let Some(words) = &item.shell else { return Some("sh") };
    let program = words.first().map_or("", String::as_str);
    match program.rsplit('/').next().unwrap_or_default() {
        "sh" => Some("sh"),
        "bash" => Some("bash"),
        "dash" | "ash" => Some("dash"),
        "ksh" => Some("ksh"),
        _ => None,
    }
}

impl GivenScript {
    /// Where the bytes `start..end` of what is given stand in the file; none where that is no part of the script.
    pub(crate) fn place(
        &self,
        item: &StageInstruction,
        start: usize,
        end: usize,
    ) -> Option<syntax::TextRange> {
        let (start, end) = (start.checked_sub(self.before)?, end.checked_sub(self.before)?);
        Some(item.instruction.place(self.script.range(start, end)))
    }
}

/// Whether a file's scripts are known to be what ShellCheck was asked of.
pub(crate) fn is_asked(input: &Input<'_>) -> bool {
    input.facts.shell_checks.is_some()
}
