//! `layerwise check` where findings are known already: `--baseline`, and `--diff-base`.

use std::fs;

use crate::program::{Folder, Output};

const DOCKERFILE: &str = "FROM alpine AS Build\r\n# é\r\nENV API_TOKEN=hunter2hunter2\r\nRUN true\r\n";
const CHOICE: [&str; 2] = ["--select", "secret-in-arg-or-env,stage-name-casing"];

fn check(folder: &Folder, more: &[&str]) -> Output {
    folder.run(&[&["check", "--format", "github", "--fail-on", "hint"], &CHOICE[..], more].concat())
}

/// `line code` of each finding.
fn found(output: &Output) -> Vec<String> {
    let field = |line: &str, name: &str| {
        line.split(name).nth(1).unwrap().split([',', ':']).next().unwrap().to_owned()
    };
    output
        .stdout
        .lines()
        .map(|line| format!("{} {}", field(line, ",line="), field(line, ",title=")))
        .collect()
}

#[test]
fn what_is_in_a_baseline_is_known_wherever_it_moves_to() {
    let folder = Folder::new(&[("é/Dockerfile", DOCKERFILE)]);
    assert_eq!(check(&folder, &[]).exits(1).stdout.lines().count(), 2);
    let told = folder
        .run(&[&["check", "--baseline", "known.json", "--write-baseline"], &CHOICE[..]].concat())
        .exits(0);
    assert_eq!(told.stdout, "2 findings are known now, in known.json\n");
    let kept = fs::read_to_string(folder.path("known.json")).unwrap();
    assert!(kept.contains("\"path\": \"é/Dockerfile\"") && !kept.contains("hunter2"), "{kept}");
    assert_eq!(found(&check(&folder, &["--baseline", "known.json"]).exits(0)), [""; 0]);
    // Moved, and seen from elsewhere.
    fs::write(folder.path("é/Dockerfile"), format!("# moved\r\n\r\n{DOCKERFILE}")).unwrap();
    let path = folder.path("é/Dockerfile").display().to_string();
    assert_eq!(found(&check(&folder, &["--baseline", "./known.json", &path]).exits(0)), [""; 0]);
    // A second one of the same, a changed line, and a new one.
    let more = "FROM alpine AS Build2\r\nENV API_TOKEN=hunter2hunter2\r\n";
    fs::write(folder.path("é/Dockerfile"), DOCKERFILE.replace("AS Build", "AS BUILD") + more).unwrap();
    assert_eq!(
        found(&check(&folder, &["--baseline", "known.json"]).exits(1)),
        ["1 stage-name-casing", "5 stage-name-casing", "6 secret-in-arg-or-env"]
    );
}

#[test]
fn a_baseline_that_cannot_be_used_is_told() {
    let folder = Folder::new(&[
        ("Dockerfile", DOCKERFILE),
        ("odd.json", "[]"),
        ("next.json", "{\"version\": 2, \"findings\": []}"),
    ]);
    for (file, said) in [
        ("none.json", "cannot read none.json: there is no such file; --write-baseline makes it"),
        ("odd.json", "odd.json is no baseline; --write-baseline makes one"),
        ("next.json", "next.json is a baseline of version 2, not 1; --write-baseline makes a new one"),
    ] {
        let output = check(&folder, &["--baseline", file]).exits(2);
        assert_eq!((output.stdout.as_str(), output.stderr.contains(said)), ("", true), "{}", output.stderr);
    }
    check(&folder, &["--write-baseline"]).exits(2);
    check(&folder, &["--baseline", "none/known.json", "--write-baseline"]).exits(2);
    // What cannot be read would be new the next time.
    let flags = ["--baseline", "known.json", "--write-baseline", "--format", "text", "Dockerfile", "gone"];
    let output = folder.run(&[&["check"], &flags[..]].concat()).exits(2);
    assert_eq!(output.stdout, "known.json stays as it is: not every file could be read\n");
    assert!(!folder.path("known.json").exists());
}

#[test]
fn only_lines_that_changed_since_a_revision_are_told() {
    let folder = Folder::new(&[("é/Dockerfile", DOCKERFILE)]);
    let none = check(&folder, &["--diff-base", "HEAD"]).exits(2);
    assert!(none.stderr.contains("no git history"), "{}", none.stderr);
    folder.commit("1");
    assert_eq!(found(&check(&folder, &["--diff-base", "HEAD"]).exits(0)), [""; 0]);
    // Other line ends are no change, and neither is a line that moved.
    let moved = format!("# new\n{}", DOCKERFILE.replace("\r\n", "\n"));
    fs::write(folder.path("é/Dockerfile"), &moved).unwrap();
    assert_eq!(found(&check(&folder, &["--diff-base", "HEAD"]).exits(0)), [""; 0]);
    fs::write(folder.path("é/Dockerfile"), moved.replace("API_TOKEN", "OTHER_TOKEN")).unwrap();
    assert_eq!(found(&check(&folder, &["--diff-base", "HEAD"]).exits(1)), ["4 secret-in-arg-or-env"]);
    fs::write(folder.path("Dockerfile"), DOCKERFILE).unwrap();
    assert_eq!(check(&folder, &["--diff-base", "HEAD"]).exits(1).stdout.lines().count(), 3);
    let stdin = check(&folder, &["--diff-base", "HEAD", "-"]).exits(2);
    assert!(stdin.stderr.contains("say with --stdin-path which one it is"), "{}", stdin.stderr);
    let unknown = check(&folder, &["--diff-base", "nowhere"]).exits(2);
    assert!(unknown.stderr.contains("git knows no revision nowhere"), "{}", unknown.stderr);
}
