//! Several stages: where a step that runs again may leave those behind it cached.

use expect_test::expect;

use super::fixture::Project;

const GO: &str = "\
FROM alpine AS build
COPY main.go /
RUN go build
FROM alpine
RUN apk add ca-certificates
COPY --from=build /app /app
RUN /app --check
";

fn go() -> Project {
    Project::built(GO, &[("main.go", "1")])
}

#[test]
fn what_a_stage_gives_is_open_until_it_is_built() {
    go().write("main.go", "2").check(&expect![[r#"
        1 cached
        2 rebuild main.go changed (content)
        3 rebuild COPY main.go / in line 2 runs again
        4 cached
        5 cached
        6 maybe only if the files of RUN go build in line 3 differ
        7 maybe only if the files of RUN go build in line 3 differ
    "#]]);
}

#[test]
fn a_cut_off_that_was_seen_is_known_from_then_on() {
    let mut project = go();
    project.write("main.go", "2").build(&[6, 7]);
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
        7 cached
    "#]]);
    project.write("main.go", "1").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
        7 cached
    "#]]);
    project.write("main.go", "2").replace("--check", "--verify").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
        7 rebuild the instruction changed
    "#]]);
    project.build(&[]).write("main.go", "1").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
        7 cached
    "#]]);
}

#[test]
fn what_ran_because_of_a_stage_is_known_with_it() {
    let mut project = go();
    project.write("main.go", "2").build(&[]);
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
        7 cached
    "#]]);
    project.write("main.go", "1").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
        7 cached
    "#]]);
    project.write("main.go", "3").check(&expect![[r#"
        1 cached
        2 rebuild main.go changed (content)
        3 rebuild COPY main.go / in line 2 runs again
        4 cached
        5 cached
        6 maybe only if the files of RUN go build in line 3 differ
        7 maybe only if the files of RUN go build in line 3 differ
    "#]]);
}

#[test]
fn a_step_above_the_copy_decides_for_certain() {
    go().write("main.go", "2").replace("apk add", "apk add -q").check(&expect![[r#"
        1 cached
        2 rebuild main.go changed (content)
        3 rebuild COPY main.go / in line 2 runs again
        4 cached
        5 rebuild the instruction changed
        6 rebuild RUN apk add -q ca-certificates in line 5 runs again
        7 rebuild RUN apk add -q ca-certificates in line 5 runs again
    "#]]);
}

#[test]
fn other_targets_and_shared_stages_count() {
    let mut project = go();
    project.outside.target = Some("build".to_owned());
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
    "#]]);
}

#[test]
fn bind_mounts_read_by_content() {
    let text = "\
FROM alpine AS tools
COPY tool /tool
FROM alpine
RUN --mount=type=bind,from=tools,target=/t /t/tool
RUN --mount=target=/src make
";
    let files = [("tool", "1"), ("a", "1")];
    Project::built(text, &files).write("tool", "2").check(&expect![[r#"
        1 cached
        2 rebuild tool changed (content)
        3 cached
        4 maybe only if the files of COPY tool /tool in line 2 differ
        5 rebuild tool changed (content)
    "#]]);
    Project::built(text, &files).write("a", "2").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 rebuild a changed (content)
    "#]]);
    let mut project = Project::built(text, &files);
    project.replace("from=tools,target=/t", "from=tools,readonly,target=/t").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
    "#]]);
    project.replace("target=/t ", "target=/u ").check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 rebuild the instruction changed
        5 rebuild RUN --mount=type=bind,from=tools,readon… in line 4 runs again
    "#]]);
}

#[test]
fn of_two_steps_that_are_the_same_one_runs() {
    let text = "\
FROM alpine AS a
RUN make
RUN cat a
FROM alpine AS b
RUN make
FROM alpine
COPY --from=a /x /x
COPY --from=b /x /y
";
    Project::built(text, &[]).replace("RUN make", "RUN make all").check(&expect![[r#"
        1 cached
        2 cached
        3 rebuild RUN make all in line 2 runs again
        4 cached
        5 rebuild the instruction changed
        6 cached
        7 maybe only if the files of RUN cat a in line 3 differ
        8 maybe only if the files of RUN make all in line 5 differ
    "#]]);
}

#[test]
fn a_result_that_is_gone_is_made_again_where_it_is_needed() {
    let mut project = go();
    // Nothing above the last step is needed as long as that is there.
    project.pruned = vec![2, 3];
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
        7 cached
    "#]]);
    project.pruned = vec![7];
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
        7 rebuild no longer in the builder's cache
    "#]]);
    // What the last step is laid upon is there, so that the other stage is only looked at perhaps.
    project.pruned = vec![2, 3, 7];
    project.check(&expect![[r#"
        1 cached
        2 maybe perhaps no longer in the builder's cache
        3 maybe perhaps no longer in the builder's cache
        4 cached
        5 cached
        6 cached
        7 rebuild no longer in the builder's cache
    "#]]);
    project.pruned = vec![2, 3, 6, 7];
    project.check(&expect![[r#"
        1 cached
        2 rebuild no longer in the builder's cache
        3 rebuild no longer in the builder's cache
        4 cached
        5 cached
        6 rebuild no longer in the builder's cache
        7 rebuild no longer in the builder's cache
    "#]]);
}

#[test]
fn a_result_that_may_go_by_another_name_is_doubted() {
    let mut project = go();
    project.doubted = vec![7];
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 cached
        7 maybe perhaps no longer in the builder's cache
    "#]]);
    // If it is gone, what it is laid upon is needed.
    project.pruned = vec![6];
    project.check(&expect![[r#"
        1 cached
        2 cached
        3 cached
        4 cached
        5 cached
        6 maybe perhaps no longer in the builder's cache
        7 maybe perhaps no longer in the builder's cache
    "#]]);
}
