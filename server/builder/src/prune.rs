//! Removes what Layerwise left behind, and nothing else: images of its builds without a tag, and the files of its cache folder.
//!
//! The builder's own cache is shared with everybody who builds there, and its records do not say who made them; it stays.

use std::fs;
use std::path::Path;

use inner_loop::Pruned;

use crate::connection::Connection;
use crate::untagged;

/// Removes what there is. Images are removed only where the builder is an engine, which alone knows images.
pub(crate) async fn prune(connection: &Connection, cache_folder: &Path) -> Pruned {
    let mut pruned = Pruned::default();
    if let Some(engine) = &connection.engine {
        untagged::remove_all(engine, cache_folder, &mut pruned).await;
    }
    remove_files(cache_folder, &mut pruned);
    pruned
}

/// Removes the files of a folder of ours, less the notes of images that are still to be removed.
fn remove_files(folder: &Path, pruned: &mut Pruned) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // A link is none of ours, wherever it leads.
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && path.file_name().is_some_and(|name| name != untagged::FOLDER) {
            remove_files(&path, pruned);
            let _ = fs::remove_dir(&path);
        } else if kind.is_file() {
            let size = entry.metadata().map_or(0, |metadata| metadata.len());
            if fs::remove_file(&path).is_ok() {
                pruned.files += 1;
                pruned.file_bytes += size;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_our_folder_go_and_what_links_lead_to_stays() {
        let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(ours.path().join("records/deep")).unwrap();
        fs::create_dir_all(ours.path().join(untagged::FOLDER)).unwrap();
        fs::write(ours.path().join("records/deep/a.json"), "12345").unwrap();
        fs::write(ours.path().join(untagged::FOLDER).join("a.json"), "1").unwrap();
        fs::write(theirs.path().join("kept"), "").unwrap();
        std::os::unix::fs::symlink(theirs.path(), ours.path().join("link")).unwrap();
        let mut pruned = Pruned::default();
        remove_files(ours.path(), &mut pruned);
        assert_eq!((pruned.files, pruned.file_bytes), (1, 5));
        assert!(!ours.path().join("records").exists() && theirs.path().join("kept").exists());
        assert!(ours.path().join(untagged::FOLDER).join("a.json").exists());
    }
}
