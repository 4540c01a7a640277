//! What a shell makes of a word, as far as that is certain, and the variables in it.

use tree_sitter::Node;

use super::flat_text::FlatText;
use super::{ShellWord, VariableUse};

/// How deep trees are followed; what lies deeper is left out.
pub(super) const MAX_DEPTH: usize = 150;

/// How deep lists may be nested to the left, as each `&&` nests them once.
pub(super) const MAX_LIST: usize = 4 * MAX_DEPTH;

/// The word that a node is.
pub(super) fn of_node(node: Node<'_>, flat: &FlatText) -> ShellWord {
    let text = flat.text.get(node.byte_range()).unwrap_or_default();
    let mut variables = Vec::new();
    collect_variables(node, flat, &mut variables);
    ShellWord {
        range: flat.range(node.start_byte(), node.end_byte()),
        value: value_of(text),
        variables,
        substitution: holds_substitution(node, 0),
        text: text.to_owned(),
    }
}

/// Adds every variable in the tree of a node, in source order.
pub(super) fn collect_variables(node: Node<'_>, flat: &FlatText, variables: &mut Vec<VariableUse>) {
    collect(node, flat, false, 0, variables);
}

/// The variables that a shell expands in the body of a heredoc.
pub(super) fn variables_of_body(flat: &FlatText) -> Vec<VariableUse> {
    let bytes = flat.text.as_bytes();
    let mut variables = Vec::new();
    let mut offset = 0;
    while let Some(byte) = bytes.get(offset) {
        match byte {
            b'\\' => offset += 2,
            b'$' => {
                let start = offset;
                let braced = bytes.get(offset + 1) == Some(&b'{');
                let name_start = offset + 1 + usize::from(braced);
                let name_len =
                    bytes[name_start.min(bytes.len())..].iter().take_while(|byte| is_name(**byte)).count();
                let name = &flat.text[name_start.min(bytes.len())..(name_start + name_len).min(bytes.len())];
                offset = (name_start + name_len).max(start + 1);
                if !is_variable(name) {
                    continue;
                }
                let end = if braced {
                    flat.text[offset..].find('}').map_or(offset, |close| offset + close + 1)
                } else {
                    offset
                };
                variables.push(VariableUse { name: name.to_owned(), range: flat.range(start, end) });
            }
            _ => offset += 1,
        }
    }
    variables
}

/// What a shell makes of a word, quotes removed, where every shell in every directory would make the same of it.
pub(super) fn value_of(text: &str) -> Option<String> {
    if text.starts_with('~') {
        return None;
    }
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' => loop {
                match characters.next()? {
                    '\'' => break,
                    quoted => value.push(quoted),
                }
            },
            '"' => loop {
                match characters.next()? {
                    '"' => break,
                    '`' => return None,
                    '$' if characters.peek().is_some_and(|next| starts_expansion(*next)) => return None,
                    '\\' => match characters.next()? {
                        escaped @ ('$' | '`' | '"' | '\\') => value.push(escaped),
                        '\n' => {}
                        other => value.extend(['\\', other]),
                    },
                    quoted => value.push(quoted),
                }
            },
            '\\' => match characters.next() {
                Some('\n') => {}
                Some(escaped) => value.push(escaped),
                None => value.push('\\'),
            },
            '$' if characters
                .peek()
                .is_some_and(|next| starts_expansion(*next) || matches!(next, '\'' | '"')) =>
            {
                return None;
            }
            '`' | '*' | '?' | '<' | '>' => return None,
            '[' if characters.clone().any(|later| later == ']') => return None,
            '{' if characters
                .clone()
                .take_while(|later| *later != '}')
                .any(|later| matches!(later, ',' | '.')) =>
            {
                return None;
            }
            plain => value.push(plain),
        }
    }
    Some(value)
}

fn starts_expansion(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '_' | '{' | '(' | '[' | '@' | '*' | '#' | '?' | '-' | '$' | '!')
}

fn collect(
    node: Node<'_>,
    flat: &FlatText,
    in_arithmetic: bool,
    depth: usize,
    variables: &mut Vec<VariableUse>,
) {
    if depth > MAX_LIST + MAX_DEPTH {
        return;
    }
    let kind = node.kind();
    match kind {
        "simple_expansion" | "expansion" => {
            if let Some(name) = expanded_name(node, flat) {
                let range = flat.range(node.start_byte(), node.end_byte());
                variables.push(VariableUse { name: name.to_owned(), range });
            }
        }
        "variable_name" if in_arithmetic => {
            let name = flat.text.get(node.byte_range()).unwrap_or_default();
            if is_variable(name) {
                let range = flat.range(node.start_byte(), node.end_byte());
                variables.push(VariableUse { name: name.to_owned(), range });
            }
        }
        _ => {}
    }
    let in_arithmetic = match kind {
        "arithmetic_expansion" => true,
        "simple_expansion" | "expansion" | "command_substitution" => false,
        _ => in_arithmetic,
    };
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        collect(child, flat, in_arithmetic, depth + 1, variables);
    }
}

fn expanded_name<'text>(node: Node<'_>, flat: &'text FlatText) -> Option<&'text str> {
    let mut cursor = node.walk();
    let named = node
        .named_children(&mut cursor)
        .find(|child| matches!(child.kind(), "variable_name" | "subscript"))?;
    let name = if named.kind() == "subscript" { named.child_by_field_name("name")? } else { named };
    let name = flat.text.get(name.byte_range())?;
    is_variable(name).then_some(name)
}

pub(super) fn is_variable(name: &str) -> bool {
    name.bytes().next().is_some_and(|first| !first.is_ascii_digit()) && name.bytes().all(is_name)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn holds_substitution(node: Node<'_>, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return true;
    }
    if matches!(node.kind(), "command_substitution" | "process_substitution") {
        return true;
    }
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| holds_substitution(child, depth + 1))
}
