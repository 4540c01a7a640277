//! The text of the two stages, as edits of the one.

use semantic::{Kind, Model, Stage, path};
use syntax::{Keyword, LocalRange, TextEdit};

use super::base::working_directory;
use super::carry::{Carried, Fate};
use super::{Artefact, Plan};
use crate::context::absolute;
use crate::offer::Input;
use crate::removal;
use crate::style::Style;

/// The edits that split a stage.
pub(super) fn edits(input: &Input<'_>, stage: &Stage, plan: &Plan, carried: &Carried) -> Vec<TextEdit> {
    let document = &input.model.document;
    let style = Style::of(input);
    let build = free_name(input.model, stage);
    let mut edits = vec![named(stage, &build, style)];
    let mut sections = Sections::default();
    let end = end_of_build(stage, plan);
    let workdir = style.keyword(Keyword::Workdir);
    let mut before = "/".to_owned();
    let mut after = end.clone();
    let enter = |current: &mut String, wanted: Option<&String>, lines: &mut Vec<String>| {
        if let Some(wanted) = wanted.filter(|wanted| *wanted != current) {
            lines.push(format!("{workdir} {wanted}"));
            current.clone_from(wanted);
        }
    };
    for ((item, fate), directory) in stage.instructions.iter().zip(&carried.fates).zip(&carried.directories) {
        match fate {
            Fate::Stay => {}
            Fate::Again(text) => {
                enter(&mut before, directory.as_ref(), &mut sections.before);
                sections.before.push(text.clone());
                if matches!(item.kind, Kind::Workdir(..)) {
                    before.clone_from(&end);
                }
            }
            Fate::AgainAfter(text) => {
                enter(&mut after, directory.as_ref(), &mut sections.after);
                sections.after.push(text.clone());
            }
            Fate::Move => {
                let block = removal::block(document, &item.instruction);
                let text = format!("{}{}", block.comments, item.instruction.source);
                edits.push(removal::take_lines(document, block.lines));
                match item.kind {
                    Kind::Label(_) | Kind::Maintainer => sections.before.push(text),
                    _ => sections.moved.push(text),
                }
            }
        }
    }
    enter(&mut after, Some(&end), &mut sections.after);
    if !plan.installed.is_empty() {
        sections.before.push(installs(&plan.installed, style));
    }
    let user = stage.instructions[..=plan.last].iter().rev().find(|item| matches!(item.kind, Kind::User(_)));
    let copies = copies(stage, plan, &build, style);
    let group_after = sections.after.into_iter().chain(user.map(|item| item.instruction.source.to_string()));
    let groups = [sections.before, copies, group_after.chain(sections.moved).collect()];
    let last = &stage.instructions[plan.last].instruction;
    let mut text = String::new();
    for line in &plan.appended {
        text.push_str(style.newline);
        text.push_str(line);
    }
    text.push_str(style.newline);
    text.push_str(style.newline);
    text.push_str(&from(stage, &plan.base, style));
    let is_airy = has_blank_after(document.text().as_str(), stage.from.range().end);
    for group in groups.iter().filter(|group| !group.is_empty()) {
        if is_airy {
            text.push_str(style.newline);
        }
        for line in group {
            text.push_str(style.newline);
            text.push_str(line);
        }
    }
    let end = last.range().end;
    edits.push(TextEdit { range: syntax::TextRange::empty(end), new_text: text });
    edits.sort_by_key(|edit| edit.range);
    edits
}

/// The working directory where the build ends; `/` where only the base image knows it.
fn end_of_build(stage: &Stage, plan: &Plan) -> String {
    let set = stage.instructions[..=plan.last].iter().rev().find_map(|item| match &item.kind {
        Kind::Workdir(_, place) => Some(place),
        _ => None,
    });
    set.and_then(|place| absolute(place, working_directory(stage))).unwrap_or_else(|| "/".to_owned())
}

/// A RUN that installs packages of Debian and leaves no lists of them.
fn installs(packages: &[String], style: Style) -> String {
    let (keyword, packages) = (style.keyword(Keyword::Run), packages.join(" "));
    format!(
        "{keyword} apt-get update && apt-get install -y --no-install-recommends {packages} && rm -rf /var/lib/apt/lists/*"
    )
}

#[derive(Debug, Default)]
struct Sections {
    before: Vec<String>,
    after: Vec<String>,
    moved: Vec<String>,
}

