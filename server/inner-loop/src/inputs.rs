//! A planned step with its values sealed: what is kept of it, and the key that stands for it.
//!
//! The key is ours. It is equal to that of another build exactly where BuildKit's own keys are, so a key that was seen in a build is one
//! whose result the builder has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use syntax::Keyword;

use crate::contents::{self, Listing, Selector};
use crate::digest::{Digest, Seal};
use crate::plan::{ImageIdentity, Parent, Part, Plan, PlannedStep, Source};

/// What lies in the contexts of a build, by their names; the main one's is empty.
pub type Listings = BTreeMap<String, Listing>;

/// A step's parts of a key, each as a sealed digest. Names are kept, values never.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepInputs {
    /// The stage's name.
    pub stage: String,
    /// First line, from 1.
    pub line: u32,
    /// The keyword, in upper case.
    pub keyword: String,
    /// The instruction as written, continuations joined: not in the key.
    pub text: Digest,
    /// The variables that its words are expanded with: not in the key.
    pub variables: Vec<(Part, Digest)>,
    /// What it starts from.
    pub parent: ParentInputs,
    /// Whether its result is simply its parent's.
    pub is_parent: bool,
    /// Its own parts, in order.
    pub parts: Vec<(Part, Digest)>,
    /// What it reads, in order.
    pub sources: Vec<SourceInputs>,
}

/// What a step starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParentInputs {
    /// Nothing.
    Nothing,
    /// The result of the step at this position.
    Step(usize),
    /// An image: its name, and what makes its files what they are.
    Image(Digest, Digest),
    /// The files of a folder.
    Files(Digest),
}

/// What a step reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceInputs {
    /// Files on disk: their digest.
    Files(Digest),
    /// Files of a step's result: which step, and which files.
    Step(usize, Digest),
    /// Files of an image: which image, and which files.
    Image(Digest, Digest),
    /// Something that the builder fetches.
    Remote(Digest),
}

/// Seals a plan, with the files that it reads.
#[must_use]
pub fn seal_plan(plan: &Plan, listings: &Listings, seal: &Seal) -> Vec<StepInputs> {
    let mut files = Files { listings, seal, known: Vec::new() };
    plan.steps.iter().map(|step| seal_step(step, &mut files, seal)).collect()
}

/// The digests of files, each taken once: stages often copy the same ones.
struct Files<'a> {
    listings: &'a Listings,
    seal: &'a Seal,
    known: Vec<(&'a str, Vec<Selector>, Digest)>,
}

impl<'a> Files<'a> {
    fn digest(&mut self, context: &'a str, selectors: &[Selector]) -> Digest {
        let known = self.known.iter().find(|(name, of, _)| *name == context && of == selectors);
        if let Some((.., digest)) = known {
            return *digest;
        }
        let nothing = Listing::default();
        let listing = self.listings.get(context).unwrap_or(&nothing);
        let digest = contents::digest(listing, selectors, self.seal);
        self.known.push((context, selectors.to_vec(), digest));
        digest
    }
}

fn seal_step<'a>(planned: &'a PlannedStep, files: &mut Files<'a>, seal: &Seal) -> StepInputs {
    let step = &planned.step;
    let parent = match &planned.parent {
        Parent::Nothing => ParentInputs::Nothing,
        Parent::Step(step) => ParentInputs::Step(*step),
        Parent::Image(image) => ParentInputs::Image(seal.digest([&image.name]), image_digest(image, seal)),
        Parent::Files(context) => ParentInputs::Files(files.digest(context, &[Selector::of_path("/")])),
    };
    let source = |source: &'a Source| match source {
        Source::Files { context, selectors } => SourceInputs::Files(files.digest(context, selectors)),
        Source::Step { step, selectors } => SourceInputs::Step(*step, paths(selectors, seal)),
        Source::Image { image, selectors } => {
            SourceInputs::Image(image_digest(image, seal), paths(selectors, seal))
        }
        Source::Remote(reference) => SourceInputs::Remote(seal.digest([reference])),
    };
    StepInputs {
        stage: step.stage_name.clone(),
        line: step.line,
        keyword: step.keyword.as_str().to_owned(),
        text: seal.digest([&step.instruction]),
        variables: sealed(&planned.variables, seal),
        parent,
        is_parent: planned.is_parent,
        parts: sealed(&planned.parts, seal),
        sources: planned.sources.iter().map(source).collect(),
    }
}

