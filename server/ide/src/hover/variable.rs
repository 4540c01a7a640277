//! Variables: what `$X` is here, who says so, and what `${X:-y}` comes to; and the names that ARG and ENV define.

mod expression;
mod used;

use semantic::expand::expand_word;
use semantic::{Definition, Kind, Lookup, Model, Origin, Scope, Setting, Stage, Value};
use syntax::{Pair, Word};

use super::by_caller::{self, For};
use super::card::{Card, Line, code, line_number, say, title};
use super::secrets::MASK;
use super::spot::{Found, Spot};
use crate::callers::address;
use crate::catalogue::{self, VariableFamily};
use expression::{expression, whole_word};
use used::{Reader, is_assigned_in_script, used_at};

/// How many callers of one value are named.
const CALLERS: usize = 4;

/// Variables that a shell or the builder sets for a command by itself.
const OF_THE_SHELL: [&str; 14] = [
    "HOME", "HOSTNAME", "IFS", "LINENO", "OLDPWD", "OPTARG", "OPTIND", "PPID", "PWD", "RANDOM", "SECONDS",
    "SHELL", "SHLVL", "UID",
];

/// The use of a variable under the cursor.
pub(super) fn use_at(spot: &Spot<'_>) -> Found {
    let used = used_at(spot)?;
    let scope = scope_at(spot);
    let name = used.name.as_str();
    if used.reader == Reader::Nobody {
        let mut card = Card::new(code(format!("${name}")).text(" is passed as it is"));
        card.line(
            say("A JSON list starts no shell, so nothing expands it. Write the shell form, or ")
                .code("[\"sh\", \"-c\", \"…\"]")
                .text("."),
        );
        return Some((used.range, card));
    }
    if matches!(used.reader, Reader::BuildShell | Reader::ContainerShell) && is_assigned_in_script(spot, name)
    {
        let card = Card::new(title(name).text(" is set by this command itself, and is gone when it ends"));
        return Some((used.range, card));
    }
    let definition = spot.view.model.scopes.definition(scope, name);
    if used.reader == Reader::ContainerShell
        && definition.is_some_and(|definition| definition.origin != Origin::Env)
    {
        let mut card = Card::new(title(name).text(" is not set in a container"));
        card.line(
            source(spot, definition?)
                .text(": it ends with the build. ")
                .code(format!("ENV {name}=${name}"))
                .text(" keeps it."),
        );
        return Some((used.range, card));
    }
    let mut card = card(spot, scope, name, used.reader);
    expression(spot, scope, &used, &mut card);
    if used.reader == Reader::Builder {
        whole_word(spot, scope, &used, &mut card);
    }
    Some((used.range, card))
}

/// The name under the cursor that an ARG or ENV defines, or a value that is made of others.
pub(super) fn definition_at(spot: &Spot<'_>) -> Found {
    let pairs = &spot.instruction.arguments.pairs;
    if let Some(pair) = pairs.iter().find(|pair| spot.is_on(pair.key.range)) {
        let definition = defined_by(spot, pair)?;
        return Some((spot.place(pair.key.range), card_of_definition(spot, definition, pair)));
    }
    let pair = pairs.iter().find(|pair| pair.value.as_ref().is_some_and(|value| spot.is_on(value.range)))?;
    let escape = spot.view.model.document.escape();
    let is_made = |value: &&Word| !expand_word(&value.text, escape, |_| Lookup::Unknown).uses.is_empty();
    let value = pair.value.as_ref().filter(is_made)?;
    let Value::Known(known) = &defined_by(spot, pair)?.value else { return None };
    let mut card = Card::new(title(&pair.key.text));
    match shown_value(spot, &pair.key.text, known) {
        Some(shown) => card = Card::new(title(&pair.key.text).text(" becomes ").code(shown)),
        None => card.line(say("Its value is hidden: the name or the value is that of a secret.")),
    }
    Some((spot.place(value.range), card))
}

/// A value as it may be shown; nothing where it may not be.
fn shown_value(spot: &Spot<'_>, name: &str, value: &str) -> Option<String> {
    (!spot.view.secrets.is_hidden(name, value)).then(|| value.to_owned())
}

/// The first line: the name with its value.
fn value_line(spot: &Spot<'_>, name: &str, value: &str) -> Line {
    match shown_value(spot, name, value) {
        Some(value) if value.is_empty() => title(name).text(" is empty"),
        Some(value) => title(name).text(" = ").code(value),
        None => title(name).text(format!(" = {MASK}, hidden as a secret")),
    }
}

