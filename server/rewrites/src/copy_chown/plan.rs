//! Which COPYs get the owner, and what is left of the RUN that changes it.
//!
//! Follows BuildKit (`solver/llbsolver/file`, `tonistiigi/fsutil/copy`): `--chown` is the owner of what is copied and of all folders that must be
//! made for it; a folder that is there keeps its own.

use semantic::path::{Place as ImagePlace, clean_context_path, file_name};
use semantic::{Copy, Kind, SourceKind, StageInstruction};
use syntax::shell::{Connector, ShellWord, StatementKind};
use syntax::{Form, TextEdit, TextRange};

use super::change::{Change, is_octal};
use super::ground;
use crate::analysis::append::is_editable;
use crate::analysis::image_path::{ImagePath, for_each_command};
use crate::offer::Input;
use crate::places::Place;
use crate::{removal, statements};

/// The change of a RUN that begins with changing the owner of files copied right above it; nothing where it does not. An error is the rest of a
/// sentence about the RUN.
pub fn place(input: &Input<'_>, item: &StageInstruction) -> Result<Option<Place>, String> {
    let Some(script) = item.as_run().and_then(|run| run.script.as_deref()) else { return Ok(None) };
    let Some(first) = script.statements.first() else { return Ok(None) };
    let ([command], StatementKind::Command) = (first.commands.as_slice(), first.kind) else {
        return Ok(None);
    };
    let mut found = None;
    for_each_command(item, |other, cwd| {
        if other.range == command.range {
            found = Change::of(input, item, other, cwd);
        }
    });
    let Some(change) = found else { return Ok(None) };
    let Some(group) = Group::above(input, item) else { return Ok(None) };
    let is_root = item.user.as_ref().is_none_or(|user| {
        user.value.as_deref().is_some_and(|user| matches!(user.split(':').next(), Some("root" | "0")))
    });
    if !is_root || change.program == "chgrp" || command.program() != Some(change.program) {
        return Ok(None);
    }
    let (true, [path]) = (change.is_complete, change.paths.as_slice()) else { return Ok(None) };
    let reached = group.reached_by(path)?;
    if reached.is_empty() || !command.redirections.is_empty() {
        return Ok(None);
    }
    let next = script.statements.get(1).and_then(|statement| statement.connector);
    if !matches!(next, None | Some(Connector::And | Connector::Then)) {
        return Err("goes on in another way where it fails".to_owned());
    }
    if !item.instruction.flags.is_empty() {
        return Err("has flags of its own".to_owned());
    }
    // What an archive holds keeps its groups, and builders do not agree on its owners.
    if reached.iter().any(|(copy, _)| matches!(copy.kind, Kind::Add(_))) {
        return Err("is about what ADD may have unpacked".to_owned());
    }
    if !is_editable(item, script) || item.instruction.arguments.form != Some(Form::Shell) {
        return Err("has a script that cannot be edited for certain".to_owned());
    }
    let flag = flag(input, item, &change, &reached)?;
    let outcome = match file(input, path, &reached) {
        Some(parent) => Outcome { keeps_folder: false, check: made_above(&parent, &group, &flag) },
        None if change.program == "chown" && change.is_recursive() => folder(path, &group, &flag)?,
        None => return Ok(None),
    };
    let keyword = reached[0].0.instruction.keyword;
    let mut edits: Vec<TextEdit> = reached.iter().map(|(copy, _)| with_flag(copy, &flag)).collect();
    let title = if outcome.keeps_folder {
        edits.push(without_recursion(item, &change).ok_or("has flags that cannot be taken apart")?);
        format!("Use `{keyword} {flag}`, and change the owner of the folder alone")
    } else if script.statements.len() == 1 {
        edits.extend(without_run(input, item, &reached));
        format!("Use `{keyword} {flag}` in place of this RUN")
    } else {
        edits.extend(
            statements::take_statements(&item.instruction, script, &[0])
                .ok_or("joins its commands in a way that cannot be taken apart")?,
        );
        format!("Use `{keyword} {flag}` in place of `{}`", change.program)
    };
    edits.sort_by_key(|edit| edit.range);
    let check = outcome.check.or_else(|| made_by_runs(&group, path));
    Ok(Some(Place { range: item.instruction.range(), edits, title, check }))
}

