//! `layerwise check`: findings in Dockerfiles and ignore files, in directories, or on stdin.

mod baseline;
mod changed_lines;

use std::path::Path;

use baseline::Baseline;
use rules::{IgnoreInput, Settings, Severity};
use semantic::Model;
use syntax::Document;

use crate::arguments::{CheckArguments, CheckFormat, Level};
use crate::exit::{self, Outcome};
use crate::input::{self, Source};
use crate::output::checked::Checked;
use crate::output::{check_checkstyle, check_github, check_json, check_sarif, check_text, print};
use crate::{outside, settings};

pub(crate) fn run(arguments: &CheckArguments) -> anyhow::Result<Outcome> {
    settings::check_flags(&arguments.select, &arguments.ignore)?;
    let mut files = Vec::new();
    for file in arguments.paths.iter().flat_map(|path| input::dockerfiles_and_ignore_files(path)) {
        files.push(match file {
            Ok(path) => check_file(&path, arguments)?,
            Err((path, error)) => Checked::Unreadable { path: path.display().to_string(), error },
        });
    }
    if let Some(revision) = &arguments.diff_base {
        changed_lines::keep(&mut files, revision)?;
    }
    let written = with_baseline(&mut files, arguments)?;
    print(&match arguments.format {
        CheckFormat::Text if let Some(written) = written => written,
        CheckFormat::Json => check_json::report(&files),
        CheckFormat::Text => check_text::report(&files),
        CheckFormat::Sarif => check_sarif::report(&files),
        CheckFormat::Github => check_github::report(&files),
        CheckFormat::Checkstyle => check_checkstyle::report(&files),
    })?;
    for file in &files {
        if let Checked::Unreadable { error, .. } = file {
            exit::say(error);
        }
    }
    Ok(outcome(&files, arguments.fail_on))
}

/// Takes what is known from what was found, or makes it known: then what is said of that.
fn with_baseline(files: &mut [Checked], arguments: &CheckArguments) -> anyhow::Result<Option<String>> {
    let Some(path) = &arguments.baseline else { return Ok(None) };
    if !arguments.write_baseline {
        Baseline::read(path)?.take_from(files);
        return Ok(None);
    }
    if files.iter().any(|file| matches!(file, Checked::Unreadable { .. })) {
        // What could not be read would be new the next time.
        return Ok(Some(format!("{} stays as it is: not every file could be read\n", path.display())));
    }
    let baseline = Baseline::of(files, path);
    let count = baseline.write(path)?;
    baseline.take_from(files);
    let findings = if count == 1 { "1 finding is".to_owned() } else { format!("{count} findings are") };
    Ok(Some(format!("{findings} known now, in {}\n", path.display())))
}

/// What is found in a file, or why it could not be read. A mistake in its settings is an error.
fn check_file(path: &Path, arguments: &CheckArguments) -> anyhow::Result<Checked> {
    let unreadable = |error: &anyhow::Error| Checked::Unreadable {
        path: path.display().to_string(),
        error: error.to_string(),
    };
    let source = match input::read(path) {
        Ok(source) => source,
        Err(error) => return Ok(unreadable(&error)),
    };
    let is_stdin = path == Path::new("-");
    let named = if is_stdin { arguments.stdin_path.as_deref() } else { Some(path) };
    let rules = settings::with_flags(settings::of(named)?.rules, &arguments.select, &arguments.ignore);
    Ok(check_source(&source, named, arguments, &rules).unwrap_or_else(|error| unreadable(&error)))
}

fn check_source(
    source: &Source,
    path: Option<&Path>,
    arguments: &CheckArguments,
    settings: &Settings,
) -> anyhow::Result<Checked> {
    let document = Document::new(&source.text);
    if let Some(path) = path.filter(|path| input::is_ignore_file(path)) {
        let around = outside::around_ignore_file(path, &source.text, arguments.context.as_deref())?;
        let input =
            IgnoreInput { text: &source.text, context: around.context.as_ref(), copies: &around.copies };
        let findings = rules::check_ignore_file(input, settings);
        return Ok(Checked::Findings { path: shown(path), document, findings });
    }
    let facts = outside::facts(&document, path, arguments.context.as_deref())?;
    let model = Model::new(&document, &facts);
    let findings = rules::check(&rewrites::Input { model: &model, facts: &facts }, settings);
    Ok(Checked::Findings { path: shown(path.unwrap_or(&source.path)), document, findings })
}

fn shown(path: &Path) -> String {
    let shown = path.display().to_string();
    shown.strip_prefix("./").map(str::to_owned).unwrap_or(shown)
}

fn outcome(files: &[Checked], fail_on: Level) -> Outcome {
    if files.iter().any(|file| matches!(file, Checked::Unreadable { .. })) {
        return Outcome::Unreadable;
    }
    let threshold = match fail_on {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Info => Severity::Info,
        Level::Hint => Severity::Hint,
    };
    let fails = files.iter().any(|file| match file {
        Checked::Findings { findings, .. } => findings.iter().any(|finding| finding.severity >= threshold),
        Checked::Unreadable { .. } => false,
    });
    if fails { Outcome::Findings } else { Outcome::Fine }
}
