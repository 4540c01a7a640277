//! What each format makes of a graph, and what none of them lets through.

mod formats;

use std::path::PathBuf;

use expect_test::{Expect, expect};
use inner_loop::BuildRequest;
use inner_loop::StepState;
use inner_loop::graph::{Graph, Known, LastBuild, StepCost};
use inner_loop::prediction::Verdict;

use super::Drawing;

/// What a step of the last build was: its line, whether it was cached, and what it took.
type Step = (u32, bool, f64, Option<u64>);

fn request(text: &str) -> BuildRequest {
    BuildRequest {
        dockerfile: PathBuf::from("/p/Dockerfile"),
        dockerfile_text: text.to_owned(),
        ..BuildRequest::default()
    }
}

fn drawing(request: &BuildRequest, steps: &[Step], verdicts: &[(u32, Verdict)]) -> Drawing {
    let cost = |(line, cached, seconds, bytes): &Step| {
        let cost = StepCost {
            state: StepState::Done,
            cached: *cached,
            seconds: if *cached { 0.0 } else { *seconds },
            last_seconds: Some(*seconds),
            bytes: *bytes,
        };
        (*line, cost)
    };
    let last_build = (!steps.is_empty()).then(|| LastBuild {
        at: "2026-11-22T10:00:00Z".to_owned(),
        ok: true,
        seconds: 12.5,
        steps: steps.len(),
        cached: steps.iter().filter(|step| step.1).count(),
    });
    let known = Known {
        last_build,
        costs: steps.iter().map(cost).collect(),
        verdicts: verdicts.iter().copied().collect(),
        reasons: verdicts.iter().filter_map(|(line, verdict)| Some((*line, reason(*verdict)?))).collect(),
    };
    let model = request.model();
    let target = request.target.as_deref().map_or_else(|| model.final_stage(), |name| model.target(name));
    let target = target.map_or(0, |stage| stage.index);
    Drawing::new(Graph::of(&model, target, &request.named_contexts, &known), request)
}

fn reason(verdict: Verdict) -> Option<String> {
    (verdict == Verdict::Rebuild).then(|| "src/größe changed (content)".to_owned())
}

/// A tree without its colours.
fn tree(drawing: &Drawing) -> String {
    let mut plain = String::new();
    let mut parts = drawing.text().split('\u{1b}').map(str::to_owned).collect::<Vec<_>>().into_iter();
    plain.extend(parts.next());
    plain.extend(parts.map(|part| part.split_once('m').map(|(_, rest)| rest.to_owned()).unwrap_or_default()));
    plain
}

const TEXT: &str = "\
FROM node:22 AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build
FROM build AS test
RUN npm test
FROM debian:bookworm-slim
RUN --mount=from=busybox:1,target=/b apt-get update && apt-get install -y --no-install-recommends ca-certificates
COPY --from=build /src/dist /srv
";

const STEPS: &[Step] = &[
    (1, true, 0.0, None),
    (2, true, 0.04, Some(0)),
    (3, false, 0.1, None),
    (4, false, 8.25, None),
    (5, false, 0.2, None),
    (6, false, 3.1, None),
    (9, true, 0.0, None),
    (10, true, 5.5, Some(9_400_000)),
    (11, false, 0.05, Some(312_000)),
];

fn built() -> Drawing {
    let verdicts = [(1, Verdict::Cached), (5, Verdict::Rebuild), (6, Verdict::Rebuild), (11, Verdict::Maybe)];
    drawing(&request(TEXT), STEPS, &verdicts)
}

fn check(actual: &str, expected: &Expect) {
    expected.assert_eq(actual);
}

