//! `layerwise rewrite --prove`: both Dockerfiles built and run, and what is said of them.

use std::time::Instant;

use serde_json::Value;

use super::api::labelled;
use super::harness::{DEADLINE, Engine, SOON, variable};
use super::program_build::nonce;
use super::program_interrupt::signal;
use crate::program::{Folder, Output, finish};

const DOCKERFILE: &str = include_str!("../../fixtures/projects/c/Dockerfile");
const MAKEFILE: &str = include_str!("../../fixtures/projects/c/Makefile");
const SERVER: &str = include_str!("../../fixtures/projects/c/server.c");

/// A project of which nobody else has anything on the engine.
struct Project {
    folder: Folder,
    dockerfile: String,
    label: String,
}

/// A small server in C; its Dockerfile installs a compiler.
fn server(source: &str) -> Project {
    project(DOCKERFILE, source)
}

/// A program that ends by itself, or does not, and listens nowhere.
fn tool(body: &str) -> Project {
    let source = format!(
        "#include <stdio.h>\n#include <unistd.h>\nint main(int count, char **words) {{\n{body}\n}}\n"
    );
    project(&DOCKERFILE.replace("EXPOSE 8080\n", ""), &source)
}

fn project(dockerfile: &str, source: &str) -> Project {
    let label = format!("layerwise.test={}", nonce());
    let dockerfile = format!("{dockerfile}LABEL {label}\n");
    let files = [("Dockerfile", &*dockerfile), ("Makefile", MAKEFILE), ("server.c", source)];
    let folder = Folder::new(&files).with_host(&variable("LAYERWISE_TEST_ENGINE_28"));
    Project { folder, dockerfile, label }
}

impl Project {
    /// Proves the split, with these flags, to this exit status. Nothing is left on the engine.
    #[track_caller]
    fn prove(&self, flags: &[&str], status: i32) -> Output {
        let arguments = [&["rewrite", "split-stages", "--prove", "Dockerfile"], flags].concat();
        let output = self.folder.run(&arguments).exits(status);
        let engine = Engine::at("28", variable("LAYERWISE_TEST_ENGINE_28"));
        assert_eq!(labelled(&engine, &self.label), Vec::<String>::new());
        output
    }

    #[track_caller]
    fn is_as_it_was(&self) {
        assert_eq!(self.folder.read("Dockerfile"), self.dockerfile);
    }
}

