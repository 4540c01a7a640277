//! What checking a folder takes: all of it in one process, in turns with hadolint, and one file of 4,000 lines.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use measuring::Report;

use crate::Options;

/// How many files one process checks.
const FILES: usize = 1000;

/// Lines of the long file.
const LINES: usize = 4000;

/// Times both, and what memory they take.
pub(crate) fn measure(options: &Options) -> Result<String, String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let all = thousand(options, scratch.path())?;
    let long = scratch.path().join("long");
    std::fs::create_dir(&long).map_err(|error| error.to_string())?;
    std::fs::write(long.join("Dockerfile"), long_file()).map_err(|error| error.to_string())?;
    let mut names = vec!["layerwise".to_owned()];
    names.extend(options.hadolint.as_ref().map(|_| "hadolint".to_owned()));
    let mut report = Report::new(names);
    let folder = scratch.path().join("all");
    let long_files = [PathBuf::from("Dockerfile")];
    for round in 0..options.rounds {
        report.add_noise();
        for place in 0..2 {
            match ((round + place) % 2, &options.hadolint) {
                (0, _) => {
                    let arguments = ["check", "--select", "all", "--format", "json"];
                    let empty: &[PathBuf] = &[];
                    time(
                        &mut report,
                        0,
                        &options.layerwise,
                        &arguments,
                        &folder,
                        empty,
                        &format!("{FILES} files"),
                    )?;
                    time(
                        &mut report,
                        0,
                        &options.layerwise,
                        &arguments,
                        &long,
                        empty,
                        &format!("{LINES} lines"),
                    )?;
                }
                (_, Some(hadolint)) => {
                    let arguments = ["--no-fail", "--format", "json"];
                    time(&mut report, 1, hadolint, &arguments, &folder, &all, &format!("{FILES} files"))?;
                    time(
                        &mut report,
                        1,
                        hadolint,
                        &arguments,
                        &long,
                        &long_files,
                        &format!("{LINES} lines"),
                    )?;
                }
                _ => {}
            }
        }
        let _ = writeln!(io::stderr(), "round {} of {} done", round + 1, options.rounds);
    }
    Ok(format!("{report}\n"))
}

/// The Dockerfiles of a folder, or those in its pages of Markdown.
fn texts(options: &Options) -> Result<Vec<String>, String> {
    let read =
        |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    if let Ok(files) = options.files() {
        // What is no text is not what linters are for.
        return Ok(files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect());
    }
    let mut texts = Vec::new();
    let entries = std::fs::read_dir(&options.folder).map_err(|error| error.to_string())?;
    let mut pages: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    pages.sort();
    for page in pages.iter().filter(|page| page.extension().is_some_and(|extension| extension == "md")) {
        let page = read(page)?;
        let blocks = page.split("```dockerfile\n").skip(1);
        texts.extend(blocks.filter_map(|block| block.split("```").next()).map(str::to_owned));
    }
    if texts.is_empty() {
        Err(format!("{}: no Dockerfile lies there", options.folder.display()))
    } else {
        Ok(texts)
    }
}

/// Copies of the folder's files, each again and again until there are enough; their names.
fn thousand(options: &Options, scratch: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = scratch.join("all");
    std::fs::create_dir(&folder).map_err(|error| error.to_string())?;
    let texts = texts(options)?;
    let mut names = Vec::new();
    for (number, text) in texts.iter().cycle().take(FILES).enumerate() {
        let name = PathBuf::from(format!("{number:04}.Dockerfile"));
        std::fs::write(folder.join(&name), text).map_err(|error| error.to_string())?;
        names.push(name);
    }
    names.sort();
    Ok(names)
}

/// Stages of one kind behind each other, of what people write.
fn long_file() -> String {
    let mut text = String::new();
    let mut stage = 0;
    while text.lines().count() < LINES {
        let lines = [
            format!("FROM debian:12-slim AS stage{stage}"),
            "ARG VERSION=1.2.3".to_owned(),
            "ENV APP_HOME=/srv/app LANG=C.UTF-8".to_owned(),
            "RUN apt-get update && \\".to_owned(),
            "    apt-get install -y --no-install-recommends curl ca-certificates && \\".to_owned(),
            "    rm -rf /var/lib/apt/lists/*".to_owned(),
            "WORKDIR $APP_HOME".to_owned(),
            "COPY package.json package-lock.json ./".to_owned(),
            "RUN npm ci --omit=dev".to_owned(),
            "COPY src ./src".to_owned(),
            "RUN curl -fsSL https://example.com/tool-$VERSION.tar.gz | tar -xz -C /opt".to_owned(),
            "EXPOSE 8080".to_owned(),
            "USER 1000".to_owned(),
            "CMD [\"node\", \"src/main.js\"]".to_owned(),
            String::new(),
        ];
        text.push_str(&lines.join("\n"));
        text.push('\n');
        stage += 1;
    }
    text
}

fn time(
    report: &mut Report,
    program: usize,
    command: &str,
    arguments: &[&str],
    folder: &Path,
    files: &[PathBuf],
    row: &str,
) -> Result<(), String> {
    let began = Instant::now();
    let mut child = Command::new(command)
        .args(arguments)
        .args(files)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{command} cannot be run: {error}"))?;
    let peak = peak_of(&mut child)?;
    report.add_milliseconds(program, row, began.elapsed());
    if let Some(peak) = peak {
        report.add_mebibytes(program, &format!("{row}: memory at most"), peak);
    }
    Ok(())
}

/// The most memory that a process had, as far as the system tells: it is asked until the process ends, and is gone then.
fn peak_of(child: &mut std::process::Child) -> Result<Option<f64>, String> {
    let path = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        if let Ok(status) = std::fs::read_to_string(&path) {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kibibytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
            peak = kibibytes.map(|kibibytes| kibibytes / 1024.0).or(peak);
        }
        match child.try_wait() {
            Ok(Some(_)) => return Ok(peak),
            Ok(None) => std::thread::sleep(Duration::from_millis(1)),
            Err(error) => return Err(error.to_string()),
        }
    }
}