/// What a scope sees under a name.
fn card(spot: &Spot<'_>, scope: Scope, name: &str, reader: Reader) -> Card {
    let scopes = &spot.view.model.scopes;
    let definition = scopes.definition(scope, name);
    let Some(definition) = definition else { return undefined(spot, scope, name, reader) };
    let mut card = match &definition.value {
        Value::Known(value) => Card::new(value_line(spot, name, value)),
        Value::Unset => Card::new(title(name).text(" has no value")),
        Value::Unknown => not_known(spot, definition),
    };
    card.line(source(spot, definition).then(reach(definition)).text("."));
    if definition.origin != Origin::Env {
        given(spot, name, definition, &mut card);
    }
    card
}

/// Where it is defined.
fn source(spot: &Spot<'_>, definition: &Definition) -> Line {
    let model = spot.view.model;
    let line = line_number(model.document.buildkit_line(definition.range.start));
    let keyword = if definition.origin == Origin::Env { "ENV" } else { "ARG" };
    let mut said = match definition.origin {
        Origin::GlobalArg => say("Global ").code(keyword),
        _ => code(keyword),
    };
    said = said.text(format!(" in line {line}"));
    let stage = model.stages.iter().rfind(|stage| stage.from.start <= definition.range.start);
    if let Some(stage) = stage.filter(|stage| spot.stage.is_some_and(|here| here.index != stage.index)) {
        said = said.text(", in stage ").code(stage.display_name());
    }
    match global_default(spot, definition) {
        Some(global) => {
            let line = line_number(model.document.buildkit_line(global.range.start));
            said.text(format!(", with the default of line {line}"))
        }
        None => said,
    }
}

/// Whom it reaches.
fn reach(definition: &Definition) -> Line {
    match definition.origin {
        Origin::GlobalArg => say(""),
        Origin::Arg => say("; containers do not have it"),
        Origin::Env => say("; containers have it too"),
    }
}

/// The global ARG whose default an ARG of a stage takes over.
fn global_default<'a>(spot: &Spot<'a>, definition: &Definition) -> Option<&'a Definition> {
    let model = spot.view.model;
    let has_default = || {
        let instruction = model.document.instruction_at(definition.range.start)?;
        let mut pairs = instruction.arguments.pairs.iter();
        pairs
            .find(|pair| instruction.place(pair.key.range) == definition.range)
            .map(|pair| pair.value.is_some())
    };
    (definition.origin == Origin::Arg && has_default() == Some(false))
        .then(|| model.scopes.global(&definition.name))
        .flatten()
}

/// Who gives an argument the value that it has; where nobody does, how it can be given.
fn given(spot: &Spot<'_>, name: &str, definition: &Definition, card: &mut Card) {
    let callers = spot.view.facts.callers.iter();
    let by: Vec<String> =
        callers.filter(|caller| caller.build.args.contains_key(name)).map(address).collect();
    if by.is_empty() || spot.view.settings.build.args.contains_key(name) {
        card.line(override_line(spot, name, definition));
    } else if definition.value != Value::Unknown {
        let total = by.len();
        card.line(say("Given by ").list(by.into_iter(), total, CALLERS).text("."));
    }
}

/// What is said of a definition whose value cannot be told: what it is for each caller, else what it is made of.
fn not_known(spot: &Spot<'_>, definition: &Definition) -> Card {
    let name = definition.name.as_str();
    let for_callers = by_caller::values(spot.view, |model| value_in(model, definition));
    if !for_callers.found.is_empty() {
        let mut card = Card::new(title(name).text(" depends on the caller"));
        for_callers.found.iter().for_each(|found| card.item(for_caller(spot, definition, found)));
        for_callers.others().into_iter().for_each(|line| card.item(line));
        return card;
    }
    if let Some(known) = catalogue::variable(name) {
        return Card::new(title(name).text(": ").text(lower_first(known.summary)));
    }
    let mut callers = spot.view.facts.callers.iter();
    let reason = callers.find_map(|caller| match caller.build.args.get(name) {
        Some(Setting::Unknown(reason)) => Some((caller, reason)),
        _ => None,
    });
    if let Some((caller, reason)) = reason {
        let mut card = Card::new(title(name).text(" comes from ").code(address(caller)));
        card.line(say("Its value cannot be told: ").text(spot.view.secrets.redact(reason)).text("."));
        return card;
    }
    match written(spot, definition) {
        Some(text) if shown_value(spot, name, &text).is_some() => {
            let escape = spot.view.model.document.escape();
            let parts = expand_word(&text, escape, |_| Lookup::Unknown).uses;
            let parts = parts.iter().map(|part| format!("${}", part.name));
            let mut card = Card::new(title(name).text(" = ").code(text.as_str()));
            let total = parts.len();
            card.line(say("What ").list(parts, total, CALLERS).text(" comes to is not known here."));
            card
        }
        Some(_) => Card::new(title(name).text(format!(" = {MASK}, hidden as a secret"))),
        None => Card::new(title(name).text(" has a value that is not known here")),
    }
}

