//! The plans of all secrets as edits: lines that go, flags and words that come, comments that move with what they describe.

use std::collections::BTreeMap;

use syntax::{Document, Instruction, LocalRange, TextEdit, TextRange};

use super::plan::{Plan, RunChange};
use crate::offer::Input;
use crate::{removal, statements};

/// The edits; absent where lines cannot be taken out without touching others.
pub(super) fn edits(input: &Input<'_>, plans: &[Plan]) -> Option<Vec<TextEdit>> {
    let document = &input.model.document;
    let mut edits = Vec::new();
    let mut gone: Vec<(TextRange, String)> = Vec::new();
    let runs = runs(plans);
    for (instruction, pairs) in defined(plans) {
        if pairs.len() == instruction.arguments.pairs.len() {
            let block = removal::block(document, &instruction);
            gone.push((block.lines, block.comments));
        } else {
            edits.extend(without_pairs(&instruction, &pairs)?);
        }
    }
    for run in runs.values() {
        let script = run.instruction.shell()?;
        if run.removed.len() == script.statements.len() {
            let block = removal::block(document, &run.instruction);
            gone.push((block.lines, block.comments));
            continue;
        }
        edits.extend(run_edits(run)?);
    }
    edits.extend(moved_comments(document, &gone, &runs));
    edits.extend(removed_lines(document, gone));
    edits.sort_by_key(|edit| edit.range);
    Some(edits)
}

/// What happens to each RUN, all secrets together.
fn runs(plans: &[Plan]) -> BTreeMap<u32, Merged> {
    let mut runs: BTreeMap<u32, Merged> = BTreeMap::new();
    for change in plans.iter().flat_map(|plan| &plan.runs) {
        let RunChange { instruction, mount, prelude, insertions, removed } = change;
        let merged = runs.entry(instruction.start).or_insert_with(|| Merged {
            instruction: instruction.clone(),
            mounts: Vec::new(),
            preludes: Vec::new(),
            insertions: Vec::new(),
            removed: Vec::new(),
        });
        merged
            .mounts
            .extend(mount.iter().filter(|mount| !merged.mounts.contains(mount)).cloned().collect::<Vec<_>>());
        merged.preludes.extend(prelude.iter().cloned());
        merged.insertions.extend(insertions.iter().cloned());
        merged.removed.extend(removed);
        merged.removed.sort_unstable();
        merged.removed.dedup();
    }
    runs
}

struct Merged {
    instruction: Instruction,
    mounts: Vec<String>,
    preludes: Vec<String>,
    insertions: Vec<(u32, String)>,
    removed: Vec<usize>,
}

/// ARG and ENV instructions with the pairs of them that go.
fn defined(plans: &[Plan]) -> Vec<(Instruction, Vec<usize>)> {
    let mut found: BTreeMap<u32, (Instruction, Vec<usize>)> = BTreeMap::new();
    for definition in plans.iter().flat_map(|plan| &plan.definitions) {
        let entry = found
            .entry(definition.instruction.start)
            .or_insert_with(|| (definition.instruction.clone(), Vec::new()));
        entry.1.push(definition.pair);
    }
    found.into_values().collect()
}

/// Takes pairs out of an ENV or ARG that has others.
fn without_pairs(instruction: &Instruction, gone: &[usize]) -> Option<Vec<TextEdit>> {
    let pairs = &instruction.arguments.pairs;
    let end = |position: usize| {
        let pair = &pairs[position];
        pair.value.as_ref().map_or(pair.key.range.end, |value| value.range.end)
    };
    let mut edits: Vec<TextEdit> = Vec::new();
    for &position in gone {
        let leading = (0..=position).all(|earlier| gone.contains(&earlier));
        let range = if leading {
            LocalRange::new(pairs[position].key.range.start, pairs.get(position + 1)?.key.range.start)
        } else {
            LocalRange::new(end(position - 1), end(position))
        };
        if range.of(&instruction.source).lines().any(|line| line.trim_start().starts_with('#')) {
            return None;
        }
        edits.push(TextEdit { range: instruction.place(range), new_text: String::new() });
    }
    Some(edits)
}

fn run_edits(run: &Merged) -> Option<Vec<TextEdit>> {
    let instruction = &run.instruction;
    let script = instruction.shell()?;
    let mut edits = Vec::new();
    if !run.removed.is_empty() {
        edits.extend(statements::take_statements(instruction, script, &run.removed)?);
    }
    let insert = |offset: u32, new_text: String| TextEdit {
        range: TextRange::empty(instruction.start + offset),
        new_text,
    };
    if !run.mounts.is_empty() {
        let first = instruction.flags.first().map_or(instruction.arguments.range, |flag| flag.range);
        edits.push(insert(first.start, format!("{} ", run.mounts.join(" "))));
    }
    if !run.preludes.is_empty() {
        let first =
            script.statements.iter().enumerate().find(|(position, _)| !run.removed.contains(position))?.1;
        let in_heredoc = instruction.heredocs.iter().any(|heredoc| heredoc.body.start <= first.range.start);
        let newline = if instruction.source.contains("\r\n") { "\r\n" } else { "\n" };
        let joint = if in_heredoc { newline } else { " && " };
        let text: String = run.preludes.iter().map(|prelude| format!("{prelude}{joint}")).collect();
        edits.push(insert(first.range.start, text));
    }
    edits.extend(run.insertions.iter().map(|(offset, text)| insert(*offset, text.clone())));
    edits.sort_by_key(|edit| edit.range);
    Some(edits)
}

/// Comments above what goes come to stand above the first step that has the mount.
fn moved_comments(
    document: &Document,
    gone: &[(TextRange, String)],
    runs: &BTreeMap<u32, Merged>,
) -> Vec<TextEdit> {
    let mounted = || runs.values().filter(|run| !run.mounts.is_empty());
    let mut edits: Vec<TextEdit> = Vec::new();
    for (lines, comments) in gone.iter().filter(|(_, comments)| !comments.is_empty()) {
        let Some(run) =
            mounted().find(|run| run.instruction.start > lines.start).or_else(|| mounted().next())
        else {
            continue;
        };
        let start = removal::block(document, &run.instruction).lines.start;
        match edits.iter_mut().find(|edit| edit.range.start == start) {
            Some(edit) => edit.new_text.push_str(comments),
            None => edits.push(TextEdit { range: TextRange::empty(start), new_text: comments.clone() }),
        }
    }
    edits
}

/// Lines that touch go together, so that no blank line is left twice.
fn removed_lines(document: &Document, mut gone: Vec<(TextRange, String)>) -> Vec<TextEdit> {
    gone.sort_by_key(|(lines, _)| *lines);
    let mut merged: Vec<TextRange> = Vec::new();
    for (lines, _) in gone {
        match merged.last_mut() {
            Some(last) if last.end >= lines.start => last.end = last.end.max(lines.end),
            _ => merged.push(lines),
        }
    }
    merged.into_iter().map(|lines| removal::take_lines(document, lines)).collect()
}
