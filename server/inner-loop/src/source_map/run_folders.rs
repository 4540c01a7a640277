//! The folders that the commands of a RUN work in, as far as its text tells: WORKDIR, and what `cd` and options change.

use semantic::StageInstruction;
use semantic::path::{Place, clean};
use syntax::shell::Command;

/// Options that name the folder in which a program does its work, or a file in it.
const FOLDER_OPTIONS: [&str; 9] = [
    "-C",
    "--directory",
    "--prefix",
    "--cwd",
    "--dir",
    "--manifest-path",
    "--project-dir",
    "--root",
    "--rootdir",
];

/// The folders, those of later commands first; WORKDIR comes last.
pub(crate) fn of(item: &StageInstruction) -> Vec<Place> {
    let mut current = item.workdir.clone();
    let mut folders = vec![current.clone()];
    let mut add = |folder: Place| {
        if folder != Place::Unknown && !folders.contains(&folder) {
            folders.insert(0, folder);
        }
    };
    for command in item.as_run().into_iter().flat_map(semantic::Run::commands) {
        if command.program() == Some("cd") {
            let target = command.words.get(1).and_then(|word| word.value.as_deref());
            current = target.map_or(Place::Unknown, |target| current.join(target));
            add(current.clone());
        }
        for folder in named(command) {
            add(current.join(&folder));
        }
    }
    folders
}

fn named(command: &Command) -> Vec<String> {
    let values: Vec<&str> =
        command.words.iter().map(|word| word.value.as_deref().unwrap_or_default()).collect();
    let mut folders = Vec::new();
    for (at, value) in values.iter().enumerate().skip(1) {
        let named = match value.split_once('=') {
            Some((option, folder)) if FOLDER_OPTIONS.contains(&option) => Some(folder),
            _ if FOLDER_OPTIONS.contains(value) => values.get(at + 1).copied(),
            _ => None,
        };
        let Some(named) = named.filter(|named| !named.is_empty()) else { continue };
        let is_file = named.ends_with(".toml") || named.ends_with(".json") || named.ends_with(".xml");
        folders.push(if is_file { clean(&format!("{named}/..")) } else { named.to_owned() });
    }
    folders
}
