//! The built program, run as a user runs it: in a folder of its own, with an environment that holds nothing of this machine.
//!
//! What holds for every run is checked on every run: it ends in time, by an exit status of its own, with no panic text, and an error
//! is one line.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// More than any run here takes on a loaded machine.
const DEADLINE: Duration = Duration::from_secs(600);

/// The program under test: the one that `make test` built, else the one beside this test's executable.
pub(crate) fn path() -> PathBuf {
    if let Some(path) = std::env::var_os("LAYERWISE_TEST_PROGRAM") {
        return path.into();
    }
    let test = std::env::current_exe().unwrap();
    let path = test.parent().and_then(Path::parent).unwrap().join("layerwise");
    assert!(path.is_file(), "{} is not there: run `cargo build -p layerwise` first", path.display());
    path
}

/// A folder with files, in which the program is run.
pub(crate) struct Folder {
    root: TempDir,
    host: Option<String>,
    variables: Vec<(String, String)>,
}

impl Folder {
    /// Files by name and content.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self { root: tempfile::tempdir().unwrap(), host: None, variables: Vec::new() };
        fs::create_dir_all(folder.home()).unwrap();
        fs::create_dir_all(folder.path("")).unwrap();
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    /// A Dockerfile alone.
    pub(crate) fn with_dockerfile(text: &str) -> Self {
        Self::new(&[("Dockerfile", text)])
    }

    /// With this engine as `DOCKER_HOST`; without, no builder is found.
    #[cfg(feature = "engine")]
    pub(crate) fn with_host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    /// With an environment variable.
    pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("project").join(name)
    }

    /// Outside of the folder in which the program runs.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// In one step, as an editor saves: who follows the folder sees one change.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let (path, new) = (self.path(name), self.root.path().join("new"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&new, content).unwrap();
        fs::rename(new, path).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Commits everything, to a repository that is made with the first commit.
    #[track_caller]
    pub(crate) fn commit(&self, subject: &str) {
        for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", subject]] {
            test_support::git(&self.path(""), arguments);
        }
    }

    /// The program with these arguments, not started yet.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(path());
        command.args(arguments).current_dir(self.path(""));
        // A builder that runs on this machine is found by its usual socket: an address that leads nowhere keeps it out.
        let nowhere = format!("unix://{}", self.home().join("no-engine.sock").display());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.home()).env("XDG_CACHE_HOME", self.home().join("cache"));
        command.env("DOCKER_HOST", self.host.as_ref().unwrap_or(&nowhere));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        finish(self.command(arguments).spawn().unwrap())
    }

    /// Runs the program with this text as its input.
    #[track_caller]
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        finish(child)
    }
}

/// Waits for a program's end, and checks what holds for every run.
#[track_caller]
pub(crate) fn finish(child: Child) -> Output {
    let id = child.id().to_string();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || drop(sender.send(child.wait_with_output())));
    let Ok(output) = receiver.recv_timeout(DEADLINE) else {
        Command::new("kill").args(["-KILL", &id]).status().unwrap();
        panic!("the program did not end within {DEADLINE:?}");
    };
    let output = output.unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    let status = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {}", output.status));
    let output = Output { status, stdout: text(output.stdout), stderr: text(output.stderr) };
    // What a step of a build writes is its own.
    let is_own = |line: &&str| !line.starts_with(r#"{"event":"log""#);
    let own: String = output.stdout.lines().filter(is_own).collect();
    for said in [&own, &output.stderr] {
        assert!(!said.contains("panicked at") && !said.contains("RUST_BACKTRACE"), "a panic: {said}");
    }
    output
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// It ended with this status.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// It ended with status 0 and nothing on stderr; its stdout.
    #[track_caller]
    pub(crate) fn succeeds(self) -> String {
        let output = self.exits(0);
        assert_eq!(output.stderr, "");
        output.stdout
    }

    /// Its error, which is one line on stderr, without the program's name and the line's end.
    #[track_caller]
    pub(crate) fn error(&self) -> &str {
        let line = self.stderr.strip_suffix('\n').unwrap_or(&self.stderr);
        assert!(!line.contains('\n'), "an error is one line: {line}");
        line.strip_prefix("layerwise: ").unwrap_or_else(|| panic!("no error: {self:?}"))
    }

    /// Stdout as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// Stdout as one JSON value a line.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.stdout.lines().map(parse).collect()
    }
}

/// The names of an object's fields, sorted.
#[track_caller]
pub(crate) fn fields(value: &Value) -> String {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    let mut names: Vec<_> = object.keys().map(String::as_str).collect();
    names.sort_unstable();
    names.join(" ")
}
