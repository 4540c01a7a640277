//! `$/progress` of one build: begin once the client has made the token, at most ten reports a second, one end.

use std::time::{Duration, Instant};

use inner_loop::BuildId;
use tower_lsp::ls_types::notification::Progress as ProgressNotification;
use tower_lsp::ls_types::{
    NumberOrString, ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress,
    WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport,
};

use crate::client::ClientHandle;

/// Reports are at least this far apart.
pub(crate) const INTERVAL: Duration = Duration::from_millis(100);

/// The progress of one build.
#[derive(Debug)]
pub(crate) struct Progress {
    token: ProgressToken,
    title: String,
    begun: bool,
    last_report: Option<Instant>,
    /// What the client has not been told yet.
    unsent: Option<String>,
    /// Why the build has ended, where that was before the client made the token.
    ended: Option<String>,
}

/// What is to be done after a report was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reported {
    /// Nothing.
    Settled,
    /// Ask again with [`Progress::flush`] after this time.
    Later(Duration),
}

/// The token of a build.
pub(crate) fn token(id: BuildId) -> ProgressToken {
    NumberOrString::String(format!("layerwise/build/{}", id.0))
}

/// The build of a token, if it is one of ours.
pub(crate) fn build_of(token: &ProgressToken) -> Option<BuildId> {
    match token {
        NumberOrString::String(text) => text.strip_prefix("layerwise/build/")?.parse().ok().map(BuildId),
        NumberOrString::Number(_) => None,
    }
}

impl Progress {
    pub(crate) fn new(token: ProgressToken, title: String) -> Self {
        Self { token, title, begun: false, last_report: None, unsent: None, ended: None }
    }

    /// The client has made the token. Returns whether the end was told with it.
    pub(crate) fn begin(&mut self, client: &ClientHandle) -> bool {
        self.begun = true;
        let message = self.unsent.take();
        self.last_report = Some(Instant::now());
        let begin = WorkDoneProgressBegin {
            title: self.title.clone(),
            cancellable: Some(true),
            message,
            percentage: None,
        };
        self.send(client, WorkDoneProgress::Begin(begin));
        self.ended.take().is_some_and(|message| self.end(client, message))
    }

    /// Tells what the build is doing, now or soon.
    pub(crate) fn report(&mut self, client: &ClientHandle, message: String) -> Reported {
        let waits = self.unsent.replace(message).is_some();
        match self.last_report.map(|last| last.elapsed()) {
            // Sent with the begin.
            _ if !self.begun => Reported::Settled,
            Some(elapsed) if elapsed < INTERVAL && waits => Reported::Settled,
            Some(elapsed) if elapsed < INTERVAL => Reported::Later(INTERVAL - elapsed),
            _ => {
                self.flush(client);
                Reported::Settled
            }
        }
    }

    /// Sends what was held back.
    pub(crate) fn flush(&mut self, client: &ClientHandle) {
        let Some(message) = self.unsent.take().filter(|_| self.begun) else { return };
        self.last_report = Some(Instant::now());
        let report =
            WorkDoneProgressReport { cancellable: Some(true), message: Some(message), percentage: None };
        self.send(client, WorkDoneProgress::Report(report));
    }

    /// The build has ended. Returns whether that was said; else it is after [`Progress::begin`].
    pub(crate) fn end(&mut self, client: &ClientHandle, message: String) -> bool {
        if !self.begun {
            self.ended = Some(message);
            return false;
        }
        self.send(client, WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(message) }));
        true
    }

    fn send(&self, client: &ClientHandle, value: WorkDoneProgress) {
        let params =
            ProgressParams { token: self.token.clone(), value: ProgressParamsValue::WorkDone(value) };
        client.notify::<ProgressNotification>(params);
    }
}
