//! Which part of an instruction a text ends in: the keyword, a flag, an argument.

use syntax::Keyword;

use super::list::{self, Element};

/// What the text up to a cursor says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    /// The keyword; behind ONBUILD the one that it triggers.
    pub(crate) keyword: Keyword,
    /// Where the keyword begins.
    pub(crate) keyword_start: usize,
    /// Whether it is behind ONBUILD.
    pub(crate) is_trigger: bool,
    /// The part that the text ends in.
    pub(crate) part: Part,
}

/// A part of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The keyword.
    Keyword,
    /// A flag's name, dashes included.
    FlagName { start: usize },
    /// A flag's value.
    FlagValue { name: String, flag_start: usize, start: usize },
    /// What follows the flags.
    Argument(Argument),
}

/// An argument, or where the next may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Argument {
    /// Where the arguments begin.
    pub(crate) first: usize,
    /// How many words stand before this one.
    pub(crate) index: usize,
    /// Where the word begins.
    pub(crate) start: usize,
    /// The element of a JSON list, where it is one.
    pub(crate) element: Option<Element>,
    /// Whether it is behind a list that has ended.
    pub(crate) behind_list: bool,
}

/// Reads an instruction's text up to a cursor.
pub(super) fn read(text: &str, escape: char) -> Read {
    let outer = instruction(text, 0, escape);
    match &outer.part {
        Part::Argument(argument) if outer.keyword == Keyword::Onbuild => {
            let inner = instruction(text, argument.first, escape);
            Read { is_trigger: true, ..inner }
        }
        _ => outer,
    }
}

/// Reads one instruction that begins at `keyword_start`.
fn instruction(text: &str, keyword_start: usize, escape: char) -> Read {
    let keyword_end = find(text, keyword_start, is_blank);
    let word = text.get(keyword_start..keyword_end).unwrap_or_default();
    let keyword = Keyword::from_word(word);
    let part =
        if keyword_end == text.len() { Part::Keyword } else { flags(text, keyword, keyword_end, escape) };
    Read { keyword, keyword_start, is_trigger: false, part }
}

/// Reads on from the end of the keyword.
fn flags(text: &str, keyword: Keyword, keyword_end: usize, escape: char) -> Part {
    let mut at = keyword_end;
    loop {
        let start = find(text, at, |byte| !is_blank(byte));
        let rest = text.get(start..).unwrap_or_default();
        if rest == "-" {
            return Part::FlagName { start };
        }
        if !rest.starts_with("--") {
            return Part::Argument(argument(text, keyword, start));
        }
        at = flag_end(text, start, escape);
        if at < text.len() {
            if text.get(start..at) == Some("--") {
                let first = find(text, at, |byte| !is_blank(byte));
                return Part::Argument(argument(text, keyword, first));
            }
            continue;
        }
        return match rest.find('=') {
            None => Part::FlagName { start },
            Some(equals) => Part::FlagValue {
                name: rest.get(2..equals).unwrap_or_default().to_owned(),
                flag_start: start,
                start: start + equals + 1,
            },
        };
    }
}

/// Where a flag ends: at the first blank that is neither quoted nor escaped.
fn flag_end(text: &str, start: usize, escape: char) -> usize {
    let mut quote = None;
    let mut chars = text.char_indices().skip_while(|(at, _)| *at < start);
    while let Some((at, char)) = chars.next() {
        match quote {
            None if char.is_ascii_whitespace() => return at,
            None if matches!(char, '\'' | '"') => quote = Some(char),
            Some(open) if char == open => quote = None,
            _ if char == escape => {
                chars.next();
            }
            _ => {}
        }
    }
    text.len()
}

fn argument(text: &str, keyword: Keyword, first: usize) -> Argument {
    let rest = text.get(first..).unwrap_or_default();
    let mut found = Argument { first, index: 0, start: first, element: None, behind_list: false };
    // HEALTHCHECK's command, and so its list, comes behind CMD.
    let list_start = match keyword {
        Keyword::Healthcheck => {
            let behind = find(text, find(text, first, is_blank), |byte| !is_blank(byte));
            (behind < text.len()).then_some(behind)
        }
        Keyword::Add
        | Keyword::Copy
        | Keyword::Volume
        | Keyword::Run
        | Keyword::Cmd
        | Keyword::Entrypoint
        | Keyword::Shell => Some(first),
        _ => None,
    };
    if let Some(start) =
        list_start.filter(|start| text.get(*start..).is_some_and(|rest| rest.starts_with('[')))
    {
        match list::read(text, start) {
            list::Reading::In(element) => {
                found.element = Some(element);
                found.start = element.string.unwrap_or(text.len());
                return found;
            }
            list::Reading::Behind => found.behind_list = true,
            list::Reading::NoList => {}
        }
    }
    let mut is_word = false;
    for (at, byte) in rest.bytes().enumerate() {
        if is_blank(byte) {
            found.index += usize::from(is_word);
            is_word = false;
            found.start = first + at + 1;
        } else if !is_word {
            is_word = true;
            found.start = first + at;
        }
    }
    found
}

/// The first byte from `start` on that `wanted` takes; the text's end where there is none.
fn find(text: &str, start: usize, wanted: impl Fn(u8) -> bool) -> usize {
    let found = text.bytes().enumerate().skip(start).find(|(_, byte)| wanted(*byte));
    found.map_or(text.len(), |(at, _)| at)
}

/// White space between words, as BuildKit splits them.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x0b | 0x0c | b'\r' | b' ')
}
