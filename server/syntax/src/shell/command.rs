//! From the tree of a simple command to its words, assignments and redirections.

use tree_sitter::Node;

use super::flat_text::FlatText;
use super::word::{self, MAX_DEPTH};
use super::{Assignment, Command, Redirection, ShellWord};
use crate::range::LocalRange;

/// A heredoc of the Dockerfile, whose `<<` was made a `<` before the shell's grammar saw it: its body lies outside the text.
#[derive(Debug)]
pub(super) struct OuterHeredoc {
    /// Where the operator starts in the flat text.
    pub(super) operator_start: usize,
    /// `<<` or `<<-`.
    pub(super) operator: &'static str,
    /// Its redirection's target.
    pub(super) target: ShellWord,
    /// The body.
    pub(super) body: LocalRange,
}

/// The text and what else is needed to read a tree over it.
#[derive(Debug)]
pub(super) struct Context<'text> {
    pub(super) flat: &'text FlatText,
    pub(super) heredocs: &'text [OuterHeredoc],
}

/// Whether a node of this kind is a simple command.
pub(super) fn is_simple(kind: &str) -> bool {
    matches!(
        kind,
        "command"
            | "declaration_command"
            | "unset_command"
            | "test_command"
            | "variable_assignment"
            | "variable_assignments"
    )
}

/// Reads a simple command. `node` is absent for redirections without a command; `attached` are the redirections and words that the
/// grammar hung on something around it.
pub(super) fn lower(
    context: &Context<'_>,
    node: Option<Node<'_>>,
    attached: &[Node<'_>],
    top_level: bool,
) -> Command {
    let mut command = Command { top_level, ..Command::default() };
    match node {
        Some(node) if node.kind() == "variable_assignment" => {
            command.assignments.push(assignment(context, node));
        }
        Some(node) if node.kind() == "test_command" => test_words(context, node, 0, &mut command),
        Some(node) => {
            let is_command = matches!(node.kind(), "command" | "variable_assignments");
            let mut cursor = node.walk();
            for child in node.children(&mut cursor) {
                match child.kind() {
                    "variable_assignment" if is_command => {
                        command.assignments.push(assignment(context, child));
                    }
                    _ => element(context, child, &mut command),
                }
            }
        }
        None => {}
    }
    for node in attached {
        element(context, *node, &mut command);
    }
    command.words.sort_by_key(|word| word.range.start);
    command.redirections.sort_by_key(|redirection| redirection.range.start);
    command.range = cover(&command, node.map(|node| context.flat.range(node.start_byte(), node.end_byte())));
    command
}

/// Reads a redirection; the words after its target, which belong to the command, go to `words`.
pub(super) fn redirection(
    context: &Context<'_>,
    node: Node<'_>,
    words: &mut Vec<ShellWord>,
) -> Option<Redirection> {
    let flat = context.flat;
    if node.kind() == "heredoc_redirect" {
        return inner_heredoc(context, node);
    }
    let mut operator = None;
    let mut file_descriptor = None;
    let mut target: Option<ShellWord> = None;
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        let text = flat.text.get(child.byte_range()).unwrap_or_default();
        match child.kind() {
            "file_descriptor" => file_descriptor = text.parse().ok(),
            _ if operator.is_none() && !child.is_named() => {
                operator = Some((text.to_owned(), child.start_byte()));
            }
            "comment" | "ERROR" => {}
            _ if target.is_none() => target = Some(word::of_node(child, flat)),
            _ => words.push(word::of_node(child, flat)),
        }
    }
    let (operator, operator_start) = operator?;
    if let Some(heredoc) = context.heredocs.iter().find(|heredoc| heredoc.operator_start == operator_start) {
        let range = flat.range(node.start_byte(), operator_start).cover_local(heredoc.target.range);
        return Some(Redirection {
            operator: heredoc.operator.to_owned(),
            file_descriptor,
            target: heredoc.target.clone(),
            heredoc: Some(heredoc.body),
            range,
        });
    }
    let target = target.unwrap_or_default();
    let whole = flat.range(node.start_byte(), node.end_byte());
    let end = if target.range.end > whole.start { target.range.end } else { whole.end };
    Some(Redirection {
        operator,
        file_descriptor,
        target,
        heredoc: None,
        range: LocalRange::new(whole.start, end),
    })
}

fn inner_heredoc(context: &Context<'_>, node: Node<'_>) -> Option<Redirection> {
    let flat = context.flat;
    let mut operator = None;
    let mut file_descriptor = None;
    let mut start = None;
    let mut body = None;
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        let text = flat.text.get(child.byte_range()).unwrap_or_default();
        match child.kind() {
            "file_descriptor" => file_descriptor = text.parse().ok(),
            "<<" | "<<-" => operator = Some(text.to_owned()),
            "heredoc_start" => start = Some(child),
            "heredoc_body" => body = Some(child),
            _ => {}
        }
    }
    let start = start?;
    let mut target = word::of_node(start, flat);
    if let Some(body) = body {
        word::collect_variables(body, flat, &mut target.variables);
    }
    Some(Redirection {
        operator: operator?,
        file_descriptor,
        heredoc: body.map(|body| flat.range(body.start_byte(), body.end_byte())),
        range: flat.range(node.start_byte(), start.end_byte()),
        target,
    })
}

fn element(context: &Context<'_>, node: Node<'_>, command: &mut Command) {
    match node.kind() {
        "file_redirect" | "herestring_redirect" | "heredoc_redirect" => {
            command.redirections.extend(redirection(context, node, &mut command.words));
        }
        "comment" | "ERROR" | "subshell" => {}
        _ => command.words.push(word::of_node(node, context.flat)),
    }
}

fn assignment(context: &Context<'_>, node: Node<'_>) -> Assignment {
    let flat = context.flat;
    let name = node.child_by_field_name("name");
    let name = name.and_then(|name| flat.text.get(name.byte_range())).unwrap_or_default();
    let end = flat.range(node.start_byte(), node.end_byte());
    let value = match node.child_by_field_name("value") {
        Some(value) if value.kind() == "array" => {
            let mut word = word::of_node(value, flat);
            word.value = None;
            word
        }
        Some(value) if value.start_byte() < value.end_byte() => {
            let mut word = word::of_node(value, flat);
            // The shell also expands a `~` after a colon here.
            word.value = word.value.filter(|_| !word.text.contains(":~"));
            word
        }
        _ => ShellWord {
            range: LocalRange::new(end.end, end.end),
            value: Some(String::new()),
            ..ShellWord::default()
        },
    };
    Assignment { name: name.to_owned(), value, range: end }
}

/// The words of `[ … ]` and `[[ … ]]`, whose arguments the grammar reads as expressions.
fn test_words(context: &Context<'_>, node: Node<'_>, depth: usize, command: &mut Command) {
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        match child.kind() {
            "unary_expression"
            | "binary_expression"
            | "ternary_expression"
            | "postfix_expression"
            | "parenthesized_expression"
            | "redirected_statement"
            | "test_command"
                if depth < MAX_DEPTH =>
            {
                test_words(context, child, depth + 1, command);
            }
            _ => element(context, child, command),
        }
    }
}

fn cover(command: &Command, own: Option<LocalRange>) -> LocalRange {
    let parts = own
        .into_iter()
        .chain(command.words.iter().map(|word| word.range))
        .chain(command.redirections.iter().map(|redirection| redirection.range));
    parts.reduce(LocalRange::cover_local).unwrap_or_default()
}

impl LocalRange {
    /// The smallest range that holds both.
    pub(super) fn cover_local(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}
