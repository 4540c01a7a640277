//! The session of one build: the connection on which the builder asks us for files, secrets and logins.
//!
//! We open the connection and are then the gRPC server on it. Every build has a session of its own, so that a builder
//! cannot mix up the texts, the secrets or the outputs of two builds that run at once; opening one takes a millisecond.

mod auth;
mod carrier;
mod files;
mod health;
mod output;
mod receive;
mod secrets;
mod send;
mod source;
mod ssh;
mod totals;

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bollard_buildkit_proto::health::health_server::HealthServer;
use bollard_buildkit_proto::moby::buildkit::secrets::v1::secrets_server::SecretsServer;
use bollard_buildkit_proto::moby::filesync::packet::file_send_server::FileSendServer as FolderReceiver;
use bollard_buildkit_proto::moby::filesync::packet::file_sync_server::FileSyncServer;
use bollard_buildkit_proto::moby::filesync::v1::auth_server::AuthServer;
use bollard_buildkit_proto::moby::filesync::v1::file_send_server::FileSendServer as TarReceiver;
use bollard_buildkit_proto::moby::sshforward::v1::ssh_server::SshServer;
use inner_loop::{BuildFailure, Export, SecretSpec};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, DropGuard, WaitForCancellationFutureOwned};
use tonic::transport::Server;
use tonic::transport::server::Connected;

pub(crate) use secrets::values as secret_values;
pub(crate) use send::open_listed;
pub(crate) use source::{MemoryFile, Source, Sources};
pub(crate) use totals::Totals;

use crate::connection::Connection;
use crate::dial::BoxStream;
use crate::report::Reporter;

/// The builder words the patterns of `.dockerignore` and the paths that are copied as headers. This much it takes of others by default
/// (`defaultServerMaxHeaderListSize` of grpc-go).
const MAX_HEADERS: u32 = 16 << 20;

/// Half of the connection's window is how much overhead of small messages h2 bears with before it closes the connection
/// (`too_many_data_frames`): 256 bytes, less its content, for each that nobody has read yet. A request for a file is a message of a dozen bytes, so
/// a stream whose window is full of them costs some 20 times that window.
const CONNECTION_WINDOW: u32 = 256 << 20;
/// What a stream may have unread.
const STREAM_WINDOW: u32 = 512 << 10;

/// Our own name for things that went wrong on our side: the builder wraps what it is told, and cuts some of it off.
pub(crate) type Problems = Arc<Mutex<Vec<String>>>;

/// What a session offers.
pub(crate) struct Offer {
    /// The builder keeps the files of the last build under this key, and then asks for what has changed.
    pub(crate) shared_key: String,
    pub(crate) sources: Sources,
    pub(crate) secrets: Vec<SecretSpec>,
    /// As `--ssh` writes them.
    pub(crate) ssh: Vec<String>,
    pub(crate) docker_config: Option<std::path::PathBuf>,
    pub(crate) export: Export,
    pub(crate) reporter: Arc<Reporter>,
}

/// An open session. Dropping it closes the connection.
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) totals: Arc<Totals>,
    problems: Problems,
    absences: Problems,
    _open: DropGuard,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.totals.stop_counting();
    }
}

impl Session {
    /// Opens a session.
    ///
    /// # Errors
    /// One line that says what is wrong.
    pub(crate) async fn open(connection: &Connection, offer: Offer) -> Result<Self, String> {
        let id = new_id();
        let ssh = ssh::Agents::new(&offer.ssh)?;

        let mut methods = vec![
            "/grpc.health.v1.Health/Check",
            "/moby.filesync.v1.FileSync/DiffCopy",
            "/moby.buildkit.secrets.v1.Secrets/GetSecret",
            "/moby.filesync.v1.Auth/Credentials",
        ];
        if !ssh.is_empty() {
            methods.extend(["/moby.sshforward.v1.SSH/CheckAgent", "/moby.sshforward.v1.SSH/ForwardAgent"]);
        }
        if matches!(offer.export, Export::Directory(_) | Export::Tar(_)) {
            methods.push("/moby.filesync.v1.FileSend/DiffCopy");
        }
        let stream = carrier::open(connection, &id, &offer.shared_key, &methods).await?;
        Ok(Self::serve(stream, id, offer, ssh))
    }

