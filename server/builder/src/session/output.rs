//! Results that the builder sends back: a folder, or a tar file.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use bollard_buildkit_proto::fsutil::types::packet::PacketType;
use bollard_buildkit_proto::fsutil::types::{Packet, Stat};
use bollard_buildkit_proto::moby::filesync::packet::file_send_server as folder_server;
use bollard_buildkit_proto::moby::filesync::v1::{BytesMessage, file_send_server as tar_server};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::Problems;

const FOLDER: u32 = 1 << 31;
const LINK: u32 = 1 << 27;
/// Links, devices, pipes, sockets and folders, in Go's mode bits.
const SPECIAL: u32 = 1 << 31 | 1 << 27 | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19;

/// Receives a folder's files.
pub(super) struct Folder {
    root: PathBuf,
    problems: Problems,
}

/// Receives a tar file's bytes.
pub(super) struct Tar {
    path: PathBuf,
    problems: Problems,
}

impl Folder {
    pub(super) fn new(root: PathBuf, problems: Problems) -> Self {
        Self { root, problems }
    }
}

impl Tar {
    pub(super) fn new(path: PathBuf, problems: Problems) -> Self {
        Self { path, problems }
    }
}

fn keep(problems: &Problems, message: String) -> Status {
    if let Ok(mut problems) = problems.lock() {
        problems.push(message.clone());
    }
    Status::failed_precondition(message)
}

#[async_trait::async_trait]
impl tar_server::FileSend for Tar {
    type DiffCopyStream = BoxStream<'static, Result<BytesMessage, Status>>;

    async fn diff_copy(
        &self,
        request: Request<Streaming<BytesMessage>>,
    ) -> Result<Response<Self::DiffCopyStream>, Status> {
        let failed = |error: std::io::Error| {
            keep(&self.problems, format!("{} cannot be written: {error}", self.path.display()))
        };
        let mut incoming = request.into_inner();
        let mut file = tokio::fs::File::create(&self.path).await.map_err(failed)?;
        while let Some(message) = incoming.message().await? {
            file.write_all(&message.data).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        Ok(Response::new(futures::stream::empty().boxed()))
    }
}

#[async_trait::async_trait]
impl folder_server::FileSend for Folder {
    type DiffCopyStream = BoxStream<'static, Result<Packet, Status>>;

    async fn diff_copy(
        &self,
        request: Request<Streaming<Packet>>,
    ) -> Result<Response<Self::DiffCopyStream>, Status> {
        // A result without any files has its folder all the same.
        if let Err(error) = fs::create_dir_all(&self.root) {
            return Err(keep(&self.problems, format!("{} cannot be made: {error}", self.root.display())));
        }
        let mut incoming = request.into_inner();
        let (outgoing, packets) = mpsc::channel(16);
        let mut receiver = Receiver { root: self.root.clone(), ..Receiver::default() };
        let problems = Problems::clone(&self.problems);
        tokio::spawn(async move {
            loop {
                let packet = match incoming.message().await {
                    Ok(Some(packet)) => packet,
                    Ok(None) | Err(_) => return,
                };
                let answers = match receiver.take(packet) {
                    Ok(answers) => answers,
                    Err(message) => {
                        let _ = outgoing.send(Err(keep(&problems, message))).await;
                        return;
                    }
                };
                for answer in answers {
                    if outgoing.send(Ok(answer)).await.is_err() {
                        return;
                    }
                }
                if receiver.done {
                    return;
                }
            }
        });
        Ok(Response::new(ReceiverStream::new(packets).boxed()))
    }
}

/// The receiving side of `fsutil`'s protocol. Links are made last, and those that lie in the folder from before give way, so
/// that nothing is written through one.
#[derive(Default)]
struct Receiver {
    root: PathBuf,
    n_stats: u32,
    awaited: HashMap<u32, Awaited>,
    links: Vec<(PathBuf, String)>,
    listed: bool,
    done: bool,
}

/// A file whose content has not come to its end. It is opened when its content begins: the builder sends the content of a few
/// files at once, but may have told of more than a process may have open.
struct Awaited {
    path: PathBuf,
    mode: u32,
    file: Option<File>,
}

impl Awaited {
    fn write(&mut self, data: &[u8]) -> std::io::Result<()> {
        self.open()?.write_all(data)
    }

