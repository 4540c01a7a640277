//! Variables behind `$` and `${`: what is in scope there, with its value where it is known and no secret.

use rules::secret_name::{is_address_with_password, is_harmless_value, is_secret};
use semantic::scope::{Definition, Origin, Value};
use semantic::{Base, Model, Scope};
use syntax::{Instruction, Keyword, TextRange};

use super::Asked;
use super::item::{CompletionKind, Items, Word};
use super::topic::Topic;
use crate::catalogue::{VARIABLES, VariableFamily};
use crate::cursor::{InHeredoc, is_in_single_quotes};
use crate::host::DocumentState;

/// So much of a value is shown.
const SHOWN: usize = 60;

/// A `$NAME` or `${NAME` that a text ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Begun {
    /// How many bytes of the name are typed.
    typed: usize,
    is_braced: bool,
}

/// What an instruction sees of the variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// What the file and the base image define.
    All,
    /// What a container has: ARG is gone by then.
    AtRunTime,
}

/// Variables, where the text from `start` on ends in the beginning of one. Whether it does.
pub(super) fn complete(asked: &Asked<'_>, start: usize, items: &mut Items) -> bool {
    let at = asked.at;
    let seen = match asked.keyword() {
        Keyword::Maintainer | Keyword::Shell | Keyword::Unknown | Keyword::Onbuild => return false,
        Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck => Seen::AtRunTime,
        _ => Seen::All,
    };
    let escape = at.instruction.escape;
    let text = at.text_from(start);
    let Some(begun) = begun(text, escape) else { return false };
    if is_in_single_quotes(text, escape) {
        return true;
    }
    let name_start = at.line.text().len() - begun.typed;
    if let Some(typed) = at.typed_from(name_start) {
        add(asked.state, &at.instruction, begun, Place { typed, after: &at.after, seen }, items);
    }
    true
}

/// Variables in the body of a heredoc, where it is expanded.
pub(super) fn in_heredoc(state: &DocumentState, heredoc: &InHeredoc, items: &mut Items) {
    let escape = heredoc.instruction.escape;
    let Some(begun) = begun(&heredoc.before, escape).filter(|_| heredoc.expands) else { return };
    let start = heredoc.offset - u32::try_from(begun.typed).unwrap_or(0);
    let typed = TextRange::new(start, heredoc.offset);
    let place = Place { typed, after: &heredoc.after, seen: Seen::All };
    add(state, &heredoc.instruction, begun, place, items);
}

/// Reads backwards from the end of a text.
fn begun(text: &str, escape: char) -> Option<Begun> {
    let head = text.trim_end_matches(|char: char| char.is_ascii_alphanumeric() || char == '_');
    let typed = text.len() - head.len();
    let (is_braced, head) = match head.strip_suffix("${") {
        Some(head) => (true, head),
        None => (false, head.strip_suffix('$')?),
    };
    let escapes = head.chars().rev().take_while(|char| *char == escape).count();
    (escapes % 2 == 0).then_some(Begun { typed, is_braced })
}

/// Where a name is written.
struct Place<'a> {
    typed: TextRange,
    after: &'a str,
    seen: Seen,
}

fn add(state: &DocumentState, instruction: &Instruction, begun: Begun, place: Place<'_>, items: &mut Items) {
    let Place { typed, after, seen } = place;
    let behind =
        after.find(|char: char| !(char.is_ascii_alphanumeric() || char == '_')).unwrap_or(after.len());
    let is_closed =
        after.get(behind..).is_some_and(|rest| rest.starts_with(['}', ':', '-', '+', '#', '%', '/', '?']));
    let closing = if begun.is_braced && !is_closed { "}" } else { "" };
    items.at(Word::new(typed, u32::try_from(behind).unwrap_or(0)));
    let model = state.model();
    let stage = stage_of(model, instruction);
    let scope = scope_of(model, instruction);
    let mut definitions: Vec<_> = match scope.stage {
        Some(_) => model.scopes.visible(scope).into_values().collect(),
        None => model.scopes.definitions(scope).iter().collect(),
    };
    // The newest first; of a name defined twice the newest counts.
    definitions.sort_by_key(|definition| std::cmp::Reverse(definition.range));
    for definition in definitions {
        if seen == Seen::AtRunTime && definition.origin != Origin::Env || items.has(&definition.name) {
            continue;
        }
        let known = VARIABLES.iter().find(|variable| variable.name == definition.name);
        let item = items.add(definition.name.clone(), CompletionKind::Variable).detail(described(definition));
        if let Some(known) = known {
            item.topic(Topic::Variable(known.name));
            if definition.value == Value::Unknown && !known.example.is_empty() {
                item.detail(format!("ARG, such as {}", known.example));
            }
        }
        item.text.push_str(closing);
    }
    secrets(model, instruction, closing, items);
    match scope.stage {
        Some(_) => {
            let image = stage.map(|stage| model.root(stage));
            if let Some(Base::Image(name)) = image
                && let Some(facts) = state.facts.base_image(name)
            {
                for (variable, value) in &facts.environment {
                    if !items.has(variable) {
                        let detail = format!("ENV of {name}{}", shown(variable, value));
                        let item = items.add(variable.clone(), CompletionKind::Variable).detail(detail);
                        item.text.push_str(closing);
                    }
                }
            }
        }
        // Only outside of stages are these there without an ARG.
        None => {
            let families = [VariableFamily::Target, VariableFamily::Build];
            for variable in VARIABLES.iter().filter(|variable| families.contains(&variable.family)) {
                if !items.has(variable.name) {
                    let item = items.add(variable.name, CompletionKind::Variable);
                    item.detail(format!("{}, such as {}", variable.summary, variable.example));
                    item.topic(Topic::Variable(variable.name)).text.push_str(closing);
                }
            }
        }
    }
}

