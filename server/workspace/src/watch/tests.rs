//! Following real folders. What must do nothing is followed by a change that is told: only that one may come.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use semantic::reads::ContextInputs;
use tempfile::TempDir;

use super::*;

/// More than any change takes to be told of, on a loaded machine.
const DEADLINE: Duration = Duration::from_secs(120);

struct Tree {
    root: TempDir,
    watch: Option<Watch>,
    told: Option<Receiver<Told>>,
}

impl Tree {
    /// A context with these files, of which a build reads these sources.
    fn new(files: &[&str], sources: &[&str]) -> Self {
        let mut tree = Self { root: tempfile::tempdir().unwrap(), watch: None, told: None };
        fs::create_dir(tree.path("")).unwrap();
        for file in files {
            tree.write(file, "");
        }
        let (sender, told) = channel();
        let watch = Watch::start(tree.inputs(sources), move |said| drop(sender.send(said))).unwrap();
        (tree.watch, tree.told) = (Some(watch), Some(told));
        tree
    }

    fn inputs(&self, sources: &[&str]) -> Inputs {
        let sources = sources.iter().map(|source| (*source).to_owned()).collect();
        Inputs {
            dockerfile: self.path("Dockerfile"),
            contexts: vec![ContextInputs { name: None, root: self.path(""), sources }],
            output: Some(self.path("out")),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("context").join(name)
    }

    /// In one step: cutting a file and writing it are two, which a loaded machine may tell of apart.
    fn write(&self, name: &str, text: &str) {
        let (path, new) = (self.path(name), self.root.path().join("new"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&new, text).unwrap();
        fs::rename(new, path).unwrap();
    }

    fn next(&self) -> Vec<String> {
        match self.told.as_ref().unwrap().recv_timeout(DEADLINE).expect("nothing is told") {
            Told::Changed(changes) => changes.iter().map(shown).collect(),
            Told::Failed(error) => vec![error.to_string()],
        }
    }

    /// Makes a change and expects to be told of this and of nothing else, maybe in parts and maybe twice; a sentinel says when that is all.
    fn check(&self, change: impl FnOnce(&Self), expected: &[&str]) {
        change(self);
        let mut told = BTreeSet::new();
        while expected.iter().any(|expected| !told.contains(*expected)) {
            told.extend(self.next());
        }
        told.extend(self.rest().1);
        told.retain(|told| expected.contains(&told.as_str()) || !told.ends_with("Dockerfile"));
        assert_eq!(told.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    /// All that is told until a change that is made now is: how often, and what.
    fn rest(&self) -> (usize, BTreeSet<String>) {
        self.write("Dockerfile", "sentinel");
        let (mut count, mut told) = (0, BTreeSet::new());
        while !told.contains("Dockerfile") {
            told.extend(self.next());
            count += 1;
        }
        (count, told)
    }
}

fn shown(change: &Change) -> String {
    match change {
        Change::Dockerfile(_) => "Dockerfile".to_owned(),
        Change::IgnoreFile(_) => "ignore file".to_owned(),
        Change::File(_, path) => format!("file {path}"),
        Change::Folder(_, path) => format!("folder {path}"),
    }
}

#[test]
fn a_file_that_is_read_is_told_of_and_others_are_not() {
    let tree = Tree::new(&["Dockerfile", "src/a.rs", "src/b.rs", "docs/x.md"], &["src"]);
    tree.check(|tree| tree.write("src/a.rs", "1"), &["file src/a.rs"]);
    tree.check(|tree| tree.write("docs/x.md", "1"), &[]);
    tree.check(|tree| drop(fs::read(tree.path("src/a.rs")).unwrap()), &[]);
    tree.check(|tree| tree.write("src/größe.rs", "1"), &["file src/größe.rs"]);
}

#[test]
fn what_is_ignored_or_written_by_the_build_or_an_editors_own_is_not_told_of() {
    let tree = Tree::new(&["Dockerfile", "a", "target/x", "out/x", ".dockerignore"], &["."]);
    tree.check(|tree| tree.write(".dockerignore", "target\n*.log\n"), &["file .dockerignore", "ignore file"]);
    tree.check(
        |tree| {
            for name in ["target/x", "target/new/y", "b.log", "out/x", ".a.swp", "a~", "4913"] {
                tree.write(name, "1");
            }
        },
        &[],
    );
    tree.check(|tree| tree.write(".dockerignore", "*.log\n"), &["file .dockerignore", "ignore file"]);
    tree.check(|tree| tree.write("target/x", "2"), &["file target/x"]);
}

#[test]
fn the_dockerfiles_own_ignore_file_hides_the_common_one() {
    let tree = Tree::new(&["Dockerfile", "src/a", ".dockerignore"], &["src"]);
    tree.check(|tree| tree.write("Dockerfile.dockerignore", "x"), &["ignore file"]);
    tree.check(|tree| tree.write(".dockerignore", "x"), &[]);
    tree.check(|tree| fs::remove_file(tree.path("Dockerfile.dockerignore")).unwrap(), &["ignore file"]);
    tree.check(|tree| tree.write(".dockerignore", "y"), &["ignore file"]);
}

#[test]
fn editors_save_by_renaming_and_by_deleting() {
    let tree = Tree::new(&["Dockerfile", "src/a"], &["src"]);
    let rename = |tree: &Tree| {
        tree.write("src/.a.new", "1");
        fs::rename(tree.path("src/.a.new"), tree.path("src/a")).unwrap();
    };
    tree.check(rename, &["file src/a"]);
    let backup = |tree: &Tree| {
        fs::rename(tree.path("src/a"), tree.path("src/a~")).unwrap();
        tree.write("src/a", "2");
        fs::remove_file(tree.path("src/a~")).unwrap();
    };
    tree.check(backup, &["file src/a"]);
    let again = |tree: &Tree| {
        fs::remove_file(tree.path("src/a")).unwrap();
        tree.write("src/a", "3");
    };
    tree.check(again, &["file src/a"]);
    tree.check(|tree| fs::remove_file(tree.path("src/a")).unwrap(), &["file src/a"]);
    tree.check(|tree| tree.write("src/a", "4"), &["file src/a"]);
}

#[test]
fn the_dockerfile_may_be_a_link() {
    let tree = Tree::new(&["elsewhere/real", "src/a"], &["src"]);
    std::os::unix::fs::symlink("elsewhere/real", tree.path("Dockerfile")).unwrap();
    tree.watch.as_ref().unwrap().follow(tree.inputs(&["src"]));
    while tree.told.as_ref().unwrap().recv_timeout(Duration::from_millis(300)).is_ok() {}
    tree.write("elsewhere/real", "1");
    assert_eq!(tree.next(), ["Dockerfile"]);
}

#[test]
fn new_folders_are_followed_with_all_that_comes_into_them() {
    let tree = Tree::new(&["Dockerfile", "src/a"], &["src", "assets/img"]);
    tree.check(|tree| fs::create_dir_all(tree.path("src/new/deep")).unwrap(), &["folder src/new"]);
    tree.check(|tree| tree.write("src/new/deep/b", "1"), &["file src/new/deep/b"]);
    tree.check(|tree| tree.write("assets/img/c", "1"), &["folder assets"]);
    tree.check(|tree| tree.write("assets/img/c", "2"), &["file assets/img/c"]);
}

#[test]
fn a_folder_that_went_and_came_back_is_followed_again() {
    let tree = Tree::new(&["Dockerfile", "src/lib/a"], &["src"]);
    let told = |tree: &Tree| tree.next().iter().any(|change| change.starts_with("folder src"));
    fs::remove_dir_all(tree.path("src")).unwrap();
    while !told(&tree) {}
    tree.write("src/lib/a", "1");
    while !told(&tree) {}
    // What of it came before it was followed again is told with its folder; from then on each file is.
    while tree.told.as_ref().unwrap().recv_timeout(Duration::from_millis(300)).is_ok() {}
    tree.write("src/lib/a", "2");
    assert_eq!(tree.next(), ["file src/lib/a"]);
}

#[test]
fn a_thousand_files_at_once_are_told_of_together() {
    let tree = Tree::new(&["Dockerfile", "src/a"], &["src"]);
    for number in 0..2000 {
        tree.write(&format!("src/d{}/f{number}", number % 20), "x");
    }
    let (n_told, told) = tree.rest();
    let is_told = |number: i32| {
        let folder = format!("src/d{}", number % 20);
        // A new folder is told of with all that is in it.
        told.contains(&format!("file {folder}/f{number}")) || told.contains(&format!("folder {folder}"))
    };
    let untold: Vec<i32> = (0..2000).filter(|number| !is_told(*number)).collect();
    assert_eq!((untold, n_told < 200), (Vec::new(), true), "told {n_told} times");
    tree.check(|tree| tree.write("src/d7/f7", "y"), &["file src/d7/f7"]);
}

#[test]
fn other_files_are_followed_once_it_is_told_so() {
    let tree = Tree::new(&["Dockerfile", "src/a", "lib/a"], &["src"]);
    tree.check(|tree| tree.write("lib/a", "1"), &[]);
    tree.watch.as_ref().unwrap().follow(tree.inputs(&["lib"]));
    tree.check(|tree| tree.write("src/a", "1"), &[]);
    tree.check(|tree| tree.write("lib/a", "2"), &["file lib/a"]);
}

#[test]
fn a_folder_that_is_ignored_is_not_even_watched() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path().canonicalize().unwrap();
    for folder in ["src/deep", "node_modules/a/b", "out/x", "docs"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::write(root.join(".dockerignore"), "node_modules\n").unwrap();
    let contexts = vec![ContextInputs { name: None, root: root.clone(), sources: vec![".".to_owned()] }];
    let inputs = Inputs { dockerfile: root.join("Dockerfile"), contexts, output: Some(root.join("out")) };
    let mut folders = Folders::new(drop).unwrap();
    folders.follow(&Following::new(inputs)).unwrap();
    let holds = |folder: &str| folders.holds(&root.join(folder));
    assert!(holds("src/deep") && holds("docs") && folders.holds(Path::new(&root)));
    assert!(!holds("node_modules") && !holds("node_modules/a") && !holds("out"));
}
