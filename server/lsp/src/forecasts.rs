//! What the next build of each open Dockerfile would do, and the command `layerwise.predict`. Nothing is built.
//!
//! A keystroke costs a timer alone. When nothing was typed for a moment a worker plans the build as the document stands and looks it up in
//! the record; without a build on record it stops there. The newest question wins: a worker that is behind gives up, and what it
//! found is dropped. The builder is asked where it is on this machine and the workspace is trusted, or where the user asked.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ide::{DocumentId, DocumentKind, Forecast, forecast};
use inner_loop::Inputs;
use tower_lsp::jsonrpc::Error;
use tower_lsp::ls_types::{LSPAny, MessageType};

use crate::backend::failed;
use crate::build_plan::Planned;
use crate::builds::NO_CACHE_FOLDER;
use crate::commands::{Arguments, PREDICT};
use crate::event::{Event, Reply};
use crate::looking_ahead::{Found, Look};
use crate::main_loop::MainLoop;
use crate::workers::Once;

/// Typing that goes on within this time is not interrupted by what reads the disk.
pub(crate) const PAUSE: Duration = Duration::from_millis(250);

/// The questions about each open document.
#[derive(Debug, Default)]
pub(crate) struct Forecasts {
    of_documents: HashMap<DocumentId, Asked>,
    /// The number of the last question of all, so that none about a document that was closed is taken for one about the same document,
    /// opened again.
    last: u64,
}

/// What was asked about one document.
#[derive(Debug, Default)]
struct Asked {
    /// The number of the newest question. Workers look at it to see whether they are behind.
    newest: Arc<AtomicU64>,
    looking: Once,
    /// The number of the question that a worker is at.
    looked_at: u64,
    /// The stage and the caller of the build that the user last asked for: that one is told.
    target: Option<String>,
    caller: Option<String>,
    /// The files that the build reads, where it is on record.
    inputs: Option<Inputs>,
    /// These cannot be followed, so that a forecast would go stale unseen: until the document is opened again there is none.
    is_blind: bool,
    /// The last forecast was not checked against the builder's cache, which has been said.
    is_unchecked: bool,
}

/// What the main loop hears of forecasts.
pub(crate) enum Told {
    /// The pause after this question is over.
    Due(u64),
    /// A build has been kept, so that more is known.
    Kept,
    /// What a worker found.
    Found(u64, Option<Found>),
    /// The same for a command, with who waits for it.
    Answered(u64, Option<Found>, Reply<Option<LSPAny>>),
}

impl Forecasts {
    /// The files that a document's build reads, where its next build is told.
    pub(crate) fn inputs(&self, id: &DocumentId) -> Option<&Inputs> {
        self.of_documents.get(id)?.inputs.as_ref()
    }

    /// The user asked for this build: from now on it is the one that is told.
    pub(crate) fn choose(&mut self, planned: &Planned, caller: Option<String>) {
        let asked = self.of_documents.entry(planned.document_id.clone()).or_default();
        (asked.target, asked.caller) = (planned.request.target.clone(), caller);
    }

    /// The stage and the caller of the build that the user last asked for.
    pub(crate) fn chosen(&self, id: &DocumentId) -> (Option<String>, Option<String>) {
        self.of_documents
            .get(id)
            .map(|asked| (asked.target.clone(), asked.caller.clone()))
            .unwrap_or_default()
    }

    /// The document was closed.
    pub(crate) fn forget(&mut self, id: &DocumentId) {
        if let Some(asked) = self.of_documents.remove(id) {
            asked.newest.store(0, Ordering::Relaxed);
        }
    }

    /// The files that the build of a document reads cannot be followed. Whether that is news.
    pub(crate) fn give_up(&mut self, id: &DocumentId) -> bool {
        !std::mem::replace(&mut self.of_documents.entry(id.clone()).or_default().is_blind, true)
    }

    /// Asks anew about a document; what was asked about it before is behind.
    fn ask(&mut self, id: &DocumentId) -> u64 {
        self.last += 1;
        self.of_documents.entry(id.clone()).or_default().newest.store(self.last, Ordering::Relaxed);
        self.last
    }
}

impl Asked {
    fn is_newest(&self, number: u64) -> bool {
        self.newest.load(Ordering::Relaxed) == number
    }
}

