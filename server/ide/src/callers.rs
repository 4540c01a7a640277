//! Who builds a Dockerfile: shown on its stages and arguments, and the defaults of a build that the editor asks for.
//!
//! What callers say differently is shown, and none of it is chosen.

use std::collections::BTreeMap;

use rules::secret_name;
use semantic::facts::callers::{Agreed, Caller, CallerBuild, Setting, agreed, agreed_context, agreed_target};
use semantic::{Facts, Model, Origin, Stage};
use syntax::{Document, Keyword, TextRange};

use crate::host::{DocumentId, Snapshot};

/// The defaults of a build, as its callers give them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalledBuild {
    /// The build context.
    pub context: Option<String>,
    /// The stage.
    pub target: Option<String>,
    /// Build arguments.
    pub args: BTreeMap<String, String>,
    /// Secrets, as `docker buildx build --secret` takes them.
    pub secrets: Vec<String>,
    /// SSH agents and keys.
    pub ssh: Vec<String>,
    /// Named contexts.
    pub contexts: BTreeMap<String, String>,
    /// The platform; none where there are several.
    pub platforms: Vec<String>,
    /// What was left out because callers differ or because it cannot be told, in one sentence; absent where nothing was.
    pub notice: Option<String>,
}

impl Snapshot {
    /// The defaults of a build: those of the caller of this name, else what all callers say alike. Where a stage is asked for and some callers
    /// build that one, the others do not count.
    ///
    /// # Errors
    /// One line that says which callers there are, where none has the name.
    pub fn called_build(
        &self,
        id: &DocumentId,
        name: Option<&str>,
        target: Option<&str>,
    ) -> Result<CalledBuild, String> {
        let (Some(facts), Some(model)) = (self.facts(id), self.model(id)) else {
            return Ok(CalledBuild::default());
        };
        let Some(name) = name else { return Ok(called_build(&counting(&facts.callers, model, target))) };
        let named = facts.callers.iter().find(|caller| address(caller) == name || caller.name == name);
        let named = named.ok_or_else(|| unknown_caller(name, &facts.callers))?;
        Ok(called_build(std::slice::from_ref(named)))
    }
}

/// The callers that count for a build: of a stage that is asked for, those that build it, where any does; else all.
#[must_use]
pub fn counting(callers: &[Caller], model: &Model, target: Option<&str>) -> Vec<Caller> {
    let of_target: Vec<Caller> = match target {
        None => Vec::new(),
        Some(target) => {
            let stage = model.target(target).map(|stage| stage.index);
            callers.iter().filter(|caller| stage_of(caller, model) == stage).cloned().collect()
        }
    };
    if of_target.is_empty() { callers.to_vec() } else { of_target }
}

/// What callers say alike, with a notice of the rest.
#[must_use]
pub fn called_build(callers: &[Caller]) -> CalledBuild {
    let mut left_out = Vec::new();
    let mut single = |what: &str, agreed: Agreed<'_>| match agreed {
        Agreed::Value(value) => Some(value.to_owned()),
        Agreed::Nothing => None,
        Agreed::Differs => {
            left_out.push(what.to_owned());
            None
        }
    };
    let context = single("context", agreed_context(callers));
    let target = single("target", agreed_target(callers));
    let mut pairs = |of: fn(&CallerBuild) -> &BTreeMap<String, Setting>| {
        let names: std::collections::BTreeSet<&String> =
            callers.iter().flat_map(|caller| of(&caller.build).keys()).collect();
        let said = |name: &String| {
            agreed(callers, |caller| match of(&caller.build).get(name) {
                Some(setting) => Some(setting.known()),
                None => caller.build.incomplete.as_ref().map(|_| None),
            })
        };
        names
            .into_iter()
            .filter_map(|name| Some((name.clone(), single(name, said(name))?)))
            .collect::<BTreeMap<_, _>>()
    };
    let args = pairs(|build| &build.args);
    let contexts = pairs(|build| &build.contexts);
    let secrets = pairs(|build| &build.secrets).into_values().collect();
    let (contexts, of_others): (BTreeMap<_, _>, BTreeMap<_, _>) = contexts
        .into_iter()
        .partition(|(_, place)| !place.starts_with("service:") && !place.starts_with("target:"));
    left_out.extend(of_others.into_keys());
    let mut list = |what: &str, of: fn(&CallerBuild) -> &Vec<Setting>| {
        let first = callers.first().map(|caller| of(&caller.build).as_slice()).unwrap_or_default();
        let is_agreed = callers.iter().all(|caller| of(&caller.build) == first);
        let known: Option<Vec<_>> = first.iter().map(|setting| setting.known().map(str::to_owned)).collect();
        known.filter(|_| is_agreed).unwrap_or_else(|| {
            left_out.push(what.to_owned());
            Vec::new()
        })
    };
    let ssh = list("ssh", |build| &build.ssh);
    // One for several platforms is for a registry, not for the machine of whoever edits.
    let platforms =
        Some(list("platforms", |build| &build.platforms)).filter(|all| all.len() == 1).unwrap_or_default();
    let notice = (!left_out.is_empty()).then(|| {
        let names: Vec<_> = callers.iter().map(address).collect();
        let left_out = left_out.join(", ");
        match names.as_slice() {
            [only] => format!("{only} sets what cannot be had here, so the build goes without: {left_out}"),
            _ => format!("{} differ in {left_out}, so the build goes without", names.join(", ")),
        }
    });
    CalledBuild { context, target, args, secrets, ssh, contexts, platforms, notice }
}

