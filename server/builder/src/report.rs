//! Events on their way to whoever asked for the build: in order, timed from the request, `Finished` last and once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use inner_loop::{BuildEvent, BuildOutcome, EventSink};

/// Passes events on.
pub(crate) struct Reporter {
    sink: EventSink,
    started: Instant,
    finished: AtomicBool,
}

impl Reporter {
    pub(crate) fn new(sink: EventSink) -> Self {
        Self { sink, started: Instant::now(), finished: AtomicBool::new(false) }
    }

    /// Seconds since the build was asked for.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Passes an event on, unless the build is over.
    pub(crate) fn send(&self, event: BuildEvent) {
        if !self.finished.load(Ordering::Acquire) {
            (self.sink)(event);
        }
    }

    pub(crate) fn notice(&self, text: impl Into<String>) {
        self.send(BuildEvent::Notice { text: text.into() });
    }

    /// Ends the build. Only the first call counts.
    pub(crate) fn finish(&self, outcome: BuildOutcome) {
        if !self.finished.swap(true, Ordering::AcqRel) {
            (self.sink)(BuildEvent::Finished { outcome, seconds: self.seconds() });
        }
    }
}
