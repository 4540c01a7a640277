//! A cursor in, the places that it leads to out.

use expect_test::{Expect, expect};
use semantic::Facts;
use semantic::facts::{FileFacts, FileKind};

use super::*;
use crate::fixture::{Opened, open, open_with};

fn show(opened: &Opened, found: Vec<Definition>) -> String {
    let target = |found: Definition| match found.target {
        Target::Here { whole, name } => format!(
            "{} -> {} in {:?}\n",
            opened.slice(found.origin),
            opened.place(name),
            opened.slice(whole).lines().next().unwrap_or_default()
        ),
        Target::File(path) => format!("{} -> {path}\n", opened.slice(found.origin)),
        Target::Line { path, line } => format!("{} -> {path}:{line}\n", opened.slice(found.origin)),
    };
    found.into_iter().map(target).collect()
}

fn check(text: &str, expected: Expect) {
    let opened = open(text);
    expected.assert_eq(&show(&opened, opened.snapshot.definition(&opened.id, opened.cursor)));
}

fn check_declaration(text: &str, expected: Expect) {
    let opened = open(text);
    expected.assert_eq(&show(&opened, opened.snapshot.declaration(&opened.id, opened.cursor)));
}

#[test]
fn a_stage_by_name_in_any_case_by_number_and_by_mount() {
    check(
        "FROM a AS Build\nFROM b\nCOPY --from=bu$0ild /x /x\n",
        expect![[r#"
        build -> 1:11 Build in "FROM a AS Build"
    "#]],
    );
    check(
        "FROM a AS build\nFROM bui$0ld\n",
        expect![[r#"
        build -> 1:11 build in "FROM a AS build"
    "#]],
    );
    check(
        "FROM a AS build\nFROM b\nRUN --mount=type=bind,from=build$0,target=/x true\n",
        expect![[r#"
        build -> 1:11 build in "FROM a AS build"
    "#]],
    );
    check(
        "FROM a AS build\nFROM b\nCOPY --from=$00 /x /x\n",
        expect![[r#"
        0 -> 1:11 build in "FROM a AS build"
    "#]],
    );
    check(
        "FROM node:22\nFROM b\nCOPY --from=0$0 /x /x\n",
        expect![[r#"
        0 -> 1:6 node:22 in "FROM node:22"
    "#]],
    );
}

#[test]
fn an_image_is_no_stage() {
    check("FROM al$0pine\n", expect![""]);
    check("FROM a\nCOPY --from=al$0pine /x /x\n", expect![""]);
    check("FROM a\nRUN ap$0t update\n", expect![""]);
}

#[test]
fn all_definitions_that_reach() {
    check(
        "FROM a\nENV V=1\nENV V=2\nRUN echo $V$0\n",
        expect![[r#"
        $V -> 3:5 V in "ENV V=2"
    "#]],
    );
    check(
        "FROM a\nENV V=1\nARG V\nRUN echo \"${$0V:-x}\"\n",
        expect![[r#"
        ${V -> 3:5 V in "ARG V"
        ${V -> 2:5 V in "ENV V=1"
    "#]],
    );
    check(
        "ARG V=1\nFROM a\nARG V\nRUN echo $0$V\n",
        expect![[r#"
        $V -> 3:5 V in "ARG V"
        $V -> 1:5 V in "ARG V=1"
    "#]],
    );
    check_declaration(
        "ARG V=1\nFROM a\nARG V\nRUN echo $0$V\n",
        expect![[r#"
        $V -> 3:5 V in "ARG V"
    "#]],
    );
    check(
        "ARG V=1\nFROM a\nARG V=2\nRUN echo $0$V\n",
        expect![[r#"
        $V -> 3:5 V in "ARG V=2"
    "#]],
    );
    check("ARG V=1\nFROM a\nRUN echo $0$V\n", expect![""]);
}

#[test]
fn a_definition_leads_to_itself_or_to_the_global_one() {
    check(
        "FROM a\nARG $0V=1\n",
        expect![[r#"
        V -> 2:5 V in "ARG V=1"
    "#]],
    );
    check(
        "ARG V=1\nFROM a\nARG V$0\n",
        expect![[r#"
        V -> 1:5 V in "ARG V=1"
    "#]],
    );
    check_declaration(
        "ARG V=1\nFROM a\nARG V$0\n",
        expect![[r#"
        V -> 3:5 V in "ARG V"
    "#]],
    );
}

#[test]
fn what_comes_from_outside_leads_nowhere() {
    check("FROM --platform=$BUILD$0PLATFORM a\n", expect![""]);
    check("FROM a\nENV PATH=/x:$PA$0TH\n", expect![""]);
}

#[test]
fn both_ends_of_a_heredoc() {
    check(
        "FROM a\nCOPY <<-\"EOF\" /x\n\ty\r\n\tEO$0F\n",
        expect![[r#"
        EOF -> 2:10 EOF in "COPY <<-\"EOF\" /x"
    "#]],
    );
}

fn check_file(text: &str, files: &[&str], expected: Expect) {
    let facts = |path: &&str| {
        let kind = if path.ends_with('/') { FileKind::Directory } else { FileKind::File };
        (path.trim_end_matches('/').to_owned(), FileFacts { size: 0, kind })
    };
    let context = ContextFacts {
        root: "/project".to_owned(),
        files: files.iter().map(facts).collect(),
        ..ContextFacts::default()
    };
    let opened = open_with(text, Facts { context: Some(context), ..Facts::default() });
    expected.assert_eq(&show(&opened, opened.snapshot.definition(&opened.id, opened.cursor)));
}

#[test]
fn files_and_folders_of_the_context() {
    let files = ["package.json", "package-lock.json", "src/", "src/main.js", "src/deep/", "src/deep/x.js"];
    check_file(
        "FROM a\nCOPY ./pack$0age.json /x/\n",
        &files,
        expect![[r#"
        ./package.json -> /project/package.json
    "#]],
    );
    check_file(
        "FROM a\nCOPY $0src /x/\n",
        &files,
        expect![[r#"
        src -> /project/src
    "#]],
    );
    check_file(
        "FROM a\nCOPY .$0 /x/\n",
        &files,
        expect![[r#"
        . -> /project
    "#]],
    );
    check_file(
        "FROM a\nCOPY pack$0age*.json /x/\n",
        &files,
        expect![[r#"
        package*.json -> /project/package-lock.json
        package*.json -> /project/package.json
    "#]],
    );
    check_file(
        "FROM a\nADD src/*.j$0s /x/\n",
        &files,
        expect![[r#"
        src/*.js -> /project/src/main.js
    "#]],
    );
    check_file(
        "FROM a\nARG D=src\nCOPY $D/mai$0n.js /x/\n",
        &files,
        expect![[r#"
        $D/main.js -> /project/src/main.js
    "#]],
    );
    check_file(
        "FROM a\nCOPY [\"src/ma$0in.js\", \"/x/\"]\n",
        &files,
        expect![[r#"
        "src/main.js" -> /project/src/main.js
    "#]],
    );
}

#[test]
fn what_is_not_in_the_context_leads_nowhere() {
    let files = ["main.js"];
    check_file("FROM a\nCOPY mis$0sing.js /x/\n", &files, expect![""]);
    check_file("FROM a AS b\nFROM c\nCOPY --from=b mai$0n.js /x/\n", &files, expect![""]);
    check_file("FROM a\nCOPY main.js mai$0n.js\n", &files, expect![""]);
    check_file("FROM a\nADD https://example.com/mai$0n.js /x/\n", &files, expect![""]);
}
