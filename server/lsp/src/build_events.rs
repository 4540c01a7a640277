//! The events of builds, for a client that wants to show more than progress: lists of what `layerwise build --progress json` prints, by
//! `$/progress` under the token that the client gave at the start.
//!
//! They come as fast as anyone reads and no faster: a step may write a thousand lines in a moment.

use std::time::Instant;

use ide::DocumentId;
use inner_loop::{BuildId, BuildRequest, Update};
use serde_json::{Value, json};
use tower_lsp::ls_types::notification::Progress;
use tower_lsp::ls_types::{ProgressToken, Uri};

use crate::client::ClientHandle;
use crate::event::Event;
use crate::main_loop::MainLoop;
use crate::progress::INTERVAL;

/// The events of the running build that the client has not been told.
#[derive(Debug)]
pub(crate) struct BuildEvents {
    token: ProgressToken,
    /// The build, its Dockerfile, and the stage that is built.
    of: Option<(BuildId, Uri, String)>,
    last_told: Option<Instant>,
    untold: Vec<Value>,
}

impl BuildEvents {
    pub(crate) fn new(token: ProgressToken) -> Self {
        Self { token, of: None, last_told: None, untold: Vec::new() }
    }

    /// Sends what was held back.
    fn tell(&mut self, client: &ClientHandle) {
        let events = std::mem::take(&mut self.untold);
        let Some((id, uri, _)) = self.of.as_ref().filter(|_| !events.is_empty()) else { return };
        self.last_told = Some(Instant::now());
        let value = json!({"uri": uri, "build": id.0, "events": events});
        client.notify_json::<Progress>(json!({"token": self.token, "value": value}).to_string());
    }
}

impl MainLoop {
    /// A build begins: the events are its own from now on.
    pub(crate) fn begin_build_events(&mut self, id: BuildId, document: &DocumentId, request: &BuildRequest) {
        let Some(told) = &mut self.builds.told_events else { return };
        let target = request.target.clone();
        let target = target.or_else(|| Some(request.model().final_stage()?.display_name()));
        let uri = self.open.get(document).map(|open| open.uri.clone());
        told.of = uri.map(|uri| (id, uri, target.unwrap_or_default()));
        told.last_told = None;
    }

    /// Tells the client of an update, now or soon.
    pub(crate) fn tell_build_event(&mut self, update: &Update, file: &str) {
        let Some(told) = &mut self.builds.told_events else { return };
        let target = told.of.as_ref().map_or("", |(_, _, target)| target);
        let Some(event) = ide::build_events::event(update, file, target) else { return };
        told.untold.push(event);
        let since = told.last_told.map(|last| last.elapsed());
        match since.filter(|since| *since < INTERVAL && !matches!(update, Update::Finished { .. })) {
            None => told.tell(&self.client),
            // The first that is held back has the others sent with it.
            Some(since) if told.untold.len() == 1 => {
                let events = self.events.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(INTERVAL.saturating_sub(since)).await;
                    let _ = events.send(Event::BuildEventsDue);
                });
            }
            Some(_) => {}
        }
    }

    /// The time to hold events back is over.
    pub(crate) fn build_events_due(&mut self) {
        if let Some(told) = &mut self.builds.told_events {
            told.tell(&self.client);
        }
    }
}
