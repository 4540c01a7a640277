//! Every occurrence in file order, not yet grouped into symbols.

use syntax::{Heredoc, Instruction, InstructionNode, Keyword, LocalRange, TextRange};

use super::script::{self, Mention};
use super::words::{self, Use};
use super::{Role, Spelling};
use crate::base::Base;
use crate::model::Model;
use crate::scope::{DefinitionId, ReadAt, Scope, is_proxy_argument};
use crate::stage::{Kind, Stage, StageInstruction, Text};

/// An occurrence, and what is known of its symbol so far.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) range: TextRange,
    pub(super) reach: TextRange,
    pub(super) role: Role,
    pub(super) spelling: Spelling,
    pub(super) stands_for: StandsFor,
}

/// What an occurrence stands for.
#[derive(Debug)]
pub(super) enum StandsFor {
    Stage(usize),
    /// It is this definition.
    Definition(DefinitionId),
    /// It reads the variable from these definitions; from outside where there are none.
    Variable {
        name: String,
        stage: Option<usize>,
        sources: Vec<DefinitionId>,
    },
    /// The heredoc whose `<<` starts here.
    Heredoc {
        marker: u32,
        name: String,
        body: TextRange,
    },
}

/// Reads all instructions of a file.
pub(super) fn collect(model: &Model) -> Vec<Found> {
    let mut collector = Collector { model, found: Vec::new() };
    collector.preamble();
    for stage in &model.stages {
        collector.stage(stage);
    }
    collector.found
}

struct Collector<'a> {
    model: &'a Model,
    found: Vec<Found>,
}

