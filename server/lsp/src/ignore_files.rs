//! `.dockerignore` files that are open: the build context that each is for, and their unsaved texts in what is known around Dockerfiles.

use std::path::{Path, PathBuf};

use ide::{DocumentId, DocumentKind, Facts, Host, Snapshot};
use workspace::surroundings;

use crate::main_loop::MainLoop;
use crate::surroundings::file_path;

/// The open ignore files by path, with their texts, saved or not.
pub(crate) struct OpenIgnoreFiles(Vec<(PathBuf, String)>);

impl OpenIgnoreFiles {
    /// Puts the open text into what was read from disk, where it is of the ignore file in force.
    pub(crate) fn put_into(self, facts: &mut Facts) {
        let Some(context) = &mut facts.context else { return };
        let Some(file) = &mut context.ignore_file else { return };
        let path = Path::new(&context.root).join(&file.path);
        if let Some((_, text)) = self.0.into_iter().find(|(open, _)| *open == path) {
            file.text = text;
        }
    }
}

impl MainLoop {
    pub(crate) fn open_ignore_files(&self) -> OpenIgnoreFiles {
        let snapshot = self.host.snapshot();
        let files = self.ignore_file_ids().into_iter().filter_map(|id| {
            let path = file_path(&self.open.get(&id)?.uri)?;
            Some((path, snapshot.document(&id)?.text()))
        });
        OpenIgnoreFiles(files.collect())
    }

    fn ignore_file_ids(&self) -> Vec<DocumentId> {
        self.open_of_kind(DocumentKind::Ignore)
    }

    fn open_of_kind(&self, kind: DocumentKind) -> Vec<DocumentId> {
        let snapshot = self.host.snapshot();
        self.open.keys().filter(|id| snapshot.kind(id) == Some(kind)).cloned().collect()
    }

    /// Has what is said of open ignore files looked at again.
    pub(crate) fn diagnose_ignore_files(&mut self) {
        for id in self.ignore_file_ids() {
            self.diagnose(&id);
        }
    }

    /// The text of a document has changed, or it was closed. What Dockerfiles find in their contexts depends on ignore files, and what
    /// ignore files leave out matters by what Dockerfiles copy.
    pub(crate) fn tell_ignore_files(&mut self, changed: Option<DocumentKind>) {
        match changed {
            Some(DocumentKind::Dockerfile) => self.diagnose_ignore_files(),
            Some(DocumentKind::Ignore) => {
                for id in self.open_of_kind(DocumentKind::Dockerfile) {
                    self.read_surroundings(&id);
                }
            }
            _ => {}
        }
    }
}

/// Reads the build context of an open ignore file. `dockerfile` is the open document that alone it is for.
pub(crate) fn facts(
    snapshot: &Snapshot,
    id: &DocumentId,
    path: &Path,
    dockerfile: Option<&DocumentId>,
    boundary: &Path,
) -> Facts {
    let text = snapshot.document(id).map(ide::Document::text).unwrap_or_default();
    let copied = match dockerfile.and_then(|id| snapshot.model(id)) {
        Some(model) => surroundings::copied_paths(model),
        None => surroundings::dockerfile_of(path).map(|path| copied_on_disk(&path)).unwrap_or_default(),
    };
    Facts { context: surroundings::ignore_file_facts(path, text, &copied, boundary), ..Facts::default() }
}

/// Longer files are no Dockerfiles, in bytes.
const LONGEST_DOCKERFILE: u64 = 1 << 20;

/// What a Dockerfile that is not open copies.
fn copied_on_disk(dockerfile: &Path) -> Vec<String> {
    let is_readable = |file: std::fs::Metadata| file.is_file() && file.len() <= LONGEST_DOCKERFILE;
    if !dockerfile.metadata().is_ok_and(is_readable) {
        return Vec::new();
    }
    let Ok(text) = std::fs::read_to_string(dockerfile) else { return Vec::new() };
    let mut host = Host::new();
    let id = DocumentId::new("");
    host.open(id.clone(), DocumentKind::Dockerfile, &text);
    host.snapshot().model(&id).map(surroundings::copied_paths).unwrap_or_default()
}
