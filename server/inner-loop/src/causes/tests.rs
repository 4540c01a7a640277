//! Logs of real builds, on Docker 28 and 20.10, each with what is said of it.

use expect_test::{Expect, expect};

use super::*;

/// Reads a recorded failure: what is known of it, one a line, and below `---` the end of the step's log.
#[expect(clippy::needless_pass_by_value, reason = "as everywhere with inline snapshots")]
fn check(name: &str, expected: Expect) {
    let path = format!("{}/src/causes/recorded/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    // A message of many lines goes on up to the mark.
    let (head, log) = text.split_once("\n---\n").unwrap();
    let field = |key: &str| {
        let start = head.find(key).unwrap_or_else(|| panic!("{name} has no {key}")) + key.len();
        let rest = &head[start..];
        if key == "message: " { rest } else { rest.lines().next().unwrap_or_default() }
    };
    let log: Vec<String> = log.lines().map(str::to_owned).collect();
    let evidence = Evidence {
        message: field("message: "),
        log: &log,
        exit_code: field("exit: ").trim().parse().ok(),
        instruction: field("instruction: "),
    };
    let said = of(&evidence).map(|cause| format!("{}\n{}\n", cause.cause, cause.cure)).unwrap_or_default();
    expected.assert_eq(&said);
}

#[test]
fn add_lookup() {
    check(
        "add_lookup",
        expect![[r#"
        the name no-such-host.invalid could not be resolved
        see whether this machine is online, and whether the name is right; behind a proxy, the engine needs it too
    "#]],
    );
}

#[test]
fn add_tls() {
    check(
        "add_tls",
        expect![[r#"
            the builder does not trust the server's certificate
            add the authority's certificate to those of the engine's machine and restart it, or fetch the file in a RUN that trusts it
        "#]],
    );
}

#[test]
fn apt_no_index() {
    check(
        "apt_no_index",
        expect![[r#"
        apt knows no package no-such-thing: its index is not there, or lacks it
        run `apt-get update` in the same RUN, before `apt-get install`; else see whether the distribution has it under this name
    "#]],
    );
}

#[test]
fn apt_unresolved() {
    check(
        "apt_unresolved",
        expect![[r#"
        the name deb.debian.org could not be resolved
        the step has `--network=none`: take that away, or fetch in an earlier step
    "#]],
    );
}

#[test]
fn apt_version() {
    check(
        "apt_version",
        expect![[r#"
        the archive has no version 0.0.1 of hello any more
        see `apt-cache policy hello` in the base image for the one that it has; archives keep the newest alone
    "#]],
    );
}

#[test]
fn curl_resolve() {
    check(
        "curl_resolve",
        expect![[r#"
        the name no-such-host.invalid could not be resolved
        see whether this machine is online; where it is, the containers of builds lack DNS: build with `--network host`, or set `dns` in the engine's daemon.json
    "#]],
    );
}

#[test]
fn curl_tls() {
    check(
        "curl_tls",
        expect![[r#"
        the step does not trust the server's certificate: its image lacks the authority that signed it, maybe your company's
        install `ca-certificates` in the image, and for a company's authority COPY its certificate to /usr/local/share/ca-certificates and RUN update-ca-certificates before the download
    "#]],
    );
}

#[test]
fn disk_tmpfs() {
    check(
        "disk_tmpfs",
        expect![[r#"
        the step's file system is full; it has a `--mount=type=tmpfs`
        give the mount more room with `size=`, or see `docker system df` for the engine's disk
    "#]],
    );
}

#[test]
fn exec_absent() {
    check(
        "exec_absent",
        expect![[r#"
        /no/such/program cannot be started: it is not there, or the loader or interpreter that it needs is not
        on scratch and other images without libc link it statically, or COPY it into an image like the one it was built in
    "#]],
    );
}

#[test]
fn exec_path() {
    check(
        "exec_path",
        expect![[r#"
        the image has no program nosuchprogram in its PATH
        install nosuchprogram in an earlier RUN, or call it by its whole path
    "#]],
    );
}

#[test]
fn exec_scratch() {
    check(
        "exec_scratch",
        expect![[r#"
        /true cannot be started: it is not there, or the loader or interpreter that it needs is not
        on scratch and other images without libc link it statically, or COPY it into an image like the one it was built in
    "#]],
    );
}

#[test]
fn from_hub() {
    check(
        "from_hub",
        expect![[r#"
        the name registry-1.docker.io could not be resolved
        see whether this machine is online, and whether the name is right; behind a proxy, the engine needs it too
    "#]],
    );
}

#[test]
fn from_lookup() {
    check(
        "from_lookup",
        expect![[r#"
        the name no-such-host.invalid could not be resolved
        see whether this machine is online, and whether the name is right; behind a proxy, the engine needs it too
    "#]],
    );
}

#[test]
fn from_lookup_old() {
    check(
        "from_lookup_old",
        expect![[r#"
        the name no-such-host.invalid could not be resolved
        see whether this machine is online, and whether the name is right; behind a proxy, the engine needs it too
    "#]],
    );
}

#[test]
fn killed() {
    check(
        "killed",
        expect![[r#"
        the step was killed, most likely because the machine had no memory left
        let fewer jobs run at once (`make -j2`, `cargo build -j2`), or give the engine's machine more memory
    "#]],
    );
}

#[test]
fn not_found() {
    check(
        "not_found",
        expect![[r#"
        the image has no command nosuchcommand
        install it in an earlier RUN, or build on an image that has nosuchcommand
    "#]],
    );
}

#[test]
fn registry_401() {
    check(
        "registry_401",
        expect![[r#"
        127.0.0.1:40619 does not give out 127.0.0.1:40619/team/app:1: it is private, or does not exist
        log in with `docker login 127.0.0.1:40619`, and see whether the name is right
    "#]],
    );
}

#[test]
fn registry_401_old() {
    check(
        "registry_401_old",
        expect![[r#"
        127.0.0.1:42053 does not give out 127.0.0.1:42053/team/app:1: it is private, or does not exist
        log in with `docker login 127.0.0.1:42053`, and see whether the name is right
    "#]],
    );
}

#[test]
fn registry_403() {
    check(
        "registry_403",
        expect![[r#"
        127.0.0.1:42021 does not give out 127.0.0.1:42021/team/app:1: it is private, or does not exist
        see whether your login at 127.0.0.1:42021 may pull it
    "#]],
    );
}

#[test]
fn registry_403_old() {
    check(
        "registry_403_old",
        expect![[r#"
        127.0.0.1:40101 does not give out 127.0.0.1:40101/team/app:1: it is private, or does not exist
        see whether your login at 127.0.0.1:40101 may pull it
    "#]],
    );
}

#[test]
fn registry_429() {
    check(
        "registry_429",
        expect![[r#"
        the registry gives out no more to this address for now (429)
        log in with `docker login`, wait some minutes, or use a mirror
    "#]],
    );
}

#[test]
fn registry_429_old() {
    check(
        "registry_429_old",
        expect![[r#"
        the registry gives out no more to this address for now (429)
        log in with `docker login`, wait some minutes, or use a mirror
    "#]],
    );
}

#[test]
fn registry_tls() {
    check(
        "registry_tls",
        expect![[r#"
        the engine does not trust the registry's certificate
        put the authority's certificate at /etc/docker/certs.d/REGISTRY/ca.crt on the engine's machine
    "#]],
    );
}

#[test]
fn registry_tls_old() {
    check(
        "registry_tls_old",
        expect![[r#"
        the engine does not trust the registry's certificate
        put the authority's certificate at /etc/docker/certs.d/REGISTRY/ca.crt on the engine's machine
    "#]],
    );
}

#[test]
fn resolver_in_no_network() {
    check(
        "resolver_in_no_network",
        expect![[r#"
        a name could not be resolved
        the step has `--network=none`: take that away, or fetch in an earlier step
    "#]],
    );
}

#[test]
fn shell_scratch() {
    check(
        "shell_scratch",
        expect![[r#"
        the image has no /bin/sh: a RUN in shell form needs a shell
        write the command as a list (`RUN ["/program", "argument"]`), or run it in an earlier stage and COPY the result
    "#]],
    );
}

#[test]
fn syntax_lookup() {
    check(
        "syntax_lookup",
        expect![[r#"
        the name no-such-host.invalid could not be resolved
        see whether this machine is online, and whether the name is right; behind a proxy, the engine needs it too
    "#]],
    );
}

#[test]
fn several_platforms() {
    check(
        "several_platforms",
        expect![[r#"
            this engine's image store holds images of one platform alone
            build for one platform at a time, write the results to a folder with `--output DIR`, or switch the engine to its containerd image store
        "#]],
    );
}

#[test]
fn wrong_platform() {
    check(
        "wrong_platform",
        expect![[r#"
            /app is not for this machine's processor, or is a script without `#!` in its first line
            build on `FROM --platform=$BUILDPLATFORM` and cross-compile, or install emulation: `docker run --privileged --rm tonistiigi/binfmt --install all`
        "#]],
    );
}

#[test]
fn wrong_platform_exec() {
    check(
        "wrong_platform_exec",
        expect![[r#"
        /app is not for this machine's processor, or is a script without `#!` in its first line
        build on `FROM --platform=$BUILDPLATFORM` and cross-compile, or install emulation: `docker run --privileged --rm tonistiigi/binfmt --install all`
    "#]],
    );
}

#[test]
fn ordinary_failures_have_no_cause_outside() {
    let of = |message: &str, log: &[&str], exit_code: i32| {
        let log: Vec<String> = log.iter().map(|line| (*line).to_owned()).collect();
        of(&Evidence { message, log: &log, exit_code: Some(exit_code), instruction: "RUN make" })
    };
    let process = "process \"/bin/sh -c make\" did not complete successfully: exit code: 2";
    assert_eq!(of(process, &["main.c:3: error: expected ';'", "größe: ✗"], 2), None);
    assert_eq!(of(process, &["test looks for a file: not found"], 1), None);
    let quotes = "process \"/bin/sh -c echo 'no space left on device: exec format error' && false\" did not complete successfully: exit code: 1";
    assert_eq!(of(quotes, &[], 1), None);
    // A server of the step's own that asks for a login is no registry.
    assert_eq!(of(process, &["GET /api: 401 Unauthorized"], 1), None);
    assert_eq!(of("", &[], 0), None);
}

#[test]
fn ends_of_lines_do_not_matter() {
    let log = ["bash: line 1: größe: command not found\r".to_owned()];
    let found =
        of(&Evidence { log: &log, exit_code: Some(127), instruction: "RUN größe", ..Evidence::default() });
    assert_eq!(found.unwrap().cause, "the image has no command größe");
}
