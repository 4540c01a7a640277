//! Prediction with its surroundings: plans a build from the files on disk, says which of its steps would run, and remembers how builds went.
//!
//! What decides is in `inner_loop`; here it is given files, what earlier runs of the program kept, and what the builder says, which is asked
//! beside the reading of files.

mod again;
mod build_log;
mod folder_modes;
mod forecast;
mod graph;
pub mod json;
mod last_build;
mod missed;
mod outline;
mod place;
mod price;
mod remaining;
mod remember;
pub mod tested;
#[cfg(test)]
mod tests;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::thread::{self, ScopedJoinHandle};

use inner_loop::digest::{Digest, Seal};
use inner_loop::history::{History, PastBuild};
use inner_loop::inputs::{Listings, ParentInputs, StepInputs, seal_plan};
use inner_loop::memory::{KnownBuilder, Memory};
use inner_loop::plan::{Outside, Plan};
use inner_loop::prediction::Question;
use inner_loop::{BuildRequest, BuilderState, Export};
use semantic::{Facts, Model, Step};
use syntax::Document;

use crate::contents::{self, Snapshot};
use crate::kept::Kept;
pub use build_log::{BuildLog, WrittenLog};
use folder_modes::FolderModes;
pub use forecast::Forecast;
pub use graph::graph;
pub use last_build::LastBuild;
use outline::Outline;
use place::Place;
pub use price::{Priced, PricedCommits};
pub use time::rfc3339;

/// Plans, predicts and remembers. Cheap to make anew for each build.
#[derive(Debug, Clone)]
pub struct Foresight {
    kept: Kept,
    seal: Seal,
}

/// A build that is about to start, or that is only asked about.
#[derive(Debug)]
pub struct Planned {
    steps: Vec<Step>,
    /// Absent where nothing can be said: then `notices` say why.
    known: Option<Known>,
    notices: Vec<String>,
}

#[derive(Debug)]
struct Known {
    plan: Plan,
    inputs: Vec<StepInputs>,
    place: Place,
    snapshots: BTreeMap<String, Snapshot>,
    /// With the modes of folders that the builder has noted.
    listings: Listings,
    /// What the builder had noted of folders before.
    folders: FolderModes,
    recalled: Recalled,
    is_old_builder: bool,
    builder_answers: bool,
    /// Whether the result becomes an image.
    exports: bool,
    /// Of each secret that is a file, its size and times, sealed.
    secrets: BTreeMap<String, Digest>,
}

impl Known {
    /// Whether a build read the very same files.
    fn reads_what(&self, past: &PastBuild) -> bool {
        let past = past.steps.iter().map(|step| (&step.inputs.sources, files_below(&step.inputs)));
        self.inputs.iter().map(|step| (&step.sources, files_below(step))).eq(past)
    }

    /// What is asked of this build, less what the builder says of its results.
    fn question<'a>(
        &'a self,
        memory: &'a Memory,
        past: Option<&'a PastBuild>,
        past_listings: &'a Listings,
        seal: &'a Seal,
    ) -> Question<'a> {
        Question {
            plan: &self.plan,
            inputs: &self.inputs,
            memory,
            past,
            listings: &self.listings,
            past_listings,
            seal,
            results: None,
        }
    }
}

/// The files that a step starts from, where these are a folder's.
const fn files_below(inputs: &StepInputs) -> Option<Digest> {
    match inputs.parent {
        ParentInputs::Files(files) => Some(files),
        _ => None,
    }
}

/// What is kept of a build and its builder.
#[derive(Debug)]
struct Recalled {
    history: History,
    /// The builder's own name; empty where there is none.
    engine: String,
    memory: Memory,
}

impl Recalled {
    /// The results that decide whether the next build runs anything, where nothing has changed.
    fn likely_results(&self) -> BTreeSet<String> {
        let past = self.history.last_on(Some(&self.engine));
        let keys = past.into_iter().flat_map(|past| &past.steps).filter_map(|step| step.key);
        let known = keys.filter_map(|key| self.memory.known(key));
        known.flat_map(|known| &known.results).map(|result| result.id.clone()).collect()
    }
}

