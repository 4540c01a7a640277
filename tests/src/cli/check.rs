//! `layerwise check`: what it prints, in both formats, and which files it takes.

use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{Folder, Output, fields};

/// A file in which bytes, code points and UTF-16 units all differ, with both line ends.
const MIXED: &str = "FROM debian:bookworm-slim AS build\r\nARG 😀é=1 NPM_TOKEN\r\nRUN true\nFROM scratch\r\nCOPY --from=biuld /é /\r\n";

fn findings(output: &Output) -> Vec<Value> {
    let files = output.json()["files"].as_array().unwrap().clone();
    files.iter().flat_map(|file| file["findings"].as_array().unwrap().clone()).collect()
}

/// Code, severity and range of each finding, one a line.
fn places(findings: &[Value]) -> Vec<String> {
    let point = |point: &Value| format!("{}:{}", point["line"], point["column"]);
    let row = |finding: &Value| {
        let (code, severity) = (finding["code"].as_str().unwrap(), finding["severity"].as_str().unwrap());
        let range = &finding["range"];
        format!("{code} {severity} {}-{}", point(&range["start"]), point(&range["end"]))
    };
    findings.iter().map(row).collect()
}

#[test]
fn json_has_the_documented_shape() {
    let output = Folder::with_dockerfile(MIXED).run(&["check", "--format", "json", "Dockerfile"]).exits(1);
    assert_eq!(output.stderr, "");
    let answer = output.json();
    assert_eq!((fields(&answer).as_str(), &answer["version"]), ("files version", &json!(1)));
    assert_eq!(fields(&answer["files"][0]), "findings path");
    assert_eq!(answer["files"][0]["path"], "Dockerfile");
    for finding in findings(&output) {
        assert_eq!(fields(&finding), "aliases category code docs fixes message range severity");
        assert_eq!(fields(&finding["range"]), "end start");
        for point in ["start", "end"] {
            assert_eq!(fields(&finding["range"][point]), "column line");
        }
        assert!(
            finding["docs"].as_str().unwrap().ends_with(&format!("{}.md", finding["code"].as_str().unwrap()))
        );
        for fix in finding["fixes"].as_array().unwrap() {
            assert_eq!(fields(fix), "applicability edits title");
            assert!(["safe", "unsafe"].contains(&fix["applicability"].as_str().unwrap()));
            assert_eq!(fields(&fix["edits"][0]), "new_text range");
        }
    }
}

#[test]
fn columns_count_code_points_and_lines_end_at_line_feeds() {
    let output = Folder::with_dockerfile(MIXED).run(&[
        "check",
        "--format",
        "json",
        "--select",
        "secret-in-arg-or-env,unknown-stage",
    ]);
    let findings = findings(&output);
    assert_eq!(
        places(&findings),
        ["secret-in-arg-or-env warning 2:10-2:19", "unknown-stage warning 5:13-5:18"]
    );
    assert_eq!(findings[0]["aliases"], json!(["SecretsUsedInArgOrEnv", "DL3064"]));
    assert_eq!(findings[0]["category"], "secrets");
    let fix = &findings[1]["fixes"][0];
    assert_eq!(fix["edits"], json!([{"range": findings[1]["range"], "new_text": "build"}]));
}

#[test]
fn text_shows_each_finding_with_its_line_and_the_count() {
    let folder = Folder::with_dockerfile(MIXED);
    let output = folder.run(&["check", "--select", "secret-in-arg-or-env", "Dockerfile"]).exits(1);
    assert_eq!(output.stderr, "");
    let lines: Vec<_> = output.stdout.lines().collect();
    assert!(lines[0].starts_with("warning[secret-in-arg-or-env]: `NPM_TOKEN`"), "{}", output.stdout);
    assert_eq!(lines[1], " --> Dockerfile:2:10");
    assert!(lines[3].starts_with("2 | ARG 😀é=1 NPM_TOKEN"), "{}", output.stdout);
    assert_eq!(*lines.last().unwrap(), "1 file checked: 1 warning");
    assert!(!output.stdout.contains('\u{1b}'), "no colours in a pipe");
}

#[test]
fn a_file_without_findings_is_fine() {
    let folder = Folder::with_dockerfile("FROM scratch\nCOPY a /\n");
    folder.write("a", "");
    assert_eq!(folder.run(&["check"]).succeeds(), "1 file checked, nothing found\n");
    let answer = folder.run(&["check", "--format", "json", "."]).exits(0).json();
    assert_eq!(answer, json!({"version": 1, "files": [{"path": "Dockerfile", "findings": []}]}));
}

#[test]
fn what_cannot_be_read_is_told_and_the_others_are_checked() {
    let folder =
        Folder::new(&[("bad", "FROM debian:bookworm-slim\nENV API_KEY=abc\n"), ("good", "FROM scratch\n")]);
    symlink("nowhere", folder.path("dangling")).unwrap();
    symlink("loop", folder.path("loop")).unwrap();
    let paths = ["missing", "bad", "dangling", "loop", "good"];
    let output = folder.run(&[&["check", "--format", "json"], paths.as_slice()].concat()).exits(2);
    let answer = output.json();
    let files = answer["files"].as_array().unwrap();
    assert_eq!(files.iter().map(|file| file["path"].as_str().unwrap()).collect::<Vec<_>>(), paths);
    for file in [&files[0], &files[2], &files[3]] {
        assert_eq!(fields(file), "error findings path");
        assert!(file["error"].as_str().unwrap().contains(file["path"].as_str().unwrap()), "{file}");
    }
    assert_eq!(places(&findings(&output)), ["secret-in-arg-or-env warning 2:5-2:12"]);
    assert_eq!(fields(&files[4]), "findings path");

    let output = folder.run(&["check", "missing", "good"]).exits(2);
    assert_eq!(output.error(), "cannot read missing: there is no such file");
    assert_eq!(output.stdout, "1 file checked, nothing found\n");
}

