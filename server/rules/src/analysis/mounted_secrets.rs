//! The secrets that a RUN has from its mounts, and which words hold one.

use semantic::{MountKind, Run};
use syntax::shell::{Command, ShellWord};

use super::call::{Call, is_name};

/// The secrets of a RUN's mounts.
#[derive(Debug)]
pub(crate) struct MountedSecrets<'a> {
    /// Where they are mounted as files.
    files: Vec<&'a str>,
    /// The variables that hold one: from the mount, and by assignment so far.
    names: Vec<&'a str>,
}

impl<'a> MountedSecrets<'a> {
    /// The secrets of a RUN; none where it mounts none.
    pub(crate) fn of(run: &'a Run) -> Option<Self> {
        let mounts = || run.mounts.iter().filter(|mount| mount.kind == MountKind::Secret);
        mounts().next()?;
        let files = mounts().filter(|mount| mount.env.is_none()).filter_map(|mount| mount.target.known());
        let names = mounts().filter_map(|mount| mount.env.as_deref());
        Some(Self { files: files.collect(), names: names.collect() })
    }

    /// Takes in what a command assigns.
    pub(crate) fn take(&mut self, command: &'a Command) {
        for assignment in &command.assignments {
            if self.is_in(&assignment.value) {
                self.names.push(&assignment.name);
            }
        }
        let Some(call) =
            Call::of(command).filter(|call| matches!(call.program, "export" | "declare" | "local"))
        else {
            return;
        };
        for word in call.arguments {
            let name = word.text.split('=').next().unwrap_or_default();
            if is_name(name) && word.text.len() > name.len() && self.is_in(word) {
                self.names.push(name);
            }
        }
    }

    /// Whether the shell puts a secret into this word.
    pub(crate) fn is_in(&self, word: &ShellWord) -> bool {
        word.variables.iter().any(|variable| self.names.contains(&variable.name.as_str()))
            || word.substitution && self.files.iter().any(|file| word.text.contains(file))
    }

    /// Whether the word names the file of a secret.
    pub(crate) fn names_file(&self, word: &ShellWord) -> bool {
        let text = word.value.as_deref().unwrap_or(&word.text).trim_matches(['"', '\'']);
        self.files.contains(&text)
    }

    /// Whether a secret is in the environment.
    pub(crate) fn has_variable(&self) -> bool {
        !self.names.is_empty()
    }
}
