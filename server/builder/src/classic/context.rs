//! The context as a tar file: what the ignore file leaves in, and the Dockerfile's text as the request has it, saved or not.
//!
//! The builder would read ignore files itself, by rules of its own; a `.containerignore`, which counts before all others there, keeps it
//! from that and hides what we add (`ContainerIgnoreFile` in `pkg/parse` of containers/buildah).

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use inner_loop::{BuildRequest, ContextTransfer};
use semantic::dockerignore::Dockerignore;
use tar::{Builder, EntryType, Header};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use workspace::context::{self, Entry, Kind, Selection};

use crate::session::open_listed;

const IGNORE_FILE: &str = ".containerignore";
/// The Dockerfile's name where it is no file of the context.
const ADDED_DOCKERFILE: &str = ".layerwise.Dockerfile";
/// Pieces that may wait for the network.
const QUEUE: usize = 16;
const PIECE: usize = 64 << 10;

/// A context that is about to be sent.
pub(super) struct Archive {
    root: PathBuf,
    selection: Selection,
    dockerfile: String,
    dockerfile_text: String,
}

/// What became of an archive on its way.
#[derive(Clone, Default)]
pub(super) struct Sent(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    totals: Option<ContextTransfer>,
    problem: Option<String>,
}

impl Sent {
    /// What was sent, once it is all out; the first call alone gets it.
    pub(super) fn take_once(&self) -> Option<ContextTransfer> {
        self.0.lock().ok()?.totals.take()
    }

    /// What went wrong on our side.
    pub(super) fn problem(&self) -> Option<String> {
        self.0.lock().ok()?.problem.clone()
    }
}

impl Archive {
    /// Reads what is left out, and finds out whether the Dockerfile is in.
    pub(super) fn of(request: &BuildRequest, root: &Path) -> Result<Self, String> {
        let patterns = ignore_text(request, root)?.map(|text| Dockerignore::parse(&text).0);
        let patterns = patterns.unwrap_or_default();
        let selection = Selection::without(patterns.clone());
        let inside = request.dockerfile.canonicalize().ok();
        let inside = inside.and_then(|path| path.strip_prefix(root).ok()?.to_str().map(str::to_owned));
        let is_in = |name: &String| {
            let mut found = false;
            let Ok(selection) = Selection::of_file(name, patterns.clone()) else { return false };
            let walked = context::walk(root, &selection, &mut |entry| {
                found = entry.kind == Kind::File && entry.path == *name;
                if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            walked.is_ok() && found
        };
        let dockerfile = inside.filter(is_in).unwrap_or_else(|| ADDED_DOCKERFILE.to_owned());
        let dockerfile_text = request.dockerfile_text.clone();
        Ok(Self { root: root.to_owned(), selection, dockerfile, dockerfile_text })
    }

    /// The Dockerfile's name in the archive.
    pub(super) fn dockerfile(&self) -> &str {
        &self.dockerfile
    }

    /// The archive piece by piece. It is written as it is read, on a thread that ends when nobody reads any more.
    pub(super) fn stream(self) -> (ReceiverStream<io::Result<Bytes>>, Sent) {
        let (pieces, body) = mpsc::channel(QUEUE);
        let sent = Sent::default();
        let state = sent.clone();
        tokio::task::spawn_blocking(move || {
            let mut writer = io::BufWriter::with_capacity(PIECE, Pieces(pieces.clone()));
            let written = self.write(&mut writer).and_then(|totals| writer.flush().map(|()| totals));
            let Ok(mut state) = state.0.lock() else { return };
            match written {
                Ok(totals) => state.totals = Some(totals),
                Err(error) => {
                    state.problem = Some(error.to_string());
                    // The end of the body is an error too, or the builder would build what it has.
                    drop(pieces.blocking_send(Err(error)));
                }
            }
        });
        (ReceiverStream::new(body), sent)
    }

    fn write(&self, writer: &mut dyn Write) -> io::Result<ContextTransfer> {
        let mut archive = Builder::new(writer);
        let mut totals = ContextTransfer::default();
        let mut failed = None;
        context::walk(&self.root, &self.selection, &mut |entry| {
            if entry.path == IGNORE_FILE {
                return ControlFlow::Continue(());
            }
            if entry.kind == Kind::File {
                totals.files_sent += 1;
                totals.bytes_sent += entry.size;
            }
            let text = (entry.path == self.dockerfile).then_some(self.dockerfile_text.as_bytes());
            match append(&mut archive, &entry, text) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed =
                        Some(io::Error::new(error.kind(), format!("{} cannot be read: {error}", entry.path)));
                    ControlFlow::Break(())
                }
            }
        })
        .map_err(io::Error::other)?;
        if let Some(error) = failed {
            return Err(error);
        }
        if self.dockerfile == ADDED_DOCKERFILE {
            append_text(&mut archive, ADDED_DOCKERFILE, self.dockerfile_text.as_bytes())?;
        }
        append_text(&mut archive, IGNORE_FILE, format!("{ADDED_DOCKERFILE}\n{IGNORE_FILE}\n").as_bytes())?;
        archive.finish()?;
        (totals.files_total, totals.bytes_total) = (totals.files_sent, totals.bytes_sent);
        Ok(totals)
    }
}