    fn finish(mut self) -> std::io::Result<()> {
        let permissions = fs::Permissions::from_mode(self.mode & 0o777);
        self.open()?.set_permissions(permissions)
    }

    fn open(&mut self) -> std::io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => File::options().write(true).create_new(true).mode(0o600).open(&self.path)?,
        };
        Ok(self.file.insert(file))
    }
}

impl Receiver {
    /// Takes a packet and says what to answer.
    fn take(&mut self, packet: Packet) -> Result<Vec<Packet>, String> {
        match PacketType::try_from(packet.r#type) {
            Ok(PacketType::PacketStat) => match packet.stat {
                Some(stat) => self.take_stat(&stat),
                None => {
                    self.listed = true;
                    self.finish_if_complete()
                }
            },
            Ok(PacketType::PacketData) if packet.data.is_empty() => {
                let Some(awaited) = self.awaited.remove(&packet.id) else { return Ok(Vec::new()) };
                let path = awaited.path.clone();
                awaited.finish().map_err(|error| cannot_write(&path, &error))?;
                self.finish_if_complete()
            }
            Ok(PacketType::PacketData) => {
                if let Some(awaited) = self.awaited.get_mut(&packet.id) {
                    let written = awaited.write(&packet.data);
                    written.map_err(|error| cannot_write(&awaited.path, &error))?;
                }
                Ok(Vec::new())
            }
            Ok(PacketType::PacketErr) => Err(String::from_utf8_lossy(&packet.data).into_owned()),
            Ok(PacketType::PacketFin) => {
                self.done = true;
                Ok(Vec::new())
            }
            _ => Ok(Vec::new()),
        }
    }

