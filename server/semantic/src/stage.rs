//! A stage and its instructions, each with what is in force where it stands.

use std::borrow::Cow;

use syntax::{Instruction, TextRange};

use crate::base::{Base, StageReference};
use crate::copy::Copy;
use crate::path::Place;
use crate::replacement::Replacement;
use crate::run::Run;
use crate::scope::Scope;

/// A text of the Dockerfile, as written and with its variables expanded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// As written, quotes and variables untouched.
    pub raw: String,
    /// With variables expanded and quotes removed; absent where a variable's value is not known.
    pub value: Option<String>,
    /// Its place.
    pub range: TextRange,
}

/// A stage: a FROM and what follows it.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Position among the stages, from 0.
    pub index: usize,
    /// The FROM.
    pub from: Instruction,
    /// The image or stage as FROM names it.
    pub image: Text,
    /// The name after AS, as written.
    pub name: Option<Text>,
    /// `--platform`.
    pub platform: Option<Text>,
    /// What it builds on, as the file says.
    pub base: Base,
    /// What all callers put in the place of that; absent where it is what the file says.
    pub base_replaced: Option<Replacement>,
    /// What all callers put in the place of this stage; then nothing in it runs.
    pub replaced: Option<Replacement>,
    /// What follows the FROM, in order.
    pub instructions: Vec<StageInstruction>,
    /// From the FROM to the end of its last instruction.
    pub range: TextRange,
    /// BuildKit's line of its last instruction's last line, from 0.
    pub end_line: u32,
}

impl Stage {
    /// The name as BuildKit compares it: lower case.
    #[must_use]
    pub fn lower_name(&self) -> Option<Cow<'_, str>> {
        let name = &self.name.as_ref()?.raw;
        let is_lower = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        Some(if is_lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_lowercase()) })
    }

    /// The name in messages: the one after AS, or `stage-N` as BuildKit says.
    #[must_use]
    pub fn display_name(&self) -> String {
        self.name.as_ref().map_or_else(|| format!("stage-{}", self.index), |name| name.raw.clone())
    }
}

/// An instruction of a stage with what is in force *before* it.
#[derive(Debug, Clone)]
pub struct StageInstruction {
    /// The instruction.
    pub instruction: Instruction,
    /// What it does.
    pub kind: Kind,
    /// The variables that it sees.
    pub scope: Scope,
    /// The working directory.
    pub workdir: Place,
    /// The user, as USER names it; absent where only the base image knows.
    pub user: Option<Text>,
    /// The shell of shell forms, as SHELL names it; absent where it is the default.
    pub shell: Option<Vec<String>>,
}

impl StageInstruction {
    /// Whether shell forms here are run by a POSIX shell: the default one, `sh`, `bash`, `dash`, `ash`, `zsh` or `ksh`.
    #[must_use]
    pub fn has_posix_shell(&self) -> bool {
        is_posix_shell(self.shell.as_deref())
    }
}

/// Whether the words of a SHELL name a POSIX shell; without any it is the default one, which is.
#[must_use]
pub fn is_posix_shell(shell: Option<&[String]>) -> bool {
    let Some(program) = shell.map(|words| words.first().map_or("", String::as_str)) else { return true };
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh")
}

/// What an instruction does.
#[derive(Debug, Clone)]
pub enum Kind {
    /// RUN.
    Run(Box<Run>),
    /// COPY.
    Copy(Box<Copy>),
    /// ADD.
    Add(Box<Copy>),
    /// ENV: names with their values.
    Env(Vec<(Text, Text)>),
    /// ARG: names with their defaults.
    Arg(Vec<(Text, Option<Text>)>),
    /// LABEL: names with their values.
    Label(Vec<(Text, Text)>),
    /// WORKDIR: as written, and where it leads.
    Workdir(Text, Place),
    /// USER.
    User(Text),
    /// SHELL.
    Shell(Vec<String>),
    /// CMD.
    Cmd,
    /// ENTRYPOINT.
    Entrypoint,
    /// EXPOSE: the ports.
    Expose(Vec<Text>),
    /// VOLUME: the paths.
    Volume(Vec<Text>),
    /// HEALTHCHECK.
    Healthcheck,
    /// STOPSIGNAL.
    Stopsignal(Text),
    /// MAINTAINER.
    Maintainer,
    /// ONBUILD with its trigger, which runs in images built on this one.
    Onbuild,
    /// No instruction that is known.
    Unknown,
}

impl StageInstruction {
    /// The RUN, if it is one.
    #[must_use]
    pub fn as_run(&self) -> Option<&Run> {
        match &self.kind {
            Kind::Run(run) => Some(run),
            _ => None,
        }
    }

    /// The COPY or ADD, if it is one.
    #[must_use]
    pub fn as_copy(&self) -> Option<&Copy> {
        match &self.kind {
            Kind::Copy(copy) | Kind::Add(copy) => Some(copy),
            _ => None,
        }
    }

    /// Whether the builder makes a step of it: COPY, ADD, RUN and WORKDIR. The others only set what later steps are run with.
    #[must_use]
    pub const fn is_step(&self) -> bool {
        matches!(self.kind, Kind::Run(_) | Kind::Copy(_) | Kind::Add(_) | Kind::Workdir(..))
    }

    /// The stages and images that it reads: `--from` and the `from=` of its mounts.
    pub fn references(&self) -> impl Iterator<Item = &StageReference> {
        let copied = self.as_copy().and_then(|copy| copy.from.as_ref());
        let mounted =
            self.as_run().into_iter().flat_map(|run| &run.mounts).filter_map(|mount| mount.from.as_ref());
        copied.into_iter().chain(mounted)
    }
}
