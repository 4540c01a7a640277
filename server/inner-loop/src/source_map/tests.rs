//! Where paths of a container lead to, for Dockerfiles of each shape.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use semantic::Facts;
use syntax::Document;

use super::*;

/// Contexts by name, each with its files and their texts; the main one is called "".
struct Memory(BTreeMap<(String, String), String>);

impl Memory {
    /// `lib:src/a.c` is in the context `lib`.
    fn new(files: &[(&str, &str)]) -> Self {
        let file = |(name, text): &(&str, &str)| {
            let (context, path) = name.split_once(':').unwrap_or(("", name));
            ((context.to_owned(), path.to_owned()), (*text).to_owned())
        };
        Self(files.iter().map(file).collect())
    }

    fn paths<'a>(&'a self, context: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        let context = context.unwrap_or_default();
        self.0.keys().filter(move |(of, _)| of == context).map(|(_, path)| path.as_str())
    }
}

impl ContextFiles for Memory {
    fn is_file(&self, context: Option<&str>, path: &str) -> bool {
        self.paths(context).any(|known| known == path)
    }

    fn names(&self, context: Option<&str>, folder: &str) -> Vec<String> {
        let folder = if folder == "." { String::new() } else { format!("{folder}/") };
        let below = self.paths(context).filter_map(|path| path.strip_prefix(folder.as_str()));
        let names: BTreeSet<String> =
            below.filter_map(|path| path.split('/').next()).map(str::to_owned).collect();
        names.into_iter().collect()
    }

    fn find(&self, context: Option<&str>, name: &str) -> Vec<String> {
        self.paths(context).filter(|path| file_name(path) == name).map(str::to_owned).collect()
    }

    fn text(&self, context: Option<&str>, path: &str) -> Option<Rc<str>> {
        let key = (context.unwrap_or_default().to_owned(), path.to_owned());
        self.0.get(&key).map(|text| Rc::from(text.as_str()))
    }

    /// All but what lies in `old`.
    fn is_edited(&self, _context: Option<&str>, path: &str) -> bool {
        !path.starts_with("old/")
    }
}

/// Where places lead that a tool in the last RUN names, as `path:line` or `path:line text`.
#[expect(clippy::needless_pass_by_value, reason = "as everywhere with inline snapshots")]
#[track_caller]
fn check_with(
    dockerfile: &str,
    files: &[(&str, &str)],
    contexts: &[&str],
    places: &[&str],
    expected: Expect,
) {
    let model = Model::new(&Document::new(dockerfile), &Facts::default());
    let mut runs =
        model.stages.iter().flat_map(|stage| &stage.instructions).filter(|item| item.as_run().is_some());
    let step = runs.next_back().expect("a RUN").instruction.line + 1;
    let frame = |place: &str| {
        let (place, text) = place.split_once(' ').map_or((place, None), |(place, text)| (place, Some(text)));
        let (path, line) = place.rsplit_once(':').expect("a line");
        let line = line.parse().expect("a number");
        Frame { path: path.to_owned(), line, text: text.map(str::to_owned), ..Frame::default() }
    };
    let finding = |place: &&str| Finding {
        frames: place.split(" < ").map(frame).collect(),
        title: None,
        severity: Severity::Error,
        message: "wrong".to_owned(),
        source: "gcc",
    };
    let findings: Vec<Finding> = places.iter().map(finding).collect();
    let contexts = contexts.iter().map(|name| (*name).to_owned()).collect();
    let shown = |found: &SourceProblem| match &found.place {
        SourcePlace::File { context, path, line, is_stale, is_sure, .. } => {
            let context = context.as_ref().map(|context| format!("{context}:")).unwrap_or_default();
            let sure = if *is_stale {
                " (stale)"
            } else if *is_sure {
                " (sure)"
            } else {
                ""
            };
            format!("{context}{path}:{line}{sure}\n")
        }
        SourcePlace::Dockerfile { line, is_exact: true } => format!("Dockerfile:{line}\n"),
        SourcePlace::Dockerfile { line, is_exact: false } => format!("step {line}: {}\n", found.message),
    };
    let found = source_problems(&model, step, &findings, &contexts, &Memory::new(files));
    expected.assert_eq(&found.iter().flatten().map(shown).collect::<String>());
}

#[track_caller]
fn check(dockerfile: &str, files: &[(&str, &str)], places: &[&str], expected: Expect) {
    check_with(dockerfile, files, &[], places, expected);
}

const TWO: &str = "one\ntwo\n";

