//! What carries a session: an upgraded HTTP connection to an engine, or a gRPC stream to a `buildkitd`.

use bollard_buildkit_proto::moby::buildkit::v1::BytesMessage;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataKey, MetadataValue};

use crate::connection::Connection;
use crate::dial::{self, BoxStream};
use crate::upgrade;

const NAME: &str = "layerwise";
const CHUNK: usize = 32 << 10;

/// Opens the stream on which we are then the server.
pub(super) async fn open(
    connection: &Connection,
    id: &str,
    shared_key: &str,
    methods: &[&str],
) -> Result<BoxStream, String> {
    let mut headers = vec![
        ("X-Docker-Expose-Session-Uuid", id),
        ("X-Docker-Expose-Session-Name", NAME),
        ("X-Docker-Expose-Session-Sharedkey", shared_key),
    ];
    headers.extend(methods.iter().map(|method| ("X-Docker-Expose-Session-Grpc-Method", *method)));
    if connection.engine.is_none() {
        return over_grpc(connection, &headers).await;
    }
    let address = &connection.found.address;
    let stream =
        dial::dial(address).await.map_err(|error| format!("{address} does not answer any more: {error}"))?;
    let stream = upgrade::upgrade(stream, "/session", &headers)
        .await
        .map_err(|error| format!("{address}: {error}"))?;
    Ok(Box::new(stream))
}

async fn over_grpc(connection: &Connection, headers: &[(&str, &str)]) -> Result<BoxStream, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: no session: {error}", connection.found.address);
    let (ours, theirs) = duplex(4 * CHUNK);
    let (mut from_us, mut to_us) = tokio::io::split(theirs);
    let (sender, receiver) = tokio::sync::mpsc::channel(16);
    tokio::spawn(async move {
        let mut chunk = vec![0; CHUNK];
        while let Ok(n_bytes @ 1..) = from_us.read(&mut chunk).await {
            if sender.send(BytesMessage { data: chunk[..n_bytes].to_vec() }).await.is_err() {
                break;
            }
        }
    });
    let mut request = Request::new(ReceiverStream::new(receiver));
    for (name, value) in headers {
        let name: MetadataKey<Ascii> = name.to_ascii_lowercase().parse().map_err(|error| failed(&error))?;
        let value: MetadataValue<Ascii> = value.parse().map_err(|error| failed(&error))?;
        request.metadata_mut().append(name, value);
    }
    let Some(mut control) = connection.control.clone() else { return Err(failed(&"it has no BuildKit")) };
    let answer = control.session(request).await.map_err(|status| failed(&status.message()))?;
    let mut incoming = answer.into_inner();
    tokio::spawn(async move {
        while let Ok(Some(message)) = incoming.message().await {
            if to_us.write_all(&message.data).await.is_err() {
                break;
            }
        }
        let _ = to_us.shutdown().await;
    });
    Ok(Box::new(ours))
}
