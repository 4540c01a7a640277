//! What git remembers of a build context: its last commits, and what lay in it at each.
//!
//! The user's own `git` is asked, by commands that read objects and nothing else: no hook, no filter, no pager and no program that a
//! repository names runs, and what a partial clone lacks is not fetched.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use inner_loop::contents::{Content, Entry, Listing};
use inner_loop::digest::Seal;
use semantic::dockerignore::Dockerignore;

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its whole id.
    id: String,
    /// Its id, as short as git shows it.
    pub short: String,
    /// The first line of its message, without what would steer a terminal.
    pub subject: String,
}

/// A build context in a repository.
#[derive(Debug)]
pub struct Repository {
    context: PathBuf,
    /// The context from the repository's root, with a `/` at its end; empty for the root itself.
    folder: String,
    /// The targets of symbolic links, by the ids of their blobs.
    links: RefCell<HashMap<String, String>>,
}

/// No path that Linux follows is longer.
const LONGEST_LINK: u64 = 4096;

impl Repository {
    /// The repository that a context lies in.
    ///
    /// # Errors
    /// One line: there is no git or no repository.
    pub fn of(context: &Path) -> Result<Self, String> {
        let inside = run(context, &["rev-parse", "--show-prefix"])
            .map_err(|error| format!("{} has no git history to tell from: {error}", context.display()))?;
        let folder = inside.trim_end_matches('\n').to_owned();
        Ok(Self { context: context.to_owned(), folder, links: RefCell::default() })
    }

    /// The newest commits on the way back from `HEAD` along first parents, the newest first.
    ///
    /// # Errors
    /// One line: there is no commit, or it cannot be read.
    pub fn last_commits(&self, count: usize) -> Result<Vec<Commit>, String> {
        let count = format!("--max-count={count}");
        let walked = self.run(&["rev-list", "--first-parent", &count, "--format=%h %s", "HEAD", "--"])?;
        // Each commit has two lines: `commit` with its id, and what was asked for.
        let lines: Vec<&str> = walked.split('\n').collect();
        let commits = lines.chunks_exact(2).map(|pair| {
            let (short, subject) = pair[1].split_once(' ').unwrap_or((pair[1], ""));
            let visible = |letter: char| if letter.is_control() { ' ' } else { letter };
            Commit {
                id: pair[0].trim_start_matches("commit ").to_owned(),
                short: short.to_owned(),
                subject: subject.trim().chars().map(visible).collect(),
            }
        });
        Ok(commits.collect())
    }

    /// What lay in the context at a commit, after .dockerignore as it is today. Folders are there where something in them is, as git knows no
    /// empty ones.
    ///
    /// # Errors
    /// One line: the commit cannot be read, or a link in it is none.
    pub fn listing(&self, commit: &Commit, ignored: &Dockerignore, seal: &Seal) -> Result<Listing, String> {
        let folder = self.folder.as_str();
        let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", &commit.id];
        if !folder.is_empty() {
            arguments.extend(["--", folder]);
        }
        let listed = self.run(&arguments)?;
        let mut entries = BTreeMap::new();
        for line in listed.split_terminator('\0') {
            let Some((what, path)) = line.split_once('\t') else { continue };
            let mut what = what.split(' ');
            let (mode, id) = (what.next().unwrap_or_default(), what.nth(1).unwrap_or_default());
            let Some(path) = path.strip_prefix(folder).filter(|path| !ignored.is_ignored(path)) else {
                continue;
            };
            let (permissions, content) = match mode {
                "100644" => (0o644, Content::File(seal.digest([id]))),
                "100755" => (0o755, Content::File(seal.digest([id]))),
                "120000" => (0o777, Content::Link(self.link(id, path)?)),
                // Another repository's files are not in this one.
                _ => continue,
            };
            for (at, _) in path.match_indices('/') {
                let parent = &path[..at];
                let folder =
                    || Entry { path: parent.to_owned(), permissions: 0o755, content: Content::Folder };
                entries.entry(order(parent)).or_insert_with(folder);
            }
            entries.insert(order(path), Entry { path: path.to_owned(), permissions, content });
        }
        Ok(Listing { entries: entries.into_values().collect() })
    }

    /// The target of a symbolic link.
    fn link(&self, id: &str, path: &str) -> Result<String, String> {
        if let Some(target) = self.links.borrow().get(id) {
            return Ok(target.clone());
        }
        let size = self.run(&["cat-file", "-s", id])?;
        if size.trim().parse::<u64>().map_or(true, |size| size > LONGEST_LINK) {
            return Err(format!("{path} is no link that can be followed: its target is longer than 4 KiB"));
        }
        let target = self.run(&["cat-file", "blob", id])?;
        self.links.borrow_mut().insert(id.to_owned(), target.clone());
        Ok(target)
    }

    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        run(&self.context, arguments)
    }
}

