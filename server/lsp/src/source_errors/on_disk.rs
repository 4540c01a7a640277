//! What is said of files that no editor has open: where their lines lie now, whether their Dockerfile is still there, and how the client
//! spells their paths.

use std::fs;
use std::path::{Path, PathBuf};

use ide::{Document, DocumentId};
use tower_lsp::ls_types::Uri;

use super::following::place;
use super::{Told, Touched};
use crate::event::Event;
use crate::main_loop::MainLoop;
use crate::surroundings::file_path;

/// A file that is longer is not read again.
const MOST_BYTES: u64 = 4 << 20;

/// What a worker saw.
pub(crate) struct Seen {
    /// Files with problems that are not open, with their text; nothing where they are gone, or not text.
    pub(super) files: Vec<(PathBuf, Option<Document>)>,
    /// Dockerfiles whose builds nobody can look at any more.
    pub(super) gone: Vec<DocumentId>,
}

impl MainLoop {
    /// Has a worker look at the files that a build's tools spoke of and that are not open, as something may have changed on disk.
    pub(crate) fn look_at_source_files(&mut self) {
        let files = self.source_errors.files();
        if files.is_empty() || !self.source_errors.looking.start() {
            return;
        }
        let is_open = |file: &PathBuf| self.open_document_of(file).is_some();
        let files: Vec<PathBuf> = files.into_iter().filter(|file| !is_open(file)).collect();
        let closed: Vec<DocumentId> =
            self.source_errors.builds.keys().filter(|id| !self.open.contains_key(*id)).cloned().collect();
        let (events, folders) = (self.events.clone(), self.folders.clone());
        let look = move || Seen {
            files: files
                .into_iter()
                .map(|file| {
                    let text = read(&file);
                    (file, text)
                })
                .collect(),
            gone: closed.into_iter().filter(|id| is_gone(id, &folders)).collect(),
        };
        self.workers.disk(look, move |seen| drop(events.send(Event::SourceErrors(Told::Seen(seen)))));
    }

    /// The text of an editor is gone: what is said of the file is told by its lines on disk.
    pub(crate) fn source_file_closed(&mut self, uri: &Uri) {
        if let Some(file) = file_path(uri).filter(|file| self.source_errors.files().contains(file)) {
            self.publish_source_errors(&file);
        }
        self.look_at_source_files();
    }

    pub(super) fn source_files_seen(&mut self, seen: &Seen) {
        for (file, document) in &seen.files {
            if self.open_document_of(file).is_some() {
                continue;
            }
            let shown = self.source_errors.of_file_mut(file);
            let has_changed = shown.map(|shown| match document {
                Some(document) => place(shown, document, &Touched::ALL),
                None => !std::mem::replace(&mut shown.is_hidden, true),
            });
            if has_changed.fold(false, |any, one| any | one) {
                self.publish_source_errors(file);
            }
        }
        for id in seen.gone.iter().filter(|id| !self.open.contains_key(*id)).cloned().collect::<Vec<_>>() {
            let files = self.source_errors.files_of(&id);
            self.source_errors.builds.remove(&id);
            files.iter().for_each(|file| self.publish_source_errors(file));
        }
    }
}

fn read(file: &Path) -> Option<Document> {
    let metadata = fs::metadata(file).ok()?;
    let is_short = metadata.is_file() && metadata.len() <= MOST_BYTES;
    is_short.then(|| fs::read_to_string(file).ok()).flatten().map(|text| Document::new(&text))
}

/// A Dockerfile that is not open, and is not in an open folder either.
fn is_gone(id: &DocumentId, folders: &[PathBuf]) -> bool {
    let path = id.as_str().parse::<Uri>().ok().and_then(|uri| file_path(&uri));
    path.is_none_or(|path| !folders.iter().any(|folder| path.starts_with(folder)) || !path.is_file())
}

/// The path of a file through a folder that the client has open, though that be a symbolic link.
pub(super) fn as_the_client_spells(file: PathBuf, folders: &[PathBuf]) -> PathBuf {
    if folders.iter().any(|folder| file.starts_with(folder)) {
        return file;
    }
    let real = file.parent().and_then(|parent| parent.canonicalize().ok()).zip(file.file_name());
    let spelled = real.and_then(|(parent, name)| {
        folders.iter().find_map(|folder| {
            let below = parent.strip_prefix(folder.canonicalize().ok()?).ok()?;
            Some(folder.join(below).join(name))
        })
    });
    spelled.unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_through_the_folder_that_the_client_has_open() {
        let real = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::create_dir(real.path().join("src")).unwrap();
        let link = elsewhere.path().join("größe");
        std::os::unix::fs::symlink(real.path(), &link).unwrap();
        let file = real.path().join("src/a.c");
        let spelled =
            |file: &Path, folder: &Path| as_the_client_spells(file.to_owned(), &[folder.to_owned()]);
        assert_eq!(spelled(&file, &link), link.join("src/a.c"));
        assert_eq!(spelled(&file, real.path()), file);
        assert_eq!(spelled(&link.join("src/a.c"), &link), link.join("src/a.c"));
        assert_eq!(spelled(&file, &elsewhere.path().join("other")), file);
        assert_eq!(spelled(Path::new("/nowhere/a.c"), &link), Path::new("/nowhere/a.c"));
    }
}
