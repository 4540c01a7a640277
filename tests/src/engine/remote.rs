//! Builders that are not reached by a socket of this machine: over TCP with and without TLS, and through `ssh`. The engine's own BuildKit
//! is put behind each of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::harness::{Engine, TODAYS, variable};
use super::relay::{Door, Shown};
use super::tls_relay;
use crate::program::Folder;

const TEXT: &str = "FROM scratch\nCOPY a /\n";

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
        let address = format!("tcp://127.0.0.1:{}", Door::default().on_port(&engine.host, Shown::Engine));
        check(&folder().with_host(&address), "docker ");
        // The same form of address: what listens there is found out.
        let address = format!("tcp://127.0.0.1:{}", Door::default().on_port(&engine.host, Shown::Buildkitd));
        check(&folder().with_host(&address), "buildkitd ");
    }
}

#[test]
fn a_builder_of_buildx_is_reached_by_its_name() {
    let engine = Engine::new("28");
    let port = Door::default().on_port(&engine.host, Shown::Buildkitd);
    let folder = folder().with_variable("BUILDX_BUILDER", "far");
    let instance = write_instance(&folder, port, "null");
    check(&folder, "buildkitd ");
    fs::remove_file(instance).unwrap();
    let output = folder.run(&["builder"]).exits(2);
    assert!(output.stderr.contains("there is no builder `far`"), "{}", output.stderr);
}

/// A builder `far`, as buildx keeps it.
fn write_instance(folder: &Folder, port: u16, options: &str) -> std::path::PathBuf {
    let instances = folder.home().join(".docker/buildx/instances");
    fs::create_dir_all(&instances).unwrap();
    let instance = format!(
        r#"{{"Name": "far", "Driver": "remote", "Nodes": [{{"Name": "far0", "Endpoint": "tcp://127.0.0.1:{port}", "DriverOpts": {options}}}]}}"#
    );
    fs::write(instances.join("far"), instance).unwrap();
    instances.join("far")
}

/// The engine itself speaks TLS here.
#[test]
fn an_engine_with_tls_is_reached_by_those_who_prove_who_they_are() {
    let engine = Engine::new("28_SMALL");
    let socket = Path::new(engine.host.trim_start_matches("unix://"));
    let port = fs::read_to_string(socket.with_file_name("port")).unwrap();
    let address = format!("tcp://127.0.0.1:{}", port.trim());
    let with_tls = |certificates: &Path| {
        let folder = folder().with_host(&address).with_variable("DOCKER_TLS_VERIFY", "1");
        folder.with_variable("DOCKER_CERT_PATH", certificates.to_str().unwrap())
    };
    let _quiet = super::small::alone();
    check(&with_tls(&tls_relay::certificates()), "docker ");
    let only_ca = tempfile::tempdir().unwrap();
    fs::copy(tls_relay::certificates().join("ca.pem"), only_ca.path().join("ca.pem")).unwrap();
    with_tls(only_ca.path()).run(&["build", "."]).exits(2);
    // Without TLS it is told that there is none.
    folder().with_host(&address).run(&["build", "."]).exits(2);
}

/// The engine's own BuildKit as a `buildkitd` behind TLS, which gRPC wants to have agreed on HTTP/2.
#[test]
fn a_buildkitd_with_tls_is_reached_with_the_certificates_of_its_builder() {
    let engine = Engine::new("28");
    let relay = tls_relay::Relay::before(&engine.host);
    let files = tls_relay::certificates();
    let options = |key: bool| {
        let file = |name: &str| files.join(name).display().to_string();
        let own = if key {
            format!(r#", "cert": "{}", "key": "{}""#, file("cert.pem"), file("key.pem"))
        } else {
            String::new()
        };
        format!(r#"{{"cacert": "{}"{own}}}"#, file("ca.pem"))
    };
    let folder = folder().with_variable("BUILDX_BUILDER", "far");
    write_instance(&folder, relay.port, &options(true));
    check(&folder, "buildkitd ");
    write_instance(&folder, relay.port, &options(false));
    folder.run(&["build", "."]).exits(2);
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
