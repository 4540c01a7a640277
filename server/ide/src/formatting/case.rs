//! The case of instructions: that of most of the file, as BuildKit's `ConsistentInstructionCasing` wants it; AS is as FROM.

use syntax::{Instruction, Keyword, LocalRange};

use super::File;

/// Whether most instructions are in lower case; those before the first FROM have no say.
pub(super) fn is_lower(instructions: &[Instruction]) -> bool {
    let first = instructions.iter().position(|instruction| instruction.keyword == Keyword::From);
    let (mut lower, mut upper) = (0_usize, 0_usize);
    for instruction in instructions.iter().skip(first.unwrap_or(0)) {
        let word = instruction.keyword_range.of(&instruction.source);
        if instruction.keyword != Keyword::Unknown {
            lower += usize::from(!word.bytes().any(|byte| byte.is_ascii_uppercase()));
            upper += usize::from(!word.bytes().any(|byte| byte.is_ascii_lowercase()));
        }
    }
    lower > upper
}

/// The keyword's and AS's case. What ONBUILD triggers is a text in the image, and stays.
pub(super) fn edits(file: &File<'_>, instruction: &Instruction, edits: &mut Vec<(LocalRange, String)>) {
    let mut set = |range: LocalRange| {
        let word = range.of(&instruction.source);
        let wanted = if file.lower_case { word.to_ascii_lowercase() } else { word.to_ascii_uppercase() };
        edits.push((range, wanted));
    };
    set(instruction.keyword_range);
    if let (Keyword::From, [_, word, _]) = (instruction.keyword, instruction.arguments.words.as_slice())
        && word.text.eq_ignore_ascii_case("AS")
    {
        set(word.range);
    }
}
