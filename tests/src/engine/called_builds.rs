//! Builds of the program that go as the Compose and Bake files of the folder say, and those that do not.

use super::program_build::{TODAYS, events, nonce, on_each};
use crate::program::Folder;

/// What was given is in the files that it makes: the target in their names, the rest in what is in them.
const TEXT: &str = "FROM scratch AS shared\n\
    FROM debian:bookworm-slim AS made\n\
    ARG TAG=none\n\
    RUN --mount=type=secret,id=token --mount=from=shared,target=/named \\\n\
      : NONCE && echo \"$TAG $(cat /named/größe 2> /dev/null) $(cat /run/secrets/token 2> /dev/null | wc -c)\" > /out\n\
    FROM scratch AS run\n\
    COPY --from=made /out /run\n\
    FROM scratch AS last\n\
    COPY --from=made /out /last\n";

fn folder(host: &str, callers: &[(&str, &str)]) -> Folder {
    // What a secret is does not count in the builder's cache.
    let text = TEXT.replace("NONCE", &nonce());
    let mut files = vec![("api/Dockerfile", text.as_str()), ("libs/größe", "named")];
    files.extend(callers);
    Folder::new(&files).with_host(host)
}

/// The notices of a build with these flags, and the files that it made.
fn build(folder: &Folder, flags: &[&str]) -> (Vec<String>, Vec<(String, String)>) {
    let _ = std::fs::remove_dir_all(folder.path("../out"));
    let events = events(folder, &[&["-f", "api/Dockerfile", "-o", "../out"], flags].concat(), 0);
    let notices = events.iter().filter(|event| event["event"] == "notice");
    let notices = notices.map(|event| event["text"].as_str().unwrap().to_owned()).collect();
    (notices, super::harness::files_in(&folder.path("../out")))
}

#[track_caller]
fn check(built: (Vec<String>, Vec<(String, String)>), notice: Option<&str>, file: &str, text: &str) {
    assert_eq!(built.0, notice.into_iter().map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(built.1, [(file.to_owned(), format!("{text}\n"))]);
}

#[test]
fn a_build_goes_as_the_compose_file_says_and_flags_win() {
    let compose = "services:
  web:
    build:
      context: .
      dockerfile: api/Dockerfile
      target: run
      args: {TAG: '22'}
      additional_contexts: {shared: ./libs}
      secrets: [token]
secrets: {token: {file: ./token}}
";
    on_each(&TODAYS, |host| {
        let folder = folder(host, &[("compose.yaml", compose), ("token", "12345")]);
        check(build(&folder, &[]), None, "run", "22 named 5");
        check(build(&folder, &["--build-arg", "TAG=23", "--target", "last"]), None, "last", "23 named 5");
        // Who names the context builds as docker's own build does, which knows no callers.
        check(build(&folder, &["."]), None, "last", "none  0");
    });
}

#[test]
fn a_build_goes_as_the_bake_file_says() {
    let bake = "target \"web\" {
  dockerfile = \"api/Dockerfile\"
  target = \"run\"
  args = { TAG = \"22\" }
  contexts = { shared = \"libs\" }
  secret = [\"id=token,src=token\"]
}
";
    on_each(&["28"], |host| {
        let folder = folder(host, &[("docker-bake.hcl", bake), ("token", "123")]);
        check(build(&folder, &[]), None, "run", "22 named 3");
    });
}

#[test]
fn callers_that_differ_give_nothing_that_they_differ_in() {
    let compose = "services:
  web: {build: {context: ., dockerfile: api/Dockerfile, target: run, args: {TAG: '22'}, additional_contexts: {shared: libs}}}
  worker: {build: {context: ., dockerfile: api/Dockerfile, target: last, args: {TAG: '20'}, additional_contexts: {shared: libs}}}
";
    on_each(&["28"], |host| {
        let folder = folder(host, &[("compose.yaml", compose)]);
        let notice = "compose.yaml:web, compose.yaml:worker differ in target, TAG, so the build goes without";
        check(build(&folder, &[]), Some(notice), "last", "none named 0");
        // A stage that is asked for is built as those say who build it.
        check(build(&folder, &["--target", "run"]), None, "run", "22 named 0");
    });
}
