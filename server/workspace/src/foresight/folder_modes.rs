//! The modes of a context's folders as a builder has noted them, which are not always those on disk.
//!
//! BuildKit notes a folder's mode when it first gets the folder, and never again while the folder stays: its file sync changes the mode of its
//! copy and tells the checksums nothing (`fsutil`, `diskwriter.go`, `HandleChange` returns before it notifies). So a `chmod` of a folder runs
//! no step again, whichever client builds. Where a step runs for another reason, it copies the mode of today.

use std::collections::BTreeMap;
use std::path::Path;

use inner_loop::contents::{Content, Listing};
use inner_loop::inputs::Listings;

use super::{Foresight, Known};
use crate::foresight::place::Place;

/// Of each context, the modes of its folders by their paths.
pub(super) type FolderModes = BTreeMap<String, BTreeMap<String, u32>>;

/// Most folders that a notice names.
const MOST_NAMED: usize = 3;

impl Foresight {
    /// What a builder has noted of these contexts.
    pub(super) fn noted_folders(&self, place: &Place, engine: &str) -> FolderModes {
        let noted = |root: &Path| self.kept.read(&self.folders_name(root, engine));
        place.contexts.iter().map(|(name, context)| (name.clone(), noted(&context.root))).collect()
    }

    /// Keeps what the builder has noted after a build, where that is something else.
    pub(super) fn note_folders(&self, known: &Known) {
        for (name, context) in &known.place.contexts {
            let Some(listing) = known.listings.get(name) else { continue };
            let folders = folders(listing);
            if known.folders.get(name) != Some(&folders) {
                let file = self.folders_name(&context.root, &known.recalled.engine);
                let written = self.kept.write(&file, &folders);
                written.unwrap_or_else(|error| tracing::debug!(%error, "modes of folders cannot be kept"));
            }
        }
    }

    fn folders_name(&self, root: &Path, engine: &str) -> String {
        format!("folders-{}", self.name_of(&[&root.to_string_lossy(), engine]))
    }
}

/// Puts the noted modes in the place of those on disk; the notice that says so.
pub(super) fn put_noted(listings: &mut Listings, noted: &FolderModes) -> Option<String> {
    let mut unseen = Vec::new();
    for (name, listing) in listings {
        let Some(noted) = noted.get(name) else { continue };
        for entry in listing.entries.iter_mut().filter(|entry| entry.content == Content::Folder) {
            if let Some(mode) = noted.get(&entry.path).filter(|mode| **mode != entry.permissions) {
                entry.permissions = *mode;
                unseen.push(entry.path.clone());
            }
        }
    }
    let named = unseen.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = unseen.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!unseen.is_empty()).then(|| {
        format!(
            "builders do not notice that a folder's mode changed, so no step runs again for it: {named}{more}"
        )
    })
}

fn folders(listing: &Listing) -> BTreeMap<String, u32> {
    let folders = listing.entries.iter().filter(|entry| entry.content == Content::Folder);
    folders.map(|entry| (entry.path.clone(), entry.permissions)).collect()
}
