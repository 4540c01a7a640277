//! `check --diff-base`: findings on lines that changed since a revision.

use std::path::Path;

use anyhow::bail;
use rules::Finding;
use similar::{DiffOp, TextDiff};
use syntax::{Document, TextRange};

use crate::output::checked::Checked;

/// Leaves the findings whose lines are new or changed since a revision. All lines of a file that was not there are new.
pub(super) fn keep(files: &mut [Checked], revision: &str) -> anyhow::Result<()> {
    for file in files {
        let Checked::Findings { path, document, findings, .. } = file else { continue };
        if path == "-" {
            bail!("--diff-base compares files, and stdin is none; say with --stdin-path which one it is");
        }
        let before = workspace::git_file::text_at(Path::new(path), revision).map_err(anyhow::Error::msg)?;
        let Some(before) = before else { continue };
        let changed = changed(&before, &document.text());
        findings.retain(|finding| {
            let (first, last) = lines(document, finding);
            changed.iter().any(|range| range.start <= last && first < range.end)
        });
    }
    Ok(())
}

/// The lines of a text, from 0, that are not those of another. What ends a line is no difference: git may change it.
fn changed(before: &str, after: &str) -> Vec<std::ops::Range<usize>> {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let diff = TextDiff::from_slices(&before, &after);
    let changed = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changed.map(DiffOp::new_range).filter(|range| !range.is_empty()).collect()
}

/// The first and the last line of a finding, from 0.
fn lines(document: &Document, finding: &Finding) -> (usize, usize) {
    let TextRange { start, end } = finding.range;
    let last = if end > start { end - 1 } else { end };
    (document.buildkit_line(start) as usize, document.buildkit_line(last) as usize)
}
