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

#[test]
fn what_was_sent_is_told_with_its_reasons() {
    on_each(&ALL, |host| {
        let text = "FROM scratch\nCOPY . /\n";
        let files = [("Dockerfile", text), ("größe", "1"), ("other", &nonce()), ("third", "3")];
        let folder = Folder::new(&files).with_host(host);
        folder.run(&["build", "--output", "type=cacheonly"]).succeeds();
        folder.write("größe", "22");
        folder.write("new", "1");
        let said = folder.run(&["build", "--progress", "plain", "--output", "type=cacheonly"]).succeeds();
        let sent = "sent 2 of 5 files (3 B):\n  größe  content changed\n  new    new\n";
        assert!(said.ends_with(sent), "{said}");
        assert!(folder.run(&["why"]).succeeds().contains(&format!("\n{sent}")));
        // What was only touched is sent as well, and nothing runs.
        let touched = std::fs::File::options().write(true).open(folder.path("third")).unwrap();
        touched.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        let said = folder.run(&["build", "--progress", "plain", "--output", "type=cacheonly"]).succeeds();
        assert!(said.ends_with("sent 1 of 5 files (1 B):\n  third  only its time changed\n"), "{said}");
        let said: Value = folder.run(&["why", "--format", "json"]).json();
        assert_eq!(said["sent"]["named"], json!([{"path": "third", "reason": "time"}]));
        let said = folder.run(&["build", "--progress", "plain", "--output", "type=cacheonly"]).succeeds();
        assert!(!said.contains("\nsent "), "{said}");
        assert_eq!(folder.run(&["why", "--format", "json"]).json()["sent"], json!(null));
    });
}

#[test]
fn the_output_of_a_step_is_there_when_it_is_cached_and_secrets_are_not_in_it() {
    on_each(&ALL, |host| {
        let text = "FROM debian:bookworm-slim\n\
            RUN --mount=type=secret,id=token echo größe NONCE && cat /run/secrets/token\n\
            COPY a /\n\
            RUN cat a >&2 && exit 3\n"
            .replace("NONCE", &nonce());
        let folder = Folder::new(&[("Dockerfile", &text), ("a", "one\n"), ("../token", "hunter2-hunter2\n")]);
        let folder = folder.with_host(host);
        assert!(folder.run(&["why", "--log"]).succeeds().starts_with("nothing is known"));
        let arguments = ["build", "--progress", "plain", "--secret", "id=token,src=../token"];
        let first = folder.run(&arguments).exits(1);
        assert!(first.stdout.contains("│ ***\n") && !first.stdout.contains("hunter2"), "{first:?}");
        folder.write("a", "two\n");
        folder.run(&arguments).exits(1);
        let said = folder.run(&["why", "--log"]).succeeds();
        assert!(said.contains("cached; its output is from the build of 20"), "{said}");
        assert!(said.contains("größe nonce-") && said.contains("\n***\n"), "{said}");
        assert!(said.contains("        failed\ntwo\n") && !said.contains("one"), "{said}");
        let said = folder.run(&["why", "--log=4"]).succeeds();
        assert!(said.starts_with("line 4: RUN cat a") && said.ends_with("failed\ntwo\n"), "{said}");
        assert_eq!(folder.run(&["why", "--log=3"]).succeeds(), "no output of a step at line 3 is kept\n");
        let kept =
            std::process::Command::new("grep").args(["-r", "-l", "hunter2"]).arg(folder.home()).output();
        assert_eq!(String::from_utf8_lossy(&kept.unwrap().stdout), "");
    });
}
