//! `layerwise rewrite`: what it prints, lists, saves and refuses. Without a builder; `engine` has the same with one.

use crate::program::{Folder, Output};

/// Something that `copy-manifests-first` and `mount-secrets` change, and `split-stages` as well.
const LEAKY: &str = include_str!("../../../examples/leaky-node/Dockerfile");

const FILES: [(&str, &str); 4] = [
    ("Dockerfile", LEAKY),
    ("package.json", include_str!("../../../examples/leaky-node/package.json")),
    ("package-lock.json", include_str!("../../../examples/leaky-node/package-lock.json")),
    ("src/server.js", include_str!("../../../examples/leaky-node/src/server.js")),
];

const IDS: [&str; 15] = [
    "add-to-copy",
    "cache-mounts",
    "clean-package-index",
    "copy-chown",
    "copy-manifests-first",
    "create-dockerignore",
    "exec-form",
    "improve",
    "merge-runs",
    "mount-secrets",
    "move-arg-down",
    "no-install-recommends",
    "pin-base",
    "split-stages",
    "target-test-stage",
];

const MAKES_A_FILE: &str = "the Dockerfile stays as it is: --diff shows .dockerignore, --write creates it\n";

fn list(folder: &Folder, file: &str) -> Vec<Vec<String>> {
    let rows = folder.run(&["rewrite", "--list", file]).succeeds();
    rows.lines().map(|row| row.split('\t').map(str::to_owned).collect()).collect()
}

/// What a rewrite prints: the Dockerfile. One that makes a file says how to get it on stderr.
#[track_caller]
fn result(id: &str, output: Output) -> String {
    if id != "create-dockerignore" {
        return output.succeeds();
    }
    let output = output.exits(0);
    assert_eq!(output.stderr, MAKES_A_FILE);
    output.stdout
}

/// One line on stderr, nothing on stdout.
#[track_caller]
fn refuses(output: Output) -> String {
    let output = output.exits(1);
    assert_eq!(output.stdout, "");
    output.error().to_owned()
}

#[test]
fn the_list_has_four_columns() {
    let folder = Folder::new(&FILES);
    let rows = list(&folder, "Dockerfile");
    assert!(rows.len() >= 2, "{rows:?}");
    for row in &rows {
        let [id, line, safety, title] = row.as_slice() else { panic!("{row:?}") };
        assert!(
            IDS.contains(&id.as_str()) && line.parse::<usize>().unwrap() <= LEAKY.lines().count(),
            "{row:?}"
        );
        assert!(["safe", "unsafe"].contains(&safety.as_str()) && title.len() > 10, "{row:?}");
    }
    let secret = rows.iter().find(|row| row[0] == "mount-secrets").expect("the token is a secret");
    assert!(secret[3].contains("--secret id="), "the title says how to supply it: {secret:?}");
}

#[test]
fn what_is_listed_is_done_and_what_is_not_is_refused() {
    for (name, text) in [
        ("leaky", LEAKY),
        ("small", "FROM debian:bookworm-slim\nRUN true\n"),
        ("broken", "FORM x\n"),
        ("empty", ""),
    ] {
        let folder = Folder::new(&FILES);
        folder.write("Dockerfile", text);
        let listed = list(&folder, "Dockerfile");
        for id in IDS {
            let output = folder.run(&["rewrite", id, "Dockerfile"]);
            if listed.iter().any(|row| row[0] == id) {
                let stdout = result(id, output);
                let is_changed = id != "create-dockerignore";
                assert!((stdout != text) == is_changed && stdout.ends_with('\n'), "{name} {id}");
            } else {
                assert!(
                    refuses(output).starts_with(&format!("{id} does not apply to Dockerfile")),
                    "{name} {id}"
                );
            }
        }
        assert_eq!(folder.read("Dockerfile"), text, "nothing is saved without --write");
    }
}

#[test]
fn the_diff_leads_to_the_result() {
    let folder = Folder::new(&FILES);
    let result = folder.run(&["rewrite", "mount-secrets", "Dockerfile"]).succeeds();
    let diff = folder.run(&["rewrite", "mount-secrets", "--diff", "Dockerfile"]).succeeds();
    assert!(diff.starts_with("--- Dockerfile\n+++ Dockerfile\n@@ "), "{diff}");
    folder.write("change.diff", &diff);
    let patch = std::process::Command::new("git")
        .args(["apply", "-p0", "change.diff"])
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    assert!(patch.status.success(), "{}\n{diff}", String::from_utf8_lossy(&patch.stderr));
    assert_eq!(folder.read("Dockerfile"), result);
}

