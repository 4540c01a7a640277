//! What each linter reports, as a code and a place. Each is run as its users run it, with all of its rules on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The code of a rule, the file's name, the line.
pub(crate) type Report = (String, String, u64);

/// Who reports.
pub(crate) struct Linter {
    pub(crate) name: &'static str,
    /// What it reports, each once.
    pub(crate) reports: BTreeSet<Report>,
    /// The files that it refused to look at, by name.
    pub(crate) refused: BTreeSet<String>,
}

fn name_of(path: &str) -> String {
    Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn output(command: &mut Command) -> Result<String, String> {
    let shown = format!("{}", command.get_program().display());
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|error| format!("{shown} cannot be run: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn json(command: &mut Command) -> Result<Value, String> {
    let shown = format!("{}", command.get_program().display());
    let text = output(command)?;
    serde_json::from_str(&text).map_err(|_| format!("{shown} printed no JSON"))
}

/// Ours, with every rule, under the peers' codes.
pub(crate) fn layerwise(program: &str, folder: &Path) -> Result<Linter, String> {
    let report = json(
        Command::new(program).args(["check", "--select", "all", "--format", "json"]).current_dir(folder),
    )?;
    let mut linter = Linter { name: "layerwise", reports: BTreeSet::new(), refused: BTreeSet::new() };
    for file in report["files"].as_array().into_iter().flatten() {
        let name = name_of(file["path"].as_str().unwrap_or_default());
        for finding in file["findings"].as_array().into_iter().flatten() {
            let line = finding["range"]["start"]["line"].as_u64().unwrap_or_default();
            let end = finding["range"]["end"]["line"].as_u64().unwrap_or(line).max(line);
            let aliases = finding["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
            for code in aliases {
                linter.reports.insert((code.to_owned(), name.clone(), line));
                // A finding of several lines is on each of them.
                linter.reports.extend((line + 1..=end).map(|line| (format!("{code}+"), name.clone(), line)));
            }
            let code = finding["code"].as_str().unwrap_or_default();
            if code == "syntax-problem" {
                linter.refused.insert(name.clone());
            }
            linter.reports.insert((code.to_owned(), name.clone(), line));
        }
    }
    Ok(linter)
}

/// hadolint, with the rules that it ignores by itself.
pub(crate) fn hadolint(program: &str, folder: &Path, files: &[PathBuf]) -> Result<Linter, String> {
    let report = json(
        Command::new(program)
            .args(["--no-fail", "--format", "json", "--disable-ignore-pragma"])
            .args(files.iter().filter_map(|file| file.file_name()))
            .current_dir(folder),
    )?;
    let mut linter = Linter { name: "hadolint", reports: BTreeSet::new(), refused: BTreeSet::new() };
    for finding in report.as_array().into_iter().flatten() {
        let name = name_of(finding["file"].as_str().unwrap_or_default());
        let code = finding["code"].as_str().unwrap_or_default();
        if code == "DL1000" {
            linter.refused.insert(name);
            continue;
        }
        linter.reports.insert((code.to_owned(), name, finding["line"].as_u64().unwrap_or_default()));
    }
    Ok(linter)
}

/// tally, a process a file, since one file that it cannot parse ends a run.
pub(crate) fn tally(program: &str, folder: &Path, files: &[PathBuf]) -> Result<Linter, String> {
    let mut linter = Linter { name: "tally", reports: BTreeSet::new(), refused: BTreeSet::new() };
    for file in files {
        let name = name_of(&file.to_string_lossy());
        let mut command = Command::new(program);
        command.args([
            "lint",
            "--no-config",
            "--no-inline-directives",
            "--slow-checks=off",
            "--format",
            "json",
        ]);
        let text = output(command.arg(&name).current_dir(folder))?;
        let Ok(report) = serde_json::from_str::<Value>(&text) else {
            linter.refused.insert(name);
            continue;
        };
        for file in report["files"].as_array().into_iter().flatten() {
            for finding in file["violations"].as_array().into_iter().flatten() {
                let code = finding["rule"].as_str().unwrap_or_default();
                let line = finding["location"]["start"]["line"].as_u64().unwrap_or_default();
                linter.reports.insert((code.to_owned(), name.clone(), line));
            }
        }
    }
    Ok(linter)
}

/// Checkov's checks of Dockerfiles.
pub(crate) fn checkov(command: &str, folder: &Path) -> Result<Linter, String> {
    let mut words = command.split(' ');
    let program = words.next().unwrap_or_default();
    let report = json(
        Command::new(program)
            .args(words)
            .args(["--framework", "dockerfile", "--output", "json", "--quiet", "--directory"])
            .arg(folder),
    )?;
    let mut linter = Linter { name: "checkov", reports: BTreeSet::new(), refused: BTreeSet::new() };
    for finding in report["results"]["failed_checks"].as_array().into_iter().flatten() {
        let name = name_of(finding["file_path"].as_str().unwrap_or_default());
        let line = finding["file_line_range"][0].as_u64().unwrap_or_default();
        linter.reports.insert((finding["check_id"].as_str().unwrap_or_default().to_owned(), name, line));
    }
    Ok(linter)
}

/// BuildKit's own checks. It asks for each base image, and a registry is not to be asked: one small image of the engine stands for them all, and a
/// `# syntax=` of Docker's own frontend, which would be pulled, is left out.
pub(crate) fn buildkit(
    docker: &str,
    image: &str,
    folder: &Path,
    files: &[PathBuf],
) -> Result<Linter, String> {
    let mut linter = Linter { name: "buildkit", reports: BTreeSet::new(), refused: BTreeSet::new() };
    for file in files {
        let name = name_of(&file.to_string_lossy());
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        let is_frontend =
            |line: &str| line.trim_start_matches(['#', ' ', '\t']).to_lowercase().starts_with("syntax");
        let first = text.lines().next().unwrap_or_default();
        let text =
            if first.starts_with('#') && is_frontend(first) { text.replacen(first, "#", 1) } else { text };
        let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
        std::fs::write(scratch.path().join("Dockerfile"), &text).map_err(|error| error.to_string())?;
        let mut command = Command::new(docker);
        command.args(["buildx", "build", "--call", "check,format=json"]);
        for name in images(&text) {
            command.arg("--build-context").arg(format!("{name}=docker-image://{image}"));
        }
        let text = output(command.arg(scratch.path()).current_dir(folder))?;
        // The report stands between the progress of some versions.
        let Ok(report) = serde_json::from_str::<Value>(text.trim()) else {
            linter.refused.insert(name);
            continue;
        };
        for finding in report["warnings"].as_array().into_iter().flatten() {
            let code = finding["ruleName"].as_str().unwrap_or_default();
            let line = finding["location"]["ranges"][0]["start"]["line"].as_u64().unwrap_or_default();
            linter.reports.insert((code.to_owned(), name.clone(), line));
        }
        if report.get("buildError").is_some_and(|error| !error.is_null()) {
            linter.refused.insert(name);
        }
    }
    Ok(linter)
}

/// The images that a text names plainly, stages too, which then win over the contexts.
fn images(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if !words.next().is_some_and(|word| word.eq_ignore_ascii_case("FROM")) {
            continue;
        }
        let name = words.find(|word| !word.starts_with("--")).unwrap_or_default();
        if !name.is_empty() && !name.contains('$') && name != "scratch" {
            names.insert(name.to_owned());
        }
    }
    names
}
