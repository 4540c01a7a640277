//! White space inside an instruction's lines: at their ends, and between words.

use syntax::{Form, Instruction, Keyword, LocalRange};

use super::{Gap, logical_end};

/// Takes blanks off the ends of an instruction's lines, heredoc bodies left out.
pub(super) fn trailing(instruction: &Instruction, edits: &mut Vec<(LocalRange, String)>) {
    let logical = instruction.source.get(..logical_end(instruction)).unwrap_or_default();
    let mut start = 0;
    for line in logical.split_inclusive('\n') {
        let content = line.trim_end_matches(['\r', '\n']);
        let kept = content.trim_end_matches([' ', '\t']);
        if kept.len() < content.len() {
            edits.push((local(start + kept.len(), start + content.len()), String::new()));
        }
        start += line.len();
    }
}

/// The blanks between keyword, flags and words that are not one space, as far as they part words for the builder and do nothing else.
pub(super) fn gaps(instruction: &Instruction) -> Vec<Gap> {
    let words = &instruction.arguments.words;
    let is_list = instruction.arguments.form == Some(Form::Exec);
    let n_parted = match instruction.keyword {
        Keyword::Healthcheck => 1,
        _ if is_list => 0,
        Keyword::Env | Keyword::Label if instruction.arguments.pairs.iter().any(|pair| pair.legacy) => 1,
        Keyword::Env
        | Keyword::Label
        | Keyword::Arg
        | Keyword::From
        | Keyword::Copy
        | Keyword::Add
        | Keyword::Expose
        | Keyword::Volume => words.len(),
        _ => 0,
    };
    let flags = instruction.flags.iter().map(|flag| flag.range.end);
    let words = words.iter().take(n_parted).map(|word| word.range.end);
    std::iter::once(instruction.keyword_range.end)
        .chain(flags)
        .chain(words)
        .filter_map(|end| gap(instruction, end as usize))
        .map(|range| Gap { range, aligned: false })
        .collect()
}

/// The blanks from `start` to the next word of the line, unless they are one space already.
fn gap(instruction: &Instruction, start: usize) -> Option<LocalRange> {
    let rest = instruction.source.get(start..)?;
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
    let (gap, after) = line.split_at(blanks);
    // Blanks before the end of a line may be there to align the escape characters.
    let is_last = after.is_empty()
        || syntax::continued(line, instruction.escape).is_some_and(|said| said.len() <= blanks);
    (!matches!(gap, "" | " ") && !is_last).then(|| local(start, start + blanks))
}

pub(super) fn local(start: usize, end: usize) -> LocalRange {
    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    LocalRange::new(at(start), at(end))
}
