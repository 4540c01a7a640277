//! Reaching a builder: from an address to a stream of bytes. HTTP and gRPC begin above.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::process::Stdio;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::address::Address;
use crate::tls::{self, Protocol};

/// How long an engine may take to accept a connection.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// ssh has to log in first.
const SSH_DEADLINE: Duration = Duration::from_secs(20);

/// A stream of bytes to a builder.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Any stream to a builder.
pub(crate) type BoxStream = Box<dyn Stream>;

/// Why a builder cannot be reached.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    #[error("there is no socket: {0}")]
    Absent(io::Error),
    #[error("no permission")]
    NoPermission,
    #[error("connection refused")]
    Refused,
    #[error("no answer in time")]
    TimedOut,
    #[error("{0}")]
    Other(String),
}

impl From<io::Error> for DialError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Absent(error),
            io::ErrorKind::PermissionDenied => Self::NoPermission,
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::TimedOut,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Connects, within a few seconds.
pub(crate) async fn dial(address: &Address) -> Result<BoxStream, DialError> {
    let deadline = if matches!(address, Address::Ssh { .. }) { SSH_DEADLINE } else { CONNECT_DEADLINE };
    match tokio::time::timeout(deadline, connect(address, address.is_buildkitd())).await {
        Ok(connected) => connected,
        Err(_) => Err(DialError::TimedOut),
    }
}

async fn connect(address: &Address, is_buildkitd: bool) -> Result<BoxStream, DialError> {
    match address {
        Address::Unix(path) => unix(path).await,
        Address::Tcp { host, port, tls } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            stream.set_nodelay(true)?;
            match tls {
                Some(certificates) => {
                    let protocol = if is_buildkitd { Protocol::Http2 } else { Protocol::Http1 };
                    tls::wrap(stream, host, certificates, protocol).await.map_err(DialError::Other)
                }
                None => Ok(Box::new(stream)),
            }
        }
        Address::Ssh { destination, port, socket } => ssh(destination, *port, socket.as_deref()),
        Address::Container { name, engine } => container(name, engine.as_deref()),
        Address::Buildkitd(inner) => Box::pin(connect(inner, true)).await,
    }
}

async fn unix(path: &Path) -> Result<BoxStream, DialError> {
    Ok(Box::new(UnixStream::connect(path).await?))
}

/// `docker system dial-stdio` on the other machine joins its standard streams with the engine's socket. Keys, agents
/// and known hosts are ssh's business; it is told not to ask for anything.
fn ssh(destination: &str, port: Option<u16>, socket: Option<&str>) -> Result<BoxStream, DialError> {
    if destination.starts_with('-') {
        return Err(DialError::Other(format!("`{destination}` is no host name")));
    }
    let mut command = Command::new("ssh");
    command.args(["-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]);
    if let Some(port) = port {
        command.args(["-p", &port.to_string()]);
    }
    command.args(["--", destination, "docker"]);
    if let Some(socket) = socket {
        command.args(["-H", &format!("unix://{socket}")]);
    }
    command.args(["system", "dial-stdio"]);
    join(command)
}

/// `buildctl dial-stdio` in the container does the same there, as buildx has it.
fn container(name: &str, engine: Option<&str>) -> Result<BoxStream, DialError> {
    let mut command = Command::new("docker");
    match engine {
        Some(address) if address.contains("://") => drop(command.args(["--host", address])),
        Some(context) => drop(command.args(["--context", context])),
        None => {}
    }
    command.args(["exec", "--interactive", name, "buildctl", "dial-stdio"]);
    join(command)
}

/// The standard streams of a program as the stream to a builder.
fn join(mut command: Command) -> Result<BoxStream, DialError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let mut child = command
        .spawn()
        .map_err(|error| DialError::Other(format!("the program {name} cannot be started: {error}")))?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(stdin), Some(stdout)) => Ok(Box::new(Process { stdin, stdout, _child: child })),
        _ => Err(DialError::Other(format!("{name} has no standard streams"))),
    }
}

/// The standard streams of a child process, which ends with them.
struct Process {
    stdin: ChildStdin,
    stdout: ChildStdout,
    _child: Child,
}

impl AsyncRead for Process {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdout).poll_read(cx, buf)
    }
}

impl AsyncWrite for Process {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stdin).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdin).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdin).poll_shutdown(cx)
    }
}
