//! When it is said what a build needs the network for: as soon as the builder has told of its images, and again where it was missing.

use std::sync::{Arc, OnceLock};

use inner_loop::{BuildRequest, Builder, NetworkNeeds, Update};

use crate::outside;

/// The notices of one build, each said once.
pub(crate) struct NetworkNotices {
    needs: Arc<OnceLock<NetworkNeeds>>,
    said: bool,
}

impl NetworkNotices {
    /// Those of a build that begins now. Finding them out does not hold it up.
    pub(crate) fn of(request: &BuildRequest, builder: &Arc<dyn Builder>) -> Self {
        Self { needs: outside::network_needs(request, builder), said: false }
    }

    /// What is to be said before an update is shown.
    pub(crate) fn before(&mut self, update: &Update) -> Vec<String> {
        // The first event says which builder it is; the last one ends everything.
        if matches!(update, Update::Started { .. } | Update::Finished { .. }) {
            return Vec::new();
        }
        let Some(needs) = self.needs.get() else { return Vec::new() };
        let mut notices = Vec::new();
        if !std::mem::replace(&mut self.said, true) {
            notices.extend(needs.notice());
        }
        if let Update::Problem(problem) = update
            && problem.message.contains("could not be resolved")
        {
            notices.extend(needs.commands_notice());
        }
        notices
    }
}
