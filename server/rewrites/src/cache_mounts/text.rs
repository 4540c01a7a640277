//! The plan of a step as edits.

use syntax::{TextEdit, TextRange};

use super::plan::{CacheMount, RunPlan};

/// The flags that come and what goes, in order of place.
pub(super) fn edits(run: &RunPlan<'_>) -> Vec<TextEdit> {
    let instruction = &run.item.instruction;
    let first = instruction.flags.first().map_or(instruction.arguments.range, |flag| flag.range);
    let flags: Vec<String> = run.mounts.iter().map(flag).collect();
    // Several do not fit on a line: each gets its own, indented as the step's other lines are.
    let joint = match flags.len() {
        1 => " ".to_owned(),
        _ => {
            let source = &instruction.source;
            let newline = if source.contains("\r\n") { "\r\n" } else { run.newline };
            format!(" {}{newline}{}", instruction.escape, indentation(source))
        }
    };
    let new_text: String = flags.iter().map(|flag| format!("{flag}{joint}")).collect();
    let mut edits = vec![TextEdit { range: TextRange::empty(instruction.start + first.start), new_text }];
    edits.extend(run.removals.iter().cloned());
    edits.sort_by_key(|edit| edit.range);
    edits
}

fn flag(mount: &CacheMount) -> String {
    let owner = mount.number.map(|number| format!(",uid={number},gid={number}")).unwrap_or_default();
    let sharing = if mount.is_locked { ",sharing=locked" } else { "" };
    format!("--mount=type=cache,target={}{owner}{sharing}", mount.target)
}

/// The white space before the second line of an instruction; four spaces where it has one line.
fn indentation(source: &str) -> &str {
    let second =
        source.lines().nth(1).filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    second.map_or("    ", |line| match &line[..line.len() - line.trim_start().len()] {
        "" => "    ",
        indentation => indentation,
    })
}
