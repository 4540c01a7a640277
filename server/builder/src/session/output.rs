//! Results that the builder sends back: a folder, or a tar file.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
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

/// The receiving side of `fsutil`'s protocol. Links are made last, so that nothing is written through one.
#[derive(Default)]
struct Receiver {
    root: PathBuf,
    n_stats: u32,
    open: HashMap<u32, (PathBuf, File)>,
    links: Vec<(PathBuf, String)>,
    listed: bool,
    done: bool,
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
                self.open.remove(&packet.id);
                self.finish_if_complete()
            }
            Ok(PacketType::PacketData) => {
                if let Some((path, file)) = self.open.get_mut(&packet.id) {
                    file.write_all(&packet.data).map_err(|error| cannot_write(path, &error))?;
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
            fs::create_dir_all(&path).map_err(|error| cannot_write(&path, &error))?;
            return Ok(Vec::new());
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| cannot_write(parent, &error))?;
        }
        if stat.mode & LINK != 0 {
            self.links.push((path, stat.linkname.clone()));
            return Ok(Vec::new());
        }
        if stat.mode & SPECIAL != 0 {
            return Ok(Vec::new());
        }
        if fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_dir()) {
            fs::remove_file(&path).map_err(|error| cannot_write(&path, &error))?;
        }
        let file = File::create(&path).map_err(|error| cannot_write(&path, &error))?;
        let permissions = fs::Permissions::from_mode(stat.mode & 0o777);
        file.set_permissions(permissions).map_err(|error| cannot_write(&path, &error))?;
        self.open.insert(id, (path, file));
        Ok(vec![Packet { r#type: PacketType::PacketReq as i32, id, ..Default::default() }])
    }

    fn finish_if_complete(&mut self) -> Result<Vec<Packet>, String> {
        if !self.listed || !self.open.is_empty() {
            return Ok(Vec::new());
        }
        for (path, target) in self.links.drain(..) {
            if fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_dir()) {
                fs::remove_file(&path).map_err(|error| cannot_write(&path, &error))?;
            }
            std::os::unix::fs::symlink(target, &path).map_err(|error| cannot_write(&path, &error))?;
        }
        Ok(vec![Packet { r#type: PacketType::PacketFin as i32, ..Default::default() }])
    }
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
}
