//! A build that is stopped stops: at once, with `Canceled`, and on the engine too.

use std::time::{Duration, Instant};

use inner_loop::{BuildEvent, BuildOutcome};

use super::harness::{ALL, Context, Running, on_each};

#[test]
fn a_running_step_is_stopped_within_a_second() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let nonce = format!("{}-{:?}", std::process::id(), Instant::now());
        let text = format!("FROM debian:bookworm-slim\nRUN echo '{nonce}' && sleep 60\n");
        let mut running = Running::start(&engine.builder(), context.request(&text));
        running.wait_for(|event| matches!(event, BuildEvent::Log { .. }));
        let asked = Instant::now();
        running.handle.cancel();
        running.handle.cancel();
        let build = running.finish();
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
        assert_eq!(*build.outcome(), BuildOutcome::Canceled);
    });
}

#[test]
fn a_build_may_be_stopped_before_it_began_and_the_next_one_works() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("a", "a")]);
        let builder = engine.builder();
        let running = Running::start(&builder, context.request("FROM scratch\nCOPY a /\n"));
        running.handle.cancel();
        let build = running.finish();
        assert!(
            matches!(build.outcome(), BuildOutcome::Canceled | BuildOutcome::Succeeded { .. }),
            "{:?}",
            build.outcome()
        );
        Running::start(&builder, context.request("FROM scratch\nCOPY a /\n")).finish().succeeded();
    });
}
