//! Fifty megabytes of a step's output through the reducer: lines, what is kept of them, and what tools in them say is wrong.
//!
//! `cargo bench -p layerwise-inner-loop`

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use inner_loop::{BuildEvent, BuildFailure, BuildOutcome, BuildRequest, LogStream, Progress, Vertex};

const BYTES: usize = 50 << 20;

/// As much as a builder sends at once.
const CHUNK: usize = 32 << 10;

/// Lines of a kind, over and over.
fn log(lines: &[&str]) -> Vec<u8> {
    let mut text = Vec::with_capacity(BYTES + 4096);
    let mut number = 0u32;
    while text.len() < BYTES {
        for line in lines {
            text.extend_from_slice(line.replace("NUMBER", &number.to_string()).as_bytes());
            text.push(b'\n');
            number += 1;
        }
    }
    text
}

/// Nothing is wrong.
const BUILD: [&str; 5] = [
    "   Compiling serde_json v1.0.NUMBER",
    "npm http fetch GET 200 https://registry.npmjs.org/left-pad 12ms (cache hit)",
    "Get:NUMBER http://deb.debian.org/debian bookworm/main amd64 libstdc++6 amd64 12.2.0-14 [613 kB]",
    "Collecting requests==2.31.NUMBER (from -r requirements.txt (line 3))",
    "[ 42%] Building CXX object CMakeFiles/app.dir/src/part_NUMBER.cpp.o",
];

/// Nothing is wrong, and each line looks like it.
const SERVER: [&str; 3] = [
    "2026-11-22T10:00:00.123Z INFO server.go:NUMBER: GET /path/NUMBER?x=1:2:3 200 12ms",
    "12:30:45.NUMBER [main] WARN com.example.App:NUMBER - retrying https://host:8080/a:1:2",
    "\u{1b}[32m[12:30:45]\u{1b}[0m GET (1) /a:12:5 - NUMBER",
];

/// All of it is wrong.
const ERRORS: [&str; 3] = [
    "src/main.c:NUMBER:5: error: expected ';' before '}' token",
    "    3 | int main() {",
    "      |             ^",
];

fn run(log: &[u8]) -> usize {
    let request = BuildRequest { dockerfile_text: "FROM a\nRUN x\n".to_owned(), ..BuildRequest::default() };
    let mut progress = Progress::of(&request.model(), None);
    let digest = || "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".to_owned();
    let vertex =
        Vertex { digest: digest(), name: "[2/2] RUN x".to_owned(), started: Some(0.0), ..Vertex::default() };
    let mut n_updates = progress.apply(BuildEvent::Vertex(vertex)).len();
    for chunk in log.chunks(CHUNK) {
        let event = BuildEvent::Log { vertex: digest(), stream: LogStream::Stdout, data: chunk.to_vec() };
        n_updates += progress.apply(event).len();
    }
    let outcome = BuildOutcome::Failed(BuildFailure { vertex: Some(digest()), ..BuildFailure::default() });
    n_updates + progress.apply(BuildEvent::Finished { outcome, seconds: 1.0 }).len()
}

fn logs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("50 MiB of a step's output");
    group.sample_size(10).throughput(Throughput::Bytes(BYTES as u64));
    for (name, lines) in [("a build", &BUILD[..]), ("a server", &SERVER), ("errors", &ERRORS)] {
        let log = log(lines);
        group.bench_with_input(BenchmarkId::from_parameter(name), &log, |bencher, log| {
            bencher.iter(|| black_box(run(log)));
        });
    }
    group.finish();
}

criterion_group!(benches, logs);
criterion_main!(benches);
