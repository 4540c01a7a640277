//! Keeps how the editor's builds went, so that the next one can be told before it starts. Beside the loop: nothing waits for it.

use std::path::Path;
use std::sync::Arc;

use inner_loop::{BuildRecord, BuildRequest, Builder};
use tokio::task::JoinHandle;
use workspace::foresight::{Foresight, Planned};

/// A build that is going to be kept.
pub(crate) struct Recording {
    builder: Arc<dyn Builder>,
    planning: JoinHandle<Option<(Foresight, Planned)>>,
}

impl Recording {
    /// Reads what a build is made of, as it starts.
    pub(crate) fn start(folder: &Path, request: &BuildRequest, builder: &Arc<dyn Builder>) -> Self {
        let (folder, request) = (folder.to_owned(), request.clone());
        let planner = Arc::clone(builder);
        let planning = tokio::task::spawn_blocking(move || {
            let foresight = Foresight::open(&folder)
                .inspect_err(
                    |error| tracing::warn!(%error, folder = %folder.display(), "builds cannot be kept"),
                )
                .ok()?;
            let planned = foresight
                .plan(&request, |images| planner.state(images))
                .inspect_err(|error| tracing::debug!(%error, "the build cannot be planned"))
                .ok()?;
            Some((foresight, planned))
        });
        Self { builder: Arc::clone(builder), planning }
    }

    /// Keeps how the build went.
    pub(crate) fn finish(self, record: BuildRecord, vertices: Vec<Option<String>>) -> JoinHandle<()> {
        tokio::spawn(async move {
            let Ok(Some((foresight, planned))) = self.planning.await else { return };
            let keep = move || foresight.remember(&planned, &record, &vertices, self.builder.as_ref());
            if let Ok(Err(error)) = tokio::task::spawn_blocking(keep).await {
                tracing::warn!(%error, "the build cannot be kept");
            }
        })
    }
}
