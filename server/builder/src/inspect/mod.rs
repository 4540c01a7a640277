//! What is in an image: its archive from the engine, read layer by layer.

mod layer;

use std::fs::File;
use std::io;

use inner_loop::inspection::{Entry, HistoryStep, Inspection, Layer, Leak, Overfull, Tree};
use serde::Deserialize;

use self::layer::{Read as ReadLayer, read};
use crate::image_archive::ImageArchive;
use crate::images::Images;
use crate::scan::shapes::Shapes;

/// The part of an image's configuration that is told.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Configuration {
    os: String,
    architecture: String,
    variant: String,
    config: Settings,
    history: Vec<History>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Settings {
    user: String,
    env: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct History {
    created_by: String,
    empty_layer: bool,
}

impl Images {
    /// What is in an image that the engine has, by any of its names.
    ///
    /// # Errors
    /// One line: the engine has no such image, or does not give it.
    pub async fn inspection(&self, name: &str) -> Result<Inspection, String> {
        let inspected = self.engine.docker.inspect_image(name).await;
        let inspected = inspected.map_err(|error| match error {
            bollard::errors::Error::DockerResponseServerError { status_code: 404, .. } => {
                format!("the engine has no image {name}: build or pull it first")
            }
            error => format!("the engine does not tell of {name}: {error}"),
        })?;
        let failed = |error: io::Error| format!("the archive of {name} cannot be read: {error}");
        let archive = self.archive(name).await?;
        let inspection = tokio::task::spawn_blocking(move || inspect(archive)).await;
        let inspection = inspection.map_err(|error| error.to_string())?;
        let inspection = inspection.map_err(failed)?;
        Ok(Inspection { id: inspected.id.unwrap_or_default(), ..inspection })
    }
}

/// What is in an image's archive.
fn inspect(archive: File) -> io::Result<Inspection> {
    let Some(archive) = ImageArchive::open(archive)? else {
        return Err(io::Error::other("it names no image"));
    };
    let configuration: Configuration = archive.configuration()?;
    let mut inspector = Inspector {
        shapes: Shapes::new()?,
        tree: Tree::default(),
        layers: Vec::new(),
        leaks: Vec::new(),
        told: layer::Told::default(),
    };
    for name in archive.layers() {
        inspector.layer(&archive, name)?;
    }
    let Inspector { tree, mut layers, leaks, .. } = inspector;
    for (layer, sums) in layers.iter_mut().zip(tree.layers()) {
        (layer.files, layer.bytes, layer.wasted) = (sums.files, sums.bytes, sums.wasted);
    }
    let leaks = leaks.into_iter().map(|(layer, path, kind)| Leak {
        layer,
        is_hidden: tree.layer_of(&path) != Some(layer),
        path: format!("/{}", String::from_utf8_lossy(&path).trim_start_matches("./").trim_start_matches('/')),
        kind,
    });
    let mut next = 0..layers.len();
    let history = configuration.history.into_iter().map(|entry| HistoryStep {
        created_by: entry.created_by,
        layer: if entry.empty_layer { None } else { next.next() },
    });
    let (files, visible_bytes) = tree.visible();
    let platform = [configuration.os, configuration.architecture, configuration.variant];
    Ok(Inspection {
        id: String::new(),
        platform: platform.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"),
        user: configuration.config.user,
        environment: configuration.config.env.unwrap_or_default(),
        history: history.collect(),
        leaks: leaks.collect(),
        files,
        visible_bytes,
        biggest: tree.biggest(),
        wasted: tree.wasted().to_vec(),
        layers,
    })
}

/// Reads the layers, from the lowest one up.
struct Inspector {
    shapes: Shapes,
    tree: Tree,
    layers: Vec<Layer>,
    /// Layer, path and kind.
    leaks: Vec<(usize, Vec<u8>, &'static str)>,
    told: layer::Told,
}

impl Inspector {
    fn layer(&mut self, archive: &ImageArchive, name: &str) -> io::Result<()> {
        let number = self.layers.len();
        self.tree.begin_layer();
        let (tree, leaks) = (&mut self.tree, &mut self.leaks);
        let overfull = |Overfull| io::Error::other("it has more files than can be looked at");
        let add = |path: &[u8], entry: Entry<'_>| tree.add(path, entry).map_err(overfull);
        let leak = |path: &[u8], kind| leaks.push((number, path.to_vec(), kind));
        let ReadLayer { compressed, unread } =
            read(archive, name, &mut self.told, &mut self.shapes, add, leak)?;
        self.layers.push(Layer { compressed, unread, inside: self.told.inside(), ..Layer::default() });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
