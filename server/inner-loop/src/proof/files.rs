//! The files of two images: what was lost, what was gained.

use std::collections::BTreeMap;

/// How many files are named of those that were lost or gained.
const NAMED: usize = 5;

/// What an engine puts into each container by itself (`setupInitLayer` of moby's `daemon/initlayer`).
const OF_THE_ENGINE: [&str; 5] = [".dockerenv", "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/mtab"];
const FOLDERS_OF_THE_ENGINE: [&str; 3] = ["dev/", "proc/", "sys/"];

/// The files of an image, folders left out, by path from the root without its `/`, with their bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileList(BTreeMap<String, u64>);

/// A file and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizedPath {
    /// From the root, with its `/`.
    pub path: String,
    /// Bytes of its content.
    pub bytes: u64,
}

/// Files of one image that another has not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OneSided {
    /// All of them, the biggest first.
    pub files: Vec<SizedPath>,
    /// Their bytes.
    pub bytes: u64,
}

/// What became of an image's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileChanges {
    /// How many there are in each.
    pub count: super::Sides<usize>,
    /// Those that only the old image has.
    pub lost: OneSided,
    /// Those that only the new image has.
    pub gained: OneSided,
}

impl FileList {
    /// Adds a file, unless it is one that an engine puts into each container.
    pub fn add(&mut self, path: &str, bytes: u64) {
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let is_of_the_engine = OF_THE_ENGINE.contains(&path)
            || FOLDERS_OF_THE_ENGINE.iter().any(|folder| path.starts_with(folder));
        if !path.is_empty() && !is_of_the_engine {
            self.0.insert(path.to_owned(), bytes);
        }
    }

    /// What `new` has lost and gained.
    #[must_use]
    pub fn changes(&self, new: &Self) -> FileChanges {
        FileChanges {
            count: super::Sides { before: self.0.len(), after: new.0.len() },
            lost: self.without(new),
            gained: new.without(self),
        }
    }

    fn without(&self, other: &Self) -> OneSided {
        let only = self.0.iter().filter(|(path, _)| !other.0.contains_key(*path));
        let mut files: Vec<_> =
            only.map(|(path, bytes)| SizedPath { path: format!("/{path}"), bytes: *bytes }).collect();
        files.sort_by(|left, right| right.bytes.cmp(&left.bytes).then_with(|| left.path.cmp(&right.path)));
        OneSided { bytes: files.iter().map(|file| file.bytes).sum(), files }
    }
}

impl OneSided {
    /// The biggest ones.
    #[must_use]
    pub fn biggest(&self) -> &[SizedPath] {
        &self.files[..self.files.len().min(NAMED)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(files: &[(&str, u64)]) -> FileList {
        let mut list = FileList::default();
        for (path, bytes) in files {
            list.add(path, *bytes);
        }
        list
    }

    fn shown(side: &OneSided) -> String {
        let names: Vec<_> =
            side.biggest().iter().map(|file| format!("{} {}", file.path, file.bytes)).collect();
        format!("{} files, {} bytes: {}", side.files.len(), side.bytes, names.join(", "))
    }

    #[test]
    fn files_are_lost_and_gained_by_name_the_biggest_first() {
        let old =
            list(&[("usr/bin/gcc", 900), ("./app/ü.js", 5), ("bin/sh", 10), ("src/a", 1), ("src/b", 1)]);
        let new = list(&[("/bin/sh", 12), ("app/dist.js", 7)]);
        let changes = old.changes(&new);
        assert_eq!(
            shown(&changes.lost),
            "4 files, 907 bytes: /usr/bin/gcc 900, /app/ü.js 5, /src/a 1, /src/b 1"
        );
        assert_eq!(shown(&changes.gained), "1 files, 7 bytes: /app/dist.js 7");
        assert_eq!((changes.count.before, changes.count.after), (5, 2));
    }

    #[test]
    fn what_the_engine_adds_is_no_file_of_an_image() {
        let old = list(&[(".dockerenv", 0), ("dev/console", 0), ("etc/hosts", 9), ("etc/hosts.allow", 3)]);
        assert_eq!(shown(&old.changes(&FileList::default()).lost), "1 files, 3 bytes: /etc/hosts.allow 3");
    }
}
