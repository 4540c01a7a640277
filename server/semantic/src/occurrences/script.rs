//! Which variables of a shell script come from outside, and which are its own.
//!
//! A variable is the script's own from the point on where the script has set it for certain. As long as a read may still see the
//! value from outside (the script sets it in one branch of an `if`, say), all of its mentions belong to the variable outside: the
//! shell would change that very variable, for ARG and ENV are in its environment.

use std::collections::BTreeSet;

use syntax::LocalRange;
use syntax::shell::{Connector, Script, SetKind, Statement, StatementKind, VariableSet, VariableUse};

use super::Role;

/// A variable of the script that stands for one outside.
#[derive(Debug)]
pub(super) struct Mention<'a> {
    pub(super) name: &'a str,
    /// The name.
    pub(super) range: LocalRange,
    /// The name with the `$` or `${` before it.
    pub(super) reach: LocalRange,
    pub(super) role: Role,
    /// Whether the name stands there in one piece.
    pub(super) is_literal: bool,
}

/// The mentions of variables that come from outside. `source` is the instruction's.
pub(super) fn from_outside<'a>(script: &'a Script, source: &str) -> Vec<Mention<'a>> {
    let set_names: BTreeSet<&str> = script.sets.iter().map(|set| set.name.as_str()).collect();
    let reads = script.variables.iter();
    let free = reads.filter(|used| !set_names.contains(used.name.as_str()));
    let mut mentions: Vec<_> = free.map(|used| read(used, source)).collect();
    for name in set_names {
        mentions.extend(of_set_name(script, name, source));
    }
    mentions
}

/// The mentions of a variable that the script sets somewhere.
fn of_set_name<'a>(script: &'a Script, name: &str, source: &str) -> Vec<Mention<'a>> {
    let reads: Vec<(u32, &VariableUse)> = script
        .variables
        .iter()
        .filter(|used| used.name == name)
        .map(|used| (read_place(script, used), used))
        .collect();
    let sets: Vec<&VariableSet> = script.sets.iter().filter(|set| set.name == name).collect();
    let own_from = sets
        .iter()
        .filter(|set| is_certain(script, set, &reads))
        .map(|set| set.seen_from)
        .min()
        .unwrap_or(u32::MAX);
    let reads: Vec<_> = reads.into_iter().filter(|(place, _)| *place < own_from).collect();
    let sets: Vec<_> = sets.into_iter().filter(|set| set.seen_from < own_from).collect();
    let needs_outside =
        |set: &&VariableSet| matches!(set.how, SetKind::Extended | SetKind::Exported | SetKind::Removed);
    if reads.is_empty() && !sets.iter().any(needs_outside) {
        return Vec::new();
    }
    let written = sets.into_iter().map(|set| Mention {
        name: &set.name,
        range: set.range,
        reach: set.range,
        role: if set.how == SetKind::Exported { Role::Read } else { Role::Write },
        is_literal: set.range.of(source) == set.name,
    });
    reads.into_iter().map(|(_, used)| read(used, source)).chain(written).collect()
}

/// Whether everything behind a set sees its value, whatever happened before.
fn is_certain(script: &Script, set: &VariableSet, reads: &[(u32, &VariableUse)]) -> bool {
    if set.how == SetKind::Bound {
        return true;
    }
    let statements = &script.statements;
    let Some(at) = statements.iter().position(|statement| holds(statement, set.range.start)) else {
        return false;
    };
    if set.how != SetKind::Assigned || !is_alone(&statements[at], set) {
        return false;
    }
    if statements.get(at + 1).and_then(|next| next.connector) == Some(Connector::Background) {
        return false;
    }
    let joins = |range: std::ops::RangeInclusive<usize>| {
        statements.get(range).is_some_and(|part| part.iter().all(|one| one.connector == Some(Connector::And)))
    };
    let starts_list = |statement: &Statement| {
        matches!(statement.connector, None | Some(Connector::Then | Connector::Background))
    };
    let head = statements[..=at].iter().rposition(starts_list).unwrap_or(0);
    if head == at {
        return true;
    }
    // `a && X=1 && b $X`: what is joined by && alone runs only if X was set.
    let is_joined = |place: u32| {
        let read_at = statements.iter().position(|statement| holds(statement, place));
        read_at.is_some_and(|read_at| read_at == at || joins(at + 1..=read_at))
    };
    joins(head + 1..=at) && reads.iter().all(|(place, _)| *place < set.seen_from || is_joined(*place))
}

fn holds(statement: &Statement, offset: u32) -> bool {
    statement.range.start <= offset && offset <= statement.range.end
}

/// Whether the set is a statement of its own in the script's own shell: `X=1` or `export X=1`.
fn is_alone(statement: &Statement, set: &VariableSet) -> bool {
    if statement.kind != StatementKind::Command {
        return false;
    }
    let Some(command) = statement.commands.iter().find(|command| command.top_level) else { return false };
    let declares = matches!(command.program(), Some("export" | "declare" | "typeset" | "readonly"));
    let assigned = command.assignments.iter().any(|assignment| assignment.range.start == set.range.start);
    let declared = declares && command.words.iter().any(|word| word.range.start == set.range.start);
    (assigned && command.words.is_empty()) || declared
}

/// Where a read happens: that of a heredoc's body where its `<<` stands.
fn read_place(script: &Script, used: &VariableUse) -> u32 {
    let redirections = script
        .statements
        .iter()
        .flat_map(|statement| &statement.commands)
        .flat_map(|command| &command.redirections);
    let around = redirections.filter(|redirection| {
        redirection.heredoc.is_some_and(|body| body.start <= used.range.start && used.range.end <= body.end)
    });
    around.map(|redirection| redirection.range.start).min().unwrap_or(used.range.start)
}

fn read<'a>(used: &'a VariableUse, source: &str) -> Mention<'a> {
    let written = used.range.of(source);
    let before_name = written.len() - written.trim_start_matches(['$', '{', '#', '!']).len();
    let start = used.range.start + u32::try_from(before_name).unwrap_or(u32::MAX);
    let is_literal = written.get(before_name..).is_some_and(|rest| rest.starts_with(used.name.as_str()));
    let end = start + u32::try_from(used.name.len()).unwrap_or(u32::MAX);
    let range = if is_literal { LocalRange::new(start, end) } else { used.range };
    let reach = LocalRange::new(used.range.start, range.end);
    Mention { name: &used.name, range, reach, role: Role::Read, is_literal }
}
