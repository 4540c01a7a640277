//! The file sync service: the builder names a source and says what it wants of it.

use std::sync::Arc;

use bollard_buildkit_proto::fsutil::types::Packet;
use bollard_buildkit_proto::moby::filesync::packet::file_sync_server;
use futures::stream::BoxStream;
use tonic::metadata::{KeyAndValueRef, MetadataMap};
use tonic::{Request, Response, Status, Streaming};

use super::send::{self, Job};
use super::{Problems, Sources, Totals};
use crate::report::Reporter;

/// Serves the sources of one build.
pub(super) struct Files {
    sources: Sources,
    totals: Arc<Totals>,
    problems: Problems,
    reporter: Arc<Reporter>,
}

impl Files {
    pub(super) fn new(
        sources: Sources,
        totals: Arc<Totals>,
        problems: Problems,
        reporter: Arc<Reporter>,
    ) -> Self {
        Self { sources, totals, problems, reporter }
    }
}

/// What the builder wants of a source.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) include: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) follow_paths: Vec<String>,
}

impl Wanted {
    /// The builder reads `.dockerignore` by a sync of its own, which is no part of the context.
    pub(super) fn is_ignore_file_alone(&self) -> bool {
        self.follow_paths.iter().map(String::as_str).eq([".dockerignore"])
    }
}

#[async_trait::async_trait]
impl file_sync_server::FileSync for Files {
    type DiffCopyStream = BoxStream<'static, Result<Packet, Status>>;
    type TarStreamStream = BoxStream<'static, Result<Packet, Status>>;

    async fn diff_copy(
        &self,
        request: Request<Streaming<Packet>>,
    ) -> Result<Response<Self::DiffCopyStream>, Status> {
        let values = |name| values(request.metadata(), name);
        let name = values("dir-name").into_iter().next().unwrap_or_default();
        let wanted = Wanted {
            include: values("include-patterns"),
            exclude: values("exclude-patterns"),
            follow_paths: values("followpaths"),
        };
        let source = self.sources.get(&name).cloned();
        let source = source.ok_or_else(|| Status::not_found(format!("no folder is offered as `{name}`")))?;
        let job = Job {
            source,
            wanted,
            totals: Arc::clone(&self.totals),
            problems: Arc::clone(&self.problems),
            reporter: Arc::clone(&self.reporter),
        };
        Ok(Response::new(send::start(job, request.into_inner())))
    }

    async fn tar_stream(
        &self,
        _: Request<Streaming<Packet>>,
    ) -> Result<Response<Self::TarStreamStream>, Status> {
        Err(Status::unimplemented("tar stream"))
    }
}

/// The values of a header. Newer builders encode those that are not ASCII, and say so in another header.
fn values(metadata: &MetadataMap, name: &str) -> Vec<String> {
    let get = |wanted: &str| -> Vec<String> {
        let of_name = metadata.iter().filter_map(|entry| match entry {
            KeyAndValueRef::Ascii(key, value) if key.as_str() == wanted => {
                Some(String::from_utf8_lossy(value.as_encoded_bytes()).into_owned())
            }
            _ => None,
        });
        of_name.collect()
    };
    let values = get(name);
    let is_encoded =
        get(&format!("{name}-encoded")).first().is_some_and(|value| value == "1" || value == "true");
    if is_encoded { values.iter().map(|value| decode(value)).collect() } else { values }
}

/// Undoes `url.QueryEscape`.
fn decode(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None if *first == b'+' => bytes.push(b' '),
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_in_order_and_decoded_where_encoded() {
        let mut metadata = MetadataMap::new();
        metadata.append("followpaths", "a+b".parse().unwrap());
        metadata.append("followpaths", "c%2f".parse().unwrap());
        metadata.append("exclude-patterns", "%C3%BCber+alles%2F%".parse().unwrap());
        metadata.append("exclude-patterns-encoded", "1".parse().unwrap());
        assert_eq!(values(&metadata, "followpaths"), ["a+b", "c%2f"]);
        assert_eq!(values(&metadata, "exclude-patterns"), ["\u{fc}ber alles/%"]);
        assert_eq!(values(&metadata, "include-patterns"), Vec::<String>::new());
    }
}
