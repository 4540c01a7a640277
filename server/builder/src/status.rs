//! BuildKit's status stream as [`BuildEvent`]s.

use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use bollard_buildkit_proto::google::protobuf::Timestamp;
use bollard_buildkit_proto::moby::buildkit::v1::{self as api, StatusResponse};
use inner_loop::{BuildEvent, LogStream, Seconds, Vertex, VertexProgress};

use crate::report::Reporter;

/// An engine whose clock is off by less runs, as far as anyone can tell, by ours.
const TOLERATED_SKEW: f64 = 1.0;

/// Translates the messages of one build.
pub(crate) struct StatusReader {
    /// Seconds between 1970 and the request, by the engine's clock once that is known.
    origin: f64,
    skew_known: bool,
    failed: Mutex<Option<FailedVertex>>,
}

/// The vertex that made the build fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailedVertex {
    pub(crate) digest: String,
    pub(crate) name: String,
}

impl StatusReader {
    /// For a build that was asked for `seconds_ago`.
    pub(crate) fn new(seconds_ago: Seconds) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |now| now.as_secs_f64());
        Self { origin: now - seconds_ago, skew_known: false, failed: Mutex::new(None) }
    }

    /// The first vertex that failed by itself, not because another did.
    pub(crate) fn failed_vertex(&self) -> Option<FailedVertex> {
        self.failed.lock().ok()?.clone()
    }

    /// Passes on what a message says.
    pub(crate) fn read(&mut self, message: StatusResponse, reporter: &Reporter) {
        self.learn_skew(&message, reporter.seconds());
        for vertex in message.vertexes {
            let vertex = self.vertex(vertex);
            if let (Some(error), Ok(failed)) = (&vertex.error, self.failed.get_mut())
                && failed.is_none()
                && !error.ends_with("context canceled")
            {
                *failed = Some(FailedVertex { digest: vertex.digest.clone(), name: vertex.name.clone() });
            }
            reporter.send(BuildEvent::Vertex(vertex));
        }
        for status in message.statuses {
            reporter.send(BuildEvent::VertexProgress(VertexProgress {
                vertex: status.vertex,
                id: status.id,
                current: status.current,
                total: status.total,
                completed: status.completed.is_some(),
            }));
        }
        for log in message.logs {
            let stream = if log.stream == 2 { LogStream::Stderr } else { LogStream::Stdout };
            reporter.send(BuildEvent::Log { vertex: log.vertex, stream, data: log.msg });
        }
    }

    /// The newest time in the first message that has one is about now, whatever the engine's clock says.
    fn learn_skew(&mut self, message: &StatusResponse, now: Seconds) {
        if self.skew_known {
            return;
        }
        let times = message.vertexes.iter().flat_map(|vertex| [&vertex.started, &vertex.completed]).flatten();
        let Some(newest) = times.map(since_1970).reduce(f64::max) else { return };
        self.skew_known = true;
        let skew = newest - self.origin - now;
        if skew.abs() > TOLERATED_SKEW {
            self.origin += skew;
        }
    }

    fn vertex(&self, vertex: api::Vertex) -> Vertex {
        let seconds = |time: &Timestamp| (since_1970(time) - self.origin).max(0.0);
        Vertex {
            started: vertex.started.as_ref().map(seconds),
            completed: vertex.completed.as_ref().map(seconds),
            digest: vertex.digest,
            name: vertex.name,
            inputs: vertex.inputs,
            cached: vertex.cached,
            error: Some(vertex.error).filter(|error| !error.is_empty()),
            progress_group: vertex.progress_group.map(|group| group.id),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a double holds the seconds since 1970 to a quarter of a microsecond"
)]
fn since_1970(time: &Timestamp) -> f64 {
    time.seconds as f64 + f64::from(time.nanos) / 1e9
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    fn read(messages: Vec<StatusResponse>) -> (Vec<BuildEvent>, Option<FailedVertex>) {
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        let reporter = Reporter::new(Box::new(move |event| sink.lock().unwrap().push(event)));
        let mut reader = StatusReader::new(0.0);
        for message in messages {
            reader.read(message, &reporter);
        }
        let events = std::mem::take(&mut *events.lock().unwrap());
        (events, reader.failed_vertex())
    }

    fn vertex(name: &str, error: &str, started: Option<Timestamp>) -> StatusResponse {
        let vertex = api::Vertex {
            digest: format!("sha256:{name}"),
            name: name.to_owned(),
            error: error.to_owned(),
            started,
            ..Default::default()
        };
        StatusResponse { vertexes: vec![vertex], ..Default::default() }
    }

    #[test]
    fn the_vertex_that_failed_is_not_one_that_was_stopped_with_it() {
        let (_, failed) = read(vec![
            vertex("sibling", "process: context canceled", None),
            vertex("culprit", "exit 1", None),
        ]);
        assert_eq!(failed.unwrap().name, "culprit");
    }

    #[test]
    fn an_engine_with_another_clock_gives_sensible_seconds() {
        let (events, _) = read(vec![
            vertex("a", "", Some(Timestamp { seconds: 1000, nanos: 0 })),
            vertex("b", "", Some(Timestamp { seconds: 1002, nanos: 500_000_000 })),
        ]);
        let started: Vec<f64> = events
            .into_iter()
            .filter_map(|event| if let BuildEvent::Vertex(vertex) = event { vertex.started } else { None })
            .collect();
        assert!(started[0] < 0.5 && (started[1] - started[0] - 2.5).abs() < 0.001, "{started:?}");
    }
}
