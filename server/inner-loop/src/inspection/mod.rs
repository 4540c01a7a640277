//! What is in an image, layer by layer: what each adds and what of it later ones hide, which line of a Dockerfile made it, what secrets lie
//! in it.
//!
//! The arithmetic alone: who reads archives hands in their entries.

pub mod lines;
mod tree;

pub use tree::{Entry, Overfull, Tree, Wasted};

use crate::proof::SizedPath;

/// An image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inspection {
    /// Its Id, as the engine gives it.
    pub id: String,
    /// Such as `linux/amd64`.
    pub platform: String,
    /// Who runs it; empty for root.
    pub user: String,
    /// Its variables, as `NAME=value`.
    pub environment: Vec<String>,
    /// What made it, from the first on, instructions without files included.
    pub history: Vec<HistoryStep>,
    /// Its layers, from the lowest one up.
    pub layers: Vec<Layer>,
    /// What its files are that can be seen.
    pub files: usize,
    /// Their bytes.
    pub visible_bytes: u64,
    /// The biggest of them, with the layer that each is in.
    pub biggest: Vec<(SizedPath, usize)>,
    /// The biggest of those that are hidden by later layers.
    pub wasted: Vec<Wasted>,
    /// What looks like a secret, in order of the layers.
    pub leaks: Vec<Leak>,
}

/// An entry of an image's history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryStep {
    /// What the builder says made it.
    pub created_by: String,
    /// The layer, from 0, where it made one.
    pub layer: Option<usize>,
}

/// A layer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layer {
    /// Its files.
    pub files: usize,
    /// The bytes of their contents.
    pub bytes: u64,
    /// Those of files that later layers overwrite or hide.
    pub wasted: u64,
    /// Its bytes as a registry keeps them.
    pub compressed: Compressed,
    /// Why its files are not known, where that is so; then it counts as if it had none.
    pub unread: Option<String>,
    /// What the image is with this layer on top.
    pub inside: Inside,
}

/// The bytes of a layer as a registry keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compressed {
    /// It came so.
    Exact(u64),
    /// It was compressed here, all of it or samples: another program may come to another figure.
    About(u64),
    /// Not known.
    #[default]
    Unknown,
}

/// What the files of an image say of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inside {
    /// The distribution by its own full name.
    pub os: Option<String>,
    /// The installed packages of each package manager that keeps a list which can be read.
    pub packages: Vec<(PackageManager, usize)>,
    /// Whether there is a database of RPM, which is not read.
    pub has_rpm: bool,
}

/// Who keeps a list of packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PackageManager {
    /// Debian's, and Distroless images'.
    Dpkg,
    /// Alpine's.
    Apk,
}

/// Something that looks like a secret. Its value is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The layer, from 0.
    pub layer: usize,
    /// The file, from the root.
    pub path: String,
    /// What it looks like, such as `GitHub token`.
    pub kind: &'static str,
    /// Whether a later layer hides the file: whoever has the image has the layer all the same.
    pub is_hidden: bool,
}

impl Inspection {
    /// Bytes of all layers.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.layers.iter().map(|layer| layer.bytes).sum()
    }

    /// Bytes of files that later layers overwrite or hide.
    #[must_use]
    pub fn wasted_bytes(&self) -> u64 {
        self.layers.iter().map(|layer| layer.wasted).sum()
    }

    /// The part of the bytes that can be seen in the image, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few digits are shown")]
    pub fn efficiency(&self) -> f64 {
        match self.bytes() {
            0 => 1.0,
            all => 1.0 - self.wasted_bytes() as f64 / all as f64,
        }
    }

    /// Bytes as a registry keeps them; absent where they are not known of some layer, and whether all of them are exact.
    #[must_use]
    pub fn compressed_bytes(&self) -> Option<(u64, bool)> {
        self.layers.iter().try_fold((0, true), |(sum, exact), layer| match layer.compressed {
            Compressed::Exact(bytes) => Some((sum + bytes, exact)),
            Compressed::About(bytes) => Some((sum + bytes, false)),
            Compressed::Unknown => None,
        })
    }
}