/// What git says. Which repository is meant the context alone decides: no variable, such as hooks of git set, leads to another.
pub(crate) fn run(context: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(context)
        .args(arguments)
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_OBJECT_DIRECTORY")
        .env_remove("GIT_COMMON_DIR")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("git cannot be run ({error})"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(said.lines().next().unwrap_or("git failed").to_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Sorts as the file sync does, name by name.
fn order(path: &str) -> Vec<u8> {
    path.bytes().map(|byte| if byte == b'/' { 0 } else { byte }).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use test_support::git;

    use super::*;

    fn commit(folder: &Path, subject: &str) {
        git(folder, &["add", "-A"]);
        git(folder, &["commit", "-q", "-m", subject]);
    }

    /// The newest commits with what lay in the context.
    fn history(
        context: &Path,
        ignored: &Dockerignore,
        count: usize,
    ) -> Result<Vec<(Commit, Listing)>, String> {
        let repository = Repository::of(context)?;
        let seal = Seal::new([1; 32]);
        let commits = repository.last_commits(count)?.into_iter();
        commits
            .map(|commit| repository.listing(&commit, ignored, &seal).map(|listing| (commit, listing)))
            .collect()
    }

    fn told(commits: &[(Commit, Listing)]) -> Vec<(&str, Vec<&str>)> {
        commits
            .iter()
            .map(|(commit, listing)| {
                (commit.subject.as_str(), listing.entries.iter().map(|entry| entry.path.as_str()).collect())
            })
            .collect()
    }

    #[test]
    fn a_context_below_the_root_as_it_was_at_each_commit() {
        let root = tempfile::tempdir().unwrap();
        let context = root.path().join("service");
        fs::create_dir_all(context.join("src")).unwrap();
        git(root.path(), &["init", "-q"]);
        fs::write(root.path().join("elsewhere"), "").unwrap();
        fs::write(context.join("src/größe"), "1").unwrap();
        fs::write(context.join("src.b"), "1").unwrap();
        fs::write(context.join("secret.env"), "1").unwrap();
        commit(root.path(), "First: größer\n\nwith a body");
        fs::write(context.join("src/größe"), "2").unwrap();
        std::os::unix::fs::symlink("src/größe", context.join("link")).unwrap();
        commit(root.path(), "Second");
        fs::write(context.join("src/größe"), "not committed").unwrap();

        let (ignored, _) = Dockerignore::parse("*.env\n");
        let commits = history(&context, &ignored, 5).unwrap();
        assert_eq!(
            told(&commits),
            [
                ("Second", vec!["link", "src", "src/größe", "src.b"]),
                ("First: größer", vec!["src", "src/größe", "src.b"]),
            ]
        );
        let entry = |commit: usize, path| commits[commit].1.entry(path);
        assert_ne!(entry(0, "src/größe"), entry(1, "src/größe"));
        assert_eq!(entry(0, "src.b"), entry(1, "src.b"));
        assert_eq!(entry(0, "link").unwrap().content, Content::Link("src/größe".to_owned()));
        assert_eq!(history(&context, &ignored, 1).unwrap().len(), 1);
    }

    #[test]
    fn without_a_repository_or_a_commit_the_message_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = Dockerignore::parse("").0;
        let error = history(folder.path(), &nothing, 5).unwrap_err();
        assert!(error.contains("has no git history"), "{error}");
        git(folder.path(), &["init", "-q"]);
        let error = history(folder.path(), &nothing, 5).unwrap_err();
        assert!(error.contains("HEAD"), "{error}");
    }

    #[test]
    fn what_steers_a_terminal_is_no_part_of_a_subject_and_a_long_link_is_none() {
        let root = tempfile::tempdir().unwrap();
        git(root.path(), &["init", "-q"]);
        fs::write(root.path().join("a"), "x".repeat(5000)).unwrap();
        commit(root.path(), "Red \u{1b}[31m größe\u{7}");
        let nothing = Dockerignore::default();
        assert_eq!(history(root.path(), &nothing, 5).unwrap()[0].0.subject, "Red  [31m größe ");
        let blob =
            Command::new("git").args(["rev-parse", "HEAD:a"]).current_dir(root.path()).output().unwrap();
        let blob = String::from_utf8(blob.stdout).unwrap();
        let link = format!("120000,{},link", blob.trim());
        git(root.path(), &["update-index", "--add", "--cacheinfo", &link]);
        git(root.path(), &["commit", "-q", "-m", "A link"]);
        let error = history(root.path(), &nothing, 5).unwrap_err();
        assert!(error.contains("link is no link"), "{error}");
    }
}
