//! What lies around each open Dockerfile: read by `workspace` and told by a builder on this machine, off the loop, and put into the
//! host as an input like the text.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ide::{DocumentId, DocumentKind, Facts};
use tower_lsp::ls_types::request::RegisterCapability;
use tower_lsp::ls_types::{
    DidChangeWorkspaceFoldersParams, InitializeParams, Registration, RegistrationParams, Uri, WorkspaceFolder,
};
use workspace::callers::Callers;
use workspace::surroundings;

use crate::ignore_files;
use crate::main_loop::{Event, MainLoop, Reading};

/// Requests wait no longer than this for the first reading: a disk may hang.
const PATIENCE: Duration = Duration::from_secs(3);

/// Files whose change changes what is known: Dockerfiles for their symbols; of a context the manifests and the ignore file; listings are read again on saving.
const WATCHED: &[&str] = &[
    "**/*.dockerignore",
    "**/.dockerignore",
    "**/layerwise.toml",
    "**/.hadolint.{yaml,yml}",
    "**/package.json",
    "**/Cargo.toml",
    "**/go.mod",
    "**/pyproject.toml",
    "**/pom.xml",
    "**/*compose*.{yaml,yml}",
    "**/docker-bake*.{hcl,json}",
    "**/devcontainer.json",
    "**/.devcontainer.json",
    "**/.env",
    "**/{Dockerfile,Containerfile}",
    "**/{Dockerfile,Containerfile}.*",
    "**/*.{Dockerfile,dockerfile,containerfile}",
];

/// The folders that the client has open.
#[expect(deprecated, reason = "older clients send nothing else")]
pub(crate) fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params.workspace_folders.iter().flatten().filter_map(|folder| folder_path(&folder.uri));
    let root = params.root_uri.as_ref().and_then(folder_path);
    let root = root.or_else(|| params.root_path.as_ref().map(PathBuf::from));
    let mut folders: Vec<PathBuf> = folders.chain(root).filter(|folder| folder.is_absolute()).collect();
    folders.sort();
    folders.dedup();
    folders
}

/// The path of a folder, without the `/` that some clients put at its end.
fn folder_path(uri: &Uri) -> Option<PathBuf> {
    let path = file_path(uri).filter(|path| path.is_absolute())?;
    Some(path.components().collect())
}

/// The path of a `file:` URI.
pub(crate) fn file_path(uri: &Uri) -> Option<PathBuf> {
    let is_file = uri.scheme().as_str().eq_ignore_ascii_case("file");
    is_file.then(|| uri.to_file_path()).flatten().map(std::borrow::Cow::into_owned)
}

/// The folder up to which a Dockerfile's context may lie above it: the innermost open one around it, else its own.
pub(crate) fn boundary<'a>(folders: &'a [PathBuf], dockerfile: &'a Path) -> &'a Path {
    let around = folders.iter().filter(|folder| dockerfile.starts_with(folder));
    let innermost = around.max_by_key(|folder| folder.as_os_str().len());
    innermost.map(PathBuf::as_path).or(dockerfile.parent()).unwrap_or(dockerfile)
}

impl MainLoop {
    /// Asks the client to tell of changed files.
    pub(crate) fn watch_files(&self) {
        let watchers: Vec<_> = WATCHED.iter().map(|glob| serde_json::json!({"globPattern": glob})).collect();
        let registration = Registration {
            id: "layerwise/files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: Some(serde_json::json!({"watchers": watchers})),
        };
        self.client.ask::<RegisterCapability>(RegistrationParams { registrations: vec![registration] });
    }

    pub(crate) fn boundary<'a>(&'a self, dockerfile: &'a Path) -> &'a Path {
        boundary(&self.folders, dockerfile)
    }

