//! The image that a build left in the engine's store.

use std::collections::HashMap;

use bollard::models::{ImageHistoryResponseItem, ImageInspect};
use inner_loop::{BuiltImage, HistoryEntry};

use crate::engine::Engine;

/// Inspects the image that the exporter names. None where the engine does not know it.
pub(crate) async fn inspect(engine: &Engine, exported: &HashMap<String, String>) -> Option<BuiltImage> {
    // With the containerd store the image's id is the manifest's digest, with the older stores the configuration's.
    for key in ["containerimage.digest", "containerimage.config.digest"] {
        let Some(digest) = exported.get(key) else { continue };
        match engine.docker.inspect_image(digest).await {
            Ok(ImageInspect { id: Some(id), size, .. }) => {
                return Some(BuiltImage {
                    id,
                    size: size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                    history: history(engine, digest).await,
                });
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, digest, "the image cannot be inspected"),
        }
    }
    None
}

/// What each instruction added, oldest first.
async fn history(engine: &Engine, image: &str) -> Vec<HistoryEntry> {
    let entries = engine.docker.image_history(image).await.unwrap_or_else(|error| {
        tracing::debug!(%error, image, "the image has no history");
        Vec::new()
    });
    let entry = |item: ImageHistoryResponseItem| HistoryEntry {
        created_by: item.created_by,
        bytes: u64::try_from(item.size).unwrap_or(0),
    };
    entries.into_iter().rev().map(entry).collect()
}
