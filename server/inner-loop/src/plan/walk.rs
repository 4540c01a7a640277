//! Goes through the stages that a target needs, and writes down the parts of each step's key.

use semantic::Origin;
use semantic::expand::Expansion;
use semantic::facts::callers::same_context;
use semantic::path::Place;
use semantic::{
    Base, Facts, ImageFacts, Kind, Lookup, Model, Scope, Stage, StageInstruction, Step, Text, Value,
};

use super::environment::Environment;
use super::run;
use super::{ImageIdentity, Outside, Parent, Part, Plan, PlannedStep, Source};
use crate::contents::Selector;

/// The plan of a build of the stage `target`. The model must have been read with [`Outside::facts`].
#[must_use]
pub fn plan(model: &Model, target: usize, outside: &Outside) -> Plan {
    let mut walk = Walk {
        model,
        outside,
        facts: outside.facts(),
        stages: vec![StageEnd::default(); model.stages.len()],
        steps: Vec::new(),
        variables: Vec::new(),
    };
    let mut steps = model.steps(target).into_iter().peekable();
    for index in model.reachable(target) {
        let mut own = Vec::new();
        while let Some(step) = steps.next_if(|step| step.stage == index) {
            own.push(step);
        }
        walk.stage(index, own);
    }
    Plan { result: walk.stages.get(target).and_then(|end| end.step), steps: walk.steps }
}

/// What a stage leaves to those that build on it.
#[derive(Debug, Clone, Default)]
pub(super) struct StageEnd {
    /// Its last step.
    pub(super) step: Option<usize>,
    pub(super) environment: Environment,
    pub(super) base_environment: String,
    /// The platform that FROM names, or that of the image.
    platform: Option<String>,
    /// ONBUILD of this stage, for the next one.
    triggers: Vec<String>,
}

pub(super) struct Walk<'a> {
    pub(super) model: &'a Model,
    pub(super) outside: &'a Outside,
    facts: Facts,
    pub(super) stages: Vec<StageEnd>,
    steps: Vec<PlannedStep>,
    /// The variables that the step at hand is expanded with.
    variables: Vec<(Part, String)>,
}

