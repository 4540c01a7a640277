//! Names of heredocs behind `<<`.

use syntax::Keyword;

use super::Asked;
use super::item::{CompletionKind, Items, Word, escaped};
use crate::catalogue::HEREDOC_NAMES;

/// Names for the heredoc whose `<<` begins at `start`. Whether it is one at all.
pub(super) fn complete(asked: &Asked<'_>, start: usize, items: &mut Items) -> bool {
    let at = asked.at;
    let Some(rest) =
        at.text_from(start).trim_start_matches(|char: char| char.is_ascii_digit()).strip_prefix("<<")
    else {
        return false;
    };
    if rest.starts_with('<') || rest.chars().any(char::is_whitespace) {
        return true;
    }
    let chomps = rest.starts_with('-');
    let name_start = at.line.text().len() - rest.len() + usize::from(chomps);
    let Some(typed) = at.typed_from(name_start) else { return true };
    let behind = at.word_behind(|char| !char.is_whitespace());
    items.at(Word::new(typed, behind));
    let ends_line = at.after.get(behind as usize..).is_some_and(|rest| rest.trim().is_empty());
    for name in HEREDOC_NAMES.iter().filter(|name| !(chomps && name.value.starts_with('-'))) {
        let item = items.add(name.value, CompletionKind::Value).detail(name.summary);
        // The body goes below the line, and so is written with the name only where nothing follows it, and no body is there yet.
        if !ends_line || has_body(asked) {
            continue;
        }
        let end = name.value.trim_matches(['\'', '-']);
        let line_end = line_end(asked);
        let name = escaped(name.value);
        let (before, body) = match asked.keyword() {
            Keyword::Run => ("", "${0:command}"),
            _ => (" ${1:destination}", "$0"),
        };
        item.snippet(format!("{name}{before}{line_end}{body}{line_end}{end}"));
    }
    true
}

/// Whether a heredoc of the instruction has its last line already.
fn has_body(asked: &Asked<'_>) -> bool {
    asked.at.instruction.heredocs.iter().any(|heredoc| heredoc.terminator.start < heredoc.terminator.end)
}

/// The line end of the cursor's line.
fn line_end(asked: &Asked<'_>) -> &'static str {
    let document = &asked.state.document;
    let end = asked.at.offset + u32::try_from(asked.at.after.len()).unwrap_or(0);
    let is_windows = document.slice(syntax::TextRange::new(end, end + 1)) == "\r";
    if is_windows { "\r\n" } else { "\n" }
}
