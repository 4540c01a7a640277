//! An archive that stays in the image beside what was unpacked from it.

use std::borrow::Cow;

use rewrites::Input;
use semantic::commands::{Action, Download, DownloadTool, FileOperation, Meaning, meaning};
use semantic::path::{Place, file_name};
use semantic::{SourceKind, StageInstruction};
use syntax::shell::{Command, ShellWord};
use syntax::{LocalRange, TextRange};

use crate::analysis::append::append_after;
use crate::analysis::fixes::to_check;
use crate::analysis::image_path::{for_each_command, resolve};
use crate::analysis::made::is_mounted;
use crate::analysis::text::line;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "archive-left-in-image",
    aliases: &["DL3010"],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "An archive stays in the image beside what was unpacked from it",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN of an image that is shipped downloads an archive, unpacks it and leaves it there; or COPY brings an archive that a later RUN unpacks.
An archive in a mount is left alone, and so is one that something else may read or remove: where the RUN removes files whose names are not
known, nothing is said.

## Why

Everyone who pulls the image gets the contents twice.

## Bad

```dockerfile
FROM debian:12-slim
RUN curl -fsSLo /tmp/go.tgz https://go.dev/dl/go1.25.0.linux-amd64.tar.gz && tar -C /usr/local -xzf /tmp/go.tgz
```

```dockerfile
FROM debian:12-slim
COPY sdk.tar.gz /tmp/
RUN tar -C /opt -xzf /tmp/sdk.tar.gz
```

## Good

```dockerfile
FROM debian:12-slim
RUN curl -fsSLo /tmp/go.tgz https://go.dev/dl/go1.25.0.linux-amd64.tar.gz && tar -C /usr/local -xzf /tmp/go.tgz && rm /tmp/go.tgz
```

```dockerfile
FROM debian:12-slim
ADD sdk.tar.gz /opt/
```

## When to ignore

When the archive is needed at run time too.
"#;

/// An archive that lies somewhere.
struct Archive<'a> {
    path: Path,
    /// The COPY that brought it; of this very RUN where absent.
    copied: Option<(&'a StageInstruction, TextRange, bool)>,
}

/// Where an archive lies, as far as that is known: two equal texts in one RUN are the same file.
#[derive(PartialEq)]
enum Path {
    Known(Place),
    Text(String),
}

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    if !input.is_shipped {
        return;
    }
    let mut copied: Vec<Archive<'_>> = Vec::new();
    for item in &input.stage.instructions {
        copied.extend(copied_archives(item));
        if item.as_run().is_some() {
            check_run(input, item, &mut copied, findings);
        }
    }
}

fn copied_archives(item: &StageInstruction) -> impl Iterator<Item = Archive<'_>> {
    let copy = item.as_copy().filter(|copy| copy.from.is_none());
    let is_add = item.instruction.keyword == syntax::Keyword::Add;
    copy.into_iter().flat_map(move |copy| {
        copy.sources.iter().filter_map(move |source| {
            let name = file_name(source.text.value.as_deref()?);
            let is_url = source.kind == SourceKind::Url;
            // ADD unpacks what is no address by itself.
            if !(source.kind == SourceKind::Path && !is_add || is_url)
                || !is_archive(name)
                || name.contains('*')
            {
                return None;
            }
            let place = if copy.into_directory { copy.place.join(name) } else { copy.place.clone() };
            let copied = Some((item, source.text.range, !is_url && is_tar(name)));
            (place != Place::Unknown).then_some(Archive { path: Path::Known(place), copied })
        })
    })
}

fn check_run<'a>(
    input: &StageInput<'_>,
    item: &'a StageInstruction,
    copied: &mut Vec<Archive<'a>>,
    findings: &mut Findings,
) {
    let mut own: Vec<Archive<'_>> = Vec::new();
    let mut unpacked: Vec<(usize, bool, LocalRange)> = Vec::new();
    let mut commands: Vec<(&Command, Place)> = Vec::new();
    for_each_command(item, |command, cwd| commands.push((command, cwd.clone())));
    // Nothing is left of an archive that is downloaded and removed, or that may be.
    let mut gone = false;
    for (command, cwd) in &commands {
        let meaning = meaning(command);
        match &meaning.action {
            Action::Download(download) => own.extend(downloaded(input.file, item, cwd, download)),
            Action::File(file) if file.operation == FileOperation::Extract && keeps_archive(&meaning) => {
                let Some(word) = file.paths.first() else { continue };
                let path = path_of(input.file, item, cwd, word);
                if let Some(at) = own.iter().position(|archive| archive.path == path) {
                    unpacked.push((at, true, command.range));
                } else if let Some(at) = copied.iter().position(|archive| archive.path == path) {
                    unpacked.push((at, false, command.range));
                }
            }
            Action::File(file) if matches!(file.operation, FileOperation::Remove | FileOperation::Move) => {
                for word in &file.paths {
                    gone |= may_remove(input.file, item, cwd, word, &own, copied, &unpacked);
                }
            }
            _ => gone |= matches!(meaning.program, "find" | "trap" | "xargs" | "eval"),
        }
    }
    if gone || unpacked.is_empty() {
        // What a later RUN removes is told by where it is removed.
        copied.clear();
        return;
    }
    for (at, is_own, extract) in unpacked {
        let archive = if is_own { &own[at] } else { &copied[at] };
        match (&archive.copied, &archive.path) {
            (Some((_, place, is_tar)), _) => {
                // What a later RUN removes is told by where it is removed.
                if is_removed_later(input, item, &archive.path) {
                    continue;
                }
                let at = line(input.file, item.instruction.start);
                let cure = if *is_tar {
                    "ADD unpacks it by itself."
                } else {
                    "Mount it there: `--mount=type=bind`."
                };
                let message =
                    format!("This archive stays in the image beside what line {at} unpacks from it. {cure}");
                let finding = findings.add(*place, message);
                if !is_tar {
                    finding.aliases = Cow::default();
                }
            }
            (None, path) => {
                if matches!(path, Path::Known(place) if is_mounted(item, place)) {
                    continue;
                }
                report(item, &commands, extract, findings);
            }
        }
    }
    copied.clear();
}