/// A plan by what was last known of the builder, and the files that it reads.
struct Ahead {
    builder: KnownBuilder,
    outline: Outline,
    files: Option<Files>,
}

/// Files that were read, and where.
struct Files {
    place: Place,
    snapshots: BTreeMap<String, Snapshot>,
    listings: Listings,
}

/// The images that a build reads, whose facts are asked of the builder.
#[must_use]
pub fn images(request: &BuildRequest) -> Vec<String> {
    let model = Model::new(&Document::new(&request.dockerfile_text), &Outside::of(request).facts());
    let mut images = model.base_images();
    images.extend(model.copied_images());
    let named = request.named_contexts.values().filter_map(|place| place.strip_prefix("docker-image://"));
    images.extend(named.map(str::to_owned));
    images
}

impl Foresight {
    /// With what is kept in the program's cache folder.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn open(cache_folder: &Path) -> io::Result<Self> {
        let kept = Kept::open(cache_folder)?;
        let seal = kept.seal()?;
        Ok(Self { kept, seal })
    }

    /// Whether builds of the same are kept.
    #[must_use]
    pub fn has_record(&self, request: &BuildRequest) -> bool {
        self.kept.has(&Place::of(request).history)
    }

    /// Plans a build, with the files as they are now. `ask` asks the builder what it says of itself and of these images, beside the
    /// reading of the files; where it does not answer it gives the reason.
    ///
    /// # Errors
    /// One line: there is no such target.
    pub fn plan(
        &self,
        request: &BuildRequest,
        ask: impl FnOnce(&[String]) -> Result<BuilderState, String> + Send,
    ) -> Result<Planned, String> {
        thread::scope(|scope| {
            let asking = scope.spawn(|| ask(&images(request)));
            let recalled = self.recall(request, None);
            let ahead = self.read_ahead(request, &recalled);
            self.plan_with(request, told(asking), recalled, ahead)
        })
    }

    /// What is kept of the builds of what a request builds, on this builder, or on the last one where its name is not known.
    fn recall(&self, request: &BuildRequest, engine: Option<&str>) -> Recalled {
        let history: History = self.kept.read(&Place::of(request).history);
        let engine = engine.map(str::to_owned).or_else(|| Some(history.last_on(None)?.engine.clone()));
        let engine = engine.unwrap_or_default();
        let memory = self.kept.read(&Self::memory_name(&engine));
        Recalled { history, engine, memory }
    }

    /// Reads the files that a build most likely reads, before the builder has said what it is.
    fn read_ahead(&self, request: &BuildRequest, recalled: &Recalled) -> Option<Ahead> {
        let builder = recalled.memory.builder.clone();
        let outline = Outline::of(request, builder.clone()).ok()?;
        let plan = outline.plan.as_ref().ok();
        let place = plan.and_then(|plan| Place::of(request).with_selections(request, plan).ok());
        let files = place.and_then(|place| self.read(place).ok());
        Some(Ahead { builder, outline, files })
    }

    fn plan_with(
        &self,
        request: &BuildRequest,
        state: Result<BuilderState, String>,
        recalled: Recalled,
        ahead: Option<Ahead>,
    ) -> Result<Planned, String> {
        let mut notices = Vec::new();
        let recalled = match &state {
            Ok(state) if state.id != recalled.engine => self.recall(request, Some(&state.id)),
            Ok(_) => recalled,
            Err(message) => {
                notices
                    .push(format!("the builder was not asked ({message}): told from its last build alone"));
                recalled
            }
        };
        let builder = recalled.memory.builder.with(state.as_ref().ok(), &self.seal);
        let (outline, files) = match ahead {
            Some(ahead) if ahead.builder == builder => (ahead.outline, ahead.files),
            ahead => (Outline::of(request, builder.clone())?, ahead.and_then(|ahead| ahead.files)),
        };
        let Outline { steps, plan, is_old_builder } = outline;
        let plan = match (plan, &state) {
            (Ok(_), Ok(BuilderState { untellable: Some(reason), .. })) => Err(reason.clone()),
            (plan, _) => plan,
        };
        let plan = match plan {
            Ok(plan) => plan,
            Err(reason) => {
                notices.push(reason);
                return Ok(Planned { steps, known: None, notices });
            }
        };
        let unchecked = plan.unchecked_images();
        if state.is_ok() && !unchecked.is_empty() {
            notices.push(format!(
                "not checked, as the builder has no image of that name: {}",
                unchecked.join(", ")
            ));
        }
        let place = Place::of(request).with_selections(request, &plan);
        let read = place.and_then(|place| match files {
            Some(files) if files.place.reads_what(&place) => Ok(files),
            _ => self.read(place),
        });
        let Files { place, snapshots, mut listings } = match read {
            Ok(read) => read,
            Err(message) => {
                notices.push(message);
                return Ok(Planned { steps, known: None, notices });
            }
        };
        let folders = self.noted_folders(&place, &recalled.engine);
        notices.extend(folder_modes::put_noted(&mut listings, &folders));
        let inputs = seal_plan(&plan, &listings, &self.seal);
        let builder = builder.as_kept();
        if state.is_ok() && builder != recalled.memory.builder {
            let name = Self::memory_name(&recalled.engine);
            let changed = self.kept.change(&name, |memory: &mut Memory| memory.builder = builder);
            changed.unwrap_or_else(|error| tracing::debug!(%error, "what the builder says cannot be kept"));
        }
        let known = Known {
            plan,
            inputs,
            place,
            snapshots,
            listings,
            folders,
            recalled,
            is_old_builder,
            builder_answers: state.is_ok(),
            exports: request.export == Export::Image,
            secrets: self.secrets(request),
        };
        Ok(Planned { steps, known: Some(known), notices })
    }

    fn read(&self, place: Place) -> Result<Files, String> {
        let mut snapshots = BTreeMap::new();
        let mut listings = Listings::new();
        for (name, context) in &place.contexts {
            let file =
                format!("contents-{}", self.name_of(&[&context.root.to_string_lossy(), &context.wanted]));
            let mut memory =
                contents::Memory { before: self.kept.read_bytes(&file).unwrap_or_default(), after: None };
            let mut snapshot = Snapshot::read(&context.root, &context.selection, &self.seal, &mut memory)
                .map_err(|error| error.to_string())?;
            if let Some(bytes) = memory.after
                && let Err(error) = self.kept.write_bytes(&file, &bytes)
            {
                tracing::debug!(%error, file, "the digests of files cannot be kept");
            }
            listings.insert(name.clone(), std::mem::take(&mut snapshot.listing));
            snapshots.insert(name.clone(), snapshot);
        }
        Ok(Files { place, snapshots, listings })
    }

    /// The files of the last build, where some of them are not what they were.
    fn past_listings(&self, known: &Known, past: &PastBuild) -> Listings {
        match known.reads_what(past) {
            true => Listings::default(),
            false => {
                let bytes = self.kept.read_bytes(&files_name(&known.place.history));
                bytes.and_then(|bytes| contents::listings::parse(&bytes)).unwrap_or_default()
            }
        }
    }

    fn memory_name(engine: &str) -> String {
        let plain: String =
            engine.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
        format!("keys-{plain}")
    }

    fn name_of(&self, parts: &[&str]) -> String {
        Seal::new([0; 32]).digest(parts).to_string()
    }
}

/// Where the files of a target's last build are kept.
fn files_name(history: &str) -> String {
    format!("{history}-files")
}

/// Where the output of a target's steps is kept.
fn logs_name(history: &str) -> String {
    format!("{history}-logs")
}

/// What a text means without any builder: its steps.
#[must_use]
pub fn steps(request: &BuildRequest) -> Vec<Step> {
    let model = Model::new(&Document::new(&request.dockerfile_text), &Facts::default());
    let target = request.target.as_deref().map_or_else(|| model.final_stage(), |target| model.target(target));
    target.map(|target| model.steps(target.index)).unwrap_or_default()
}

/// What a thread was told that asks the builder.
fn told(asking: ScopedJoinHandle<'_, Result<BuilderState, String>>) -> Result<BuilderState, String> {
    asking.join().unwrap_or_else(|_| Err("asking it failed".to_owned()))
}
