//! Events on their way to whoever asked for the build: in order, timed from the request, without secrets, `Finished` last and once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use inner_loop::test_results::ReportFile;
use inner_loop::{BuildEvent, BuildFailure, BuildOutcome, EventSink, Progress, Update};

use crate::redaction::Redaction;

/// Passes events on.
pub(crate) struct Reporter {
    sink: EventSink,
    started: Instant,
    finished: AtomicBool,
    redaction: Mutex<Redaction>,
    /// The steps, where it will be asked which one failed.
    steps: Mutex<Option<Progress>>,
}

impl Reporter {
    pub(crate) fn new(sink: EventSink) -> Self {
        Self {
            sink,
            started: Instant::now(),
            finished: AtomicBool::new(false),
            redaction: Mutex::default(),
            steps: Mutex::default(),
        }
    }

    /// Seconds since the build was asked for.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// From now on it is known which step fails.
    pub(crate) fn follow(&self, steps: Progress) {
        *self.steps.lock().unwrap_or_else(PoisonError::into_inner) = Some(steps);
    }

    /// The line of the step that failed, from 1, where the steps were followed.
    pub(crate) fn failed_line(&self, failure: &BuildFailure) -> Option<u32> {
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner).take();
        let end = BuildEvent::Finished { outcome: BuildOutcome::Failed(failure.clone()), seconds: 0.0 };
        steps?.apply(end).into_iter().find_map(|update| match update {
            Update::Problem(problem) => Some(problem.line),
            _ => None,
        })
    }

    /// A secret was handed to the builder: what steps print of it is not passed on.
    pub(crate) fn hide(&self, secret: &[u8]) {
        self.redaction.lock().unwrap_or_else(PoisonError::into_inner).hide(secret);
    }

    /// Passes an event on, unless the build is over.
    pub(crate) fn send(&self, event: BuildEvent) {
        let event = match event {
            BuildEvent::Log { vertex, stream, data } => {
                let mut redaction = self.redaction.lock().unwrap_or_else(PoisonError::into_inner);
                let data = redaction.pass(&vertex, stream, data);
                if data.is_empty() {
                    return;
                }
                BuildEvent::Log { vertex, stream, data }
            }
            BuildEvent::Report(ReportFile { path, content }) => {
                let redaction = self.redaction.lock().unwrap_or_else(PoisonError::into_inner);
                BuildEvent::Report(ReportFile {
                    path,
                    content: content.map(|bytes| redaction.without(bytes)),
                })
            }
            BuildEvent::Vertex(vertex) => {
                if let Some(steps) = &mut *self.steps.lock().unwrap_or_else(PoisonError::into_inner) {
                    steps.apply(BuildEvent::Vertex(vertex.clone()));
                }
                BuildEvent::Vertex(vertex)
            }
            other => other,
        };
        if !self.finished.load(Ordering::Acquire) {
            (self.sink)(event);
        }
    }

    pub(crate) fn notice(&self, text: impl Into<String>) {
        self.send(BuildEvent::Notice { text: text.into() });
    }

    /// Ends the build. Only the first call counts.
    pub(crate) fn finish(&self, outcome: BuildOutcome) {
        let held = self.redaction.lock().unwrap_or_else(PoisonError::into_inner).rest();
        if !self.finished.swap(true, Ordering::AcqRel) {
            for (vertex, stream, data) in held {
                (self.sink)(BuildEvent::Log { vertex, stream, data });
            }
            (self.sink)(BuildEvent::Finished { outcome, seconds: self.seconds() });
        }
    }
}
