//! When it is said what a build needs the network for: as soon as the builder has told of its images, and again where it was missing.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use inner_loop::{BuildRequest, Builder, NetworkNeeds, Update};

use crate::outside;

/// A build that fails at once is quicker than the builder's list of images: its failure waits this long for it.
const PATIENCE: Duration = Duration::from_secs(3);

/// The notices of one build, each said once.
pub(crate) struct NetworkNotices {
    found: mpsc::Receiver<NetworkNeeds>,
    needs: Option<NetworkNeeds>,
}

impl NetworkNotices {
    /// Those of a build that begins now. Finding them out does not hold it up.
    pub(crate) fn of(request: &BuildRequest, builder: &Arc<dyn Builder>) -> Self {
        Self { found: outside::network_needs(request, builder), needs: None }
    }

    /// What is to be said before an update is shown.
    pub(crate) fn before(&mut self, update: &Update) -> Vec<String> {
        // The first event says which builder it is; the last one ends everything.
        if matches!(update, Update::Started { .. } | Update::Finished { .. }) {
            return Vec::new();
        }
        let mut notices = Vec::new();
        if self.needs.is_none() {
            self.needs = match update {
                Update::Problem(_) => self.found.recv_timeout(PATIENCE).ok(),
                _ => self.found.try_recv().ok(),
            };
            notices.extend(self.needs.as_ref().and_then(NetworkNeeds::notice));
        }
        if let Update::Problem(problem) = update
            && problem.is_want_of_network()
        {
            notices.extend(self.needs.as_ref().and_then(NetworkNeeds::commands_notice));
        }
        notices
    }
}
