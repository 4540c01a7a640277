//! What a rewrite takes and gives.

use std::ops::Range;

use semantic::{Facts, Model};
use syntax::{Directive, Document, TextEdit, TextRange};

/// What a rewrite reads.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The file's meaning.
    pub model: &'a Model,
    /// What is known outside of it.
    pub facts: &'a Facts,
}

/// A kind of rewrite.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Its id, such as `split-stages`.
    pub id: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// LSP's code action kind, such as `refactor.extract.stages`.
    pub kind: &'static str,
    /// The page, in Markdown: what it does, when it is offered and when not, an example.
    pub page: &'static str,
    /// Looks for places. What it says is not yet an offer: see [`Recipe::find`].
    pub(crate) search: fn(&Input<'_>) -> Offers,
}

impl Recipe {
    /// Finds where it applies, and says where and why it does not. Each result was read again: it parses, starts the same program in
    /// the same way, and another parser sees the same stages in it; a rewrite of which that is not so is withheld, with the reason.
    #[must_use]
    pub fn find(&self, input: &Input<'_>) -> Offers {
        crate::promise::keep(input, (self.search)(input))
    }
}

/// What a rewrite found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offers {
    /// Where it applies.
    pub rewrites: Vec<Rewrite>,
    /// Where a user might expect it, and why it is not offered.
    pub refusals: Vec<Refusal>,
}

/// A rewrite that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// The recipe's id.
    pub id: &'static str,
    /// What it is offered on.
    pub place: TextRange,
    /// The change.
    pub fix: Fix,
    /// What the build needs from then on, as the title says it too: `--secret id=…`.
    pub needs: Option<String>,
    /// A file beside the Dockerfile that comes with it.
    pub creates: Option<NewFile>,
}

/// A file that a rewrite makes, where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path from the build context's root.
    pub path: String,
    /// All that is in it.
    pub text: String,
}

/// A change of the text, with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative, with what the user must supply.
    pub title: String,
    /// Whether it can be taken as it is.
    pub applicability: Applicability,
    /// The change; edits do not overlap and stand in order of place.
    pub edits: Vec<TextEdit>,
}

/// Whether a change can be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applicability {
    /// The result builds and runs as before.
    Safe,
    /// The result must be looked at.
    Unsafe {
        /// What to check, as a short sentence without a full stop.
        check: String,
    },
}

/// Why a rewrite is not offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it would have been offered on.
    pub place: TextRange,
    /// The reason, one sentence that says what to do where something can be done.
    pub reason: String,
}

impl Offers {
    /// One refusal.
    #[must_use]
    pub fn refused(place: TextRange, reason: impl Into<String>) -> Self {
        Self { rewrites: Vec::new(), refusals: vec![Refusal { place, reason: reason.into() }] }
    }
}

/// The text after the edits, which must not overlap and must stand in order of place.
#[must_use]
pub fn apply(text: &str, edits: &[TextEdit]) -> String {
    apply_within(text, 0..text.len(), edits)
}

/// Whether the edits, which stand as for [`apply`], change anything. What lies around them is not looked at, however long the text is.
#[must_use]
pub fn is_change(text: &str, edits: &[TextEdit]) -> bool {
    let (Some(first), Some(last)) = (edits.first(), edits.last()) else { return false };
    let within = first.range.start as usize..last.range.end as usize;
    text.get(within.clone()).is_none_or(|before| apply_within(text, within, edits) != before)
}

/// Whether the directives stay as they are, but for those that the edits, which stand as for [`apply`], touch or write. Above the first instruction
/// a comment that comes to the top of the file is read as one: `# escape=x` in the text of a licence.
#[must_use]
pub fn keeps_directives(document: &Document, edits: &[TextEdit]) -> bool {
    if edits.first().is_none_or(|first| first.range.start > document.directives_end()) {
        return true;
    }
    let mut after = document.clone();
    for edit in edits.iter().rev() {
        after.edit(edit.range, &edit.new_text);
    }
    let is_said = |list: &[Directive], wanted: &Directive| {
        list.iter().any(|known| (&known.name, &known.value) == (&wanted.name, &wanted.value))
    };
    let is_touched = |directive: &Directive| {
        let TextRange { start, end } = directive.range;
        edits.iter().any(|edit| edit.range.end > start && edit.range.start < end)
    };
    let is_written = |directive: &Directive| {
        let mut written = edits.iter().map(|edit| edit.new_text.as_str());
        written.any(|text| text.contains(&directive.value) || text == directive.name)
    };
    // The second one of a name is none, and refused.
    if after.problems().len() > document.problems().len() {
        return false;
    }
    let (before, after) = (document.directives(), after.directives());
    before.iter().all(|directive| is_touched(directive) || is_said(after, directive))
        && after.iter().all(|directive| is_said(before, directive) || is_written(directive))
}

/// A part of the text after edits that lie in it.
fn apply_within(text: &str, within: Range<usize>, edits: &[TextEdit]) -> String {
    let mut result = String::with_capacity(within.len());
    let mut at = within.start;
    for edit in edits {
        let (start, end) = (edit.range.start as usize, edit.range.end as usize);
        result.push_str(text.get(at..start).unwrap_or_default());
        result.push_str(&edit.new_text);
        at = end.max(at);
    }
    result.push_str(text.get(at..within.end).unwrap_or_default());
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, new_text: &str) -> TextEdit {
        TextEdit { range: TextRange::new(start, end), new_text: new_text.to_owned() }
    }

    #[test]
    fn edits_that_leave_the_text_as_it_is_are_no_change() {
        let text = "FROM é\nRUN a b\n";
        for (edits, expected) in [
            (vec![], false),
            (vec![edit(5, 7, "é")], false),
            (vec![edit(5, 7, "e")], true),
            (vec![edit(0, 0, "")], false),
            (vec![edit(0, 0, "#")], true),
            // What goes in one place comes back in another.
            (vec![edit(12, 14, ""), edit(14, 14, "a ")], false),
            (vec![edit(12, 13, ""), edit(14, 14, "a")], true),
            (vec![edit(12, 13, "a"), edit(14, 15, "c")], true),
        ] {
            assert_eq!(is_change(text, &edits), expected, "{edits:?}");
            assert_eq!(apply(text, &edits) != text, expected, "{edits:?}");
        }
    }
}