fn unknown_caller(name: &str, callers: &[Caller]) -> String {
    let names: Vec<_> = callers.iter().map(address).collect();
    if names.is_empty() {
        return format!("nothing calls this Dockerfile as {name}: no Compose or Bake file names it");
    }
    format!("nothing calls this Dockerfile as {name}; there are {}", names.join(", "))
}

/// How a caller is named among all: `compose.yaml:web`.
#[must_use]
pub fn address(caller: &Caller) -> String {
    format!("{}:{}", caller.shown_file, caller.name)
}

/// The stage that a caller builds, where it is known.
fn stage_of(caller: &Caller, model: &Model) -> Option<usize> {
    match caller.target() {
        None => model.final_stage().map(|stage| stage.index),
        Some(target) => model.target(target?).map(|stage| stage.index),
    }
}

/// Where the stage that a target names begins: its name, else its FROM.
#[must_use]
pub fn stage_place(document: &Document, target: &str) -> Option<TextRange> {
    let model = Model::new(document, &Facts::default());
    let stage = model.target(target)?;
    Some(stage.name.as_ref().map_or_else(|| stage.from.keyword_range(), |name| name.range))
}

/// Where a Dockerfile takes a build argument: above the first FROM, else in its stages.
#[must_use]
pub fn argument_places(document: &Document, name: &str) -> Vec<TextRange> {
    let model = Model::new(document, &Facts::default());
    if let Some(global) = model.scopes.global(name) {
        return vec![global.range];
    }
    let definitions =
        model.stages.iter().flat_map(|stage| model.scopes.definitions(model.scopes.end(stage.index)));
    let arguments =
        definitions.filter(|definition| definition.origin == Origin::Arg && definition.name == name);
    arguments.map(|definition| definition.range).collect()
}

/// The stages of a Dockerfile that a caller can name, the last one first, each with what it builds on.
#[must_use]
pub fn stage_names(document: &Document) -> Vec<(String, String)> {
    let model = Model::new(document, &Facts::default());
    let named = model.stages.iter().rev().filter_map(|stage| {
        let name = stage.name.as_ref()?.raw.clone();
        Some((name, format!("FROM {} in line {}", stage.image.raw, stage.from.line + 1)))
    });
    named.collect()
}

/// The build arguments that a Dockerfile takes, in order, each with where and what it is without a caller. Secrets have no values here.
#[must_use]
pub fn argument_names(document: &Document) -> Vec<(String, String)> {
    let model = Model::new(document, &Facts::default());
    let staged =
        model.stages.iter().flat_map(|stage| stage.instructions.iter().map(|item| &item.instruction));
    let mut names: Vec<(String, String)> = Vec::new();
    for instruction in model.preamble.iter().chain(staged).filter(|one| one.keyword == Keyword::Arg) {
        for pair in &instruction.arguments.pairs {
            let name = &pair.key.text;
            if names.iter().any(|(known, _)| known == name) {
                continue;
            }
            let line = instruction.line + 1;
            let detail = match &pair.value {
                Some(value) if !secret_name::is_secret(name) => {
                    format!("ARG in line {line}, {} by default", shortened(&value.text))
                }
                Some(_) => format!("ARG in line {line}"),
                None => format!("ARG in line {line}, without a default"),
            };
            names.push((name.clone(), detail));
        }
    }
    names
}

