//! The variables that a script sets by itself: assignments, loops, `read`, `export` and `unset`.
//!
//! `NAME=value` before a program is none: only that program sees it.

use tree_sitter::Node;

use super::flat_text::FlatText;
use super::word::{MAX_DEPTH, MAX_LIST, is_variable};
use super::{SetKind, VariableSet};

/// Every variable that is set in a tree, in source order.
pub(super) fn of_tree(flat: &FlatText, root: Node<'_>) -> Vec<VariableSet> {
    let mut sets = Sets { flat, found: Vec::new() };
    sets.collect(root, 0);
    sets.found
}

struct Sets<'text> {
    flat: &'text FlatText,
    found: Vec<VariableSet>,
}

impl Sets<'_> {
    fn collect(&mut self, node: Node<'_>, depth: usize) {
        if depth > MAX_LIST + MAX_DEPTH {
            return;
        }
        match node.kind() {
            "for_statement" => self.loop_variable(node),
            "declaration_command" => self.declared(node),
            "unset_command" => self.each_name(node, SetKind::Removed),
            "command" => self.of_command(node),
            "variable_assignment" => self.assigned(node),
            _ => {}
        }
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            self.collect(child, depth + 1);
        }
    }

    fn text(&self, node: Node<'_>) -> &str {
        self.flat.text.get(node.byte_range()).unwrap_or_default()
    }

    fn add(&mut self, name: Node<'_>, seen_from: usize, how: SetKind) {
        let text = self.text(name).to_owned();
        if is_variable(&text) {
            self.found.push(VariableSet {
                name: text,
                range: self.flat.range(name.start_byte(), name.end_byte()),
                seen_from: self.flat.range(seen_from, seen_from).start,
                how,
            });
        }
    }

    fn assigned(&mut self, node: Node<'_>) {
        let before_program = node.parent().is_some_and(|parent| parent.kind() == "command");
        let declared = node.parent().filter(|parent| parent.kind() == "declaration_command");
        let Some(name) = node.child_by_field_name("name").filter(|_| !before_program) else { return };
        let is_local = declared.and_then(|parent| parent.child(0)).is_some_and(|word| word.kind() == "local");
        let mut cursor = node.walk();
        let extends = node.children(&mut cursor).any(|child| child.kind() == "+=");
        let how = match (is_local, extends) {
            (true, _) => SetKind::Bound,
            (false, true) => SetKind::Extended,
            (false, false) => SetKind::Assigned,
        };
        self.add(name, node.end_byte(), how);
    }

    /// What `export NAME` and its like name without a value; those with one are assignments below it.
    fn declared(&mut self, node: Node<'_>) {
        let is_local = node.child(0).is_some_and(|word| word.kind() == "local");
        self.each_name(node, if is_local { SetKind::Bound } else { SetKind::Exported });
    }

    fn each_name(&mut self, node: Node<'_>, how: SetKind) {
        let mut cursor = node.walk();
        for name in node.named_children(&mut cursor).filter(|child| child.kind() == "variable_name") {
            self.add(name, node.end_byte(), how);
        }
    }

    fn loop_variable(&mut self, node: Node<'_>) {
        let Some(name) = node.child_by_field_name("variable") else { return };
        let body = node.child_by_field_name("body").map_or(node.end_byte(), |body| body.start_byte());
        self.add(name, body, SetKind::Bound);
    }

    /// The names behind `read` and `getopts`.
    fn of_command(&mut self, node: Node<'_>) {
        let Some(program) = node.child_by_field_name("name") else { return };
        let n_skipped = match self.text(program) {
            "read" => 0,
            "getopts" => 1,
            _ => return,
        };
        let mut cursor = node.walk();
        let names = node.children_by_field_name("argument", &mut cursor);
        let names: Vec<_> = names.skip(n_skipped).collect();
        for name in names {
            self.add(name, node.end_byte(), SetKind::Bound);
        }
    }
}
