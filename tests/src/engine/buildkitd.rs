//! A `buildkitd`: BuildKit's gRPC at once on the socket, and the session as a stream of it. The engine's own BuildKit is
//! put behind such a socket.

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

use inner_loop::{BuildEvent, BuildRequest, Builder, Export};

use super::harness::{Context, Engine, TODAYS, files_in, on_each};

/// Passes what comes to `socket` on to the engine, after its upgrade to HTTP/2.
fn serve(listener: UnixListener, engine: String) {
    thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            let mut engine = UnixStream::connect(&engine).unwrap();
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
            for (mut from, mut to) in
                [(client.try_clone().unwrap(), engine.try_clone().unwrap()), (engine, client)]
            {
                thread::spawn(move || io::copy(&mut from, &mut to));
            }
        }
    });
}

#[test]
fn a_buildkitd_is_described_and_builds() {
    on_each(&TODAYS, |engine| {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("buildkitd.sock");
        serve(UnixListener::bind(&socket).unwrap(), engine.host.trim_start_matches("unix://").to_owned());
        let behind = Engine::at("buildkitd", format!("unix://{}", socket.display()));
        let description = behind.builder().describe().unwrap();
        assert_eq!(description.kind, "buildkitd");
        assert!(description.frontend.heredocs, "{description:?}");

        let context = Context::new(&[("a/b", "deep"), ("c", "flat")]);
        let output = tempfile::tempdir().unwrap();
        let export = Export::Directory(output.path().to_owned());
        let build =
            behind.build(BuildRequest { export, ..context.request("FROM scratch\nCOPY . /\n") }).succeeded();
        assert_eq!(files_in(output.path()), files_in(context.path()));
        assert!(
            matches!(&build.events[0], BuildEvent::Started { builder } if builder.starts_with("buildkitd "))
        );
    });
}
