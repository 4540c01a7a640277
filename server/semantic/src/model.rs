//! The meaning of one version of a Dockerfile.

use syntax::{Document, Instruction, Problem};

use crate::base::Base;
use crate::facts::Facts;
use crate::lower::{Carried, StageIdentity};
use crate::scope::{Lookup, Scope, Scopes};
use crate::stage::{Stage, StageInstruction};

/// The meaning of one version of a Dockerfile. Built once, then only read.
#[derive(Debug, Clone)]
pub struct Model {
    /// The text and its instructions.
    pub document: Document,
    /// Who reads the file in a build.
    pub frontend: Frontend,
    /// Instructions before the first FROM, in order.
    pub preamble: Vec<Instruction>,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// The variables of all scopes.
    pub scopes: Scopes,
    /// What BuildKit refuses beyond a single instruction: no stage, references that lead nowhere. In order of place.
    pub problems: Vec<Problem>,
    /// What else is kept of each stage, for the next version's model.
    pub(crate) carried: Vec<Carried>,
}

/// Who reads the file in a build: the builder's own frontend, or the image that `# syntax=` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frontend {
    /// The builder's own.
    BuiltIn,
    /// Docker's, or a copy of it under another registry, by `# syntax=`.
    Docker(String),
    /// Another language altogether; nothing here applies.
    Foreign(String),
}

impl Frontend {
    /// Who reads this document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        crate::lower::frontend(document)
    }
}

impl Model {
    /// Reads a document, with what is known outside of it.
    #[must_use]
    pub fn new(document: &Document, facts: &Facts) -> Self {
        crate::lower::lower(document, facts, None)
    }

    /// What [`Self::new`] gives, at the cost of what has changed: `before` is the model of another version of the document.
    #[must_use]
    pub fn carried(before: Self, document: &Document, facts: &Facts) -> Self {
        crate::lower::lower(document, facts, Some(before))
    }

    /// Which stage it is, from one version's model to the next.
    #[must_use]
    pub fn identity(&self, stage: &Stage) -> StageIdentity {
        self.carried.get(stage.index).map(|carried| carried.identity.clone()).unwrap_or_default()
    }

    /// What `scope` sees under `name`.
    #[must_use]
    pub fn lookup(&self, scope: Scope, name: &str) -> Lookup<'_> {
        self.scopes.lookup(scope, name)
    }

    /// The stage that is built when no target is named: the last one.
    #[must_use]
    pub fn final_stage(&self) -> Option<&Stage> {
        self.stages.last()
    }

    /// The stage that a target names, by name in any case or by number.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<&Stage> {
        let lower = name.to_lowercase();
        self.stages
            .iter()
            .rev()
            .find(|stage| stage.lower_name().as_deref() == Some(lower.as_str()))
            .or_else(|| self.stages.get(name.parse::<usize>().ok()?))
    }

    /// The stages that run where `target` is built, itself included, in order: those that callers replace are not among them.
    #[must_use]
    pub fn reachable(&self, target: usize) -> Vec<usize> {
        let mut reached = vec![false; self.stages.len()];
        let mut open = vec![target];
        while let Some(index) = open.pop() {
            let is_new = |stage: &&Stage| stage.replaced.is_none() && !reached[index];
            let Some(stage) = self.stages.get(index).filter(is_new) else { continue };
            reached[index] = true;
            open.extend(stage.base.stage().filter(|_| stage.base_replaced.is_none()));
            let references = stage.instructions.iter().flat_map(StageInstruction::references);
            open.extend(references.filter_map(|reference| reference.target.stage()));
        }
        (0..self.stages.len()).filter(|index| reached[*index]).collect()
    }

    /// The stages from the one that builds on an image, on scratch or on what callers put in the place of its base, to `stage` itself:
    /// the instructions that make it.
    #[must_use]
    pub fn lineage(&self, stage: usize) -> Vec<&Stage> {
        let mut chain = Vec::new();
        let mut next = self.stages.get(stage);
        while let Some(stage) = next.filter(|_| chain.len() <= self.stages.len()) {
            chain.push(stage);
            let below = stage.base.stage().filter(|_| stage.base_replaced.is_none());
            next = below.and_then(|index| self.stages.get(index));
        }
        chain.reverse();
        chain
    }

    /// The images that stages build on, and those that callers put in their place, each once, in order.
    #[must_use]
    pub fn base_images(&self) -> Vec<String> {
        let mut images = Vec::new();
        for stage in &self.stages {
            let given = stage.base_replaced.as_ref().map(|replacement| &replacement.settings);
            for base in [Some(&stage.base), given].into_iter().flatten() {
                if let Base::Image(name) = base
                    && !images.contains(name)
                {
                    images.push(name.clone());
                }
            }
        }
        images
    }

    /// The images that COPY and mounts name as their source, each once, in order; a bare name may be a context that the caller names.
    #[must_use]
    pub fn copied_images(&self) -> Vec<String> {
        let mut images = Vec::new();
        for item in self.stages.iter().flat_map(|stage| &stage.instructions) {
            for reference in item.references() {
                if let Base::Image(name) = &reference.target
                    && !images.contains(name)
                {
                    images.push(name.clone());
                }
            }
        }
        images
    }

    /// What the first stage of a stage's lineage takes its settings from: the image that it builds on, or what callers put in its place.
    #[must_use]
    pub fn root(&self, stage: usize) -> &Base {
        const UNKNOWN: &Base = &Base::Unknown;
        self.lineage(stage).first().map_or(UNKNOWN, |stage| {
            stage.base_replaced.as_ref().map_or(&stage.base, |replacement| &replacement.settings)
        })
    }

    /// The instruction of a stage that holds an offset, with its stage.
    #[must_use]
    pub fn instruction_at(&self, offset: u32) -> Option<(&Stage, &StageInstruction)> {
        let stage = self.stages.iter().rev().find(|stage| stage.range.start <= offset)?;
        let found = stage.instructions.iter().find(|item| item.instruction.range().touches(offset))?;
        Some((stage, found))
    }
}
