//! Which definitions a use of a variable may get its value from, and which belong together.
//!
//! Mostly it is one. An ARG without a value is passed over unless the caller gives one, so that what lies behind it counts too.

use super::{Definition, Layer, Origin, Parent, Scope, Scopes, Value};

/// Names a definition of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefinitionId {
    /// The stage; absent for a global ARG.
    pub stage: Option<usize>,
    /// Position among the stage's definitions.
    pub index: usize,
}

/// When a variable is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadAt {
    /// During the build: ARG and ENV count.
    Build,
    /// When the image runs: ENV alone counts.
    Runtime,
}

impl Scopes {
    /// The definition of this name and number.
    #[must_use]
    pub fn get(&self, id: DefinitionId) -> Option<&Definition> {
        self.layer(id.stage)?.definitions.get(id.index)
    }

    /// The definitions that a use in `scope` may get its value from, the nearest first.
    #[must_use]
    pub fn reaching(&self, scope: Scope, name: &str, read_at: ReadAt) -> Vec<DefinitionId> {
        let mut found = Vec::new();
        let (mut stage, mut visible) = (scope.stage, scope.visible);
        while let Some(layer) = self.layer(stage) {
            for index in layer.earlier(name, visible) {
                let definition = &layer.definitions[index];
                if read_at == ReadAt::Runtime && definition.origin != Origin::Env {
                    continue;
                }
                found.push(DefinitionId { stage, index });
                if definition.value != Value::Unset {
                    return found;
                }
            }
            let Parent::Stage(parent) = layer.parent else { break };
            (stage, visible) = (Some(parent), usize::MAX);
        }
        found
    }

    /// Whether the base image under a stage is known to set a variable.
    #[must_use]
    pub fn base_image_sets(&self, stage: usize, name: &str) -> bool {
        let mut next = Some(stage);
        while let Some(layer) = next.and_then(|index| self.stages.get(index)) {
            match &layer.parent {
                Parent::Stage(parent) => next = Some(*parent),
                Parent::Image(environment) => {
                    return environment.as_ref().is_some_and(|environment| environment.contains_key(name));
                }
                Parent::Nothing => return false,
            }
        }
        false
    }

    /// The global ARG that an ARG of a stage declares anew.
    #[must_use]
    pub fn global_of(&self, id: DefinitionId) -> Option<DefinitionId> {
        let definition = self.get(id).filter(|definition| definition.origin == Origin::Arg)?;
        let index = self.global.earlier(&definition.name, usize::MAX).next()?;
        Some(DefinitionId { stage: None, index })
    }

    /// The definition of the same name and kind that this one takes over from, in its stage or in one below.
    #[must_use]
    pub fn overridden(&self, id: DefinitionId) -> Option<DefinitionId> {
        let definition = self.get(id)?;
        let (mut stage, mut visible) = (id.stage, id.index);
        while let Some(layer) = self.layer(stage) {
            let same_kind = |index: &usize| layer.definitions[*index].origin == definition.origin;
            if let Some(index) = layer.earlier(&definition.name, visible).find(same_kind) {
                return Some(DefinitionId { stage, index });
            }
            let Parent::Stage(parent) = layer.parent else { break };
            (stage, visible) = (Some(parent), usize::MAX);
        }
        None
    }

    fn layer(&self, stage: Option<usize>) -> Option<&Layer> {
        match stage {
            Some(index) => self.stages.get(index),
            None => Some(&self.global),
        }
    }
}

impl Layer {
    /// The positions of the definitions of a name before position `visible`, the newest first.
    fn earlier(&self, name: &str, visible: usize) -> impl Iterator<Item = usize> {
        let all = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        all.iter().rev().copied().filter(move |index| *index < visible)
    }
}