#[test]
fn a_folder_goes_to_another_name_below_a_nested_workdir() {
    check(
        "FROM gcc\nWORKDIR /srv\nWORKDIR app/native\nCOPY größe/src ./lib/\nCOPY main.c .\nRUN make\n",
        &[("größe/src/a.c", TWO), ("größe/src/deep/b.c", TWO), ("main.c", TWO), ("lib/a.c", TWO)],
        &[
            "lib/a.c:2",
            "./lib/deep/b.c:1",
            "/srv/app/native/lib/a.c:1",
            "main.c:2",
            "../native/main.c:1",
            "other.c:1",
        ],
        expect![[r#"
            größe/src/a.c:2
            größe/src/deep/b.c:1
            größe/src/a.c:1
            main.c:2
            main.c:1
            step 6: wrong (in the container: other.c:1)
        "#]],
    );
}

#[test]
fn files_keep_or_change_their_names() {
    check(
        "FROM a\nWORKDIR /app\nCOPY a.py b.py pkg/\nCOPY settings.dev.py settings.py\nADD [\"my file.py\", \"named.py\"]\nRUN x\n",
        &[("a.py", TWO), ("b.py", TWO), ("settings.dev.py", TWO), ("my file.py", TWO)],
        &["/app/pkg/a.py:1", "/app/pkg/b.py:2", "/app/settings.py:1", "/app/named.py:1", "/app/pkg/c.py:1"],
        expect![[r#"
            a.py:1
            b.py:2
            settings.dev.py:1
            my file.py:1
            step 6: wrong (in the container: /app/pkg/c.py:1)
        "#]],
    );
}

#[test]
fn patterns_are_looked_up_in_the_context() {
    check(
        "FROM a\nWORKDIR /app\nCOPY src/*.c tests/ ./\nCOPY lib* ./lib/\nCOPY --parents x/./deep/**/*.h /inc/\nRUN x\n",
        &[
            ("src/a.c", TWO),
            ("tests/t.c", TWO),
            ("lib1/one.c", TWO),
            ("lib2/two.c", TWO),
            ("x/deep/er/h.h", TWO),
        ],
        &["a.c:1", "t.c:1", "lib/one.c:2", "lib/two.c:2", "/inc/deep/er/h.h:1"],
        expect![[r#"
            src/a.c:1
            tests/t.c:1
            lib1/one.c:2
            lib2/two.c:2
            x/deep/er/h.h:1
        "#]],
    );
}

#[test]
fn stages_are_followed_to_where_their_files_come_from() {
    check(
        "FROM a AS source\nWORKDIR /in\nCOPY api /in/api\nFROM source AS more\nCOPY web web\nFROM b\nWORKDIR /out\nCOPY --from=more /in/ all/\nCOPY --from=1 /in/web/x.ts y.ts\nRUN x\n",
        &[("api/a.ts", TWO), ("web/x.ts", TWO)],
        &["all/api/a.ts:1", "all/web/x.ts:2", "y.ts:1"],
        expect![[r#"
            api/a.ts:1
            web/x.ts:2
            web/x.ts:1
        "#]],
    );
}

#[test]
fn mounts_lie_over_what_was_copied() {
    check(
        "FROM a AS gen\nCOPY proto /gen\nFROM b\nWORKDIR /app\nCOPY src .\nRUN --mount=target=/app/sub,source=mounted --mount=type=bind,from=gen,source=/gen,target=/p \\\n  --mount=type=cache,target=/app/cache x\n",
        &[
            ("src/sub/a.c", TWO),
            ("mounted/a.c", TWO),
            ("src/b.c", TWO),
            ("src/cache/c.c", TWO),
            ("proto/d.c", TWO),
        ],
        &["sub/a.c:1", "b.c:1", "/p/d.c:2", "/app/cache/c.c:1"],
        expect![[r#"
            mounted/a.c:1
            src/b.c:1
            proto/d.c:2
            step 6: wrong (in the container: /app/cache/c.c:1)
        "#]],
    );
}

#[test]
fn named_contexts_come_before_stages() {
    check_with(
        "FROM a AS lib\nCOPY lib /l\nFROM base\nWORKDIR /app\nCOPY --from=lib l .\nCOPY --from=LIB other.c /o.c\nRUN x\n",
        &[("lib/a.c", TWO), ("lib:l/a.c", TWO), ("lib:other.c", TWO), ("base:srv/b.c", TWO)],
        &["lib", "base"],
        &["a.c:1", "/o.c:1", "/srv/b.c:2"],
        expect![[r#"
            lib:l/a.c:1
            lib:other.c:1
            base:srv/b.c:2
        "#]],
    );
}

#[test]
fn what_was_copied_last_counts_unless_the_text_says_another() {
    let dockerfile = "FROM a\nWORKDIR /app\nCOPY old/ .\nCOPY new/ .\nRUN x\n";
    let files = [("old/a.c", "x\nsame\n"), ("new/a.c", "x\nother\n"), ("old/b.c", TWO)];
    check(
        dockerfile,
        &files,
        &["a.c:2", "a.c:2 other", "a.c:2 same", "b.c:1"],
        expect![[r#"
            new/a.c:2
            new/a.c:2 (sure)
            old/a.c:2 (sure)
            old/b.c:1
        "#]],
    );
}

#[test]
fn a_line_that_was_edited_is_followed_or_said_to_be_stale() {
    check(
        "FROM a\nCOPY . /app/\nWORKDIR /app\nRUN x\n",
        &[("a.py", "# new\nimport os\n\tfail( 1 )\n")],
        &["a.py:2 fail( 1 )", "a.py:3     fail(  1 )", "a.py:2 fail(2)", "a.py:99"],
        expect![[r#"
            a.py:3 (sure)
            a.py:3 (sure)
            a.py:2 (stale)
            a.py:99 (stale)
        "#]],
    );
}

#[test]
fn commands_that_change_their_folder_are_followed() {
    check(
        "FROM a\nWORKDIR /w\nCOPY . .\nRUN cd crates && cargo build --manifest-path core/Cargo.toml && \\\n    npm --prefix ../web test && make -C \"../na tive\" && cd /w/api && go test\n",
        &[
            ("crates/core/src/lib.rs", TWO),
            ("web/x.ts", TWO),
            ("na tive/a.c", TWO),
            ("api/a.go", TWO),
            ("top.c", TWO),
        ],
        &["src/lib.rs:1", "x.ts:1", "a.c:1", "./a.go:2", "top.c:1"],
        expect![[r#"
            crates/core/src/lib.rs:1
            web/x.ts:1
            na tive/a.c:1
            api/a.go:2
            top.c:1
        "#]],
    );
}

#[test]
fn a_path_without_its_folder_is_found_where_one_file_has_it() {
    let dockerfile = "FROM a\nWORKDIR /w\nCOPY app ./\nRUN x\n";
    check(
        dockerfile,
        &[
            ("app/src/main/java/com/x/App.java", TWO),
            ("app/one/util.go", TWO),
            ("app/two/util.go", "one\nother\n"),
            ("app/a/only_test.go", TWO),
            ("docs/Only.java", TWO),
        ],
        &[
            "com/x/App.java:1",
            "example.com/m/two/util.go:2",
            "only_test.go:1",
            "util.go:2",
            "util.go:2 other",
            "Only.java:1",
            "/elsewhere/only_test.go:1",
            "/elsewhere/only_test.go:2 two",
        ],
        expect![[r#"
            app/src/main/java/com/x/App.java:1
            app/two/util.go:2
            app/a/only_test.go:1
            step 4: wrong (in the container: util.go:2)
            app/two/util.go:2 (sure)
            step 4: wrong (in the container: Only.java:1)
            step 4: wrong (in the container: /elsewhere/only_test.go:1)
            app/a/only_test.go:2 (sure)
        "#]],
    );
}

#[test]
fn the_innermost_place_of_the_users_is_meant() {
    check(
        "FROM a\nWORKDIR /app\nCOPY . .\nRUN x\n",
        &[("a.js", TWO), ("b.js", TWO), ("node_modules/l/c.js", TWO)],
        &[
            "/app/node_modules/l/c.js:1 < /app/b.js:2 < /app/a.js:1",
            "node:internal/x:1 < /usr/lib/x.js:3 < /app/a.js:1",
            "/app/node_modules/l/c.js:1",
        ],
        expect![[r#"
            b.js:2
            a.js:1
            step 4: wrong (in the container: /app/node_modules/l/c.js:1)
        "#]],
    );
}

#[test]
fn scripts_in_the_dockerfile_are_lines_of_it() {
    check(
        "FROM a\n# größe\nCOPY <<A <<B /x/\na\nA\nb\nB\nCOPY --chmod=755 <<'EOF' /run.sh\nset -e\nfail\nEOF\nRUN --network=none <<EOF\none\ntwo\nEOF\n",
        &[],
        &["/x/A:1", "/x/B:1", "/run.sh:2", "/bin/sh:2"],
        expect![[r#"
            Dockerfile:4
            Dockerfile:6
            Dockerfile:10
            Dockerfile:14
        "#]],
    );
    // The step itself says what is wrong with its one line.
    check("FROM a\nRUN x && \\\n  y\n", &[], &["/bin/sh:1"], expect![""]);
}

#[test]
fn what_the_base_image_has_as_its_folder_is_not_known_but_compared() {
    check(
        "FROM golang\nCOPY . .\nWORKDIR sub\nCOPY tools tools\nRUN x\n",
        &[("a.go", TWO), ("sub/b.go", TWO), ("tools/c.go", TWO)],
        &["b.go:1", "/go/a.go:1", "../a.go:2", "tools/c.go:1", "/go/sub/tools/c.go:2"],
        expect![[r#"
            sub/b.go:1
            a.go:1
            a.go:2
            tools/c.go:1
            tools/c.go:2
        "#]],
    );
}

#[test]
fn variables_escape_characters_and_line_ends_change_nothing() {
    check(
        "# escape=`\r\nFROM a\r\nARG DIR=code\r\nENV HOME=/home/größe\r\nWORKDIR ${HOME}/app\r\nCOPY `\r\n  ${DIR}/ ./src\r\nRUN x\r\n",
        &[("code/a.c", TWO)],
        &["src/a.c:1", "/home/größe/app/src/a.c:2"],
        expect![[r#"
            code/a.c:1
            code/a.c:2
        "#]],
    );
    check(
        "FROM a\nARG X\nWORKDIR /app\nCOPY $X .\nCOPY \nCOPY --fro\nRUN x\n",
        &[("code/a.c", TWO)],
        &["a.c:1"],
        expect![[r#"
            code/a.c:1
        "#]],
    );
}

#[test]
fn chains_of_stages_are_followed_once_each() {
    let mut dockerfile = "FROM a AS s0\nCOPY . /w\n".to_owned();
    for number in 1..60 {
        let below = number - 1;
        dockerfile +=
            &format!("FROM a AS s{number}\nCOPY --from=s{below} /w /w\nCOPY --from=s{below} /w/ /w/\n");
    }
    dockerfile += "WORKDIR /w\nRUN x\n";
    check(&dockerfile, &[("a.c", TWO)], &["a.c:1"], expect!["a.c:1\n"]);
}

#[test]
fn what_is_left_out_or_written_in_the_container_is_no_file_of_the_users() {
    check(
        "FROM a\nWORKDIR /app\nCOPY --exclude=*.gen.c --exclude=sub/x.c src .\nCOPY old old\nRUN make\n",
        &[
            ("src/a.c", TWO),
            ("src/b.gen.c", TWO),
            ("src/sub/x.c", TWO),
            ("src/sub/y.c", TWO),
            ("old/out.js", TWO),
            ("old/in.js", TWO),
        ],
        &[
            "a.c:1",
            "/app/b.gen.c:1",
            "/app/sub/x.c:1",
            "sub/y.c:2",
            "old/out.js:1 three",
            "old/in.js:2 two",
            "old/in.js:9",
        ],
        expect![[r#"
            src/a.c:1
            step 5: wrong (in the container: /app/b.gen.c:1)
            step 5: wrong (in the container: /app/sub/x.c:1)
            src/sub/y.c:2
            step 5: wrong (in the container: old/out.js:1)
            old/in.js:2 (sure)
            step 5: wrong (in the container: old/in.js:9)
        "#]],
    );
}

#[test]
fn a_line_behind_a_heredoc_is_none_of_it() {
    check(
        "FROM a\nCOPY <<EOF /app/x.py\none\ntwo\nEOF\nRUN <<EOF\necho größe\nif x\nEOF\n",
        &[],
        &["/app/x.py:2", "/app/x.py:3", "/bin/sh:2", "/bin/sh:3"],
        expect![[r#"
            Dockerfile:4
            step 6: wrong (in the container: /app/x.py:3)
            Dockerfile:8
        "#]],
    );
}

#[test]
fn a_mark_is_a_column_of_the_user_s_line() {
    let dockerfile = "FROM a\nWORKDIR /srv\nCOPY src .\nRUN make\n";
    let model = Model::new(&Document::new(dockerfile), &Facts::default());
    let files = Memory::new(&[("src/a.c", "x\r\n\treturn größe;\r\n")]);
    let check_tool = |source, column, text: Option<&str>, mark, expected| {
        let (text, path) = (text.map(str::to_owned), "a.c".to_owned());
        let frame = Frame { path, line: 2, column: Some(column), text, mark, ..Frame::default() };
        let message = "wrong".to_owned();
        let finding =
            Finding { frames: vec![frame], title: None, severity: Severity::Error, message, source };
        let found = source_problems(&model, 4, &[finding], &BTreeSet::new(), &files);
        let Some(SourcePlace::File { column, .. }) = found[0].as_ref().map(|found| &found.place) else {
            panic!("no file of the user's: {found:?}")
        };
        assert_eq!(*column, expected);
    };
    let check = |text: &str, mark, expected| check_tool("gcc", 16, Some(text), mark, expected);
    // gcc counts a tab as eight.
    check("return größe;", Some(7), Some(9));
    check("return gr??e;", Some(7), Some(9));
    check("return größe;", None, Some(16));
    // The text is not letter for letter what is there.
    check("return   größe;", Some(9), Some(16));
    // Go counts bytes, and others letters.
    check_tool("go", 16, None, None, Some(14));
    check_tool("rustc", 14, None, None, Some(14));
    check_tool("go", 99, None, None, Some(99));
}
