//! Inside comments there are two languages: parser directives at the top, and comments that ignore findings. Nothing else is
//! offered in one.

use syntax::TextRange;

use super::item::{CompletionKind, Items, Word};
use super::topic::Topic;
use crate::catalogue::{CHECKS, DIRECTIVES};
use crate::host::DocumentState;

/// In a comment that begins at `start`.
pub(super) fn complete(state: &DocumentState, start: u32, before: &str, after: &str, items: &mut Items) {
    let offset = start + len(before);
    let Some(said) = before.strip_prefix('#') else { return };
    if may_hold_directive(state, offset) {
        let said = said.trim_start();
        match said.split_once('=') {
            None => names(state, offset, said, after, items),
            Some((name, value)) => values(offset, name.trim_end(), value.trim_start(), after, items),
        }
    }
    if let Some((dialect, typed)) = ignored(said) {
        codes(offset, dialect, typed, after, items);
    }
}

/// Whole directives, for an empty line at the top.
pub(super) fn whole_directives(state: &DocumentState, offset: u32, items: &mut Items) {
    if !may_hold_directive(state, offset) {
        return;
    }
    for directive in DIRECTIVES.iter().filter(|directive| !is_used(state, directive.name, offset)) {
        let Some(value) = directive.values.first() else { continue };
        let label = format!("# {}={}", directive.name, value.value);
        items
            .add(label, CompletionKind::Phrase)
            .detail(directive.summary)
            .topic(Topic::Directive(directive.name));
    }
}

/// Whether every line above is a directive: behind anything else none is read.
fn may_hold_directive(state: &DocumentState, offset: u32) -> bool {
    let line = state.document.buildkit_line(offset);
    let above = state.document.directives().iter().filter(|directive| directive.line < line).count();
    above == line as usize
}

fn is_used(state: &DocumentState, name: &str, offset: u32) -> bool {
    let line = state.document.buildkit_line(offset);
    state.document.directives().iter().any(|directive| directive.name == name && directive.line != line)
}

fn names(state: &DocumentState, offset: u32, typed: &str, after: &str, items: &mut Items) {
    if typed.contains(char::is_whitespace) {
        return;
    }
    let behind = after.find(|char: char| !char.is_ascii_alphanumeric()).unwrap_or(after.len());
    let has_value = after.get(behind..).is_some_and(|rest| rest.trim_start().starts_with('='));
    let typed = TextRange::new(offset - len(typed), offset);
    items.at(Word::new(typed, u32::try_from(behind).unwrap_or(0)));
    for directive in DIRECTIVES.iter().filter(|directive| !is_used(state, directive.name, offset)) {
        let item = items.add(directive.name, CompletionKind::Property);
        item.detail(directive.summary).topic(Topic::Directive(directive.name));
        if !has_value {
            item.text(format!("{}=", directive.name));
            if let Some(value) = directive.values.first() {
                let value = super::item::escaped(value.value);
                item.snippet(format!("{}=${{1:{value}}}", directive.name));
            }
        }
    }
}

fn values(offset: u32, name: &str, typed: &str, after: &str, items: &mut Items) {
    let Some(directive) = crate::catalogue::directive(name) else { return };
    if directive.name == "check" {
        let setting = typed.rsplit(';').next().unwrap_or_default().trim_start();
        if let Some(list) = setting.strip_prefix("skip=") {
            let used: Vec<_> = list.split(',').map(str::trim).collect();
            word(offset, list.rsplit(',').next().unwrap_or_default().trim_start(), after, items);
            for check in CHECKS.iter().filter(|check| !used[..used.len() - 1].contains(&check.name)) {
                items
                    .add(check.name, CompletionKind::Rule)
                    .detail(check.summary)
                    .topic(Topic::Check(check.name));
            }
            if used.len() == 1 {
                items.choice("all", "Leaves out all checks");
            }
            return;
        }
        if let Some(value) = setting.strip_prefix("error=") {
            word(offset, value, after, items);
            for value in ["true", "false"] {
                items.choice(value, "");
            }
            return;
        }
        word(offset, setting, after, items);
        for (value, says) in
            [("skip=", "Leaves out the checks that are named"), ("error=true", "A warning fails the build")]
        {
            let name = value.split_once('=').map_or(value, |(name, _)| name);
            if !typed.contains(&format!("{name}=")) {
                items.choice(value, says);
            }
        }
        return;
    }
    let typed_range = TextRange::new(offset - len(typed), offset);
    items.at(Word::new(typed_range, len(after.trim_end())));
    for value in directive.values {
        items.choice(value.value, value.summary);
    }
}

/// Whose codes a comment takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Layerwise,
    Hadolint,
}

/// The list of codes that a comment such as `layerwise ignore=` ends in.
fn ignored(said: &str) -> Option<(Dialect, &str)> {
    let (dialect, rest) = match said.trim_start().split_once([' ', '\t'])? {
        ("layerwise", rest) => (Dialect::Layerwise, rest),
        ("hadolint", rest) => (Dialect::Hadolint, rest),
        _ => return None,
    };
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("global").map_or(rest, str::trim_start);
    let list = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?.trim_start();
    // Behind the codes there is a reason.
    let codes_end = list.trim_end().len();
    let is_list = list
        .get(..codes_end)?
        .chars()
        .all(|char| char.is_ascii_alphanumeric() || "-_,".contains(char) || char == ' ')
        && list.split(',').rev().skip(1).all(|code| !code.trim().contains(' '))
        && !list.rsplit(',').next()?.trim_start().contains(' ');
    is_list.then_some((dialect, list))
}

fn codes(offset: u32, dialect: Dialect, list: &str, after: &str, items: &mut Items) {
    let mut used: Vec<_> = list.split(',').map(str::trim).collect();
    let typed = used.pop().unwrap_or_default();
    word(offset, typed, after, items);
    for rule in rules::REGISTRY {
        match dialect {
            Dialect::Layerwise if !used.contains(&rule.code) => {
                items.add(rule.code, CompletionKind::Rule).detail(rule.summary).topic(Topic::Rule(rule.code));
            }
            Dialect::Layerwise => {}
            Dialect::Hadolint => {
                let theirs = |alias: &&&str| alias.starts_with("DL") || alias.starts_with("SC");
                for alias in rule.aliases.iter().filter(theirs).filter(|alias| !used.contains(alias)) {
                    if !items.has(alias) {
                        items
                            .add(*alias, CompletionKind::Rule)
                            .detail(rule.summary)
                            .topic(Topic::Rule(rule.code));
                    }
                }
            }
        }
    }
}

/// The items that follow are for a word of which `typed` stands before the cursor.
fn word(offset: u32, typed: &str, after: &str, items: &mut Items) {
    let behind = after
        .find(|char: char| !(char.is_ascii_alphanumeric() || "-_".contains(char)))
        .unwrap_or(after.len());
    items.at(Word::new(TextRange::new(offset - len(typed), offset), u32::try_from(behind).unwrap_or(0)));
}

fn len(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(0)
}
