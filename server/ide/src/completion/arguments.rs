//! What follows an instruction's flags.

use syntax::Keyword;

use super::item::{CompletionKind, Items, Word};
use super::{Asked, flags, heredocs, paths, sources, users, variables};
use crate::catalogue::{Choice, LABELS, PORTS, SHELLS, SIGNALS};
use crate::cursor::Argument;

/// At an argument, or where the next may begin.
pub(super) fn complete(asked: &Asked<'_>, argument: &Argument, items: &mut Items) {
    let keyword = asked.keyword();
    if let Some(element) = argument.element {
        let Some(start) = element.string.filter(|_| !element.has_escapes) else { return };
        if takes_variables_in_lists(keyword) && variables::complete(asked, start, items) {
            return;
        }
        match keyword {
            Keyword::Copy | Keyword::Add => files(asked, start, element.index, paths::Quoting::List, items),
            Keyword::Volume => places(asked, start, paths::Quoting::List, items),
            _ => {}
        }
        return;
    }
    if argument.behind_list {
        return;
    }
    // Quotes are judged from the first argument on, for one may hold blanks.
    if variables::complete(asked, argument.first, items) {
        return;
    }
    if matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add)
        && heredocs::complete(asked, argument.start, items)
    {
        return;
    }
    words(asked, argument, items);
    if argument.index == 0 && argument.start == argument.first {
        flags::where_arguments_begin(asked, argument.first, items);
    }
}

/// Words of the instruction's own.
fn words(asked: &Asked<'_>, argument: &Argument, items: &mut Items) {
    match asked.keyword() {
        Keyword::From => from(asked, argument, items),
        Keyword::Copy | Keyword::Add => {
            files(asked, argument.start, argument.index, paths::Quoting::Word, items);
        }
        Keyword::Arg => names(asked, argument.first, variables::to_declare, items),
        Keyword::Env if !is_old_form(asked, argument) => {
            names(asked, argument.first, variables::to_set, items);
        }
        Keyword::Label if !is_old_form(asked, argument) => names(asked, argument.first, labels, items),
        Keyword::Expose => ports(asked, argument.start, items),
        Keyword::User if argument.index == 0 => users::complete(asked, argument.start, items),
        Keyword::Stopsignal if argument.index == 0 => choices(asked, argument.start, SIGNALS, items),
        Keyword::Workdir if argument.index == 0 => places(asked, argument.start, paths::Quoting::Word, items),
        Keyword::Volume => places(asked, argument.start, paths::Quoting::Word, items),
        Keyword::Shell if argument.index == 0 => choices(asked, argument.start, SHELLS, items),
        Keyword::Healthcheck if argument.index == 0 => healthcheck(asked, argument.start, items),
        _ => {}
    }
}

/// Whether the builder puts variables into the strings of a list.
const fn takes_variables_in_lists(keyword: Keyword) -> bool {
    matches!(keyword, Keyword::Copy | Keyword::Add | Keyword::Volume)
}

/// Says which word the items that follow are for; false where it cannot be replaced.
fn at_word(asked: &Asked<'_>, start: usize, items: &mut Items) -> bool {
    let at = asked.at;
    let Some(typed) = at.typed_from(start) else { return false };
    items.at(Word::new(typed, at.word_behind(|char| !char.is_whitespace())));
    !at.text_from(start).contains(['$', '"', '\''])
}

fn choices(asked: &Asked<'_>, start: usize, choices: &[Choice], items: &mut Items) {
    if at_word(asked, start, items) {
        for choice in choices {
            items.choice(choice.value, choice.summary);
        }
    }
}

fn from(asked: &Asked<'_>, argument: &Argument, items: &mut Items) {
    if !at_word(asked, argument.start, items) {
        return;
    }
    match argument.index {
        0 => sources::bases(asked, items),
        1 => {
            let written = asked.at.text_from(asked.at.read.keyword_start);
            let word = if written.starts_with(char::is_lowercase) { "as" } else { "AS" };
            let item = items.add(word, CompletionKind::Keyword).detail("Gives the stage a name");
            if asked.at.after.trim().is_empty() {
                item.text(format!("{word} ")).snippet(format!("{word} ${{1:name}}"));
            }
        }
        _ => {}
    }
}