/// What becomes of the RUN.
struct Outcome {
    /// Whether the folder itself is still changed, for it was there before.
    keeps_folder: bool,
    check: Option<String>,
}

/// The COPYs right above a RUN, and what stands above them.
struct Group<'a> {
    copies: Vec<(&'a StageInstruction, &'a Copy)>,
    before: Vec<&'a StageInstruction>,
    base: &'a semantic::Base,
}

impl<'a> Group<'a> {
    /// Nothing runs between them and the RUN, and no folder is made there.
    fn above(input: &Input<'a>, item: &StageInstruction) -> Option<Self> {
        let model = input.model;
        let stage = model.stages.get(item.scope.stage?)?;
        let at =
            stage.instructions.iter().position(|other| other.instruction.start == item.instruction.start)?;
        let is_between = |kind: &Kind| {
            matches!(
                kind,
                Kind::Copy(_)
                    | Kind::Add(_)
                    | Kind::Arg(_)
                    | Kind::Env(_)
                    | Kind::Label(_)
                    | Kind::Expose(_)
                    | Kind::Cmd
                    | Kind::Entrypoint
                    | Kind::Healthcheck
                    | Kind::Stopsignal(_)
                    | Kind::Maintainer
            )
        };
        let first = stage.instructions[..at].iter().rposition(|other| !is_between(&other.kind));
        let first = first.map_or(0, |position| position + 1);
        let copies = stage.instructions[first..at].iter();
        let copies = copies.filter_map(|other| Some((other, other.as_copy()?))).collect();
        let lineage = model.lineage(stage.index);
        let below = lineage.iter().take(lineage.len() - 1).flat_map(|stage| &stage.instructions);
        let before = below.chain(&stage.instructions[..first]).collect();
        Some(Self { copies, before, base: model.root(stage.index) })
    }

    /// The COPYs whose files the change reaches.
    fn reached_by(&self, path: &ImagePath) -> Result<Vec<(&'a StageInstruction, &'a Copy)>, String> {
        let mut reached = Vec::new();
        for (item, copy) in &self.copies {
            let is_file = single_file(copy).is_some_and(|place| place == path.place);
            if path.pattern.is_none() && (copy.place.is_within(&path.place) || is_file) {
                reached.push((*item, *copy));
            } else if copy.place == ImagePlace::Unknown || path.place.is_within(&copy.place) {
                let line = item.instruction.line + 1;
                return Err(format!("changes a part of what line {line} copies"));
            }
        }
        Ok(reached)
    }
}

/// Where the only source of a COPY lies, if it is put into a folder under its own name.
fn single_file(copy: &Copy) -> Option<ImagePlace> {
    let [source] = copy.sources.as_slice() else { return None };
    let name = file_name(source.text.value.as_deref()?.trim_end_matches('/'));
    let is_plain = source.kind == SourceKind::Path && copy.into_directory && !name.contains(['*', '?', '[']);
    is_plain.then(|| copy.place.join(name))
}

/// The folder of the one file that is copied, if that is what is changed.
fn file(input: &Input<'_>, path: &ImagePath, reached: &[(&StageInstruction, &Copy)]) -> Option<String> {
    let [(_, copy)] = reached else { return None };
    let [source] = copy.sources.as_slice() else { return None };
    let is_whole = !copy.into_directory && copy.place == path.place || single_file(copy)? == path.place;
    let path = path.place.known().filter(|_| is_whole && is_file(input, copy, source))?;
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    Some(if parent.is_empty() { "/".to_owned() } else { parent.to_owned() })
}

/// Whether a source is one file for certain.
pub fn is_file(input: &Input<'_>, copy: &Copy, source: &semantic::CopySource) -> bool {
    let Some(value) = source.text.value.as_deref().filter(|_| copy.from.is_none()) else { return false };
    let context = input.facts.context.as_ref();
    let path = clean_context_path(value);
    match context.and_then(|context| context.files.get(&path)) {
        Some(file) => file.kind == semantic::facts::FileKind::File,
        None => {
            context.is_none() && path.rsplit('/').next().is_some_and(|name| name.contains('.') && name != ".")
        }
    }
}

