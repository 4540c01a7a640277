//! After a build: what changed, what ran because of it, and what may be stale.

use expect_test::{Expect, expect};
use semantic::Model;
use syntax::Document;

use super::fixture::Project;
use crate::digest::Seal;
use crate::why::{chains, stale};

const SERVICE: &str = "\
FROM node:22 AS build
WORKDIR /srv
COPY package.json ./
RUN npm ci
COPY src src
RUN npm run build
FROM node:22
COPY --from=build /srv/dist /srv
";

const FILES: &[(&str, &str)] = &[("package.json", "{}"), ("src/a.js", "1"), ("src/b.js", "1")];

#[track_caller]
fn check(project: &Project, expected: &Expect) {
    let build = project.past.as_ref().unwrap();
    let line = |step: &usize| build.steps[*step].inputs.line.to_string();
    let told = chains(build, project.before.as_ref()).into_iter().map(|chain| {
        let lines = chain.steps.iter().map(line).collect::<Vec<_>>().join(", ");
        format!("{}: {lines}: {} s\n", chain.cause.text, chain.seconds)
    });
    expected.assert_eq(&told.collect::<String>());
}

#[test]
fn one_file_is_followed_through_its_stage_into_the_next() {
    let mut project = Project::built(SERVICE, FILES);
    project.write("src/a.js", "2").build(&[]);
    check(
        &project,
        &expect![[r#"
        src/a.js changed (content): 5, 6, 8: 6 s
    "#]],
    );
}

#[test]
fn where_a_stage_gives_the_same_files_the_chain_ends_with_it() {
    let mut project = Project::built(SERVICE, FILES);
    project.write("src/a.js", "2").build(&[8]);
    check(
        &project,
        &expect![[r#"
        src/a.js changed (content): 5, 6: 4 s
    "#]],
    );
}

/// Each stage reads twice from the one before it: 2^40 ways lead from the last one to the first.
#[test]
fn stages_that_read_each_other_many_times_are_explained_once() {
    let mut text = "FROM alpine AS s0\nCOPY größe /a\n".to_owned();
    for number in 1..40 {
        let before = number - 1;
        text +=
            &format!("FROM alpine AS s{number}\nCOPY --from=s{before} /a /a\nCOPY --from=s{before} /a /b\n");
    }
    let mut project = Project::built(&text, &[("größe", "1")]);
    // Nothing changed, so that all that is above is looked through.
    project.pruned = vec![119];
    project.build(&[]);
    check(
        &project,
        &expect![[r#"
            no longer in the builder's cache: 119: 2 s
        "#]],
    );
}

#[test]
fn what_changed_is_named_where_the_builder_had_the_step_from_elsewhere() {
    let mut project = Project::built(SERVICE, FILES);
    project.write("package.json", "{2}").build(&[3]);
    check(
        &project,
        &expect![[r#"
            package.json changed (content): 4, 5, 6, 8: 8 s
        "#]],
    );
}

#[test]
fn two_changes_are_two_chains() {
    let mut project = Project::built(SERVICE, FILES);
    project.replace("FROM node:22\nCOPY", "FROM node:22\nRUN true\nCOPY").write("src/b.js", "2").build(&[]);
    check(
        &project,
        &expect![[r#"
        src/b.js changed (content): 5, 6: 4 s
        the instruction is new: 8, 9: 4 s
    "#]],
    );
}

#[test]
fn a_first_build_and_one_with_nothing_changed() {
    let mut project = Project::built(SERVICE, FILES);
    check(
        &project,
        &expect![[r#"
        never built here: 2, 3, 4, 5, 6, 8: 12 s
    "#]],
    );
    project.build(&[]);
    check(&project, &expect![[""]]);
}

#[test]
fn what_is_fetched_and_what_a_secret_was_may_be_stale() {
    let text = "\
FROM alpine
RUN apk add curl
RUN --mount=type=secret,id=token curl -H @/run/secrets/token https://example.org
RUN echo nothing of that
";
    let mut project = Project::built(text, &[]);
    project.build(&[]);
    let seal = Seal::new([3; 32]);
    let (build, before) = (project.past.as_mut().unwrap(), project.before.as_mut().unwrap());
    build.secrets.insert("token".to_owned(), seal.digest(["2"]));
    before.secrets.insert("token".to_owned(), seal.digest(["1"]));
    let model = Model::new(&Document::new(text), &semantic::Facts::default());
    let steps: Vec<_> = model.steps(0).into_iter().map(Some).collect();
    let told = |now| {
        let found = stale(build, Some(before), &model, &steps, now).into_iter();
        found.map(|stale| format!("{}: {}\n", stale.step, stale.text)).collect::<String>()
    };
    let secret = "2: the file of secret token changed, but a secret's value is in no cache key: this ran with the old one; build with \
                  --no-cache to use the new one\n";
    assert_eq!(told(100), secret);
    let old = "1: `apk` last ran 3 days ago: what has come out since is not in it; build with --no-cache to fetch it\n";
    assert_eq!(told(3 * 86_400 + 100), format!("{old}{secret}"));
    let none: Vec<_> = steps.iter().map(|_| None).collect();
    assert_eq!(stale(build, Some(before), &model, &none, 100), [], "the Dockerfile was edited since");
}
