//! Prediction with its surroundings: plans a build from the files on disk, says which of its steps would run, and remembers how builds went.
//!
//! What decides is in `inner_loop`; here it is given files, and what earlier runs of the program kept. A builder is asked by the
//! caller, who hands in what it said.

pub mod json;
mod last_build;
mod place;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use inner_loop::digest::{Digest, Seal};
use inner_loop::history::{History, PastBuild};
use inner_loop::inputs::{Listings, StepInputs, seal_plan};
use inner_loop::learning::Lesson;
use inner_loop::memory::{KnownResult, Memory};
use inner_loop::plan::{Outside, Plan, Source, plan};
use inner_loop::prediction::{Prediction, Question, Verdict};
use inner_loop::{BuildRecord, BuildRequest, Builder, BuilderState, ResultName, results, why};
use semantic::{Facts, Frontend, Model, Step};
use syntax::Document;

use crate::contents::{self, Snapshot};
use crate::kept::Kept;
pub use last_build::LastBuild;
use place::Place;
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
    engine: String,
    is_old_builder: bool,
    builder_answers: bool,
    /// Of each secret that is a file, its size and times, sealed.
    secrets: BTreeMap<String, Digest>,
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

    /// Plans a build, with the files as they are now. `state` is what the builder says of itself, or why it does not.
    ///
    /// # Errors
    /// One line: there is no such target.
    pub fn plan(
        &self,
        request: &BuildRequest,
        state: Result<BuilderState, String>,
    ) -> Result<Planned, String> {
        let document = Document::new(&request.dockerfile_text);
        let mut notices = Vec::new();
        let place = Place::of(request);
        let engine = match &state {
            Ok(state) => Some(state.id.clone()),
            Err(message) => {
                notices
                    .push(format!("the builder was not asked ({message}): told from its last build alone"));
                let history: History = self.kept.read(&place.history);
                history.last_on(None).map(|build| build.engine.clone())
            }
        };
        let engine = engine.unwrap_or_default();
        let memory: Memory = self.kept.read(&Self::memory_name(&engine));
        let mut outside = Outside::of(request);
        let builder = memory.builder.with(state.as_ref().ok(), &self.seal);
        outside.build_args = builder.proxies.into_iter().chain(outside.build_args).collect();
        outside.builder_platform = Some(builder.platform).filter(|platform| !platform.is_empty());
        outside.frontend = builder.frontend;
        outside.images = builder.images;
        let model = Model::new(&document, &outside.facts());
        let target = match &request.target {
            Some(target) => model
                .target(target)
                .ok_or_else(|| format!("there is no stage {target} in {}", request.dockerfile.display()))?,
            None => model
                .final_stage()
                .ok_or_else(|| format!("{} has no stage: it needs a FROM", request.dockerfile.display()))?,
        };
        let steps = model.steps(target.index);
        if let Some(reason) = beyond(request, &model) {
            notices.push(reason);
            return Ok(Planned { steps, known: None, notices });
        }
        if let Ok(BuilderState { untellable: Some(reason), .. }) = &state {
            notices.push(reason.clone());
            return Ok(Planned { steps, known: None, notices });
        }
        let plan = plan(&model, target.index, &outside);
        let unchecked = plan.unchecked_images();
        if state.is_ok() && !unchecked.is_empty() {
            notices.push(format!(
                "not checked, as the builder has no image of that name: {}",
                unchecked.join(", ")
            ));
        }
        let place = place.with_selections(request, &plan);
        let (snapshots, listings) = match place.as_ref().map(|place| self.read(place)) {
            Ok(Ok(read)) => read,
            Ok(Err(message)) => {
                notices.push(message);
                return Ok(Planned { steps, known: None, notices });
            }
            Err(message) => {
                notices.push(message.clone());
                return Ok(Planned { steps, known: None, notices });
            }
        };
        let Ok(place) = place else { return Ok(Planned { steps, known: None, notices }) };
        let inputs = seal_plan(&plan, &listings, &self.seal);
        let is_old_builder = outside.frontend.is_some_and(|frontend| !frontend.heredocs);
        let known = Known {
            plan,
            inputs,
            place,
            snapshots,
            listings,
            engine,
            is_old_builder,
            builder_answers: state.is_ok(),
            secrets: self.secrets(request),
        };
        if let Ok(state) = &state {
            let name = Self::memory_name(&state.id);
            let builder = memory.builder.with(Some(state), &self.seal);
            if builder != memory.builder {
                let changed = self.kept.change(&name, |memory: &mut Memory| memory.builder = builder);
                changed
                    .unwrap_or_else(|error| tracing::debug!(%error, "what the builder says cannot be kept"));
            }
        }
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

    /// Says what a build would do. The builder is asked for the results that it still has.
    #[must_use]
    pub fn predict(&self, planned: &Planned, builder: &dyn Builder) -> Forecast {
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
        let history: History = self.kept.read(&known.place.history);
        let memory: Memory = self.kept.read(&Self::memory_name(&known.engine));
        let past = history.last_on(Some(&known.engine));
        let predictions = self.answer(known, &memory, past, Some(builder).filter(|_| known.builder_answers));
        let steps = planned.steps.iter().cloned().zip(predictions).collect();
        Forecast { known_build: past.map(|past| past.at), steps, notices: planned.notices.clone() }
    }

    /// The fates of all steps, by what is known and, where one is given, by what the builder says that it still has.
    fn answer(
        &self,
        known: &Known,
        memory: &Memory,
        past: Option<&PastBuild>,
        builder: Option<&dyn Builder>,
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
        let results = builder.and_then(|builder| remaining(builder, &question));
        Question { results: results.as_ref(), ..question }.answer()
    }

    /// The files of the last build, where some of them are not what they were.
    fn past_listings(&self, known: &Known, past: &PastBuild) -> Listings {
        let digests =
            |inputs: &[StepInputs]| inputs.iter().map(|step| step.sources.clone()).collect::<Vec<_>>();
        let old: Vec<StepInputs> = past.steps.iter().map(|step| step.inputs.clone()).collect();
        if digests(&old) == digests(&known.inputs) {
            return Listings::default();
        }
        self.kept.read(&format!("{}-files", known.place.history))
    }

    /// Remembers how a build went that was planned before it started. `vertices` are the names of its steps' vertices.
    ///
    /// # Errors
    /// What is to be kept cannot be written.
    pub fn remember(
        &self,
        planned: &Planned,
        record: &BuildRecord,
        vertices: &[Option<String>],
        builder: &dyn Builder,
    ) -> io::Result<()> {
        let Some(known) = planned.known.as_ref().filter(|known| !known.engine.is_empty()) else {
            return Ok(());
        };
        let is_certain = self.certain_steps(known);
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let history: History = self.kept.read(&known.place.history);
        let before = history.last_on(Some(&known.engine)).cloned();
        let memory: Memory = self.kept.read(&Self::memory_name(&known.engine));
        let mut lesson = Lesson {
            inputs: &known.inputs,
            is_certain: &is_certain,
            record,
            results: &[],
            engine: &known.engine,
            at,
            seal: &self.seal,
        };
        let earlier: Vec<Option<KnownResult>> =
            lesson.keys(&memory).into_iter().map(|key| memory.known(key?)?.results.last().cloned()).collect();
        let ask = |names: &[ResultName]| builder.results(names);
        let results = results::find(&known.plan, vertices, record, &earlier, known.is_old_builder, ask);
        let results = results.unwrap_or_default();
        lesson.results = &results;
        let learn = |memory: &mut Memory| lesson.learn(memory, before.as_ref());
        // What was known before says why steps were to run; what the builder has by now says nothing of that.
        let said = self.answer(known, &memory, before.as_ref(), None);
        let Some(mut build) = self.kept.change(&Self::memory_name(&known.engine), learn)? else {
            return Ok(());
        };
        why::explain(&mut build, before.as_ref(), &said);
        build.secrets.clone_from(&known.secrets);
        self.kept.change(&known.place.history, |history: &mut History| history.add(build))?;
        self.kept.change(&format!("{}-files", known.place.history), |kept: &mut Listings| {
            kept.clone_from(&known.listings);
        })
    }

    /// Of each step, whether the files that it reads are still what they were when the build was planned: then the builder got those.
    fn certain_steps(&self, known: &Known) -> Vec<bool> {
        let changed: BTreeMap<&str, Option<BTreeSet<String>>> = known
            .place
            .contexts
            .iter()
            .map(|(name, context)| {
                let snapshot = known.snapshots.get(name);
                let changed =
                    snapshot.and_then(|snapshot| snapshot.changed(&context.root, &context.selection));
                (name.as_str(), changed)
            })
            .collect();
        let is_certain = |source: &Source| {
            let Source::Files { context, selectors } = source else { return true };
            let Some(Some(changed)) = changed.get(context.as_str()) else { return false };
            changed.is_empty()
                || !selectors.iter().any(|selector| {
                    // Links and patterns may lead to any of them.
                    let path = selector.path.trim_start_matches('/');
                    changed.iter().any(|changed| {
                        path.is_empty()
                            || path.contains(['*', '?', '[', '\\'])
                            || changed == path
                            || changed.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
                            || known.listings.get(context).is_none_or(|listing| listing.entry(path).is_none())
                    })
                })
        };
        let steps = known.plan.steps.iter();
        steps.map(|step| step.sources.iter().all(is_certain)).collect()
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

/// The results that the builder still has, of those that matter. None where it does not say, or knows none of them by name.
fn remaining(builder: &dyn Builder, question: &Question<'_>) -> Option<BTreeSet<String>> {
    let needed = question.needed_results();
    let names: Vec<ResultName> = needed.into_iter().map(ResultName::Id).collect();
    if names.is_empty() {
        return None;
    }
    Some(builder.results(&names)?.into_iter().map(|result| result.id).collect())
}

/// Why nothing can be said about a build, in one sentence.
fn beyond(request: &BuildRequest, model: &Model) -> Option<String> {
    if let Frontend::Foreign(name) = &model.frontend {
        return Some(format!("{name} reads this file in its own way, so nothing can be told"));
    }
    if request.platforms.len() > 1 {
        return Some("a build for several platforms cannot be told yet: ask for one of them".to_owned());
    }
    if !request.cache_from.is_empty() {
        return Some("what the builder would find in other caches (--cache-from) cannot be told".to_owned());
    }
    None
}

/// What a text means without any builder: its steps.
#[must_use]
pub fn steps(request: &BuildRequest) -> Vec<Step> {
    let model = Model::new(&Document::new(&request.dockerfile_text), &Facts::default());
    let target = request.target.as_deref().map_or_else(|| model.final_stage(), |target| model.target(target));
    target.map(|target| model.steps(target.index)).unwrap_or_default()
}
