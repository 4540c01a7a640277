//! The files of an image as its layers are laid upon each other, and what becomes invisible on the way.
//!
//! Layers hide files of those below as the image specification says (`layer.md`, "Representing Changes"): a file in the place of another one,
//! a whiteout `.wh.NAME`, an opaque directory `.wh..wh..opq`, or a file in the place of a directory and the other way round. A whiteout never
//! hides what its own layer has. A file that goes by several names is there for as long as one of them is.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::proof::SizedPath;

/// How the name of a file begins that hides another one.
const WHITEOUT: &[u8] = b".wh.";

/// The name of the file that hides all that lower layers have in its folder.
const OPAQUE: &[u8] = b".wh..wh..opq";

/// Folders in folders deeper than this are no real file system's.
const MOST_LEVELS: usize = 1024;

/// More files than this are not kept in mind.
const MOST_FILES: usize = 4_000_000;

/// How many files are named.
const NAMED: usize = 10;

/// The files of an image.
#[derive(Debug, Default)]
pub struct Tree {
    root: Folder,
    contents: Vec<Content>,
    layers: Vec<Sums>,
    wasted: Vec<Wasted>,
}

/// An entry of a layer's archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A folder.
    Folder,
    /// A file with its bytes.
    File(u64),
    /// Another name of a file, which is named from the root.
    Link(&'a [u8]),
    /// What has no content: a symbolic link, a device.
    Other,
}

/// A file that is hidden by a later layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wasted {
    /// The file.
    pub file: SizedPath,
    /// The layer that has it, from 0.
    pub layer: usize,
    /// The layer that hides it.
    pub hidden_by: usize,
}

/// There are more files than can be kept in mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overfull;

/// What a layer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Files, links included.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Of these, the bytes of files that cannot be seen any more.
    pub wasted: u64,
}

type Folder = BTreeMap<Box<[u8]>, Node>;

#[derive(Debug)]
enum Node {
    Folder(Folder),
    /// Its content and the layer of this name for it.
    File(u32, u32),
}

#[derive(Debug)]
struct Content {
    bytes: u64,
    layer: u32,
    names: u32,
}

impl Tree {
    /// Begins the next layer.
    pub fn begin_layer(&mut self) {
        self.layers.push(Sums::default());
    }

    /// Adds an entry of the layer that was begun last.
    ///
    /// # Errors
    /// There are too many files.
    pub fn add(&mut self, path: &[u8], entry: Entry<'_>) -> Result<(), Overfull> {
        let parts = parts(path);
        let (Some((name, folders)), Some(layer)) = (parts.split_last(), self.layers.len().checked_sub(1))
        else {
            return Ok(());
        };
        if parts.len() > MOST_LEVELS {
            return Ok(());
        }
        if *name == OPAQUE {
            self.hide_below(folders, layer);
            return Ok(());
        }
        if let Some(name) = name.strip_prefix(WHITEOUT) {
            self.hide(folders, name, layer);
            return Ok(());
        }
        let content = match entry {
            Entry::Folder => None,
            Entry::File(bytes) => Some(self.content(bytes, layer)?),
            Entry::Other => Some(self.content(0, layer)?),
            Entry::Link(target) => Some(match self.find(target) {
                Some(content) => {
                    self.contents[content as usize].names += 1;
                    content
                }
                None => self.content(0, layer)?,
            }),
        };
        let mut gone = Vec::new();
        let folder = open(&mut self.root, folders, &mut gone);
        let old = match content {
            Some(content) => folder.insert((*name).into(), Node::File(content, number(layer))),
            None => match folder.get(*name) {
                Some(Node::Folder(_)) => None,
                _ => folder.insert((*name).into(), Node::Folder(Folder::new())),
            },
        };
        gone.extend(old.map(|old| (parts.join(&b'/'), old)));
        if content.is_some() {
            self.layers[layer].files += 1;
        }
        for (path, node) in gone {
            self.release(path, node, layer);
        }
        Ok(())
    }

    /// What each layer comes to.
    #[must_use]
    pub fn layers(&self) -> &[Sums] {
        &self.layers
    }

