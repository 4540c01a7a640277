//! Builders that go wrong in the middle of a build: a connection that says nothing more, and output without an end. Each build ends by
//! itself, and the next one works.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use inner_loop::BuildEvent;
use test_support::Gate;

use super::harness::{ALL, Context, Engine, Running, on_each};
use super::program_build::nonce;

/// A socket before an engine's, on which nothing comes through while it is stalled.
fn stalling(engine: &Engine, socket: &std::path::Path, stalled: &Arc<AtomicBool>) {
    let listener = UnixListener::bind(socket).unwrap();
    let (target, stalled) = (engine.host.trim_start_matches("unix://").to_owned(), Arc::clone(stalled));
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, engine) = (client.unwrap(), UnixStream::connect(&target).unwrap());
            pump(client.try_clone().unwrap(), engine.try_clone().unwrap(), Arc::clone(&stalled));
            pump(engine, client, Arc::clone(&stalled));
        }
    });
}

fn pump(mut from: UnixStream, mut to: UnixStream, stalled: Arc<AtomicBool>) {
    thread::spawn(move || {
        let mut chunk = vec![0; 1 << 16];
        while let Ok(n_bytes @ 1..) = from.read(&mut chunk) {
            if stalled.load(Ordering::SeqCst) {
                // As a network that is gone: the connection stays, and nothing ever comes.
                Gate::new().wait();
            }
            if to.write_all(&chunk[..n_bytes]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
}

#[test]
fn a_connection_that_says_nothing_more_ends_the_build_and_the_next_one_works() {
    on_each(&["28"], |engine| {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("docker.sock");
        let stalled = Arc::new(AtomicBool::new(false));
        stalling(engine, &socket, &stalled);
        let behind = Engine::at("stalling", format!("unix://{}", socket.display()));
        let builder = behind.builder();
        let context = Context::new(&[("a", "a")]);
        let text = format!("FROM debian:bookworm-slim\nRUN echo {} && sleep 90\n", nonce());
        let mut running = Running::start(&builder, context.request(&text));
        running.wait_for(|event| matches!(event, BuildEvent::Log { .. }));
        stalled.store(true, Ordering::SeqCst);
        let build = running.finish();
        assert!(build.failure().message.contains("went away"), "{:?}", build.failure());
        assert!(build.took < Duration::from_secs(60), "{:?}", build.took);
        stalled.store(false, Ordering::SeqCst);
        Running::start(&builder, context.request("FROM scratch\nCOPY a /\n")).finish().succeeded();
    });
}

#[test]
fn output_without_an_end_is_cut_by_the_engine_and_the_build_goes_on() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let text = format!(
            "FROM debian:bookworm-slim\nRUN echo {} && yes 'größe 👍 0123456789012345678901234567890123456789' | head -c 30000000\nRUN echo after\n",
            nonce()
        );
        let build = engine.build(context.request(&text)).succeeded();
        let logged: usize = build
            .events
            .iter()
            .map(|event| if let BuildEvent::Log { data, .. } = event { data.len() } else { 0 })
            .sum();
        assert!(logged < 31_000_000, "{logged}");
        assert!(build.steps().iter().any(|(name, _)| name.contains("echo after")));
    });
}
