//! How a worker finds out what the next build of a document would do: the plan of it, looked up in the record.

use std::path::Path;

use ide::{Forecast, Snapshot};
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
    /// Whether the builder is asked too.
    pub(crate) asks: bool,
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
    pub(crate) forecast: Forecast,
    /// Whether a build of the same is on record.
    pub(crate) is_known: bool,
    /// The files that the build reads.
    pub(crate) inputs: Option<Inputs>,
    /// The same for programs.
    pub(crate) json: Value,
}

impl Look<'_> {
    /// What the build that the user chose would do, or, where its stage or caller is gone, a build without arguments; where it is on
    /// record.
    pub(crate) fn at_chosen(&self, chosen: Arguments, planner: &Planner) -> Found {
        let usual = Arguments { uri: chosen.uri.clone(), target: None, line: None, caller: None };
        match planner.plan(&chosen).or_else(|_| planner.plan(&usual)) {
            Err(error) => Found::Nothing(error.message.into_owned()),
            Ok(planned) => match Foresight::open(self.folder) {
                Ok(foresight) if !foresight.has_record(&planned.request) => Found::NoRecord,
                _ => self.at(&planned, &planner.snapshot),
            },
        }
    }

    /// What a build would do.
    pub(crate) fn at(&self, planned: &Planned, snapshot: &Snapshot) -> Found {
        self.found(planned, snapshot).unwrap_or_else(Found::Nothing)
    }

    fn found(&self, planned: &Planned, snapshot: &Snapshot) -> Result<Found, String> {
        let request = &planned.request;
        let unusable = |error| format!("cannot keep anything in {}: {error}", self.folder.display());
        let foresight = Foresight::open(self.folder).map_err(unusable)?;
        if (self.is_behind)() {
            return Ok(Found::Behind);
        }
        let builder = match self.asks {
            true => Ok(self.builder),
            false => Err("it is elsewhere, or the workspace is not trusted"),
        };
        let seen = foresight.forecast(request, builder)?;
        if (self.is_behind)() {
            return Ok(Found::Behind);
        }
        let json = seen.to_json();
        let is_known = seen.known_build.is_some();
        let steps = seen.steps.into_iter().map(|(step, prediction)| (step.line, prediction)).collect();
        let forecast = Forecast { document: planned.document.clone(), steps };
        let inputs = snapshot.model(&planned.document_id).map(|model| request.inputs(model));
        Ok(Found::Forecast(Box::new(Seen { forecast, is_known, inputs, json })))
    }
}
