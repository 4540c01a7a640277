//! Builds on save, of a Dockerfile and of whatever its build reads: once the user switched them on, and never in a folder that is not
//! trusted. Where forecasts are shown the same files are followed for them.
//!
//! Editors tell of the files that they have open with this server, Dockerfiles mostly; what else is saved, `workspace` follows on disk.

use std::collections::HashMap;

use ide::{DocumentId, DocumentKind};
use inner_loop::staleness::first_changed_line;
use inner_loop::{Change, Inputs};
use tower_lsp::ls_types::{MessageType, Uri};
use workspace::watch::{Told, Watch, WatchError};

use crate::commands::Arguments;
use crate::main_loop::{Event, MainLoop};

/// What is followed for the open Dockerfiles that are built on save, or whose next build is told.
#[derive(Debug, Default)]
pub(crate) struct Followed {
    of_documents: HashMap<DocumentId, Following>,
}

#[derive(Debug)]
struct Following {
    inputs: Inputs,
    /// Absent until it has begun. An earlier one goes on until then.
    watch: Option<Watch>,
}

/// What comes of following files.
pub(crate) enum Heard {
    /// These are followed now, or cannot be.
    Begun(Inputs, Result<Watch, WatchError>),
    Told(Told),
}

impl MainLoop {
    /// Whether saving builds this Dockerfile.
    fn builds_on_save(&self, id: &DocumentId) -> bool {
        let snapshot = self.host.snapshot();
        !self.untrusted
            && snapshot.kind(id) == Some(DocumentKind::Dockerfile)
            && snapshot.settings(id).build.on_save
    }

    /// A document was saved.
    pub(crate) fn build_on_save(&mut self, uri: &Uri) {
        let id = crate::from_proto::document_id(uri);
        if !self.builds_on_save(&id) {
            return;
        }
        self.follow_inputs(&id);
        let snapshot = self.host.snapshot();
        let Some(text) = snapshot.document(&id).map(ide::Document::text) else { return };
        let changes = match self.builds.text_in_work(&id) {
            // What is being built is what was saved.
            Some(in_work) => match first_changed_line(&in_work, &text) {
                Some(line) => vec![Change::Dockerfile(line)],
                None => return,
            },
            None => Vec::new(),
        };
        self.build_after(&id, &changes);
    }

    /// Follows what the build of a document reads, where that is built on save or its next build is told, and nothing where neither is.
    pub(crate) fn follow_inputs(&mut self, id: &DocumentId) {
        let inputs = match self.builds_on_save(id) {
            true => self.inputs(id),
            false => self.forecasts.inputs(id).cloned(),
        };
        let Some(inputs) = inputs else {
            self.followed.of_documents.remove(id);
            return;
        };
        let following = self.followed.of_documents.get_mut(id);
        let watch = match following {
            Some(following) if following.inputs == inputs => return,
            Some(following) => following.watch.take(),
            None => None,
        };
        self.followed.of_documents.insert(id.clone(), Following { inputs: inputs.clone(), watch });
        let (told, begun) = (self.events.clone(), self.events.clone());
        let (of_told, of_begun) = (id.clone(), id.clone());
        let start = {
            let inputs = inputs.clone();
            move || {
                Watch::start(inputs, move |said| {
                    let _ = told.send(Event::Inputs(of_told.clone(), Heard::Told(said)));
                })
            }
        };
        self.workers.disk(start, move |watch| {
            if let Some(watch) = watch {
                let _ = begun.send(Event::Inputs(of_begun, Heard::Begun(inputs, watch)));
            }
        });
    }

    /// The document was closed.
    pub(crate) fn stop_following(&mut self, id: &DocumentId) {
        self.followed.of_documents.remove(id);
    }

    fn inputs(&self, id: &DocumentId) -> Option<Inputs> {
        let planned = self.plan(&self.arguments(id)?).ok()?;
        let snapshot = self.host.snapshot();
        Some(planned.request.inputs(snapshot.model(id)?))
    }

    fn arguments(&self, id: &DocumentId) -> Option<Arguments> {
        let uri = self.open.get(id)?.uri.clone();
        Some(Arguments::of(uri))
    }

    pub(crate) fn inputs_heard(&mut self, id: &DocumentId, heard: Heard) {
        let Some(following) = self.followed.of_documents.get_mut(id) else { return };
        match heard {
            Heard::Begun(inputs, Ok(watch)) => {
                if following.inputs == inputs {
                    following.watch = Some(watch);
                    // What changed between the last look and this watch was told to nobody.
                    self.forecast_soon(id);
                }
            }
            Heard::Begun(_, Err(error)) | Heard::Told(Told::Failed(error)) => {
                // What was foreseen would stay however the files change.
                let is_news = self.forecasts.give_up(id);
                self.forecast_soon(id);
                let loss = match self.builds_on_save(id) {
                    true => "saving the Dockerfile itself still builds it",
                    false => {
                        "until the Dockerfile is opened again no hint tells what the next build would do"
                    }
                };
                if is_news {
                    self.client.log(MessageType::WARNING, format!("{error}; {loss}"));
                }
            }
            Heard::Told(Told::Changed(changes)) => {
                let dockerfile = following.inputs.dockerfile.clone();
                let main = following.inputs.contexts.iter().find(|context| context.name.is_none());
                let root = main.map(|main| main.root.clone()).unwrap_or_default();
                // Of the Dockerfile itself the editor tells.
                let is_dockerfile = |change: &Change| match change {
                    Change::Dockerfile(_) => true,
                    Change::File(None, path) => root.join(path) == dockerfile,
                    _ => false,
                };
                let changes: Vec<Change> =
                    changes.into_iter().filter(|change| !is_dockerfile(change)).collect();
                if changes.is_empty() {
                    return;
                }
                self.forecast_soon(id);
                self.look_at_source_files();
                if self.builds_on_save(id) {
                    self.build_after(id, &changes);
                }
            }
        }
    }

    /// Builds a document after these changes: when the running build has ended, or has become pointless.
    fn build_after(&mut self, id: &DocumentId, changes: &[Change]) {
        let Some(arguments) = self.arguments(id) else { return };
        let planned = match self.plan(&arguments) {
            Ok(planned) => planned,
            Err(error) => {
                self.client.log(MessageType::WARNING, error.message);
                return;
            }
        };
        self.builds.add_changes(id, changes);
        let (_, actions) = self.builds.queue.request_after(id.clone(), planned);
        self.act(actions);
        self.stop_if_pointless();
    }

    /// Stops the running build where something that it read has changed, and the next one will not need what it does now.
    pub(crate) fn stop_if_pointless(&mut self) {
        if let Some(id) = self.builds.pointless() {
            let actions = self.builds.queue.cancel_id(id);
            self.act(actions);
        }
    }
}
