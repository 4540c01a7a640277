//! What a proof makes on the engine: names, written down before anything has them, and removed whatever happened.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::join_all;

use crate::images::Images;
use crate::session::new_id;
use crate::trial;

/// The names of what was made, or may have been.
#[derive(Default)]
pub(super) struct LeftOver {
    tags: Mutex<Vec<String>>,
    containers: Mutex<Vec<String>>,
}

impl LeftOver {
    /// A name for an image.
    pub(super) fn new_tag(&self) -> String {
        let tag = format!("layerwise-proof:{}", new_id());
        locked(&self.tags).push(tag.clone());
        tag
    }

    /// A name for a container.
    pub(super) fn new_container(&self) -> String {
        let name = trial::new_name();
        locked(&self.containers).push(name.clone());
        name
    }

    /// Removes all of it: containers first, for they hold the images.
    pub(super) async fn remove(&self, images: &Images) {
        let containers = std::mem::take(&mut *locked(&self.containers));
        join_all(containers.iter().map(|name| images.remove_trial(name))).await;
        let tags = std::mem::take(&mut *locked(&self.tags));
        join_all(tags.iter().map(|tag| images.remove(tag))).await;
    }
}

fn locked(names: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    names.lock().unwrap_or_else(PoisonError::into_inner)
}
