//! One stage, one edit at a time.

use expect_test::expect;

use super::fixture::{Project, image};

const NODE: &str = "\
FROM node:22
WORKDIR /app
COPY package.json ./
RUN npm ci
COPY . .
RUN npm test
";

fn node() -> Project {
    Project::built(NODE, &[("package.json", "{}"), ("src/a.js", "a"), ("src/b.js", "b")])
}

#[test]
fn before_any_build_nothing_is_known_and_after_one_all_is_cached() {
    let project = Project::new(NODE, &[("package.json", "{}")]);
    project.check(&expect![[r#"
        1 unknown never built here
        2 unknown never built here
        3 unknown never built here
        4 unknown never built here
        5 unknown never built here
        6 unknown never built here
    "#]]);
    node().check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
    "#]]);
}

#[test]
fn a_file_that_changed_runs_what_reads_it_and_all_after_it() {
    node().write("package.json", "{ }").check(&expect![[r#"
        1 cached
        2 cached
        3 rebuild package.json changed (content)
        4 rebuild COPY package.json ./ in line 3 runs again
        5 rebuild package.json changed (content)
        6 rebuild COPY package.json ./ in line 3 runs again
    "#]]);
    node().write("src/a.js", "A").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 rebuild src/a.js changed (content)
        6 rebuild COPY . . in line 5 runs again
    "#]]);
    let mut project = node();
    project.write("src/a.js", "A").write("src/b.js", "B").write("src/c.js", "C");
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 rebuild 3 files changed, first src/a.js
        6 rebuild COPY . . in line 5 runs again
    "#]]);
}

#[test]
fn modes_links_and_names_count_as_builders_count_them() {
    let mut project = node();
    project.files.iter_mut().filter(|(path, ..)| path == "src/a.js").for_each(|file| file.1 = 0o755);
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 rebuild src/a.js changed (mode)
        6 rebuild COPY . . in line 5 runs again
    "#]]);
    let mut project = node();
    project.files.retain(|(path, ..)| path != "src/b.js");
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 rebuild src/b.js is gone
        6 rebuild COPY . . in line 5 runs again
    "#]]);
    let mut project = Project::built("FROM alpine\nCOPY . /\n", &[("a", "x"), ("b", "x"), ("l", "-> a")]);
    project.write("l", "-> b");
    project.check(&expect![[r#"
        1 cached
        2 rebuild link target of l changed
    "#]]);
}

#[test]
fn there_and_back_again_is_cached() {
    let mut project = node();
    project.write("src/a.js", "A").build(&[]).write("src/a.js", "a");
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
    "#]]);
}

#[test]
fn arguments_count_for_all_that_runs_after_them() {
    let text = "FROM alpine\nARG VERSION=1\nRUN make\nCOPY a /a\nRUN make $VERSION\n";
    let files = [("a", "x")];
    Project::built(text, &files).arg("VERSION", "2").check(&expect![[r#"
        1 cached
        3 rebuild argument VERSION changed
        4 rebuild RUN make in line 3 runs again
        5 rebuild argument VERSION changed
    "#]]);
    Project::built(text, &files).arg("VERSION", "1").check(&expect![[r#"
        1 cached
        3 cached
        4 cached
        5 cached
    "#]]);
    Project::built(text, &files).arg("OTHER", "1").arg("HTTP_PROXY", "x").check(&expect![[r#"
        1 cached
        3 cached
        4 cached
        5 cached
    "#]]);
    Project::built(text, &files).replace("=1", "").check(&expect![[r#"
        1 cached
        3 rebuild argument VERSION is gone
        4 rebuild RUN make in line 3 runs again
        5 rebuild argument VERSION is gone
    "#]]);
    let text = "FROM alpine\nARG TO=/x\nCOPY a $TO\n";
    Project::built(text, &files).arg("TO", "/y").check(&expect![[r#"
        1 cached
        3 rebuild argument TO changed
    "#]]);
}

#[test]
fn environment_counts_for_run_and_for_words_that_use_it() {
    let text = "FROM alpine\nENV A=1 B=/b\nCOPY a /a\nWORKDIR $B\nRUN make\n";
    let files = [("a", "x")];
    Project::built(text, &files).replace("A=1", "A=2").check(&expect![[r#"
        1 cached
        3 cached
        4 cached
        5 rebuild environment A changed
    "#]]);
    Project::built(text, &files).replace("/b", "/c").check(&expect![[r#"
        1 cached
        3 cached
        4 rebuild environment B changed
        5 rebuild environment B changed
    "#]]);
    Project::built(text, &files).replace("A=1 B=/b", "B=/b A=1").check(&expect![[r#"
        1 cached
        3 cached
        4 cached
        5 rebuild the order of its variables changed
    "#]]);
}

#[test]
fn what_no_key_holds_changes_nothing() {
    let text = "FROM alpine\nRUN a && \\\n  # why\n  b\nLABEL x=1\nCMD x\nRUN --mount=type=cache,target=/c,id=one c\n";
    let mut project = Project::built(text, &[]);
    project
        .replace("# why", "# because")
        .replace("x=1", "x=2")
        .replace("CMD x", "CMD y")
        .replace("id=one", "id=two");
    project.check(&expect![[r#"
        1 cached
        2 cached
        7 cached
    "#]]);
}

#[test]
fn base_images_move() {
    let mut project = node();
    let moved = semantic::ImageFacts { layer_digests: vec!["sha256:new".to_owned()], ..image("node:22") };
    project.outside.images.insert("node:22".to_owned(), moved);
    project.check(&expect![[r#"
        1 cached
        2 rebuild node:22 moved
        3 rebuild WORKDIR /app in line 2 runs again
        4 rebuild WORKDIR /app in line 2 runs again
        5 rebuild WORKDIR /app in line 2 runs again
        6 rebuild WORKDIR /app in line 2 runs again
    "#]]);
    node().replace("node:22", "alpine").check(&expect![[r#"
        1 cached
        2 rebuild the base image is now alpine
        3 rebuild WORKDIR /app in line 2 runs again
        4 rebuild WORKDIR /app in line 2 runs again
        5 rebuild WORKDIR /app in line 2 runs again
        6 rebuild WORKDIR /app in line 2 runs again
    "#]]);
    let mut project = node();
    let mut image = image("node:22");
    image.environment.insert("PATH".to_owned(), "/usr/bin".to_owned());
    project.outside.images.insert("node:22".to_owned(), image);
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 rebuild the base image's environment changed
        5 rebuild RUN npm ci in line 4 runs again
        6 rebuild the base image's environment changed
    "#]]);
}

#[test]
fn instructions_that_are_new_gone_or_other() {
    node().replace("RUN npm ci\n", "RUN npm ci\nRUN npm rebuild\n").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 rebuild the instruction is new
        6 rebuild RUN npm rebuild in line 5 runs again
        7 rebuild RUN npm rebuild in line 5 runs again
    "#]]);
    node().replace("RUN npm ci\n", "").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 rebuild the instructions before it changed
        5 rebuild COPY . . in line 4 runs again
    "#]]);
    node().replace("npm ci", "npm install").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 rebuild the instruction changed
        5 rebuild RUN npm install in line 4 runs again
        6 rebuild RUN npm install in line 4 runs again
    "#]]);
    node().replace("FROM node:22\n", "FROM node:22\n\n# comment\n").check(&expect![[r#"
        1 cached
        4 cached
        5 cached
        6 cached
        7 cached
        8 cached
    "#]]);
}

#[test]
fn no_cache_runs_all_but_what_makes_folders() {
    let mut project = node();
    project.outside.no_cache = true;
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 rebuild --no-cache runs it anew
        4 rebuild --no-cache runs it anew
        5 rebuild --no-cache runs it anew
        6 rebuild --no-cache runs it anew
    "#]]);
}

#[test]
fn a_stage_that_is_a_folder_tells_which_of_its_files_changed() {
    let mut project = Project::new("FROM deps\nRUN make\n", &[]);
    project.outside.named_contexts.insert("deps".to_owned(), "deps".to_owned());
    project.context = "deps".to_owned();
    project.write("größe", "1").build(&[]);
    project.write("größe", "2").check(&expect![[r#"
        1 cached
        2 rebuild größe changed (content)
    "#]]);
}