/// What a definition comes to in another reading of the same file.
fn value_in(model: &Model, definition: &Definition) -> Value {
    let offset = definition.range.start;
    let stage = model.stages.iter().rfind(|stage| stage.from.start <= offset);
    let scope = stage.map_or_else(|| model.scopes.global_end(), |stage| model.scopes.end(stage.index));
    let mut all = model.scopes.definitions(scope).iter();
    all.find(|other| other.range == definition.range).map_or(Value::Unknown, |other| other.value.clone())
}

fn for_caller(spot: &Spot<'_>, definition: &Definition, (value, callers): &For<'_, Value>) -> Line {
    let name = definition.name.as_str();
    let is_own = callers.iter().all(|caller| caller.arg(name).is_none());
    let line = match value {
        Value::Known(value) => match shown_value(spot, name, value) {
            Some(value) => code(value),
            None => say("A hidden value"),
        },
        Value::Unset => say("No value"),
        Value::Unknown => say("A value that cannot be told"),
    };
    let is_default = is_own && definition.origin != Origin::Env && matches!(value, Value::Known(_));
    by_caller::named(if is_default { line.text(", its default,") } else { line }, callers)
}

/// The value as it is written; nothing where there is none.
fn written(spot: &Spot<'_>, definition: &Definition) -> Option<String> {
    let instruction = spot.view.model.document.instruction_at(definition.range.start)?;
    let mut pairs = instruction.arguments.pairs.iter();
    let pair = pairs.find(|pair| instruction.place(pair.key.range) == definition.range)?;
    pair.value.as_ref().map(|value| value.text.trim_matches('"').to_owned())
}

fn override_line(spot: &Spot<'_>, name: &str, definition: &Definition) -> Line {
    if let Some(value) = spot.view.settings.build.args.get(name) {
        let line = say("Builds from the editor pass ");
        return match shown_value(spot, name, value) {
            Some(value) => line.code(format!("{name}={value}")).text(", by the settings."),
            None => line.text("another value, by the settings."),
        };
    }
    let gives = if definition.value == Value::Unset { "Only " } else { "" };
    let verb = if definition.value == Value::Unset { " gives it one." } else { " overrides it." };
    say(gives).code(format!("--build-arg {name}=…")).text(verb)
}

/// What is said of a name that nothing in the file defines for this place.
fn undefined(spot: &Spot<'_>, scope: Scope, name: &str, reader: Reader) -> Card {
    let model = spot.view.model;
    let in_stage = scope.stage.is_some();
    if let Lookup::Value(value) = model.lookup(scope, name) {
        let mut card = Card::new(value_line(spot, name, value));
        if let Some(semantic::Base::Image(name)) = spot.stage.map(|stage| model.root(stage.index)) {
            card.line(say("Set by the base image ").code(name.as_str()).text("."));
        }
        return card;
    }
    if let Some(known) = catalogue::variable(name) {
        let mut card = Card::new(title(name).text(": ").text(lower_first(known.summary)));
        if known.family == VariableFamily::Proxy {
            card.line(say("Set when the caller gives it; no ").code("ARG").text(" is needed."));
        } else if in_stage {
            card.line(say("Not set in this stage until it says ").code(format!("ARG {name}")).text("."));
        } else if !known.example.is_empty() {
            card.line(say("Such as ").code(known.example).text("."));
        }
        return card;
    }
    if let Some(global) = model.scopes.global(name).filter(|_| in_stage) {
        let line = line_number(model.document.buildkit_line(global.range.start));
        let mut card = Card::new(title(name).text(" is not set in this stage"));
        card.line(
            say("The global ")
                .code("ARG")
                .text(format!(" in line {line} ends at FROM: repeat "))
                .code(format!("ARG {name}"))
                .text(" here to have it."),
        );
        return card;
    }
    if matches!(reader, Reader::BuildShell | Reader::ContainerShell) && OF_THE_SHELL.contains(&name) {
        return Card::new(title(name).text(" is set when the command runs, by the shell or the builder"));
    }
    match model.lookup(scope, name) {
        Lookup::Unset => Card::new(title(name).text(" is not set: it expands to nothing")),
        _ => {
            let mut card = Card::new(title(name).text(" is not set in this file"));
            let root = spot.stage.map(|stage| model.root(stage.index));
            card.line(match root {
                Some(semantic::Base::Image(name)) => say("The base image ")
                    .code(name.as_str())
                    .text(" may set it: what that sets is not known here."),
                _ => say("The base image may set it, and which one that is depends on a variable."),
            });
            card
        }
    }
}

