//! Which text of an instruction is a script, and its parse within a budget.

use std::cell::RefCell;
use std::ops::ControlFlow;

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use super::command::{Context, OuterHeredoc};
use super::flat_text::FlatText;
use super::{Command, Piece, Script, ShellWord, Statement, StatementKind, colours, lower, sets, word};
use crate::arguments::{Form, Heredoc};
use crate::instruction::InstructionNode;
use crate::keyword::Keyword;
use crate::range::LocalRange;

/// Scripts that are nested deeper are not parsed.
const MAX_NESTING: usize = 200;

/// Scripts with more `|` are not parsed: the grammar takes quadratic time on them.
const MAX_PIPES: usize = 1_000;

/// Instructions with more heredocs are not parsed.
const MAX_HEREDOCS: usize = 200;

/// How many steps the parser may take after it has found an error: its recovery takes time that grows with the square of the text.
const MAX_ERROR_STEPS: usize = 100;

/// Longer scripts are not parsed, in bytes.
const MAX_LEN: usize = 256 * 1024;

impl Script {
    /// The script of an instruction: of RUN, CMD, ENTRYPOINT and HEALTHCHECK CMD. A script that is too long or too nested, takes the parser too long,
    /// or is for another interpreter than a shell has no statements and is not clean.
    #[must_use]
    pub fn of(instruction: &InstructionNode) -> Option<Self> {
        let has_command = matches!(
            instruction.keyword,
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck
        );
        if !has_command {
            return None;
        }
        if instruction.arguments.form == Some(Form::Exec) {
            return exec_form(instruction);
        }
        if instruction.source.len() > MAX_LEN {
            return Some(Self::default());
        }
        let mut flat =
            FlatText::of_logical_line(&instruction.source, instruction.arguments.range, instruction.escape);
        if instruction.keyword == Keyword::Healthcheck {
            flat = healthcheck_command(flat)?;
        }
        match instruction.heredocs.first() {
            Some(heredoc) if heredoc.marker == instruction.arguments.range => {
                Some(body(&instruction.source, heredoc))
            }
            _ => Some(shell_form(instruction, flat)),
        }
    }

    /// The same without what its lists have reserved and do not use: it is kept for as long as its file is open.
    pub(crate) fn shrunk(mut self) -> Self {
        self.statements.shrink_to_fit();
        self.variables.shrink_to_fit();
        self.sets.shrink_to_fit();
        self.pieces.shrink_to_fit();
        for statement in &mut self.statements {
            statement.commands.shrink_to_fit();
            for command in &mut statement.commands {
                command.words.shrink_to_fit();
                command.words.iter_mut().for_each(|word| word.variables.shrink_to_fit());
            }
        }
        self
    }

    /// Its commands, for a statement that has this script inside.
    fn into_nested_commands(self) -> impl Iterator<Item = Command> {
        let commands = self.statements.into_iter().flat_map(|statement| statement.commands);
        commands.map(|command| Command { top_level: false, ..command })
    }
}

fn shell_form(instruction: &InstructionNode, mut flat: FlatText) -> Script {
    let heredocs: Vec<_> = instruction
        .heredocs
        .iter()
        .filter_map(|heredoc| outer_heredoc(&instruction.source, heredoc, &mut flat))
        .collect();
    let mut script = parse(&flat, &heredocs);
    let in_bodies = heredocs.iter().flat_map(|heredoc| heredoc.target.variables.iter().cloned());
    script.variables.extend(in_bodies);
    for statement in &mut script.statements {
        let mut nested = Vec::new();
        for redirection in statement
            .commands
            .iter()
            .filter(|command| reads_script(command))
            .flat_map(|command| &command.redirections)
        {
            let Some(range) = redirection.heredoc else { continue };
            let Some(heredoc) = instruction.heredocs.iter().find(|heredoc| heredoc.body == range) else {
                continue;
            };
            let inner = body(&instruction.source, heredoc);
            script.clean &= inner.clean;
            script.pieces.extend_from_slice(&inner.pieces);
            nested.extend(inner.into_nested_commands());
        }
        for inner in statement.commands.iter().filter_map(|command| inline_script(command, instruction)) {
            script.clean &= inner.clean;
            script.variables.extend(inner.variables.iter().cloned());
            script.sets.extend(inner.sets.iter().cloned());
            script.pieces.extend_from_slice(&inner.pieces);
            nested.extend(inner.into_nested_commands());
        }
        statement.commands.extend(nested);
        statement.commands.sort_by_key(|command| command.range.start);
    }
    script.variables.sort_by_key(|variable| variable.range);
    script.sets.sort_by_key(|set| set.range);
    script
}

