//! How a worker finds out what the next build of a document would do: the plan of it, looked up in the record.

use std::path::Path;

use ide::{Document, Forecast, Snapshot};
use inner_loop::prediction::Prediction;
use inner_loop::{Builder, Inputs};
use serde_json::Value;
use workspace::foresight::Foresight;

use crate::build_plan::{Planned, Planner};
use crate::commands::Arguments;

/// How one question is answered.
pub(crate) struct Look<'a> {
    /// Where it is kept how builds went.
    pub(crate) folder: &'a Path,
    pub(crate) builder: &'a dyn Builder,
    /// Whether the builder is asked too. Finding out may reach over the network, so it is asked last.
    pub(crate) asks: &'a dyn Fn() -> bool,
    /// Whether there is a newer question by now.
    pub(crate) is_behind: &'a dyn Fn() -> bool,
}

/// What a worker found.
pub(crate) enum Found {
    /// What the build would do.
    Forecast(Box<Seen>),
    /// There is no such build on record.
    NoRecord,
    /// Nothing can be said, in one line.
    Nothing(String),
    /// There is a newer question.
    Behind,
}

/// A forecast.
pub(crate) struct Seen {
    forecast: workspace::foresight::Forecast,
    document: Document,
    /// The files that the build reads.
    pub(crate) inputs: Option<Inputs>,
}

impl Seen {
    /// Whether a build of the same is on record.
    pub(crate) fn is_known(&self) -> bool {
        self.forecast.known_build.is_some()
    }

    /// What becomes of each step.
    pub(crate) fn predictions(&self) -> impl Iterator<Item = &Prediction> + Clone {
        self.forecast.steps.iter().map(|(_, prediction)| prediction)
    }

    /// That the builder was asked for its results and did not answer, in one sentence; nothing where it did.
    pub(crate) fn unchecked(&self) -> Option<&str> {
        self.forecast.unchecked()
    }

    /// The forecast for programs.
    pub(crate) fn to_json(&self) -> Value {
        self.forecast.to_json()
    }

    /// The forecast as the host takes it in, and the files that the build reads.
    pub(crate) fn into_forecast(self) -> (Forecast, Option<Inputs>) {
        let steps =
            self.forecast.steps.into_iter().map(|(step, prediction)| (step.line, prediction)).collect();
        (Forecast { document: self.document, steps }, self.inputs)
    }
}

impl Look<'_> {
    /// What the build that the user chose would do, or, where its stage or caller is gone, a build without arguments; where it is on
    /// record.
    pub(crate) fn at_chosen(&self, chosen: Arguments, planner: &Planner) -> Found {
        let usual = Arguments::of(chosen.uri.clone());
        let found = planner
            .plan(&chosen)
            .or_else(|_| planner.plan(&usual))
            .map_err(|error| error.message.into_owned());
        let found = found.and_then(|planned| {
            let foresight = self.foresight()?;
            match foresight.has_record(&planned.request) {
                true => self.found(&foresight, &planned, &planner.snapshot),
                false => Ok(Found::NoRecord),
            }
        });
        found.unwrap_or_else(Found::Nothing)
    }

    /// What a build would do.
    pub(crate) fn at(&self, planned: &Planned, snapshot: &Snapshot) -> Found {
        let found = self.foresight().and_then(|foresight| self.found(&foresight, planned, snapshot));
        found.unwrap_or_else(Found::Nothing)
    }

    fn foresight(&self) -> Result<Foresight, String> {
        let unusable = |error| format!("cannot keep anything in {}: {error}", self.folder.display());
        Foresight::open(self.folder).map_err(unusable)
    }

    fn found(&self, foresight: &Foresight, planned: &Planned, snapshot: &Snapshot) -> Result<Found, String> {
        let request = &planned.request;
        if (self.is_behind)() {
            return Ok(Found::Behind);
        }
        let builder = match (self.asks)() {
            true => Ok(self.builder),
            false => Err("it is elsewhere, or the workspace is not trusted"),
        };
        let forecast = foresight.forecast(request, builder)?;
        if (self.is_behind)() {
            return Ok(Found::Behind);
        }
        let inputs = snapshot.model(&planned.document_id).map(|model| request.inputs(model));
        Ok(Found::Forecast(Box::new(Seen { forecast, document: planned.document.clone(), inputs })))
    }
}
