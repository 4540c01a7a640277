//! From tree-sitter-bash's tree to statements.
//!
//! The grammar binds more loosely than a shell does: `a && b > f` is a redirection of the whole list to it, `a && b | c` a pipeline of
//! lists, and what follows a heredoc on its line is a child of the heredoc. Here each is put back where the shell has it.

use tree_sitter::Node;

use super::command::{self, Context};
use super::flat_text::FlatText;
use super::word::{self, MAX_DEPTH, MAX_LIST};
use super::{Command, Connector, Redirection, Statement, StatementKind};
use crate::range::LocalRange;

/// One part of a pipeline: a command or a compound, with the redirections and words that were hung around it.
#[derive(Default)]
struct Part<'tree> {
    node: Option<Node<'tree>>,
    attached: Vec<Node<'tree>>,
}

/// A pipeline and the operator before it.
struct Pipeline<'tree> {
    connector: Option<Node<'tree>>,
    parts: Vec<Part<'tree>>,
}

/// Lowers the children of a program, and says whether the tree was shallow enough to be followed everywhere.
pub(super) fn statements(context: &Context<'_>, root: Node<'_>) -> (Vec<Statement>, bool) {
    let mut lowering = Lowering { context, complete: true };
    let mut statements = Vec::new();
    lowering.top_level(root, None, 0, &mut statements);
    if let Some(first) = statements.first_mut() {
        first.connector = None;
        first.connector_range = LocalRange::new(first.range.start, first.range.start);
    }
    (statements, lowering.complete)
}

struct Lowering<'text> {
    context: &'text Context<'text>,
    complete: bool,
}