    /// Serves what is offered on a stream that the builder has taken for a session.
    fn serve(stream: BoxStream, id: String, offer: Offer, ssh: ssh::Agents) -> Self {
        let totals = Arc::new(Totals::default());
        let (problems, absences) = (Problems::default(), Problems::default());
        let reporter = Arc::clone(&offer.reporter);
        let files = files::Files::new(offer.sources, Arc::clone(&totals), Arc::clone(&problems), reporter);
        let mut router = Server::builder()
            .initial_connection_window_size(CONNECTION_WINDOW)
            .initial_stream_window_size(STREAM_WINDOW)
            .http2_max_header_list_size(MAX_HEADERS)
            .add_service(HealthServer::new(health::Health))
            .add_service(FileSyncServer::new(files))
            .add_service(SecretsServer::new(secrets::Secrets::new(
                offer.secrets,
                Arc::clone(&problems),
                Arc::clone(&absences),
                offer.reporter,
            )))
            .add_service(AuthServer::new(auth::Auth::new(offer.docker_config, Arc::clone(&problems))));
        if !ssh.is_empty() {
            router = router.add_service(SshServer::new(ssh));
        }
        router = match offer.export {
            Export::Directory(folder) => {
                router.add_service(FolderReceiver::new(output::Folder::new(folder, Arc::clone(&problems))))
            }
            Export::Tar(file) => {
                router.add_service(TarReceiver::new(output::Tar::new(file, Arc::clone(&problems))))
            }
            Export::Image | Export::Nothing => router,
        };
        let closed = CancellationToken::new();
        let accepted = Accepted { stream, closed: Box::pin(closed.clone().cancelled_owned()) };
        let incoming = futures::stream::iter([Ok::<_, std::io::Error>(accepted)]);
        tokio::spawn(async move {
            if let Err(error) = router.serve_with_incoming(incoming).await {
                tracing::debug!(%error, "the session ended");
            }
        });
        Self { id, totals, problems, absences, _open: closed.drop_guard() }
    }

    /// Better words for a failure, where it came about on our side.
    pub(crate) fn explain(&self, failure: &BuildFailure) -> Option<String> {
        // A command that failed did so by itself, whatever else went wrong on the way.
        if failure.exit_code.is_some() {
            return None;
        }
        let is_absence = failure.message.starts_with("secret ") && failure.message.contains("not found");
        let words = if is_absence { &self.absences } else { &self.problems };
        words.lock().ok()?.first().cloned()
    }
}

/// An id that no other session has: time, process and a counter, hashed.
pub(crate) fn new_id() -> String {
    use sha2::{Digest, Sha256};
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let text = format!("{}-{}-{count}", now.as_nanos(), std::process::id());
    Sha256::digest(text).iter().take(13).map(|byte| format!("{byte:02x}")).collect::<String>()[..25]
        .to_owned()
}

/// The stream as a connection that a server has accepted. The server runs each connection in a task of its own, which
/// nothing but the end of its stream ends; so the stream ends where the session is dropped.
struct Accepted {
    stream: BoxStream,
    closed: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Connected for Accepted {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Accepted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.closed.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Accepted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn a_session_that_is_dropped_closes_its_connection() {
        let (ours, mut theirs) = tokio::io::duplex(1 << 16);
        let session = Session::serve(Box::new(ours), new_id(), offer(), ssh::Agents::new(&[]).unwrap());
        let mut frames = Vec::new();
        // What an HTTP/2 client opens a connection with: the preface and empty settings.
        tokio::io::AsyncWriteExt::write_all(
            &mut theirs,
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        )
        .await
        .unwrap();
        let first = theirs.read_u8().await;
        assert!(first.is_ok(), "the server answers with its settings");
        drop(session);
        let closed =
            tokio::time::timeout(std::time::Duration::from_secs(10), theirs.read_to_end(&mut frames));
        assert!(closed.await.is_ok(), "the connection stays open");
    }

    fn offer() -> Offer {
        Offer {
            shared_key: String::new(),
            sources: Sources::new(),
            secrets: Vec::new(),
            ssh: Vec::new(),
            docker_config: None,
            export: Export::Nothing,
            reporter: Arc::new(Reporter::new(Box::new(drop))),
        }
    }
}
