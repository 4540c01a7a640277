//! A keystroke to its diagnostics, in this process: the edit, the model, every rule. What a pipe and an editor add is in
//! `benches/stdio`.
//!
//! `cargo bench -p layerwise-ide`

use std::fmt::Write;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ide::{Document, DocumentId, DocumentKind, Facts, Host, TextRange};
use rewrites::Input;
use semantic::Model;

/// What is typed behind: in a RUN its shell is parsed again, an ARG is seen by all that follows in its stage.
const TYPED_AFTER: [(&str, &str); 4] = [
    ("RUN", "npm run build"),
    ("ARG", "ARG VERSION="),
    ("WORKDIR", "WORKDIR /srv/part"),
    ("heredoc", "set -e"),
];

/// A Dockerfile of about so many lines with some of everything that costs: stages, variables, long RUNs, heredocs, comments.
fn dockerfile(lines: usize) -> String {
    let mut text = String::from("ARG NODE=22\n");
    for stage in 0..lines.div_ceil(STAGE_LINES) {
        write_stage(&mut text, stage);
    }
    text
}

const STAGE_LINES: usize = 29;

fn write_stage(text: &mut String, stage: usize) {
    let _ = write!(
        text,
        "# Stage {stage} builds a part.
FROM node:${{NODE}} AS part{stage}
ARG VERSION={stage}
ENV PORT=30{stage} NAME=\"part ${{VERSION}}\"
WORKDIR /srv/part{stage}
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \\
    npm ci && \\
    # the bundle
    npm run build -- --out=dist/$NAME \\
    || exit 1
RUN apt-get update && \\
    apt-get install -y --no-install-recommends \\
        curl \\
        git \\
        python3 && \\
    rm -rf /var/lib/apt/lists/*
RUN <<DONE
set -e
for file in dist/*; do
  echo \"$file\" >> list
done
DONE
COPY . .
USER node
HEALTHCHECK CMD curl -f http://localhost:$PORT/ || exit 1
CMD [\"node\", \"dist/server.js\"]

",
    );
}

fn host(id: &DocumentId, text: &str) -> Host {
    let mut host = Host::new();
    host.open(id.clone(), DocumentKind::Dockerfile, text);
    host
}

/// A key at a place, and every second time the one that takes it back.
fn press(host: &mut Host, id: &DocumentId, place: u32, keys: &mut u32) {
    let (range, new_text) = if keys.is_multiple_of(2) {
        (TextRange::empty(place), "x")
    } else {
        (TextRange::new(place, place + 1), "")
    };
    *keys = keys.wrapping_add(1);
    host.edit(id, |document| document.edit(range, new_text));
}

fn keystroke(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("keystroke to diagnostics");
    for lines in [40, 400, 4_000, 40_000] {
        let text = dockerfile(lines);
        for (name, typed_after) in TYPED_AFTER {
            let middle = text[..text.len() / 2].rfind(typed_after).unwrap_or(0) + typed_after.len();
            let place = u32::try_from(middle).expect("the text is small");
            let id = DocumentId::new("file:///Dockerfile");
            let mut host = host(&id, &text);
            black_box(host.snapshot().analysis_diagnostics(&id));
            group.bench_function(BenchmarkId::new(name, lines), |bencher| {
                let mut keys = 0;
                bencher.iter(|| {
                    press(&mut host, &id, place, &mut keys);
                    host.snapshot().analysis_diagnostics(&id)
                });
            });
        }
    }
    group.finish();
}

/// Keys that come faster than answers: each is taken in, and nothing follows from it.
fn burst(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("burst of 200 edits");
    for lines in [400, 4_000] {
        let text = dockerfile(lines);
        let place = u32::try_from(text.len() / 2).expect("the text is small");
        let id = DocumentId::new("file:///Dockerfile");
        let mut host = host(&id, &text);
        group.bench_function(BenchmarkId::from_parameter(lines), |bencher| {
            bencher.iter(|| {
                let mut keys = 0;
                while keys < 200 {
                    press(&mut host, &id, place, &mut keys);
                }
            });
        });
    }
    group.finish();
}

/// What an editor asks behind a key for the light bulb: which fixes and rewrites there are at the cursor, all safe fixes among them.
fn actions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("keystroke to code actions");
    for lines in [400, 4_000] {
        // One finding with a safe fix in each stage.
        let text = dockerfile(lines).replace(" AS ", " as ");
        let middle = text[..text.len() / 2].rfind("ARG VERSION=").unwrap_or(0) + "ARG VERSION=".len();
        let place = u32::try_from(middle).expect("the text is small");
        let id = DocumentId::new("file:///Dockerfile");
        let mut host = host(&id, &text);
        group.bench_function(BenchmarkId::from_parameter(lines), |bencher| {
            let mut keys = 0;
            bencher.iter(|| {
                press(&mut host, &id, place, &mut keys);
                let snapshot = host.snapshot();
                black_box(snapshot.analysis_diagnostics(&id));
                snapshot.code_actions(&id, TextRange::empty(place), |_| true)
            });
        });
    }
    group.finish();
}

fn opening(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("open to diagnostics");
    for lines in [400, 4_000] {
        let text = dockerfile(lines);
        let id = DocumentId::new("file:///Dockerfile");
        group.bench_function(BenchmarkId::from_parameter(lines), |bencher| {
            bencher.iter(|| host(&id, &text).snapshot().analysis_diagnostics(&id));
        });
    }
    group.finish();
}

/// Where the time of a keystroke goes in a long file: what grows with the file shows here.
fn parts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parts at 4,000 lines");
    let document = Document::new(&dockerfile(4_000));
    let facts = Facts::default();
    let model = Model::new(&document, &facts);
    let input = Input { model: &model, facts: &facts };
    group.bench_function("model", |bencher| bencher.iter(|| Model::new(&document, &facts)));
    let settings = rules::Settings::default();
    group.bench_function("suppressions", |bencher| {
        bencher.iter(|| rules::report_with(&input, &settings, &mut |_| Vec::new()));
    });
    for rule in rules::REGISTRY {
        group.bench_function(rule.code, |bencher| bencher.iter(|| rules::run(rule, &input, &settings)));
    }
    group.finish();
}

criterion_group!(benches, keystroke, burst, actions, opening, parts);
criterion_main!(benches);
