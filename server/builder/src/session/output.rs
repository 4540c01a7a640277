//! Results that the builder sends back: a folder, or a tar file.

use std::fs;
use std::path::PathBuf;

use bollard_buildkit_proto::fsutil::types::Packet;
use bollard_buildkit_proto::moby::filesync::packet::file_send_server as folder_server;
use bollard_buildkit_proto::moby::filesync::v1::{BytesMessage, file_send_server as tar_server};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::Problems;
use super::receive::Receiver;

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
        let mut receiver = Receiver::new(self.root.clone());
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
                if receiver.is_done() {
                    return;
                }
            }
        });
        Ok(Response::new(ReceiverStream::new(packets).boxed()))
    }
}
