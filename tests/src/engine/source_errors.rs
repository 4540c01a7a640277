//! Compilers and tests that fail in containers: heard on the user's own lines, through a nested WORKDIR and a COPY to another name.

use serde_json::Value;

use super::program_build::{events, nonce, on_each};
use crate::program::Folder;

/// The engine that has the toolchains.
pub(super) const ENGINE: [&str; 1] = ["28"];

/// The problems of a build that fails, without the one on the step.
#[track_caller]
pub(super) fn own_problems(events: &[Value]) -> Vec<&Value> {
    let mut all: Vec<&Value> = events.iter().filter(|event| event["event"] == "problem").collect();
    let step = all.pop().expect("a build that fails has a problem");
    assert_eq!((&step["file"], &step["source"]), (&"Dockerfile".into(), &"build".into()), "{all:#?}");
    assert!(all.iter().all(|own| own["dockerfile_line"] == step["dockerfile_line"]), "{all:#?}");
    all
}

/// The same as texts: `file:line:column severity source: first line of the message`.
#[track_caller]
fn problems(events: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let shown = |event: &&Value| {
        let message = text(&event["message"]);
        let first = message.lines().next().unwrap().to_owned();
        format!(
            "{}:{}:{} {} {}: {first}",
            text(&event["file"]),
            event["line"],
            event["column"],
            text(&event["severity"]),
            text(&event["source"])
        )
    };
    own_problems(events).iter().map(shown).collect()
}

/// Builds a failing Dockerfile with these files and compares its problems. The beginning of a message is enough.
#[track_caller]
fn check(dockerfile: &str, files: &[(&str, &str)], expected: &[&str]) {
    on_each(&ENGINE, |host| {
        let folder = Folder::new(files).with_host(host);
        folder.write("Dockerfile", dockerfile.replace("NONCE", &nonce()));
        let events = events(&folder, &["."], 1);
        let found = problems(&events);
        assert_eq!(found.len(), expected.len(), "{found:#?}\n{events:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}\nis not\n{expected}\n{events:#?}");
        }
    });
}

#[test]
fn c_on_the_line_that_gcc_cannot_compile_and_ld_cannot_link() {
    let files = [
        ("native/größe/main.c", "int main(void) {\n    return missing;\n}\n"),
        ("native/größe/link.c", "int add(int, int);\nint main(void) {\n    return add(1, 2);\n}\n"),
        ("native/größe/Makefile", "main.o: main.c\n\tcc -c main.c\nlink: link.c\n\tcc -g link.c -o link\n"),
    ];
    let dockerfile = "FROM python:3.11-bookworm\nWORKDIR /srv\nWORKDIR deep/er\nCOPY native/größe ./c\n";
    check(
        &format!("{dockerfile}RUN make -C c main.o\n"),
        &files,
        &["native/größe/main.c:2:12 error gcc: 'missing' undeclared"],
    );
    check(
        &format!("{dockerfile}RUN cd c && cc -g link.c -o /link\n"),
        &files,
        &["native/größe/link.c:3:1 error ld: undefined reference to `add'"],
    );
}

#[test]
fn rust_on_the_line_that_does_not_compile_or_whose_test_panics() {
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    let dockerfile = "FROM rust-musl-builder\nWORKDIR /srv\nWORKDIR app/core\nCOPY crates/core/ .\n";
    check(
        &format!("{dockerfile}RUN cargo build --offline\n"),
        &[
            ("crates/core/Cargo.toml", manifest),
            ("crates/core/src/lib.rs", "pub fn one() -> i32 {\n    größe()\n}\n"),
        ],
        &["crates/core/src/lib.rs:2:5 error rustc: E0425: cannot find function `größe`"],
    );
    check(
        &format!("{dockerfile}RUN cargo test --offline\n"),
        &[
            ("crates/core/Cargo.toml", manifest),
            (
                "crates/core/src/lib.rs",
                "#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(1 + 1, 3);\n    }\n\n    #[test]\n    fn fine() {\n        println!(\"src/lib.rs:2:5: error: x\");\n    }\n}\n",
            ),
        ],
        &["crates/core/src/lib.rs:5:9 error rust: tests::adds: assertion `left == right` failed"],
    );
}

