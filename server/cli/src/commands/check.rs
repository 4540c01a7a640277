//! `layerwise check`: findings in files, in directories, or on stdin.

use std::path::Path;

use rules::{Settings, Severity};
use semantic::Model;
use syntax::Document;
use workspace::dockerfiles;

use crate::arguments::{CheckArguments, CheckFormat, Level};
use crate::exit::{self, Outcome};
use crate::input::{self, Source};
use crate::output::check_json::{self, Checked};
use crate::output::{check_text, print};
use crate::outside;

pub(crate) fn run(arguments: &CheckArguments) -> anyhow::Result<Outcome> {
    let settings = settings(arguments)?;
    let mut files = Vec::new();
    for path in &arguments.paths {
        files.extend(check_path(path, arguments, &settings));
    }
    print(&match arguments.format {
        CheckFormat::Json => check_json::report(&files),
        CheckFormat::Text => check_text::report(&files),
    })?;
    for file in &files {
        if let Checked::Unreadable { error, .. } = file {
            exit::say(error);
        }
    }
    Ok(outcome(&files, arguments.fail_on))
}

fn settings(arguments: &CheckArguments) -> anyhow::Result<Settings> {
    let settings = Settings {
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
        ..Settings::default()
    };
    if let Some((unknown, nearest)) = settings.unknown_names().first() {
        let meant = nearest.map(|nearest| format!(" (did you mean {nearest}?)")).unwrap_or_default();
        anyhow::bail!("there is no rule or category {unknown}{meant}: `layerwise rules` lists them");
    }
    Ok(settings)
}

/// A directory gives all its Dockerfiles; one without any is a mistake worth telling.
fn check_path(path: &Path, arguments: &CheckArguments, settings: &Settings) -> Vec<Checked> {
    if !path.is_dir() {
        return vec![check_file(path, arguments, settings)];
    }
    let found = dockerfiles::find(path);
    if found.files.is_empty() && found.unreadable.is_empty() {
        let shown = path.display();
        let error = format!("there is no Dockerfile below {shown}: name the file if it goes by another name");
        return vec![Checked::Unreadable { path: shown.to_string(), error }];
    }
    let unreadable = found.unreadable.iter().map(|(path, error)| {
        let shown = path.display();
        let error = format!("cannot read {shown}: {}", input::plain(error));
        Checked::Unreadable { path: shown.to_string(), error }
    });
    found.files.iter().map(|file| check_file(file, arguments, settings)).chain(unreadable).collect()
}

fn check_file(path: &Path, arguments: &CheckArguments, settings: &Settings) -> Checked {
    let checked = input::read(path).and_then(|source| check_source(source, arguments, settings));
    checked.unwrap_or_else(|error| Checked::Unreadable {
        path: path.display().to_string(),
        error: error.to_string(),
    })
}

fn check_source(source: Source, arguments: &CheckArguments, settings: &Settings) -> anyhow::Result<Checked> {
    let is_stdin = source.path == Path::new("-");
    let path = if is_stdin { arguments.stdin_path.clone() } else { Some(source.path.clone()) };
    let document = Document::new(&source.text);
    let facts = outside::facts(&document, path.as_deref(), arguments.context.as_deref())?;
    let model = Model::new(&document, &facts);
    let findings = rules::check(&rewrites::Input { model: &model, facts: &facts }, settings);
    let shown = path.unwrap_or(source.path).display().to_string();
    let shown = shown.strip_prefix("./").map(str::to_owned).unwrap_or(shown);
    Ok(Checked::Findings { path: shown, document, findings })
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