    /// Reads on a worker what lies around a document that was opened. Requests that need it wait until then.
    pub(crate) fn read_first_surroundings(&mut self, id: &DocumentId) {
        self.read_surroundings(id);
        let Some(open) = self.open.get_mut(id).filter(|open| open.reading.is_running()) else { return };
        open.waiting.get_or_insert_default();
        let (events, id) = (self.events.clone(), id.clone());
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            let _ = events.send(Event::SurroundingsOverdue(id));
        });
    }

    /// A request that needs what lies around its document: it runs now, or when that is known.
    pub(crate) fn read_with_surroundings(&mut self, id: &DocumentId, reading: Reading) {
        match self.open.get_mut(id).and_then(|open| open.waiting.as_mut()) {
            Some(waiting) => waiting.push(reading),
            None => self.read(reading),
        }
    }

    /// Lets the requests run that waited for what lies around a document.
    pub(crate) fn stop_waiting(&mut self, id: &DocumentId) {
        let waiting = self.open.get_mut(id).and_then(|open| open.waiting.take());
        for reading in waiting.into_iter().flatten() {
            self.read(reading);
        }
    }

    /// Reads on a worker what lies around a document; once at a time for each.
    pub(crate) fn read_surroundings(&mut self, id: &DocumentId) {
        let snapshot = self.host.snapshot();
        let Some(dockerfile) = self.open.get(id).and_then(|open| file_path(&open.uri)) else { return };
        let boundary = self.boundary(&dockerfile).to_owned();
        let Some(open) = self.open.get_mut(id) else { return };
        let is_ignore_file = match snapshot.kind(id) {
            Some(DocumentKind::Dockerfile) => false,
            Some(DocumentKind::Ignore) => true,
            _ => return,
        };
        if !open.reading.start() {
            return;
        }
        let (events, id) = (self.events.clone(), id.clone());
        let builder = self.builds.builder();
        let open_ignore_files = self.open_ignore_files();
        let of_ignore_file = surroundings::dockerfile_of(&dockerfile).and_then(|path| self.open_at(&path));
        let read = {
            let id = id.clone();
            move || {
                if is_ignore_file {
                    return ignore_files::facts(
                        &snapshot,
                        &id,
                        &dockerfile,
                        of_ignore_file.as_ref(),
                        &boundary,
                    );
                }
                let copied = snapshot.model(&id).map(surroundings::copied_paths).unwrap_or_default();
                let callers = Callers::find(&boundary).of_dockerfile(&dockerfile);
                let root = surroundings::called_root(&callers, &copied, &dockerfile, &boundary);
                let context = root.and_then(|root| surroundings::context_facts(&root, &dockerfile));
                let named_contexts = surroundings::named_contexts(&callers, &boundary);
                let mut facts = Facts { context, callers, named_contexts, ..Facts::default() };
                open_ignore_files.put_into(&mut facts);
                let images =
                    snapshot.model(&id).map(|model| [model.base_images(), model.copied_images()].concat());
                let images = images.unwrap_or_default();
                builder.add_facts(&images, &mut facts);
                facts
            }
        };
        self.workers.disk(read, move |facts| drop(events.send(Event::Surroundings { id, facts })));
    }

    /// What lies around a document has been read; nothing where that failed.
    pub(crate) fn surroundings_read(&mut self, id: &DocumentId, facts: Option<Facts>) {
        let Some(open) = self.open.get_mut(id) else { return };
        let mut again = open.reading.finish();
        let snapshot = self.host.snapshot();
        let before = snapshot.facts(id);
        let shell_checks = before.and_then(|before| before.shell_checks.clone());
        let facts = facts.map(|facts| Facts { shell_checks, ..facts });
        if let Some(facts) = facts
            && before != Some(&facts)
        {
            let called_otherwise = before.is_none_or(|before| before.callers != facts.callers);
            self.host.set_facts(id, facts);
            self.follow_inputs(id);
            self.diagnose(id);
            self.diagnose_ignore_files();
            self.refresh_diagnostics();
            if called_otherwise {
                // Their arguments may name other base images, which the builder is asked for.
                again = true;
                self.refresh_marks();
                self.forecast_soon(id);
            }
        }
        self.stop_waiting(id);
        if again {
            self.read_surroundings(id);
        }
    }

    /// The open document of a path.
    fn open_at(&self, path: &Path) -> Option<DocumentId> {
        let mut open = self.open.iter();
        open.find(|(_, open)| file_path(&open.uri).as_deref() == Some(path)).map(|(id, _)| id.clone())
    }

    /// The client has opened or closed folders: what lies around documents may reach further now, or less far.
    pub(crate) fn folders_changed(&mut self, params: &DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[WorkspaceFolder]| -> Vec<PathBuf> {
            folders.iter().filter_map(|folder| folder_path(&folder.uri)).collect()
        };
        let removed = paths(&params.event.removed);
        let mut folders: Vec<PathBuf> =
            self.folders.iter().filter(|folder| !removed.contains(folder)).cloned().collect();
        folders.extend(paths(&params.event.added));
        folders.sort();
        folders.dedup();
        if folders[..] == self.folders[..] {
            return;
        }
        self.folders = folders.into();
        self.disk_changed();
    }

    /// Something on disk has changed.
    pub(crate) fn disk_changed(&mut self) {
        let ids: Vec<DocumentId> = self.open.keys().cloned().collect();
        for id in &ids {
            self.read_settings_files(id);
            self.read_surroundings(id);
            self.forecast_soon(id);
        }
        self.diagnose_caller_files();
        self.look_at_source_files();
    }
}
