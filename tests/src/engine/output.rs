//! What comes out of a build besides images: folders, tar files, and secrets that must not come out.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use inner_loop::{BuildEvent, BuildRequest, Export, SecretSource, SecretSpec};

use super::harness::{ALL, Context, Engine, TODAYS, files_in, on_each, variable};
use super::program_build::nonce;

#[test]
fn a_folder_comes_out_as_it_was_copied_in() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[
            ("bin/tool", "#!/bin/sh\n"),
            ("data/deep/file", "data"),
            ("a.b", "1"),
            ("a/x", "2"),
        ]);
        fs::set_permissions(context.path().join("bin/tool"), fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink("bin/tool", context.path().join("link")).unwrap();
        let output = tempfile::tempdir().unwrap();
        let export = Export::Directory(output.path().to_owned());
        engine.build(BuildRequest { export, ..context.request("FROM scratch\nCOPY . /\n") }).succeeded();
        assert_eq!(files_in(output.path()), files_in(context.path()));
        assert_eq!(fs::metadata(output.path().join("bin/tool")).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(fs::read_link(output.path().join("link")).unwrap().to_str(), Some("bin/tool"));
    });
}

/// Beside what `docker buildx build` makes of the same result.
#[test]
fn modes_times_and_hard_links_come_out_as_from_buildx() {
    let docker = variable("LAYERWISE_TEST_DOCKER");
    on_each(&TODAYS, |engine| {
        let text = "FROM debian:bookworm-slim AS made\nRUN mkdir -p /o/closed/deep /o/sticky && cd /o && echo x > closed/deep/f && \
                    ln closed/deep/f again && ln -s closed/deep/f soft && chmod 6751 closed/deep/f && chmod 2750 closed/deep && \
                    chmod 0551 closed && chmod 1777 sticky && touch -d @86400.25 closed/deep/f closed sticky\nFROM scratch\nCOPY --from=made /o /\n";
        let context = Context::new(&[("Dockerfile", text)]);
        let output = tempfile::tempdir().unwrap();
        let (ours, theirs) = (output.path().join("ours"), output.path().join("theirs"));
        let export = Export::Directory(ours.clone());
        engine.build(BuildRequest { export, ..context.request(text) }).succeeded();
        let destination = format!("type=local,dest={}", theirs.display());
        let built = Command::new(&docker)
            .args(["--host", &engine.host, "buildx", "build", "--quiet", "--output", &destination])
            .arg(context.path())
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let listed = |root: &Path| {
            let listed = Command::new("find")
                .args([".", "-mindepth", "1", "-printf", "%P %y %m %n %s %U:%G %l %T@\n"])
                .current_dir(root)
                .output()
                .unwrap();
            let mut lines: Vec<String> =
                String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        // The time of a symbolic link is that of its making.
        let without_links = |root: &Path| {
            listed(root).into_iter().filter(|line| !line.starts_with("soft ")).collect::<Vec<_>>()
        };
        assert_eq!(without_links(&ours), without_links(&theirs));
        assert!(listed(&ours).iter().any(|line| line.starts_with("again f 6751 2 ")), "{:?}", listed(&ours));
        assert_eq!(fs::read_link(ours.join("soft")).unwrap(), Path::new("closed/deep/f"));
    });
}

#[test]
fn a_tar_file_comes_out() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("hello.txt", "hello tar")]);
        let output = tempfile::tempdir().unwrap();
        let tar = output.path().join("out.tar");
        let export = Export::Tar(tar.clone());
        engine.build(BuildRequest { export, ..context.request("FROM scratch\nCOPY . /\n") }).succeeded();
        let bytes = fs::read(tar).unwrap();
        assert!(bytes.windows(9).any(|window| window == b"hello tar") && bytes.len().is_multiple_of(512));
    });
}

#[test]
fn a_secret_reaches_its_step_and_nothing_else() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let value = format!("s3cr3t-{}", nonce());
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &value).unwrap();
        let text = format!(
            "FROM debian:bookworm-slim\nRUN --mount=type=secret,id=token test $(wc -c < /run/secrets/token) = {} && \
             echo nonce {}\nRUN test ! -s /run/secrets/token\n",
            value.len(),
            nonce()
        );
        let secrets =
            vec![SecretSpec { id: "token".to_owned(), source: SecretSource::File(file.path().to_owned()) }];
        let build = engine.build(BuildRequest { secrets, ..context.request(&text) }).succeeded();
        assert!(!format!("{:?}", build.events).contains(&value));
        let logs: Vec<u8> = build.events.iter().fold(Vec::new(), |mut logs, event| {
            if let BuildEvent::Log { data, .. } = event {
                logs.extend(data);
            }
            logs
        });
        assert!(!String::from_utf8_lossy(&logs).contains(&value));
    });
}