/// The text of the ignore file that counts: the Dockerfile's own, else Podman's, else docker's.
fn ignore_text(request: &BuildRequest, root: &Path) -> Result<Option<String>, String> {
    let own = context::own_ignore_file(&request.dockerfile).map_err(|error| error.to_string())?;
    if let Some(own) = own {
        return Ok(Some(own.text));
    }
    let podmans = context::read_ignore_file(root.join(IGNORE_FILE)).map_err(|error| error.to_string())?;
    match podmans {
        Some(file) => Ok(Some(file.text)),
        None => {
            let found = context::ignore_file(root, &request.dockerfile).map_err(|error| error.to_string())?;
            Ok(found.map(|file| file.text))
        }
    }
}

/// Owners are root, as for BuildKit. Devices mean nothing in an image, and are left out.
fn append(archive: &mut Builder<&mut dyn Write>, entry: &Entry, text: Option<&[u8]>) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_mode(entry.permissions & 0o7777);
    header.set_mtime(u64::try_from(entry.stamp / 1_000_000_000).unwrap_or(0));
    match &entry.kind {
        Kind::File => match text {
            Some(text) => {
                header.set_size(text.len() as u64);
                archive.append_data(&mut header, &entry.path, text)
            }
            None => {
                header.set_size(entry.size);
                let file = Exactly { file: open_listed(&entry.absolute)?, left: entry.size };
                archive.append_data(&mut header, &entry.path, file)
            }
        },
        Kind::Folder => {
            header.set_entry_type(EntryType::Directory);
            header.set_size(0);
            archive.append_data(&mut header, &entry.path, io::empty())
        }
        Kind::Link(target) => {
            header.set_entry_type(EntryType::Symlink);
            header.set_size(0);
            archive.append_link(&mut header, &entry.path, target)
        }
        Kind::Pipe => {
            header.set_entry_type(EntryType::Fifo);
            header.set_size(0);
            archive.append_data(&mut header, &entry.path, io::empty())
        }
        Kind::BlockDevice(..) | Kind::CharacterDevice(..) => Ok(()),
    }
}

fn append_text(archive: &mut Builder<&mut dyn Write>, name: &str, text: &[u8]) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_size(text.len() as u64);
    archive.append_data(&mut header, name, text)
}

/// A file's first bytes, as many as were listed: any other number would spoil what follows in the archive.
struct Exactly {
    file: File,
    left: u64,
}

impl Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let n_bytes = self.file.read(&mut buffer[..wanted])?;
        if n_bytes == 0 && wanted > 0 {
            return Err(io::Error::other("it became shorter while it was being sent; build again"));
        }
        self.left -= n_bytes as u64;
        Ok(n_bytes)
    }
}

