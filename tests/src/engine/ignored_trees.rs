//! What `.dockerignore` leaves in, on generated trees: what we say, what our builder sends, and what Docker's own client sends.

mod generate;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use inner_loop::{BuildOutcome, BuildRequest, Export};
use semantic::dockerignore::Dockerignore;
use semantic::facts::FileKind;
use serde_json::{Value, json};
use workspace::context::{Kind, Selection, walk};
use workspace::facts::{Limits, of_context};

use super::harness::{Engine, variable};
use generate::Tree;

const COPY_ALL: &str = "FROM scratch\nCOPY . /\n";
/// Docker's own client takes as many at a time.
const AT_ONCE: usize = 50;

/// What is taken of a folder: files as they are called, folders with `/`, links with `@`.
fn listing(folder: &Path, ignore: &str) -> Vec<String> {
    let mut paths = Vec::new();
    walk(folder, &Selection::without(Dockerignore::parse(ignore).0), &mut |entry| {
        let mark = match entry.kind {
            Kind::Folder => "/",
            Kind::Link(_) => "@",
            _ => "",
        };
        paths.push(format!("{}{mark}", entry.path));
        ControlFlow::Continue(())
    })
    .unwrap();
    paths
}

/// The files and links of a context that we say are left.
fn left(folder: &Path) -> Vec<String> {
    let facts = of_context(folder, &folder.join("no.Dockerfile"), Limits::default()).unwrap();
    let fates = facts.dockerignore().fates(&facts).into_iter();
    let left = fates.filter(|(path, fate)| !fate.ignored && facts.files[*path].kind != FileKind::Directory);
    left.map(|(path, _)| path.to_owned()).collect()
}

fn files(listing: &[String]) -> Vec<String> {
    let files = listing.iter().filter(|path| !path.ends_with('/'));
    let mut files: Vec<String> = files.map(|path| path.trim_end_matches('@').to_owned()).collect();
    files.sort();
    files
}

/// Builds trees with Docker's own client, each into its folder.
fn bake(engine: &Engine, trees: &[(&Tree, &Path, &Path)]) {
    let targets: serde_json::Map<String, Value> = trees
        .iter()
        .enumerate()
        .map(|(number, (_, context, output))| {
            let output = format!("type=local,dest={}", output.display());
            let target = json!({"context": context, "dockerfile-inline": COPY_ALL, "output": [output]});
            (format!("tree-{number}"), target)
        })
        .collect();
    let names: Vec<&String> = targets.keys().collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bake.json");
    let plan = json!({"group": {"default": {"targets": names}}, "target": targets});
    fs::write(&file, plan.to_string()).unwrap();
    let output = Command::new(variable("LAYERWISE_TEST_DOCKER"))
        .args(["--host", &engine.host, "buildx", "bake", "--progress=plain", "--file"])
        .arg(&file)
        .env("BUILDX_BAKE_ENTITLEMENTS_FS", "0")
        .env("BUILDX_NO_DEFAULT_ATTESTATIONS", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn generated_trees_come_out_as_we_say() {
    let engine = Engine::new("28");
    let trees: Vec<Tree> = (0..200).map(Tree::generate).collect();
    let (contexts, outputs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place =
        |number: usize| (contexts.path().join(number.to_string()), outputs.path().join(number.to_string()));
    let places: Vec<_> = (0..trees.len()).map(place).collect();
    let mut taken = Vec::new();
    let builder = engine.builder();
    for (tree, (context, output)) in trees.iter().zip(&places) {
        tree.write(context);
        let (_, problems) = Dockerignore::parse(&tree.ignore);
        if problems.is_empty() {
            taken.push((tree, context.as_path(), output.as_path()));
            continue;
        }
        let request = BuildRequest {
            context: context.display().to_string(),
            dockerfile: context.join("no.Dockerfile"),
            dockerfile_text: COPY_ALL.to_owned(),
            export: Export::Nothing,
            ..BuildRequest::default()
        };
        let build = super::harness::Running::start(&builder, request).finish();
        assert!(matches!(build.outcome(), BuildOutcome::Failed(_)), "{:?} is not refused", tree.ignore);
    }
    assert!(taken.len() > 150, "only {} trees are built", taken.len());
    for some in taken.chunks(AT_ONCE) {
        bake(&engine, some);
    }
    for (number, (tree, context, output)) in taken.iter().enumerate() {
        let docker = listing(output, "");
        assert_eq!(listing(context, &tree.ignore), docker, "what we send of {tree:#?}");
        assert_eq!(left(context), files(&docker), "what we say is left of {tree:#?}");
        // Our own builder sends what was just compared; a few of them see it through.
        if number % 10 == 0 {
            let own = outputs.path().join(format!("own-{number}"));
            let request = BuildRequest {
                context: context.display().to_string(),
                dockerfile: context.join("no.Dockerfile"),
                dockerfile_text: COPY_ALL.to_owned(),
                export: Export::Directory(own.clone()),
                ..BuildRequest::default()
            };
            super::harness::Running::start(&builder, request).finish().succeeded();
            assert_eq!(listing(&own, ""), docker, "what our builder makes of {tree:#?}");
        }
    }
}
