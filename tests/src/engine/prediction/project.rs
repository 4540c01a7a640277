//! A project as data, and as a folder on disk: what is the same in two states is not touched on the way from one to the other.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use super::kinds::Kind;

/// A project in one state, with the options of its build.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Project {
    pub(super) kind: &'static Kind,
    /// The Dockerfile: instructions with their continuation lines and heredocs, and comments.
    pub(super) instructions: Vec<String>,
    /// What lies in the context beside the Dockerfile, by path.
    pub(super) things: BTreeMap<String, Thing>,
    pub(super) build_args: BTreeMap<String, String>,
    pub(super) target: &'static str,
    /// Which of the base images the tag of the base points to.
    pub(super) base: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Thing {
    File {
        text: String,
        mode: u32,
        /// How often its time was set without another change.
        touched: u32,
    },
    /// A folder whose mode matters, or that is empty.
    Folder(u32),
    /// A symbolic link.
    Link(String),
    /// Another name of a file.
    HardLink(String),
}

impl Project {
    pub(super) fn dockerfile(&self) -> String {
        self.instructions.iter().map(|instruction| format!("{instruction}\n")).collect()
    }

    /// The options that `predict` and `build` share.
    pub(super) fn options(&self) -> Vec<String> {
        let mut options = vec!["--target".to_owned(), self.target.to_owned()];
        for (name, value) in &self.build_args {
            options.extend(["--build-arg".to_owned(), format!("{name}={value}")]);
        }
        options
    }

    /// Brings the folder from one state to this one.
    pub(super) fn write(&self, before: Option<&Self>, folder: &Path) {
        let nothing = BTreeMap::new();
        let old = before.map_or(&nothing, |before| &before.things);
        // Links of both kinds last: what they name is there then.
        let changed = |is_link: bool| {
            self.things.iter().filter(move |(path, thing)| {
                matches!(thing, Thing::Link(_) | Thing::HardLink(_)) == is_link
                    && old.get(*path) != Some(thing)
            })
        };
        // Deepest first, so that folders are empty when their turn comes.
        for (path, thing) in old.iter().rev() {
            let stays = self.things.get(path).is_some_and(|new| stays_in_place(thing, new));
            if !stays {
                remove(&folder.join(path), folder);
            }
        }
        for (path, thing) in changed(false).chain(changed(true)) {
            put(folder, path, old.get(path), thing);
        }
        // A folder that became empty above may be one that stays.
        for (path, thing) in self.things.iter().filter(|(path, _)| !folder.join(path).is_symlink()) {
            if matches!(thing, Thing::Folder(_)) && !folder.join(path).is_dir() {
                put(folder, path, None, thing);
            }
        }
        let dockerfile = self.dockerfile();
        if before.is_none_or(|before| before.dockerfile() != dockerfile) {
            fs::write(folder.join("Dockerfile"), dockerfile).unwrap();
        }
    }
}

fn stays_in_place(old: &Thing, new: &Thing) -> bool {
    matches!((old, new), (Thing::File { .. }, Thing::File { .. }) | (Thing::Folder(_), Thing::Folder(_)))
        || old == new
}

/// Removes it, and folders that become empty with it.
fn remove(path: &Path, root: &Path) {
    if path.is_dir() && !path.is_symlink() {
        // A folder that is not empty is one because of what lies in it.
        let _ = fs::set_permissions(path, Permissions::from_mode(0o755));
        let _ = fs::remove_dir(path);
    } else {
        fs::remove_file(path).unwrap();
    }
    for above in path.ancestors().skip(1).take_while(|above| *above != root) {
        if fs::remove_dir(above).is_err() {
            break;
        }
    }
}

fn put(folder: &Path, name: &str, old: Option<&Thing>, thing: &Thing) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match thing {
        Thing::File { text, mode, touched } => {
            let was = match old {
                Some(Thing::File { text, touched, .. }) => Some((text, touched)),
                _ => None,
            };
            if was.is_none_or(|(was, _)| was != text) {
                fs::write(&path, text).unwrap();
            } else if was.is_none_or(|(_, was)| was != touched) {
                let time = UNIX_EPOCH + Duration::from_secs(1_600_000_000 + u64::from(*touched));
                fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
            }
            fs::set_permissions(&path, Permissions::from_mode(*mode)).unwrap();
        }
        Thing::Folder(mode) => {
            fs::create_dir_all(&path).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(*mode)).unwrap();
        }
        Thing::Link(target) => symlink(target, &path).unwrap(),
        Thing::HardLink(other) => fs::hard_link(folder.join(other), &path).unwrap(),
    }
}
