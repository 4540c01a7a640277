//! When diagnostics are computed, and who is told: the push channel of each document, and clients that pull where another file has
//! changed what they know.

use ide::{DocumentId, DocumentKind};
use tower_lsp::ls_types::notification::PublishDiagnostics;

use crate::diagnostics;
use crate::forecasts::PAUSE;
use crate::main_loop::{Event, MainLoop};

/// A text of a file of callers: when it was opened, and the client's version.
pub(crate) type TextOfCallers = (u64, Option<i32>);

impl MainLoop {
    /// Has the push channel's diagnostics computed, once at a time for each document.
    pub(crate) fn diagnose(&mut self, id: &DocumentId) {
        let context = self.context();
        let Some(revision) = context.snapshot.revision(id) else { return };
        let Some(open) = self.open.get(id) else { return };
        let said = self.source_errors_of(&open.uri);
        let Some(open) = self.open.get_mut(id) else { return };
        if !context.snapshot.kind(id).is_some_and(DocumentKind::is_analysed) {
            return;
        }
        // A client that pulls is pushed builds alone, which most documents have none of.
        if self.profile.pulls_diagnostics
            && open.pushed == diagnostics::NONE
            && context.snapshot.last_build(id).is_none()
            && said.is_empty()
        {
            return;
        }
        if !open.computing.start() {
            return;
        }
        let (events, id) = (self.events.clone(), id.clone());
        self.workers.background(
            {
                let id = id.clone();
                move || diagnostics::pushed(&context, &id, &said)
            },
            move |found| drop(events.send(Event::Diagnostics { id, revision, found })),
        );
    }

    pub(crate) fn diagnosed(&mut self, id: &DocumentId, revision: (u64, u64), found: Option<String>) {
        let current = self.host.snapshot().revision(id);
        let Some(open) = self.open.get_mut(id) else { return };
        let again = open.computing.finish();
        let stale = current != Some(revision);
        let version = self.versions.get(id).copied();
        // Each version of a text is answered; what other files and settings changed is told where it makes a difference.
        let is_told = self.profile.pulls_diagnostics || open.pushed_for == version;
        if let Some(mut found) = found.filter(|found| !(stale || is_told && *found == open.pushed)) {
            let params = diagnostics::publication(&open.uri, &found, version);
            self.client.notify_json::<PublishDiagnostics>(params);
            found.shrink_to_fit();
            (open.pushed, open.pushed_for) = (found, version);
        }
        if again || stale {
            self.diagnose(id);
        }
    }

    /// Has what is said of open files of callers looked at again. The version of such a file that a client pulled for says nothing of the
    /// Dockerfiles, so that it is asked to pull again where another one has changed the answer.
    pub(crate) fn diagnose_caller_files(&mut self) {
        let snapshot = self.host.snapshot();
        let names_callers = |id: &&DocumentId| snapshot.kind(id).is_some_and(DocumentKind::names_callers);
        let ids: Vec<DocumentId> = self.open.keys().filter(names_callers).cloned().collect();
        for id in &ids {
            self.diagnose_caller_file(id);
        }
    }

    /// The same, once nothing was typed for a moment: it reads files, and keystrokes in a Dockerfile come close after each other.
    fn diagnose_caller_files_soon(&mut self) {
        let snapshot = self.host.snapshot();
        if !self.open.keys().any(|id| snapshot.kind(id).is_some_and(DocumentKind::names_callers)) {
            return;
        }
        self.callers_asked += 1;
        let (events, number) = (self.events.clone(), self.callers_asked);
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            let _ = events.send(Event::CallersDue(number));
        });
    }

    /// The pause after a keystroke is over.
    pub(crate) fn callers_due(&mut self, number: u64) {
        if self.callers_asked == number {
            self.diagnose_caller_files();
        }
    }

    /// A document has another text, or was closed. What files of callers name of a Dockerfile is looked at again.
    pub(crate) fn tell_callers(&mut self, id: &DocumentId, changed: Option<DocumentKind>) {
        match changed {
            Some(DocumentKind::Dockerfile) => self.diagnose_caller_files_soon(),
            Some(kind) if kind.names_callers() && self.profile.pulls_diagnostics => {
                self.diagnose_caller_file(id);
            }
            _ => {}
        }
    }

    fn diagnose_caller_file(&mut self, id: &DocumentId) {
        if !self.profile.pulls_diagnostics {
            return self.diagnose(id);
        }
        let context = self.context();
        let version = self.versions.get(id).copied();
        let Some(open) = self.open.get_mut(id) else { return };
        if !open.checking.start() {
            return;
        }
        let text = (open.opened, version);
        let (events, id) = (self.events.clone(), id.clone());
        let job = {
            let id = id.clone();
            move || diagnostics::analysed(&context, &id)
        };
        self.workers.disk(job, move |found| drop(events.send(Event::CallersChecked { id, text, found })));
    }

    /// What is wrong in a file of callers is known, for the client that pulls.
    pub(crate) fn callers_checked(&mut self, id: &DocumentId, text: TextOfCallers, found: Option<String>) {
        // What was closed and opened again is looked at on its own.
        let Some(open) = self.open.get_mut(id).filter(|open| open.opened == text.0) else { return };
        let again = open.checking.finish();
        if let Some(found) = found {
            let before = open.checked.replace((text, found));
            let is_news = before.is_some_and(|(of, before)| {
                of == text && open.checked.as_ref().is_some_and(|(_, found)| *found != before)
            });
            if is_news {
                self.refresh_diagnostics();
            }
        }
        if again {
            self.diagnose_caller_file(id);
        }
    }
}
