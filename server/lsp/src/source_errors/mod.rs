//! What the tools of a failed build say, as diagnostics of the user's own files, open or not: always pushed, as all that a build says.
//!
//! They stay until the next build of that Dockerfile has ended, or it is gone. They follow the text of their line, and are hidden while no line
//! has it. A document that is analysed has one list on the push channel, which `diagnostics` writes, with these in it; others have these alone.

mod following;
mod on_disk;
mod to_proto;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use ide::{DocumentId, DocumentKind};
use inner_loop::{BuildId, BuildRequest, StepProblem};
use tower_lsp::ls_types::notification::PublishDiagnostics;
use tower_lsp::ls_types::{Diagnostic, PublishDiagnosticsParams, Uri};
use workspace::source_errors::{LocatedProblem, locate};

pub(crate) use following::Touched;

use crate::event::Event;
use crate::main_loop::MainLoop;
use crate::surroundings::file_path;
use crate::workers::Once;

/// What is shown of the last build of each Dockerfile.
#[derive(Default)]
pub(crate) struct SourceErrors {
    builds: HashMap<DocumentId, (BuildId, Vec<Shown>)>,
    /// The files that are not open are being looked at.
    looking: Once,
}

struct Shown {
    problem: LocatedProblem,
    /// No line of the file is it any more.
    is_hidden: bool,
}

/// What a worker found out; nothing where looking failed.
pub(crate) enum Told {
    /// The lines that a build's tools speak of.
    Found { build: BuildId, id: DocumentId, problems: Option<Vec<LocatedProblem>> },
    /// The files as they are on disk.
    Seen(Option<on_disk::Seen>),
}

impl SourceErrors {
    /// Every file with a problem.
    fn files(&self) -> BTreeSet<PathBuf> {
        self.builds.keys().flat_map(|id| self.files_of(id)).collect()
    }

    fn files_of(&self, id: &DocumentId) -> BTreeSet<PathBuf> {
        let shown = self.builds.get(id).into_iter().flat_map(|(_, shown)| shown);
        shown.map(|shown| shown.problem.file.clone()).collect()
    }

    fn of_file_mut<'a>(&'a mut self, file: &'a Path) -> impl Iterator<Item = &'a mut Shown> {
        let all = self.builds.values_mut().flat_map(|(_, shown)| shown);
        all.filter(move |shown| shown.problem.file == file)
    }
}

impl MainLoop {
    /// Has a worker find the lines that a failed build's tools speak of.
    pub(crate) fn find_source_errors(
        &self,
        build: BuildId,
        id: DocumentId,
        request: Arc<BuildRequest>,
        problem: StepProblem,
        began: SystemTime,
    ) {
        let folders = self.folders_around(&id);
        let find = move || spelled(locate(&request, &problem, began), &folders);
        let events = self.events.clone();
        self.workers.disk(find, move |problems| {
            drop(events.send(Event::SourceErrors(Told::Found { build, id, problems })));
        });
    }

    /// The folders by which the client names files around a Dockerfile.
    pub(crate) fn folders_around(&self, id: &DocumentId) -> Vec<PathBuf> {
        let own = id.as_str().parse::<Uri>().ok().and_then(|uri| file_path(&uri));
        let own = own.and_then(|dockerfile| dockerfile.parent().map(Path::to_owned));
        self.folders.iter().cloned().chain(own).collect()
    }

    pub(crate) fn source_errors_told(&mut self, told: Told) {
        match told {
            Told::Found { build, id, problems } => {
                self.set_source_errors(build, &id, problems.unwrap_or_default());
            }
            Told::Seen(seen) => {
                let again = self.source_errors.looking.finish();
                if let Some(seen) = seen {
                    self.source_files_seen(&seen);
                }
                if again {
                    self.look_at_source_files();
                }
            }
        }
    }