#[test]
fn go_on_the_line_that_does_not_compile_is_doubted_or_whose_test_fails() {
    let dockerfile = "FROM golang:1.19-bookworm\nENV CGO_ENABLED=0 GOFLAGS=-mod=mod\nWORKDIR /srv/mod\nCOPY api .\nWORKDIR tools\nCOPY tools ./\nRUN cd .. && ";
    let module = ("api/go.mod", "module example.com/app\n\ngo 1.19\n");
    let main =
        |body: &str| format!("package main\n\nimport \"fmt\"\n\nfunc main() {{\n\tfmt.Printf({body})\n}}\n");
    check(
        &format!("{dockerfile}go build ./...\n"),
        &[module, ("api/main.go", &main("größe")), ("tools/x.txt", "")],
        &["api/main.go:6:13 error go: undefined: größe"],
    );
    check(
        &format!("{dockerfile}go vet ./...\n"),
        &[module, ("api/main.go", &main("\"%d\\n\", \"x\"")), ("tools/x.txt", "")],
        &["api/main.go:6:2 error go: fmt.Printf format %d has arg \"x\" of wrong type string"],
    );
    let test = "package sum\n\nimport \"testing\"\n\nfunc TestFine(t *testing.T) {\n\tt.Log(\"fine\")\n}\n\nfunc TestSum(t *testing.T) {\n\tt.Errorf(\"größe\")\n}\n";
    for flags in ["", "-v "] {
        check(
            &format!("{dockerfile}go test {flags}./...\n"),
            &[module, ("tools/sum/sum_test.go", test), ("tools/other/sum.go", "package other\n")],
            &["tools/sum/sum_test.go:10:1 error go test: TestSum: größe"],
        );
    }
}

#[test]
fn node_on_the_line_that_throws_or_cannot_be_read() {
    let dockerfile = "FROM node:22-slim\nWORKDIR /srv/web\nCOPY packages/site app\nWORKDIR app/bin\n";
    let deep = "exports.deep = () => {\n  throw new TypeError('größe');\n};\n";
    check(
        &format!("{dockerfile}RUN node ../main.js\n"),
        &[
            ("packages/site/main.js", "const { deep } = require('./lib/deep');\ndeep();\n"),
            ("packages/site/lib/deep.js", deep),
        ],
        &["packages/site/lib/deep.js:2:3 error node: TypeError: größe"],
    );
    check(
        &format!("{dockerfile}RUN node ../main.mjs\n"),
        &[("packages/site/main.mjs", "const a = 1;\nfunction (;\n")],
        &["packages/site/main.mjs:2:1 error node: SyntaxError: "],
    );
    check(
        &format!("{dockerfile}RUN cd .. && node --test test/sum.test.js\n"),
        &[(
            "packages/site/test/sum.test.js",
            "const test = require('node:test');\nconst assert = require('node:assert');\n\ntest('adds', () => {\n  assert.strictEqual(1 + 1, 3);\n});\n",
        )],
        &["packages/site/test/sum.test.js:5:10 error node --test: adds: "],
    );
}

#[test]
fn python_on_the_line_that_raises_or_whose_test_fails() {
    let dockerfile = "FROM python:3.11-slim-bookworm AS files\nCOPY src/python /in\nFROM python:3.11-slim-bookworm\nWORKDIR /srv\nWORKDIR app\nCOPY --from=files /in/ .\n";
    let files = [
        ("src/python/main.py", "import json\nfrom lib import deep\n\ndeep.parse('{')\n"),
        ("src/python/lib/deep.py", "import json\n\ndef parse(x):\n    return json.loads(x)\n"),
        ("src/python/bad.py", "def f(:\n    pass\n"),
        (
            "src/python/test_sum.py",
            "import unittest\n\nclass T(unittest.TestCase):\n    def test_adds(self):\n        self.assertEqual(1 + 1, 3)\n",
        ),
    ];
    // The innermost places are of Python's own library.
    check(
        &format!("{dockerfile}RUN python3 main.py\n"),
        &files,
        &["src/python/lib/deep.py:4:12 error python: json.decoder.JSONDecodeError: "],
    );
    check(
        &format!("{dockerfile}RUN python3 bad.py\n"),
        &files,
        &["src/python/bad.py:1:7 error python: SyntaxError: invalid syntax"],
    );
    check(
        &format!("{dockerfile}RUN python3 -m unittest test_sum\n"),
        &files,
        &["src/python/test_sum.py:5:1 error unittest: test_adds: AssertionError: 2 != 3"],
    );
}

