//! The call itself: `POST /build` with its options in the address, and the answer, a JSON object a line.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;

use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use http::{Request, header};
use http_body_util::{BodyDataStream, BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use inner_loop::BuildRequest;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use semantic::Model;
use semantic::image_reference::{DOCKER_HUB, ImageReference};
use serde::Deserialize;
use serde_json::json;

use crate::address::Address;
use crate::buildkit::Shared;
use crate::credentials;
use crate::dial;

/// The version of docker's API that Podman has had since its fourth.
const API: &str = "/v1.40";
/// More than any line of an answer; what is longer is no answer.
const LONGEST_LINE: usize = 16 << 20;

/// What an answer says at once.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Message {
    pub(super) stream: Option<String>,
    pub(super) error: Option<String>,
    pub(super) aux: Option<Aux>,
}

/// The image, in the end.
#[derive(Debug, Deserialize)]
pub(super) struct Aux {
    #[serde(rename = "ID")]
    pub(super) id: String,
}

/// An answer on its way.
pub(super) struct Answer {
    body: BodyDataStream<Incoming>,
    rest: BytesMut,
}

/// The address of the call, with the request's options.
pub(super) fn path(request: &BuildRequest, dockerfile: &str) -> String {
    let mut options = vec![("dockerfile", dockerfile.to_owned()), ("layers", "true".to_owned())];
    options.extend(["rm", "forcerm"].map(|name| (name, "true".to_owned())));
    options.extend(request.tags.iter().map(|tag| ("t", tag.clone())));
    if !request.build_args.is_empty() {
        options.push(("buildargs", json!(request.build_args).to_string()));
    }
    if request.no_cache {
        options.push(("nocache", "true".to_owned()));
    }
    options.extend(request.target.iter().map(|target| ("target", target.clone())));
    options.extend(request.platforms.first().map(|platform| ("platform", platform.clone())));
    let network = request.network.iter().filter(|network| *network != "default");
    options.extend(network.map(|network| ("networkmode", network.clone())));
    let encoded = |value: &str| utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> =
        options.into_iter().map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
    format!("{API}/build?{}", pairs.join("&"))
}

/// The logins for the registries of the base images, as the API takes them: by host, as JSON, in base 64. None where nobody is logged in.
pub(super) async fn logins(shared: &Shared, model: &Model) -> Result<Option<String>, String> {
    let images = model.base_images();
    let references = images.iter().filter_map(|name| ImageReference::parse(name).ok());
    let mut logins = BTreeMap::new();
    for reference in references {
        let found =
            credentials::lookup(shared.surroundings.docker_config.clone(), &reference.registry).await?;
        if !found.username.is_empty() {
            let hub = reference.registry == DOCKER_HUB;
            let host = if hub { "https://index.docker.io/v1/" } else { reference.registry.as_str() };
            logins.insert(host.to_owned(), json!({"username": found.username, "password": found.secret}));
        }
    }
    let text = (!logins.is_empty()).then(|| json!(logins).to_string());
    Ok(text.map(|text| base64::engine::general_purpose::URL_SAFE.encode(text)))
}

impl Answer {
    /// Asks for a build, and waits for the beginning of the answer.
    ///
    /// # Errors
    /// One line: the engine does not answer, or refuses.
    pub(super) async fn ask(
        address: &Address,
        path: &str,
        logins: Option<String>,
        body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("{address} does not answer any more: {error}");
        let stream = dial::dial(address).await.map_err(|error| failed(&error))?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|error| failed(&error))?;
        // It ends when the answer is dropped, and with it the build.
        tokio::spawn(connection);
        let body: Pin<Box<dyn Stream<Item = io::Result<Frame<Bytes>>> + Send>> =
            Box::pin(body.map(|piece| piece.map(Frame::data)));
        let mut request = Request::post(path)
            .header(header::HOST, "docker")
            .header(header::CONTENT_TYPE, "application/x-tar");
        if let Some(logins) = logins {
            request = request.header("X-Registry-Config", logins);
        }
        let request = request.body(StreamBody::new(body)).map_err(|error| failed(&error))?;
        let answer = sender.send_request(request).await.map_err(|error| failed(&error))?;
        let status = answer.status();
        if !status.is_success() {
            let body = answer.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            let refused: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            let message = refused["message"].as_str().map_or_else(|| status.to_string(), str::to_owned);
            return Err(format!("the engine refuses the build: {message}"));
        }
        Ok(Self { body: answer.into_body().into_data_stream(), rest: BytesMut::new() })
    }

    /// The next message; none at the end.
    ///
    /// # Errors
    /// The connection broke, or what came is no answer.
    pub(super) async fn next(&mut self) -> Result<Option<Message>, String> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line = self.rest.split_to(end + 1);
                if line.trim_ascii().is_empty() {
                    continue;
                }
                return serde_json::from_slice(&line).map(Some).map_err(|error| error.to_string());
            }
            if self.rest.len() > LONGEST_LINE {
                return Err("its answer is one endless line".to_owned());
            }
            match self.body.next().await {
                Some(Ok(piece)) => self.rest.extend_from_slice(&piece),
                Some(Err(error)) => return Err(error.to_string()),
                None if self.rest.trim_ascii().is_empty() => return Ok(None),
                None => self.rest.extend_from_slice(b"\n"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_encoded_in_the_address() {
        let request = BuildRequest {
            tags: vec!["a/b:1".to_owned()],
            build_args: [("WHO".to_owned(), "a&b=ü".to_owned())].into(),
            target: Some("build".to_owned()),
            network: Some("default".to_owned()),
            no_cache: true,
            ..BuildRequest::default()
        };
        assert_eq!(
            path(&request, "docker/web.Dockerfile"),
            "/v1.40/build?dockerfile=docker%2Fweb%2EDockerfile&layers=true&rm=true&forcerm=true&t=a%2Fb%3A1&\
             buildargs=%7B%22WHO%22%3A%22a%26b%3D%C3%BC%22%7D&nocache=true&target=build"
        );
    }
}
