//! What each piece of a script is, for colours: a walk over the shell's tree, outer pieces before those that lie on them.
//!
//! A tree with errors has the pieces that are certain by themselves; nothing is guessed of what is around them.

use std::sync::OnceLock;

use tree_sitter::{Node, Tree};

use super::Piece;
use super::flat_text::FlatText;
use crate::tokens::TokenKind;

/// What a kind of node says of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Nothing by itself.
    Plain,
    /// This, with pieces of its own inside.
    Outer(TokenKind),
    /// This, as a whole.
    Whole(TokenKind),
    /// A word: an option of a command, or nothing.
    Word,
    /// A variable's name: what it is depends on what is around it.
    VariableName,
    /// `${X:-default}`.
    Expansion,
    /// `$(…)`: a script again, whatever text it lies in.
    Substitution,
    /// `f() { …; }`.
    Function,
}

/// Adds the pieces of a tree.
pub(super) fn pieces(tree: &Tree, flat: &FlatText, pieces: &mut Vec<Piece>) {
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if visit(node, flat, pieces) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// Adds what a node is by itself; whether its children have something to add.
fn visit(node: Node<'_>, flat: &FlatText, pieces: &mut Vec<Piece>) -> bool {
    let range = node.byte_range();
    let mut add = |start, end, kind| {
        pieces.extend(flat.ranges(start, end).map(|range| Piece { range, kind }));
    };
    match roles().get(usize::from(node.kind_id())).copied().unwrap_or(Role::Plain) {
        Role::Plain => true,
        Role::Outer(kind) => {
            add(range.start, range.end, Some(kind));
            true
        }
        Role::Whole(kind) => {
            add(range.start, range.end, Some(kind));
            false
        }
        Role::Substitution => {
            add(range.start, range.end, None);
            true
        }
        Role::Word => {
            let text = flat.text.get(range.clone()).unwrap_or_default();
            let parent = node.parent();
            let is_first =
                |parent: &Node<'_>| parent.kind() != "concatenation" || parent.start_byte() == range.start;
            if text.starts_with('-') && text.len() > 1 && parent.is_some_and(|parent| is_first(&parent)) {
                let end = text.find('=').unwrap_or(text.len());
                add(range.start, range.start + end, Some(TokenKind::Flag));
            }
            false
        }
        Role::VariableName => {
            match node.parent().map_or("", |parent| parent.kind()) {
                // Painted with its brace.
                "expansion" => {}
                "variable_assignment" | "for_statement" => {
                    add(range.start, range.end, Some(TokenKind::VariableName));
                }
                _ => add(range.start, range.end, Some(TokenKind::Variable)),
            }
            false
        }
        Role::Expansion => {
            expansion(node, &mut add);
            true
        }
        Role::Function => {
            if let Some(name) = node.child_by_field_name("name") {
                add(name.start_byte(), name.end_byte(), Some(TokenKind::Command));
            }
            true
        }
    }
}

/// `${` with the name, and `}`, are the variable; what lies between keeps the colour of what is around.
fn expansion(node: Node<'_>, add: &mut impl FnMut(usize, usize, Option<TokenKind>)) {
    let mut cursor = node.walk();
    let name = node.children(&mut cursor).find(|child| child.kind().ends_with("variable_name"));
    let start = node.start_byte();
    add(start, name.map_or(start, |name| name.end_byte()), Some(TokenKind::Variable));
    for child in node.children(&mut cursor).filter(|child| !child.is_named()) {
        let kind = match child.kind() {
            "${" => continue,
            "}" => TokenKind::Variable,
            _ => TokenKind::Operator,
        };
        add(child.start_byte(), child.end_byte(), Some(kind));
    }
}

/// The role of each kind of node, by the grammar's number of the kind.
fn roles() -> &'static [Role] {
    static ROLES: OnceLock<Vec<Role>> = OnceLock::new();
    ROLES.get_or_init(|| {
        let language = tree_sitter::Language::from(tree_sitter_bash::LANGUAGE);
        let count = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        (0..count).map(|id| role(&language, id)).collect()
    })
}

fn role(language: &tree_sitter::Language, id: u16) -> Role {
    let kind = language.node_kind_for_id(id).unwrap_or_default();
    if !language.node_kind_is_named(id) {
        return anonymous(kind);
    }
    match kind {
        "comment" => Role::Whole(TokenKind::Comment),
        "raw_string" | "ansi_c_string" | "regex" => Role::Whole(TokenKind::String),
        "string" | "translated_string" | "heredoc_body" => Role::Outer(TokenKind::String),
        "simple_expansion" => Role::Whole(TokenKind::Variable),
        "number" | "file_descriptor" => Role::Whole(TokenKind::Number),
        "heredoc_start" | "heredoc_end" => Role::Whole(TokenKind::HeredocName),
        "test_operator" => Role::Whole(TokenKind::Operator),
        "command_name" => Role::Outer(TokenKind::Command),
        "word" => Role::Word,
        "variable_name" => Role::VariableName,
        "expansion" => Role::Expansion,
        "command_substitution" | "process_substitution" => Role::Substitution,
        "function_definition" => Role::Function,
        _ => Role::Plain,
    }
}

fn anonymous(kind: &str) -> Role {
    match kind {
        "if" | "then" | "else" | "elif" | "fi" | "for" | "in" | "while" | "until" | "do" | "done"
        | "case" | "esac" | "select" | "function" | "time" | "export" | "declare" | "typeset" | "local"
        | "readonly" | "unset" | "unsetenv" => Role::Whole(TokenKind::Keyword),
        "&&" | "||" | "|" | "|&" | "&" | ";" | ";;" | ";&" | ";;&" | "!" | ">" | ">>" | "<" | "<<"
        | "<<-" | "<<<" | ">&" | "<&" | "&>" | "&>>" | ">|" | "<&-" | ">&-" | "=" | "+=" | "==" | "!="
        | "=~" | "[" | "]" | "[[" | "]]" | "$(" | "`" | "<(" | ">(" => Role::Whole(TokenKind::Operator),
        _ => Role::Plain,
    }
}
