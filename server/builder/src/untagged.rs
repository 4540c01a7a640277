//! Builds without a tag leave no image behind but the newest of its kind.
//!
//! Of each kind (context, Dockerfile, target, platforms) the ids that we left are written down under the cache folder,
//! and removed after the next success. An image goes only if it is one that did not exist before we built it, that
//! nobody has tagged since, and that no container or other image uses: the engine refuses those, and is never forced.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use bollard::query_parameters::{ListImagesOptionsBuilder, RemoveImageOptionsBuilder};
use inner_loop::{BuildRequest, Pruned};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::Engine;

/// Ids of other engines, or of images in use, are kept for later; the oldest are forgotten.
const MAX_IDS: usize = 16;

/// The folder of the notes, in the cache folder.
pub(crate) const FOLDER: &str = "untagged";

/// Images of one kind.
pub(crate) struct Kind {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
struct Left {
    ids: Vec<String>,
}

impl Kind {
    /// The kind of a build. The context is canonical.
    pub(crate) fn of(request: &BuildRequest, context: &Path, cache_folder: &Path) -> Self {
        let dockerfile = request.dockerfile.canonicalize().unwrap_or_else(|_| request.dockerfile.clone());
        let key = format!(
            "{}\0{}\0{}\0{}",
            context.display(),
            dockerfile.display(),
            request.target.as_deref().unwrap_or_default(),
            request.platforms.join(",")
        );
        let name: String = Sha256::digest(key).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { path: cache_folder.join(FOLDER).join(format!("{name}.json")) }
    }

    fn left(&self) -> Left {
        let bytes = std::fs::read(&self.path).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Notes that `id` is the newest, and removes the earlier ones. `existing` are the ids from before the build.
    pub(crate) async fn replace(&self, engine: &Engine, id: &str, existing: &HashSet<String>) {
        let earlier = self.left().ids;
        let is_known = earlier.iter().any(|known| known == id);
        let is_ours = is_known || (!existing.contains(id) && !is_tagged(engine, id).await);
        let mut ids = Vec::new();
        for known in earlier.into_iter().filter(|known| known != id) {
            if !remove(engine, &known).await {
                ids.push(known);
            }
        }
        if is_ours {
            ids.push(id.to_owned());
        }
        let n_forgotten = ids.len().saturating_sub(MAX_IDS);
        ids.drain(..n_forgotten);
        if let Err(error) = self.write(&Left { ids }) {
            tracing::debug!(%error, path = %self.path.display(), "the image's id cannot be written down");
        }
    }

    fn write(&self, left: &Left) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let unfinished = self.path.with_extension(format!("{}.tmp", std::process::id()));
        std::fs::write(&unfinished, serde_json::to_vec(left)?)?;
        std::fs::rename(&unfinished, &self.path)
    }
}

/// Removes all images that are noted, of whatever kind, and the notes of those that are gone. How many were removed, and how many
/// could not be: somebody uses them, or they are another engine's.
pub(crate) async fn remove_all(engine: &Engine, cache_folder: &Path, pruned: &mut Pruned) {
    let own_bytes = own_bytes(engine).await;
    for entry in std::fs::read_dir(cache_folder.join(FOLDER)).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let kind = Kind { path };
        let mut kept = Vec::new();
        for id in kind.left().ids {
            if is_tagged(engine, &id).await {
                // Somebody has made it theirs.
                continue;
            }
            if remove(engine, &id).await {
                pruned.images += 1;
                pruned.image_bytes += own_bytes.get(&id).copied().unwrap_or(0);
            } else {
                kept.push(id);
            }
        }
        pruned.images_kept += kept.len();
        let written =
            if kept.is_empty() { std::fs::remove_file(&kind.path) } else { kind.write(&Left { ids: kept }) };
        if let Err(error) = written {
            tracing::debug!(%error, path = %kind.path.display(), "a note of images stays as it was");
        }
    }
}

/// Of each image without a tag the bytes that no other image has. Old engines do not tell.
async fn own_bytes(engine: &Engine) -> HashMap<String, u64> {
    let dangling = HashMap::from([("dangling", vec!["true"])]);
    let options = ListImagesOptionsBuilder::default().filters(&dangling).shared_size(true).build();
    let images = engine.docker.list_images(Some(options)).await.unwrap_or_default();
    let own = |image: &bollard::models::ImageSummary| match image.shared_size {
        shared @ 0.. => u64::try_from(image.size - shared).unwrap_or(0),
        _ => 0,
    };
    images.into_iter().map(|image| (image.id.clone(), own(&image))).collect()
}

/// The ids of the images without a tag. Listing all of them takes some stores long.
pub(crate) async fn existing(engine: &Engine) -> HashSet<String> {
    let dangling = HashMap::from([("dangling", vec!["true"])]);
    let options = ListImagesOptionsBuilder::default().filters(&dangling).build();
    match engine.docker.list_images(Some(options)).await {
        Ok(images) => images.into_iter().map(|image| image.id).collect(),
        Err(error) => {
            tracing::debug!(%error, "the images cannot be listed");
            HashSet::new()
        }
    }
}

/// Whether somebody has given the image a name: then it was there before a build without one.
async fn is_tagged(engine: &Engine, id: &str) -> bool {
    let image = engine.docker.inspect_image(id).await;
    image.is_ok_and(|image| image.repo_tags.is_some_and(|tags| !tags.is_empty()))
}

/// Removes an image that nobody uses. Whether there is nothing left to do about it.
async fn remove(engine: &Engine, id: &str) -> bool {
    let image = match engine.docker.inspect_image(id).await {
        Ok(image) => image,
        // Another engine may know it; an id costs nothing.
        Err(_) => return false,
    };
    if image.repo_tags.is_some_and(|tags| !tags.is_empty()) {
        return true;
    }
    let options = RemoveImageOptionsBuilder::default().force(false).noprune(true).build();
    match engine.docker.remove_image(id, Some(options), None).await {
        Ok(_) => true,
        Err(error) => {
            tracing::debug!(%error, id, "the previous image stays");
            false
        }
    }
}
