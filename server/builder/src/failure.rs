//! What a builder's error says: the message for people, the Dockerfile's lines, the vertex, the exit status.
//!
//! Today's engines send details as JSON inside gRPC's status; Docker 20.10 sends text alone.

use base64::Engine as _;
use bollard_buildkit_proto::google::rpc;
use inner_loop::{BuildFailure, SourceLines};
use prost::Message;
use serde::Deserialize;
use tonic::Status;

use crate::connection::root_cause;
use crate::status::FailedVertex;

/// Turns the status of a failed solve into a failure. `vertex` is the one that the status stream saw fail.
pub(crate) fn failure(status: &Status, vertex: Option<FailedVertex>, dockerfile_text: &str) -> BuildFailure {
    let details = Details::decode(status, dockerfile_text);
    let message = with_image(message(status), vertex.as_ref());
    BuildFailure {
        source: details.source.or_else(|| line_in_text(&message)),
        vertex: details.vertex.or(vertex.map(|vertex| vertex.digest)),
        exit_code: details.exit_code.or_else(|| exit_code_in_text(&message)),
        message,
        no_builder: false,
    }
}

/// Whether the connection broke, rather than the build. Only a status that was made on this side has a source: what the
/// builder sends has none, whatever its code (a registry that is down makes it say `Unavailable` too).
pub(crate) fn is_connection_lost(status: &Status) -> bool {
    std::error::Error::source(status).is_some()
}

/// Whether the builder stumbled over a step that two builds at once have in common, when one of them is stopped: `FileOpSolver` is then
/// asked twice (moby/buildkit#3748). A second try goes through.
pub(crate) fn is_mishap(failure: &BuildFailure) -> bool {
    failure.message.starts_with("duplicate output ")
}

fn message(status: &Status) -> String {
    if is_connection_lost(status) {
        let cause = std::error::Error::source(status).map_or_else(|| status.message().to_owned(), root_cause);
        return format!(
            "the engine went away during the build ({cause}); see whether it still runs, then build again"
        );
    }
    if status.code() == tonic::Code::Cancelled {
        return "the engine stopped the build; it may be shutting down: see whether it still runs, then build again".to_owned();
    }
    let message = status.message().trim();
    let message = message.strip_prefix("failed to solve: ").unwrap_or(message);
    let message = message.strip_prefix("failed to solve with frontend dockerfile.v0: ").unwrap_or(message);
    let message = message.strip_prefix("rpc error: code = Unknown desc = ").unwrap_or(message);
    let message = message.strip_prefix("failed to create LLB definition: ").unwrap_or(message);
    if let Some(capability) = message.strip_prefix("unsupported frontend capability ") {
        let what = if capability.ends_with(".contexts") { "named contexts" } else { capability };
        return format!(
            "the builder's own Dockerfile frontend is too old for {what}; use Docker 23 or later, or start the Dockerfile \
             with `# syntax=docker/dockerfile:1`"
        );
    }
    if let Some(path) = missing_source(message) {
        return format!(
            "{path} was not found where it is copied from; is it there, and does .dockerignore leave it in?"
        );
    }
    if message.is_empty() { "the builder failed without a reason".to_owned() } else { message.to_owned() }
}

/// The path that a COPY or ADD does not find, in the builder's quotes: what else it says are names of its own.
fn missing_source(message: &str) -> Option<&str> {
    let is_copy = ["failed to compute cache key: ", "failed to calculate checksum of ref "];
    let (_, path) = message.strip_suffix(": not found")?.rsplit_once(": ")?;
    (is_copy.iter().any(|start| message.contains(start)) && path.starts_with('"')).then_some(path)
}

/// Old engines do not say which base image they could not get.
fn with_image(mut message: String, vertex: Option<&FailedVertex>) -> String {
    let Some(image) = vertex.and_then(|vertex| vertex.name.strip_prefix("[internal] load metadata for "))
    else {
        return message;
    };
    if !message.contains(image) {
        message = format!("{image}: {message}");
    }
    message
}

#[derive(Default)]
struct Details {
    source: Option<SourceLines>,
    vertex: Option<String>,
    exit_code: Option<i32>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default)]
    info: SourceInfo,
    #[serde(default)]
    ranges: Vec<Range>,
}

#[derive(Default, Deserialize)]
struct SourceInfo {
    #[serde(default)]
    data: String,
}

#[derive(Deserialize)]
struct Range {
    #[serde(default)]
    start: Position,
    #[serde(default)]
    end: Position,
}

#[derive(Default, Deserialize)]
struct Position {
    #[serde(default)]
    line: u32,
}

#[derive(Deserialize)]
struct Vertex {
    digest: String,
}

#[derive(Deserialize)]
struct Exit {
    #[serde(rename = "ExitCode", alias = "exit_code", default)]
    exit_code: Option<u32>,
}

impl Details {
    fn decode(status: &Status, dockerfile_text: &str) -> Self {
        let mut found = Self::default();
        let Ok(status) = rpc::Status::decode(status.details()) else { return found };
        for detail in status.details {
            let kind = detail.type_url.rsplit('/').next().unwrap_or_default();
            match kind {
                "errdefs.Source+json" => {
                    if let Ok(source) = serde_json::from_slice(&detail.value) {
                        found.source = found.source.or(lines(&source, dockerfile_text));
                    }
                }
                "errdefs.Vertex+json" => {
                    let vertex = serde_json::from_slice::<Vertex>(&detail.value).ok();
                    found.vertex = found.vertex.or(vertex.map(|vertex| vertex.digest));
                }
                "gatewayapi.ExitMessage+json" => {
                    let exit = serde_json::from_slice::<Exit>(&detail.value).ok();
                    let code = exit.and_then(|exit| exit.exit_code).and_then(|code| i32::try_from(code).ok());
                    found.exit_code = found.exit_code.or(code);
                }
                _ => {}
            }
        }
        found
    }
}

