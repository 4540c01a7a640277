//! RUN: its mounts, and the commands that it runs.

use std::sync::Arc;

use syntax::shell::{Command, Script};

use crate::mount::Mount;

/// A RUN.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its mounts, in order.
    pub mounts: Vec<Mount>,
    /// `--network`, as written.
    pub network: Option<String>,
    /// `--security`, as written.
    pub security: Option<String>,
    /// Its commands, where a POSIX shell runs them; ranges are local to the instruction.
    pub script: Option<Arc<Script>>,
}

impl Run {
    /// Every simple command, in source order, nested ones included; none where the shell is not a POSIX one.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.script.iter().flat_map(|script| &script.statements).flat_map(|statement| &statement.commands)
    }

    /// Whether its script is fully understood.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        self.script.as_ref().is_some_and(|script| script.clean)
    }
}
