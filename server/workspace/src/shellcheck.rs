//! ShellCheck, where it is installed: found in `PATH`, asked about many scripts at once, its answers read.
//!
//! What the workspace holds is never run and decides nothing: folders of `PATH` that are relative or lie in the workspace are passed over, no
//! `.shellcheckrc` is read, no `source` is followed, and the program is run in an empty folder of its own.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use semantic::facts::shell_checks::{ShellChecks, ShellComment, ShellLevel, ShellReplacement};
use serde::Deserialize;

/// What to do where it is missing.
pub const MISSING: &str = "ShellCheck is not installed, so nothing is said of scripts: `apt install shellcheck`, `apk add shellcheck` or `brew install shellcheck` bring it";

/// Scripts that one process is given.
const AT_ONCE: usize = 200;

/// A script is not longer than this, in bytes.
const LONGEST: usize = 64 << 10;

/// How long a process may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers are not longer than this, in bytes.
const MOST: u64 = 32 << 20;

/// What is not said: sources are not followed, and which shell it is says the first line.
const LEFT_OUT: &str = "SC1090,SC1091,SC2148";

/// The program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellCheck {
    program: PathBuf,
}

impl ShellCheck {
    /// Looks for it in the folders of a `PATH`, less those that lie in the workspace.
    #[must_use]
    pub fn find(path: Option<&OsStr>, workspace: &[PathBuf]) -> Option<Self> {
        let name = if cfg!(windows) { "shellcheck.exe" } else { "shellcheck" };
        let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let workspace: Vec<PathBuf> = workspace.iter().map(|folder| resolved(folder)).collect();
        let is_outside = |path: &Path| !workspace.iter().any(|folder| resolved(path).starts_with(folder));
        std::env::split_paths(path?)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .find(|program| is_program(program) && is_outside(program))
            .map(|program| Self { program })
    }

    /// What it says of each script.
    ///
    /// # Errors
    /// Says why there is no answer.
    pub fn ask(&self, scripts: &[String]) -> Result<ShellChecks, String> {
        let mut answers = ShellChecks::new();
        for some in scripts.chunks(AT_ONCE) {
            self.ask_some(some, &mut answers)?;
        }
        Ok(answers)
    }

    fn ask_some(&self, scripts: &[String], answers: &mut ShellChecks) -> Result<(), String> {
        let failed = |error: io::Error| format!("ShellCheck cannot be asked: {error}");
        let folder = Folder::new().map_err(failed)?;
        let mut names = Vec::new();
        for (number, script) in scripts.iter().enumerate() {
            // What is too long has no answer, and so is not asked again.
            answers.insert(script.clone(), Arc::default());
            if script.len() <= LONGEST {
                let name = number.to_string();
                fs::write(folder.0.join(&name), script).map_err(failed)?;
                names.push(name);
            }
        }
        let said = self.run(&folder.0, &names)?;
        let mut found: BTreeMap<usize, Vec<ShellComment>> = BTreeMap::new();
        for comment in said.comments {
            let Some(number) = comment.file.parse::<usize>().ok().filter(|number| *number < scripts.len())
            else {
                continue;
            };
            found.entry(number).or_default().extend(comment.read(&scripts[number]));
        }
        for (number, comments) in found {
            answers.insert(scripts[number].clone(), Arc::new(comments));
        }
        Ok(())
    }

    fn run(&self, folder: &Path, names: &[String]) -> Result<Said, String> {
        if names.is_empty() {
            return Ok(Said { comments: Vec::new() });
        }
        let failed = |error: io::Error| format!("ShellCheck cannot be run: {error}");
        let mut child = Command::new(&self.program)
            .args(["--norc", "--format=json1", "--severity=style", "--exclude", LEFT_OUT, "--"])
            .args(names)
            .current_dir(folder)
            .env_remove("SHELLCHECK_OPTS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let (told, answer) = mpsc::channel();
        let output = child.stdout.take();
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let read = output.map(|output| output.take(MOST).read_to_end(&mut text));
            drop(told.send(matches!(read, Some(Ok(_))).then_some(text)));
        });
        let text = answer.recv_timeout(PATIENCE);
        // One that has ended already is no harm.
        let _ = child.kill();
        let _ = child.wait();
        let text = text.ok().flatten().ok_or("ShellCheck took too long, and was ended")?;
        let no_answer =
            |_| "ShellCheck gave no answer that can be read: version 0.7 or newer is needed".to_owned();
        serde_json::from_slice(&text).map_err(no_answer)
    }
}