    /// The biggest hidden files, the biggest first.
    #[must_use]
    pub fn wasted(&self) -> &[Wasted] {
        &self.wasted
    }

    /// The layer of the file that can be seen at a path.
    #[must_use]
    pub fn layer_of(&self, path: &[u8]) -> Option<usize> {
        let parts = parts(path);
        let (name, folders) = parts.split_last()?;
        let folder = folders.iter().try_fold(&self.root, |folder, name| match folder.get(*name)? {
            Node::Folder(folder) => Some(folder),
            Node::File(..) => None,
        })?;
        match folder.get(*name)? {
            Node::File(_, layer) => Some(*layer as usize),
            Node::Folder(_) => None,
        }
    }

    /// How many files can be seen, and their bytes.
    #[must_use]
    pub fn visible(&self) -> (usize, u64) {
        let seen = self.contents.iter().filter(|content| content.names > 0);
        let names = seen.clone().map(|content| content.names as usize).sum();
        (names, seen.map(|content| content.bytes).sum())
    }

    /// The biggest files that can be seen, each with its layer; one that goes by several names is there once.
    #[must_use]
    pub fn biggest(&self) -> Vec<(SizedPath, usize)> {
        let mut sizes: Vec<u64> =
            self.contents.iter().filter(|content| content.names > 0).map(|content| content.bytes).collect();
        sizes.sort_unstable_by_key(|bytes| Reverse(*bytes));
        let least = sizes.get(NAMED - 1).or(sizes.last()).copied().unwrap_or_default().max(1);
        let mut found: Vec<(Vec<u8>, u32)> = Vec::new();
        let mut n_least = 0;
        collect(&self.root, &mut Vec::new(), &mut |path, content| {
            let bytes = self.contents[content as usize].bytes;
            // Of the smallest ones there may be any number.
            let is_one = bytes > least || (bytes == least && n_least < NAMED);
            if is_one && !found.iter().any(|(_, known)| *known == content) {
                n_least += usize::from(bytes == least);
                found.push((path.to_vec(), content));
            }
        });
        let mut biggest: Vec<(SizedPath, usize)> = found
            .into_iter()
            .map(|(path, content)| {
                let Content { bytes, layer, .. } = self.contents[content as usize];
                (SizedPath { path: shown(&path), bytes }, layer as usize)
            })
            .collect();
        biggest.sort_by(|(left, _), (right, _)| {
            right.bytes.cmp(&left.bytes).then_with(|| left.path.cmp(&right.path))
        });
        biggest.truncate(NAMED);
        biggest
    }

    fn content(&mut self, bytes: u64, layer: usize) -> Result<u32, Overfull> {
        if self.contents.len() >= MOST_FILES {
            return Err(Overfull);
        }
        self.layers[layer].bytes += bytes;
        self.contents.push(Content { bytes, layer: number(layer), names: 1 });
        Ok(number(self.contents.len() - 1))
    }

    /// The content of the file at a path.
    fn find(&self, path: &[u8]) -> Option<u32> {
        let parts = parts(path);
        let (name, folders) = parts.split_last()?;
        let folder = folders.iter().try_fold(&self.root, |folder, name| match folder.get(*name)? {
            Node::Folder(folder) => Some(folder),
            Node::File(..) => None,
        })?;
        match folder.get(*name)? {
            Node::File(content, _) => Some(*content),
            Node::Folder(_) => None,
        }
    }

    /// Hides what lower layers have under a name.
    fn hide(&mut self, folders: &[&[u8]], name: &[u8], layer: usize) {
        let Some(folder) = find_folder(&mut self.root, folders) else { return };
        let Some(node) = folder.remove(name) else { return };
        let mut path = folders.join(&b'/');
        push(&mut path, name);
        let (kept, gone) = split(node, number(layer));
        if let Some(kept) = kept {
            folder.insert(name.into(), kept);
        }
        if let Some(gone) = gone {
            self.release(path, gone, layer);
        }
    }

