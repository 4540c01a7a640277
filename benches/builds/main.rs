//! Builds side by side on the engine that `DOCKER_HOST` names: ours, and the same by `docker buildx build`.
//!
//! `cargo bench -p layerwise-benches --bench builds -- --layerwise PROGRAM --docker PROGRAM [--rounds N]`
//!
//! A context of 300 files and 40 MB is built with one file edited, and then with nothing changed. The programs take turns at
//! going first; each edit is one that the engine has not seen. The engine's own time is that between the start of its first
//! step and the end of its last one, as buildx is told; the rest is what a program adds.

mod context;
mod programs;

use std::io::{self, Write as _};
use std::process::ExitCode;

use context::Context;
use programs::{Build, Program};
use report::Report;

const USAGE: &str = "usage: builds --layerwise PROGRAM --docker PROGRAM [--rounds N]";

fn main() -> ExitCode {
    match measure(std::env::args().skip(1)) {
        Ok(report) => match writeln!(io::stdout(), "{report}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(message) => {
            let _ = writeln!(io::stderr(), "{message}");
            ExitCode::from(2)
        }
    }
}

fn measure(arguments: impl Iterator<Item = String>) -> Result<Report, String> {
    let (programs, rounds) = options(arguments)?;
    let mut report = Report::new(programs.iter().map(|program| program.name().to_owned()).collect());
    let mut context = Context::new().map_err(|error| format!("the context cannot be written: {error}"))?;
    for program in &programs {
        program.build(context.folder())?;
    }
    for round in 0..rounds {
        report.add_noise();
        for place in 0..programs.len() {
            let index = (round + place) % programs.len();
            context.edit_one_file().map_err(|error| format!("a file cannot be edited: {error}"))?;
            let edited = programs[index].build(context.folder())?;
            add(&mut report, index, "one file edited", &edited);
            let unchanged = programs[index].build(context.folder())?;
            add(&mut report, index, "nothing changed", &unchanged);
        }
        let _ = writeln!(io::stderr(), "round {} of {rounds} done", round + 1);
    }
    report.add_noise();
    Ok(report)
}

fn add(report: &mut Report, program: usize, what: &str, build: &Build) {
    report.add_milliseconds(program, &format!("{what}: the command"), build.taken);
    if let Some(engine) = build.engine {
        report.add_milliseconds(program, &format!("{what}: of which the engine's steps"), engine);
    }
    if let Some(bytes) = build.bytes_sent {
        report.add_count(program, &format!("{what}: sent"), "B", bytes);
    }
    if let Some(files) = build.files_sent {
        report.add_count(program, &format!("{what}: sent"), "files", files);
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<(Vec<Program>, usize), String> {
    let (mut programs, mut rounds) = (Vec::new(), 9);
    while let Some(name) = arguments.next() {
        if name == "--bench" {
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value; {USAGE}"))?;
        match name.as_str() {
            "--layerwise" => programs.push(Program::Layerwise(value)),
            "--docker" => programs.push(Program::Buildx(value)),
            "--rounds" => rounds = value.parse().map_err(|_| format!("{value} is not a number; {USAGE}"))?,
            _ => return Err(format!("{name} is unknown; {USAGE}")),
        }
    }
    if programs.is_empty() {
        return Err(format!("name at least one program; {USAGE}"));
    }
    Ok((programs, rounds))
}
