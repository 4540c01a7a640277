//! What ShellCheck says of the scripts of all files: it is asked once, for a process of its own takes longer than all our rules together.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use ide::{ShellChecks, shell_scripts};
use rules::{Settings, wants_shell_checks};
use semantic::{Facts, Model};
use syntax::Document;
use workspace::shellcheck::{MISSING, ShellCheck};

use crate::arguments::CheckArguments;
use crate::exit;
use crate::input::{self, Readable};

/// What is known of scripts, and whom to ask.
#[derive(Default)]
pub(super) struct Shell {
    program: Option<ShellCheck>,
    answers: ShellChecks,
    was_told: AtomicBool,
}

impl Shell {
    /// Asks about the scripts of all files whose settings want it.
    pub(super) fn of(files: &[Readable], arguments: &CheckArguments) -> anyhow::Result<Self> {
        let here: Vec<PathBuf> = std::env::current_dir().into_iter().collect();
        let mut shell =
            Self { program: ShellCheck::find(std::env::var_os("PATH").as_deref(), &here), ..Self::default() };
        let Some(program) = &shell.program else { return Ok(shell) };
        let mut scripts = Vec::new();
        for path in files.iter().flatten().filter(|path| path.as_os_str() != "-") {
            let wants = || -> anyhow::Result<bool> {
                Ok(wants_shell_checks(&super::settings_of(Some(path), arguments)?.rules).is_some())
            };
            if input::is_ignore_file(path) || !wants()? {
                continue;
            }
            // What cannot be read is told by who checks it.
            let Ok(source) = input::read(path) else { continue };
            scripts.extend(shell_scripts(&Model::new(&Document::new(&source.text), &Facts::default())));
        }
        scripts.sort();
        scripts.dedup();
        match program.ask(&scripts) {
            Ok(answers) => shell.answers = answers,
            Err(problem) => shell.tell(&problem),
        }
        Ok(shell)
    }

    /// What it says of a file; nothing where it is not asked.
    pub(super) fn about(&self, model: &Model, settings: &Settings) -> Option<ShellChecks> {
        let is_named = wants_shell_checks(settings)?;
        let Some(program) = &self.program else {
            // Who selects all rules did not ask for this one.
            if is_named {
                self.tell(MISSING);
            }
            return None;
        };
        let (known, new): (Vec<_>, Vec<_>) =
            shell_scripts(model).into_iter().partition(|script| self.answers.contains_key(script));
        // A text from stdin was not read before.
        let mut answers = program.ask(&new).unwrap_or_else(|problem| {
            self.tell(&problem);
            ShellChecks::new()
        });
        answers.extend(known.into_iter().filter_map(|script| {
            let said = self.answers.get(&script)?.clone();
            Some((script, said))
        }));
        Some(answers)
    }

    /// Says what is wrong, once.
    fn tell(&self, problem: &str) {
        if !self.was_told.swap(true, Ordering::Relaxed) {
            exit::say(problem);
        }
    }
}
