//! Files that a statement writes by redirection, `tee` or a heredoc, and the variables that end up in them.
//!
//! What `cp`, `tar` or a program of its own writes is not here; see [`super::files`] and [`super::configure`].

use syntax::shell::{Command, Redirection, ShellWord, Statement, StatementKind, VariableUse};

use super::{literal, meaning};

/// A file written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write<'a> {
    /// The path, as a word.
    pub path: &'a ShellWord,
    /// Whether what was in the file stays.
    pub append: bool,
    /// The variables whose values may end up in the file.
    pub variables: Vec<&'a VariableUse>,
    /// The text that is written, where all of it is in the script and known.
    pub text: Option<String>,
}

/// The files that a statement writes, in order.
#[must_use]
pub fn of_statement(statement: &Statement) -> Vec<Write<'_>> {
    let mut writes = Vec::new();
    // What the commands further up in a pipe have said.
    let mut said: Vec<&VariableUse> = Vec::new();
    let is_pipeline = statement.kind == StatementKind::Pipeline;
    for command in &statement.commands {
        let own = content(command);
        let mut variables = own.clone();
        if command.top_level {
            variables.extend(said.iter().copied());
        }
        for redirection in command.redirections.iter().filter(|redirection| is_output(redirection)) {
            writes.push(Write {
                path: &redirection.target,
                append: redirection.operator.contains(">>"),
                variables: variables.clone(),
                text: text(command).filter(|_| !is_pipeline),
            });
        }
        let meaning = meaning(command);
        if meaning.program == "tee" {
            let append = meaning.arguments.iter().any(|word| matches!(literal(word), "-a" | "--append"));
            for path in
                meaning.arguments.iter().filter(|word| !literal(word).starts_with('-') && !is_device(word))
            {
                writes.push(Write { path, append, variables: variables.clone(), text: None });
            }
        }
        said.extend(own);
    }
    for redirection in statement.redirections.iter().filter(|redirection| is_output(redirection)) {
        let inside = statement.commands.iter().filter(|command| {
            command.range.end <= redirection.range.start && !command.redirections.iter().any(is_output)
        });
        writes.push(Write {
            path: &redirection.target,
            append: redirection.operator.contains(">>"),
            variables: inside.flat_map(content).collect(),
            text: None,
        });
    }
    writes.sort_by_key(|write| write.path.range.start);
    writes
}

/// The variables that a command prints, as far as its words and its input tell.
fn content(command: &Command) -> Vec<&VariableUse> {
    let words = command.words.iter().skip(1).flat_map(|word| &word.variables);
    let heredocs = command.redirections.iter().filter(|redirection| redirection.operator.starts_with("<<"));
    words.chain(heredocs.flat_map(|redirection| &redirection.target.variables)).collect()
}

/// What `echo` prints, where that is certain.
fn text(command: &Command) -> Option<String> {
    let [program, words @ ..] = command.words.as_slice() else { return None };
    if literal(program) != "echo" || words.first().is_some_and(|word| word.text.starts_with('-')) {
        return None;
    }
    let values: Option<Vec<_>> = words.iter().map(|word| word.value.as_deref()).collect();
    let text = values?.join(" ");
    // Shells differ in what they make of a backslash here.
    (!text.contains('\\')).then(|| text + "\n")
}

fn is_output(redirection: &Redirection) -> bool {
    let to_file = matches!(redirection.operator.as_str(), ">" | ">>" | ">|" | "&>" | "&>>")
        || (redirection.operator == ">&"
            && !literal(&redirection.target).bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'));
    to_file && !is_device(&redirection.target)
}

fn is_device(word: &ShellWord) -> bool {
    literal(word).starts_with("/dev/")
}