impl Walk<'_> {
    fn stage(&mut self, index: usize, own: Vec<Step>) {
        let stage = &self.model.stages[index];
        let mut steps = own.into_iter();
        let Some(from) = steps.next() else { return };
        let (parent, mut end) = self.from(stage);
        let platform =
            stage.platform.as_ref().map(|text| text.value.clone().unwrap_or_else(|| text.raw.clone()));
        end.platform = platform.filter(|platform| !platform.is_empty()).or(end.platform);
        let triggers = std::mem::take(&mut end.triggers);
        let parts =
            if triggers.is_empty() { Vec::new() } else { vec![(Part::Triggers, triggers.join("\0"))] };
        let reads_context = |trigger: &String| {
            let keyword = trigger.split_whitespace().next().unwrap_or_default();
            (keyword.eq_ignore_ascii_case("copy") || keyword.eq_ignore_ascii_case("add"))
                && !trigger.contains("--from")
        };
        // Which files a trigger takes is not looked into: any change counts.
        let whole = Source::Files { context: String::new(), selectors: vec![Selector::of_path("/")] };
        let sources = if triggers.iter().any(reads_context) { vec![whole] } else { Vec::new() };
        let variables = std::mem::take(&mut self.variables);
        let below = match parent {
            Parent::Step(step) => Some(step),
            _ => None,
        };
        self.steps.push(PlannedStep {
            step: from,
            parent,
            is_parent: triggers.is_empty(),
            parts,
            sources,
            variables,
            command: None,
            is_forced: below.is_some_and(|step| self.steps[step].is_forced),
        });
        end.step = Some(self.steps.len() - 1);
        self.stages[index] = end;
        let mut next = steps.next();
        for item in &stage.instructions {
            let is_step = next.as_ref().is_some_and(|step| step.line == item.instruction.line + 1);
            if is_step && let Some(step) = next.take() {
                self.step(index, item, step);
                next = steps.next();
            }
            self.apply(index, item);
        }
    }

    /// What a stage starts from, and what it takes over.
    fn from(&mut self, stage: &Stage) -> (Parent, StageEnd) {
        let fresh = StageEnd::default();
        let name = match &stage.base {
            Base::Stage(below) => self.model.stages.get(*below).and_then(Stage::lower_name),
            Base::Image(name) => Some(name.as_str().into()),
            Base::Scratch | Base::Unknown => None,
        };
        if let Some(context) = name.as_deref().and_then(|name| self.context_of(name)) {
            return self.named_parent(context);
        }
        match &stage.base {
            Base::Scratch => (Parent::Nothing, fresh),
            Base::Stage(below) => {
                match self.stages.get(*below).and_then(|end| Some((end.step?, end.clone()))) {
                    Some((step, end)) => (Parent::Step(step), end),
                    None => (Parent::Nothing, fresh),
                }
            }
            Base::Image(name) => self.image_parent(name),
            Base::Unknown => {
                (Parent::Image(ImageIdentity { name: stage.image.raw.clone(), layers: None }), fresh)
            }
        }
    }

    fn image_parent(&self, name: &str) -> (Parent, StageEnd) {
        let image = self.image(name);
        let mut end = StageEnd { base_environment: name.to_owned(), ..StageEnd::default() };
        if let Some(facts) = self.facts.base_image(name) {
            let variable = |name: &String| {
                format!("{name}={}", facts.environment.get(name).map(String::as_str).unwrap_or_default())
            };
            end.base_environment =
                facts.environment_names.iter().map(variable).collect::<Vec<_>>().join("\0");
            end.platform = Some(facts.platform.clone());
            end.triggers.clone_from(&facts.triggers);
        }
        (Parent::Image(image), end)
    }

    fn image(&self, name: &str) -> ImageIdentity {
        let layers = self.facts.base_image(name).map(|image: &ImageFacts| image.layer_digests.join(" "));
        ImageIdentity { name: name.to_owned(), layers }
    }

    /// The context that takes the place of a stage or an image, by the name that it is given under.
    fn context_of(&self, name: &str) -> Option<&str> {
        let mut names = self.outside.named_contexts.keys().map(String::as_str);
        names.find(|known| same_context(known, name))
    }

    /// A named context as what a stage starts from: a folder, which sets nothing, or an image by another name.
    fn named_parent(&self, name: &str) -> (Parent, StageEnd) {
        let place = self.outside.named_contexts.get(name).map(String::as_str).unwrap_or_default();
        match place.strip_prefix("docker-image://") {
            Some(image) => self.image_parent(image),
            None if place.contains("://") => {
                (Parent::Image(ImageIdentity { name: place.to_owned(), layers: None }), StageEnd::default())
            }
            None => (Parent::Files(name.to_owned()), StageEnd::default()),
        }
    }

    /// What a `--from` or `from=` reads.
    pub(super) fn source(&self, base: &Base, written: &str, selectors: Vec<Selector>) -> Option<Source> {
        let name = match base {
            Base::Stage(stage) => self.model.stages.get(*stage).and_then(Stage::lower_name),
            Base::Image(name) => Some(name.as_str().into()),
            Base::Scratch | Base::Unknown => None,
        };
        if let Some(context) = name.as_deref().and_then(|name| self.context_of(name)) {
            return Some(match self.named_parent(context).0 {
                Parent::Files(context) => Source::Files { context, selectors },
                Parent::Image(image) if image.layers.is_none() => Source::Remote(image.name),
                Parent::Image(image) => Source::Image { image, selectors },
                Parent::Nothing | Parent::Step(_) => return None,
            });
        }
        match base {
            Base::Scratch => None,
            Base::Stage(stage) => {
                let step = self.stages.get(*stage)?.step?;
                Some(Source::Step { step, selectors })
            }
            Base::Image(name) => Some(Source::Image { image: self.image(name), selectors }),
            Base::Unknown => Some(Source::Remote(written.to_owned())),
        }
    }

    fn step(&mut self, index: usize, item: &StageInstruction, step: Step) {
        self.variables.clear();
        let (parts, sources) = match &item.kind {
            Kind::Run(run) => self.run(index, item, run),
            Kind::Copy(copy) | Kind::Add(copy) => self.copy(item, copy),
            Kind::Workdir(text, leads_to) => {
                self.value(item, text);
                (self.workdir(item, leads_to), Vec::new())
            }
            _ => (vec![(Part::Operation, step.instruction.clone())], Vec::new()),
        };
        let is_root = matches!(&item.kind, Kind::Workdir(_, Place::Known(path)) if path == "/");
        let Some(parent) = self.stages[index].step else { return };
        // BuildKit marks RUN, COPY and ADD alone, and makes anew what builds on one of them.
        let is_marked = self.outside.no_cache && !matches!(item.kind, Kind::Workdir(..));
        let is_forced = is_marked || self.steps[parent].is_forced;
        let command = item.as_run().map(|_| run::words(item));
        let variables = std::mem::take(&mut self.variables);
        self.steps.push(PlannedStep {
            step,
            parent: Parent::Step(parent),
            is_parent: is_root,
            parts: if is_root { Vec::new() } else { parts },
            sources,
            variables,
            command,
            is_forced,
        });
        self.stages[index].step = Some(self.steps.len() - 1);
    }

    /// What an instruction changes for those that follow.
    fn apply(&mut self, index: usize, item: &StageInstruction) {
        match &item.kind {
            Kind::Env(pairs) => {
                for (name, value) in pairs {
                    let name = name.value.clone().unwrap_or_else(|| name.raw.clone());
                    let value = self.value(item, value);
                    self.stages[index].environment.set(&name, value, false);
                }
            }
            Kind::Arg(arguments) => {
                let after = Scope { visible: item.scope.visible + arguments.len(), ..item.scope };
                let defined = self.model.scopes.definitions(after);
                for ((name, default), definition) in arguments.iter().zip(&defined[item.scope.visible..]) {
                    let value = match (&definition.value, default) {
                        (Value::Known(value), _) => value.clone(),
                        (Value::Unset, _) => continue,
                        (Value::Unknown, Some(default)) => self.value(item, default),
                        (Value::Unknown, None) => format!("({})", name.raw),
                    };
                    self.stages[index].environment.set(&name.raw, value, true);
                }
            }
            Kind::Onbuild => {
                let text = item.instruction.arguments.text.clone();
                self.stages[index].triggers.push(text);
            }
            _ => {}
        }
    }

    /// What a stage is built for.
    pub(super) fn platform(&self, stage: usize) -> String {
        let own = self.stages[stage].platform.as_deref();
        own.or_else(|| self.outside.target_platform()).unwrap_or_default().to_owned()
    }

    /// Whether the builder is known to be of before BuildKit 0.11.
    pub(super) fn is_old_builder(&self) -> bool {
        self.outside.frontend.is_some_and(|frontend| !frontend.heredocs)
    }

    /// The value of a word of an instruction.
    pub(super) fn value(&mut self, item: &StageInstruction, text: &Text) -> String {
        if text.raw.contains('$') {
            let model = self.model;
            let lookup = |name: &str| model.lookup(item.scope, name);
            let expansion = semantic::expand::expand_word(&text.raw, item.instruction.escape, lookup);
            self.note_variables(item, &expansion);
        }
        self.written_or(item, &text.raw, text.value.clone())
    }

    /// The value, or what stands for it where it depends on what only the base image knows: the word as written, and the variables in it
    /// that are known. The base image is in the key anyway.
    pub(super) fn written_or(&self, item: &StageInstruction, raw: &str, value: Option<String>) -> String {
        value.unwrap_or_else(|| {
            let lookup = |name: &str| self.model.lookup(item.scope, name);
            let uses = semantic::expand::expand_word(raw, item.instruction.escape, lookup).uses;
            let known = uses.iter().filter_map(|used| match self.model.lookup(item.scope, &used.name) {
                Lookup::Value(value) => Some(format!("\0{}={value}", used.name)),
                _ => None,
            });
            format!("{raw}{}", known.collect::<String>())
        })
    }

    /// Remembers which variables a word is expanded with.
    pub(super) fn note_variables(&mut self, item: &StageInstruction, expansion: &Expansion) {
        for used in &expansion.uses {
            let value = match self.model.lookup(item.scope, &used.name) {
                Lookup::Value(value) => value.to_owned(),
                Lookup::Unset | Lookup::Unknown => String::new(),
            };
            let definition = self.model.scopes.definition(item.scope, &used.name);
            let is_argument = definition.is_none_or(|definition| definition.origin != Origin::Env);
            let name = used.name.clone();
            let part = if is_argument { Part::Argument(name) } else { Part::Environment(name) };
            if !self.variables.iter().any(|(other, _)| *other == part) {
                self.variables.push((part, value));
            }
        }
    }
}