/// A name that no stage has.
fn free_name(model: &Model, split: &Stage) -> String {
    let is_taken = |name: &str| {
        model.stages.iter().any(|stage| stage.lower_name().as_deref() == Some(name))
            || split.image.raw.eq_ignore_ascii_case(name)
    };
    let names = ["build", "builder", "build-stage"].map(str::to_owned);
    let numbered = (2..).map(|number| format!("build-{number}"));
    names.into_iter().chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

/// FROM of the build stage: the name goes to the stage that is shipped, since callers may name it.
fn named(stage: &Stage, build: &str, style: Style) -> TextEdit {
    match &stage.name {
        Some(name) => TextEdit { range: name.range, new_text: build.to_owned() },
        None => {
            let place = syntax::TextRange::empty(stage.image.range.end);
            TextEdit { range: place, new_text: format!(" {} {build}", style.word("AS")) }
        }
    }
}

/// FROM of the run-time stage, with the flags and the name of the one that is split.
fn from(stage: &Stage, base: &str, style: Style) -> String {
    let source = &stage.from.source;
    let mut words = vec![style.keyword(Keyword::From)];
    words.extend(stage.from.flags.iter().map(|flag| flag.range.of(source).to_owned()));
    words.push(base.to_owned());
    if let Some(name) = &stage.name {
        let range =
            LocalRange::new(stage.image.range.end - stage.from.start, name.range.end - stage.from.start);
        words.extend(range.of(source).split_whitespace().map(str::to_owned));
    }
    words.join(" ")
}

/// COPY instructions for what is taken from the build; files of one folder share one.
fn copies(stage: &Stage, plan: &Plan, build: &str, style: Style) -> Vec<String> {
    let state = stage.instructions.get(plan.last).map(|item| item.workdir.clone()).unwrap_or_default();
    let is_set = stage.instructions[..=plan.last].iter().any(|item| matches!(item.kind, Kind::Workdir(..)));
    let workdir = absolute(&state, working_directory(stage)).filter(|_| is_set);
    let written = stage.instructions[..=plan.last].iter().rev().find_map(|item| match &item.kind {
        Kind::Workdir(text, _) => Some(text.raw.as_str()),
        _ => None,
    });
    let mut groups: Vec<(String, Vec<&Artefact>)> = Vec::new();
    for artefact in &plan.artefacts {
        let folder = parent(&artefact.target);
        match groups.last_mut() {
            Some((last, artefacts))
                if artefact.is_file && artefacts.iter().all(|other| other.is_file) && *last == folder =>
            {
                artefacts.push(artefact);
            }
            _ => groups.push((folder, vec![artefact])),
        }
    }
    let keyword = style.keyword(Keyword::Copy);
    groups
        .into_iter()
        .map(|(folder, artefacts)| {
            let is_folder = artefacts.iter().any(|artefact| !artefact.is_file);
            let target = if is_folder { artefacts[0].target.clone() } else { folder };
            let mut target = relative(&target, workdir.as_deref());
            if !is_folder && !target.ends_with('/') {
                target.push('/');
            }
            let sources: Vec<String> = artefacts
                .iter()
                .map(|artefact| spelled(&artefact.path, workdir.as_deref(), written))
                .collect();
            let mut words: Vec<&str> = sources.iter().map(String::as_str).collect();
            words.push(&target);
            if words.iter().any(|word| word.contains(char::is_whitespace)) {
                let quoted: Vec<String> =
                    words.iter().map(|word| serde_json::Value::from(*word).to_string()).collect();
                return format!("{keyword} --from={build} [{}]", quoted.join(", "));
            }
            format!("{keyword} --from={build} {}", words.join(" "))
        })
        .collect()
}

fn parent(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/".to_owned(),
        Some((folder, _)) => folder.to_owned(),
    }
}

/// A path as seen from the working directory, where it lies below it.
fn relative(target: &str, workdir: Option<&str>) -> String {
    match workdir {
        Some(workdir) if workdir != "/" && path::is_within(target, workdir) => {
            let rest = target[workdir.len()..].trim_start_matches('/');
            format!("./{rest}")
        }
        _ => target.to_owned(),
    }
}

/// A path below the working directory, with the variable by which WORKDIR names that: its value is the caller's to change.
fn spelled(path: &str, workdir: Option<&str>, written: Option<&str>) -> String {
    let variable = written.filter(|raw| raw.starts_with('$') && !raw.contains(['"', '\'', ' ']));
    match (variable, workdir) {
        (Some(raw), Some(workdir)) if path::is_within(path, workdir) => {
            format!("{}{}", raw.trim_end_matches('/'), &path[workdir.len()..])
        }
        _ => path.to_owned(),
    }
}

/// Whether a blank line follows the line that ends here.
fn has_blank_after(text: &str, end: u32) -> bool {
    let next = removal::line_end(text, end as usize);
    let after = removal::line_end(text, next);
    next < text.len() && text[next..after].trim().is_empty()
}
