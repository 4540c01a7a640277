//! Where a builder listens, as `DOCKER_HOST` and `--host` write it.

use std::fmt;
use std::path::{Path, PathBuf};

/// The address of a builder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// TCP, without encryption unless `tls` is set.
    Tcp {
        /// Name or number of the host.
        host: String,
        /// Port.
        port: u16,
        /// Where TLS is wanted.
        tls: Option<Certificates>,
    },
    /// The engine on another machine, reached by the `ssh` program.
    Ssh {
        /// What `ssh` is told to connect to: `user@host`.
        destination: String,
        /// Port, where it is not ssh's own.
        port: Option<u16>,
        /// The socket there, where it is not the usual one.
        socket: Option<String>,
    },
    /// A `buildkitd` in a container, reached by the `docker` program; buildx makes such ones.
    Container {
        /// The container's name.
        name: String,
        /// The engine's address or docker context, where it is not the current one.
        engine: Option<String>,
    },
    /// A `buildkitd` where a Docker engine could be, too. See [`Self::is_buildkitd`].
    Buildkitd(Box<Self>),
}

/// The files that prove who is who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    /// The authority that signed the builder's.
    pub ca: PathBuf,
    /// Ours and its key, where the builder asks for one.
    pub own: Option<(PathBuf, PathBuf)>,
    /// The name in the builder's, where it is not the host's.
    pub server_name: Option<String>,
}

impl Certificates {
    /// Those of a folder, by the names that docker gives them.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let own = folder.join("cert.pem");
        let own = own.exists().then(|| (own, folder.join("key.pem")));
        Self { ca: folder.join("ca.pem"), own, server_name: None }
    }
}

impl Address {
    /// Reads an address. A bare path is a Unix socket.
    ///
    /// # Errors
    /// One line that says what is wrong and which forms there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.starts_with('/') {
            return Ok(Self::Unix(PathBuf::from(text)));
        }
        match text.split_once("://") {
            Some(("unix", path)) if path.starts_with('/') => Ok(Self::Unix(PathBuf::from(path))),
            Some(("tcp" | "http", rest)) => Self::parse_tcp(text, rest, 2375),
            Some(("https", rest)) => Err(format!(
                "{text}: write tcp://{rest} and set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH for TLS"
            )),
            Some(("ssh", rest)) if !rest.is_empty() => Ok(Self::parse_ssh(rest)),
            Some(("npipe", _)) => Err(format!("{text}: Windows pipes work on Windows alone")),
            _ => Err(format!(
                "`{text}` is no address of a builder; write unix:///path/to/docker.sock, tcp://host:2375 or ssh://user@host"
            )),
        }
    }

    fn parse_tcp(text: &str, rest: &str, default_port: u16) -> Result<Self, String> {
        let authority = rest.split('/').next().unwrap_or(rest);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                let port =
                    port.parse().map_err(|_| format!("`{port}` in {text} is no port; write a number"))?;
                (host, port)
            }
            _ => (authority, default_port),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err(format!("{text} names no host; write tcp://host:2375"));
        }
        Ok(Self::Tcp { host: host.to_owned(), port, tls: None })
    }

    fn parse_ssh(rest: &str) -> Self {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (destination, port) = match authority.rsplit_once(':') {
            Some((destination, port)) => (destination, port.parse().ok()),
            None => (authority, None),
        };
        let socket = if path.is_empty() { None } else { Some(format!("/{path}")) };
        Self::Ssh { destination: destination.to_owned(), port, socket }
    }

    /// Whether the address is one of a `buildkitd`, which speaks gRPC at once and has no engine API.
    pub fn is_buildkitd(&self) -> bool {
        match self {
            Self::Unix(path) => file_name(path).starts_with("buildkitd"),
            Self::Container { .. } | Self::Buildkitd(_) => true,
            Self::Tcp { .. } | Self::Ssh { .. } => false,
        }
    }

    /// The same address for a `buildkitd`.
    pub(crate) fn of_buildkitd(self) -> Self {
        if self.is_buildkitd() { self } else { Self::Buildkitd(Box::new(self)) }
    }

    /// The same address with these certificates, where it is one over TCP.
    pub(crate) fn with_tls(mut self, certificates: Certificates) -> Self {
        let inner = if let Self::Buildkitd(inner) = &mut self { inner } else { &mut self };
        if let Self::Tcp { tls, .. } = inner {
            *tls = Some(certificates);
        }
        self
    }
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Tcp { host, port, .. } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port, .. } => write!(f, "tcp://{host}:{port}"),
            Self::Ssh { destination, port, socket } => {
                write!(f, "ssh://{destination}")?;
                if let Some(port) = port {
                    write!(f, ":{port}")?;
                }
                f.write_str(socket.as_deref().unwrap_or_default())
            }
            Self::Container { name, .. } => write!(f, "docker-container://{name}"),
            Self::Buildkitd(inner) => inner.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_are_read_and_written_back() {
        for text in [
            "unix:///var/run/docker.sock",
            "tcp://127.0.0.1:2375",
            "tcp://[::1]:2376",
            "ssh://me@host",
            "ssh://me@host:2222/run/docker.sock",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Address::parse("/a/b.sock").unwrap().to_string(), "unix:///a/b.sock");
        assert_eq!(Address::parse("tcp://host").unwrap().to_string(), "tcp://host:2375");
    }

    #[test]
    fn anything_else_is_refused_with_the_forms_that_work() {
        for text in
            ["", "docker", "ftp://x", "unix://relative", "tcp://:2375", "tcp://host:port", "https://host"]
        {
            let error = Address::parse(text).unwrap_err();
            assert!(error.contains("write"), "{text}: {error}");
        }
    }
}
