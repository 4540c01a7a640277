//! `layerwise check`: findings in Dockerfiles and ignore files, in directories, or on stdin.

mod baseline;
mod changed_lines;
mod shell;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use baseline::Baseline;
use ide::settings::FailOn;
use rules::{IgnoreInput, Profile, Report, Settings, Severity};
use semantic::Model;
use shell::Shell;
use syntax::Document;

use crate::arguments::{CheckArguments, CheckFormat};
use crate::exit::{self, Outcome};
use crate::input::{self, Readable, Source};
use crate::output::checked::Checked;
use crate::output::{check_checkstyle, check_github, check_json, check_sarif, check_text, print};
use crate::{outside, settings};

pub(crate) fn run(arguments: &CheckArguments) -> anyhow::Result<Outcome> {
    settings::check_flags(&arguments.select, &arguments.ignore)?;
    let found: Vec<Readable> =
        arguments.paths.iter().flat_map(|path| input::dockerfiles_and_ignore_files(path)).collect();
    let shell = Shell::of(&found, arguments)?;
    let check = |file: &Readable| match file {
        Ok(path) => check_file(path, arguments, &shell),
        Err((path, error)) => {
            Ok(Checked::Unreadable { path: path.display().to_string(), error: error.clone() })
        }
    };
    let mut files = on_all_cores(&found, check).into_iter().collect::<anyhow::Result<Vec<_>>>()?;
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
    Ok(outcome(&files))
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
fn check_file(path: &Path, arguments: &CheckArguments, shell: &Shell) -> anyhow::Result<Checked> {
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
    let settings = settings_of(named, arguments)?;
    let fail_on = arguments.fail_on.map(|level| FailOn::From(level.severity())).or(settings.fail_on);
    let checked = check_source(&source, named, arguments, &settings.rules, shell);
    Ok(checked.map_or_else(
        |error| unreadable(&error),
        |(document, report)| Checked::Findings {
            path: shown(named.unwrap_or(&source.path)),
            document,
            findings: report.findings,
            suppressed: report.suppressed,
            fail_on: fail_on.unwrap_or(FailOn::From(Severity::Warning)),
        },
    ))
}

/// The settings of a file, with the flags.
fn settings_of(path: Option<&Path>, arguments: &CheckArguments) -> anyhow::Result<ide::Settings> {
    let profile = arguments.profile.as_deref().and_then(Profile::from_name);
    let settings = settings::with_profile(path, profile)?;
    let rules = settings::with_flags(settings.rules, &arguments.select, &arguments.ignore);
    Ok(ide::Settings { rules, ..settings })
}

fn check_source(
    source: &Source,
    path: Option<&Path>,
    arguments: &CheckArguments,
    settings: &Settings,
    shell: &Shell,
) -> anyhow::Result<(Document, Report)> {
    let document = Document::new(&source.text);
    if let Some(path) = path.filter(|path| input::is_ignore_file(path)) {
        let around = outside::around_ignore_file(path, &source.text, arguments.context.as_deref())?;
        let input =
            IgnoreInput { text: &source.text, context: around.context.as_ref(), copies: &around.copies };
        let findings = rules::check_ignore_file(input, settings);
        return Ok((document, Report { findings, suppressed: Vec::new() }));
    }
    let mut facts = outside::facts(&document, path, arguments.context.as_deref())?;
    let model = Model::new(&document, &facts);
    facts.shell_checks = shell.about(&model, settings);
    let report = rules::report(&rewrites::Input { model: &model, facts: &facts }, settings);
    Ok((document, report))
}

/// The answers for all files, in their order, by as many threads as there are cores. Each takes the next file that nobody has taken.
fn on_all_cores<T: Sync, U: Send>(items: &[T], answer: impl Fn(&T) -> U + Sync) -> Vec<U> {
    /// Files that are worth a thread.
    const SHARE: usize = 8;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let n_threads = cores.min(items.len().div_ceil(SHARE));
    if n_threads < 2 {
        return items.iter().map(answer).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut answers = Vec::new();
        while let Some((index, item)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            items.get(index).map(|item| (index, item))
        } {
            answers.push((index, answer(item)));
        }
        answers
    };
    let mut answers: Vec<(usize, U)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        // A panic of one is a panic of all, as it would be without threads.
        joined.flat_map(|answers| answers.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn shown(path: &Path) -> String {
    let shown = path.display().to_string();
    shown.strip_prefix("./").map(str::to_owned).unwrap_or(shown)
}

fn outcome(files: &[Checked]) -> Outcome {
    if files.iter().any(|file| matches!(file, Checked::Unreadable { .. })) {
        return Outcome::Unreadable;
    }
    let fails = files.iter().any(|file| match file {
        Checked::Findings { findings, fail_on: FailOn::From(threshold), .. } => {
            findings.iter().any(|finding| finding.severity >= *threshold)
        }
        _ => false,
    });
    if fails { Outcome::Findings } else { Outcome::Fine }
}
