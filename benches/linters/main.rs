//! Linters side by side on a folder of Dockerfiles: who reports what where, and what that takes.
//!
//! `cargo bench -p layerwise-benches --bench linters -- FOLDER --layerwise PROGRAM [--hadolint PROGRAM] [--tally PROGRAM] [--checkov COMMAND]
//! [--docker PROGRAM --image IMAGE] [--examples N]` prints, for each of the peers' rules, in how many places it and we report, and examples of where one
//! of the two does not. Places are lines of a file.
//!
//! `… --speed` times hadolint and ours over all files in one process each, in turns, and ours on one file of 4,000 lines.

mod agreement;
mod peers;
mod speed;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: linters FOLDER --layerwise PROGRAM [--hadolint PROGRAM] [--tally PROGRAM] [--checkov COMMAND] \
                     [--docker PROGRAM --image IMAGE] [--examples N] [--speed] [--rounds N]";

/// What to run on what.
#[derive(Default)]
struct Options {
    folder: PathBuf,
    layerwise: String,
    hadolint: Option<String>,
    tally: Option<String>,
    checkov: Option<String>,
    docker: Option<String>,
    image: Option<String>,
    examples: usize,
    rounds: usize,
    speed: bool,
}

fn main() -> ExitCode {
    let answer = Options::from_arguments(std::env::args().skip(1)).and_then(|options| {
        if options.speed { speed::measure(&options) } else { agreement::compare(&options) }
    });
    match answer {
        Ok(report) => match write!(io::stdout(), "{report}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(message) => {
            let _ = writeln!(io::stderr(), "{message}");
            ExitCode::from(2)
        }
    }
}

impl Options {
    fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { examples: 3, rounds: 5, ..Self::default() };
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            if argument == "--speed" {
                options.speed = true;
                continue;
            }
            if !argument.starts_with("--") {
                options.folder = PathBuf::from(argument);
                continue;
            }
            let value = arguments.next().ok_or(USAGE)?;
            let number = || value.parse::<usize>().map_err(|_| USAGE.to_owned());
            match argument.as_str() {
                "--layerwise" => options.layerwise = value,
                "--hadolint" => options.hadolint = Some(value),
                "--tally" => options.tally = Some(value),
                "--checkov" => options.checkov = Some(value),
                "--docker" => options.docker = Some(value),
                "--image" => options.image = Some(value),
                "--examples" => options.examples = number()?,
                "--rounds" => options.rounds = number()?,
                _ => return Err(USAGE.to_owned()),
            }
        }
        if options.folder.as_os_str().is_empty() || options.layerwise.is_empty() {
            return Err(USAGE.to_owned());
        }
        Ok(options)
    }

    /// The Dockerfiles of the folder, by name.
    fn files(&self) -> Result<Vec<PathBuf>, String> {
        let unreadable = |error: io::Error| format!("{}: {error}", self.folder.display());
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
            if path.is_file() && name.contains("dockerfile") && !name.ends_with("ignore") {
                files.push(path);
            }
        }
        files.sort();
        if files.is_empty() {
            return Err(format!("{}: no Dockerfile lies there", self.folder.display()));
        }
        Ok(files)
    }
}
