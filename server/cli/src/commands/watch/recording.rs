//! Keeps how watched builds went, so that the next one can be told before it starts. Beside the loop: nothing waits for it.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use inner_loop::{BuildRecord, BuildRequest, Builder};
use workspace::foresight::{Foresight, Planned};

use crate::outside;

/// A build that is going to be kept.
pub(super) struct Recording {
    builder: Arc<dyn Builder>,
    planning: JoinHandle<Option<(Foresight, Planned)>>,
}

impl Recording {
    /// Reads what a build is made of, as it starts.
    pub(super) fn start(request: &BuildRequest, builder: &Arc<dyn Builder>) -> Self {
        let (request, planner) = (request.clone(), Arc::clone(builder));
        let planning = thread::spawn(move || {
            let planned = outside::plan(&request, planner.as_ref());
            planned.inspect_err(|error| tracing::debug!(%error, "the build cannot be planned")).ok()
        });
        Self { builder: Arc::clone(builder), planning }
    }

    /// Keeps how the build went.
    pub(super) fn finish(self, record: BuildRecord, vertices: Vec<Option<String>>) {
        thread::spawn(move || {
            let Ok(Some((foresight, planned))) = self.planning.join() else { return };
            if let Err(error) = foresight.remember(&planned, &record, &vertices, self.builder.as_ref()) {
                tracing::warn!(%error, "the build cannot be kept");
            }
        });
    }
}