/// The report with one blank between its columns.
fn squeezed(report: &str) -> String {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    report.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn what_answers_the_same_is_proved_with_its_gain() {
    let project = server(SERVER);
    let output = project.prove(&[], 0);
    assert!(output.stdout.starts_with("FROM debian:bookworm AS build\n"), "{}", output.stdout);
    let told = squeezed(&output.stderr);
    for said in
        ["GET :8080/ 200, 9 B 200, 9 B the same\n", "packages lost: ", "times smaller\n", "\nproved: "]
    {
        assert!(told.contains(said), "{said}: {told}");
    }
    // Nothing is saved without --write.
    project.is_as_it_was();

    let report = project.prove(&["--format", "json"], 0);
    assert_eq!(report.stderr, "");
    let report = report.json();
    assert_eq!((&report["verdict"], &report["reasons"]), (&"proved".into(), &Value::Array(Vec::new())));
    let size = |side: &str| report["size"][side].as_u64().unwrap();
    assert!(size("after") * 2 < size("before"), "{report}");
    let lost = report["packages"]["lost"].as_array().unwrap();
    assert!(lost.contains(&"gcc".into()) && !lost.contains(&"zlib1g".into()), "{lost:?}");
    let gone = report["files"]["lost"]["files"].as_array().unwrap();
    assert_eq!(gone.len() as u64, report["files"]["lost"]["count"].as_u64().unwrap());
    assert!(gone.iter().any(|file| file["path"] == "/app/server.c"), "the sources are gone");
    // After an edit of the one source, a device pulls the program alone; before the split all of the sources' layer with it.
    assert_eq!(report["edited"], "server.c");
    let rebuilt = |side: &str| &report["rebuild"][side];
    let pulled = |side: &str| rebuilt(side)["pulled_bytes"].as_u64().unwrap();
    assert!((1..100_000).contains(&pulled("after")) && pulled("before") > 0, "{}", report["rebuild"]);
    for side in ["before", "after"] {
        let (steps, cached) =
            (rebuilt(side)["steps"].as_u64().unwrap(), rebuilt(side)["cached"].as_u64().unwrap());
        assert!(
            cached >= 3 && cached < steps && rebuilt(side)["seconds"].as_f64().unwrap() > 0.0,
            "{report}"
        );
    }
    assert_eq!(project.folder.read("server.c"), SERVER, "the edit is made elsewhere");
}

#[test]
fn what_answers_differently_is_not_proved_and_not_saved() {
    // What a package of the build brought, and no rule of the rewrite can know to be read.
    let reads = SERVER.replace("crc32(0, ", "access(\"/usr/include/zlib.h\", R_OK) + crc32(0, ");
    let project = server(&reads);
    let output = project.prove(&["--write"], 1);
    assert_eq!(output.stdout, "");
    let reason = "layerwise: split-stages is not proved: GET :8080/: the new image answers something else\n";
    assert!(output.stderr.ends_with(&format!("\nnot proved\n{reason}")), "{}", output.stderr);
    project.is_as_it_was();
}

#[test]
fn programs_that_end_are_proved_by_their_status_and_their_output() {
    let project = tool("(void)words; puts(count > 1 ? \"more\" : \"one\"); return 0;");
    let output = project.prove(&["--write", "--run", "./server a"], 0);
    assert_eq!(output.stdout, "");
    let told = squeezed(&output.stderr);
    assert!(told.contains("program status 0, 4 B status 0, 4 B the same\n"), "{told}");
    assert!(told.contains("--run status 0, 5 B status 0, 5 B the same\n"), "{told}");
    assert!(project.folder.read("Dockerfile").contains(" AS build\n"), "what is proved is saved");

    let project =
        tool("(void)count; (void)words; puts(fopen(\"server.c\", \"r\") ? \"there\" : \"gone\"); return 0;");
    let report = project.prove(&["--format", "json"], 1);
    assert_eq!(report.json()["verdict"], "failed");
    assert!(
        report.stderr.contains("program: it writes something else in the new image"),
        "{}",
        report.stderr
    );

    let project = tool("(void)count; (void)words; for (;;) pause();");
    let output = project.prove(&[], 0);
    let unproven = "\nunproven: program: it neither ends nor answers in the time that it is given\n";
    assert!(output.stderr.ends_with(unproven), "{}", output.stderr);
}

#[test]
fn a_command_that_the_new_image_lacks_is_a_difference_and_one_that_both_lack_proves_nothing() {
    let project = tool("(void)count; (void)words; puts(\"done\"); return 0;");
    let fails = project.prove(&["--run", "gcc --version"], 1);
    let said = "--run: it ends with status 127 in the new image, not 0";
    assert!(fails.stderr.contains(said), "{}", fails.stderr);
    let output = project.prove(&["--run", "no-such-program"], 0);
    let unproven = "\nunproven: --run: it fails in both, with status 127\n";
    assert!(output.stderr.ends_with(unproven), "{}", output.stderr);
}

#[test]
fn what_cannot_be_built_is_told_in_one_line() {
    let output = server(&format!("#error {}\n", nonce())).prove(&[], 1);
    assert_eq!(output.stdout, "");
    let error = output.error();
    assert!(
        error.starts_with("split-stages is not proved: the Dockerfile as it is cannot be built: "),
        "{error}"
    );
}

#[test]
fn a_secret_that_a_rewrite_takes_out_is_looked_for() {
    let leaky = [
        ("package.json", include_str!("../../../examples/leaky-node/package.json")),
        ("package-lock.json", include_str!("../../../examples/leaky-node/package-lock.json")),
        ("src/app.js", include_str!("../../../examples/leaky-node/src/app.js")),
        ("src/notes.js", include_str!("../../../examples/leaky-node/src/notes.js")),
        ("src/server.js", include_str!("../../../examples/leaky-node/src/server.js")),
    ];
    let dockerfile = include_str!("../../../examples/leaky-node/Dockerfile");
    let label = format!("layerwise.test={}", nonce());
    let dockerfile = format!("{dockerfile}LABEL {label}\n");
    let files = [&[("Dockerfile", &*dockerfile)], &leaky[..]].concat();
    let folder = Folder::new(&files).with_host(&variable("LAYERWISE_TEST_ENGINE_28"));
    let arguments = ["rewrite", "mount-secrets", "--prove", "--format", "json", "Dockerfile"];
    let token = "npm_Planted/7Qx+in-a-proof-5d20";
    let report =
        folder.run(&[&arguments[..], &["--build-arg", &format!("NPM_TOKEN={token}")]].concat()).exits(0);
    assert!(!report.stdout.contains(token) && !report.stderr.contains(token), "values are never told");
    let report = report.json();
    let places = |side: &str| report["secrets"][side].as_array().unwrap().len();
    assert!(places("before") > 0 && places("after") == 0, "{}", report["secrets"]);
    for (name, text) in files {
        assert_eq!(folder.read(name), text, "the folder stays as it was");
    }
    let engine = Engine::at("28", variable("LAYERWISE_TEST_ENGINE_28"));
    assert_eq!(labelled(&engine, &label), Vec::<String>::new());
}

#[test]
fn an_interrupt_leaves_nothing() {
    let project = tool("(void)count; (void)words; for (;;) { }");
    let engine = Engine::at("28", variable("LAYERWISE_TEST_ENGINE_28"));
    let arguments = ["rewrite", "split-stages", "--prove", "Dockerfile"];
    let child = project.folder.command(arguments).spawn().unwrap();
    let deadline = Instant::now() + DEADLINE;
    // Both images, and the container that runs one.
    while labelled(&engine, &project.label).len() < 3 {
        assert!(Instant::now() < deadline, "nothing runs");
    }
    let asked = Instant::now();
    signal(&child, "INT");
    let output = finish(child).exits(130);
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""));
    assert_eq!(labelled(&engine, &project.label), Vec::<String>::new());
    project.is_as_it_was();
}