#[test]
fn a_tree_hangs_stages_on_what_they_are_built_on() {
    check(
        &tree(&built()),
        &expect![[r#"
        Dockerfile → stage-2
        last build 2026-11-22T10:00:00Z: 5 of 9 steps ran, 12.5 s
        critical path: 11.7 s of 17.2 s when every step runs

        node:22
        └─ build                                                                                   11.7 s               0 B
           ├─●  1  FROM node:22 AS build                                                           cached
           ├─●  2  WORKDIR /src                                                                    cached (40 ms)       0 B
           ├─●  3  COPY package.json package-lock.json ./                         ← build context  100 ms
           ├─●  4  RUN --mount=type=cache,target=/root/.npm npm ci                                 8.2 s
           ├─●  5  COPY . .                                                       ← build context  200 ms                    next: rebuild
           ├─●  6  RUN npm run build                                                               3.1 s                     next: rebuild
           └─ test  (not needed)
              ├──  7  FROM build AS test
              └──  8  RUN npm test
        debian:bookworm-slim
        └─ stage-2  ← target                                                                       5.5 s             9.7 MB
           ├──  9  FROM debian:bookworm-slim                                                       cached
           ├── 10  RUN --mount=from=busybox:1,target=/b apt-get update && apt-g…  ← busybox:1      cached (5.5 s)    9.4 MB
           └─● 11  COPY --from=build /src/dist /srv                               ← build          50 ms           312.0 kB  next: maybe

        ● on the critical path
    "#]],
    );
}

#[test]
fn a_tree_without_a_build_says_so_once() {
    check(
        &tree(&drawing(&request(TEXT), &[], &[])),
        &expect![[r#"
        Dockerfile → stage-2
        not built yet: no times are known

        node:22
        └─ build
           ├──  1  FROM node:22 AS build
           ├──  2  WORKDIR /src
           ├──  3  COPY package.json package-lock.json ./                         ← build context
           ├──  4  RUN --mount=type=cache,target=/root/.npm npm ci
           ├──  5  COPY . .                                                       ← build context
           ├──  6  RUN npm run build
           └─ test  (not needed)
              ├──  7  FROM build AS test
              └──  8  RUN npm test
        debian:bookworm-slim
        └─ stage-2  ← target
           ├──  9  FROM debian:bookworm-slim
           ├── 10  RUN --mount=from=busybox:1,target=/b apt-get update && apt-g…  ← busybox:1
           └── 11  COPY --from=build /src/dist /srv                               ← build
    "#]],
    );
    let request = BuildRequest { target: Some("test".to_owned()), ..request(TEXT) };
    check(
        &tree(&drawing(&request, &[], &[])),
        &expect![[r#"
        Dockerfile → test
        not built yet: no times are known

        node:22
        └─ build
           ├──  1  FROM node:22 AS build
           ├──  2  WORKDIR /src
           ├──  3  COPY package.json package-lock.json ./                         ← build context
           ├──  4  RUN --mount=type=cache,target=/root/.npm npm ci
           ├──  5  COPY . .                                                       ← build context
           ├──  6  RUN npm run build
           └─ test  ← target
              ├──  7  FROM build AS test
              └──  8  RUN npm test
        debian:bookworm-slim
        └─ stage-2  (not needed)
           ├──  9  FROM debian:bookworm-slim
           ├── 10  RUN --mount=from=busybox:1,target=/b apt-get update && apt-g…  ← busybox:1
           └── 11  COPY --from=build /src/dist /srv                               ← build
    "#]],
    );
}

/// All formats of a file.
fn all(request: &BuildRequest) -> [String; 5] {
    let drawing = drawing(request, &[], &[]);
    [tree(&drawing), drawing.json().to_string(), drawing.mermaid(), drawing.dot(), drawing.svg()]
}

/// The tags of an SVG, each closed; its texts come back as they are read.
fn texts_of_xml(xml: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    for part in xml.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag has an end");
        let mut quotes = tag.matches('"').count();
        quotes %= 2;
        assert_eq!(quotes, 0, "{tag}");
        let name = tag.split([' ', '/']).find(|name| !name.is_empty()).unwrap_or_default().to_owned();
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name)),
            (false, true) => {}
            (false, false) => open.push(name),
        }
        let read =
            ["&lt;<", "&gt;>", "&quot;\"", "&#39;'", "&amp;&"].iter().fold(text.to_owned(), |text, pair| {
                let (entity, letter) = pair.split_at(pair.find(';').unwrap() + 1);
                text.replace(entity, letter)
            });
        texts.push(read);
    }
    assert_eq!(open, Vec::<String>::new());
    texts
}

#[test]
fn hostile_texts_stay_texts() {
    let text = "FROM a\"]:::x-->y AS größe\nRUN echo \"</text><script>alert('x')</script>\" && a <b> & `c` #quot; \\N {x|y} %%{init: {}}%% \u{1b}[31m\u{202e}end\nCOPY <<]]> /-->\nx\n]]>\nRUN 🐳 日本語\n";
    let [tree, json, mermaid, dot, svg] = all(&request(text));
    for text in [&tree, &mermaid, &dot, &svg] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    }
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    let texts = texts_of_xml(&svg);
    assert!(
        texts.iter().any(|text| text.contains("echo \"</text><script>alert('x')</script>\" &&")),
        "{texts:?}"
    );
    assert!(!svg.contains("<script") && !dot.contains("<script"));
    // Inside of quotes Mermaid sees letters, blanks and numbers of others alone.
    for label in mermaid.lines().filter_map(|line| Some(line.split_once('"')?.1.rsplit_once('"')?.0)) {
        assert!(!label.replace("<br/>", "").contains(['"', '<', '>', '`', '{', '[', '&', '%']), "{label}");
    }
    // Tables of Graphviz are like XML, and no text of theirs may be empty.
    assert!(!dot.contains("></FONT>"));
    let tables = dot.lines().filter_map(|line| line.split_once("[label=<")?.1.strip_suffix(">];"));
    assert_eq!(tables.map(|table| texts_of_xml(table).len()).filter(|n_texts| *n_texts > 10).count(), 1);
}

#[test]
fn secrets_are_hidden_in_all_formats() {
    let text = "FROM a\nARG API_TOKEN=tok-51423-x\nRUN curl -H \"Authorization: Bearer ghp_0123456789abcdefABCDEF\" -u bob:hunter2 https://x && echo tok-51423-x given-771-y\nADD https://user:pa55word@example.org/x.tar /\nFROM $REGISTRY_PASSWORD/b\nARG API_TOKEN\nCOPY --from=x/$API_TOKEN / /\n";
    let request = BuildRequest {
        build_args: [("API_TOKEN".to_owned(), "given-771-y".to_owned())].into(),
        named_contexts: [("b".to_owned(), "https://me:pa55word@example.org/y.git".to_owned())].into(),
        ..request(text)
    };
    for text in all(&request) {
        for secret in ["tok-51423-x", "ghp_0123456789", "hunter2", "pa55word", "given-771-y"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn half_typed_files_are_drawn_as_far_as_they_go() {
    for end in 0..=TEXT.len() {
        let [tree, .., svg] = all(&request(&TEXT[..end]));
        assert!(tree.starts_with("Dockerfile →"));
        texts_of_xml(&svg);
    }
}

#[test]
fn a_picture_has_the_lines_of_its_steps() {
    let text = "# escape=`\r\nFROM a AS x\r\nRUN b `\r\n  c\r\nCOPY <<EOF /\r\nx\r\nEOF\r\nFROM x\r\n";
    let [.., svg] = all(&request(text));
    let lines: Vec<&str> =
        svg.split("data-line=\"").skip(1).filter_map(|part| part.split('>').next()).collect();
    assert_eq!(
        lines,
        [
            "2\" data-end-line=\"2\"",
            "3\" data-end-line=\"4\"",
            "5\" data-end-line=\"7\"",
            "8\" data-end-line=\"8\""
        ]
    );
    assert!(
        svg.contains("prefers-color-scheme:dark") && !svg.contains("http-equiv") && !svg.contains("href")
    );
}

#[test]
fn large_files_are_drawn_in_time_and_stages_built_on_each_other_stay_near_the_margin() {
    let mut text = String::from("FROM a AS s0\n");
    for stage in 1..400 {
        text += &format!("FROM s{} AS s{stage}\nCOPY --from=s0 / /\nCOPY f{stage} /\n", stage - 1);
    }
    let [tree, .., svg] = all(&request(&text));
    assert!(tree.lines().all(|line| line.chars().count() < 140));
    texts_of_xml(&svg);
}
