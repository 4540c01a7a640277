//! The rewrites of the examples and of a small project of each language, proved: the result builds, answers the same, is smaller, and holds no secret.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use builder::Images;
use builder::scan::{Needles, scan_image};
use inner_loop::{BuildRequest, Builder, BuiltImage, SecretSource, SecretSpec};
use semantic::{Facts, Model};
use syntax::Document;

use super::harness::{ALL, Build, Engine, on_each};
use super::program_build::nonce;

/// Looks like a token, and opens nothing.
const TOKEN: &str = "npm_Planted/7Qx+in-a-test-91aa3c";
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

struct Example {
    name: &'static str,
    /// The folder that it lies in, from the root of the tree.
    folder: &'static str,
    port: u16,
    path: &'static str,
    rewrites: &'static [&'static str],
    /// The new image is at most this part of the old one.
    at_most: f64,
}

#[test]
fn a_leaky_node_image_becomes_a_small_one_without_the_token() {
    let rewrites = &["split-stages", "mount-secrets", "copy-manifests-first"];
    let folder = "examples";
    prove(&Example {
        name: "leaky-node",
        folder,
        port: 3000,
        path: "/notes/welcome",
        rewrites,
        at_most: 0.5,
    });
}

#[test]
fn a_rust_image_becomes_a_static_program_on_scratch() {
    prove(&Example {
        name: "static-rust",
        folder: "examples",
        port: 8080,
        path: "/",
        rewrites: &["split-stages"],
        at_most: 0.01,
    });
}

/// A small project of a language, at port 8080 unless said otherwise.
fn project(name: &'static str, port: u16, at_most: f64) -> Example {
    let folder = "tests/fixtures/projects";
    Example { name, folder, port, path: "/", rewrites: &["split-stages"], at_most }
}

#[test]
fn a_go_image_becomes_a_static_program_on_scratch() {
    prove(&project("go", 8080, 0.05));
}

#[test]
fn a_python_image_moves_to_the_slim_one() {
    prove(&project("python", 8000, 0.6));
}

#[test]
fn a_c_image_loses_its_compiler() {
    prove(&project("c", 8080, 0.6));
}

fn prove(example: &Example) {
    on_each(&ALL, |engine| {
        let folder = tempfile::tempdir().unwrap();
        let context = folder.path().join(example.name);
        copy_folder(&root().join(example.folder).join(example.name), &context);
        let before = fs::read_to_string(context.join("Dockerfile")).unwrap();
        let after = rewritten(engine, &context, &before, example.rewrites);
        let (old_tag, new_tag) = (tag(example.name, "old"), tag(example.name, "new"));
        let old = build(engine, &context, &before, &old_tag);
        let new = build(engine, &context, &after, &new_tag);
        assert!(
            (new.size as f64) < old.size as f64 * example.at_most,
            "{} -> {} bytes\n{after}",
            old.size,
            new.size
        );

        let images =
            engine.runtime.block_on(Images::connect(Some(&engine.host), &engine.surroundings)).unwrap();
        let ask = |image: &BuiltImage| {
            let asked = images.ask(&image.id, example.port, example.path, ANSWER_LIMIT);
            engine.runtime.block_on(asked).unwrap_or_else(|reason| panic!("{reason}\n{after}"))
        };
        let (old_answer, new_answer) = (ask(&old), ask(&new));
        assert_eq!((new_answer.status, new_answer.body), (old_answer.status, old_answer.body));

        let places = |image: &BuiltImage| {
            let archive = folder.path().join("image.tar");
            engine.runtime.block_on(images.save(&image.id, fs::File::create(&archive).unwrap())).unwrap();
            let needles = Needles::new([TOKEN]).unwrap();
            let history = engine.runtime.block_on(images.history(&image.id)).unwrap();
            (scan_image(&archive, &needles).unwrap(), needles.find(history.as_bytes()).unwrap())
        };
        if before.contains("NPM_TOKEN") {
            let (hits, history) = places(&old);
            assert!(hits.iter().any(|hit| hit.place.contains(".npmrc")), "{hits:?}");
            assert!(!history.is_empty(), "the old history has the token");
        }
        assert_eq!(places(&new), (Vec::new(), Vec::new()), "nothing of the token is left\n{after}");
        for tag in [&old_tag, &new_tag] {
            assert!(engine.runtime.block_on(images.remove(tag)), "{tag} is removed");
        }
    });
}

/// The Dockerfile after the rewrites, each of which must be offered as safe: the engine has all images.
fn rewritten(engine: &Engine, context: &Path, before: &str, ids: &[&str]) -> String {
    let mut text = before.to_owned();
    for id in ids {
        let document = Document::new(&text);
        let dockerfile = context.join("Dockerfile");
        let mut facts = Facts {
            context: workspace::surroundings::context_facts(context, &dockerfile),
            ..Facts::default()
        };
        let images = Model::new(&document, &facts).base_images();
        engine.builder().add_facts(&images, &mut facts);
        // Completion offers all names; those that are known better are among them, and what has no name is not.
        assert!(facts.base_images.keys().all(|name| facts.local_images.contains(name)), "{facts:?}");
        assert!(facts.local_images.iter().all(|name| name.contains(':') && !name.contains('<')), "{facts:?}");
        let model = Model::new(&document, &facts);
        let recipe = rewrites::find(id).unwrap();
        let offers = recipe.find(&rewrites::Input { model: &model, facts: &facts });
        let offer =
            offers.rewrites.first().unwrap_or_else(|| panic!("{id} is not offered: {:?}", offers.refusals));
        assert_eq!(offer.fix.applicability, rewrites::Applicability::Safe, "{id}");
        text = rewrites::apply(&text, &offer.fix.edits);
    }
    text
}

/// An untagged image would go when the next of its kind is built.
fn tag(name: &str, which: &str) -> String {
    format!("layerwise-test-{name}:{which}-{}", nonce())
}

fn build(engine: &Engine, context: &Path, dockerfile: &str, tag: &str) -> BuiltImage {
    let secret = context.parent().unwrap().join("token");
    fs::write(&secret, TOKEN).unwrap();
    let request = BuildRequest {
        context: context.display().to_string(),
        dockerfile: context.join("Dockerfile"),
        dockerfile_text: dockerfile.to_owned(),
        build_args: [("NPM_TOKEN".to_owned(), TOKEN.to_owned())].into(),
        secrets: vec![SecretSpec { id: "npm_token".to_owned(), source: SecretSource::File(secret) }],
        tags: vec![tag.to_owned()],
        ..BuildRequest::default()
    };
    let build: Build = engine.build(request);
    build.image().unwrap_or_else(|| panic!("no image of\n{dockerfile}\n{:#?}", build.events))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files that a checkout has; what tools have put beside them stays behind.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true if ["node_modules", "target", "dist"].iter().any(|made| entry.file_name() == *made) => {}
            true => copy_folder(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}