/// Whether a command is a shell that reads its script from its input.
fn reads_script(command: &Command) -> bool {
    command.program().is_some_and(is_shell)
        && command.words.iter().skip(1).all(|word| word.text.starts_with('-') && !word.text.contains('c'))
}

/// Whether a file of this name and text is a script for a shell.
pub(crate) fn is_script(name: &str, text: &str) -> bool {
    match text.strip_prefix("#!").and_then(|rest| rest.lines().next()) {
        Some(interpreter) => is_shell_interpreter(interpreter),
        None => [".sh", ".bash"].iter().any(|end| name.ends_with(end)),
    }
}

/// What each piece of a heredoc's body is, where that is a script for a shell.
pub(crate) fn pieces_of_body(source: &str, heredoc: &Heredoc) -> Vec<Piece> {
    if source.len() > MAX_LEN { Vec::new() } else { body(source, heredoc).pieces }
}

/// The script in a heredoc's body.
fn body(source: &str, heredoc: &Heredoc) -> Script {
    let flat = FlatText::of_body(source, heredoc.body, heredoc.chomp);
    let interpreter = flat.text.strip_prefix("#!").and_then(|rest| rest.lines().next());
    if interpreter.is_some_and(|line| !is_shell_interpreter(line)) {
        return Script::default();
    }
    parse(&flat, &[])
}

/// The exec form: one command whose words are known. The string of `sh -c` gives further commands, not at top level.
fn exec_form(instruction: &InstructionNode) -> Option<Script> {
    // HEALTHCHECK's own words start with `CMD`.
    let n_own = usize::from(instruction.keyword == Keyword::Healthcheck);
    let words: Vec<_> = instruction
        .arguments
        .words
        .iter()
        .skip(n_own)
        .map(|word| ShellWord {
            range: word.range,
            text: word.text.clone(),
            value: Some(word.text.clone()),
            ..ShellWord::default()
        })
        .collect();
    let (first, last) = (words.first()?, words.last()?);
    let range = LocalRange::new(first.range.start, last.range.end);
    let command = Command { range, words, top_level: true, ..Command::default() };
    let inner = inline_script(&command, instruction);
    let mut commands = vec![command];
    let (mut variables, mut sets, mut pieces) = (Vec::new(), Vec::new(), Vec::new());
    let mut clean = true;
    if let Some(inner) = inner {
        clean = inner.clean;
        variables = inner.variables.clone();
        sets = inner.sets.clone();
        pieces = inner.pieces.clone();
        commands.extend(inner.into_nested_commands());
    }
    let statement = Statement {
        range,
        connector: None,
        connector_range: LocalRange::new(range.start, range.start),
        kind: StatementKind::Command,
        commands,
        redirections: Vec::new(),
    };
    Some(Script { statements: vec![statement], clean, variables, sets, pieces })
}

/// The script of `["sh", "-c", "…"]`, or of `sh -c '…'` where its text is certain.
fn inline_script(command: &Command, instruction: &InstructionNode) -> Option<Script> {
    let [_, options @ .., script] = command.words.as_slice() else { return None };
    let takes_script = command.program().is_some_and(is_shell)
        && options.last().is_some_and(|option| option.text.starts_with('-') && option.text.ends_with('c'))
        && options.iter().all(|option| option.text.starts_with('-'));
    let text = script.value.as_deref()?;
    if !takes_script || text.len() > MAX_LEN {
        return None;
    }
    let quoted = script.range.of(&instruction.source);
    let flat = if instruction.arguments.form == Some(Form::Exec) {
        FlatText::of_json_string(quoted, script.range.start, text)?
    } else {
        let is_quoted = quoted.len() >= 2 && (quoted.starts_with('\'') || quoted.starts_with('"'));
        let inside = LocalRange::new(script.range.start + 1, script.range.end.saturating_sub(1));
        let flat =
            is_quoted.then(|| FlatText::of_logical_line(&instruction.source, inside, instruction.escape))?;
        (flat.text == text).then_some(flat)?
    };
    Some(parse(&flat, &[]))
}

/// What follows `CMD`; `None` for `NONE`.
fn healthcheck_command(flat: FlatText) -> Option<FlatText> {
    let word = flat.text.split_whitespace().next().unwrap_or_default();
    if word.eq_ignore_ascii_case("NONE") {
        return None;
    }
    if !word.eq_ignore_ascii_case("CMD") {
        return Some(flat);
    }
    let start = flat.text.find(word).unwrap_or_default() + word.len();
    Some(flat.skip(start))
}

