//! What git remembers of a build context: its last commits, and what lay in it at each.
//!
//! The user's own `git` is asked, by commands that read objects and nothing else: no hook, no filter, no pager and no program that a
//! repository names runs, and what a partial clone lacks is not fetched.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::{Command, Stdio};

use inner_loop::contents::{Content, Entry, Listing};
use inner_loop::digest::Seal;
use semantic::dockerignore::Dockerignore;

/// A commit, with the build context as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id, as short as git shows it.
    pub id: String,
    /// The first line of its message.
    pub subject: String,
    /// What lay in the context, after .dockerignore as it is today.
    pub listing: Listing,
}

/// The newest commits on the way back from `HEAD` along first parents, the newest first.
///
/// # Errors
/// One line: there is no git or no repository, or it cannot be read.
pub fn last_commits(
    context: &Path,
    ignored: &Dockerignore,
    count: usize,
    seal: &Seal,
) -> Result<Vec<Commit>, String> {
    let git = Git { context };
    let inside = git
        .run(&["rev-parse", "--show-prefix"])
        .map_err(|error| format!("{} has no git history to tell from: {error}", context.display()))?;
    let folder = inside.trim_end_matches('\n').to_owned();
    let count = format!("--max-count={count}");
    let walked = git.run(&["rev-list", "--first-parent", &count, "--format=%h %s", "HEAD", "--"])?;
    // Each commit has two lines: `commit` with its id, and what was asked for.
    let lines: Vec<&str> = walked.lines().collect();
    let mut links = HashMap::new();
    let commits = lines.chunks_exact(2).map(|pair| {
        let id = pair[0].trim_start_matches("commit ");
        let (short, subject) = pair[1].split_once(' ').unwrap_or((pair[1], ""));
        let listing = git.listing(id, &folder, ignored, seal, &mut links)?;
        Ok(Commit { id: short.to_owned(), subject: subject.to_owned(), listing })
    });
    commits.collect()
}

struct Git<'a> {
    context: &'a Path,
}

impl Git<'_> {
    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.context)
            .args(arguments)
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("git cannot be run ({error})"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(said.lines().next().unwrap_or("git failed").to_owned());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// What lay in a folder at a commit. Folders are there where something in them is, as git knows no empty ones.
    fn listing(
        &self,
        commit: &str,
        folder: &str,
        ignored: &Dockerignore,
        seal: &Seal,
        links: &mut HashMap<String, String>,
    ) -> Result<Listing, String> {
        let listed = if folder.is_empty() {
            self.run(&["ls-tree", "-r", "-z", "--full-tree", commit])?
        } else {
            self.run(&["ls-tree", "-r", "-z", "--full-tree", commit, "--", folder])?
        };
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
                "120000" => (0o777, Content::Link(self.link(id, links)?)),
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
    fn link(&self, id: &str, known: &mut HashMap<String, String>) -> Result<String, String> {
        if let Some(target) = known.get(id) {
            return Ok(target.clone());
        }
        let target = self.run(&["cat-file", "blob", id])?;
        known.insert(id.to_owned(), target.clone());
        Ok(target)
    }
}

/// Sorts as the file sync does, name by name.
fn order(path: &str) -> Vec<u8> {
    path.bytes().map(|byte| if byte == b'/' { 0 } else { byte }).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn git(folder: &Path, arguments: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(folder)
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn commit(folder: &Path, subject: &str) {
        git(folder, &["add", "-A"]);
        git(folder, &["commit", "-q", "-m", subject]);
    }

    fn told(commits: &[Commit]) -> Vec<(&str, Vec<&str>)> {
        commits
            .iter()
            .map(|commit| {
                let entries = commit.listing.entries.iter();
                (commit.subject.as_str(), entries.map(|entry| entry.path.as_str()).collect())
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
        let seal = Seal::new([1; 32]);
        let commits = last_commits(&context, &ignored, 5, &seal).unwrap();
        assert_eq!(
            told(&commits),
            [
                ("Second", vec!["link", "src", "src/größe", "src.b"]),
                ("First: größer", vec!["src", "src/größe", "src.b"]),
            ]
        );
        let entry = |commit: usize, path| commits[commit].listing.entry(path);
        assert_ne!(entry(0, "src/größe"), entry(1, "src/größe"));
        assert_eq!(entry(0, "src.b"), entry(1, "src.b"));
        assert_eq!(entry(0, "link").unwrap().content, Content::Link("src/größe".to_owned()));
        assert_eq!(last_commits(&context, &ignored, 1, &seal).unwrap().len(), 1);
    }

    #[test]
    fn without_a_repository_or_a_commit_the_message_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = Dockerignore::parse("").0;
        let error = last_commits(folder.path(), &nothing, 5, &Seal::new([1; 32])).unwrap_err();
        assert!(error.contains("has no git history"), "{error}");
        git(folder.path(), &["init", "-q"]);
        let error = last_commits(folder.path(), &nothing, 5, &Seal::new([1; 32])).unwrap_err();
        assert!(error.contains("HEAD"), "{error}");
    }
}
