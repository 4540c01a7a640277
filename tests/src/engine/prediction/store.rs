//! What a builder's store holds of a project: its base images, and the records of its cache.

use std::collections::BTreeSet;
use std::process::Command;

use inner_loop::{BuildRequest, Export};
use serde_json::Value;

use super::edits::N_BASES;
use super::kinds::base;
use crate::engine::api::{ask, remove_image};
use crate::engine::harness::{Context, Engine, variable};

/// What the base images say beside the first: the second has other configuration that no step reads, the third a variable that
/// every RUN reads, the fourth another layer.
const VARIANTS: [&str; N_BASES] =
    ["", "LABEL variant=1\n", "ENV VARIANT=2\n", "RUN echo another layer > /variant\n"];

/// The base images of a project, each made when it is first chosen; they go with the project.
pub(super) struct Bases<'a> {
    engine: &'a Engine,
    word: String,
    made: [bool; N_BASES],
}

impl<'a> Bases<'a> {
    pub(super) fn new(engine: &'a Engine, word: &str) -> Self {
        Self { engine, word: word.to_owned(), made: [false; N_BASES] }
    }

    /// Lets the tag that the Dockerfile names point to one of them.
    pub(super) fn choose(&mut self, number: usize) {
        let name = base(&self.word);
        if !self.made[number] {
            let text =
                format!("FROM debian:bookworm-slim\nRUN echo {} > /word\n{}", self.word, VARIANTS[number]);
            let context = Context::new(&[]);
            let tags = vec![format!("{name}-{number}")];
            let request = BuildRequest { tags, export: Export::Image, ..context.request(&text) };
            self.engine.build(request).succeeded();
            self.made[number] = true;
        }
        let (repository, tag) = name.split_once(':').unwrap();
        let path = format!("/images/{name}-{number}/tag?repo={repository}&tag={tag}");
        let (status, body) = ask(self.engine, "POST", &path, &[]);
        assert_eq!(status, 201, "{body}");
    }
}

impl Drop for Bases<'_> {
    fn drop(&mut self) {
        let name = base(&self.word);
        remove_image(self.engine, &name);
        for number in (0..N_BASES).filter(|number| self.made[*number]) {
            remove_image(self.engine, &format!("{name}-{number}"));
        }
    }
}

/// Prunes these records as `docker builder prune` does: leaves first.
pub(super) fn prune(engine: &Engine, wanted: BTreeSet<String>) {
    let mut left = wanted;
    while !left.is_empty() {
        for id in &left {
            let output = Command::new(variable("LAYERWISE_TEST_DOCKER"))
                .args(["--host", &engine.host, "builder", "prune", "--all", "--force", "--filter"])
                .arg(format!("id={id}"))
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let (all, before) = (all_records(engine), left.len());
        left.retain(|id| all.contains(id));
        if left.len() == before {
            return;
        }
    }
}

/// The records of steps in an engine's build cache. Only one of its two interfaces tells what a record stands on: in 20.10 the engine's own, today
/// that of BuildKit.
fn records(engine: &Engine) -> Vec<Value> {
    if engine.is_old() {
        let (status, body) = ask(engine, "GET", "/system/df", &[]);
        assert_eq!(status, 200, "{body}");
        let usage: Value = serde_json::from_str(&body).unwrap();
        let records = usage["BuildCache"].as_array().into_iter().flatten();
        return records.filter(|record| record["Type"] == "regular").cloned().collect();
    }
    let output = Command::new(variable("LAYERWISE_TEST_DOCKER"))
        .args(["--host", &engine.host, "buildx", "du", "--format", "json", "--filter", "type=regular"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn id(record: &Value) -> String {
    record["ID"].as_str().unwrap_or_default().to_owned()
}

/// The ids of all records of the build cache.
pub(super) fn all_records(engine: &Engine) -> BTreeSet<String> {
    records(engine).iter().map(id).collect()
}

/// The ids of records of commands that say this word, and of those that stand on them.
pub(super) fn records_of(engine: &Engine, word: &str) -> BTreeSet<String> {
    let records = records(engine);
    let has_word = |record: &&Value| record["Description"].as_str().is_some_and(|said| said.contains(word));
    let mut found: BTreeSet<String> = records.iter().filter(has_word).map(id).collect();
    loop {
        let stands_on_found = |record: &&Value| {
            let parents = record["Parents"].as_array().into_iter().flatten();
            parents.chain([&record["Parent"]]).filter_map(Value::as_str).any(|parent| found.contains(parent))
        };
        let more: BTreeSet<String> = records.iter().filter(stands_on_found).map(id).collect();
        let before = found.len();
        found.extend(more);
        if found.len() == before {
            return found;
        }
    }
}
