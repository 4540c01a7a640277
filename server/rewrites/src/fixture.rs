//! Test fixtures: a Dockerfile and a build context as texts, and what a recipe makes of them as one text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use semantic::facts::{FileFacts, FileKind, IgnoreFile};
use semantic::{ContextFacts, Facts, FrontendFacts, ImageFacts, Model};
use syntax::Document;

use crate::offer::{Applicability, Input, Recipe, apply};

/// A context of these files, with images of Node, Go, Python, Debian and Alpine on the builder.
pub(crate) fn facts(files: &[(&str, &str)]) -> Facts {
    let mut context = ContextFacts { complete: true, ..ContextFacts::default() };
    for (path, text) in files {
        if *path == ".dockerignore" {
            context.ignore_file = Some(IgnoreFile { path: (*path).to_owned(), text: (*text).to_owned() });
        }
        let size = text.len() as u64;
        context.files.insert((*path).to_owned(), FileFacts { size, kind: FileKind::File });
        for (at, _) in path.match_indices('/') {
            let kind = FileKind::Directory;
            context.files.insert(path[..at].to_owned(), FileFacts { size: 0, kind });
        }
        context.manifests.insert((*path).to_owned(), (*text).to_owned());
    }
    let image = ImageFacts { workdir: "/".to_owned(), ..ImageFacts::default() };
    let names = ["node:22", "node:22-slim", "node:22-bookworm", "node:22-bookworm-slim", "node:22-alpine"];
    let musl =
        ImageFacts { workdir: "/home/rust/src".to_owned(), user: "rust".to_owned(), ..ImageFacts::default() };
    let mut base_images: BTreeMap<String, ImageFacts> =
        names.iter().map(|name| ((*name).to_owned(), image.clone())).collect();
    base_images.insert("known-musl-builder".to_owned(), musl);
    let python = ["3.12", "3.12-slim", "3.12-bookworm", "3.12-slim-bookworm", "3.12-alpine"];
    base_images.extend(python.map(|tag| (format!("python:{tag}"), image.clone())));
    let images = [
        "debian:bookworm",
        "debian:bookworm-slim",
        "eclipse-temurin:17-jre",
        "alpine:3.19",
        "alpine:3",
        "alpine:3.20",
    ];
    base_images.extend(images.map(|name| (name.to_owned(), image.clone())));
    let go = ImageFacts { workdir: "/go".to_owned(), ..ImageFacts::default() };
    base_images.extend(["golang:1.22", "golang:1.22-bookworm"].map(|name| (name.to_owned(), go.clone())));
    for (name, image) in &mut base_images {
        let repository = name.split(':').next().unwrap_or(name);
        image.digest = format!("sha256:{}", "ab".repeat(32));
        image.pulled = vec![format!("{repository}@{}", image.digest)];
    }
    let frontend =
        FrontendFacts { heredocs: true, secret_env: true, copy_link: true, ..FrontendFacts::default() };
    Facts { context: Some(context), base_images, frontend: Some(frontend), ..Facts::default() }
}

pub(crate) fn model(text: &str, facts: &Facts) -> Model {
    Model::new(&Document::new(text), facts)
}

/// The one result of a recipe, or its refusals.
pub(crate) fn rewritten(recipe: &Recipe, text: &str, facts: &Facts) -> Result<(String, String), String> {
    let model = model(text, facts);
    let offers = recipe.find(&Input { model: &model, facts });
    match offers.rewrites.first() {
        Some(rewrite) => {
            let mut head = String::new();
            let fix = &rewrite.fix;
            match &fix.applicability {
                Applicability::Safe => write!(head, "safe: {}", fix.title).unwrap(),
                Applicability::Unsafe { check } => {
                    write!(head, "unsafe: {}\ncheck {check}", fix.title).unwrap();
                }
            }
            Ok((head, apply(text, &fix.edits)))
        }
        None => Err(offers.refusals.iter().map(|refusal| format!("refused: {}\n", refusal.reason)).collect()),
    }
}

/// The result as one text, for a snapshot.
pub(crate) fn render(recipe: &Recipe, text: &str, facts: &Facts) -> String {
    match rewritten(recipe, text, facts) {
        // Carriage returns are shown: a snapshot cannot hold them.
        Ok((head, result)) => format!("{head}\n---\n{}", result.replace('\r', "␍")),
        Err(refusals) => refusals,
    }
}
