//! Prediction with its surroundings: plans a build from the files on disk, says which of its steps would run, and remembers how builds went.
//!
//! What decides is in `inner_loop`; here it is given files, and what earlier runs of the program kept. A builder is asked by the
//! caller, who hands in what it said.

pub mod json;
mod last_build;
mod outline;
mod place;
mod price;
mod remaining;
mod remember;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::thread::{self, ScopedJoinHandle};

use inner_loop::digest::{Digest, Seal};
use inner_loop::history::{History, PastBuild};
use inner_loop::inputs::{Listings, StepInputs, seal_plan};
use inner_loop::memory::Memory;
use inner_loop::plan::{Outside, Plan};
use inner_loop::prediction::{Prediction, Question, Verdict};
use inner_loop::{BuildRequest, Builder, BuilderState, Export};
use semantic::{Facts, Model, Step};
use syntax::Document;

use crate::contents::{self, Snapshot};
use crate::kept::Kept;
pub use last_build::LastBuild;
use outline::Outline;
use place::Place;
pub use price::Priced;
use remaining::Remaining;
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
    listings: Listings,
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
        let past = past.steps.iter().map(|step| &step.inputs.sources);
        self.inputs.iter().map(|step| &step.sources).eq(past)
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

/// Files that were read, and where.
#[derive(Debug)]
struct Ahead {
    place: Place,
    snapshots: BTreeMap<String, Snapshot>,
    listings: Listings,
}

/// What the next build would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// When the last build of the same was, in seconds since 1970; absent before the first one.
    pub known_build: Option<u64>,
    /// The steps of the target with their fates.
    pub steps: Vec<(Step, Prediction)>,
    /// What the user should know: images that could not be checked, a builder that does not answer.
    pub notices: Vec<String>,
}

