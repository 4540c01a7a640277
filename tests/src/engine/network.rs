//! What a build needs the network for is said, and what its absence did.

use super::program_build::{events, nonce, on_each};
use crate::program::Folder;

#[test]
fn images_that_are_not_there_are_named_and_the_failure_has_its_cause() {
    // Other stores may take longer to list their images than a failure waits for it.
    on_each(&["28"], |host| {
        let text = "FROM no-such-host.invalid/x:1 AS base\nRUN apt-get update\n";
        let folder = Folder::with_dockerfile(text).with_host(host);
        let events = events(&folder, &["."], 1);
        let texts = |name: &str, key: &str| -> Vec<String> {
            let named = events.iter().filter(|event| event["event"] == name);
            named.map(|event| event[key].as_str().unwrap().to_owned()).collect()
        };
        let notices = texts("notice", "text");
        assert!(
            notices.iter().any(|text| text.contains("does not have no-such-host.invalid/x:1 (line 1)")),
            "{notices:?}"
        );
        assert!(
            notices.iter().any(|text| text == "RUN needs the network in line 2 (apt-get)"),
            "{notices:?}"
        );
        let problem = texts("problem", "message").concat();
        assert!(
            problem.contains("\ncause: the name no-such-host.invalid could not be resolved\nhelp: "),
            "{problem}"
        );
    });
}

#[test]
fn a_build_that_has_all_it_needs_says_nothing_of_a_network() {
    on_each(&["28"], |host| {
        let text = format!("FROM debian:bookworm-slim\nRUN echo {} && exit 3\n", nonce());
        let events = events(&Folder::with_dockerfile(&text).with_host(host), &["."], 1);
        assert!(!events.iter().any(|event| event["event"] == "notice"), "{events:#?}");
        let problem = events.iter().find(|event| event["event"] == "problem").unwrap();
        assert!(!problem["message"].as_str().unwrap().contains("cause:"), "{problem}");
    });
}
