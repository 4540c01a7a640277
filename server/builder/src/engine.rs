//! The engine's own API through bollard, over our own dialling, so that every address works for both.

use std::future::Future;
use std::io;
use std::pin::Pin;

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
        // Each connection through ssh is a login; those engines are asked for their version alone.
        if !matches!(address, Address::Ssh { .. })
            && let Some((version, api)) = podman(&address).await?
        {
            return Ok(Self { docker: connect(&api)?, version, kind: "podman".to_owned() });
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

/// The versions of Podman and of docker's API in it, where it is one: it says so in the headers of every answer, at once. To tell its version
/// otherwise it runs its programs, which takes a second on a machine with other work to do.
async fn podman(address: &Address) -> Result<Option<(String, ClientVersion)>, ApiError> {
    let ping = BollardRequest::new(body_full(Bytes::new()));
    let (mut parts, body) = ping.into_parts();
    parts.uri = Uri::from_static("/_ping");
    let answer = send(address, BollardRequest::from_parts(parts, body)).await?;
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let Some(version) = header("libpod-api-version") else { return Ok(None) };
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    let mut numbers = header("api-version").unwrap_or("1.40").split('.');
    let (major_version, minor_version) =
        (number(numbers.next()).unwrap_or(1), number(numbers.next()).unwrap_or(40));
    Ok(Some((version.to_owned(), ClientVersion { major_version, minor_version })))
}

/// One request over a connection of its own. The address in the request's URI is a placeholder.
async fn send(address: &Address, mut request: BollardRequest) -> Result<Response<Incoming>, ApiError> {
    let stream = dial::dial(address).await.map_err(|error| io::Error::other(error.to_string()))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse::<Uri>().map_err(io::Error::other)?;
    request.headers_mut().insert(header::HOST, HeaderValue::from_static("docker"));
    Ok(sender.send_request(request).await?)
}
