//! What ShellCheck says of open Dockerfiles, where the settings want it: asked in the background once typing pauses, once for each script.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::Arc;

use ide::{DocumentId, DocumentKind, Facts, ShellChecks, ShellComment, shell_scripts, wants_shell_checks};
use tower_lsp::ls_types::MessageType;
use workspace::shellcheck::{MISSING, ShellCheck};

use crate::forecasts::PAUSE;
use crate::main_loop::{Event, MainLoop};

/// Answers that are remembered, at most; then all are forgotten but those of the file that asked last.
const REMEMBERED: usize = 2_000;

/// What is known of scripts, and whom to ask.
pub(crate) struct ShellQuestions {
    /// The folders to look for the program in, as `PATH` has them.
    path: Option<OsString>,
    known: Arc<HashMap<String, Arc<Vec<ShellComment>>>>,
    /// Problems that the user was told.
    told: Vec<String>,
}

/// What came of asking.
pub(crate) struct Asked {
    /// The answers to all scripts of the text; nothing where some are not known.
    answers: Option<ShellChecks>,
    /// Why not, and whether somebody named what needs the answers.
    problem: Option<(String, bool)>,
}

impl ShellQuestions {
    pub(crate) fn new(path: Option<OsString>) -> Self {
        Self { path, known: Arc::default(), told: Vec::new() }
    }
}

impl MainLoop {
    /// Has ShellCheck asked about a document, once nothing was typed for a moment.
    pub(crate) fn ask_shellcheck_soon(&mut self, id: &DocumentId) {
        let snapshot = self.host.snapshot();
        // This comes with each key: what the text means is not looked at.
        let is_dockerfile = snapshot.kind(id) == Some(DocumentKind::Dockerfile);
        if !is_dockerfile || wants_shell_checks(&snapshot.settings(id).rules).is_none() {
            return;
        }
        let Some(open) = self.open.get_mut(id) else { return };
        open.shell_asked += 1;
        let (events, id, number) = (self.events.clone(), id.clone(), open.shell_asked);
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            let _ = events.send(Event::ShellCheckDue { id, number });
        });
    }

    /// The pause is over: asks on a worker, once at a time for each document.
    pub(crate) fn ask_shellcheck(&mut self, id: &DocumentId, number: u64) {
        let snapshot = self.host.snapshot();
        let Some(is_named) = wants_shell_checks(&snapshot.settings(id).rules) else { return };
        let Some(open) = self.open.get_mut(id).filter(|open| open.shell_asked == number) else { return };
        if !open.asking_shell.start() {
            return;
        }
        let (known, path) = (Arc::clone(&self.shell_questions.known), self.shell_questions.path.clone());
        let (folders, events) = (Arc::clone(&self.folders), self.events.clone());
        let job = {
            let id = id.clone();
            move || {
                let scripts = snapshot.model(&id).map(shell_scripts).unwrap_or_default();
                let new: Vec<String> =
                    scripts.iter().filter(|script| !known.contains_key(*script)).cloned().collect();
                let found = match ShellCheck::find(path.as_deref(), &folders) {
                    _ if new.is_empty() => Ok(ShellChecks::new()),
                    Some(program) => program.ask(&new),
                    None => Err(MISSING.to_owned()),
                };
                match found {
                    Ok(mut answers) => {
                        let known = |script: &String| Some((script.clone(), Arc::clone(known.get(script)?)));
                        answers.extend(scripts.iter().filter_map(known));
                        Asked { answers: Some(answers), problem: None }
                    }
                    Err(problem) => Asked { answers: None, problem: Some((problem, is_named)) },
                }
            }
        };
        let id = id.clone();
        self.workers.look(job, move |asked| drop(events.send(Event::ShellCheckAsked { id, asked })));
    }

    /// ShellCheck has been asked; nothing where that failed.
    pub(crate) fn shellcheck_asked(&mut self, id: &DocumentId, asked: Option<Asked>) {
        let Some(open) = self.open.get_mut(id) else { return };
        if open.asking_shell.finish() {
            self.ask_shellcheck_soon(id);
        }
        let Some(Asked { answers, problem }) = asked else { return };
        if let Some((problem, is_named)) = problem
            && !self.shell_questions.told.contains(&problem)
        {
            // Who selects all rules did not ask for this one.
            match is_named {
                true => self.client.show(MessageType::WARNING, problem.clone()),
                false => self.client.log(MessageType::INFO, problem.clone()),
            }
            self.shell_questions.told.push(problem);
        }
        let Some(answers) = answers else { return };
        let known = Arc::make_mut(&mut self.shell_questions.known);
        if known.len() > REMEMBERED {
            known.clear();
        }
        known.extend(answers.iter().map(|(script, said)| (script.clone(), Arc::clone(said))));
        let facts = self.host.snapshot().facts(id).cloned().unwrap_or_default();
        if facts.shell_checks.as_ref() != Some(&answers) {
            self.host.set_facts(id, Facts { shell_checks: Some(answers), ..facts });
            self.diagnose(id);
            self.refresh_diagnostics();
        }
    }
}
