//! Contexts on disk: what is read, what is taken from before, and what changed meanwhile.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

const SEAL: Seal = Seal::new([1; 32]);

fn read(folder: &Path, memory: &mut Memory) -> Snapshot {
    Snapshot::read(folder, &Selection::default(), &SEAL, memory).unwrap()
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/ä.js"), "a").unwrap();
    fs::write(folder.path().join("b"), "b").unwrap();
    symlink("b", folder.path().join("link")).unwrap();
    folder
}

#[test]
fn a_second_reading_gives_the_same_without_reading_files() {
    let folder = project();
    let mut memory = Memory::default();
    let first = read(folder.path(), &mut memory);
    let kept = memory.after.take().unwrap();
    assert_eq!(first.listing.entries.len(), 4);
    // Unreadable now, so that it would fail if it were read; root reads it all the same, hence the look at what is kept.
    let mut memory = Memory { before: kept, after: None };
    let second = read(folder.path(), &mut memory);
    assert_eq!(first.listing, second.listing);
    assert!(memory.after.is_none(), "nothing is different");
}

#[test]
fn content_of_the_same_length_is_seen() {
    let folder = project();
    let mut memory = Memory::default();
    let first = read(folder.path(), &mut memory);
    let mut memory = Memory { before: memory.after.take().unwrap(), after: None };
    fs::write(folder.path().join("b"), "c").unwrap();
    let second = read(folder.path(), &mut memory);
    assert_ne!(first.listing, second.listing);
    assert!(memory.after.is_some());
    assert_eq!(second.changed(folder.path(), &Selection::default()).unwrap(), BTreeSet::new());
    assert_eq!(
        first.changed(folder.path(), &Selection::default()).unwrap().into_iter().collect::<Vec<_>>(),
        ["b"]
    );
}

#[test]
fn what_changes_after_a_reading_is_named() {
    let folder = project();
    let snapshot = read(folder.path(), &mut Memory::default());
    fs::write(folder.path().join("new"), "").unwrap();
    fs::set_permissions(folder.path().join("src/ä.js"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(folder.path().join("link")).unwrap();
    symlink("src", folder.path().join("link")).unwrap();
    let changed = snapshot.changed(folder.path(), &Selection::default()).unwrap();
    assert_eq!(changed.into_iter().collect::<Vec<_>>(), ["link", "new", "src/ä.js"]);
}

#[test]
fn junk_is_nothing_known() {
    let folder = project();
    let whole = {
        let mut memory = Memory::default();
        read(folder.path(), &mut memory);
        memory.after.unwrap()
    };
    for junk in [&b"junk"[..], &whole[..whole.len() - 3], &whole[..30], b""] {
        let mut memory = Memory { before: junk.to_vec(), after: None };
        assert_eq!(read(folder.path(), &mut memory).listing.entries.len(), 4);
        assert_eq!(memory.after.as_deref(), Some(whole.as_slice()));
    }
}
