//! Says what a build would do: its plan against what is kept, and against the results that its builder still has.

use std::thread;

use inner_loop::history::History;
use inner_loop::memory::Memory;
use inner_loop::prediction::{Fate, Prediction, Question, Verdict};
use inner_loop::results::ResultsLeft;
use inner_loop::{BuildRequest, Builder};
use semantic::Step;

use super::missed::{look_again, missed};
use super::remaining::Remaining;
use super::{Foresight, Known, Planned, Recalled, images, told};

/// What is said where a builder was asked for its results, and did not answer.
const UNCHECKED: &str =
    "the builder did not say in time what is left in its cache: told from its last build alone";

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

/// A builder that answers, and what it was asked so far.
pub(super) struct Cache<'a> {
    builder: &'a dyn Builder,
    remaining: Remaining,
}

impl Forecast {
    /// The notice that the builder was asked what is left in its cache, and did not say.
    #[must_use]
    pub fn unchecked(&self) -> Option<&str> {
        self.notices.iter().map(String::as_str).find(|notice| *notice == UNCHECKED)
    }

    /// The seconds that the steps took that run for certain.
    #[must_use]
    pub fn rebuild_seconds(&self) -> f64 {
        let rebuilt = self.steps.iter().filter(|(_, prediction)| prediction.verdict == Verdict::Rebuild);
        // An empty sum of floats is minus zero.
        rebuilt.filter_map(|(_, prediction)| prediction.last_seconds).fold(0.0, |sum, seconds| sum + seconds)
    }
}

impl Foresight {
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
        let Ok(builder) = builder else {
            let reason = builder.err().unwrap_or_default().to_owned();
            let planned = self.plan_with(request, Err(reason), self.recall(request, None), None)?;
            return Ok(self.predict(&planned, None));
        };
        thread::scope(|scope| {
            let asking = scope.spawn(|| builder.state(&images(request)));
            let recalled = self.recall(request, None);
            let likely = recalled.likely_results();
            let finding = scope.spawn(move || Remaining::ask(builder, &likely));
            let ahead = self.read_ahead(request, &recalled);
            let planned = self.plan_with(request, told(asking), recalled, ahead)?;
            let is_told = planned.known.as_ref().is_some_and(|known| known.builder_answers);
            let remaining = finding.join().ok().filter(|_| is_told);
            Ok(self.predict(&planned, remaining.map(|remaining| Cache { builder, remaining })))
        })
    }

    /// What a planned build would do. The builder's cache is given where it answers.
    pub(super) fn predict(&self, planned: &Planned, cache: Option<Cache<'_>>) -> Forecast {
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
        let past_listings = past.map(|past| self.past_listings(known, past)).unwrap_or_default();
        let question = known.question(memory, past, &past_listings, &self.seal);
        let fates = question.fates();
        let mut notices = planned.notices.clone();
        let results = cache.and_then(|cache| {
            let results = self.results(known, &question, &fates, cache);
            if results.is_none() {
                notices.push(UNCHECKED.to_owned());
            }
            results
        });
        let question = Question { results: results.as_ref(), ..question };
        let predictions = question.predictions(&question.settled(fates));
        let steps = planned.steps.iter().cloned().zip(predictions).collect();
        let time = |past| self.again(&known.place.history, past).map_or(past.at, |again| again.at);
        Forecast { known_build: past.map(time), steps, notices }
    }

    /// The results that a builder still has, by the names that they are known by. None where it gives no answer.
    fn results(
        &self,
        known: &Known,
        question: &Question<'_>,
        fates: &[Fate],
        cache: Cache<'_>,
    ) -> Option<ResultsLeft> {
        let Cache { builder, remaining } = cache;
        let there = remaining.of(&question.needed_results(fates), builder)?;
        let mut left = ResultsLeft { there, ..ResultsLeft::default() };
        let settled = Question { results: Some(&left), ..*question }.settled(fates.to_vec());
        let missed = missed(question, &settled, &left.there, known.is_old_builder);
        if missed.is_empty() {
            return Some(left);
        }
        let found = look_again(&missed, question.memory, builder);
        left.there.extend(found.renamed.iter().map(|(missed, _)| missed.result.id.clone()));
        left.doubted.extend(found.doubted.iter().map(|missed| missed.result.id.clone()));
        if !found.renamed.is_empty() {
            let renamed = |memory: &mut Memory| {
                found.renamed.iter().for_each(|(missed, result)| memory.rename(missed.key, result.clone()));
            };
            let kept = self.kept.change(&Self::memory_name(&known.recalled.engine), renamed);
            kept.unwrap_or_else(|error| tracing::debug!(%error, "new names of results cannot be kept"));
        }
        if found.renamed.len() < missed.len() {
            self.doubt_results(known);
        }
        Some(left)
    }

    /// Results are gone, or cannot be found under another name: the next build asks for them again, even where it runs nothing.
    fn doubt_results(&self, known: &Known) {
        let Recalled { history, engine, .. } = &known.recalled;
        if history.last_on(Some(engine)).is_none_or(|last| last.is_doubted) {
            return;
        }
        let doubted = self.kept.change(&known.place.history, |history: &mut History| {
            let of_engine = history.builds.iter_mut().filter(|build| build.engine == *engine);
            of_engine.for_each(|build| build.is_doubted = true);
        });
        doubted.unwrap_or_else(|error| tracing::debug!(%error, "that results are gone cannot be kept"));
    }
}
