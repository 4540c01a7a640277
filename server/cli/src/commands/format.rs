//! `layerwise format`: lays files out, in place, from stdin to stdout, or only says which would change.

use std::path::Path;

use anyhow::bail;
use ide::formatting::{FormatOptions, format};
use syntax::Document;

use crate::arguments::FormatArguments;
use crate::exit::{self, Outcome};
use crate::input::{self, Source};
use crate::output::{diff, print};
use crate::settings;

pub(crate) fn run(arguments: &FormatArguments) -> anyhow::Result<Outcome> {
    let mut unreadable = false;
    let mut n_changed = 0;
    for file in arguments.paths.iter().flat_map(|path| input::dockerfiles(path)) {
        let read = match file {
            Ok(path) => input::read(&path).and_then(|source| in_utf8(source, arguments)),
            Err((_, reason)) => Err(anyhow::Error::msg(reason)),
        };
        match read {
            Ok(source) => n_changed += usize::from(lay_out(&source, arguments)?),
            // The others are still laid out.
            Err(error) => {
                exit::say(&format!("{error:#}"));
                unreadable = true;
            }
        }
    }
    Ok(match (unreadable, arguments.check && n_changed > 0) {
        (true, _) => Outcome::Unreadable,
        (false, true) => Outcome::Findings,
        (false, false) => Outcome::Fine,
    })
}

fn in_utf8(source: Source, arguments: &FormatArguments) -> anyhow::Result<Source> {
    if !source.is_utf8 {
        bail!("{} is not UTF-8, so it is left alone: save it as UTF-8", shown(&source, arguments));
    }
    Ok(source)
}

/// Lays one file out; whether that changes it.
fn lay_out(source: &Source, arguments: &FormatArguments) -> anyhow::Result<bool> {
    let layout = settings::of(path(source, arguments))?.format.layout;
    let mut document = Document::new(&source.text);
    let edits = format(&document, &FormatOptions { layout, indent: None });
    for edit in edits.iter().rev() {
        document.edit(edit.range, &edit.new_text);
    }
    let text = document.text();
    let is_changed = text != source.text;
    let shown = shown(source, arguments);
    if arguments.check {
        print(&if is_changed { format!("{shown}\n") } else { String::new() })?;
    } else if arguments.diff {
        print(&if is_changed { diff::unified(&shown, &source.text, &text) } else { String::new() })?;
    } else if is_stdin(source) {
        print(&text)?;
    } else if is_changed {
        if let Err(error) = std::fs::write(&source.path, &text) {
            bail!("cannot write {}: {}", source.path.display(), input::plain(&error));
        }
        print(&format!("{shown}\n"))?;
    }
    Ok(is_changed)
}

fn is_stdin(source: &Source) -> bool {
    source.path == Path::new("-")
}

/// The path that a text goes by.
fn path<'a>(source: &'a Source, arguments: &'a FormatArguments) -> Option<&'a Path> {
    if is_stdin(source) { arguments.stdin_path.as_deref() } else { Some(&source.path) }
}

fn shown(source: &Source, arguments: &FormatArguments) -> String {
    let shown = path(source, arguments).unwrap_or(&source.path).display().to_string();
    shown.strip_prefix("./").map(str::to_owned).unwrap_or(shown)
}
