//! Builders that go wrong in the middle of a build: a connection that says nothing more, and output without an end. Each build ends by
//! itself, and the next one works.

use std::path::Path;
use std::time::{Duration, Instant};

use inner_loop::BuildEvent;

use super::harness::{ALL, Build, Context, Engine, Running, on_each};
use super::program_build::nonce;
use super::relay::{Door, Flow, Shown};

/// A quiet connection is given up in half a minute; the step would take a minute and a half.
const STALL_LIMIT: Duration = Duration::from_secs(75);

/// The engine behind a door.
fn behind(door: &Door, engine: &Engine, folder: &Path) -> Engine {
    let socket = folder.join("docker.sock");
    door.on_socket(&socket, &engine.host, Shown::Engine);
    Engine::at("behind a door", format!("unix://{}", socket.display()))
}

/// The bytes that steps wrote.
fn logged(build: &Build) -> usize {
    build
        .events
        .iter()
        .map(|event| if let BuildEvent::Log { data, .. } = event { data.len() } else { 0 })
        .sum()
}

#[test]
fn a_connection_that_says_nothing_more_ends_the_build_and_the_next_one_works() {
    on_each(&["28"], |engine| {
        let folder = tempfile::tempdir().unwrap();
        let door = Door::default();
        let behind = behind(&door, engine, folder.path());
        let builder = behind.builder();
        let context = Context::new(&[("a", "a")]);
        let text = format!("FROM debian:bookworm-slim\nRUN echo {} && sleep 90\n", nonce());
        let mut running = Running::start(&builder, context.request(&text));
        running.wait_for(|event| matches!(event, BuildEvent::Log { .. }));
        door.set(Flow::Stalled);
        let stalled = Instant::now();
        let build = running.finish();
        assert!(build.failure().message.contains("went away"), "{:?}", build.failure());
        assert!(stalled.elapsed() < STALL_LIMIT, "{:?}", stalled.elapsed());
        door.set(Flow::Open);
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
        assert!(logged(&build) < 4_000_000, "{}", logged(&build));
        assert!(build.steps().iter().any(|(name, _)| name.contains("echo after")));
    });
}

#[test]
fn a_connection_that_is_cut_ends_the_build_and_the_next_one_works() {
    on_each(&ALL, |engine| {
        let folder = tempfile::tempdir().unwrap();
        let door = Door::default();
        let behind = behind(&door, engine, folder.path());
        let builder = behind.builder();
        let context = Context::new(&[("a", "a")]);
        let text = format!("FROM debian:bookworm-slim\nRUN echo {} && sleep 30\n", nonce());
        let mut running = Running::start(&builder, context.request(&text));
        running.wait_for(|event| matches!(event, BuildEvent::Log { .. }));
        door.cut();
        let build = running.finish();
        assert!(build.failure().message.contains("went away during the build"), "{:?}", build.failure());
        Running::start(&builder, context.request("FROM scratch\nCOPY a /\n")).finish().succeeded();
    });
}

#[test]
fn a_slow_connection_only_takes_longer() {
    on_each(&ALL, |engine| {
        let folder = tempfile::tempdir().unwrap();
        let door = Door::default();
        door.set(Flow::Slow);
        let behind = behind(&door, engine, folder.path());
        let content = nonce().repeat(5_000);
        let context = Context::new(&[("a", &content)]);
        let build = behind.build(context.request("FROM scratch\nCOPY a /\n")).succeeded();
        assert_eq!(build.context().bytes_sent, content.len() as u64);
    });
}
