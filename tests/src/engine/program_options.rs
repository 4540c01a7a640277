//! The flags of `layerwise build`, on real engines.

use std::fs;
use std::process::Command;

use super::program_build::{ALL, TODAYS, closing, events, last, nonce, on_each};
use crate::program::Folder;

#[test]
fn a_secret_reaches_its_step_and_nothing_else() {
    on_each(&ALL, |host| {
        let secret = format!("s3cret-{}", nonce());
        let text = format!(
            "FROM debian:bookworm-slim\n# {}\nRUN --mount=type=secret,id=token test -n \"$(cat /run/secrets/token)\" && md5sum /run/secrets/token\n",
            nonce()
        );
        let folder = Folder::with_dockerfile(&text).with_host(host).with_variable("TOKEN", &secret);
        for progress in ["json", "plain", "auto"] {
            let arguments =
                ["build", "--no-cache", "--progress", progress, "--secret", "id=token,env=TOKEN", "."];
            let output = folder.run(&arguments).exits(0);
            assert!(!output.stdout.contains(&secret) && !output.stderr.contains(&secret), "{output:?}");
        }
        // Neither in a failure, nor in what the program keeps.
        let output = folder.run(&["build", "--secret", "id=other,env=TOKEN", "--no-cache", "."]).exits(1);
        assert!(!output.stdout.contains(&secret) && !output.stderr.contains(&secret), "{output:?}");
        let kept = Command::new("grep").args(["-r", "-l", &secret]).arg(folder.home()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&kept.stdout), "");
    });
}

#[test]
fn results_go_to_a_folder_or_an_archive() {
    on_each(&ALL, |host| {
        let folder =
            Folder::new(&[("Dockerfile", "FROM scratch\nCOPY a /b/\n"), ("a", "text")]).with_host(host);
        for (output, made) in [("out", "out/b/a"), ("type=local,dest=out2", "out2/b/a")] {
            let events = events(&folder, &["-o", output, "."], 0);
            assert_eq!(
                (&last(&events)["ok"], &last(&events)["image"]),
                (&true.into(), &serde_json::Value::Null)
            );
            assert_eq!(folder.read(made), "text");
        }
        events(&folder, &["-o", "type=tar,dest=out.tar", "."], 0);
        let list = Command::new("tar").arg("-tf").arg(folder.path("out.tar")).output().unwrap();
        assert!(String::from_utf8_lossy(&list.stdout).lines().any(|name| name == "b/a"), "{list:?}");
        events(&folder, &["-o", "type=cacheonly", "."], 0);
    });
}

#[test]
fn build_arguments_come_from_the_flag_or_the_environment() {
    on_each(&TODAYS, |host| {
        let text = "FROM debian:bookworm-slim AS made\nARG ONE TWO=default THREE\nRUN echo \"$ONE $TWO $THREE\" > /out\n\
            FROM scratch\nCOPY --from=made /out /\n";
        let folder = Folder::with_dockerfile(text).with_host(host).with_variable("THREE", "3");
        let arguments =
            ["--build-arg", "ONE=a=b", "--build-arg", "THREE", "--build-arg", "TWO", "-o", "out", "."];
        events(&folder, &arguments, 0);
        assert_eq!(folder.read("out/out"), "a=b default 3\n");
    });
}

#[test]
fn a_target_is_built_by_name_in_any_case_and_no_other_stage() {
    on_each(&ALL, |host| {
        let text = "FROM scratch AS one\nCOPY a /one\nFROM scratch AS two\nCOPY a /two\nFROM debian:bookworm-slim\nRUN exit 1\n";
        let folder = Folder::new(&[("Dockerfile", text), ("a", "text")]).with_host(host);
        for (target, line, made) in [("one", 1, "one"), ("TWO", 3, "two")] {
            let events = events(&folder, &["--target", target, "-o", "out", "."], 0);
            let lines: Vec<_> = closing(&events).iter().map(|step| step["line"].as_u64().unwrap()).collect();
            assert_eq!(lines, [line, line + 1], "{target}");
            assert_eq!(folder.read(&format!("out/{made}")), "text");
        }
    });
}

#[test]
fn the_dockerfile_may_lie_outside_of_the_context() {
    on_each(&ALL, |host| {
        let folder = Folder::new(&[
            ("docker/web.Dockerfile", "FROM scratch\nCOPY . /\n"),
            ("docker/web.Dockerfile.dockerignore", "ignored\n"),
            ("context/a", "text"),
            ("context/ignored", "x"),
        ])
        .with_host(host);
        let built = events(&folder, &["-f", "docker/web.Dockerfile", "-o", "out", "context"], 0);
        assert_eq!(built[0]["file"], "docker/web.Dockerfile");
        assert_eq!(folder.read("out/a"), "text");
        assert!(!folder.path("out/ignored").exists());
        let absolute = folder.path("docker/web.Dockerfile").display().to_string();
        events(&folder, &["-f", &absolute, "-o", "out2", "context"], 0);
    });
}

#[test]
fn odd_files_in_the_context_do_no_harm() {
    on_each(&ALL, |host| {
        let text = "FROM debian:bookworm-slim AS made\nCOPY . /x\nRUN ls -A /x > /out\nFROM scratch\nCOPY --from=made /out /\n";
        let folder = Folder::new(&[("Dockerfile", text), ("a", "text")]).with_host(host);
        std::os::unix::fs::symlink("loop", folder.path("loop")).unwrap();
        std::os::unix::fs::symlink("..", folder.path("up")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path("dangling")).unwrap();
        fs::create_dir(folder.path("empty")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.path("socket")).unwrap();
        assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
        events(&folder, &["-o", "../out", "."], 0);
        let copied = fs::read_to_string(folder.path("../out/out")).unwrap();
        for name in ["a", "loop", "up", "dangling", "empty"] {
            assert!(copied.lines().any(|line| line == name), "{name}: {copied}");
        }
    });
}

#[test]
fn an_untagged_build_leaves_one_image_and_a_tag_names_it() {
    on_each(&ALL, |host| {
        let text = |nonce: &str| format!("FROM scratch\nCOPY a /\nLABEL nonce={nonce}\n");
        let folder = Folder::new(&[("Dockerfile", &text(&nonce())), ("a", "text")]).with_host(host);
        let first = last(&events(&folder, &["."], 0))["image"].as_str().unwrap().to_owned();
        assert!(has_image(host, &first));
        folder.write("Dockerfile", text(&nonce()));
        let second = last(&events(&folder, &["."], 0))["image"].as_str().unwrap().to_owned();
        assert!(!has_image(host, &first) && has_image(host, &second));
        let tag = format!("layerwise-test-program:{}", nonce());
        let third = last(&events(&folder, &["-t", &tag, "."], 0))["image"].clone();
        assert!(has_image(host, &tag) && third == second.as_str());
        remove_image(host, &tag);
        remove_image(host, &second);
    });
}

fn has_image(host: &str, image: &str) -> bool {
    super::api::has_image(&engine(host), image)
}

fn remove_image(host: &str, image: &str) {
    super::api::remove_image(&engine(host), image);
}

fn engine(host: &str) -> super::harness::Engine {
    super::harness::Engine::at("any", host.to_owned())
}