impl Collector<'_> {
    fn preamble(&mut self) {
        let mut visible = 0;
        for instruction in &self.model.preamble {
            let scope = Scope { stage: None, visible };
            self.uses(instruction, instruction, scope, ReadAt::Build);
            if instruction.keyword == Keyword::Arg {
                visible = self.definitions(instruction, scope);
            }
        }
    }

    fn stage(&mut self, stage: &Stage) {
        self.uses(&stage.from, &stage.from, self.model.scopes.global_end(), ReadAt::Build);
        if let Base::Stage(base) = stage.base {
            self.stage_reference(&stage.from, &stage.image, base);
        }
        if let Some(name) = &stage.name {
            self.push(name.range, Role::Definition, Spelling::Name, StandsFor::Stage(stage.index));
        }
        for item in &stage.instructions {
            self.instruction(stage, item);
        }
    }

    fn instruction(&mut self, stage: &Stage, item: &StageInstruction) {
        let instruction = &item.instruction;
        match &item.kind {
            Kind::Onbuild => {
                // A trigger runs in builds on this image: what is left of this stage there is its environment.
                if let Some(trigger) = &instruction.trigger {
                    let end = self.model.scopes.end(stage.index);
                    self.uses(instruction, trigger, end, ReadAt::Runtime);
                    if let Some(script) = trigger.shell().filter(|_| item.has_posix_shell()) {
                        self.script(instruction, script, end, ReadAt::Runtime);
                    }
                }
            }
            Kind::Cmd | Kind::Entrypoint | Kind::Healthcheck if item.has_posix_shell() => {
                if let Some(script) = instruction.shell() {
                    let end = self.model.scopes.end(stage.index);
                    self.script(instruction, script, end, ReadAt::Runtime);
                }
            }
            Kind::Run(run) => {
                self.uses(instruction, instruction, item.scope, ReadAt::Build);
                if let Some(script) = &run.script {
                    self.script(instruction, script, item.scope, ReadAt::Build);
                }
            }
            _ => self.uses(instruction, instruction, item.scope, ReadAt::Build),
        }
        if matches!(item.kind, Kind::Arg(_) | Kind::Env(_)) {
            self.definitions(instruction, item.scope);
        }
        for reference in item.references() {
            let target = match &reference.target {
                Base::Stage(index) => Some(*index).filter(|index| *index < self.model.stages.len()),
                // A stage further down: the builder refuses it, and yet it is what is meant.
                Base::Image(name) => self.model.stages.iter().rev().find_map(|later| {
                    let is_it = later.lower_name().is_some_and(|lower| lower == name.to_lowercase());
                    is_it.then_some(later.index)
                }),
                _ => None,
            };
            if let Some(target) = target {
                self.stage_reference(instruction, &reference.text, target);
            }
        }
        for heredoc in &instruction.heredocs {
            self.heredoc(instruction, heredoc);
        }
    }

    fn push(&mut self, range: TextRange, role: Role, spelling: Spelling, stands_for: StandsFor) {
        self.found.push(Found { range, reach: range, role, spelling, stands_for });
    }

    /// The names that an ARG or ENV defines; returns how many definitions of the scope are visible behind it.
    fn definitions(&mut self, instruction: &Instruction, scope: Scope) -> usize {
        let mut index = scope.visible;
        for pair in &instruction.arguments.pairs {
            let id = DefinitionId { stage: scope.stage, index };
            index += 1;
            let Some(definition) = self.model.scopes.get(id) else { continue };
            let place = named(&instruction.source, pair.key.range, &definition.name);
            let spelling = if place.is_some() { Spelling::Name } else { Spelling::Indirect };
            let range = instruction.place(place.unwrap_or(pair.key.range));
            self.push(range, Role::Definition, spelling, StandsFor::Definition(id));
        }
        index
    }

    fn stage_reference(&mut self, instruction: &Instruction, text: &Text, target: usize) {
        let local = LocalRange::new(
            text.range.start.saturating_sub(instruction.start),
            text.range.end.saturating_sub(instruction.start),
        );
        let written = local.of(&instruction.source);
        let name = self.model.stages[target].lower_name();
        let spelling = if name.is_some_and(|name| name == written.to_lowercase()) {
            Spelling::Name
        } else if text.raw.parse::<usize>().is_ok() {
            Spelling::Number
        } else {
            Spelling::Indirect
        };
        self.push(text.range, Role::Read, spelling, StandsFor::Stage(target));
    }

    /// The variables that the builder replaces in an instruction, or in the trigger inside it.
    fn uses(&mut self, instruction: &Instruction, node: &InstructionNode, scope: Scope, read_at: ReadAt) {
        for used in words::uses(node) {
            let Use { name, range, reach, is_literal } = used;
            let sources = self.model.scopes.reaching(scope, &name, read_at);
            let spelling = if is_literal { Spelling::Name } else { Spelling::Indirect };
            let stage = scope.stage;
            self.found.push(Found {
                range: instruction.place(range),
                reach: instruction.place(reach),
                role: Role::Read,
                spelling,
                stands_for: StandsFor::Variable { name, stage, sources },
            });
        }
    }

    /// The variables that a script takes from outside, as far as the file or a known base image defines them.
    fn script(
        &mut self,
        instruction: &Instruction,
        script: &syntax::shell::Script,
        scope: Scope,
        read_at: ReadAt,
    ) {
        for Mention { name, range, reach, role, is_literal } in
            script::from_outside(script, &instruction.source)
        {
            let sources = self.model.scopes.reaching(scope, name, read_at);
            let is_from_base = |stage| self.model.scopes.base_image_sets(stage, name);
            let is_known = !sources.is_empty()
                || (role == Role::Read && (is_proxy_argument(name) || scope.stage.is_some_and(is_from_base)));
            if !is_known {
                continue;
            }
            let stands_for = StandsFor::Variable { name: name.to_owned(), stage: scope.stage, sources };
            self.found.push(Found {
                range: instruction.place(range),
                reach: instruction.place(reach),
                role,
                spelling: if is_literal { Spelling::Name } else { Spelling::Indirect },
                stands_for,
            });
        }
    }

    fn heredoc(&mut self, instruction: &Instruction, heredoc: &Heredoc) {
        let source = &instruction.source;
        let marker = heredoc.marker.of(source);
        let (start, is_literal) = match marker.rfind(heredoc.name.as_str()) {
            Some(at) if !heredoc.name.is_empty() => (heredoc.marker.start + length(&marker[..at]), true),
            _ => (heredoc.marker.start, false),
        };
        let body = instruction.place(heredoc.body);
        let marker_start = heredoc.marker.start + instruction.start;
        let stands_for = || StandsFor::Heredoc { marker: marker_start, name: heredoc.name.clone(), body };
        let name = LocalRange::new(
            start,
            if is_literal { start + length(&heredoc.name) } else { heredoc.marker.end },
        );
        self.found.push(Found {
            range: instruction.place(name),
            reach: instruction.place(heredoc.marker),
            role: Role::Definition,
            spelling: if is_literal { Spelling::Name } else { Spelling::Indirect },
            stands_for: stands_for(),
        });
        let line = heredoc.terminator.of(source);
        if let Some(at) = line.find(heredoc.name.as_str()).filter(|_| !line.is_empty()) {
            let start = heredoc.terminator.start + length(&line[..at]);
            let place = instruction.place(LocalRange::new(start, start + length(&heredoc.name)));
            self.push(place, Role::Read, Spelling::Name, stands_for());
        }
    }
}

/// Where the name itself stands in a place: all of it, or what its quotes enclose.
fn named(source: &str, place: LocalRange, name: &str) -> Option<LocalRange> {
    let written = place.of(source);
    if written == name {
        return Some(place);
    }
    let inner = LocalRange::new(place.start + 1, place.end.saturating_sub(1).max(place.start + 1));
    let is_quoted = ['"', '\''].iter().any(|quote| written.starts_with(*quote) && written.ends_with(*quote));
    (is_quoted && inner.of(source) == name).then_some(inner)
}

/// Sources are at most 4 GiB long.
fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
