//! RUN: what is in its key, and what its mounts read.
//!
//! Source: `dockerfile2llb/convert.go` (`dispatchRun`), `convert_runmount.go`, `solver/llbsolver/ops/exec.go` (`CacheMap`).

use semantic::expand::expand_word;
use semantic::path::{Place, clean};
use semantic::{MountKind, Run, StageInstruction};
use syntax::Form;

use super::walk::Walk;
use super::{Part, Source};
use crate::contents::Selector;

impl Walk<'_> {
    /// The parts and sources of a RUN, in a stage with this index.
    pub(super) fn run(
        &mut self,
        stage: usize,
        item: &StageInstruction,
        run: &Run,
    ) -> (Vec<(Part, String)>, Vec<Source>) {
        let instruction = &item.instruction;
        let is_exec = instruction.arguments.form == Some(Form::Exec);
        let mut operation = vec![if is_exec { "exec" } else { "shell" }.to_owned()];
        operation.extend(command(item));
        for (name, value) in [("network", &run.network), ("security", &run.security)] {
            // What is the default is the same as nothing at all.
            if let Some(value) =
                value.as_ref().filter(|value| !matches!(value.as_str(), "default" | "sandbox"))
            {
                operation.push(format!("{name}={value}"));
            }
        }
        let known = ["mount", "network", "security"];
        for flag in instruction.flags.iter().filter(|flag| !known.contains(&flag.name.as_str())) {
            operation.push(flag.range.of(&instruction.source).to_owned());
        }
        let (mounts, sources) = self.mounts(item, run);
        operation.extend(mounts);
        let mut parts = vec![(Part::Operation, operation.join("\0"))];
        if !is_exec {
            let shell = item.shell.as_ref().map_or_else(String::new, |words| words.join("\0"));
            parts.push((Part::Shell, shell));
        }
        parts.push((Part::WorkingDirectory, place(&item.workdir)));
        parts.push((Part::User, item.user.as_ref().map_or_else(String::new, |user| self.value(item, user))));
        parts.push((Part::Platform, self.platform(stage)));
        if let Some(network) = &self.outside.network {
            parts.push((Part::Network, network.clone()));
        }
        parts.push((Part::BaseEnvironment, self.stages[stage].base_environment.clone()));
        parts.extend(self.stages[stage].environment.parts());
        (parts, sources)
    }

    /// The mounts as they are in the key, sorted by target as BuildKit sorts them, and what they read.
    fn mounts(&mut self, item: &StageInstruction, run: &Run) -> (Vec<String>, Vec<Source>) {
        let flags = item.instruction.flags.iter().filter(|flag| flag.name == "mount");
        let values = flags.filter_map(|flag| flag.value.as_ref());
        let mut mounts = Vec::new();
        let mut sources: Vec<Source> = Vec::new();
        for (value, mount) in values.zip(&run.mounts) {
            let mut fields = vec![format!("{:?}", mount.kind)];
            let mut is_readonly = mount.kind == MountKind::Bind;
            let mut has_own_id = false;
            for field in syntax::mount::fields(value) {
                let key = field.key.to_ascii_lowercase();
                let text = self.expanded(item, &field.value);
                match key.as_str() {
                    "type" | "target" | "dst" | "destination" => {}
                    // Which files a mount reads counts by their content alone.
                    "source" | "src" | "from" if reads_files(mount.kind) => {}
                    "readonly" | "ro" => is_readonly = is_on(&text),
                    "rw" | "readwrite" => is_readonly = !is_on(&text),
                    // A cache that is not the one of its path counts as any such cache does.
                    "id" | "sharing" if mount.kind == MountKind::Cache && !self.is_old_builder() => {
                        has_own_id |=
                            text != if key == "id" { place(&mount.target) } else { "shared".to_owned() };
                    }
                    _ => fields.push(format!("{key}={text}")),
                }
            }
            fields.extend(is_readonly.then(|| "readonly".to_owned()));
            fields.extend(has_own_id.then(|| "own id".to_owned()));
            fields.sort();
            mounts.push((place(&mount.target), fields.join(",")));
            if reads_files(mount.kind) {
                let path = mount
                    .source
                    .as_deref()
                    .map_or_else(|| "/".to_owned(), |source| clean(&format!("/{source}")));
                let selector = Selector::of_path(&path);
                let source = match &mount.from {
                    Some(from) => self.source(&from.target, &from.text.raw, vec![selector]),
                    None if mount.kind == MountKind::Bind => {
                        Some(Source::Files { context: String::new(), selectors: vec![selector] })
                    }
                    None => None,
                };
                sources.extend(source);
            }
        }
        mounts.sort();
        (mounts.into_iter().map(|(target, fields)| format!("{target}:{fields}")).collect(), joined(sources))
    }

    /// A word of the instruction with its variables replaced; as written, with what is known, where one of them is not known.
    pub(super) fn expanded(&mut self, item: &StageInstruction, raw: &str) -> String {
        let model = self.model;
        let expansion = expand_word(raw, item.instruction.escape, |name| model.lookup(item.scope, name));
        self.note_variables(item, &expansion);
        self.written_or(item, raw, expansion.value)
    }
}

