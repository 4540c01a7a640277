//! What a builder says while it builds, as plain data.
//!
//! The shapes follow BuildKit's status stream (`api/services/control/control.proto`): a vertex may start and complete
//! several times, and its intervals are summed, never taken from first to last.

use crate::test_results::ReportFile;

/// Seconds since the build was asked for.
pub type Seconds = f64;

/// One event of a build. `Finished` comes last and exactly once.
#[derive(Debug, Clone, PartialEq)]
pub enum BuildEvent {
    /// The builder took the request.
    Started {
        /// The builder's name and version, such as `docker 28.5.2`.
        builder: String,
    },
    /// A vertex of the build graph is new or has changed.
    Vertex(Vertex),
    /// Progress of one item of a vertex: a layer being pulled, a context being transferred.
    VertexProgress(VertexProgress),
    /// Output of a vertex. Chunks may end inside a line or inside a UTF-8 sequence.
    Log {
        /// Digest of the vertex that wrote it.
        vertex: String,
        /// Which stream.
        stream: LogStream,
        /// Raw bytes.
        data: Vec<u8>,
    },
    /// The paths of the first files whose content was sent, in any order; at least [`MOST_NAMED`](crate::sent::MOST_NAMED) of them, where
    /// as many were. Said before [`Self::Context`], by builders whose files are not all sent each time.
    Sent {
        /// From the context's root.
        first: Vec<String>,
    },
    /// What the file sync of the main context sent.
    Context(ContextTransfer),
    /// A report of tests that the request asks for, out of the result or out of the step that failed; or why there is none.
    Report(ReportFile),
    /// Something the user should know that is no failure.
    Notice {
        /// One sentence.
        text: String,
    },
    /// The build ended.
    Finished {
        /// How.
        outcome: BuildOutcome,
        /// Seconds since the build was asked for.
        seconds: Seconds,
    },
}

/// A vertex of the build graph as BuildKit reports it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vertex {
    /// Digest; not stable between builds.
    pub digest: String,
    /// Display name, such as `[build 2/5] RUN npm ci`.
    pub name: String,
    /// Digests of the vertices that it reads.
    pub inputs: Vec<String>,
    /// Whether the builder took the result from its cache.
    pub cached: bool,
    /// Start of the current interval.
    pub started: Option<Seconds>,
    /// End of the current interval.
    pub completed: Option<Seconds>,
    /// The builder's error text. Vertices that were stopped by a sibling's failure say `context canceled`.
    pub error: Option<String>,
    /// Vertices that belong together (`COPY --link` has two) share a group.
    pub progress_group: Option<String>,
}

/// Progress of one item of a vertex.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VertexProgress {
    /// Digest of the vertex.
    pub vertex: String,
    /// What is being done, such as `extracting sha256:…`.
    pub id: String,
    /// Bytes or items so far.
    pub current: i64,
    /// Bytes or items in all; 0 where unknown.
    pub total: i64,
    /// Whether the item is complete.
    pub completed: bool,
}

/// An output stream of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// What a file sync sent: contents only, after .dockerignore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContextTransfer {
    /// Files whose content was sent.
    pub files_sent: u64,
    /// Bytes of content that were sent.
    pub bytes_sent: u64,
    /// Regular files in the context after .dockerignore.
    pub files_total: u64,
    /// Their bytes.
    pub bytes_total: u64,
}

/// How a build ended.
#[derive(Debug, Clone, PartialEq)]
pub enum BuildOutcome {
    /// It succeeded; `image` is absent where none was exported.
    Succeeded {
        /// The image, as the engine's inspection gives it.
        image: Option<BuiltImage>,
    },
    /// It failed.
    Failed(BuildFailure),
    /// The user stopped it.
    Canceled,
}

/// An image as the engine's inspection gives it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuiltImage {
    /// `Id`, such as `sha256:…`.
    pub id: String,
    /// `Size` in bytes.
    pub size: u64,
    /// Its history, oldest first; empty where the engine does not tell.
    pub history: Vec<HistoryEntry>,
}

/// An entry of an image's history: one instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The command, such as `RUN /bin/sh -c npm ci # buildkit`.
    pub created_by: String,
    /// Bytes of its layer, uncompressed; 0 where it made none.
    pub bytes: u64,
}

/// Why a build failed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BuildFailure {
    /// One or a few lines that say what is wrong and what to do.
    pub message: String,
    /// Lines of the Dockerfile that the builder names, where it names any.
    pub source: Option<SourceLines>,
    /// Digest of the vertex that failed, where known.
    pub vertex: Option<String>,
    /// Exit status of the command that failed, where known.
    pub exit_code: Option<i32>,
    /// Whether there was no builder to ask: none was found, or it did not answer.
    pub no_builder: bool,
}

/// Lines of a Dockerfile, from 1, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceLines {
    /// First line.
    pub first: u32,
    /// Last line.
    pub last: u32,
}