impl<'text> Lowering<'text> {
    fn flat(&self) -> &'text FlatText {
        self.context.flat
    }

    fn top_level<'tree>(
        &mut self,
        parent: Node<'tree>,
        mut connector: Option<Node<'tree>>,
        depth: usize,
        statements: &mut Vec<Statement>,
    ) {
        if depth > MAX_DEPTH {
            self.complete = false;
            return;
        }
        let mut cursor = parent.walk();
        for child in parent.children(&mut cursor) {
            match child.kind() {
                ";" | "&" | "\n" | ";;" | "&&" | "||" => connector = Some(child),
                "comment" | "heredoc_body" | "heredoc_end" => {}
                "ERROR" => self.top_level(child, connector.take(), depth + 1, statements),
                kind if command::is_simple(kind) || is_container(kind) => {
                    let mut pipelines = Vec::new();
                    self.sequence(child, 0, &mut pipelines);
                    for (index, mut pipeline) in pipelines.into_iter().enumerate() {
                        if index == 0 {
                            pipeline.connector = connector.take();
                        }
                        let mut statement = self.statement(&pipeline);
                        if pipeline.connector.is_none() && !statements.is_empty() {
                            statement.connector = Some(Connector::Then);
                            statement.connector_range = self.line_end_before(child.start_byte());
                        }
                        statements.push(statement);
                    }
                }
                _ => {}
            }
        }
    }

    /// The line end that separates what starts at `start` from what stands before it; the tree has no node for it.
    fn line_end_before(&self, start: usize) -> LocalRange {
        let before = self.flat().text.get(..start).unwrap_or_default();
        let gap_start = before.trim_end().len();
        let gap = before.get(gap_start..).unwrap_or_default();
        let offset = gap_start + gap.find('\n').unwrap_or_default();
        self.flat().range(offset, (offset + 1).min(start))
    }

    /// Flattens lists, pipelines and redirections to pipelines in a row.
    fn sequence<'tree>(&mut self, node: Node<'tree>, depth: usize, pipelines: &mut Vec<Pipeline<'tree>>) {
        if depth > MAX_LIST {
            self.complete = false;
            return;
        }
        match node.kind() {
            "list" => self.list(node, depth, pipelines),
            "pipeline" => self.joined_by_pipe(node, None, depth, pipelines),
            "redirected_statement" => self.redirected(node, depth, pipelines),
            _ => pipelines.push(Pipeline {
                connector: None,
                parts: vec![Part { node: Some(node), attached: Vec::new() }],
            }),
        }
    }

    fn list<'tree>(&mut self, node: Node<'tree>, depth: usize, pipelines: &mut Vec<Pipeline<'tree>>) {
        let mut connector = None;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "&&" | "||" => connector = Some(child),
                "comment" | "ERROR" => {}
                _ => self.append(child, connector.take(), depth, pipelines),
            }
        }
    }

    /// Adds the pipelines of a node after the operator that stands before it.
    fn append<'tree>(
        &mut self,
        node: Node<'tree>,
        connector: Option<Node<'tree>>,
        depth: usize,
        pipelines: &mut Vec<Pipeline<'tree>>,
    ) {
        let first = pipelines.len();
        self.sequence(node, depth + 1, pipelines);
        if let (Some(pipeline), Some(connector)) = (pipelines.get_mut(first), connector) {
            pipeline.connector = Some(connector);
        }
    }

    /// Joins the children of a pipeline node; `before` is the index of a pipeline that the first child continues.
    fn joined_by_pipe<'tree>(
        &mut self,
        node: Node<'tree>,
        before: Option<usize>,
        depth: usize,
        pipelines: &mut Vec<Pipeline<'tree>>,
    ) {
        let mut continues = before.is_some();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if matches!(child.kind(), "|" | "|&" | "comment" | "ERROR") {
                continue;
            }
            let first = pipelines.len();
            self.sequence(child, depth + 1, pipelines);
            if continues && first > 0 && first < pipelines.len() {
                let joined = pipelines.remove(first);
                pipelines[first - 1].parts.extend(joined.parts);
            }
            continues = true;
        }
    }

    fn redirected<'tree>(&mut self, node: Node<'tree>, depth: usize, pipelines: &mut Vec<Pipeline<'tree>>) {
        let first = pipelines.len();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "comment" | "ERROR" => continue,
                "file_redirect" | "herestring_redirect" | "heredoc_redirect" => {}
                _ => {
                    self.sequence(child, depth + 1, pipelines);
                    continue;
                }
            }
            if pipelines.len() == first {
                pipelines.push(Pipeline { connector: None, parts: vec![Part::default()] });
            }
            attach(child, pipelines);
            if child.kind() == "heredoc_redirect" {
                self.after_heredoc(child, depth, pipelines);
            }
        }
    }

    /// What follows a heredoc's marker on its line: redirections, arguments, a pipe, a list.
    fn after_heredoc<'tree>(
        &mut self,
        node: Node<'tree>,
        depth: usize,
        pipelines: &mut Vec<Pipeline<'tree>>,
    ) {
        let mut connector = None;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "&&" | "||" => connector = Some(child),
                "file_redirect" | "herestring_redirect" => attach(child, pipelines),
                "pipeline" if connector.is_none() => {
                    let before = pipelines.len().checked_sub(1);
                    self.joined_by_pipe(child, before, depth + 1, pipelines);
                }
                "file_descriptor" | "heredoc_start" | "heredoc_body" | "heredoc_end" | "comment"
                | "ERROR" => {}
                _ if connector.is_some() => self.append(child, connector.take(), depth, pipelines),
                _ if child.is_named() => attach(child, pipelines),
                _ => {}
            }
        }
    }

    fn statement(&mut self, pipeline: &Pipeline<'_>) -> Statement {
        let mut commands = Vec::new();
        let mut redirections = Vec::new();
        let mut range: Option<LocalRange> = None;
        let simple =
            pipeline.parts.iter().all(|part| part.node.is_none_or(|node| command::is_simple(node.kind())));
        for part in &pipeline.parts {
            let n_commands = commands.len();
            let n_redirections = redirections.len();
            self.part(part, true, 0, &mut commands, &mut redirections);
            let own = part.node.map(|node| self.flat().range(node.start_byte(), node.end_byte()));
            let inside = commands[n_commands..].iter().map(|command: &Command| command.range);
            let around =
                redirections[n_redirections..].iter().map(|redirection: &Redirection| redirection.range);
            range = range.into_iter().chain(own).chain(inside).chain(around).reduce(LocalRange::cover_local);
        }
        commands.sort_by_key(|command| command.range.start);
        let range = range.unwrap_or_default();
        Statement {
            range,
            connector: pipeline.connector.map(|node| connector(node.kind())),
            connector_range: pipeline.connector.map_or(LocalRange::new(range.start, range.start), |node| {
                self.flat().range(node.start_byte(), node.end_byte())
            }),
            kind: match pipeline.parts.len() {
                _ if !simple => StatementKind::Compound,
                0 | 1 => StatementKind::Command,
                _ => StatementKind::Pipeline,
            },
            commands,
            redirections,
        }
    }

    fn part(
        &mut self,
        part: &Part<'_>,
        top_level: bool,
        depth: usize,
        commands: &mut Vec<Command>,
        redirections: &mut Vec<Redirection>,
    ) {
        let simple = part.node.is_none_or(|node| command::is_simple(node.kind()));
        if simple {
            commands.push(command::lower(self.context, part.node, &part.attached, top_level));
        } else {
            for node in &part.attached {
                redirections.extend(command::redirection(self.context, *node, &mut Vec::new()));
            }
        }
        if let Some(node) = part.node {
            self.nested(node, depth + 1, commands, redirections);
        }
        for node in &part.attached {
            self.substitutions(*node, depth + 1, commands, redirections);
        }
    }

    /// Every command below a node.
    fn nested(
        &mut self,
        node: Node<'_>,
        depth: usize,
        commands: &mut Vec<Command>,
        redirections: &mut Vec<Redirection>,
    ) {
        if depth > MAX_DEPTH {
            self.complete = false;
            return;
        }
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            let kind = child.kind();
            let is_test_part = node.kind() == "test_command";
            let is_assignment = kind == "variable_assignment" && command::is_simple(node.kind());
            if !is_test_part && !is_assignment && (command::is_simple(kind) || is_sequence(kind)) {
                let mut pipelines = Vec::new();
                self.sequence(child, 0, &mut pipelines);
                for part in pipelines.iter().flat_map(|pipeline| &pipeline.parts) {
                    self.part(part, false, depth + 1, commands, redirections);
                }
            } else {
                if kind == "file_redirect" && node.kind() == "function_definition" {
                    redirections.extend(command::redirection(self.context, child, &mut Vec::new()));
                }
                self.nested(child, depth + 1, commands, redirections);
            }
        }
    }

    /// The commands of the substitutions in a redirection or a word.
    fn substitutions(
        &mut self,
        node: Node<'_>,
        depth: usize,
        commands: &mut Vec<Command>,
        redirections: &mut Vec<Redirection>,
    ) {
        if node.kind() != "heredoc_redirect" {
            self.nested(node, depth, commands, redirections);
            return;
        }
        // The other children of a heredoc are parts of their own by now.
        let mut cursor = node.walk();
        for child in node.children(&mut cursor).filter(|child| child.kind() == "heredoc_body") {
            self.nested(child, depth + 1, commands, redirections);
        }
    }
}

/// Every variable in a tree, in source order.
pub(super) fn variables(context: &Context<'_>, root: Node<'_>) -> Vec<super::VariableUse> {
    let mut variables = Vec::new();
    word::collect_variables(root, context.flat, &mut variables);
    variables
}

fn attach<'tree>(node: Node<'tree>, pipelines: &mut [Pipeline<'tree>]) {
    if let Some(part) = pipelines.last_mut().and_then(|pipeline| pipeline.parts.last_mut()) {
        part.attached.push(node);
    }
}

fn is_sequence(kind: &str) -> bool {
    matches!(kind, "list" | "pipeline" | "redirected_statement")
}

fn is_container(kind: &str) -> bool {
    is_sequence(kind)
        || matches!(
            kind,
            "negated_command"
                | "for_statement"
                | "c_style_for_statement"
                | "while_statement"
                | "if_statement"
                | "case_statement"
                | "compound_statement"
                | "subshell"
                | "function_definition"
        )
}

fn connector(kind: &str) -> Connector {
    match kind {
        "&&" => Connector::And,
        "||" => Connector::Or,
        "&" => Connector::Background,
        _ => Connector::Then,
    }
}
