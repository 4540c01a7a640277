//! The engine's own API through bollard, over our own dialling, so that every address works for both.

use std::future::Future;
use std::io;
use std::pin::Pin;

use bollard::errors::Error as ApiError;
use bollard::{API_DEFAULT_VERSION, BollardRequest, Docker};
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
        let address = address.clone();
        let transport = move |request: BollardRequest| -> Pin<Box<dyn Future<Output = _> + Send>> {
            let address = address.clone();
            Box::pin(async move { send(&address, request).await })
        };
        let docker = Docker::connect_with_custom_transport(
            transport,
            Some("http://docker"),
            API_DEADLINE,
            API_DEFAULT_VERSION,
        )?
        .negotiate_version()
        .await?;
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