/// The change of a whole folder.
fn folder(path: &ImagePath, group: &Group<'_>, flag: &str) -> Result<Outcome, String> {
    let Some(path) = path.place.known().filter(|_| path.pattern.is_none()) else {
        return Err("changes a folder that only the base image knows".to_owned());
    };
    let place = ImagePlace::Known(path.to_owned());
    for item in &group.before {
        let line = item.instruction.line + 1;
        let is_inside = match &item.kind {
            Kind::Copy(copy) | Kind::Add(copy) => {
                copy.place.is_within(&place)
                    || place.is_within(&copy.place)
                    || copy.place == ImagePlace::Unknown
            }
            Kind::Run(_) => item.workdir.is_within(&place) || writes_in(item, path),
            Kind::Workdir(_, made) => *made != place && made.is_within(&place),
            Kind::Onbuild | Kind::Unknown => true,
            _ => false,
        };
        if is_inside {
            return Err(format!("also changes what line {line} may have put into {path}"));
        }
    }
    let is_empty = ground::is_empty_in(group.base, path);
    let is_there = group.before.iter().any(|item| ground::makes(item, path));
    let check = if is_empty {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let parent = if parent.is_empty() { "/" } else { parent };
        if is_there { None } else { made_above(parent, group, flag) }
    } else {
        let image = match group.base {
            semantic::Base::Image(name) => name.as_str(),
            _ => "the base image",
        };
        Some(format!("that nothing else lies in {path}, of {image} or of a package"))
    };
    Ok(Outcome { keeps_folder: is_there || !is_empty, check })
}

/// What is to be checked where RUNs stand above: they may have put files into the folder by another name of it.
fn made_by_runs(group: &Group<'_>, path: &ImagePath) -> Option<String> {
    let runs = group.before.iter().any(|item| item.as_run().is_some());
    let folder = path.place.known().unwrap_or("it");
    runs.then(|| format!("that no RUN above puts anything into {folder}"))
}

/// Whether a RUN may have put files into a folder: it names it, and does more than make it.
fn writes_in(item: &StageInstruction, path: &str) -> bool {
    let Some(run) = item.as_run().filter(|_| ground::mentions(item, path)) else { return false };
    let is_making = |command: &syntax::shell::Command| {
        !command.words.iter().any(|word| word.text.contains(path))
            || matches!(command.program(), Some("mkdir" | "chown" | "chmod" | "useradd" | "adduser"))
                && command.words.iter().all(|word| !word.text.contains(&format!("{path}/")))
    };
    !run.is_understood() || !run.commands().all(is_making)
}

/// What is to be checked where a COPY may have to make folders above what it copies to: they would get the owner as well.
fn made_above(parent: &str, group: &Group<'_>, flag: &str) -> Option<String> {
    let owner = flag.split_once('=').map_or(flag, |(_, owner)| owner);
    let is_owner = flag.starts_with("--chown");
    (is_owner && !ground::is_there(parent, &group.before))
        .then(|| format!("that {parent}, if COPY has to make it, may belong to {owner} too"))
}

/// `--chown=…` or `--chmod=…` with the meaning of the change.
fn flag(
    input: &Input<'_>,
    item: &StageInstruction,
    change: &Change<'_>,
    reached: &[(&StageInstruction, &Copy)],
) -> Result<String, String> {
    if change.program == "chmod" {
        let mode = change.to.value.as_deref().filter(|mode| is_octal(mode));
        let mode = mode.ok_or("changes a mode in a way that COPY cannot")?;
        if reached.iter().any(|(_, copy)| copy.chmod.is_some() || copy.link) {
            return Err("changes a mode that COPY sets already".to_owned());
        }
        return Ok(format!("--chmod={mode}"));
    }
    if reached.iter().any(|(_, copy)| copy.chown.is_some()) {
        return Err("changes an owner that COPY sets already".to_owned());
    }
    let owner = owner(input, item, change.to, reached)?;
    let is_number = owner.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    if !is_number && reached.iter().any(|(_, copy)| copy.link) {
        return Err("names a user, which COPY --link does not know".to_owned());
    }
    Ok(format!("--chown={owner}"))
}

