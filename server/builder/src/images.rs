//! What the engine knows of images: configuration, history, archive. BuildKit alone has none of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::time::Duration;

use bollard::models::ImageInspect;
use futures::StreamExt;
use semantic::ImageFacts;
use semantic::image_reference::ImageReference;
use tokio::io::AsyncWriteExt;

use crate::engine::Engine;
use crate::find;
use crate::surroundings::Surroundings;

/// How many images are looked at for one Dockerfile.
const IMAGES_LIMIT: usize = 50;
/// How long an engine may take to the first byte of an archive: it gathers all of the image before that.
const EXPORT_LIMIT: Duration = Duration::from_secs(1800);

/// An engine, asked about images and for trial runs of them.
#[derive(Clone)]
pub struct Images {
    pub(crate) engine: Engine,
}

/// What an engine has.
#[derive(Debug, Default)]
pub(crate) struct KnownImages {
    /// The names of all images, with their tags.
    pub(crate) names: BTreeSet<String>,
    /// The configurations of some of them, by the same names.
    pub(crate) configurations: BTreeMap<String, ImageFacts>,
}

impl Images {
    /// Connects to the engine at `host`, else to the one that is found.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub async fn connect(host: Option<&str>, surroundings: &Surroundings) -> Result<Self, String> {
        let found = find::find(host, surroundings).await?;
        let engine = Engine::connect(&found.address).await.map_err(|error| {
            format!("{} does not answer as a Docker engine ({error}); images need one", found.address)
        })?;
        Ok(Self { engine })
    }

    /// The configuration of an image that the engine has, by any of its names; absent where it has none of that name.
    pub async fn facts(&self, name: &str) -> Option<ImageFacts> {
        let image = self.engine.docker.inspect_image(name).await.ok()?;
        Some(from_inspection(image))
    }

    /// The names of all tagged images, and the configurations of those whose repository one of `names` has.
    pub(crate) async fn known(&self, names: &[String]) -> KnownImages {
        let wanted: Vec<_> = names.iter().filter_map(|name| ImageReference::parse(name).ok()).collect();
        let options = Some(bollard::query_parameters::ListImagesOptions::default());
        let listed = self.engine.docker.list_images(options).await.unwrap_or_default();
        let mut known = KnownImages::default();
        for tag in listed.into_iter().flat_map(|image| image.repo_tags) {
            // What has no name is `<none>:<none>`.
            let Ok(reference) = ImageReference::parse(&tag) else { continue };
            let is_wanted = wanted.iter().any(|name| {
                (&name.registry, &name.repository) == (&reference.registry, &reference.repository)
            });
            if is_wanted
                && known.configurations.len() < IMAGES_LIMIT
                && let Some(facts) = self.facts(&tag).await
            {
                known.configurations.insert(tag.clone(), facts);
            }
            known.names.insert(tag);
        }
        known
    }

    /// The commands that made an image, newest first, and its configuration, as one text.
    ///
    /// # Errors
    /// One line that says what is wrong.
    pub async fn history(&self, image: &str) -> Result<String, String> {
        let items = self.engine.docker.image_history(image).await.map_err(|error| error.to_string())?;
        let inspected = self.engine.docker.inspect_image(image).await.map_err(|error| error.to_string())?;
        let mut text: String =
            items.into_iter().map(|item| format!("{}\n{}\n", item.created_by, item.comment)).collect();
        text += &serde_json::to_string(&inspected).map_err(|error| error.to_string())?;
        Ok(text)
    }

    /// Writes an image's archive, as `docker save` does.
    ///
    /// # Errors
    /// One line that says what is wrong.
    pub async fn save(&self, image: &str, file: File) -> Result<(), String> {
        let failed = |error: io::Error| format!("the archive of {image} cannot be written: {error}");
        let mut file = tokio::fs::File::from_std(file);
        let docker = self.engine.docker.clone().with_timeout(EXPORT_LIMIT);
        let mut stream = std::pin::pin!(docker.export_image(image));
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| format!("the engine cannot export {image}: {error}"))?;
            file.write_all(&chunk).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)
    }

    /// An image's archive, in a file that has no name: nothing of it is left, however this program ends.
    ///
    /// # Errors
    /// One line that says what is wrong.
    pub(crate) async fn archive(&self, image: &str) -> Result<File, String> {
        let failed = |error: io::Error| format!("there is no place for the archive of {image}: {error}");
        let file = tempfile::tempfile().map_err(failed)?;
        self.save(image, file.try_clone().map_err(failed)?).await?;
        Ok(file)
    }

    /// Removes an image by name or Id, unless something else uses it. Whether it was removed.
    pub async fn remove(&self, image: &str) -> bool {
        let options = bollard::query_parameters::RemoveImageOptions {
            noprune: false,
            force: false,
            ..Default::default()
        };
        self.engine.docker.remove_image(image, Some(options), None).await.is_ok()
    }
}

fn from_inspection(image: ImageInspect) -> ImageFacts {
    let config = image.config.unwrap_or_default();
    let pairs = config.env.unwrap_or_default();
    let pairs: Vec<(&str, &str)> = pairs.iter().filter_map(|pair| pair.split_once('=')).collect();
    let environment = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let pulled = image.repo_digests.unwrap_or_default();
    let digest = pulled.iter().find_map(|name| name.split_once('@')).map(|(_, digest)| digest.to_owned());
    let parts = [image.os, image.architecture, image.variant].into_iter().flatten();
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    let mut ports = config.exposed_ports.unwrap_or_default();
    ports.sort();
    let layer_digests = image.root_fs.and_then(|files| files.layers).unwrap_or_default();
    ImageFacts {
        environment: environment.collect(),
        workdir: config.working_dir.unwrap_or_default(),
        user: config.user.unwrap_or_default(),
        shell: config.shell.unwrap_or_default(),
        entrypoint: config.entrypoint.unwrap_or_default(),
        command: config.cmd.unwrap_or_default(),
        size: image.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
        digest: digest.or(image.id).unwrap_or_default(),
        pulled,
        created: image.created.unwrap_or_default(),
        layers: layer_digests.len(),
        platform: parts.join("/"),
        ports,
        environment_names: pairs.iter().map(|(name, _)| (*name).to_owned()).collect(),
        layer_digests,
        triggers: config.on_build.unwrap_or_default(),
    }
}