fn sealed<T: Clone>(values: &[(T, String)], seal: &Seal) -> Vec<(T, Digest)> {
    values.iter().map(|(name, value)| (name.clone(), seal.digest([value]))).collect()
}

/// Images of the same layers are the same, whatever they are called.
fn image_digest(image: &ImageIdentity, seal: &Seal) -> Digest {
    match &image.layers {
        Some(layers) => seal.digest(["layers", layers]),
        None => seal.digest(["name", &image.name]),
    }
}

fn paths(selectors: &[Selector], seal: &Seal) -> Digest {
    let ordered = contents::in_order(selectors).into_iter();
    seal.digest(ordered.map(|selector| format!("{selector:?}")))
}

impl StepInputs {
    /// Whether it is a FROM.
    #[must_use]
    pub fn is_from(&self) -> bool {
        self.keyword == Keyword::From.as_str()
    }

    /// Its key, where its parent is the result with the key `parent`, and the results that it reads have these keys, in order.
    #[must_use]
    pub fn key(&self, seal: &Seal, parent: Option<Digest>, read: &[Digest]) -> Digest {
        if self.is_parent
            && let Some(parent) = parent
        {
            return parent;
        }
        let mut hash = seal.hash();
        self.add_own(&mut hash, parent);
        let mut read = read.iter();
        for source in &self.sources {
            match source {
                SourceInputs::Files(digest) => hash.digest(*digest),
                SourceInputs::Step(_, paths) => {
                    read.next().into_iter().for_each(|key| hash.digest(*key));
                    hash.digest(*paths);
                }
                SourceInputs::Image(image, paths) => {
                    hash.digest(*image);
                    hash.digest(*paths);
                }
                SourceInputs::Remote(reference) => hash.digest(*reference),
            }
        }
        hash.finish()
    }

    /// What its key is without the files that it reads from other steps and images: equal for two builds that may differ in nothing
    /// but these. None for a step that reads none.
    #[must_use]
    pub fn shape(&self, seal: &Seal, parent: Option<Digest>) -> Option<Digest> {
        if !self.sources.iter().any(SourceInputs::is_result) {
            return None;
        }
        let mut hash = seal.hash();
        hash.text("shape");
        self.add_own(&mut hash, parent);
        for source in &self.sources {
            match source {
                SourceInputs::Files(digest) | SourceInputs::Remote(digest) => hash.digest(*digest),
                SourceInputs::Step(..) | SourceInputs::Image(..) => hash.text("result"),
            }
        }
        Some(hash.finish())
    }

    fn add_own(&self, hash: &mut crate::digest::Hash, parent: Option<Digest>) {
        match (self.parent, parent) {
            (ParentInputs::Step(_), Some(parent)) => hash.digest(parent),
            (ParentInputs::Image(_, digest) | ParentInputs::Files(digest), _) => hash.digest(digest),
            _ => hash.text("nothing"),
        }
        hash.number(self.parts.len() as u64);
        for (part, digest) in &self.parts {
            hash.text(format!("{part:?}"));
            hash.digest(*digest);
        }
        hash.number(self.sources.len() as u64);
    }

    /// The steps whose results it reads, in order.
    pub fn read_steps(&self) -> impl Iterator<Item = usize> {
        self.sources.iter().filter_map(|source| match source {
            SourceInputs::Step(step, _) => Some(*step),
            _ => None,
        })
    }

    /// The step that it starts from.
    #[must_use]
    pub const fn parent_step(&self) -> Option<usize> {
        match self.parent {
            ParentInputs::Step(step) => Some(step),
            _ => None,
        }
    }
}

impl SourceInputs {
    /// Whether the builder looks at the files' content once the result or image is there.
    const fn is_result(&self) -> bool {
        matches!(self, Self::Step(..) | Self::Image(..))
    }
}
