//! `layerwise build --shell-on-failure` on real engines, on a terminal of its own.

use std::io::Write;
use std::process::{Command, Stdio};

use super::harness::variable;
use super::program_build::{ALL, TODAYS, nonce, on_each};
use crate::program::{Folder, path};

const DOCKERFILE: &str = "FROM debian:bookworm-slim\nSHELL [\"/bin/bash\", \"-c\"]\nARG FLAVOUR=größe\nENV COLOUR=blue\nWORKDIR /srv/deep\nCOPY said .\nRUN --mount=type=secret,id=npm --mount=type=tmpfs,target=/scratch cat said; touch made; exit 3 # NONCE\nRUN echo after\n";

pub(super) fn docker(host: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(variable("LAYERWISE_TEST_DOCKER"));
    let output = command.args(arguments).env("DOCKER_HOST", host).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What is left of shells: containers and images. Other tests start containers meanwhile, which run something else.
fn left_over(host: &str) -> Vec<String> {
    let trials = ["ps", "-a", "--filter", "name=layerwise-trial", "--format", "{{.Image}} {{.Command}}"];
    let containers = docker(host, &trials);
    let is_shell = |line: &&str| line.starts_with("layerwise-shell") || line.ends_with("\"/bin/bash\"");
    let images = docker(host, &["images", "-q", "layerwise-shell"]);
    containers.lines().filter(is_shell).chain(images.lines()).map(str::to_owned).collect()
}

#[test]
fn a_shell_is_opened_in_the_state_before_the_failed_step() {
    on_each(&ALL, |host| {
        let folder =
            Folder::new(&[("said", "hello\n")]).with_host(host).with_variable("NPM", "hunter2hunter2");
        folder.write("Dockerfile", DOCKERFILE.replace("NONCE", &nonce()));
        // `script` of util-linux gives the program a terminal, and types what it reads.
        let line = format!("{} build . --shell-on-failure --secret id=npm,env=NPM", path().display());
        let command = folder.command([""; 0]);
        let variables: Vec<_> = command
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(folder.path(""));
        script.env_clear().envs(variables);
        let mut running = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let typed =
            "echo $0 $PWD $COLOUR $FLAVOUR; ls; test -d /scratch && echo scratch; ls /run/secrets; exit 7\n";
        // Open until all is over: its end would be the terminal's.
        let mut typing = running.stdin.take().unwrap();
        typing.write_all(typed.as_bytes()).unwrap();
        let output = running.wait_with_output().unwrap();
        drop(typing);
        let said = String::from_utf8_lossy(&output.stdout);
        for expected in [
            "a shell in the state before line 7: RUN --mount=type=secret",
            "not here: the secret npm",
            "/bin/bash /srv/deep blue größe\r\nsaid\r\nscratch\r\n",
            "the shell has ended",
        ] {
            assert!(said.contains(expected), "{expected}:\n{said}");
        }
        assert!(!said.contains("made\r") && !said.contains("hunter2"), "{said}");
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(left_over(host), [""; 0]);
    });
}

#[test]
fn without_a_terminal_nothing_is_built() {
    on_each(&TODAYS, |host| {
        let folder = Folder::with_dockerfile("FROM debian:bookworm-slim\nRUN exit 1\n").with_host(host);
        let output = folder.run(&["build", ".", "--shell-on-failure"]).exits(2);
        assert!(output.stderr.contains("there is no terminal to open it on"), "{}", output.stderr);
        assert_eq!(output.stdout, "");
    });
}
