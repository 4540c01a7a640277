//! The Dockerfile language as data: every instruction, flag, mount key, directive and predefined variable, with what we say of
//! each. Completion, hover and signature help read it.
//!
//! Which names BuildKit takes is decided in `syntax::accepted`, and tests hold that every one of them is here and no other.
//! What a particular file means is not here but in `semantic`. Texts are Markdown, in words of our own; where they come from
//! is the Dockerfile reference that each entry links to, at frontend 1.20.

mod checks;
mod directives;
mod flags;
mod instructions;
mod mounts;
#[cfg(test)]
mod tests;
mod variables;
mod well_known;

use syntax::Keyword;

pub use checks::CHECKS;
pub use directives::DIRECTIVES;
pub use instructions::INSTRUCTIONS;
pub use mounts::MOUNT_TYPES;
pub use variables::VARIABLES;
pub use well_known::{CACHE_FOLDERS, HEREDOC_NAMES, LABELS, PLATFORMS, PORTS, SHELLS, SIGNALS};

/// Where Docker describes the language; an anchor follows.
const REFERENCE: &str = "https://docs.docker.com/reference/dockerfile/";

/// Where Docker describes BuildKit's own checks; a page's name follows.
const CHECKS_REFERENCE: &str = "https://docs.docker.com/reference/build-checks/";

/// An instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instruction {
    /// Its keyword.
    pub keyword: Keyword,
    /// One sentence, without a full stop.
    pub summary: &'static str,
    /// A paragraph.
    pub details: &'static str,
    /// How it may be written, the usual form first.
    pub forms: &'static [SyntaxForm],
    /// Its flags.
    pub flags: &'static [Flag],
    /// The reference's anchor.
    pub anchor: &'static str,
}

/// One way to write an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyntaxForm {
    /// Which way it is.
    pub kind: FormKind,
    /// What follows the keyword and the flags: `source… destination`. The labels of `parameters` stand in it, in order.
    pub text: &'static str,
    /// Its parts.
    pub parameters: &'static [Parameter],
}

/// Which way an instruction is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormKind {
    /// Words, pairs, or a shell command.
    Plain,
    /// A JSON list.
    List,
    /// A heredoc.
    Heredoc,
    /// A keyword of its own: `HEALTHCHECK NONE`.
    Keyword(&'static str),
}

/// One part of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// As it stands in the form.
    pub label: &'static str,
    /// What it is.
    pub summary: &'static str,
    /// Whether there may be more than one of it.
    pub repeats: bool,
}

/// A flag of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// Without dashes.
    pub name: &'static str,
    /// What it takes.
    pub value: ValueKind,
    /// What stands for the value in texts: `user[:group]`; empty for a switch.
    pub placeholder: &'static str,
    /// Whether it may be given more than once.
    pub repeats: bool,
    /// One sentence, without a full stop.
    pub summary: &'static str,
    /// A paragraph.
    pub details: &'static str,
    /// What holds without it; empty where nothing does.
    pub default: &'static str,
    /// The first frontend that has it; absent where all do.
    pub since: Option<Since>,
    /// The reference's anchor.
    pub anchor: &'static str,
}

/// What kind of value a flag or a mount key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Nothing, `true` or `false`.
    Switch,
    /// One of these.
    OneOf(&'static [Choice]),
    /// A stage, an image or a named context.
    Source,
    /// `linux/amd64` and the like.
    Platform,
    /// A user, perhaps with a group behind a colon, by name or number.
    Owner,
    /// Permission bits, octal or symbolic.
    Permissions,
    /// `30s`, `1m30s`.
    Duration,
    /// A whole number.
    Number,
    /// A number of bytes with a unit.
    Size,
    /// `sha256:…`, or the commit of a git source.
    Checksum,
    /// A pattern of paths.
    Pattern,
    /// A path in the source of a mount.
    SourcePath,
    /// A path in the image.
    ImagePath,
    /// The id of a cache, a secret or an agent socket.
    Id,
    /// The name of an environment variable.
    VariableName,
    /// `type=…,key=value,…`.
    Mount,
    /// `name[,required]` of a CDI device.
    Device,
}

/// A word with what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// As it is written.
    pub value: &'static str,
    /// One sentence, without a full stop.
    pub summary: &'static str,
}

/// A version of the Dockerfile frontend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Since {
    /// Such as `1.4`.
    pub version: &'static str,
    /// Whether it is in the `-labs` channel alone so far.
    pub labs: bool,
}

/// A type of mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MountType {
    /// `cache`.
    pub name: &'static str,
    /// One sentence, without a full stop.
    pub summary: &'static str,
    /// A paragraph.
    pub details: &'static str,
    /// What it takes beside `type`, the most wanted first.
    pub keys: &'static [MountKey],
    /// The reference's anchor.
    pub anchor: &'static str,
}

/// A key of one type of mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MountKey {
    /// The spelling that we offer.
    pub name: &'static str,
    /// The others.
    pub aliases: &'static [&'static str],
    /// What it takes.
    pub value: ValueKind,
    /// What stands for the value in texts.
    pub placeholder: &'static str,
    /// One sentence, without a full stop.
    pub summary: &'static str,
    /// What holds without it; empty where nothing does.
    pub default: &'static str,
    /// The first frontend that has it; absent where all with mounts do.
    pub since: Option<Since>,
}

