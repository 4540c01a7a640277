//! Builders that are not reached by a socket of this machine: over TCP with and without TLS, and through `ssh`. The engine's own BuildKit
//! is put behind each of them.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::thread;

use super::harness::{Engine, TODAYS, variable};
use crate::program::Folder;

const TEXT: &str = "FROM scratch\nCOPY a /\n";

/// Passes what comes to a port on to the engine's socket; to a `buildkitd` it is after the upgrade to HTTP/2.
fn serve(engine: &str, as_buildkitd: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let socket = engine.trim_start_matches("unix://").to_owned();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, mut engine) = (client.unwrap(), UnixStream::connect(&socket).unwrap());
            if as_buildkitd {
                upgrade(&mut engine);
            }
            join(&client, &engine);
        }
    });
    port
}

fn upgrade(engine: &mut UnixStream) {
    engine
        .write_all(b"POST /grpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        engine.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
}

fn join(client: &TcpStream, engine: &UnixStream) {
    let (mut from, mut to) = (client.try_clone().unwrap(), engine.try_clone().unwrap());
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    let (mut from, mut to) = (engine.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
}

/// Describes the builder and builds on it.
fn check(folder: &Folder, kind: &str) {
    let output = folder.run(&["builder"]).exits(0);
    assert!(output.stdout.starts_with(kind), "{}", output.stdout);
    folder.run(&["build", "--output", "out", "."]).exits(0);
    assert_eq!(folder.read("out/a"), "content");
    fs::remove_dir_all(folder.path("out")).unwrap();
}

fn folder() -> Folder {
    Folder::new(&[("Dockerfile", TEXT), ("a", "content")])
}

#[test]
fn engines_and_buildkitds_are_reached_over_tcp() {
    for name in TODAYS {
        let engine = Engine::new(name);
        let address = format!("tcp://127.0.0.1:{}", serve(&engine.host, false));
        check(&folder().with_host(&address), "docker ");
        // The same form of address: what listens there is found out.
        let address = format!("tcp://127.0.0.1:{}", serve(&engine.host, true));
        check(&folder().with_host(&address), "buildkitd ");
    }
}

#[test]
fn a_builder_of_buildx_is_reached_by_its_name() {
    let engine = Engine::new("28");
    let port = serve(&engine.host, true);
    let folder = folder().with_variable("BUILDX_BUILDER", "far");
    let instances = folder.home().join(".docker/buildx/instances");
    fs::create_dir_all(&instances).unwrap();
    let instance = format!(
        r#"{{"Name": "far", "Driver": "remote", "Nodes": [{{"Name": "far0", "Endpoint": "tcp://127.0.0.1:{port}", "DriverOpts": null}}]}}"#
    );
    fs::write(instances.join("far"), instance).unwrap();
    check(&folder, "buildkitd ");
    fs::remove_file(instances.join("far")).unwrap();
    let output = folder.run(&["builder"]).exits(2);
    assert!(output.stderr.contains("there is no builder `far`"), "{}", output.stderr);
}

/// A program in the place of `ssh`, which checks how it is called and then does what the other machine would.
#[test]
fn an_engine_is_reached_through_ssh() {
    let docker = variable("LAYERWISE_TEST_DOCKER");
    for name in TODAYS {
        let engine = Engine::new(name);
        let programs = tempfile::tempdir().unwrap();
        let ssh = programs.path().join("ssh");
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in *'-p 2222'*'-- me@far docker system dial-stdio') ;; *) exit 9 ;; esac\nexec {docker} -H {} system dial-stdio\n",
            engine.host
        );
        fs::write(&ssh, script).unwrap();
        fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap());
        let folder = folder().with_host("ssh://me@far:2222").with_variable("PATH", &path);
        check(&folder, "docker ");
        fs::write(&ssh, "#!/bin/sh\nexit 255\n").unwrap();
        let output = folder.run(&["build", "."]).exits(2);
        assert!(output.stderr.contains("ssh me@far docker version"), "{}", output.stderr);
    }
}
