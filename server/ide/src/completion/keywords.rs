//! Instructions, in the file's own case and only those that may stand there.

use syntax::{Document, Keyword, TextRange};

use super::item::{CompletionKind, Items, Word};
use super::topic::Topic;
use super::{Asked, comments};
use crate::catalogue::{self, INSTRUCTIONS};
use crate::host::DocumentState;

/// So many instructions show a file's case.
const SAMPLE: usize = 32;

/// On a line with nothing on it.
pub(super) fn on_blank_line(state: &DocumentState, offset: u32, items: &mut Items) {
    let document = &state.document;
    items.at(Word::new(TextRange::empty(offset), 0));
    let is_lower = is_lower_case(document, "");
    for instruction in allowed(document, offset, false) {
        add(instruction, is_lower, Rest::Nothing, items);
    }
    comments::whole_directives(state, offset, items);
}

/// In or at the end of an instruction's first word, or of the word behind ONBUILD.
pub(super) fn in_instruction(asked: &Asked<'_>, items: &mut Items) {
    let at = asked.at;
    let Some(typed) = at.typed_from(at.read.keyword_start) else { return };
    let document = &asked.state.document;
    let behind = at.word_behind(char::is_alphabetic);
    let rest = match at.after.get(behind as usize..) {
        // What continues on the next line goes with the new keyword.
        Some(rest) if rest.trim().is_empty() && !continues(asked) => Rest::Nothing,
        _ => Rest::Arguments,
    };
    items.at(Word::new(typed, behind));
    let is_lower = is_lower_case(document, at.text_from(at.read.keyword_start));
    for instruction in allowed(document, at.instruction.start, at.read.is_trigger) {
        add(instruction, is_lower, rest, items);
    }
}

/// What stands behind the keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    Arguments,
}

/// Whether the instruction has more lines than the keyword's.
fn continues(asked: &Asked<'_>) -> bool {
    let node = asked.node();
    !node.arguments.words.is_empty() || !node.flags.is_empty()
}

/// The instructions that may begin at an offset: above the first FROM there may only be an ARG.
fn allowed(
    document: &Document,
    offset: u32,
    is_trigger: bool,
) -> impl Iterator<Item = &'static catalogue::Instruction> {
    let has_stage = document
        .instructions()
        .take_while(|instruction| instruction.start < offset)
        .any(|instruction| instruction.keyword == Keyword::From);
    INSTRUCTIONS.iter().filter(move |instruction| match instruction.keyword {
        Keyword::From => !is_trigger,
        Keyword::Arg => true,
        Keyword::Onbuild | Keyword::Maintainer => has_stage && !is_trigger,
        _ => has_stage,
    })
}

/// Whether keywords are in lower case here: as most of the file's are, else as the one that is typed.
fn is_lower_case(document: &Document, typed: &str) -> bool {
    let mut lower = 0;
    let mut upper = 0;
    for instruction in document.instructions().take(SAMPLE) {
        let written = instruction.keyword_range.of(&instruction.source);
        if instruction.keyword == Keyword::Unknown || written == typed {
            continue;
        }
        if written.chars().any(char::is_uppercase) {
            upper += 1;
        } else {
            lower += 1;
        }
    }
    if lower == upper {
        return typed.chars().next().is_some_and(char::is_lowercase) && lower > 0;
    }
    lower > upper
}

fn add(instruction: &'static catalogue::Instruction, is_lower: bool, rest: Rest, items: &mut Items) {
    let keyword = instruction.keyword;
    let in_case = |text: &str| if is_lower { text.to_lowercase() } else { text.to_owned() };
    let word = in_case(keyword.as_str());
    let item = items.add(word.clone(), CompletionKind::Keyword);
    item.detail(instruction.summary).topic(Topic::Instruction(keyword));
    item.is_deprecated = keyword == Keyword::Maintainer;
    if rest == Rest::Nothing {
        item.text(format!("{word} "));
        item.snippet(format!("{word} {}", arguments(keyword, in_case)));
    }
}

/// The arguments to fill in.
fn arguments(keyword: Keyword, in_case: impl Fn(&str) -> String) -> String {
    match keyword {
        Keyword::From => "${1:image}".to_owned(),
        Keyword::Run => "${1:command}".to_owned(),
        Keyword::Copy | Keyword::Add => "${1:source} ${2:destination}".to_owned(),
        Keyword::Workdir => "${1:/app}".to_owned(),
        Keyword::Env => "${1:NAME}=${2:value}".to_owned(),
        Keyword::Arg => "${1:NAME}".to_owned(),
        Keyword::Cmd | Keyword::Entrypoint => "[\"${1:program}\"]".to_owned(),
        Keyword::Expose => "${1:8080}".to_owned(),
        Keyword::User => "${1:user}".to_owned(),
        Keyword::Label => "${1:name}=\"${2:value}\"".to_owned(),
        Keyword::Healthcheck => format!("{} ${{1:command}}", in_case("CMD")),
        Keyword::Volume => "[\"${1:/data}\"]".to_owned(),
        Keyword::Shell => "[\"${1:/bin/bash}\", \"${2:-c}\"]".to_owned(),
        Keyword::Stopsignal => "${1:SIGTERM}".to_owned(),
        Keyword::Onbuild => format!("{} ${{1:command}}", in_case("RUN")),
        Keyword::Maintainer => "${1:name}".to_owned(),
        Keyword::Unknown => String::new(),
    }
}