    /// Hides what lower layers have in a folder.
    fn hide_below(&mut self, folders: &[&[u8]], layer: usize) {
        let Some(folder) = find_folder(&mut self.root, folders) else { return };
        let names: Vec<Box<[u8]>> = folder.keys().cloned().collect();
        for name in names {
            self.hide(folders, &name, layer);
        }
    }

    /// One name after the other is gone; what has none left is wasted.
    fn release(&mut self, path: Vec<u8>, node: Node, hidden_by: usize) {
        match node {
            Node::File(content, _) => {
                let Content { bytes, layer, names } = &mut self.contents[content as usize];
                *names = names.saturating_sub(1);
                if *names == 0 && *bytes > 0 {
                    let (bytes, layer) = (*bytes, *layer as usize);
                    self.layers[layer].wasted += bytes;
                    self.note(path, bytes, layer, hidden_by);
                }
            }
            Node::Folder(folder) => {
                for (name, node) in folder {
                    let mut path = path.clone();
                    push(&mut path, &name);
                    self.release(path, node, hidden_by);
                }
            }
        }
    }

    fn note(&mut self, path: Vec<u8>, bytes: u64, layer: usize, hidden_by: usize) {
        let at = self.wasted.partition_point(|wasted| wasted.file.bytes >= bytes);
        if at < NAMED {
            let file = SizedPath { path: shown(&path), bytes };
            self.wasted.insert(at, Wasted { file, layer, hidden_by });
            self.wasted.truncate(NAMED);
        }
    }
}

/// The names of a path, without those that lead nowhere.
fn parts(path: &[u8]) -> Vec<&[u8]> {
    let names = path.split(|byte| *byte == b'/');
    names.filter(|name| !matches!(*name, b"" | b"." | b"..")).collect()
}

/// The folder at a path, made where it is not there. What is in the way is handed out.
fn open<'a>(root: &'a mut Folder, folders: &[&[u8]], gone: &mut Vec<(Vec<u8>, Node)>) -> &'a mut Folder {
    let mut current = root;
    for (at, name) in folders.iter().enumerate() {
        let node = current.entry((*name).into()).or_insert_with(|| Node::Folder(Folder::new()));
        if let Node::File(..) = node {
            let old = std::mem::replace(node, Node::Folder(Folder::new()));
            gone.push((folders[..=at].join(&b'/'), old));
        }
        let Node::Folder(folder) = node else { unreachable!("a file has just made way") };
        current = folder;
    }
    current
}

fn find_folder<'a>(root: &'a mut Folder, folders: &[&[u8]]) -> Option<&'a mut Folder> {
    folders.iter().try_fold(root, |folder, name| match folder.get_mut(*name)? {
        Node::Folder(folder) => Some(folder),
        Node::File(..) => None,
    })
}

/// What a layer has itself of a node, and what lower ones have.
fn split(node: Node, layer: u32) -> (Option<Node>, Option<Node>) {
    match node {
        Node::File(_, own) if own == layer => (Some(node), None),
        Node::File(..) => (None, Some(node)),
        Node::Folder(folder) => {
            let (mut kept, mut lost) = (Folder::new(), Folder::new());
            for (name, node) in folder {
                let (own, lower) = split(node, layer);
                lost.extend(lower.map(|lower| (name.clone(), lower)));
                kept.extend(own.map(|own| (name, own)));
            }
            let some = |folder: Folder| (!folder.is_empty()).then_some(Node::Folder(folder));
            (some(kept), some(lost))
        }
    }
}

fn collect(folder: &Folder, path: &mut Vec<u8>, visit: &mut impl FnMut(&[u8], u32)) {
    for (name, node) in folder {
        let length = path.len();
        push(path, name);
        match node {
            Node::File(content, _) => visit(path, *content),
            Node::Folder(folder) => collect(folder, path, visit),
        }
        path.truncate(length);
    }
}

fn push(path: &mut Vec<u8>, name: &[u8]) {
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
}

fn shown(path: &[u8]) -> String {
    format!("/{}", String::from_utf8_lossy(path))
}

/// A position in a list that is bounded far below.
fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
