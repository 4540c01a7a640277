//! `layerwise demo` and the rewrites, with a builder that answers.

use super::harness::{Engine, variable};
use crate::program::Folder;

#[test]
fn the_demo_builds_both_and_proves_the_gain() {
    let host = variable("LAYERWISE_TEST_ENGINE_28");
    let folder = Folder::new(&[]).with_host(&host);
    let output = folder.run(&["demo"]).exits(0);
    let sizes = output.stdout.lines().find_map(|line| line.strip_prefix("image size: ")).expect("the sizes");
    let [old, new] = sizes
        .split(" -> ")
        .map(|size| size.strip_suffix(" MB").unwrap().parse::<f64>().unwrap())
        .collect::<Vec<_>>()[..]
    else {
        panic!("{sizes}")
    };
    assert!(new < old, "{sizes}");
    assert!(
        output.stdout.lines().any(|line| line == "secrets left in the new image: none"),
        "{}",
        output.stdout
    );
    let engine = Engine::at("28", host);
    for tag in ["layerwise-demo:old", "layerwise-demo:new"] {
        assert!(!super::api::has_image(&engine, tag), "{tag} is left");
    }
}

#[test]
fn rewrites_ask_the_builder_that_answers() {
    for name in super::harness::ALL {
        let host = variable(&format!("LAYERWISE_TEST_ENGINE_{name}"));
        let folder = Folder::new(&[
            ("Dockerfile", include_str!("../../../examples/leaky-node/Dockerfile")),
            ("package.json", include_str!("../../../examples/leaky-node/package.json")),
            ("package-lock.json", include_str!("../../../examples/leaky-node/package-lock.json")),
            ("src/server.js", include_str!("../../../examples/leaky-node/src/server.js")),
        ])
        .with_host(&host);
        let list = folder.run(&["rewrite", "--list", "Dockerfile"]).succeeds();
        assert!(list.lines().any(|row| row.starts_with("split-stages\t")), "{list}");
        let split = folder.run(&["rewrite", "split-stages", "--write", "Dockerfile"]).succeeds();
        assert_eq!(split, "");
        let again = folder.run(&["rewrite", "split-stages", "Dockerfile"]).exits(1);
        assert_eq!(again.stdout, "");
        assert!(again.error().starts_with("split-stages does not apply to Dockerfile"));
        assert!(folder.run(&["builder"]).succeeds().starts_with("docker 2"));
    }
}
