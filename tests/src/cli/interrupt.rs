//! Ctrl-C where no engine answers.

use std::os::unix::net::UnixListener;
use std::process::Command;

use crate::program::{Folder, finish};

#[test]
fn a_build_on_an_engine_that_hangs_ends_at_once() {
    let folder = Folder::with_dockerfile("FROM alpine\n");
    let socket = folder.path("größe.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let host = format!("unix://{}", socket.display());
    let child = folder.command(["build", "--host", &host, "."]).spawn().unwrap();
    // It has found the engine, which says nothing.
    let _asked = listener.accept().unwrap();
    let _pinged = listener.accept().unwrap();
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    finish(child).exits(130);
}