/// What a definition says of itself.
fn card_of_definition(spot: &Spot<'_>, definition: &Definition, pair: &Pair) -> Card {
    let name = definition.name.as_str();
    let mut card = match &definition.value {
        Value::Known(value) => Card::new(value_line(spot, name, value)),
        Value::Unset => Card::new(title(name).text(" has no default")),
        Value::Unknown => not_known(spot, definition),
    };
    match definition.origin {
        Origin::GlobalArg => {
            card.line(say("Global: every FROM sees it. ").then(adopters(spot, name)));
        }
        Origin::Arg => {
            let default = global_default(spot, definition)
                .map(|global| line_number(spot.view.model.document.buildkit_line(global.range.start)));
            let from = default.map_or(String::new(), |line| format!(" Its default is that of line {line}."));
            card.line(say(format!("For the rest of this stage; containers do not have it.{from}")));
        }
        Origin::Env => {
            card.line(say("From here on, in stages built on this one, and in containers."));
            if let Some(line) = replaced(spot, name) {
                card.line(say(format!("Replaces the value of line {line}.")));
            }
        }
    }
    if definition.origin != Origin::Env {
        given(spot, name, definition, &mut card);
    }
    if pair.legacy {
        card.line(
            say("This is the old form; ").code(format!("ENV {name}=…")).text(" allows several, and quotes."),
        );
    }
    card
}

/// The line that a name had its value from before this instruction.
fn replaced(spot: &Spot<'_>, name: &str) -> Option<u32> {
    let model = spot.view.model;
    let before = model.scopes.definition(spot.item?.scope, name)?;
    Some(line_number(model.document.buildkit_line(before.range.start)))
}

/// The stages that take a global ARG over.
fn adopters(spot: &Spot<'_>, name: &str) -> Line {
    const LIMIT: usize = 4;
    let takes = |stage: &&Stage| {
        stage.instructions.iter().any(|item| match &item.kind {
            Kind::Arg(arguments) => {
                arguments.iter().any(|(argument, default)| argument.raw == name && default.is_none())
            }
            _ => false,
        })
    };
    let stages = spot.view.model.stages.iter();
    let names: Vec<String> = stages.filter(takes).map(Stage::display_name).collect();
    let total = names.len();
    match total {
        0 => say("A stage sees it behind an ").code(format!("ARG {name}")).text(" of its own."),
        1 => say("Stage ").list(names.into_iter(), 1, 1).text(" takes it over."),
        _ => say("Stages ").list(names.into_iter(), total, LIMIT).text(" take it over."),
    }
}

fn defined_by<'a>(spot: &Spot<'a>, pair: &Pair) -> Option<&'a Definition> {
    let scopes = &spot.view.model.scopes;
    let scope = spot.stage.map_or_else(|| scopes.global_end(), |stage| scopes.end(stage.index));
    let range = spot.place(pair.key.range);
    scopes.definitions(scope).iter().find(|definition| definition.range == range)
}

/// What the words at this place see.
fn scope_at(spot: &Spot<'_>) -> Scope {
    let scopes = &spot.view.model.scopes;
    match spot.item {
        Some(item) => item.scope,
        None => {
            let before = |definition: &&Definition| definition.range.start < spot.instruction.start;
            Scope { stage: None, visible: scopes.globals().iter().take_while(before).count() }
        }
    }
}

/// A sentence of the catalogue behind a colon.
fn lower_first(text: &'static str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}
