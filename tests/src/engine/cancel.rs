//! A build that is stopped stops: at once, with `Canceled`, and on the engine too.

use std::time::Instant;

use inner_loop::{BuildEvent, BuildOutcome};

use super::harness::{ALL, Context, Running, SOON, on_each};
use super::program_build::nonce;

#[test]
fn a_running_step_is_stopped() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let text = format!("FROM debian:bookworm-slim\nRUN echo {} && sleep 60\n", nonce());
        let mut running = Running::start(&engine.builder(), context.request(&text));
        running.wait_for(|event| matches!(event, BuildEvent::Log { .. }));
        let asked = Instant::now();
        running.handle.cancel();
        running.handle.cancel();
        let build = running.finish();
        assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
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