fn is_removed_later(input: &StageInput<'_>, item: &StageInstruction, path: &Path) -> bool {
    let Path::Known(place) = path else { return false };
    let start = item.instruction.start;
    let mut is_removed = false;
    for later in input.stage.instructions.iter().filter(|later| later.instruction.start > start) {
        for_each_command(later, |command, cwd| {
            let meaning = meaning(command);
            let file = meaning.file().filter(|file| file.operation == FileOperation::Remove);
            for word in file.iter().flat_map(|file| &file.paths) {
                is_removed |= resolve(input.file, later, cwd, word).is_some_and(|path| path.covers(place));
            }
        });
    }
    is_removed
}

fn report(
    item: &StageInstruction,
    commands: &[(&Command, Place)],
    extract: LocalRange,
    findings: &mut Findings,
) {
    let Some((command, _)) = commands.iter().find(|(command, _)| command.range == extract) else { return };
    let action = meaning(command).action;
    let Action::File(file) = &action else { return };
    let Some(word) = file.paths.first() else { return };
    let message = format!(
        "`{}` stays in this layer beside what is unpacked from it. Remove it in the same RUN.",
        word.text.trim_matches('"')
    );
    let finding = findings.add(item.instruction.place(word.range), message);
    finding.aliases = Cow::default();
    let script = item.as_run().and_then(|run| run.script.as_deref());
    let removal = format!("rm {}", word.text);
    let edit = script.and_then(|script| append_after(item, script, command, &removal));
    finding.fixes.extend(edit.map(|edit| {
        to_check(format!("Remove it with `{removal}`"), "that nothing else needs the archive", vec![edit])
    }));
}

/// The archive that a command downloads into a file.
fn downloaded<'a>(
    input: &Input<'_>,
    item: &StageInstruction,
    cwd: &Place,
    download: &Download<'_>,
) -> Option<Archive<'a>> {
    let named = |flags: &[&str]| {
        download.options.flags.iter().find(|flag| flags.contains(&flag.name)).and_then(|flag| flag.value_word)
    };
    let by_address = || {
        let address = download.urls.first()?;
        let text = address.text.trim_matches(['"', '\'']);
        let name = file_name(text.split(['?', '#']).next()?);
        let path = if name.contains('$') { Path::Text(name.to_owned()) } else { Path::Known(cwd.join(name)) };
        is_archive(name).then_some(path)
    };
    let path = match download.tool {
        DownloadTool::Curl if download.output == Some("-") => return None,
        DownloadTool::Curl => match named(&["-o", "--output"]) {
            Some(word) => path_of(input, item, cwd, word),
            None if download.options.has(&["-O", "--remote-name"]) || has_remote_name(download) => {
                by_address()?
            }
            None => return None,
        },
        DownloadTool::Wget if download.output == Some("-") => return None,
        DownloadTool::Wget => match named(&["-O", "--output-document"]) {
            Some(word) => path_of(input, item, cwd, word),
            None if named(&["-P", "--directory-prefix"]).is_some() || download.options.has(&["-i"]) => {
                return None;
            }
            None => by_address()?,
        },
        DownloadTool::Git | DownloadTool::Other => return None,
    };
    Some(Archive { path, copied: None })
}

/// Whether `-O` stands in a group of short flags, however long.
fn has_remote_name(download: &Download<'_>) -> bool {
    download.options.flags.iter().any(|flag| {
        flag.name.strip_prefix('-').is_some_and(|letters| !letters.starts_with('-') && letters.contains('O'))
    })
}

fn path_of(input: &Input<'_>, item: &StageInstruction, cwd: &Place, word: &ShellWord) -> Path {
    match resolve(input, item, cwd, word) {
        Some(path) if path.pattern.is_none() && path.place != Place::Unknown => Path::Known(path.place),
        _ => Path::Text(word.text.trim_matches(['"', '\'']).to_owned()),
    }
}

/// Whether a removal may take one of the archives away.
fn may_remove(
    input: &Input<'_>,
    item: &StageInstruction,
    cwd: &Place,
    word: &ShellWord,
    own: &[Archive<'_>],
    copied: &[Archive<'_>],
    unpacked: &[(usize, bool, LocalRange)],
) -> bool {
    let removed = resolve(input, item, cwd, word).filter(|path| path.place != Place::Unknown);
    let mut archives = unpacked.iter().map(|(at, is_own, _)| if *is_own { &own[*at] } else { &copied[*at] });
    match removed {
        Some(removed) => archives.any(|archive| match &archive.path {
            Path::Known(place) => removed.covers(place),
            Path::Text(_) => removed.pattern.is_some() || !is_archive(&word.text),
        }),
        None => archives.next().is_some(),
    }
}

/// Whether unpacking leaves the archive where it is: `gunzip` does not.
fn keeps_archive(meaning: &Meaning<'_>) -> bool {
    matches!(meaning.program, "tar" | "bsdtar" | "unzip" | "7z")
}

fn is_archive(name: &str) -> bool {
    is_tar(name) || name.trim_matches(['"', '\'']).ends_with(".zip")
}

fn is_tar(name: &str) -> bool {
    let name = name.trim_matches(['"', '\'']);
    [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests;