/// The variables that hold secrets in a RUN, by its mounts.
fn secrets(model: &Model, instruction: &Instruction, closing: &str, items: &mut Items) {
    let Some((_, item)) = model.instruction_at(instruction.start) else { return };
    let mounts = item.as_run().map_or(&[][..], |run| &run.mounts);
    for name in mounts.iter().filter_map(|mount| mount.env.as_ref()) {
        if !items.has(name) {
            let item = items
                .add(name.clone(), CompletionKind::Variable)
                .detail("A secret, by the mount of this RUN");
            item.text.push_str(closing);
        }
    }
}

/// The stage that an instruction is in.
fn stage_of(model: &Model, instruction: &Instruction) -> Option<usize> {
    model.stages.partition_point(|stage| stage.range.start <= instruction.start).checked_sub(1)
}

/// What an instruction sees: FROM and what stands above it sees only the ARGs up there.
fn scope_of(model: &Model, instruction: &Instruction) -> Scope {
    if instruction.keyword != Keyword::From
        && let Some((_, item)) = model.instruction_at(instruction.start)
    {
        return item.scope;
    }
    let visible =
        model.scopes.globals().iter().filter(|global| global.range.end <= instruction.start).count();
    Scope { stage: None, visible }
}

/// Names that an ARG may declare in a stage: global ARGs first, then what the builder sets and heeds.
pub(super) fn to_declare(asked: &Asked<'_>, items: &mut Items) {
    let model = asked.model();
    let scope = scope_of(model, &asked.at.instruction);
    let is_declared = |name: &str| {
        model
            .scopes
            .definitions(scope)
            .iter()
            .any(|definition| definition.name == name && definition.origin == Origin::Arg)
    };
    if scope.stage.is_some() {
        for global in model.scopes.globals().iter().rev() {
            if !is_declared(&global.name) && !items.has(&global.name) {
                items.add(global.name.clone(), CompletionKind::Variable).detail(described(global));
            }
        }
    }
    for variable in VARIABLES {
        let is_set_anyway = scope.stage.is_none() && variable.family != VariableFamily::BuildKit;
        if !is_set_anyway && !is_declared(variable.name) && !items.has(variable.name) {
            let item = items.add(variable.name, CompletionKind::Variable).detail(variable.summary);
            item.topic(Topic::Variable(variable.name));
        }
    }
}

/// Names that an ENV may set anew: the ARGs and ENVs in scope, and those of the base image.
pub(super) fn to_set(asked: &Asked<'_>, items: &mut Items) {
    let model = asked.model();
    let scope = scope_of(model, &asked.at.instruction);
    let Some(stage) = scope.stage else { return };
    let mut definitions: Vec<_> = model.scopes.visible(scope).into_values().collect();
    definitions.sort_by_key(|definition| std::cmp::Reverse(definition.range));
    for definition in definitions {
        let name = &definition.name;
        let item = items.add(name.clone(), CompletionKind::Variable).detail(described(definition));
        item.text(format!("{name}="));
    }
    if let Base::Image(image) = model.root(stage)
        && let Some(facts) = asked.state.facts.base_image(image)
    {
        for (name, value) in &facts.environment {
            if !items.has(name) {
                let detail = format!("ENV of {image}{}", shown(name, value));
                items.add(name.clone(), CompletionKind::Variable).detail(detail).text(format!("{name}="));
            }
        }
    }
}

fn described(definition: &Definition) -> String {
    let origin = match definition.origin {
        Origin::GlobalArg | Origin::Arg => "ARG",
        Origin::Env => "ENV",
    };
    let value = match &definition.value {
        Value::Known(value) => shown(&definition.name, value),
        Value::Unknown => ", value not known here".to_owned(),
        Value::Unset => ", set by the caller".to_owned(),
    };
    format!("{origin}{value}")
}

/// A value behind its origin; of what may be a secret only that.
fn shown(name: &str, value: &str) -> String {
    if is_secret(name) && !is_harmless_value(value) || is_address_with_password(value) {
        return ", value not shown".to_owned();
    }
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!(" = {}…", value.get(..end).unwrap_or_default()),
        None if value.is_empty() => ", empty".to_owned(),
        None => format!(" = {value}"),
    }
}