#[test]
fn a_secret_file_that_is_not_there_is_named() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let secrets =
            vec![SecretSpec { id: "token".to_owned(), source: SecretSource::File("/no/such/file".into()) }];
        let text = format!(
            "FROM debian:bookworm-slim\nRUN --mount=type=secret,id=token,required=true echo {}\n",
            nonce()
        );
        let build = engine.build(BuildRequest { secrets, ..context.request(&text) });
        assert!(build.failure().message.contains("/no/such/file"), "{}", build.failure().message);
    });
}

#[test]
fn a_required_secret_that_was_not_given_says_how_to_give_it() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let text = "FROM debian:bookworm-slim\nRUN --mount=type=secret,id=token,required=true cat /run/secrets/token\n";
        let build = engine.build(context.request(text));
        assert!(
            build.failure().message.contains("--secret id=token,src=FILE"),
            "{}",
            build.failure().message
        );
    });
}

#[test]
fn an_old_engine_says_that_it_takes_no_named_contexts() {
    let engine = Engine::new("20_10");
    let context = Context::new(&[]);
    let named_contexts = [("extra".to_owned(), context.path().display().to_string())].into();
    let build = engine
        .build(BuildRequest { named_contexts, ..context.request("FROM scratch\nCOPY --from=extra . /\n") });
    assert!(build.failure().message.contains("too old for named contexts"), "{}", build.failure().message);
    let notices = build.events.iter().filter(|event| matches!(event, BuildEvent::Notice { .. }));
    assert_eq!(notices.count(), 1);
}

#[test]
fn a_named_context_is_a_second_folder() {
    on_each(&TODAYS, |engine| {
        let context = Context::new(&[]);
        let extra = Context::new(&[("shared.txt", "shared")]);
        let output = tempfile::tempdir().unwrap();
        let request = BuildRequest {
            named_contexts: [("extra".to_owned(), extra.path().display().to_string())].into(),
            export: Export::Directory(output.path().to_owned()),
            ..context.request("FROM scratch\nCOPY --from=extra shared.txt /\n")
        };
        engine.build(request).succeeded();
        assert_eq!(files_in(output.path()), [("shared.txt".to_owned(), "shared".to_owned())]);
    });
}

#[test]
fn an_ssh_agent_answers_in_the_step() {
    on_each(&ALL, |engine| {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut question = [0; 4];
                stream.read_exact(&mut question).unwrap();
                question.reverse();
                stream.write_all(&question).unwrap();
            }
        });
        let ask = r#"$s = IO::Socket::UNIX->new(Peer => $ENV{SSH_AUTH_SOCK}) or die; $s->syswrite("gnip"); $s->sysread($b, 4); $b eq "ping" or die"#;
        let text = format!(
            "FROM debian:bookworm-slim\nRUN --mount=type=ssh perl -MIO::Socket::UNIX -e '{ask}' && echo {}\n",
            nonce()
        );
        let ssh = vec![format!("default={}", socket.display())];
        engine.build(BuildRequest { ssh, ..Context::new(&[]).request(&text) }).succeeded();
    });
}

#[test]
fn without_cache_and_network_every_step_runs_alone() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let text = "FROM debian:bookworm-slim\nRUN test \"$(ls /sys/class/net)\" = lo\n";
        let build = |no_cache| {
            let network = Some("none".to_owned());
            let build = engine.build(BuildRequest { network, no_cache, ..context.request(text) }).succeeded();
            build.steps().into_iter().any(|(name, cached)| name.starts_with("[2/2] RUN") && cached)
        };
        build(false);
        assert!(build(false));
        assert!(!build(true));
    });
}

#[test]
fn build_arguments_and_target_are_passed_on() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let output = tempfile::tempdir().unwrap();
        let text = "FROM debian:bookworm-slim AS base\nARG WHO\nRUN mkdir /o && echo \"$WHO\" > /o/who\n\
                    FROM scratch AS wanted\nCOPY --from=base /o /\nFROM scratch\nCOPY missing /\n";
        let request = BuildRequest {
            target: Some("wanted".to_owned()),
            build_args: [("WHO".to_owned(), "a b=c".to_owned())].into(),
            export: Export::Directory(output.path().to_owned()),
            ..context.request(text)
        };
        engine.build(request).succeeded();
        assert_eq!(files_in(output.path()), [("who".to_owned(), "a b=c\n".to_owned())]);
    });
}