impl MainLoop {
    /// Something that the next build depends on may have changed: it is looked up when nothing more happens for a moment.
    pub(crate) fn forecast_soon(&mut self, id: &DocumentId) {
        if !self.shows_forecasts(id) {
            self.show_forecast(id, None, None);
            return;
        }
        let number = self.forecasts.ask(id);
        let (events, id) = (self.events.clone(), id.clone());
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            let _ = events.send(Event::Forecast(id, Told::Due(number)));
        });
    }

    /// What looks again once a build has been kept. What was looked up before that is behind.
    pub(crate) fn forecast_after(&mut self, id: &DocumentId) -> impl FnOnce() + Send + use<> {
        if self.forecasts.of_documents.contains_key(id) {
            self.forecasts.ask(id);
        }
        let (events, id) = (self.events.clone(), id.clone());
        move || drop(events.send(Event::Forecast(id, Told::Kept)))
    }

    /// `layerwise.predict`: the answer is the forecast, which is also said in a line and shown by hints.
    pub(crate) fn predict(&mut self, arguments: Arguments, reply: Reply<Option<LSPAny>>) {
        let Some(folder) = self.builds.cache_folder.clone() else {
            let _ = reply.send(Err(Error::invalid_params(NO_CACHE_FOLDER)));
            return;
        };
        let planned = match self.plan(&arguments) {
            Ok(planned) => planned,
            Err(error) => return drop(reply.send(Err(error))),
        };
        self.forecasts.choose(&planned, arguments.caller);
        let id = planned.document_id.clone();
        let number = self.forecasts.ask(&id);
        let (snapshot, builder) = (self.host.snapshot(), self.builds.builder());
        let look = move || {
            let (asks, is_behind) = (&|| true, &|| false);
            let look = Look { folder: &folder, builder: builder.as_ref(), asks, is_behind };
            look.at(&planned, &snapshot)
        };
        let events = self.events.clone();
        self.workers.look(look, move |found| {
            let _ = events.send(Event::Forecast(id, Told::Answered(number, found, reply)));
        });
    }

    pub(crate) fn forecast_told(&mut self, id: &DocumentId, told: Told) {
        match told {
            Told::Due(number) => {
                if self.forecasts.of_documents.get(id).is_some_and(|asked| asked.is_newest(number)) {
                    self.look(id);
                }
            }
            Told::Kept => {
                if self.shows_forecasts(id) {
                    self.forecasts.ask(id);
                    self.look(id);
                }
            }
            Told::Found(number, found) => {
                let asked = self.forecasts.of_documents.get_mut(id);
                let Some(asked) = asked.filter(|asked| asked.looked_at == number) else { return };
                let again = asked.looking.finish();
                let is_newest = asked.is_newest(number);
                match found {
                    Some(found) if is_newest => self.take_forecast(id, found),
                    _ if again => self.look(id),
                    _ => {}
                }
            }
            Told::Answered(number, found, reply) => {
                let answer = match &found {
                    Some(Found::Forecast(seen)) => {
                        let said = format!("The next build: {}.", forecast::summary(seen.predictions()));
                        self.client.show(MessageType::INFO, said);
                        Ok(Some(seen.to_json()))
                    }
                    Some(Found::Nothing(message)) => Err(Error::invalid_params(message.clone())),
                    _ => Err(failed(PREDICT)),
                };
                let _ = reply.send(answer);
                let asked = self.forecasts.of_documents.get(id);
                if let Some(found) = found.filter(|_| asked.is_some_and(|asked| asked.is_newest(number)))
                    && self.shows_forecasts(id)
                {
                    self.take_forecast(id, found);
                }
            }
        }
    }

    /// Whether the user wants to see forecasts of this document, and they can be made.
    fn shows_forecasts(&self, id: &DocumentId) -> bool {
        let snapshot = self.host.snapshot();
        self.builds.cache_folder.is_some()
            && snapshot.kind(id) == Some(DocumentKind::Dockerfile)
            && snapshot.settings(id).hints.prediction
            && !self.forecasts.of_documents.get(id).is_some_and(|asked| asked.is_blind)
    }

    /// Has a worker answer the newest question about a document, one at a time.
    fn look(&mut self, id: &DocumentId) {
        let planner = self.planner();
        let (builder, events) = (self.builds.builder(), self.events.clone());
        let Some(folder) = self.builds.cache_folder.clone() else { return };
        // What a running build makes of the builder's cache is known when it is kept: then it is looked up.
        if self.builds.text_in_work(id).is_some() {
            return;
        }
        let Some(uri) = self.open.get(id).map(|open| open.uri.clone()) else { return };
        let Some(asked) = self.forecasts.of_documents.get_mut(id) else { return };
        if !asked.looking.start() {
            return;
        }
        let chosen =
            Arguments { target: asked.target.clone(), caller: asked.caller.clone(), ..Arguments::of(uri) };
        let newest = Arc::clone(&asked.newest);
        let number = newest.load(Ordering::Relaxed);
        asked.looked_at = number;
        let id = id.clone();
        let look = move || {
            let asks = || !planner.untrusted && builder.is_near();
            let is_behind = || newest.load(Ordering::Relaxed) != number;
            let look =
                Look { folder: &folder, builder: builder.as_ref(), asks: &asks, is_behind: &is_behind };
            look.at_chosen(chosen, &planner)
        };
        self.workers.look(look, move |found| {
            let _ = events.send(Event::Forecast(id, Told::Found(number, found)));
        });
    }

    fn take_forecast(&mut self, id: &DocumentId, found: Found) {
        match found {
            Found::Forecast(seen) if seen.is_known() => {
                self.say_if_unchecked(id, seen.unchecked());
                let (forecast, inputs) = seen.into_forecast();
                self.show_forecast(id, Some(forecast), inputs);
            }
            Found::Behind => {}
            _ => self.show_forecast(id, None, None),
        }
    }

    /// Says that a forecast was not checked against the builder's cache, where the one before it was.
    fn say_if_unchecked(&mut self, id: &DocumentId, unchecked: Option<&str>) {
        let Some(asked) = self.forecasts.of_documents.get_mut(id) else { return };
        let has_been_said = std::mem::replace(&mut asked.is_unchecked, unchecked.is_some());
        if let Some(notice) = unchecked.filter(|_| !has_been_said) {
            self.client.log(MessageType::INFO, format!("the next build: {notice}"));
        }
    }

    fn show_forecast(&mut self, id: &DocumentId, forecast: Option<Forecast>, inputs: Option<Inputs>) {
        let snapshot = self.host.snapshot();
        let is_other = match (snapshot.forecast(id), &forecast) {
            (None, None) => false,
            (Some(before), Some(now)) => !before.is_like(now),
            _ => true,
        };
        if let Some(asked) = self.forecasts.of_documents.get_mut(id)
            && asked.inputs != inputs
        {
            asked.inputs = inputs;
            self.follow_inputs(id);
        }
        if snapshot.forecast(id).is_some() || forecast.is_some() {
            self.host.set_forecast(id, forecast);
        }
        if is_other {
            self.refresh_hints();
        }
    }
}