/// The callers of a stage, in order.
pub(crate) fn of_stage<'a>(
    callers: &'a [Caller],
    model: &'a Model,
    stage: &'a Stage,
) -> impl Iterator<Item = &'a Caller> {
    callers.iter().filter(|caller| stage_of(caller, model) == Some(stage.index))
}

/// What callers give for an argument, file by file: `compose.yaml: web=22, worker=20`. Nothing where none gives it.
pub(crate) fn argument_label(callers: &[Caller], name: &str) -> Option<String> {
    if !callers.iter().any(|caller| caller.build.args.contains_key(name)) {
        return None;
    }
    let mut files: Vec<(&str, Vec<String>)> = Vec::new();
    for caller in callers {
        let shown = match caller.arg(name) {
            Some(Some(_)) if secret_name::is_secret(name) => format!("{}=…", caller.name),
            Some(Some(value)) => format!("{}={}", caller.name, shortened(value)),
            Some(None) => format!("{}=?", caller.name),
            None => format!("{} gives none", caller.name),
        };
        match files.iter_mut().find(|(file, _)| *file == caller.shown_file) {
            Some((_, values)) => values.push(shown),
            None => files.push((&caller.shown_file, vec![shown])),
        }
    }
    let files: Vec<_> = files.iter().map(|(file, values)| format!("{file}: {}", values.join(", "))).collect();
    Some(files.join("; "))
}

fn shortened(value: &str) -> String {
    let line = value.lines().next().unwrap_or_default();
    if line.chars().count() <= 40 && line.len() == value.len() {
        return line.to_owned();
    }
    format!("{}…", line.chars().take(39).collect::<String>())
}

#[cfg(test)]
mod tests {
    use semantic::facts::callers::CallerKind;

    use super::*;

    fn caller(name: &str, context: &str, args: &[(&str, &str)]) -> Caller {
        let known = |value: &str| Setting::Known(value.to_owned());
        Caller {
            kind: CallerKind::Compose,
            file: "/p/compose.yaml".to_owned(),
            shown_file: "compose.yaml".to_owned(),
            line: 1,
            name: name.to_owned(),
            build: CallerBuild {
                context: Some(known(context)),
                args: args.iter().map(|(name, value)| ((*name).to_owned(), known(value))).collect(),
                ..CallerBuild::default()
            },
        }
    }

    #[test]
    fn a_build_goes_as_all_callers_say_and_names_what_they_differ_in() {
        let both = [caller("web", "/p", &[("A", "1"), ("B", "1")]), caller("worker", "/p", &[("A", "1")])];
        let build = called_build(&both);
        assert_eq!(build.context.as_deref(), Some("/p"));
        assert_eq!(build.args, BTreeMap::from([("A".to_owned(), "1".to_owned())]));
        assert_eq!(
            build.notice.as_deref(),
            Some("compose.yaml:web, compose.yaml:worker differ in B, so the build goes without")
        );
        assert_eq!(called_build(&both[..1]).notice, None);
        assert_eq!(called_build(&[]), CalledBuild::default());
    }

    #[test]
    fn arguments_are_shown_caller_by_caller_and_secrets_are_not() {
        let mut callers = vec![
            caller("web", "/p", &[("TAG", "22"), ("NPM_TOKEN", "hush")]),
            caller("worker", "/p", &[("TAG", "20")]),
        ];
        let label = |callers: &[Caller], name| argument_label(callers, name);
        assert_eq!(label(&callers, "TAG").as_deref(), Some("compose.yaml: web=22, worker=20"));
        assert_eq!(label(&callers, "NPM_TOKEN").as_deref(), Some("compose.yaml: web=…, worker gives none"));
        assert_eq!(label(&callers, "OTHER"), None);
        callers[1].shown_file = "docker-bake.hcl".to_owned();
        assert_eq!(
            label(&callers, "TAG").as_deref(),
            Some("compose.yaml: web=22; docker-bake.hcl: worker=20")
        );
    }
}
