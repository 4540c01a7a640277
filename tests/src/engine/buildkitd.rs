//! A `buildkitd`: BuildKit's gRPC at once on the socket, and the session as a stream of it. The engine's own BuildKit is
//! put behind such a socket.

use inner_loop::{BuildEvent, BuildRequest, Builder, Export};

use super::harness::{Context, Engine, TODAYS, files_in, on_each};
use super::program_build::{events, nonce, runs};
use super::relay::{Door, Shown};
use crate::program::Folder;

#[test]
fn a_buildkitd_is_described_and_builds() {
    on_each(&TODAYS, |engine| {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("buildkitd.sock");
        Door::default().on_socket(&socket, &engine.host, Shown::Buildkitd);
        let behind = Engine::at("buildkitd", format!("unix://{}", socket.display()));
        let description = behind.builder().describe().unwrap();
        assert_eq!(description.kind, "buildkitd");
        assert!(description.frontend.heredocs, "{description:?}");

        let context = Context::new(&[("a/b", "deep"), ("c", "flat")]);
        let output = tempfile::tempdir().unwrap();
        let export = Export::Directory(output.path().to_owned());
        let build =
            behind.build(BuildRequest { export, ..context.request("FROM scratch\nCOPY . /\n") }).succeeded();
        assert_eq!(files_in(output.path()), files_in(context.path()));
        assert!(
            matches!(&build.events[0], BuildEvent::Started { builder } if builder.starts_with("buildkitd "))
        );
    });
}

/// As a user has it: what is built is cached, what fails is told on its line, and what comes next is told beforehand.
#[test]
fn builds_failures_and_predictions_of_a_buildkitd_are_as_those_of_an_engine() {
    on_each(&TODAYS, |engine| {
        let place = tempfile::tempdir().unwrap();
        let socket = place.path().join("buildkitd.sock");
        Door::default().on_socket(&socket, &engine.host, Shown::Buildkitd);
        let text = format!(
            "FROM scratch AS files\nCOPY a /\nFROM scratch\nCOPY --from=files a /b\nLABEL n={}\n",
            nonce()
        );
        let folder = Folder::new(&[("Dockerfile", &text), ("a", &nonce())])
            .with_host(&format!("unix://{}", socket.display()));
        let arguments = ["--output", "type=cacheonly", "."];
        assert_eq!(runs(&events(&folder, &arguments, 0)), [2, 4]);
        assert_eq!(runs(&events(&folder, &arguments, 0)), [0u64; 0]);
        folder.write("a", nonce());
        let predicted = folder.run(&["predict", "--format", "json", "."]).exits(0).json();
        let verdicts: Vec<_> = predicted["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| step["prediction"].as_str().unwrap())
            .collect();
        assert_eq!(verdicts, ["cached", "rebuild", "cached", "maybe"]);
        folder.write("Dockerfile", "FROM scratch\nCOPY missing /\n");
        let events = events(&folder, &arguments, 1);
        let problem = events.iter().find(|event| event["event"] == "problem").unwrap();
        assert_eq!(problem["line"], 2, "{problem}");
    });
}