#[test]
fn stdin_is_checked_by_the_name_that_it_is_given() {
    let folder = Folder::new(&[("service/app/main.js", "")]);
    let text = "FROM debian:bookworm-slim\nENV API_KEY=abc\nCOPY app /app\n";
    let named = folder.run_with_input(
        &["check", "--format", "json", "-", "--stdin-path", "service/Dockerfile"],
        text.as_bytes(),
    );
    assert_eq!(named.exits(1).json()["files"][0]["path"], "service/Dockerfile");
    let nameless = folder.run_with_input(&["check", "--format", "json", "-"], text.as_bytes()).exits(1);
    assert_eq!(nameless.json()["files"][0]["path"], "-");
    assert_eq!(findings(&nameless).len(), 1);
    folder.run_with_input(&["check", "-"], b"\xff\xfe\0\0").exits(1);
}

#[test]
fn directories_give_all_their_dockerfiles_and_nothing_else() {
    let folder = Folder::new(&[]);
    let taken = [
        "Containerfile",
        "Dockerfile",
        "a/Dockerfile.dev",
        "a/b/web.Dockerfile",
        "a/c.containerfile",
        "a/d.dockerfile",
    ];
    for name in taken {
        folder.write(name, "FROM scratch\n");
    }
    for name in ["Dockerfile.j2", "a/Dockerfile.tmpl", "README.md", "a/Dockerfiles/readme"] {
        folder.write(name, "{{ not one }}\n");
    }
    std::fs::create_dir_all(folder.path("e/Dockerfile")).unwrap();
    // A pipe is read where it is named, never because it lies there: nobody may be writing to it.
    let pipe = Command::new("mkfifo").arg(folder.path("a/Dockerfile")).status().unwrap();
    assert!(pipe.success());
    let answer = folder.run(&["check", "--format", "json"]).exits(0).json();
    let files = answer["files"].as_array().unwrap();
    let mut found: Vec<_> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, taken);
}

#[test]
fn a_directory_without_dockerfiles_is_told() {
    let folder = Folder::new(&[]);
    std::fs::create_dir(folder.path("Dockerfile")).unwrap();
    for path in [".", "Dockerfile"] {
        let output = folder.run(&["check", path]).exits(2);
        assert!(output.error().starts_with(&format!("there is no Dockerfile below {path}: ")), "{output:?}");
    }
}

#[test]
fn bad_input_is_checked_like_any_other() {
    let long = format!("FROM scratch\n{}", "RUN echo \\\n".repeat(2000));
    let inputs: [(&str, Vec<u8>); 4] = [
        ("empty", Vec::new()),
        ("nul", b"FROM scratch\nRUN a\0b\n".to_vec()),
        ("binary", (0..=255).cycle().take(100_000).collect()),
        ("long", long.into_bytes()),
    ];
    for (name, content) in inputs {
        let folder = Folder::new(&[]);
        folder.write(name, &content);
        let output = folder.run(&["check", "--format", "json", name]);
        assert!(output.status < 2, "{name}: {output:?}");
        assert_eq!(output.json()["files"][0]["path"], name);
        assert!(folder.run(&["check", name]).status < 2);
    }
}

#[test]
fn ignore_files_are_checked_by_path_and_in_directories() {
    let folder = Folder::with_dockerfile("FROM debian:12-slim\nCOPY dist/app /\n");
    folder.write("dist/app", "x");
    folder.write(".dockerignore", "dist\n[\n");
    folder.write("sub/.dockerignore", "nowhere\n");
    let select = "ignored-file-is-copied,ignore-pattern-refused,ignore-pattern-without-match";
    let shown = |arguments: &[&str]| {
        let output = folder.run(&[&["check", "--format", "json", "--select", select], arguments].concat());
        let files = output.json()["files"].as_array().unwrap().clone();
        let of_file = |file: &Value| {
            let found = file["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap());
            format!("{}: {}", file["path"].as_str().unwrap(), found.collect::<Vec<_>>().join(" "))
        };
        files.iter().map(of_file).collect::<Vec<_>>()
    };
    let top = ".dockerignore: ignored-file-is-copied ignore-pattern-refused";
    assert_eq!(shown(&[".dockerignore"]), [top]);
    assert_eq!(shown(&["."]), ["Dockerfile: ", top, "sub/.dockerignore: ignore-pattern-without-match"]);
    folder.write("Dockerfile.dockerignore", "x\n");
    assert_eq!(shown(&[".dockerignore"]), [".dockerignore: ignore-pattern-refused"]);
    assert_eq!(
        shown(&["Dockerfile.dockerignore"]),
        ["Dockerfile.dockerignore: ignore-pattern-without-match"]
    );
}
