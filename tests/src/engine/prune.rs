//! `layerwise builder --prune`: what we left goes, what is somebody else's stays.

use super::api::{ask, has_image, remove_image};
use super::harness::{ALL, Engine};
use super::program_build::{events, last, nonce};
use crate::program::Folder;

#[test]
fn our_unnamed_images_go_and_named_ones_stay() {
    for name in ALL {
        let engine = Engine::new(name);
        let text = format!("FROM scratch\nLABEL n={}\nCOPY a /\n", nonce());
        let folder = Folder::new(&[("Dockerfile", &text), ("a", "1")]).with_host(&engine.host);
        let image =
            |arguments: &[&str]| last(&events(&folder, arguments, 0))["image"].as_str().unwrap().to_owned();
        let tag = format!("layerwise-test-prune-{}:1", nonce());
        let unnamed = image(&["."]);
        folder.write("a", "2");
        let named = image(&["--tag", &tag, "."]);
        folder.write("b/Dockerfile", format!("FROM scratch\nLABEL n={}\nCOPY a /\n", nonce()));
        // Ours at first, and then somebody's.
        let taken = image(&["-f", "b/Dockerfile", "."]);
        let taken_tag = format!("layerwise-test-taken-{}", nonce());
        ask(&engine, "POST", &format!("/images/{taken}/tag?repo={taken_tag}&tag=1"), &[]);
        assert!(has_image(&engine, &unnamed));
        let output = folder.run(&["builder", "--prune"]).exits(0);
        assert!(output.stdout.starts_with("removed 1 unnamed image, "), "{}", output.stdout);
        assert!(output.stdout.contains("the builder's cache stays"), "{}", output.stdout);
        assert!(!has_image(&engine, &unnamed) && has_image(&engine, &named) && has_image(&engine, &taken));
        let again = folder.run(&["builder", "--prune"]).exits(0);
        assert!(again.stdout.starts_with("removed 0 unnamed images, 0 B"), "{}", again.stdout);
        remove_image(&engine, &tag);
        remove_image(&engine, &format!("{taken_tag}:1"));
    }
}