/// Makes the `<<` of a heredoc whose body lies outside the text a `<`, so that the grammar takes its name for a file.
fn outer_heredoc(source: &str, heredoc: &Heredoc, flat: &mut FlatText) -> Option<OuterHeredoc> {
    let marker = heredoc.marker.of(source);
    let digits = marker.bytes().take_while(u8::is_ascii_digit).count();
    let after = marker.get(digits..)?.strip_prefix("<<")?;
    let dash = usize::from(after.starts_with('-'));
    let name = after[dash..].trim_start();
    let operator_start = flat.flat_offset(heredoc.marker.start)? + digits;
    if !flat.text.get(operator_start..)?.starts_with("<<") {
        return None;
    }
    let blanks = " ".repeat(1 + dash);
    flat.text.replace_range(operator_start + 1..operator_start + 2 + dash, &blanks);
    let name_start = heredoc.marker.end - u32::try_from(name.len()).ok()?;
    let body = FlatText::of_body(source, heredoc.body, heredoc.chomp);
    Some(OuterHeredoc {
        operator_start,
        operator: if heredoc.chomp { "<<-" } else { "<<" },
        target: ShellWord {
            range: LocalRange::new(name_start, heredoc.marker.end),
            text: name.to_owned(),
            value: Some(heredoc.name.clone()),
            variables: if heredoc.expand { word::variables_of_body(&body) } else { Vec::new() },
            substitution: false,
        },
        body: heredoc.body,
    })
}

/// How deep the script seems to be nested, quotes not regarded; brackets that close nothing count a quarter, as patterns of `case` have
/// them. The parser's recovery from thousands of odd brackets takes minutes that its steps do not count.
fn nesting(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    let mut unmatched = 0;
    for word in
        text.split(|character: char| character.is_whitespace() || matches!(character, ';' | '&' | '|'))
    {
        match word {
            "if" | "case" | "for" | "while" | "until" | "select" | "[[" => depth += 1,
            "fi" | "esac" | "done" | "]]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        for byte in word.bytes() {
            match byte {
                b'(' | b'{' => depth += 1,
                b')' | b'}' if depth == 0 => unmatched += 1,
                b')' | b'}' => depth -= 1,
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        deepest = deepest.max(depth);
    }
    deepest.max(unmatched / 4)
}

fn parse(flat: &FlatText, heredocs: &[OuterHeredoc]) -> Script {
    let n_pipes = flat.text.bytes().filter(|byte| *byte == b'|').count();
    if nesting(&flat.text) > MAX_NESTING || n_pipes > MAX_PIPES || heredocs.len() > MAX_HEREDOCS {
        return Script::default();
    }
    let Some(tree) = tree_within_budget(&flat.text) else { return Script::default() };
    let context = Context { flat, heredocs };
    let root = tree.root_node();
    let (statements, complete) = lower::statements(&context, root);
    let mut pieces = Vec::new();
    colours::pieces(&tree, flat, &mut pieces);
    Script {
        statements,
        clean: complete && !root.has_error(),
        variables: lower::variables(&context, root),
        sets: sets::of_tree(flat, root),
        pieces,
    }
}

thread_local! {
    /// A parser is as dear to make as a short script is to parse. It keeps nothing from one script to the next.
    static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

/// The tree, or nothing where the grammar cannot be loaded or the parser's steps are used up. Steps are counted instead of time, so that
/// the same text always gives the same answer; real scripts need a fraction of them.
fn tree_within_budget(text: &str) -> Option<Tree> {
    PARSER.with_borrow_mut(|kept| {
        if kept.is_none() {
            let mut parser = Parser::new();
            parser.set_language(&tree_sitter_bash::LANGUAGE.into()).ok()?;
            *kept = Some(parser);
        }
        let parser = kept.as_mut()?;
        let tree = parse_within_budget(parser, text);
        // What was stopped would go on with the next script.
        parser.reset();
        tree
    })
}

fn parse_within_budget(parser: &mut Parser, text: &str) -> Option<Tree> {
    let mut left = 200 + text.len() / 25;
    let mut left_after_error = MAX_ERROR_STEPS;
    let mut progress = |state: &ParseState| {
        left = left.saturating_sub(1);
        left_after_error = left_after_error.saturating_sub(usize::from(state.has_error()));
        if left == 0 || left_after_error == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let bytes = text.as_bytes();
    parser.parse_with_options(&mut |offset, _| bytes.get(offset..).unwrap_or_default(), None, Some(options))
}

fn is_shell_interpreter(shebang: &str) -> bool {
    let mut words = shebang.split_whitespace();
    let Some(first) = words.next() else { return true };
    let program = first.rsplit('/').next().unwrap_or(first);
    if program == "env" {
        return words.find(|word| !word.starts_with('-')).is_some_and(is_shell);
    }
    is_shell(program)
}

fn is_shell(program: &str) -> bool {
    matches!(program, "sh" | "bash" | "ash" | "dash" | "ksh" | "zsh" | "mksh")
}