/// A writer whose bytes go out as pieces.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(data)));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use futures::StreamExt;

    use super::*;

    /// What arrives: names with modes, and texts.
    async fn check(dockerfile: &str, files: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        }
        symlink("nowhere", root.path().join("link")).unwrap();
        let dockerfile = root.path().join(dockerfile);
        let request = BuildRequest {
            dockerfile,
            dockerfile_text: "FROM unsaved".to_owned(),
            ..BuildRequest::default()
        };
        let archive = Archive::of(&request, &root.path().canonicalize().unwrap()).unwrap();
        let name = archive.dockerfile().to_owned();
        let (stream, sent) = archive.stream();
        let pieces: Vec<_> = stream.map(Result::unwrap).collect().await;
        let bytes = pieces.concat();
        let mut read = tar::Archive::new(&*bytes);
        let mut entries = Vec::new();
        for entry in read.entries().unwrap() {
            let mut entry = entry.unwrap();
            let header = entry.header();
            let mut what = format!("{:?} {:o}", header.entry_type(), header.mode().unwrap());
            if header.entry_type() == EntryType::Regular {
                what = String::new();
                entry.read_to_string(&mut what).unwrap();
            }
            entries.push((entry.path().unwrap().display().to_string(), what));
        }
        assert!(sent.take_once().is_some() && sent.take_once().is_none() && sent.problem().is_none());
        (name, entries)
    }

    fn texts(entries: &[(String, String)]) -> Vec<(&str, &str)> {
        entries.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
    }

    #[tokio::test]
    async fn unsaved_text_takes_the_place_of_the_file() {
        let files = [("Dockerfile", "FROM saved"), ("größe/a", "1"), ("out", "2"), (".dockerignore", "out")];
        let (name, entries) = check("Dockerfile", &files).await;
        assert_eq!(name, "Dockerfile");
        let hidden = ".layerwise.Dockerfile\n.containerignore\n";
        let mut expected = vec![
            (".dockerignore", "out"),
            ("Dockerfile", "FROM unsaved"),
            ("größe", "Directory 755"),
            ("größe/a", "1"),
            ("link", "Symlink 777"),
            (".containerignore", hidden),
        ];
        let mut got = texts(&entries);
        got.sort_unstable();
        expected.sort_unstable();
        assert_eq!(got, expected);
    }

    #[tokio::test]
    async fn a_dockerfile_that_is_left_out_or_outside_is_added_where_nothing_copies_it() {
        let files =
            [("web.Dockerfile", ""), ("a", "1"), (".containerignore", "web*"), (".dockerignore", "a")];
        let (name, entries) = check("web.Dockerfile", &files).await;
        assert_eq!(name, ".layerwise.Dockerfile");
        let texts = texts(&entries);
        assert!(texts.contains(&(".layerwise.Dockerfile", "FROM unsaved")), "{texts:?}");
        // Podman's own ignore file counts before docker's.
        assert!(texts.contains(&("a", "1")) && !texts.iter().any(|(name, _)| *name == "web.Dockerfile"));
        assert_eq!(check("../elsewhere/Dockerfile", &[]).await.0, ".layerwise.Dockerfile");
    }

    #[test]
    fn an_ignore_file_that_is_a_pipe_is_an_error_and_not_waited_for() {
        let root = tempfile::tempdir().unwrap();
        let made = std::process::Command::new("mkfifo").arg(root.path().join(IGNORE_FILE)).status().unwrap();
        assert!(made.success());
        let request = BuildRequest { dockerfile: root.path().join("Dockerfile"), ..BuildRequest::default() };
        let error = Archive::of(&request, root.path()).err().unwrap();
        assert!(error.contains("no regular file"), "{error}");
    }

    #[test]
    fn a_file_that_became_shorter_is_an_error_and_one_that_grew_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "four").unwrap();
        let read = |left| {
            let mut text = String::new();
            Exactly { file: File::open(&path).unwrap(), left }.read_to_string(&mut text).map(|_| text)
        };
        assert_eq!(read(3).unwrap(), "fou");
        assert!(read(5).unwrap_err().to_string().contains("shorter"));
    }
}