fn is_program(path: &Path) -> bool {
    let Ok(found) = fs::metadata(path) else { return false };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    found.is_file() && may_run
}

/// A folder for a moment, for nobody else to read.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path =
                std::env::temp_dir().join(format!("layerwise-shellcheck-{}-{number}", std::process::id()));
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Self(path)),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program's JSON.
#[derive(Deserialize)]
struct Said {
    comments: Vec<Comment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comment {
    file: String,
    line: usize,
    end_line: usize,
    column: usize,
    end_column: usize,
    level: String,
    code: u16,
    message: String,
    fix: Option<FixSaid>,
}

#[derive(Deserialize)]
struct FixSaid {
    replacements: Vec<ReplacementSaid>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReplacementSaid {
    line: usize,
    end_line: usize,
    column: usize,
    end_column: usize,
    replacement: String,
}

impl Comment {
    fn read(self, text: &str) -> Option<ShellComment> {
        let level = match self.level.as_str() {
            "error" => ShellLevel::Error,
            "warning" => ShellLevel::Warning,
            "info" => ShellLevel::Info,
            _ => ShellLevel::Style,
        };
        let replacements = self.fix.into_iter().flat_map(|fix| fix.replacements).map(|said| {
            let start = offset(text, said.line, said.column)?;
            Some(ShellReplacement {
                start,
                end: offset(text, said.end_line, said.end_column)?,
                text: said.replacement,
            })
        });
        let start = offset(text, self.line, self.column)?;
        Some(ShellComment {
            code: self.code,
            level,
            message: self.message,
            start,
            end: offset(text, self.end_line, self.end_column)?.max(start),
            replacements: replacements.collect::<Option<Vec<_>>>().unwrap_or_default(),
        })
    }
}

/// The byte of a line and a column, both from 1; columns are code points.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let start = match line.checked_sub(1)? {
        0 => 0,
        above => text.match_indices('\n').nth(above - 1)?.0 + 1,
    };
    let rest = text[start..].split('\n').next()?;
    let within = rest.char_indices().nth(column.checked_sub(1)?).map_or(rest.len(), |(at, _)| at);
    Some(start + within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_code_points_and_lines_end() {
        let text = "é $x\nab\n";
        assert_eq!((offset(text, 1, 3), offset(text, 1, 5), offset(text, 2, 1)), (Some(3), Some(5), Some(6)));
        assert_eq!((offset(text, 1, 99), offset(text, 9, 1), offset(text, 0, 1)), (Some(5), None, None));
    }

    #[cfg(unix)]
    #[test]
    fn what_lies_in_the_workspace_is_never_run() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::TempDir::new().unwrap();
        let program = |name: &str, mode| {
            fs::create_dir(folder.path().join(name)).unwrap();
            let path = folder.path().join(name).join("shellcheck");
            fs::write(&path, "#!/bin/sh\n").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        let (own, plain, other) = (program("own", 0o755), program("plain", 0o644), program("other", 0o755));
        fs::create_dir(folder.path().join("linked")).unwrap();
        std::os::unix::fs::symlink(&own, folder.path().join("linked/shellcheck")).unwrap();
        let find = |folders: &[&str]| {
            let folders = folders.iter().map(|name| folder.path().join(name));
            let path =
                std::env::join_paths(folders.chain([PathBuf::from("relative"), PathBuf::new()])).unwrap();
            ShellCheck::find(Some(&path), &[folder.path().join("own")]).map(|found| found.program)
        };
        assert_eq!(find(&["own", "plain", "linked"]), None);
        assert_eq!(find(&["own", "linked", "other"]), Some(other));
        assert!(plain.exists() && ShellCheck::find(None, &[]).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn an_answer_that_is_none_is_said() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::TempDir::new().unwrap();
        let program = folder.path().join("shellcheck");
        fs::write(&program, "#!/bin/sh\necho unrecognized option\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let check = ShellCheck::find(Some(folder.path().as_os_str()), &[]).unwrap();
        assert!(check.ask(&["a\n".to_owned()]).unwrap_err().contains("0.7 or newer"));
        assert_eq!(check.ask(&[]), Ok(ShellChecks::new()));
        let long = "a".repeat(LONGEST + 1);
        assert_eq!(check.ask(std::slice::from_ref(&long)).unwrap()[&long].len(), 0);
    }
}
