//! The engine's own API through bollard, over our own dialling, so that every address works for both.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bollard::errors::Error as ApiError;
use bollard::{API_DEFAULT_VERSION, BollardRequest, ClientVersion, Docker, body_full};
use bytes::Bytes;
use http::{HeaderValue, Response, Uri, header};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;

use crate::address::Address;
use crate::dial;

/// No answer of the engine's API that is asked for here takes longer, in seconds.
const API_DEADLINE: u64 = 20;

/// An engine that answers at all answers a ping within this: it has nothing to look up.
const PING_DEADLINE: Duration = Duration::from_secs(10);

/// An engine whose API version is agreed upon.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) docker: Docker,
    /// Such as `28.5.2`.
    pub(crate) version: String,
    /// `docker` or `podman`.
    pub(crate) kind: String,
}

impl Engine {
    /// Asks the engine who it is.
    pub(crate) async fn connect(address: &Address) -> Result<Self, ApiError> {
        let (address, target) = (address.clone(), address.clone());
        let transport = move |request: BollardRequest| -> Pin<Box<dyn Future<Output = _> + Send>> {
            let address = target.clone();
            Box::pin(async move { send(&address, request).await })
        };
        let connect = |version: &ClientVersion| {
            Docker::connect_with_custom_transport(
                transport.clone(),
                Some("http://docker"),
                API_DEADLINE,
                version,
            )
        };
        if let Some(Said { version, kind, api }) = ping(&address, PING_DEADLINE).await? {
            return Ok(Self { docker: connect(&api)?, version, kind: kind.to_owned() });
        }
        let docker = connect(API_DEFAULT_VERSION)?.negotiate_version().await?;
        let version = docker.version().await?;
        let is_podman =
            version.components.unwrap_or_default().iter().any(|part| part.name.starts_with("Podman"));
        Ok(Self {
            docker,
            version: version.version.unwrap_or_else(|| "of unknown version".to_owned()),
            kind: if is_podman { "podman" } else { "docker" }.to_owned(),
        })
    }

    /// The image store: `overlay2` and its like, or `containerd`.
    pub(crate) async fn store(&self) -> Result<String, ApiError> {
        let info = self.docker.info().await?;
        let is_containerd = info
            .driver_status
            .unwrap_or_default()
            .iter()
            .flatten()
            .any(|value| value.starts_with("io.containerd.snapshotter"));
        Ok(if is_containerd { "containerd".to_owned() } else { info.driver.unwrap_or_default() })
    }
}

/// What an engine says of itself.
struct Said {
    version: String,
    kind: &'static str,
    /// The version of its API that we speak with it.
    api: ClientVersion,
}

/// What an engine says of itself in the headers of every answer, at once. To tell its version otherwise it runs its programs, which takes a
/// second on a machine with other work to do. None where it does not say.
async fn ping(address: &Address, deadline: Duration) -> Result<Option<Said>, ApiError> {
    let ping = BollardRequest::new(body_full(Bytes::new()));
    let (mut parts, body) = ping.into_parts();
    parts.uri = Uri::from_static("/_ping");
    let answer = tokio::time::timeout(deadline, send(address, BollardRequest::from_parts(parts, body)));
    let answer = answer.await.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))??;
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let api = header("api-version").and_then(api_version);
    if let Some(version) = header("libpod-api-version") {
        let api = api.unwrap_or(ClientVersion { major_version: 1, minor_version: 40 });
        return Ok(Some(Said { version: version.to_owned(), kind: "podman", api }));
    }
    // `Docker/28.5.2 (linux)`, of dockerd alone.
    let version = header("server").and_then(|server| server.strip_prefix("Docker/")?.split(' ').next());
    let (Some(version), Some(api)) = (version.filter(|version| !version.is_empty()), api) else {
        return Ok(None);
    };
    let api = if api < *API_DEFAULT_VERSION { api } else { *API_DEFAULT_VERSION };
    Ok(Some(Said { version: version.to_owned(), kind: "docker", api }))
}

fn api_version(text: &str) -> Option<ClientVersion> {
    let (major, minor) = text.split_once('.')?;
    Some(ClientVersion { major_version: major.parse().ok()?, minor_version: minor.parse().ok()? })
}

/// One request over a connection of its own. The address in the request's URI is a placeholder.
async fn send(address: &Address, mut request: BollardRequest) -> Result<Response<Incoming>, ApiError> {
    let stream = dial::dial(address).await.map_err(|error| io::Error::other(error.to_string()))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // What runs in a container is spoken to over the connection itself.
    tokio::spawn(connection.with_upgrades());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse::<Uri>().map_err(io::Error::other)?;
    request.headers_mut().insert(header::HOST, HeaderValue::from_static("docker"));
    Ok(sender.send_request(request).await?)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixListener;

    use super::*;

    /// What an engine is taken for that answers a ping with these headers; none where it says nothing of itself.
    async fn check(headers: &'static str, expected: Option<(&str, &str, usize)>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("engine.sock");
        let listener = UnixListener::bind(&path).unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            let answer = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\nOK");
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        let said = ping(&Address::Unix(path), PING_DEADLINE).await.unwrap();
        let said = said.as_ref().map(|said| (said.kind, &*said.version, said.api.minor_version));
        assert_eq!(said, expected);
    }

    #[tokio::test]
    async fn engines_say_who_they_are_in_the_headers_of_a_ping() {
        let newest = API_DEFAULT_VERSION.minor_version;
        check(
            "Api-Version: 1.41\r\nServer: Docker/20.10.24+dfsg1 (linux)\r\n",
            Some(("docker", "20.10.24+dfsg1", 41)),
        )
        .await;
        check("Api-Version: 1.999\r\nServer: Docker/99.0.0 (linux)\r\n", Some(("docker", "99.0.0", newest)))
            .await;
        check(
            "Api-Version: 1.41\r\nLibpod-API-Version: 4.3.1\r\nServer: Libpod/4.3.1 (linux)\r\n",
            Some(("podman", "4.3.1", 41)),
        )
        .await;
        check("Server: nginx\r\nApi-Version: 1.41\r\n", None).await;
        check("Server: Docker/28.0.0 (linux)\r\n", None).await;
    }

    #[tokio::test]
    async fn an_engine_that_is_silent_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("engine.sock");
        let _listener = UnixListener::bind(&path).unwrap();
        let error = ping(&Address::Unix(path), Duration::from_millis(20)).await.err().unwrap();
        assert!(error.to_string().contains("no answer in time"), "{error}");
    }
}
