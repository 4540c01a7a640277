//! `layerwise why` after real builds: from what changed, through each step, to the seconds.

use serde_json::{Value, json};

use super::program_build::{ALL, events, nonce, on_each, runs};
use crate::program::Folder;

/// Nothing of it is like in another run: the builder would have a result for files that it has seen before.
const TEXT: &str = "FROM debian:bookworm-slim AS build\n\
    WORKDIR /src\n\
    COPY lock ./\n\
    RUN cat lock > installed && echo NONCE\n\
    COPY src src\n\
    RUN cat src/* > out && echo NONCE >> out\n\
    FROM scratch\n\
    COPY --from=build /src/out /\n";

/// The chains as cause and lines.
fn chains(folder: &Folder) -> Vec<(String, Vec<u64>)> {
    let why: Value = folder.run(&["why", "--format", "json"]).json();
    let lines = |chain: &Value| {
        chain["steps"].as_array().unwrap().iter().map(|step| step["line"].as_u64().unwrap()).collect()
    };
    let chains = why["chains"].as_array().unwrap();
    chains.iter().map(|chain| (chain["cause"].as_str().unwrap().to_owned(), lines(chain))).collect()
}

#[test]
fn each_build_is_explained_from_what_changed() {
    on_each(&ALL, |host| {
        let text = TEXT.replace("NONCE", &nonce());
        let folder = Folder::new(&[("Dockerfile", &text), ("lock", "1"), ("src/a", "1"), ("src/b", "1")]);
        let folder = folder.with_host(host);
        let nothing = folder.run(&["why", "--format", "json"]).json();
        assert_eq!(nothing["build"], json!(null));
        let said = folder.run(&["why"]).succeeds();
        assert_eq!(said, "nothing is known of this build yet: build it once\n");

        let first = events(&folder, &[], 0);
        assert_eq!(chains(&folder), [("never built here".to_owned(), runs(&first))]);

        folder.write("src/b", "2");
        let second = events(&folder, &[], 0);
        assert_eq!(runs(&second), [5, 6, 8]);
        assert_eq!(chains(&folder), [("src/b changed (content)".to_owned(), vec![5, 6, 8])]);
        let text = folder.run(&["why"]).succeeds();
        assert!(text.contains("3 of 8 steps ran"), "{text}");
        assert!(text.contains("\nsrc/b changed (content): "), "{text}");
        assert!(text.contains("   6  RUN cat src/* > out"), "{text}");

        events(&folder, &[], 0);
        assert_eq!(chains(&folder), []);
        assert!(folder.run(&["why"]).succeeds().contains("all 8 steps were cached"));

        // What was built is explained, whatever the Dockerfile has become since.
        folder.write("lock", nonce());
        events(&folder, &[], 0);
        folder.write("Dockerfile", folder.read("Dockerfile").replace("cat src/*", "cat src/a"));
        let text = folder.run(&["why"]).succeeds();
        assert!(text.contains("lock changed (content): "), "{text}");
        assert!(text.contains("   6  RUN (edited since)"), "{text}");
    });
}
