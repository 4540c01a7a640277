//! Edits of what lies in the context.

use super::project::{Project, Thing};
use crate::engine::random::Random;

/// Patterns that come and go. None hides what a Dockerfile names.
const PATTERNS: [&str; 10] = [
    "*.log\n!keep.log",
    "**/*.tmp",
    "tmp",
    "!tmp/keep",
    "docs/*.md\n!docs/README.md",
    "**/new-*\n!**/new-*.txt",
    "# a comment",
    "",
    "src/b\n!src/b/c.js",
    "nowhere/at/all",
];

const ENDINGS: [&str; 8] = ["txt", "log", "tmp", "go", "js", "py", "md", "größe"];

fn paths(project: &Project, wanted: impl Fn(&Thing) -> bool) -> Vec<String> {
    let is_ours = |path: &str| path != ".dockerignore";
    let things = project.things.iter().filter(|(path, thing)| is_ours(path) && wanted(thing));
    things.map(|(path, _)| path.clone()).collect()
}

fn files(project: &Project) -> Vec<String> {
    paths(project, |thing| matches!(thing, Thing::File { .. }))
}

/// Files that nothing names: neither the Dockerfile nor a hard link.
fn spare_files(project: &Project) -> Vec<String> {
    let is_named = |path: &String| {
        let is_linked =
            |thing: &Thing| matches!(thing, Thing::HardLink(other) | Thing::Link(other) if other == path);
        project.kind.needed.contains(&path.as_str()) || project.things.values().any(is_linked)
    };
    files(project).into_iter().filter(|path| !is_named(path)).collect()
}

fn folder_path(random: &mut Random, project: &Project, name: &str) -> String {
    let folder = random.pick(project.kind.folders);
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Half of the time the size stays the same.
pub(super) fn content(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let path = random.choose(&files(project))?;
    let keeps_size = random.one_in(2);
    let Some(Thing::File { text, .. }) = project.things.get_mut(&path) else { return None };
    if keeps_size && text.len() > 4 {
        text.replace_range(text.len() - 4.., &format!("{:03}\n", number % 1000));
    } else {
        text.push_str(&format!("edit {number}\n"));
    }
    Some(format!("{path} has another content"))
}

pub(super) fn touch(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let path = random.choose(&files(project))?;
    let Some(Thing::File { touched, .. }) = project.things.get_mut(&path) else { return None };
    *touched = u32::try_from(number).ok()?;
    Some(format!("{path} has another time"))
}

pub(super) fn chmod(project: &mut Project, random: &mut Random) -> Option<String> {
    if random.one_in(5) {
        let folders: Vec<&str> =
            project.kind.folders.iter().copied().filter(|folder| !folder.is_empty()).collect();
        let path = random.pick(&folders).to_owned();
        let mode = if project.things.get(&path) == Some(&Thing::Folder(0o775)) { 0o755 } else { 0o775 };
        project.things.insert(path.clone(), Thing::Folder(mode));
        return Some(format!("the folder {path} has mode {mode:o}"));
    }
    let path = random.choose(&files(project))?;
    let Some(Thing::File { mode, .. }) = project.things.get_mut(&path) else { return None };
    let modes: Vec<u32> = [0o644, 0o755, 0o664, 0o744].into_iter().filter(|other| other != mode).collect();
    *mode = random.choose(&modes)?;
    Some(format!("{path} has mode {mode:o}"))
}

pub(super) fn add(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let (thing, ending) = match random.below(8) {
        0 => (Thing::Folder(0o755), "d"),
        1 => (Thing::Link("nowhere".to_owned()), "link"),
        _ => {
            let text = format!("new {number}\n");
            (Thing::File { text, mode: 0o644, touched: 0 }, random.pick(&ENDINGS))
        }
    };
    let path = folder_path(random, project, &format!("new-{number}.{ending}"));
    let what = format!("{path} is new: {thing:?}");
    project.things.insert(path, thing).is_none().then_some(what)
}

pub(super) fn delete(project: &mut Project, random: &mut Random) -> Option<String> {
    let path = random.choose(&spare_files(project))?;
    project.things.remove(&path);
    Some(format!("{path} is gone"))
}

pub(super) fn rename(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let path = random.choose(&spare_files(project))?;
    let ending = path.rsplit('.').next().filter(|ending| !ending.contains('/')).unwrap_or("txt");
    let new = folder_path(random, project, &format!("moved-{number}.{ending}"));
    let thing = project.things.remove(&path)?;
    project.things.insert(new.clone(), thing);
    Some(format!("{path} is now {new}"))
}

pub(super) fn retarget(project: &mut Project, random: &mut Random) -> Option<String> {
    // The first file that the Dockerfile names may be read through a link; such a link always leads to a file.
    let path = random.choose(&paths(project, |thing| matches!(thing, Thing::Link(_))))?;
    let is_copied_by_name = path == "alias.txt";
    let targets: &[&str] = if is_copied_by_name {
        &["lib/real.txt", "keep.log", "docs/README.md"]
    } else {
        &["one", "../two", "/three", "nowhere", "."]
    };
    let old = project.things.get(&path).cloned();
    let others: Vec<&str> =
        targets.iter().copied().filter(|target| old != Some(Thing::Link((*target).to_owned()))).collect();
    let target = random.choose(&others)?;
    project.things.insert(path.clone(), Thing::Link(target.to_owned()));
    Some(format!("the link {path} leads to {target}"))
}

/// A pattern comes or goes.
pub(super) fn ignore(project: &mut Project, random: &mut Random) -> Option<String> {
    let pattern = random.pick(&PATTERNS);
    let Some(Thing::File { text, .. }) = project.things.get_mut(".dockerignore") else { return None };
    let line = format!("{pattern}\n");
    // At the start of a line alone.
    let at = if text.starts_with(&line) { Some(0) } else { text.find(&format!("\n{line}")).map(|at| at + 1) };
    match at {
        Some(at) if !pattern.is_empty() => {
            text.replace_range(at..at + line.len(), "");
            Some(format!(".dockerignore is without {pattern:?}"))
        }
        _ => {
            text.push_str(&line);
            Some(format!(".dockerignore ends with {pattern:?}"))
        }
    }
}