#[test]
fn saving_writes_what_is_printed_otherwise() {
    for id in IDS {
        let folder = Folder::new(&FILES);
        let output = folder.run(&["rewrite", id, "Dockerfile"]);
        if output.status == 1 {
            continue;
        }
        assert_eq!(folder.run(&["rewrite", id, "--write", "Dockerfile"]).succeeds(), "");
        assert_eq!(folder.read("Dockerfile"), result(id, output), "{id}");
    }
}

#[test]
fn a_file_that_is_made_is_shown_or_saved_and_never_overwritten() {
    let folder = Folder::new(&FILES);
    folder.write("node_modules/a/index.js", "");
    let output = folder.run(&["rewrite", "create-dockerignore", "Dockerfile"]).exits(0);
    assert_eq!(output.stdout, LEAKY);
    assert_eq!(output.stderr, MAKES_A_FILE);
    let diff = folder.run(&["rewrite", "create-dockerignore", "--diff", "Dockerfile"]).succeeds();
    assert!(diff.contains("\n+**/node_modules\n"), "{diff}");
    folder.run(&["rewrite", "create-dockerignore", "--write", "Dockerfile"]).succeeds();
    assert_eq!(folder.read(".dockerignore"), "**/node_modules\n\nDockerfile*\n");
    assert_eq!(folder.read("Dockerfile"), LEAKY);
    let again = refuses(folder.run(&["rewrite", "create-dockerignore", "--write", "Dockerfile"]));
    assert!(again.ends_with("there is .dockerignore"), "{again}");
}

#[test]
fn a_rewrite_of_its_own_output_changes_nothing() {
    for id in IDS {
        let folder = Folder::new(&FILES);
        let output = folder.run(&["rewrite", id, "--write", "Dockerfile"]);
        if output.status == 1 {
            continue;
        }
        let once = folder.read("Dockerfile");
        let again = folder.run(&["rewrite", id, "Dockerfile"]);
        assert!(again.status == 1 || again.stdout == once, "{id}: {again:?}");
    }
}

#[test]
fn the_cursor_chooses() {
    let folder = Folder::new(&FILES);
    let row = list(&folder, "Dockerfile").into_iter().find(|row| row[0] == "mount-secrets").unwrap();
    let at = |line: &str| folder.run(&["rewrite", "mount-secrets", "--line", line, "Dockerfile"]);
    assert_eq!(at(&row[1]).succeeds(), folder.run(&["rewrite", "mount-secrets", "Dockerfile"]).succeeds());
    assert!(refuses(at("1")).contains("line 1"));
    refuses(at("999"));
}

#[test]
fn line_ends_stay_as_they_are() {
    let folder = Folder::new(&FILES);
    let plain = folder.run(&["rewrite", "mount-secrets", "Dockerfile"]).succeeds();
    folder.write("Dockerfile", LEAKY.replace('\n', "\r\n"));
    let windows = folder.run(&["rewrite", "mount-secrets", "Dockerfile"]).succeeds();
    assert_eq!(windows, plain.replace('\n', "\r\n"));
    folder.run(&["rewrite", "mount-secrets", "--write", "Dockerfile"]).succeeds();
    assert_eq!(folder.read("Dockerfile"), windows);
}

#[test]
fn what_cannot_be_read_or_saved_is_told() {
    let folder = Folder::new(&[("Dockerfile/x", "")]);
    let said = |path: &str| folder.run(&["rewrite", "split-stages", path]).exits(2).error().to_owned();
    assert_eq!(said("nowhere"), "cannot read nowhere: there is no such file");
    assert_eq!(said("Dockerfile"), "Dockerfile is a directory: name the Dockerfile in it");
    folder.run(&["rewrite", "--list", "nowhere"]).exits(2).error();
    let other = folder.run(&["rewrite", "odd", "nowhere"]).exits(2);
    assert!(other.error().starts_with("there is no rewrite odd"));
}
