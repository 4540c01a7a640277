//! An image's archive, as `docker save` and the engine's `/images/{name}/get` give it, of either image store: its configuration and its layers.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::os::unix::fs::FileExt as _;
use std::path::{Component, Path};
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A longer manifest or configuration is none.
const MOST_JSON: u64 = 16 << 20;

/// An archive on disk.
#[derive(Debug)]
pub(crate) struct ImageArchive {
    file: Arc<File>,
    /// Where each file of it begins, and its bytes.
    blobs: HashMap<String, (u64, u64)>,
    manifest: Manifest,
}

/// The part of `manifest.json` that names the layers, from the lowest one up, and the configuration.
#[derive(Debug, Deserialize)]
struct Manifest {
    #[serde(rename = "Config")]
    configuration: String,
    #[serde(rename = "Layers")]
    layers: Vec<String>,
}

/// How a layer is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Not at all.
    Plain,
    Gzip,
    Zstandard,
}

impl ImageArchive {
    /// Reads what an archive has. None where its manifest names no image.
    pub(crate) fn open(mut file: File) -> io::Result<Option<Self>> {
        file.rewind()?;
        let mut blobs = HashMap::new();
        // Docker before 25 writes a layer that stands twice once, and a symbolic link for the other one.
        let mut links = Vec::new();
        let mut manifest = None;
        for entry in tar::Archive::new(BufReader::new(&file)).entries_with_seek()? {
            let mut entry = entry?;
            let name = entry.path()?.display().to_string();
            if let Some(target) = entry.link_name()? {
                links.push((name, beside(&entry.path()?, &target)));
                continue;
            }
            if name == "manifest.json" {
                let mut text = String::new();
                entry.by_ref().take(MOST_JSON).read_to_string(&mut text)?;
                manifest = serde_json::from_str::<Vec<Manifest>>(&text)?.into_iter().next();
            }
            blobs.insert(name, (entry.raw_file_position(), entry.size()));
        }
        for (name, target) in links {
            if let Some(place) = blobs.get(&target).copied() {
                blobs.insert(name, place);
            }
        }
        let file = Arc::new(file);
        Ok(manifest.map(|manifest| Self { file, blobs, manifest }))
    }

    /// The names of the layers, from the lowest one up.
    pub(crate) fn layers(&self) -> &[String] {
        &self.manifest.layers
    }

    /// The image's configuration.
    pub(crate) fn configuration<T: DeserializeOwned>(&self) -> io::Result<T> {
        let (blob, _) = self.blob(&self.manifest.configuration)?;
        Ok(serde_json::from_reader(blob.take(MOST_JSON))?)
    }

    /// A layer as it lies there, how it is packed, and its bytes.
    pub(crate) fn layer(&self, name: &str) -> io::Result<(BufReader<Part>, Packing, u64)> {
        let (mut blob, size) = self.blob(name)?;
        let head = blob.fill_buf()?;
        let packing = if head.starts_with(&[0x1f, 0x8b]) {
            Packing::Gzip
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Packing::Zstandard
        } else {
            Packing::Plain
        };
        Ok((blob, packing, size))
    }

    fn blob(&self, name: &str) -> io::Result<(BufReader<Part>, u64)> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, format!("the archive has no {name}"));
        let (start, size) = *self.blobs.get(name).ok_or_else(missing)?;
        let part = Part { file: Arc::clone(&self.file), at: start, end: start.saturating_add(size) };
        Ok((BufReader::with_capacity(1 << 16, part), size))
    }
}

/// A part of a file. Several are read beside each other.
#[derive(Debug)]
pub(crate) struct Part {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let count = self.file.read_at(&mut buffer[..most], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// The path that a link means, against the folder that it stands in.
fn beside(link: &Path, target: &Path) -> String {
    let mut path: Vec<&str> = Vec::new();
    let whole = link.parent().unwrap_or(Path::new("")).join(target);
    for part in whole.components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.extend(name.to_str()),
            _ => {}
        }
    }
    path.join("/")
}