/// The owner as `--chown` understands it. What is copied belongs to group 0, and `chown USER` leaves the group as it is.
fn owner(
    input: &Input<'_>,
    item: &StageInstruction,
    word: &ShellWord,
    reached: &[(&StageInstruction, &Copy)],
) -> Result<String, String> {
    let text = match &word.value {
        Some(value) => value.clone(),
        None => variables(input, item, word, reached).ok_or("names an owner that only the shell knows")?,
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unclear = || Err("names an owner in a way that COPY does not know".to_owned());
    if text.contains(char::is_whitespace) || text.matches(':').count() > 1 {
        return unclear();
    }
    match text.split_once(':') {
        Some((user, group)) if !user.is_empty() && !group.is_empty() => Ok(text),
        Some((user, "")) if !is_number(user) && !user.contains('$') && !user.is_empty() => {
            Ok(user.to_owned())
        }
        Some(("", group)) if !group.is_empty() => {
            Ok(format!("{}:{group}", if is_number(group) { "0" } else { "root" }))
        }
        None if is_number(&text) => Ok(format!("{text}:0")),
        None if !text.is_empty() && !text.contains(['$', '.']) => Ok(format!("{text}:root")),
        _ => unclear(),
    }
}

/// A word of variables that COPY expands to the same as the shell does: those of the file, of the same definition in both places.
fn variables(
    input: &Input<'_>,
    item: &StageInstruction,
    word: &ShellWord,
    reached: &[(&StageInstruction, &Copy)],
) -> Option<String> {
    let text = word.text.trim_matches('"');
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-${}:.".contains(letter);
    let sets = item.as_run()?.script.as_ref()?.sets.is_empty();
    if word.substitution || !sets || !text.chars().all(is_plain) || text.contains(":-") {
        return None;
    }
    let scopes = &input.model.scopes;
    let is_same = |name: &str| {
        let here = scopes.definition(item.scope, name).map(|found| found.range);
        here.is_some()
            && reached
                .iter()
                .all(|(copy, _)| scopes.definition(copy.scope, name).map(|found| found.range) == here)
    };
    word.variables.iter().all(|variable| is_same(&variable.name)).then(|| text.to_owned())
}

/// The edit that gives a COPY the flag, behind those that it has.
fn with_flag(item: &StageInstruction, flag: &str) -> TextEdit {
    let instruction = &item.instruction;
    let end = instruction.flags.last().map_or(instruction.node.keyword_range.end, |flag| flag.range.end);
    TextEdit { range: TextRange::empty(instruction.start + end), new_text: format!(" {flag}") }
}

/// The edits that take the RUN out. What its comment says is then said of the COPY.
fn without_run(
    input: &Input<'_>,
    item: &StageInstruction,
    reached: &[(&StageInstruction, &Copy)],
) -> Vec<TextEdit> {
    let document = &input.model.document;
    let block = removal::block(document, &item.instruction);
    let mut edits = vec![removal::take_lines(document, block.lines)];
    if let Some((copy, _)) = reached.first().filter(|_| !block.comments.is_empty()) {
        let start = document.buildkit_line_range(copy.instruction.line).start;
        edits.push(TextEdit { range: TextRange::empty(start), new_text: block.comments });
    }
    edits
}

/// The edit that takes the recursion out of a change.
fn without_recursion(item: &StageInstruction, change: &Change<'_>) -> Option<TextEdit> {
    let [word] = change.recursive.as_slice() else { return None };
    let source = &item.instruction.source;
    let rest = source.get(word.range.end as usize..)?;
    let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let range = TextRange::new(
        item.instruction.start + word.range.start,
        item.instruction.start + word.range.end + u32::try_from(space).ok()?,
    );
    match word.text.as_str() {
        "-R" | "--recursive" if space > 0 => Some(TextEdit { range, new_text: String::new() }),
        flags if flags.starts_with('-') && !flags.starts_with("--") => {
            let range = TextRange::new(range.start, item.instruction.start + word.range.end);
            Some(TextEdit { range, new_text: flags.replace('R', "") })
        }
        _ => None,
    }
}