    /// What a build's tools said is known; nothing where they said nothing.
    pub(crate) fn set_source_errors(
        &mut self,
        build: BuildId,
        id: &DocumentId,
        problems: Vec<LocatedProblem>,
    ) {
        // A later build of it has ended meanwhile.
        if self.source_errors.builds.get(id).is_some_and(|(known, _)| known.0 > build.0) {
            return;
        }
        // What is on the Dockerfile is told there, with the step.
        let own = problems.into_iter().filter(|problem| problem.shown.is_some());
        let shown: Vec<Shown> = own.map(|problem| Shown { problem, is_hidden: false }).collect();
        let mut files = self.source_errors.files_of(id);
        self.source_errors.builds.insert(id.clone(), (build, shown));
        files.extend(self.source_errors.files_of(id));
        for file in &files {
            self.place_source_errors(file, &Touched::ALL);
            self.publish_source_errors(file);
        }
    }

    /// A document was opened or edited: what is said of its lines goes with them.
    pub(crate) fn follow_source_errors(&mut self, uri: &Uri, touched: &Touched) {
        if self.source_errors.builds.is_empty() {
            return;
        }
        if let Some(file) = file_path(uri)
            && self.place_source_errors(&file, touched)
        {
            self.publish_source_errors(&file);
        }
    }

    /// What the tools of builds say of a document, in order.
    pub(crate) fn source_errors_of(&self, uri: &Uri) -> Vec<Diagnostic> {
        if self.source_errors.builds.is_empty() {
            return Vec::new();
        }
        file_path(uri).map(|file| self.source_diagnostics(&file)).unwrap_or_default()
    }

    /// The document that is open of a file.
    fn open_document_of(&self, file: &Path) -> Option<&DocumentId> {
        let mut open = self.open.iter();
        open.find(|(_, open)| file_path(&open.uri).as_deref() == Some(file)).map(|(id, _)| id)
    }

    /// Puts the problems of a file on the lines of its open document. Whether any of them has another place now.
    fn place_source_errors(&mut self, file: &Path, touched: &Touched) -> bool {
        let snapshot = self.host.snapshot();
        let Some(document) = self.open_document_of(file).and_then(|id| snapshot.document(id)) else {
            return false;
        };
        let places =
            self.source_errors.of_file_mut(file).map(|shown| following::place(shown, document, touched));
        places.fold(false, |any, has_changed| any | has_changed)
    }

    fn source_diagnostics(&self, file: &Path) -> Vec<Diagnostic> {
        let all = &self.source_errors.builds;
        let all = all.iter().flat_map(|(id, (_, shown))| shown.iter().map(move |shown| (id, shown)));
        let mut shown: Vec<_> =
            all.filter(|(_, shown)| shown.problem.file == file && !shown.is_hidden).collect();
        shown.sort_by_key(|(id, shown)| (shown.problem.line, shown.problem.column, id.as_str().to_owned()));
        shown.into_iter().map(|(id, shown)| to_proto::diagnostic(&shown.problem, id, &self.profile)).collect()
    }

    fn publish_source_errors(&mut self, file: &Path) {
        let open = self.open_document_of(file).cloned();
        if let Some(id) = &open
            && self.host.snapshot().kind(id).is_some_and(DocumentKind::is_analysed)
        {
            return self.diagnose(id);
        }
        let uri = open.and_then(|id| self.open.get(&id)).map(|open| open.uri.clone());
        let Some(uri) = uri.or_else(|| Uri::from_file_path(file)) else { return };
        self.client.notify::<PublishDiagnostics>(PublishDiagnosticsParams {
            uri,
            diagnostics: self.source_diagnostics(file),
            version: None,
        });
    }
}

/// The problems with their files as the client spells them. Looks at the disk.
pub(crate) fn spelled(mut problems: Vec<LocatedProblem>, folders: &[PathBuf]) -> Vec<LocatedProblem> {
    for problem in &mut problems {
        let file = std::mem::take(&mut problem.file);
        problem.file = on_disk::as_the_client_spells(file, folders);
    }
    problems
}