#[test]
fn shells_on_the_line_of_the_script_or_of_the_dockerfile() {
    let files = [("scripts/build.sh", "set -e\necho größe\nfrobnicate --all\n")];
    let dockerfile = "FROM debian:bookworm-slim\nWORKDIR /srv/ci\nCOPY scripts ./tools\n";
    check(
        &format!("{dockerfile}RUN sh tools/build.sh\n"),
        &files,
        &["scripts/build.sh:3:1 error sh: frobnicate: not found"],
    );
    check(
        &format!("{dockerfile}RUN bash tools/build.sh\n"),
        &files,
        &["scripts/build.sh:3:1 error sh: frobnicate: command not found"],
    );
    check(
        &format!("{dockerfile}RUN <<EOF\nset -e\nfrobnicate\nEOF\n"),
        &files,
        &["Dockerfile:6:1 error sh: frobnicate: not found"],
    );
    check(
        &format!("{dockerfile}RUN --mount=type=bind,source=scripts,target=/mnt/s sh /mnt/s/build.sh\n"),
        &files,
        &["scripts/build.sh:3:1 error sh: frobnicate: not found"],
    );
    check(&format!("{dockerfile}RUN frobnicate\n"), &files, &[]);
}

#[test]
fn what_only_looks_like_a_problem_is_none() {
    let said = "main.c:2:5: error: x\\nTraceback (most recent call last):\\n  File \"main.py\", line 1, in f\\nE: x\\n";
    let files = [("main.c", "int x;\nint y;\n"), ("main.py", "x = 1\n")];
    on_each(&ENGINE, |host| {
        let folder = Folder::new(&files).with_host(host);
        folder.write(
            "Dockerfile",
            format!("FROM debian:bookworm-slim\nCOPY . .\nRUN printf '{said}' # {}\n", nonce()),
        );
        let events = events(&folder, &["."], 0);
        assert!(!events.iter().any(|event| event["event"] == "problem"), "{events:#?}");
    });
    // A stage that another one's failure stops has said it of nothing that failed.
    check(
        "FROM debian:bookworm-slim AS stopped\nCOPY main.c .\nRUN printf 'main.c:2:5: error: x\\n'; sleep 60 # NONCE\nFROM debian:bookworm-slim\nCOPY --from=stopped /main.c /\nRUN sleep 2; exit 3 # NONCE\n",
        &files,
        &[],
    );
    check(
        "FROM debian:bookworm-slim\nCOPY . .\nRUN printf '12:30:45 INFO main.c: 7 warnings\\nerror: no\\nmain.c:2: note: x\\n{\"a\":\"main.py:1:1: error\"}\\n'; exit 1\n",
        &files,
        &[],
    );
}

#[test]
fn output_that_the_builder_left_out_is_said() {
    on_each(&ENGINE, |host| {
        let folder = Folder::new(&[]).with_host(host);
        folder.write(
            "Dockerfile",
            "FROM debian:bookworm-slim\nRUN yes 0123456789012345678901234567890123456789 | head -c 8000000; exit 1\n",
        );
        let events = events(&folder, &["."], 1);
        let problem = events.iter().find(|event| event["event"] == "problem").unwrap();
        let message = problem["message"].as_str().unwrap();
        assert!(message.contains("note: the builder left out output of this step after "), "{message}");
    });
}

#[test]
fn people_read_the_place_before_the_step() {
    on_each(&ENGINE, |host| {
        let files = [("native/main.c", "int main(void) {\n    return missing;\n}\n")];
        let folder = Folder::new(&files).with_host(host);
        folder.write(
            "Dockerfile",
            "FROM python:3.11-bookworm\nWORKDIR /srv/app\nCOPY native c\nRUN cc -c c/main.c\n",
        );
        let output = folder.run(&["build", "."]).exits(1);
        let place = output.stdout.find("native/main.c:2:12: error: 'missing' undeclared").expect("the place");
        let step = output.stdout.find("Dockerfile:4: ").expect("the step");
        assert!(place < step, "{}", output.stdout);
    });
}
