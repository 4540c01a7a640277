//! Which rules `layerwise check` runs, and from which severity on it fails.

use crate::program::{Folder, Output};

/// A finding of each severity but error: two secrets, one leftover.
const SECRETS: &str =
    "FROM debian:bookworm-slim\nENV API_KEY=abc\nRUN apt-get update && apt-get install -y curl\n";

fn codes(output: &Output) -> Vec<String> {
    let answer = output.json();
    let findings = answer["files"][0]["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

fn check(arguments: &[&str]) -> Output {
    Folder::with_dockerfile(SECRETS).run(&[&["check", "--format", "json"], arguments].concat())
}

#[test]
fn only_what_is_selected_runs() {
    for name in ["secret-in-arg-or-env", "DL3064", "SecretsUsedInArgOrEnv", "secrets", "dl3064,unknown-stage"]
    {
        assert_eq!(codes(&check(&["--select", name]).exits(1)), ["secret-in-arg-or-env"], "{name}");
    }
    assert_eq!(codes(&check(&["--select", "unknown-stage"]).exits(0)), [""; 0]);
    let all = codes(&check(&["--select", "all"]).exits(1));
    assert!(all.len() >= codes(&check(&[])).len());
}

#[test]
fn what_is_ignored_does_not_run() {
    assert!(codes(&check(&[])).contains(&"secret-in-arg-or-env".to_owned()));
    for name in ["secret-in-arg-or-env", "DL3064", "secrets", "unknown-stage,DL3064"] {
        let codes = codes(&check(&["--ignore", name]));
        assert!(
            !codes.is_empty() && !codes.contains(&"secret-in-arg-or-env".to_owned()),
            "{name}: {codes:?}"
        );
    }
    assert_eq!(codes(&check(&["--select", "secrets", "--ignore", "DL3064"]).exits(0)), [""; 0]);
}

#[test]
fn an_unknown_code_is_named() {
    for flag in ["--select", "--ignore"] {
        let output = check(&[flag, "secret-in-arg-or-emv"]).exits(2);
        assert_eq!(output.stdout, "");
        let said = "there is no rule or category secret-in-arg-or-emv (did you mean secret-in-arg-or-env?)";
        assert!(output.error().starts_with(said), "{output:?}");
    }
}

#[test]
fn the_exit_status_follows_fail_on() {
    let status = |text: &str, arguments: &[&str]| {
        Folder::with_dockerfile(text).run(&[&["check", "Dockerfile"], arguments].concat()).status
    };
    let warning = "FROM debian:bookworm-slim\nENV API_KEY=abc\n";
    assert_eq!(status(warning, &[]), 1);
    assert_eq!(status(warning, &["--fail-on", "error"]), 0);
    assert_eq!(status(warning, &["--fail-on", "warning"]), 1);
    assert_eq!(status(warning, &["--fail-on", "hint"]), 1);
    let error = "FROM debian:bookworm-slim\nCOPYY a b\n";
    assert_eq!(status(error, &["--fail-on", "error"]), 1);
    assert_eq!(status("FROM scratch\n", &["--fail-on", "hint"]), 0);
}

#[test]
fn comments_suppress_what_they_name() {
    let with = |comment: &str| {
        let text = format!("FROM debian:bookworm-slim\n{comment}\nENV API_KEY=abc\n");
        codes(&Folder::with_dockerfile(&text).run(&["check", "--format", "json", "Dockerfile"]))
    };
    assert_eq!(with("#"), ["secret-in-arg-or-env"]);
    for comment in [
        "# layerwise ignore=secret-in-arg-or-env reason: opens nothing",
        "# hadolint ignore=DL3064",
        "# layerwise global ignore=SecretsUsedInArgOrEnv",
    ] {
        assert_eq!(with(comment), [""; 0], "{comment}");
    }
    assert_eq!(with("# layerwise ignore=unknown-stage").len(), 2, "an unused suppression is reported itself");
}

#[test]
fn a_context_that_is_no_directory_is_told() {
    let output = check(&["--context", "nowhere"]);
    assert_eq!(output.status, 2);
}
