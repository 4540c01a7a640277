//! `layerwise fix`: applies what can be fixed safely, in Dockerfiles and ignore files, in directories, or from stdin to stdout.

use std::path::Path;

use anyhow::bail;
use rules::IgnoreInput;
use rules::fix::{self, Fixed, Trust};
use syntax::Document;

use crate::arguments::FixArguments;
use crate::exit::{self, Outcome};
use crate::input::{self, Source};
use crate::output::{diff, print};
use crate::{outside, settings};

pub(crate) fn run(arguments: &FixArguments) -> anyhow::Result<Outcome> {
    settings::check_flags(&arguments.select, &arguments.ignore)?;
    let mut outcome = Outcome::Fine;
    let mut n_fixed = 0;
    for path in &arguments.paths {
        for file in input::dockerfiles_and_ignore_files(path) {
            let fixed = match file {
                Ok(file) => {
                    input::read(&file).map_err(Unread::from).and_then(|source| fix(&source, arguments))
                }
                Err((_, reason)) => Err(Unread::File(anyhow::Error::msg(reason))),
            };
            match fixed {
                Ok(n) => n_fixed += n,
                Err(Unread::Everything(error)) => return Err(error),
                // The others are still fixed.
                Err(Unread::File(error)) => {
                    exit::say(&format!("{error:#}"));
                    outcome = Outcome::Unreadable;
                }
            }
        }
    }
    let prints_texts = arguments.diff || arguments.paths.iter().any(|path| path == Path::new("-"));
    if n_fixed == 0 && outcome == Outcome::Fine && !prints_texts {
        print("nothing to fix\n")?;
    }
    Ok(outcome)
}

/// Why a file was not fixed.
enum Unread {
    /// It concerns this file alone.
    File(anyhow::Error),
    /// It concerns the command.
    Everything(anyhow::Error),
}

impl From<anyhow::Error> for Unread {
    fn from(error: anyhow::Error) -> Self {
        Self::File(error)
    }
}

/// Fixes one file, and says how many findings that mended.
fn fix(source: &Source, arguments: &FixArguments) -> Result<usize, Unread> {
    let is_stdin = source.path == Path::new("-");
    let path = if is_stdin { arguments.stdin_path.as_deref() } else { Some(source.path.as_path()) };
    let settings = settings::of(path).map_err(Unread::Everything)?;
    let rules = settings::with_flags(settings.rules, &arguments.select, &arguments.ignore);
    let shown = path.unwrap_or(&source.path).display().to_string();
    let shown = shown.strip_prefix("./").unwrap_or(&shown);
    if !source.is_utf8 {
        return Err(anyhow::anyhow!("{shown} is not UTF-8, so it is left alone: save it as UTF-8").into());
    }
    let trust = if arguments.r#unsafe { Trust::Unsafe } else { Trust::Safe };
    let context = arguments.context.as_deref();
    let done = if let Some(path) = path.filter(|path| input::is_ignore_file(path)) {
        let around = outside::around_ignore_file(path, &source.text, context).map_err(Unread::Everything)?;
        let input =
            IgnoreInput { text: &source.text, context: around.context.as_ref(), copies: &around.copies };
        fix::ignore_file::all(input, &rules, trust)
    } else {
        let document = Document::new(&source.text);
        let facts = outside::facts(&document, path, context).map_err(Unread::Everything)?;
        fix::all(&document, &facts, &rules, trust)
    };
    let printed = if arguments.diff {
        if done.text == source.text { String::new() } else { diff::unified(shown, &source.text, &done.text) }
    } else if is_stdin {
        done.text
    } else {
        if done.text != source.text {
            save(&source.path, &done.text)?;
        }
        done.fixed.iter().map(|fixed| line(shown, fixed)).collect()
    };
    print(&printed).map_err(Unread::Everything)?;
    Ok(done.fixed.len())
}

fn save(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Err(error) = std::fs::write(path, text) {
        bail!("cannot write {}: {}", path.display(), input::plain(&error));
    }
    Ok(())
}

/// What was done, as a line; lines count in the text as it was when this was its turn.
fn line(shown: &str, fixed: &Fixed) -> String {
    let check = fixed.check.as_ref().map(|check| format!(" (check: {check})")).unwrap_or_default();
    format!("{shown}:{}: {}: {}{check}\n", fixed.line + 1, fixed.code, fixed.title)
}