/// Sources of COPY and ADD, and where they may go.
fn files(asked: &Asked<'_>, start: usize, index: usize, quoting: paths::Quoting, items: &mut Items) {
    let at = asked.at;
    // A quoted word is a path all the same.
    let text = at.text_from(start);
    let start = start + usize::from(quoting == paths::Quoting::Word && text.starts_with(['"', '\'']));
    let text = at.text_from(start);
    if index > 0 && at_word(asked, start, items) {
        if text.is_empty() || "./".starts_with(text) {
            items.add("./", CompletionKind::Folder).detail("The working directory");
        }
        if text.is_empty() || text.starts_with('/') {
            paths::of_stage(asked, items);
        }
    }
    match asked.node().flags.iter().find(|flag| flag.name == "from").and_then(|flag| flag.value.as_ref()) {
        Some(from) => {
            if at_word(asked, start, items) {
                paths::of_source(asked, &from.text, start, quoting, items);
            }
        }
        None => {
            if index == 0 && text.is_empty() && at_word(asked, start, items) {
                paths::whole_context(items);
            }
            paths::of_context(asked, start, quoting, items);
        }
    }
}

/// Paths in the image that the file speaks of.
fn places(asked: &Asked<'_>, start: usize, quoting: paths::Quoting, items: &mut Items) {
    let Some(typed) = asked.at.typed_from(start) else { return };
    let behind = asked.at.word_behind(|char| quoting.is_part(char));
    items.at(Word::new(typed, behind));
    if !asked.at.text_from(start).contains(['$', '"', '\'']) {
        paths::of_stage(asked, items);
    }
}

/// Names of variables or labels, where one may begin: not in a value, and not inside quotes.
fn names(asked: &Asked<'_>, first: usize, add: fn(&Asked<'_>, &mut Items), items: &mut Items) {
    let at = asked.at;
    let text = at.text_from(first);
    let escape = at.instruction.escape;
    let mut quote = None;
    let mut start = first;
    let mut chars = text.char_indices();
    while let Some((place, char)) = chars.next() {
        match quote {
            None if char.is_whitespace() => start = first + place + char.len_utf8(),
            None if matches!(char, '"' | '\'') => quote = Some(char),
            Some(open) if char == open => quote = None,
            _ if char == escape && quote != Some('\'') => {
                chars.next();
            }
            _ => {}
        }
    }
    let word = at.text_from(start);
    if quote.is_some() || word.contains(['=', '"', '\'', '$']) {
        return;
    }
    let Some(typed) = at.typed_from(start) else { return };
    let behind = at.word_behind(|char| !char.is_whitespace() && char != '=');
    let has_value = at.after.get(behind as usize..).is_some_and(|rest| rest.starts_with('='));
    items.at(Word::new(typed, behind));
    add(asked, items);
    if has_value {
        items.without_values();
    }
}

/// Whether it is `ENV name value`: the value runs to the end.
fn is_old_form(asked: &Asked<'_>, argument: &Argument) -> bool {
    let first = asked.at.text_from(argument.first).split_whitespace().next().unwrap_or_default();
    argument.index > 0 && !first.contains('=')
}

fn labels(_: &Asked<'_>, items: &mut Items) {
    for label in LABELS {
        let item = items.add(label.value, CompletionKind::Property).detail(label.summary);
        item.text(format!("{}=", label.value)).snippet(format!("{}=\"${{1:value}}\"", label.value));
    }
}

fn ports(asked: &Asked<'_>, start: usize, items: &mut Items) {
    let text = asked.at.text_from(start);
    if let Some(slash) = text.find('/') {
        choices(
            asked,
            start + slash + 1,
            &[
                Choice { value: "tcp", summary: "As it is without a protocol" },
                Choice { value: "udp", summary: "" },
                Choice { value: "sctp", summary: "" },
            ],
            items,
        );
        return;
    }
    choices(asked, start, PORTS, items);
    let is_port = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    for protocol in ["tcp", "udp"].iter().filter(|_| is_port) {
        let label = format!("{text}/{protocol}");
        if !items.has(&label) {
            items.choice(&label, "");
        }
    }
}

fn healthcheck(asked: &Asked<'_>, start: usize, items: &mut Items) {
    if !at_word(asked, start, items) {
        return;
    }
    let written = asked.at.text_from(asked.at.read.keyword_start);
    let is_lower = written.starts_with(char::is_lowercase);
    for (word, says) in
        [("CMD", "The command that finds out"), ("NONE", "No check, even where the base image has one")]
    {
        let word = if is_lower { word.to_lowercase() } else { word.to_owned() };
        let is_none = word.eq_ignore_ascii_case("NONE");
        // NONE takes no flags.
        if is_none && !asked.node().flags.is_empty() {
            continue;
        }
        let rest_is_blank = asked.at.after.trim().is_empty();
        let item = items.add(word.clone(), CompletionKind::Keyword).detail(says);
        if !is_none && rest_is_blank {
            item.text(format!("{word} ")).snippet(format!("{word} ${{1:command}}"));
        }
    }
}
