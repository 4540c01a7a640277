//! One changed file of a small Go program: built in a container through a cache mount, and by the same compiler on the folder itself.
//!
//! The compiler of the base image is both: the native build runs in a container of that image that is up all the time, with the folder
//! and its cache mounted, and is timed inside of it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::programs::Program;

const DOCKERFILE: &str = "\
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build go build -o /server .
";

/// The program, and a container in which it is built as on a machine of its own.
pub(crate) struct Native {
    docker: String,
    folder: TempDir,
    container: String,
    edits: usize,
}

impl Native {
    /// Writes the program and starts the container.
    pub(crate) fn new(docker: &str, image: &str) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|error| format!("no folder for the Go program: {error}"))?;
        let mount = format!("type=bind,source={},target=/src", folder.path().display());
        let up = ["run", "--detach", "--network", "none", "--mount", &mount, "--workdir", "/src", image];
        let container = output(Command::new(docker).args(up).args(["sleep", "infinity"]))?;
        let mut native =
            Self { docker: docker.to_owned(), folder, container: container.trim().to_owned(), edits: 0 };
        native.write("go.mod", "module example.org/server\n\ngo 1.19\n")?;
        native.write("Dockerfile", &format!("FROM {image}\n{DOCKERFILE}"))?;
        native.edit()?;
        Ok(native)
    }

    /// Changes the one file.
    pub(crate) fn edit(&mut self) -> Result<(), String> {
        self.edits += 1;
        let answer = format!("edit {} of {}", self.edits, std::process::id());
        let text = format!(
            "package main\n\nimport (\n\t\"fmt\"\n\t\"log\"\n\t\"net/http\"\n)\n\n\
             func main() {{\n\thttp.HandleFunc(\"/\", func(out http.ResponseWriter, _ *http.Request) {{\n\
             \t\tfmt.Fprintln(out, {answer:?})\n\t}})\n\tlog.Fatal(http.ListenAndServe(\":8080\", nil))\n}}\n"
        );
        self.write("main.go", &text)
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Builds it without an image: the compiler's own time.
    pub(crate) fn build(&self) -> Result<Duration, String> {
        let timed = "began=$(date +%s%N) && go build -o /tmp/server . && echo $(($(date +%s%N) - began))";
        let taken = output(Command::new(&self.docker).args(["exec", &self.container, "sh", "-c", timed]))?;
        let nanoseconds = taken.trim().parse().map_err(|_| format!("go took {taken:?}, which is no time"))?;
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// The same by `layerwise build`, the whole command.
    pub(crate) fn build_in_container(&self, program: &Program) -> Result<Duration, String> {
        Ok(program.build(self.folder())?.taken)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        fs::write(self.folder.path().join(name), text)
            .map_err(|error| format!("{name} cannot be written: {error}"))
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        let _ = output(Command::new(&self.docker).args(["rm", "--force", &self.container]));
    }
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?} does not start: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}
