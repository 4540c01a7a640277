//! What a stage asks of the rest of the file and of the facts, and what it was told.
//!
//! Everything that lowering a stage reads from outside of the stage's own instructions goes through here. That is what makes it
//! safe to take a stage over from the version before: see [`Lowering::hears_the_same`].

use super::{Lowering, State};
use crate::facts::ImageFacts;
use crate::replacement::Replacement;
use crate::scope::{Lookup, Scope, Value};

/// A question of a stage with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// Which stage above has this name, in lower case.
    Stage { name: String, answer: Option<usize> },
    /// What all callers put in the place of a stage or an image.
    Replaced { name: String, answer: Option<Box<Replacement>> },
    /// What is known of a base image.
    Image { name: String, answer: Option<Box<ImageFacts>> },
    /// What is in force at the end of a stage above.
    End { stage: usize, answer: State },
    /// The value of a global ARG.
    Global { name: String, answer: Option<Value> },
    /// The value of an ARG that callers may override.
    Given { name: String, own: Value, answer: Value },
    /// The value of a platform argument.
    Platform { name: String, answer: Value },
    /// The value of a variable that the stage's own instructions do not give.
    Variable { scope: Scope, name: String, answer: Option<Value> },
}

/// Places are no part of what is in force: they move when text above does.
impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        let user = |state: &Self| state.user.as_ref().map(|user| (user.raw.clone(), user.value.clone()));
        self.workdir == other.workdir && self.shell == other.shell && user(self) == user(other)
    }
}

impl Eq for State {}

impl<'a> Lowering<'a> {
    /// The newest stage above of a name in lower case, the stage at hand included.
    pub(super) fn stage_named(&self, name: &str) -> Option<usize> {
        let answer = self.names.get(name).copied();
        self.note(Asked::Stage { name: name.to_owned(), answer });
        answer
    }

    /// What all callers put in the place of a stage or an image.
    pub(super) fn replacement(&self, name: &str) -> Option<Replacement> {
        let answer = Replacement::of(&self.facts.callers, name);
        self.note(Asked::Replaced { name: name.to_owned(), answer: answer.clone().map(Box::new) });
        answer
    }

    /// What is known of a base image.
    pub(super) fn base_image(&self, name: &str) -> Option<&'a ImageFacts> {
        let answer = self.facts.base_image(name);
        self.note(Asked::Image { name: name.to_owned(), answer: answer.cloned().map(Box::new) });
        answer
    }

    /// What is in force at the end of a stage above.
    pub(super) fn end_of(&self, stage: usize) -> State {
        let answer = self.carried.get(stage).map(|carried| carried.end.clone()).unwrap_or_default();
        self.note(Asked::End { stage, answer: answer.clone() });
        answer
    }

    /// The value of a global ARG.
    pub(super) fn global_value(&self, name: &str) -> Option<Value> {
        let answer = self.scopes.global(name).map(|global| global.value.clone());
        self.note(Asked::Global { name: name.to_owned(), answer: answer.clone() });
        answer
    }

    /// The value of an ARG, whose own it is if no caller gives another.
    pub(super) fn given(&self, name: &str, own: Value) -> Value {
        let answer = self.given_by_callers(name, own.clone());
        self.note(Asked::Given { name: name.to_owned(), own, answer: answer.clone() });
        answer
    }

    /// The value of `TARGETARCH` or its like.
    pub(super) fn platform_argument(&self, name: &str) -> Value {
        let answer = self.platform_value(name);
        self.note(Asked::Platform { name: name.to_owned(), answer: answer.clone() });
        answer
    }

    fn platform_value(&self, name: &str) -> Value {
        self.facts.platform_arguments.get(name).map_or(Value::Unknown, |value| Value::Known(value.clone()))
    }

    /// What `scope` sees under a name.
    pub(super) fn look_up(&self, scope: Scope, name: &str) -> Lookup<'_> {
        let found = self.scopes.lookup(scope, name);
        if !self.scopes.gives_value(scope, name) {
            self.note(Asked::Variable { scope, name: name.to_owned(), answer: owned(found) });
        }
        found
    }

    fn note(&self, asked: Asked) {
        let mut noted = self.asked.borrow_mut();
        if !noted.contains(&asked) {
            noted.push(asked);
        }
    }

    /// Whether all that a stage asked would be answered the same now. Its own definitions must be in place.
    pub(super) fn hears_the_same(&self, asked: &[Asked]) -> bool {
        asked.iter().all(|asked| match asked {
            Asked::Stage { name, answer } => self.names.get(name).copied() == *answer,
            Asked::Replaced { name, answer } => {
                Replacement::of(&self.facts.callers, name).as_ref() == answer.as_deref()
            }
            Asked::Image { name, answer } => self.facts.base_image(name) == answer.as_deref(),
            Asked::End { stage, answer } => {
                self.carried.get(*stage).is_some_and(|carried| carried.end == *answer)
            }
            Asked::Global { name, answer } => {
                self.scopes.global(name).map(|global| &global.value) == answer.as_ref()
            }
            Asked::Given { name, own, answer } => self.given_by_callers(name, own.clone()) == *answer,
            Asked::Platform { name, answer } => self.platform_value(name) == *answer,
            Asked::Variable { scope, name, answer } => {
                // FROM sees all global ARGs, however many there are now.
                let scope = if scope.stage.is_none() { self.scopes.global_end() } else { *scope };
                owned(self.scopes.lookup(scope, name)) == *answer
            }
        })
    }
}

/// A lookup's answer: nothing where nothing defines the name.
fn owned(lookup: Lookup<'_>) -> Option<Value> {
    match lookup {
        Lookup::Value(value) => Some(Value::Known(value.to_owned())),
        Lookup::Unknown => Some(Value::Unknown),
        Lookup::Unset => None,
    }
}
