//! Which files a path in a step's file system is made of: mounts, then the instructions before it, the last first, then the stage below.
//!
//! Source: `dockerfile2llb/convert_copy.go` for what lands where: a folder's contents go into the destination, a file goes under its own name
//! where the destination is a folder. Files that a RUN copies or writes are not followed.

use semantic::dockerignore::Dockerignore;
use semantic::facts::callers::same_context;
use semantic::path::{Place, clean, clean_context_path, file_name};
use semantic::{Copy, Kind, MountKind, Source, SourceKind, Stage, StageInstruction, StageReference};
use syntax::{Heredoc, Instruction};

use super::{Origin, SourceMap};
use crate::contents::{has_wildcards, is_match};

impl SourceMap<'_> {
    /// The files that a path may be, what was put there last first.
    pub(super) fn origins(&self, path: &Place, found: &mut Vec<Origin>) {
        if self.through_mounts(path, found) {
            return;
        }
        self.through_stage(self.stage, self.at, path, found);
    }

    /// Whether a mount of the step lies over the path, and what it shows of it.
    fn through_mounts(&self, path: &Place, found: &mut Vec<Origin>) -> bool {
        let mounts = self.stage.instructions[self.at].as_run().map_or(&[][..], |run| &run.mounts);
        let over =
            mounts.iter().filter_map(|mount| Some((mount, rests(&mount.target, path).into_iter().next()?)));
        // The one that is mounted deepest shows less of the path.
        let Some((mount, rest)) = over.min_by_key(|(_, rest)| rest.len()) else { return false };
        if mount.kind == MountKind::Bind {
            let source = mount.source.as_deref().unwrap_or("/");
            let inner = clean(&format!("/{source}/{rest}"));
            match &mount.from {
                None => self.add_file(None, &inner, found),
                Some(from) => self.through_reference(from, &inner, found),
            }
        }
        true
    }

    fn through_stage(&self, stage: &Stage, until: usize, path: &Place, found: &mut Vec<Origin>) {
        if !self.seen.borrow_mut().insert((stage.index, format!("{until} {path:?}"))) {
            return;
        }
        for item in stage.instructions[..until].iter().rev() {
            if let Kind::Copy(copy) | Kind::Add(copy) = &item.kind {
                self.through_copy(item, copy, path, found);
            }
        }
        let named = self.context_of(&stage.image.raw);
        match (named, stage.base.stage().and_then(|below| self.model.stages.get(below))) {
            (Some(context), _) => {
                if let Place::Known(path) = path {
                    self.add_file(Some(context), path, found);
                }
            }
            (None, Some(below)) if below.index < stage.index => {
                self.through_stage(below, below.instructions.len(), path, found);
            }
            _ => {}
        }
    }

    fn through_copy(&self, item: &StageInstruction, copy: &Copy, path: &Place, found: &mut Vec<Origin>) {
        let left_out = copy.exclude.iter().filter_map(|pattern| pattern.value.as_deref());
        let left_out = Dockerignore::from_patterns(left_out).0;
        for rest in rests(&copy.place, path) {
            // The patterns are relative to the source.
            if left_out.is_ignored(&rest) {
                continue;
            }
            for source in copy.sources.iter().rev() {
                let value = source.text.value.as_deref();
                match source.kind {
                    SourceKind::Path => {
                        if let Some(value) = value {
                            self.through_source(copy, value, &rest, found);
                        }
                    }
                    SourceKind::Heredoc => {
                        let instruction = &item.instruction;
                        let is_it = |heredoc: &&Heredoc| {
                            instruction.place(heredoc.marker) == source.text.range
                                && rest == if copy.into_directory { heredoc.name.as_str() } else { "" }
                        };
                        let heredoc = instruction.heredocs.iter().find(is_it);
                        found.extend(heredoc.map(|heredoc| text_of(instruction, heredoc)));
                    }
                    SourceKind::Url | SourceKind::Git => {}
                }
            }
        }
    }

    /// What a source of a COPY puts at `rest` below the destination; nothing below it is the destination itself.
    fn through_source(&self, copy: &Copy, source: &str, rest: &str, found: &mut Vec<Origin>) {
        let mut add = |path: &str| match &copy.from {
            None => self.add_file(None, path, found),
            Some(from) => self.through_reference(from, path, found),
        };
        if copy.parents {
            // `/./` says from where on the folders are kept.
            let (prefix, pattern) = source.split_once("/./").unwrap_or(("", source));
            let pattern = clean_context_path(pattern);
            if (Source { context: None, path: pattern }).takes(rest) {
                add(&format!("{prefix}/{rest}"));
            }
            return;
        }
        if !has_wildcards(source) {
            return add_literal(source, rest, copy, &mut add);
        }
        let (folder, pattern) = source.trim_end_matches('/').rsplit_once('/').unwrap_or(("", source));
        let first = rest.split('/').next().unwrap_or_default();
        if has_wildcards(folder) || copy.from.is_some() {
            // Which folders are there is known of contexts alone, and looked at in one folder: else only files fit, by their own names.
            if !first.is_empty() && !has_wildcards(folder) && is_match(pattern, first) {
                add(&format!("{folder}/{rest}"));
            }
            return;
        }
        for name in self.files.names(None, &clean_context_path(folder)) {
            if is_match(pattern, &name) {
                let matched = format!("{folder}/{name}");
                add_literal(&matched, rest, copy, &mut add);
            }
        }
    }

    fn through_reference(&self, from: &StageReference, path: &str, found: &mut Vec<Origin>) {
        let path = clean(&format!("/{path}"));
        let stage = from.target.stage().and_then(|index| self.model.stages.get(index));
        let named = match stage {
            Some(stage) => stage.lower_name().and_then(|name| self.context_of(&name)),
            None => self.context_of(&from.text.raw),
        };
        match (named, stage) {
            (Some(context), _) => self.add_file(Some(context), &path, found),
            (None, Some(stage)) if stage.index < self.model.stages.len() => {
                self.through_stage(stage, stage.instructions.len(), &Place::Known(path), found);
            }
            _ => {}
        }
    }

    /// Contexts come before stages and images.
    fn context_of(&self, name: &str) -> Option<&str> {
        self.contexts.iter().find(|context| same_context(context, name)).map(String::as_str)
    }

    fn add_file(&self, context: Option<&str>, path: &str, found: &mut Vec<Origin>) {
        let path = clean_context_path(path);
        let origin = Origin::File { context: context.map(str::to_owned), path: path.clone() };
        if !found.contains(&origin) && self.files.is_file(context, &path) {
            found.push(origin);
        }
    }
}