/// A parser directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directive {
    /// `syntax`.
    pub name: &'static str,
    /// One sentence, without a full stop.
    pub summary: &'static str,
    /// A paragraph.
    pub details: &'static str,
    /// Usual values, the best first.
    pub values: &'static [Choice],
    /// The first frontend that has it; absent where all do.
    pub since: Option<Since>,
    /// The reference's anchor.
    pub anchor: &'static str,
}

/// A variable that BuildKit defines or heeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name; of the proxies the upper-case one.
    pub name: &'static str,
    /// Which of them it is.
    pub family: VariableFamily,
    /// One sentence, without a full stop.
    pub summary: &'static str,
    /// A value that it may have; empty where none says more than the summary.
    pub example: &'static str,
}

/// Where a predefined variable is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VariableFamily {
    /// Of the platform that the image is for: set in FROM, and in a stage behind an `ARG` of its name.
    Target,
    /// Of the platform that the build runs on: like `Target`.
    Build,
    /// A proxy: in the environment of every RUN when the caller gives it, without any `ARG`, and in no cache key.
    Proxy,
    /// An argument that the builder heeds when the caller gives it; a stage sees it behind an `ARG` of its name.
    BuildKit,
}

/// A check that BuildKit runs, for `# check=skip=…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// `StageNameCasing`.
    pub name: &'static str,
    /// One sentence, without a full stop.
    pub summary: &'static str,
    /// Whether it only runs when it is asked for.
    pub experimental: bool,
    /// Its page.
    page: &'static str,
}

/// The instruction of a keyword; none for an unknown one.
#[must_use]
pub fn instruction(keyword: Keyword) -> Option<&'static Instruction> {
    INSTRUCTIONS.iter().find(|instruction| instruction.keyword == keyword)
}

/// A flag of an instruction, by its name without dashes.
#[must_use]
pub fn flag(keyword: Keyword, name: &str) -> Option<&'static Flag> {
    instruction(keyword)?.flags.iter().find(|flag| flag.name == name)
}

/// A type of mount, in any case.
#[must_use]
pub fn mount_type(name: &str) -> Option<&'static MountType> {
    MOUNT_TYPES.iter().find(|kind| kind.name.eq_ignore_ascii_case(name))
}

/// A directive, in any case.
#[must_use]
pub fn directive(name: &str) -> Option<&'static Directive> {
    DIRECTIVES.iter().find(|directive| directive.name.eq_ignore_ascii_case(name))
}

/// A predefined variable. The proxies are known in lower case too, as the builder knows them.
#[must_use]
pub fn variable(name: &str) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| {
        variable.name == name
            || variable.family == VariableFamily::Proxy && variable.name.to_lowercase() == name
    })
}

/// A signal, with or without its `SIG`, in any case.
#[must_use]
pub fn signal(name: &str) -> Option<&'static Choice> {
    let upper = name.to_uppercase();
    let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
    SIGNALS.iter().find(|signal| signal.value.strip_prefix("SIG") == Some(bare))
}

/// One of BuildKit's own checks, in any case.
#[must_use]
pub fn check(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name.eq_ignore_ascii_case(name))
}

impl Instruction {
    /// Its place in Docker's reference.
    #[must_use]
    pub fn link(&self) -> String {
        link(self.anchor)
    }
}

impl Flag {
    /// Its place in Docker's reference.
    #[must_use]
    pub fn link(&self) -> String {
        link(self.anchor)
    }

    /// As it is written: `--chown=user[:group]`, `--link`.
    #[must_use]
    pub fn usage(&self) -> String {
        let equals = if self.placeholder.is_empty() { "" } else { "=" };
        format!("--{}{equals}{}", self.name, self.placeholder)
    }
}

impl MountType {
    /// Its place in Docker's reference.
    #[must_use]
    pub fn link(&self) -> String {
        link(self.anchor)
    }

    /// A key of this type, by any of its spellings in any case.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&'static MountKey> {
        self.keys.iter().find(|key| key.spellings().any(|spelling| spelling.eq_ignore_ascii_case(name)))
    }
}

impl MountKey {
    /// All its spellings, ours first.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

impl Directive {
    /// Its place in Docker's reference.
    #[must_use]
    pub fn link(&self) -> String {
        link(self.anchor)
    }
}

impl Variable {
    /// Its place in Docker's reference.
    #[must_use]
    pub fn link(&self) -> String {
        link(match self.family {
            VariableFamily::Target | VariableFamily::Build => "automatic-platform-args-in-the-global-scope",
            VariableFamily::Proxy => "predefined-args",
            VariableFamily::BuildKit => "buildkit-built-in-build-args",
        })
    }
}

impl Check {
    /// Its page in Docker's reference.
    #[must_use]
    pub fn link(&self) -> String {
        format!("{CHECKS_REFERENCE}{}", self.page)
    }
}

impl std::fmt::Display for Since {
    /// `Dockerfile 1.4`, or `Dockerfile 1.14-labs`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Dockerfile {}{}", self.version, if self.labs { "-labs" } else { "" })
    }
}

fn link(anchor: &str) -> String {
    format!("{REFERENCE}#{anchor}")
}
