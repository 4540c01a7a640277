//! Builds side by side on the engine that `DOCKER_HOST` names: ours, and the same by `docker buildx build` and `docker build`.
//!
//! `cargo bench -p layerwise-benches --bench builds -- --layerwise PROGRAM --docker PROGRAM [--go-image IMAGE] [--rounds N]`
//!
//! Contexts of 300 and of 10,000 files, 40 MB each, are built with one file edited, with a comment of the Dockerfile edited, and with
//! nothing changed. The programs take turns at going first; each edit is one that the engine has not seen. The engine's own time is that
//! between the start of its first step and the end of its last one, as buildx is told; the rest is what a program adds.

mod context;
mod native;
mod programs;
mod saves;

use std::io::{self, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use context::Context;
use measuring::Report;
use native::Native;
use programs::{Build, Program};

const USAGE: &str =
    "usage: builds --layerwise PROGRAM --docker PROGRAM [--go-image IMAGE] [--rounds N] [--files N,N]";

/// What to measure.
struct Options {
    programs: Vec<Program>,
    docker: Option<String>,
    go_image: Option<String>,
    rounds: usize,
    files: Vec<usize>,
}

fn main() -> ExitCode {
    match Options::from_arguments(std::env::args().skip(1)).and_then(|options| measure(&options)) {
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

fn measure(options: &Options) -> Result<Report, String> {
    let mut report = Report::new(options.programs.iter().map(|program| program.name().to_owned()).collect());
    for &files in &options.files {
        let mut context =
            Context::new(files).map_err(|error| format!("the context cannot be written: {error}"))?;
        for program in &options.programs {
            program.build(context.folder())?;
        }
        for round in 0..options.rounds {
            report.add_noise();
            for place in 0..options.programs.len() {
                let index = (round + place) % options.programs.len();
                measure_one(&mut report, index, &options.programs[index], &mut context, files)?;
            }
            let _ = writeln!(io::stderr(), "{files} files: round {} of {} done", round + 1, options.rounds);
        }
        for (index, program) in options.programs.iter().enumerate() {
            let Some(program) = program.layerwise() else { continue };
            for (started, ended) in saves::measure(program, &mut context, options.rounds)? {
                report.add_milliseconds(index, &format!("{files} files: save to the build's begin"), started);
                report.add_milliseconds(index, &format!("{files} files: save to the build's end"), ended);
            }
        }
    }
    measure_native(&mut report, options)?;
    report.add_noise();
    Ok(report)
}

fn measure_one(
    report: &mut Report,
    index: usize,
    program: &Program,
    context: &mut Context,
    files: usize,
) -> Result<(), String> {
    let unwritten = |error| format!("a file cannot be edited: {error}");
    context.edit_one_file().map_err(unwritten)?;
    if let Some(program) = program.layerwise() {
        let began = Instant::now();
        let predict =
            Command::new(program).arg("predict").arg(context.folder()).stdout(Stdio::null()).status();
        if !predict.is_ok_and(|status| status.success()) {
            return Err("layerwise predict failed".to_owned());
        }
        report.add_milliseconds(index, &format!("{files} files: predict"), began.elapsed());
    }
    let edited = program.build(context.folder())?;
    add(report, index, &format!("{files} files: one file changed"), &edited);
    context.edit_comment().map_err(unwritten)?;
    let commented = program.build(context.folder())?;
    add(report, index, &format!("{files} files: a comment changed"), &commented);
    let unchanged = program.build(context.folder())?;
    add(report, index, &format!("{files} files: nothing changed"), &unchanged);
    Ok(())
}

/// One file of a small Go program changed, beside the compiler by itself.
fn measure_native(report: &mut Report, options: &Options) -> Result<(), String> {
    let (Some(docker), Some(image)) = (&options.docker, &options.go_image) else { return Ok(()) };
    let mut native = Native::new(docker, image)?;
    native.build()?;
    for program in &options.programs {
        native.build_in_container(program)?;
    }
    for _ in 0..options.rounds {
        for (index, program) in options.programs.iter().enumerate() {
            native.edit()?;
            report.add_milliseconds(index, "Go, one file changed: go build by itself", native.build()?);
            let built = native.build_in_container(program)?;
            report.add_milliseconds(index, "Go, one file changed: the command", built);
        }
    }
    Ok(())
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

impl Options {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (files, programs) = (vec![300, 10_000], Vec::new());
        let mut options = Self { programs, docker: None, go_image: None, rounds: 9, files };
        while let Some(name) = arguments.next() {
            if name == "--bench" {
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value; {USAGE}"))?;
            match name.as_str() {
                "--layerwise" => options.programs.push(Program::Layerwise(value)),
                "--docker" => {
                    options.docker = Some(value.clone());
                    options.programs.extend([Program::Buildx(value.clone()), Program::Docker(value)]);
                }
                "--go-image" => options.go_image = Some(value),
                "--rounds" => options.rounds = number(&value)?,
                "--files" => options.files = value.split(',').map(number).collect::<Result<_, _>>()?,
                _ => return Err(format!("{name} is unknown; {USAGE}")),
            }
        }
        if options.programs.is_empty() {
            return Err(format!("name at least one program; {USAGE}"));
        }
        Ok(options)
    }
}

fn number(value: &str) -> Result<usize, String> {
    value.parse().map_err(|_| format!("{value} is not a number; {USAGE}"))
}