    fn take_stat(&mut self, stat: &Stat) -> Result<Vec<Packet>, String> {
        let id = self.n_stats;
        self.n_stats += 1;
        let relative = Path::new(&stat.path);
        if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(format!(
                "the builder sent a path that leads out of the output folder: {}",
                stat.path
            ));
        }
        let path = self.root.join(relative);
        if stat.mode & FOLDER != 0 {
            self.make_folders(relative)?;
            return Ok(Vec::new());
        }
        if let Some(parent) = relative.parent() {
            self.make_folders(parent)?;
        }
        if stat.mode & LINK != 0 {
            self.links.push((path, stat.linkname.clone()));
            return Ok(Vec::new());
        }
        if stat.mode & SPECIAL != 0 {
            return Ok(Vec::new());
        }
        make_room(&path)?;
        self.awaited.insert(id, Awaited { path, mode: stat.mode, file: None });
        Ok(vec![Packet { r#type: PacketType::PacketReq as i32, id, ..Default::default() }])
    }

    /// Makes the folder and those above it. What else lies there gives way, links to folders too.
    fn make_folders(&self, relative: &Path) -> Result<(), String> {
        fs::create_dir_all(&self.root).map_err(|error| cannot_write(&self.root, &error))?;
        let mut path = self.root.clone();
        for part in relative.components().filter(|part| matches!(part, Component::Normal(_))) {
            path.push(part);
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
                continue;
            }
            make_room(&path)?;
            fs::create_dir(&path).map_err(|error| cannot_write(&path, &error))?;
        }
        Ok(())
    }

    fn finish_if_complete(&mut self) -> Result<Vec<Packet>, String> {
        if !self.listed || !self.awaited.is_empty() {
            return Ok(Vec::new());
        }
        for (path, target) in self.links.drain(..) {
            make_room(&path)?;
            std::os::unix::fs::symlink(target, &path).map_err(|error| cannot_write(&path, &error))?;
        }
        Ok(vec![Packet { r#type: PacketType::PacketFin as i32, ..Default::default() }])
    }
}

/// Removes what lies at the path, unless it is a folder.
fn make_room(path: &Path) -> Result<(), String> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_dir()) {
        fs::remove_file(path).map_err(|error| cannot_write(path, &error))?;
    }
    Ok(())
}

fn cannot_write(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be written: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(path: &str, mode: u32, linkname: &str) -> Packet {
        let stat = Stat { path: path.to_owned(), mode, linkname: linkname.to_owned(), ..Default::default() };
        Packet { stat: Some(stat), ..Default::default() }
    }

    #[test]
    fn files_folders_and_links_arrive_and_fin_comes_last() {
        let folder = tempfile::tempdir().unwrap();
        let mut receiver = Receiver { root: folder.path().to_owned(), ..Receiver::default() };
        assert_eq!(receiver.take(stat("d", FOLDER | 0o755, "")).unwrap(), []);
        let answers = receiver.take(stat("d/f", 0o755, "")).unwrap();
        assert_eq!(answers[0].id, 1);
        assert_eq!(receiver.take(stat("l", LINK | 0o777, "d/f")).unwrap(), []);
        assert_eq!(receiver.take(Packet::default()).unwrap(), []);
        let data = |data: &[u8]| Packet {
            r#type: PacketType::PacketData as i32,
            id: 1,
            data: data.to_vec(),
            stat: None,
        };
        assert_eq!(receiver.take(data(b"hi")).unwrap(), []);
        assert_eq!(receiver.take(data(b"")).unwrap()[0].r#type, PacketType::PacketFin as i32);
        assert_eq!(fs::read(folder.path().join("l")).unwrap(), b"hi");
    }

    #[test]
    fn nothing_is_written_outside_of_the_folder() {
        for path in ["../x", "/etc/x", "a/../../x"] {
            let error = Receiver::default().take(stat(path, 0o644, "")).unwrap_err();
            assert!(error.contains("leads out"), "{error}");
        }
    }

    #[test]
    fn nothing_is_written_through_links_that_lie_there_already() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("f"), "theirs").unwrap();
        for name in ["d", "e"] {
            std::os::unix::fs::symlink(outside.path(), folder.path().join(name)).unwrap();
        }
        let mut receiver = Receiver { root: folder.path().to_owned(), ..Receiver::default() };
        for packet in [stat("d", FOLDER | 0o755, ""), stat("d/f", 0o644, ""), stat("e/f", 0o644, "")] {
            receiver.take(packet).unwrap();
        }
        for id in [1, 2] {
            let end = Packet { r#type: PacketType::PacketData as i32, id, ..Default::default() };
            receiver.take(Packet { data: b"ours".to_vec(), ..end.clone() }).unwrap();
            receiver.take(end).unwrap();
        }
        assert_eq!(fs::read(outside.path().join("f")).unwrap(), b"theirs");
        for path in ["d/f", "e/f"] {
            assert_eq!(fs::read(folder.path().join(path)).unwrap(), b"ours");
        }
    }

    #[test]
    fn more_files_than_a_process_may_have_open_are_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let mut receiver = Receiver { root: folder.path().to_owned(), ..Receiver::default() };
        let n_open = || fs::read_dir("/proc/self/fd").unwrap().count();
        let before = n_open();
        for number in 0..500 {
            receiver.take(stat(&format!("f{number}"), 0o444, "")).unwrap();
        }
        assert!(n_open() < before + 250, "{} files are open", n_open());
        receiver.take(Packet::default()).unwrap();
        let end = |id| Packet { r#type: PacketType::PacketData as i32, id, ..Default::default() };
        for id in 0..500 {
            receiver.take(end(id)).unwrap();
        }
        let metadata = fs::metadata(folder.path().join("f499")).unwrap();
        assert_eq!((metadata.len(), metadata.permissions().mode() & 0o777), (0, 0o444));
    }
}
