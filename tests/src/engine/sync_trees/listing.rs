//! All that matters of a folder, as lines of text.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Each entry with its kind, its mode, and the target of a link, the first name of a hard link, or the hash of the content.
pub(super) fn listing(root: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    list(root, root, &mut HashMap::new(), &mut lines);
    lines
}

fn list(root: &Path, folder: &Path, first: &mut HashMap<u64, String>, lines: &mut Vec<String>) {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let mode = metadata.mode() & 0o7777;
        if metadata.is_symlink() {
            lines.push(format!("{name} -> {}", fs::read_link(&path).unwrap().display()));
        } else if metadata.is_dir() {
            lines.push(format!("{name}/ {mode:o}"));
            list(root, &path, first, lines);
        } else if metadata.is_file() {
            let first = first.entry(metadata.ino()).or_insert_with(|| name.clone());
            if *first == name {
                lines.push(format!("{name} {mode:o} {} {:x}", metadata.len(), content(&path)));
            } else {
                lines.push(format!("{name} is {first}"));
            }
        } else {
            lines.push(format!("{name} {mode:o} pipe"));
        }
    }
}

fn content(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut file = File::open(path).unwrap();
    let mut chunk = vec![0; 1 << 16];
    loop {
        let n_bytes = file.read(&mut chunk).unwrap();
        if n_bytes == 0 {
            return hasher.finish();
        }
        hasher.write(&chunk[..n_bytes]);
        n_bytes.hash(&mut hasher);
    }
}

/// The lines that only one of two listings has.
pub(super) fn difference(here: &[String], there: &[String]) -> String {
    let only = |mark: &str, one: &[String], other: &[String]| -> String {
        one.iter().filter(|line| !other.contains(line)).map(|line| format!("{mark} {line}\n")).collect()
    };
    only("folder:", here, there) + &only("image: ", there, here)
}
