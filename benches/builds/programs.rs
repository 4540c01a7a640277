//! The programs that build, and what they say about it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A program.
pub(crate) enum Program {
    /// `layerwise`, by its path.
    Layerwise(String),
    /// `docker` with buildx, by its path.
    Buildx(String),
    /// `docker build` of the same program.
    Docker(String),
}

/// A build that succeeded.
pub(crate) struct Build {
    /// From the start of the program to its end.
    pub(crate) taken: Duration,
    /// From the start of the engine's first step to the end of its last one, where the program is told.
    pub(crate) engine: Option<Duration>,
    /// Bytes of the context; with buildx, the sizes and names of files are among them.
    pub(crate) bytes_sent: Option<u64>,
    /// Files of the context, where the program says.
    pub(crate) files_sent: Option<u64>,
}

impl Program {
    /// The name in the report.
    pub(crate) const fn name(&self) -> &str {
        match self {
            Self::Layerwise(_) => "layerwise build",
            Self::Buildx(_) => "docker buildx build",
            Self::Docker(_) => "docker build",
        }
    }

    /// The program's path where it is ours.
    pub(crate) fn layerwise(&self) -> Option<&str> {
        match self {
            Self::Layerwise(program) => Some(program),
            Self::Buildx(_) | Self::Docker(_) => None,
        }
    }

    /// Builds the context in a folder.
    pub(crate) fn build(&self, context: &Path) -> Result<Build, String> {
        let mut command = match self {
            Self::Layerwise(program) => {
                let mut command = Command::new(program);
                command.args(["build", "--progress", "json"]);
                command
            }
            Self::Buildx(program) => {
                let mut command = Command::new(program);
                command.args(["buildx", "build", "--progress", "rawjson"]);
                command
            }
            Self::Docker(program) => {
                let mut command = Command::new(program);
                command.args(["build", "--progress", "rawjson"]);
                command
            }
        };
        let started = Instant::now();
        let output = command.arg(context).output();
        let taken = started.elapsed();
        let output = output.map_err(|error| format!("{} does not start: {error}", self.name()))?;
        let (said, problems) = match self {
            Self::Layerwise(_) => (&output.stdout, &output.stderr),
            Self::Buildx(_) | Self::Docker(_) => (&output.stderr, &output.stderr),
        };
        if !output.status.success() {
            return Err(format!("{} failed: {}", self.name(), String::from_utf8_lossy(problems)));
        }
        let lines = said.split(|byte| *byte == b'\n');
        let events: Vec<Value> = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
        Ok(match self {
            Self::Layerwise(_) => of_events(taken, &events),
            Self::Buildx(_) | Self::Docker(_) => of_status(taken, &events),
        })
    }
}

fn of_events(taken: Duration, events: &[Value]) -> Build {
    let context = events.iter().find(|event| event["event"] == "context");
    let count = |name| context.and_then(|event| event[name].as_u64());
    Build { taken, engine: None, bytes_sent: count("bytes_sent"), files_sent: count("files_sent") }
}

/// What BuildKit's status stream says.
fn of_status(taken: Duration, events: &[Value]) -> Build {
    let all = |list| events.iter().filter_map(move |event| event[list].as_array()).flatten();
    let sent = all("statuses").filter(|status| status["id"] == "transferring context:");
    let time = |name| all("vertexes").filter_map(move |vertex| seconds(vertex[name].as_str()?));
    let (first, last) = (time("started").min_by(f64::total_cmp), time("completed").max_by(f64::total_cmp));
    Build {
        taken,
        engine: first.zip(last).and_then(|(first, last)| Duration::try_from_secs_f64(last - first).ok()),
        bytes_sent: sent.filter_map(|status| status["current"].as_u64()).max(),
        files_sent: None,
    }
}

/// The seconds of the day of a time such as `2026-11-21T20:13:51.5Z`.
fn seconds(time: &str) -> Option<f64> {
    let (_, clock) = time.split_once('T')?;
    let clock = clock.get(..clock.find(['Z', '+', '-'])?)?;
    clock.split(':').try_fold(0.0, |sum, part| Some(sum * 60.0 + part.parse::<f64>().ok()?))
}
