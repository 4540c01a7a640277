//! What words are with their variables expanded, where a relative WORKDIR leads, which stage a number means, and what takes the place of a
//! stage.
//!
//! Values are those that the file itself gives; a build argument may change them, which the tooltip says, and one that the settings
//! change has no hint. What is not known has none either, nor has what holds a secret.

use semantic::expand::expand_word;
use semantic::model::Frontend;
use semantic::path::Place;
use semantic::{Kind, Lookup, Model, Origin, Scope, Stage, StageReference, Text};
use syntax::TextRange;

use super::InlayHint;
use crate::host::DocumentState;
use crate::named_contexts;
use crate::settings::Settings;

pub(super) fn hints(state: &DocumentState, settings: &Settings, range: TextRange) -> Vec<InlayHint> {
    let shown = &settings.hints;
    if !(shown.variables || shown.workdir || shown.stages) {
        return Vec::new();
    }
    let model = state.model();
    if matches!(model.frontend, Frontend::Foreign(_)) {
        return Vec::new();
    }
    let mut view = View { state, model, settings, hints: Vec::new() };
    for stage in model.stages.iter().filter(|stage| stage.range.intersects(range)) {
        view.from(stage);
        for item in &stage.instructions {
            if item.instruction.range().intersects(range) {
                view.instruction(item.scope, &item.kind);
                for reference in item.references() {
                    view.number(reference);
                }
            }
        }
    }
    view.hints
}

struct View<'a> {
    state: &'a DocumentState,
    model: &'a Model,
    settings: &'a Settings,
    hints: Vec<InlayHint>,
}

impl View<'_> {
    fn from(&mut self, stage: &Stage) {
        let scope = self.model.scopes.global_end();
        self.text(scope, &stage.image);
        if let Some(platform) = &stage.platform {
            self.text(scope, platform);
        }
        self.replaced(stage);
    }

    /// Behind the FROM of a stage that nobody builds, for all give a context in its place.
    fn replaced(&mut self, stage: &Stage) {
        let given =
            named_contexts::in_place_of(&self.state.facts, stage).filter(|_| self.settings.hints.stages);
        let Some((what, by)) = given else { return };
        let line = self.model.document.buildkit_line_range(stage.from.line);
        self.hints.push(InlayHint {
            offset: line.end.min(stage.from.range().end),
            label: format!("→ {what}"),
            tooltip: format!("Nothing of this stage runs. In its place: {what}, by {by}"),
        });
    }

    fn instruction(&mut self, scope: Scope, kind: &Kind) {
        match kind {
            Kind::Copy(copy) | Kind::Add(copy) => {
                for source in &copy.sources {
                    self.text(scope, &source.text);
                }
                self.text(scope, &copy.destination);
            }
            Kind::Workdir(text, place) => self.workdir(scope, text, place),
            Kind::User(text) | Kind::Stopsignal(text) => self.text(scope, text),
            Kind::Expose(words) | Kind::Volume(words) => {
                for word in words {
                    self.text(scope, word);
                }
            }
            _ => {}
        }
    }

    fn workdir(&mut self, scope: Scope, text: &Text, place: &Place) {
        let is_relative = text.value.as_deref().is_some_and(|path| !path.starts_with(['/', '\\']));
        let Some(path) = place.known().filter(|_| is_relative) else { return self.text(scope, text) };
        if self.settings.hints.workdir && self.is_public(scope, &text.raw, path) {
            let tooltip = format!("The working directory from here on: {path}");
            self.add(text.range, path, tooltip);
        }
    }

    /// A word with variables, as it is with them expanded.
    fn text(&mut self, scope: Scope, text: &Text) {
        let Some(value) = text.value.as_deref().filter(|value| text.raw.contains('$') && *value != text.raw)
        else {
            return;
        };
        if !self.settings.hints.variables || value.is_empty() || !self.is_public(scope, &text.raw, value) {
            return;
        }
        if let Some(tooltip) = self.origins(scope, text) {
            self.add(text.range, value, tooltip);
        }
    }

    /// Who gives the variables of a word their values; nothing where that is plain to see just above, or the settings give others.
    fn origins(&self, scope: Scope, text: &Text) -> Option<String> {
        let escape = self.model.document.escape();
        let document = &self.model.document;
        let mut lines: Vec<String> = Vec::new();
        let mut may_change = false;
        let mut is_plain = true;
        let own_line = document.buildkit_line(text.range.start);
        for used in expand_word(&text.raw, escape, |_| Lookup::Unknown).uses {
            let Lookup::Value(value) = self.model.lookup(scope, &used.name) else {
                lines.push(format!("{} is not set", used.name));
                is_plain = false;
                continue;
            };
            let Some(definition) = self.model.scopes.definition(scope, &used.name) else {
                lines.push(format!(
                    "{}={}, by the base image",
                    used.name,
                    self.state.secrets().redact(value)
                ));
                is_plain = false;
                continue;
            };
            let line = document.buildkit_line(definition.range.start);
            let by = if definition.origin == Origin::Env { "ENV" } else { "ARG" };
            let is_argument = definition.origin != Origin::Env;
            if is_argument && self.settings.build.args.get(&used.name).is_some_and(|other| other != value) {
                return None;
            }
            may_change |= is_argument;
            is_plain &= line + 1 == own_line;
            let shown = self.state.secrets().redact(value);
            lines.push(format!("{}={shown}, by {by} in line {}", used.name, line + 1));
        }
        lines.dedup();
        if may_change {
            lines.push("A build argument may change it.".to_owned());
        }
        (!is_plain).then(|| lines.join("\n"))
    }

    /// Whether neither the variables in a word nor the word itself hold a secret.
    fn is_public(&self, scope: Scope, raw: &str, value: &str) -> bool {
        let secrets = self.state.secrets();
        let uses = expand_word(raw, self.model.document.escape(), |name| self.model.lookup(scope, name)).uses;
        !uses.iter().any(|used| secrets.hides(&used.name)) && secrets.redact(value) == value
    }

    /// The stage that a number means.
    fn number(&mut self, reference: &StageReference) {
        let is_number =
            !reference.text.raw.is_empty() && reference.text.raw.bytes().all(|byte| byte.is_ascii_digit());
        let stage = reference.target.stage().filter(|_| is_number && self.settings.hints.stages);
        let Some(stage) = stage.and_then(|index| self.model.stages.get(index)) else { return };
        let line = self.model.document.buildkit_line(stage.from.start) + 1;
        let name = stage.name.as_ref().map_or(stage.image.raw.as_str(), |name| name.raw.as_str());
        self.add(reference.range(), name, format!("The stage in line {line}: FROM {}", stage.image.raw));
    }

    fn add(&mut self, range: TextRange, label: &str, tooltip: String) {
        let shown: String = label.chars().take(MOST).collect();
        let more = if shown.len() < label.len() { "…" } else { "" };
        self.hints.push(InlayHint { offset: range.end, label: format!("→ {shown}{more}"), tooltip });
    }
}

/// Longer values are cut, in characters.
const MOST: usize = 60;
