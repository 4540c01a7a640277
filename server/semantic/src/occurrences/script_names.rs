//! The variable names in the command of an instruction, whoever they belong to: what a rename must not run into.

use std::sync::Arc;

use syntax::shell::Script;

use super::script;
use crate::stage::{Kind, StageInstruction};

/// The variable names in the command of a RUN, CMD, ENTRYPOINT or HEALTHCHECK.
pub struct ScriptNames<'a> {
    script: Option<Arc<Script>>,
    source: &'a str,
}

impl<'a> ScriptNames<'a> {
    /// The names in an instruction's command; nothing where it has none.
    #[must_use]
    pub fn of(item: &'a StageInstruction) -> Option<Self> {
        let script = match &item.kind {
            Kind::Run(run) => run.script.clone(),
            Kind::Cmd | Kind::Entrypoint | Kind::Healthcheck => {
                item.instruction.shell().filter(|_| item.has_posix_shell()).cloned()
            }
            _ => return None,
        };
        Some(Self { script, source: &item.instruction.source })
    }

    /// Whether the command reads a variable of this name that it has not set itself.
    #[must_use]
    pub fn reads(&self, name: &str) -> bool {
        let Some(script) = &self.script else { return false };
        let is_named = script.variables.iter().any(|used| used.name == name);
        is_named && script::from_outside(script, self.source).iter().any(|mention| mention.name == name)
    }

    /// Whether the command sets a variable of this name.
    #[must_use]
    pub fn sets(&self, name: &str) -> bool {
        self.script.as_ref().is_some_and(|script| script.sets.iter().any(|set| set.name == name))
    }

    /// How often the command seems to use a variable where it is not understood: `$NAME`, and for the shells that are not read any word
    /// that is the name. Nothing where all of it is understood.
    #[must_use]
    pub fn guessed_uses(&self, name: &str) -> usize {
        let is_read = match &self.script {
            Some(script) if script.clean => return 0,
            script => script.is_some(),
        };
        let is_part = |part: char| part.is_ascii_alphanumeric() || part == '_';
        let places = self.source.match_indices(name).filter(|(start, _)| {
            let (before, rest) = self.source.split_at(*start);
            let stands_alone = !before.ends_with(is_part) && !rest[name.len()..].starts_with(is_part);
            stands_alone && (!is_read || before.ends_with('$') || before.ends_with("${"))
        });
        places.count()
    }
}