/// A source without patterns: a folder whose contents are copied, or a file.
fn add_literal(source: &str, rest: &str, copy: &Copy, add: &mut impl FnMut(&str)) {
    match (rest.is_empty(), copy.into_directory) {
        (true, false) => add(source),
        (true, true) => {}
        (false, _) => {
            add(&format!("{source}/{rest}"));
            // Whether the destination is a folder may be known only in the container.
            if rest == file_name(source.trim_end_matches('/')) {
                add(source);
            }
        }
    }
}

/// The text of a heredoc as an origin.
pub(super) fn text_of(instruction: &Instruction, heredoc: &Heredoc) -> Origin {
    let feeds = |text: &str| u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(0);
    let body = heredoc.body.of(&instruction.source);
    let before = &instruction.source[..heredoc.body.start as usize];
    let lines = feeds(body) + u32::from(!body.is_empty() && !body.ends_with('\n'));
    Origin::Heredoc { first: instruction.line + 1 + feeds(before), lines }
}

/// What is left of a path below a folder: nothing where it is that folder itself. Where one of the two is known only from the base image's
/// working directory, all that may be left, the longest first.
fn rests(folder: &Place, path: &Place) -> Vec<String> {
    match (folder, path) {
        (Place::Known(folder), Place::Known(path)) => below(folder, path).into_iter().collect(),
        (Place::Relative(folder), Place::Relative(path)) => below(folder, path).into_iter().collect(),
        (Place::Known(folder), Place::Relative(path)) => {
            below(folder, &format!("/{path}")).into_iter().collect()
        }
        (Place::Relative(folder), Place::Known(path)) => {
            let starts = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
            starts.filter_map(|start| below(folder, start)).collect()
        }
        _ => Vec::new(),
    }
}

fn below(folder: &str, path: &str) -> Option<String> {
    if folder == "." || folder == "/" {
        return Some(path.trim_start_matches('/').to_owned());
    }
    let rest = path.strip_prefix(folder)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/').to_owned())
}
