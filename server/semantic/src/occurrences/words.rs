//! The variables in the words of an instruction that the builder expands, and in the bodies that COPY and ADD write.
//!
//! Which words those are follows BuildKit's `SupportsSingleWordExpansion`. The text of RUN, CMD and ENTRYPOINT is the shell's.

use syntax::{InstructionNode, Keyword, LocalRange, Word};

use crate::expand::{self, VariableUse};
use crate::scope::Lookup;

/// A variable in a word.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) name: String,
    /// The name.
    pub(super) range: LocalRange,
    /// The name with the `$` or `${` before it.
    pub(super) reach: LocalRange,
    /// Whether the name stands there in one piece.
    pub(super) is_literal: bool,
}

/// The variables that the builder replaces in an instruction.
pub(super) fn uses(node: &InstructionNode) -> Vec<Use> {
    let mut found = Vec::new();
    if !node.source.contains('$') {
        return found;
    }
    for word in expanded_words(node) {
        if word.text.contains('$') {
            let uses = expand::expand_word(&word.text, node.escape, |_| Lookup::Unset).uses;
            found.extend(
                uses.iter()
                    .filter_map(|used| place(node, &word.text, used, &|start, end| word.place(start, end))),
            );
        }
    }
    if matches!(node.keyword, Keyword::Copy | Keyword::Add) {
        for heredoc in node.heredocs.iter().filter(|heredoc| heredoc.expand) {
            let body = heredoc.body.of(&node.source);
            if body.contains('$') {
                let uses = expand::expand_body(body, |_| Lookup::Unset).uses;
                let at = |start: usize, end: usize| {
                    LocalRange::new(heredoc.body.start + offset(start), heredoc.body.start + offset(end))
                };
                found.extend(uses.iter().filter_map(|used| place(node, body, used, &at)));
            }
        }
    }
    found
}

/// The words that the builder expands, in order.
fn expanded_words(node: &InstructionNode) -> Vec<&Word> {
    let arguments = &node.arguments;
    let flags = |names: &'static [&'static str]| {
        let wanted =
            node.flags.iter().filter(|flag| names.contains(&flag.name.to_ascii_lowercase().as_str()));
        wanted.filter_map(|flag| flag.value.as_ref()).collect::<Vec<_>>()
    };
    match node.keyword {
        Keyword::From => {
            let mut words = flags(&["platform"]);
            words.extend(arguments.words.first());
            words
        }
        Keyword::Arg => arguments.pairs.iter().filter_map(|pair| pair.value.as_ref()).collect(),
        Keyword::Env | Keyword::Label => {
            arguments.pairs.iter().flat_map(|pair| std::iter::once(&pair.key).chain(&pair.value)).collect()
        }
        Keyword::Copy | Keyword::Add => {
            let mut words = flags(&["chown", "chmod", "exclude", "checksum"]);
            let is_marker = |word: &Word| {
                let heredocs = node.heredocs.iter();
                heredocs.clone().any(|heredoc| {
                    word.range.start <= heredoc.marker.start && heredoc.marker.end <= word.range.end
                })
            };
            words.extend(arguments.words.iter().filter(|word| !is_marker(word)));
            words
        }
        Keyword::Run => flags(&["mount"]),
        Keyword::Workdir | Keyword::User | Keyword::Stopsignal | Keyword::Expose | Keyword::Volume => {
            arguments.words.iter().collect()
        }
        Keyword::Cmd
        | Keyword::Entrypoint
        | Keyword::Healthcheck
        | Keyword::Maintainer
        | Keyword::Onbuild
        | Keyword::Shell
        | Keyword::Unknown => Vec::new(),
    }
}

/// Where the name in a use stands; nothing for special parameters such as `$@`.
fn place(
    node: &InstructionNode,
    text: &str,
    used: &VariableUse,
    at: &dyn Fn(usize, usize) -> LocalRange,
) -> Option<Use> {
    let is_name = |name: &str| {
        !name.starts_with(|first: char| first.is_numeric())
            && name.chars().all(|part| part == '_' || part.is_alphanumeric())
    };
    if used.name.is_empty() || !is_name(&used.name) {
        return None;
    }
    let start = used.range.start;
    let braced = text.as_bytes().get(start + 1) == Some(&b'{');
    let name_start = start + 1 + usize::from(braced);
    let range = at(name_start, name_start + used.name.len());
    Some(Use {
        is_literal: range.of(&node.source) == used.name,
        reach: LocalRange::new(at(start, start + 1).start, range.end),
        name: used.name.clone(),
        range,
    })
}

/// Sources are at most 4 GiB long.
fn offset(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