impl Forecast {
    /// The seconds that the steps took that run for certain.
    #[must_use]
    pub fn rebuild_seconds(&self) -> f64 {
        let rebuilt = self.steps.iter().filter(|(_, prediction)| prediction.verdict == Verdict::Rebuild);
        // An empty sum of floats is minus zero.
        rebuilt.filter_map(|(_, prediction)| prediction.last_seconds).fold(0.0, |sum, seconds| sum + seconds)
    }
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
        let recalled = self.recall(request, None);
        thread::scope(|scope| {
            let asking = scope.spawn(|| ask(&images(request)));
            let ahead = self.read_ahead(request, &recalled);
            self.plan_with(request, told(asking), recalled, ahead)
        })
    }

    /// Says what a build would do. `builder` is asked for its state and for the results that it still has, beside the reading of the files;
    /// where it is not to be asked, the reason stands in its place.
    ///
    /// # Errors
    /// One line: there is no such target.
    pub fn forecast(
        &self,
        request: &BuildRequest,
        builder: Result<&dyn Builder, &str>,
    ) -> Result<Forecast, String> {
        let recalled = self.recall(request, None);
        let Ok(builder) = builder else {
            let reason = builder.err().unwrap_or_default().to_owned();
            let planned = self.plan_with(request, Err(reason), recalled, None)?;
            return Ok(self.predict(&planned, None));
        };
        let likely = recalled.likely_results();
        thread::scope(|scope| {
            let asking = scope.spawn(|| builder.state(&images(request)));
            let finding = scope.spawn(|| Remaining::ask(builder, &likely));
            let ahead = self.read_ahead(request, &recalled);
            let planned = self.plan_with(request, told(asking), recalled, ahead)?;
            let is_told = planned.known.as_ref().is_some_and(|known| known.builder_answers);
            let remaining = finding.join().ok().flatten().filter(|_| is_told);
            if remaining.as_ref().is_some_and(|remaining| !remaining.has_all()) {
                self.doubt_results(request);
            }
            Ok(self.predict(&planned, is_told.then_some((builder, remaining))))
        })
    }

    /// Results are gone, or have another name by now: the next build asks for them again, even where it runs nothing.
    fn doubt_results(&self, request: &BuildRequest) {
        let doubted = self.kept.change(&Place::of(request).history, |history: &mut History| {
            history.builds.iter_mut().for_each(|build| build.told_with_image = None);
        });
        doubted.unwrap_or_else(|error| tracing::debug!(%error, "that results are gone cannot be kept"));
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
        let outline = Outline::of(request, recalled.memory.builder.clone()).ok()?;
        let place = Place::of(request).with_selections(request, outline.plan.as_ref().ok()?).ok()?;
        let (snapshots, listings) = self.read(&place).ok()?;
        Some(Ahead { place, snapshots, listings })
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
        let Outline { steps, plan, is_old_builder } = Outline::of(request, builder.clone())?;
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
        let read = place.and_then(|place| match ahead {
            Some(ahead) if ahead.place.reads_what(&place) => Ok(ahead),
            _ => {
                let (snapshots, listings) = self.read(&place)?;
                Ok(Ahead { place, snapshots, listings })
            }
        });
        let Ahead { place, snapshots, listings } = match read {
            Ok(read) => read,
            Err(message) => {
                notices.push(message);
                return Ok(Planned { steps, known: None, notices });
            }
        };
        let inputs = seal_plan(&plan, &listings, &self.seal);
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
            recalled,
            is_old_builder,
            builder_answers: state.is_ok(),
            exports: request.export == Export::Image,
            secrets: self.secrets(request),
        };
        Ok(Planned { steps, known: Some(known), notices })
    }

    fn read(&self, place: &Place) -> Result<(BTreeMap<String, Snapshot>, Listings), String> {
        let mut snapshots = BTreeMap::new();
        let mut listings = Listings::new();
        for (name, context) in &place.contexts {
            let file =
                format!("contents-{}", self.name_of(&[&context.root.to_string_lossy(), &context.wanted]));
            let mut memory =
                contents::Memory { before: self.kept.read_bytes(&file).unwrap_or_default(), after: None };
            let snapshot = Snapshot::read(&context.root, &context.selection, &self.seal, &mut memory)
                .map_err(|error| error.to_string())?;
            if let Some(bytes) = memory.after
                && let Err(error) = self.kept.write_bytes(&file, &bytes)
            {
                tracing::debug!(%error, file, "the digests of files cannot be kept");
            }
            listings.insert(name.clone(), snapshot.listing.clone());
            snapshots.insert(name.clone(), snapshot);
        }
        Ok((snapshots, listings))
    }

    /// What a planned build would do. The builder is given where it answers, with those of its results that were asked for already.
    fn predict(&self, planned: &Planned, builder: Option<(&dyn Builder, Option<Remaining>)>) -> Forecast {
        let Some(known) = &planned.known else {
            let unknown = Prediction {
                verdict: Verdict::Unknown,
                reason: planned.notices.last().cloned(),
                because: Vec::new(),
                last_seconds: None,
            };
            let steps = planned.steps.iter().map(|step| (step.clone(), unknown.clone())).collect();
            return Forecast { known_build: None, steps, notices: planned.notices.clone() };
        };
        let Recalled { history, engine, memory } = &known.recalled;
        let past = history.last_on(Some(engine));
        let predictions = self.answer(known, memory, past, builder);
        let steps = planned.steps.iter().cloned().zip(predictions).collect();
        Forecast { known_build: past.map(|past| past.at), steps, notices: planned.notices.clone() }
    }

    /// The fates of all steps, by what is known and, where one is given, by what the builder says that it still has.
    fn answer(
        &self,
        known: &Known,
        memory: &Memory,
        past: Option<&PastBuild>,
        builder: Option<(&dyn Builder, Option<Remaining>)>,
    ) -> Vec<Prediction> {
        let past_listings = past.map(|past| self.past_listings(known, past)).unwrap_or_default();
        let question = Question {
            plan: &known.plan,
            inputs: &known.inputs,
            memory,
            past,
            listings: &known.listings,
            past_listings: &past_listings,
            seal: &self.seal,
            results: None,
        };
        let results = builder.and_then(|(builder, remaining)| {
            let needed = question.needed_results();
            let asked = remaining.filter(|remaining| remaining.answers(&needed));
            asked.or_else(|| Remaining::ask(builder, &needed)).map(|remaining| remaining.there)
        });
        Question { results: results.as_ref(), ..question }.answer()
    }

    /// The files of the last build, where some of them are not what they were.
    fn past_listings(&self, known: &Known, past: &PastBuild) -> Listings {
        match known.reads_what(past) {
            true => Listings::default(),
            false => self.kept.read(&format!("{}-files", known.place.history)),
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
