//! What goes wrong on an engine of its own: it is killed and comes back, its store is full, and it passes on all that a step says.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use inner_loop::BuildEvent;

use super::harness::{Build, Context, Engine, Running};
use super::program_build::nonce;

/// The engine is one for all tests: whoever uses it has it alone.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn engine() -> Engine {
    Engine::new("28_SMALL")
}

/// An engine that was killed, until it is dropped: a test that fails meanwhile leaves it running for the others.
struct Killed;

impl Killed {
    fn kill(engine: &Engine) -> Self {
        let socket = Path::new(engine.host.trim_start_matches("unix://"));
        let pid = fs::read_to_string(socket.with_file_name("docker.pid")).unwrap();
        assert!(Command::new("kill").args(["-KILL", pid.trim()]).status().unwrap().success());
        Self
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/engine.sh");
        assert!(Command::new(script).args(["relaunch", "28-small"]).status().unwrap().success());
    }
}

fn logged(build: &Build) -> usize {
    build
        .events
        .iter()
        .map(|event| if let BuildEvent::Log { data, .. } = event { data.len() } else { 0 })
        .sum()
}

#[test]
fn an_engine_that_is_killed_ends_the_build_and_is_used_again_when_it_is_back() {
    let _alone = alone();
    let engine = engine();
    let builder = engine.builder();
    let context = Context::new(&[("a", "a")]);
    let text = format!("FROM debian:bookworm-slim\nRUN echo {} && sleep 20\n", nonce());
    let mut running = Running::start(&builder, context.request(&text));
    running.wait_for(|event| matches!(event, BuildEvent::Log { .. }));
    let killed = Killed::kill(&engine);
    let build = running.finish();
    assert!(build.failure().message.contains("went away during the build"), "{:?}", build.failure());
    let without = Running::start(&builder, context.request("FROM scratch\nCOPY a /\n")).finish();
    let failure = without.failure();
    assert!(failure.no_builder && failure.message.contains("start it"), "{failure:?}");
    fs::remove_file(engine.host.trim_start_matches("unix://")).unwrap();
    let without = Running::start(&builder, context.request("FROM scratch\nCOPY a /\n")).finish();
    assert!(
        without.failure().message.contains("there is no such socket; start the engine"),
        "{without:?}",
        without = without.failure()
    );
    drop(killed);
    Running::start(&builder, context.request(&text.replace("sleep 20", "true"))).finish().succeeded();
}

#[test]
fn a_store_without_room_is_named_and_the_engine_comes_back() {
    let _alone = alone();
    let engine = engine();
    let context = Context::new(&[("a", "a")]);
    let text =
        format!("FROM debian:bookworm-slim\nRUN echo {} && head -c 700M /dev/zero > /large\n", nonce());
    let build = engine.build(context.request(&text));
    assert!(build.failure().exit_code.is_some_and(|code| code != 0), "{:?}", build.failure());
    engine.build(context.request("FROM scratch\nCOPY a /\n")).succeeded();

    let large = fs::File::create(context.path().join("large")).unwrap();
    large.set_len(700 << 20).unwrap();
    let build = engine.build(context.request("FROM scratch\nCOPY large /\n"));
    let message = &build.failure().message;
    assert!(message.contains("no space left on device"), "{message}");
    // It holds on to the half-written file for as long as it runs, and has no room to remove anything.
    let killed = Killed::kill(&engine);
    drop(killed);
    fs::remove_file(context.path().join("large")).unwrap();
    engine.build(context.request("FROM scratch\nCOPY a /\n")).succeeded();
}

#[test]
fn fifty_megabytes_of_output_all_come() {
    let _alone = alone();
    let engine = engine();
    let text = format!(
        "FROM debian:bookworm-slim\nRUN echo {} && yes 'größe 👍 0123456789012345678901234567890123456789' | head -c 50000000\n",
        nonce()
    );
    let build = engine.build(Context::new(&[]).request(&text)).succeeded();
    assert!((50_000_000..50_100_000).contains(&logged(&build)), "{}", logged(&build));
}