/// Whether a mount of this kind reads files of the context, a stage or an image.
const fn reads_files(kind: MountKind) -> bool {
    matches!(kind, MountKind::Bind | MountKind::Cache)
}

/// A flag without a value is on.
fn is_on(value: &str) -> bool {
    value.is_empty() || value.eq_ignore_ascii_case("true") || value == "1"
}

/// Several mounts of one place are one source, as they are one input of BuildKit's vertex.
fn joined(sources: Vec<Source>) -> Vec<Source> {
    let mut joined: Vec<Source> = Vec::new();
    for source in sources {
        let same = joined.iter_mut().find_map(|other| match (other, &source) {
            (Source::Files { context, selectors }, Source::Files { context: other, selectors: more })
                if context == other =>
            {
                Some((selectors, more.clone()))
            }
            (Source::Step { step, selectors }, Source::Step { step: other, selectors: more })
                if step == other =>
            {
                Some((selectors, more.clone()))
            }
            _ => None,
        });
        match same {
            Some((selectors, more)) => selectors.extend(more),
            None => joined.push(source),
        }
    }
    joined
}

/// What is run with its shell, as one text.
pub(super) fn words(item: &StageInstruction) -> String {
    let mut words = command(item);
    if words.first().is_some_and(|word| word == HEREDOC) {
        words.drain(..2);
    }
    if item.instruction.arguments.form != Some(Form::Exec) {
        let default = || vec!["/bin/sh".to_owned(), "-c".to_owned()];
        words.splice(0..0, item.shell.clone().unwrap_or_else(default));
    }
    words.join(" ")
}

/// Marks a command that is a heredoc and nothing else.
const HEREDOC: &str = "heredoc";

/// What is run: the words of a list, or the text for the shell, with heredocs as BuildKit puts them into it.
fn command(item: &StageInstruction) -> Vec<String> {
    let instruction = &item.instruction;
    let words = &instruction.arguments.words;
    if instruction.arguments.form == Some(Form::Exec) {
        return words.iter().map(|word| word.text.clone()).collect();
    }
    let text = &instruction.arguments.text;
    let heredocs = &instruction.heredocs;
    let body = |at: usize| heredocs[at].body.of(&instruction.source);
    let is_alone = heredocs.len() == 1 && heredocs[0].marker.of(&instruction.source) == text.trim();
    if is_alone {
        let kept = if heredocs[0].chomp { without_tabs(body(0)) } else { body(0).to_owned() };
        // A script with its interpreter is a file, whose name is the heredoc's.
        let name = if kept.starts_with("#!") { heredocs[0].name.clone() } else { String::new() };
        return vec![HEREDOC.to_owned(), name, kept];
    }
    let mut whole = text.clone();
    for (at, heredoc) in heredocs.iter().enumerate() {
        whole.push('\n');
        whole.push_str(body(at));
        whole.push_str(&heredoc.name);
    }
    vec![whole]
}

/// A heredoc's body less the tabs that its lines begin with, as `<<-` asks.
pub(super) fn without_tabs(body: &str) -> String {
    body.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect()
}

/// A place as text, whatever is known of it.
pub(super) fn place(place: &Place) -> String {
    match place {
        Place::Known(path) => path.clone(),
        Place::Relative(path) => format!("(base)/{path}"),
        Place::Unknown => "(unknown)".to_owned(),
    }
}
