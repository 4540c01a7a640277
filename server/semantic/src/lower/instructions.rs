//! What each kind of instruction means.

use syntax::{Flag, Form, Instruction, Keyword, Pair, Word};

use super::Lowering;
use crate::copy::{Copy, CopySource, SourceKind};
use crate::mount::{Mount, MountKind};
use crate::path::Place;
use crate::run::Run;
use crate::scope::Scope;
use crate::stage::{Kind, Text, is_posix_shell};

impl Lowering<'_> {
    pub(super) fn kind(&mut self, instruction: &Instruction, scope: Scope) -> Kind {
        let words = |lowering: &Self| {
            instruction
                .arguments
                .words
                .iter()
                .map(|word| lowering.text(instruction, word, scope))
                .collect::<Vec<_>>()
        };
        match instruction.keyword {
            Keyword::Run => Kind::Run(Box::new(self.run(instruction, scope))),
            Keyword::Copy => {
                self.copy(instruction, scope).map_or(Kind::Unknown, |copy| Kind::Copy(Box::new(copy)))
            }
            Keyword::Add => {
                self.copy(instruction, scope).map_or(Kind::Unknown, |copy| Kind::Add(Box::new(copy)))
            }
            Keyword::Env => Kind::Env(self.pairs(instruction, scope)),
            Keyword::Label => Kind::Label(self.pairs(instruction, scope)),
            Keyword::Arg => Kind::Arg(self.arguments(instruction, scope)),
            Keyword::Workdir => {
                let text = self.whole(instruction, scope);
                let place =
                    text.value.as_deref().map_or(Place::Unknown, |path| self.state.workdir.join(path));
                Kind::Workdir(text, place)
            }
            Keyword::User => Kind::User(self.whole(instruction, scope)),
            Keyword::Shell => {
                Kind::Shell(instruction.arguments.words.iter().map(|word| word.text.clone()).collect())
            }
            Keyword::Cmd => Kind::Cmd,
            Keyword::Entrypoint => Kind::Entrypoint,
            Keyword::Expose => Kind::Expose(words(self)),
            Keyword::Volume => Kind::Volume(words(self)),
            Keyword::Healthcheck => Kind::Healthcheck,
            Keyword::Stopsignal => Kind::Stopsignal(self.whole(instruction, scope)),
            Keyword::Maintainer => Kind::Maintainer,
            Keyword::Onbuild => Kind::Onbuild,
            Keyword::From | Keyword::Unknown => Kind::Unknown,
        }
    }

    /// The names and defaults of an ARG.
    pub(super) fn arguments(&self, instruction: &Instruction, scope: Scope) -> Vec<(Text, Option<Text>)> {
        let default = |pair: &Pair| pair.value.as_ref().map(|value| self.text(instruction, value, scope));
        let pairs = &instruction.arguments.pairs;
        pairs.iter().map(|pair| (self.literal(instruction, &pair.key), default(pair))).collect()
    }

    fn pairs(&self, instruction: &Instruction, scope: Scope) -> Vec<(Text, Text)> {
        let value = |pair: &Pair| {
            pair.value.as_ref().map(|value| self.text(instruction, value, scope)).unwrap_or_default()
        };
        let pairs = &instruction.arguments.pairs;
        pairs.iter().map(|pair| (self.text(instruction, &pair.key, scope), value(pair))).collect()
    }

    fn run(&self, instruction: &Instruction, scope: Scope) -> Run {
        let is_mount = |flag: &&Flag| flag.name == "mount";
        let mounts = instruction
            .flags
            .iter()
            .filter(is_mount)
            .filter_map(|flag| self.mount(instruction, flag, scope))
            .collect();
        let value = |name| self.flag_literal(instruction, name).map(|text| text.raw);
        let posix =
            instruction.arguments.form == Some(Form::Exec) || is_posix_shell(self.state.shell.as_deref());
        let script = posix.then(|| instruction.shell().cloned()).flatten();
        Run { mounts, network: value("network"), security: value("security"), script }
    }

    fn mount(&self, instruction: &Instruction, flag: &Flag, scope: Scope) -> Option<Mount> {
        let value = flag.value.as_ref()?;
        let mut mount = Mount {
            range: instruction.place(flag.range),
            kind: MountKind::Bind,
            target: Place::Unknown,
            source: None,
            from: None,
            id: None,
            env: None,
            sharing: None,
            uid: None,
            required: false,
        };
        let mut target = None;
        let mut is_named_for_certain = true;
        for field in syntax::mount::fields(value) {
            let range = instruction.place(field.value_range);
            let text = self.expanded(field.value.clone(), range, scope);
            let known = || text.value.clone().unwrap_or_else(|| text.raw.clone());
            let key = field.key.to_ascii_lowercase();
            is_named_for_certain &= text.value.is_some() || !matches!(key.as_str(), "id" | "source" | "src");
            match key.as_str() {
                "type" => mount.kind = text.value.as_deref().map_or(MountKind::Unknown, MountKind::from_word),
                "target" | "dst" | "destination" => {
                    target = Some(
                        text.value.as_deref().map_or(Place::Unknown, |path| self.state.workdir.join(path)),
                    );
                }
                "source" | "src" => mount.source = Some(known()),
                "from" => mount.from = Some(self.reference(Text { value: Some(text.raw.clone()), ..text })),
                "id" => mount.id = Some(known()),
                "env" => mount.env = Some(known()),
                "sharing" => mount.sharing = Some(known()),
                "uid" => mount.uid = Some(known()),
                "required" => {
                    mount.required =
                        !matches!(field.value.to_ascii_lowercase().as_str(), "false" | "0" | "f");
                }
                _ => {}
            }
        }
        mount.target = match target {
            Some(target) => target,
            None if is_named_for_certain => default_target(&mount),
            None => Place::Unknown,
        };
        Some(mount)
    }

    fn copy(&mut self, instruction: &Instruction, scope: Scope) -> Option<Copy> {
        let arguments = &instruction.arguments;
        let (destination, sources) = arguments.words.split_last()?;
        let destination = self.text(instruction, destination, scope);
        let place = destination.value.as_deref().map_or(Place::Unknown, |path| self.state.workdir.join(path));
        let sources: Vec<_> = sources.iter().map(|word| self.copy_source(instruction, word, scope)).collect();
        let written = destination.value.as_deref().unwrap_or(&destination.raw);
        let into_directory =
            written.ends_with('/') || written.ends_with("/.") || written == "." || sources.len() > 1;
        let from = self.flag_literal(instruction, "from").map(|text| self.copy_reference(text));
        let excluded = instruction
            .flags
            .iter()
            .filter(|flag| flag.name == "exclude")
            .filter_map(|flag| flag.value.as_ref());
        let is_on = |name| {
            instruction.flag(name).is_some_and(|flag| {
                flag.value.as_ref().is_none_or(|value| !value.text.eq_ignore_ascii_case("false"))
            })
        };
        Some(Copy {
            sources,
            place,
            destination,
            into_directory,
            from,
            chown: self.flag_text(instruction, "chown", scope),
            chmod: self.flag_text(instruction, "chmod", scope),
            link: is_on("link"),
            parents: is_on("parents"),
            exclude: excluded.map(|word| self.text(instruction, word, scope)).collect(),
        })
    }

    fn copy_source(&self, instruction: &Instruction, word: &Word, scope: Scope) -> CopySource {
        let place = word.range;
        let is_heredoc = instruction
            .heredocs
            .iter()
            .any(|heredoc| heredoc.marker.start >= place.start && heredoc.marker.end <= place.end);
        if is_heredoc {
            return CopySource { text: self.literal(instruction, word), kind: SourceKind::Heredoc };
        }
        let text = self.text(instruction, word, scope);
        let written = text.value.as_deref().unwrap_or(&text.raw);
        let kind = match instruction.keyword {
            Keyword::Add if is_git(written) => SourceKind::Git,
            Keyword::Add if written.starts_with("http://") || written.starts_with("https://") => {
                SourceKind::Url
            }
            _ => SourceKind::Path,
        };
        CopySource { text, kind }
    }
}

/// Where BuildKit mounts it when nothing is said.
fn default_target(mount: &Mount) -> Place {
    match (mount.kind, &mount.env) {
        (MountKind::Secret, None) => {
            let name = mount.id.as_deref().or(mount.source.as_deref()).unwrap_or_default();
            Place::Known(format!("/run/secrets/{name}"))
        }
        _ => Place::Unknown,
    }
}

/// Whether ADD takes a source for a git repository (BuildKit's `dfgitutil.ParseGitRef`, for the forms that people write).
fn is_git(source: &str) -> bool {
    let base = source.split('#').next().unwrap_or_default();
    let web = base.starts_with("http://") || base.starts_with("https://");
    source.starts_with("git://")
        || source.starts_with("git@")
        || source.starts_with("ssh://")
        || (web && base.ends_with(".git"))
}