/// The lines that a source names, if it is the Dockerfile that we sent and not some other file.
fn lines(source: &Source, dockerfile_text: &str) -> Option<SourceLines> {
    let text = base64::engine::general_purpose::STANDARD.decode(&source.info.data).unwrap_or_default();
    if !text.is_empty() && text != dockerfile_text.as_bytes() {
        return None;
    }
    let first = source.ranges.iter().map(|range| range.start.line).min()?;
    let last = source.ranges.iter().map(|range| range.end.line.max(range.start.line)).max()?;
    (first > 0).then_some(SourceLines { first, last })
}

/// `dockerfile parse error line 3: …`, or `… on line 3: …`.
pub(crate) fn line_in_text(message: &str) -> Option<SourceLines> {
    let start = message.find("parse error ").map(|start| start + "parse error ".len())?;
    let rest = message[start..].trim_start_matches("on ").strip_prefix("line ")?;
    let end = rest.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(rest.len());
    let line = rest[..end].parse().ok()?;
    Some(SourceLines { first: line, last: line })
}

fn exit_code_in_text(message: &str) -> Option<i32> {
    let (_, rest) = message.rsplit_once("exit code: ")?;
    let end = rest.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_details(message: &str, details: &[(&str, &str)]) -> Status {
        let details = details.iter().map(|(kind, json)| bollard_buildkit_proto::google::protobuf::Any {
            type_url: format!("github.com/moby/buildkit/{kind}"),
            value: json.as_bytes().to_vec(),
        });
        let status = rpc::Status { code: 2, message: message.to_owned(), details: details.collect() };
        Status::with_details(tonic::Code::Unknown, message, status.encode_to_vec().into())
    }

    #[test]
    fn details_name_lines_vertex_and_exit_status() {
        let status = with_details(
            "failed to solve: process \"/bin/sh -c false\" did not complete successfully: exit code: 1",
            &[
                ("errdefs.Vertex+json", r#"{"digest":"sha256:v"}"#),
                (
                    "errdefs.Source+json",
                    r#"{"info":{"filename":"Dockerfile","data":"RlJPTQ=="},"ranges":[{"start":{"line":4},"end":{"line":4}},{"start":{"line":5},"end":{"line":5}}]}"#,
                ),
            ],
        );
        let failure = failure(&status, None, "FROM");
        assert_eq!(failure.source, Some(SourceLines { first: 4, last: 5 }));
        assert_eq!(failure.vertex.as_deref(), Some("sha256:v"));
        assert_eq!(failure.exit_code, Some(1));
        assert!(failure.message.starts_with("process "), "{}", failure.message);
    }

    #[test]
    fn lines_of_another_file_are_not_ours() {
        let source = r#"{"info":{"data":"T1RIRVI="},"ranges":[{"start":{"line":4},"end":{"line":4}}]}"#;
        let status = with_details("failed", &[("errdefs.Source+json", source)]);
        assert_eq!(failure(&status, None, "FROM").source, None);
    }

    #[test]
    fn old_engines_say_it_in_the_text() {
        let text = "failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 3: unknown instruction: RUNX";
        let vertex = FailedVertex { digest: "sha256:d".to_owned(), name: "[2/2] RUN false".to_owned() };
        let failed = failure(&Status::unknown(text), Some(vertex), "");
        assert_eq!(failed.source, Some(SourceLines { first: 3, last: 3 }));
        assert_eq!(failed.vertex.as_deref(), Some("sha256:d"));
        let failed =
            failure(&Status::unknown("executor failed running [/bin/sh -c exit 7]: exit code: 7"), None, "");
        assert_eq!(failed.exit_code, Some(7));
    }

    #[test]
    fn a_file_that_is_not_there_is_named_without_the_builders_own_names() {
        let said = |text: &str| failure(&Status::unknown(text), None, "").message;
        assert_eq!(
            said(
                "failed to solve: failed to compute cache key: failed to calculate checksum of ref x::y: \"/a b\": not found"
            ),
            "\"/a b\" was not found where it is copied from; is it there, and does .dockerignore leave it in?"
        );
        assert_eq!(said("docker.io/library/x:1: not found"), "docker.io/library/x:1: not found");
    }

    #[test]
    fn a_base_image_is_named() {
        let vertex = FailedVertex {
            digest: String::new(),
            name: "[internal] load metadata for reg:5000/a:1".to_owned(),
        };
        let failed = failure(&Status::unknown("manifests 1: 401 Unauthorized"), Some(vertex), "");
        assert_eq!(failed.message, "reg:5000/a:1: manifests 1: 401 Unauthorized");
    }

    #[test]
    fn a_registry_that_is_down_is_not_an_engine_that_went_away() {
        let status = Status::unavailable("unexpected status from HEAD request: 503 Service Unavailable");
        assert!(!is_connection_lost(&status));
        assert!(failure(&status, None, "").message.contains("503"));
    }

    #[test]
    fn details_that_make_no_sense_are_passed_over() {
        let status =
            with_details("odd", &[("errdefs.Source+json", "{"), ("errdefs.Vertex+json", "[]"), ("x", "")]);
        assert_eq!(failure(&status, None, "").message, "odd");
        let junk = Status::with_details(tonic::Code::Unknown, "", vec![255, 1, 2].into());
        assert!(failure(&junk, None, "").message.contains("without a reason"));
    }
}
