//! What the key of each step of a build is made of, in the words of the Dockerfile: the part of prediction that knows BuildKit.
//!
//! BuildKit takes a step's result from its cache where the step's key is one that it has seen: what is done, the environment it is
//! done in, the step before, and the files that are read (`solver/llbsolver/ops`, `dockerfile2llb/convert*.go`). We never compute BuildKit's
//! digests. A [`Plan`] lists, step by step, the parts that go into them, and leaves out what BuildKit leaves out: times, comments,
//! labels, secret values, proxy arguments that nobody declares, cache mounts' contents. Two plans have equal parts exactly where BuildKit
//! has equal keys.

mod copy;
mod environment;
mod outside;
mod run;
mod walk;

use semantic::Step;
use serde::{Deserialize, Serialize};

use crate::contents::Selector;

pub use outside::Outside;
pub use walk::plan;

/// What is asked of a builder, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The steps of the target, in `build`'s order.
    pub steps: Vec<PlannedStep>,
    /// The step whose result is the target's: its last one.
    pub result: Option<usize>,
}

/// A step and what its key is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// The step.
    pub step: Step,
    /// What it starts from.
    pub parent: Parent,
    /// Whether it does nothing by itself: FROM, and a WORKDIR that is there already. Its result is its parent's.
    pub is_parent: bool,
    /// Its own parts of the key, in order.
    pub parts: Vec<(Part, String)>,
    /// What it reads.
    pub sources: Vec<Source>,
    /// The variables that its words are expanded with, and their values: not in the key, but good to know when it changes.
    pub variables: Vec<(Part, String)>,
    /// The words that a RUN runs, joined by blanks.
    pub command: Option<String>,
    /// Whether the builder never takes it from its cache, whatever the key: it was told so.
    pub is_forced: bool,
}

/// What a step starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parent {
    /// Nothing: `FROM scratch`.
    Nothing,
    /// The result of another step of the plan.
    Step(usize),
    /// An image.
    Image(ImageIdentity),
    /// A folder on disk that stands for the image.
    Files(String),
}

/// An image, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ImageIdentity {
    /// The name that asks for it.
    pub name: String,
    /// What makes its files what they are; absent where the builder does not have it, or was not asked.
    pub layers: Option<String>,
}

/// What a step reads besides what it starts from. Which of its files are read is part of the key by content alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Files of a folder: of the build context, whose name is empty, or of a named context.
    Files {
        /// The context.
        context: String,
        /// Which files.
        selectors: Vec<Selector>,
    },
    /// Files of the result of another step.
    Step {
        /// The step.
        step: usize,
        /// Which files.
        selectors: Vec<Selector>,
    },
    /// Files of an image.
    Image {
        /// The image.
        image: ImageIdentity,
        /// Which files.
        selectors: Vec<Selector>,
    },
    /// Something that the builder fetches and that may have changed: a URL, a branch.
    Remote(String),
}

/// What a part of a key is, in words that a reason can use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What is done.
    Operation,
    /// The variables of the base image.
    BaseEnvironment,
    /// A variable that ENV sets.
    Environment(String),
    /// A variable that ARG sets.
    Argument(String),
    /// The directory that it is done in.
    WorkingDirectory,
    /// The user who does it.
    User,
    /// The shell that runs it.
    Shell,
    /// The network that it may use.
    Network,
    /// What it is done for, such as `linux/arm64`.
    Platform,
    /// What the base image or the stage below does first: ONBUILD.
    Triggers,
}

impl PlannedStep {
    /// The step that it starts from.
    #[must_use]
    pub const fn parent_step(&self) -> Option<usize> {
        match self.parent {
            Parent::Step(step) => Some(step),
            _ => None,
        }
    }
}

impl Plan {
    /// The contexts that are read, each with what is asked of it.
    #[must_use]
    pub fn contexts(&self) -> std::collections::BTreeMap<&str, Vec<&Selector>> {
        let mut contexts = std::collections::BTreeMap::<&str, Vec<&Selector>>::new();
        for step in &self.steps {
            if let Parent::Files(context) = &step.parent {
                contexts.entry(context).or_default().push(WHOLE.get_or_init(|| Selector::of_path("/")));
            }
            for source in &step.sources {
                if let Source::Files { context, selectors } = source {
                    contexts.entry(context).or_default().extend(selectors);
                }
            }
        }
        contexts
    }

    /// The images that no builder was able to say anything about, each once: the plan takes them by name.
    #[must_use]
    pub fn unchecked_images(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for step in &self.steps {
            let parent = match &step.parent {
                Parent::Image(image) => Some(image),
                _ => None,
            };
            let read = step.sources.iter().filter_map(|source| match source {
                Source::Image { image, .. } => Some(image),
                _ => None,
            });
            for image in parent.into_iter().chain(read) {
                if image.layers.is_none() && !names.contains(&image.name.as_str()) {
                    names.push(&image.name);
                }
            }
        }
        names
    }
}

static WHOLE: std::sync::OnceLock<Selector> = std::sync::OnceLock::new();

#[cfg(test)]
mod tests;
