//! Which stage is built, by name, by number and without either.

use inner_loop::BuildRequest;

use super::harness::{ALL, Context, on_each};

#[test]
fn a_stage_is_built_by_its_number_where_it_has_no_name() {
    let text = "FROM debian:bookworm-slim\nRUN echo first\nFROM debian:bookworm-slim AS Named\nRUN echo second\n\
                FROM debian:bookworm-slim\nRUN echo third\n";
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let targets = [
            ("0", "[stage-0 2/2] RUN echo first"),
            ("1", "echo second"),
            ("2", "[stage-2 2/2] RUN echo third"),
        ];
        for (target, step) in targets {
            let request = BuildRequest { target: Some(target.to_owned()), ..context.request(text) };
            let steps = engine.build(request).succeeded().steps();
            assert!(steps.iter().any(|(name, _)| name.contains(step)), "{target}: {steps:?}");
            assert_eq!(
                steps.iter().filter(|(name, _)| name.contains("RUN")).count(),
                1,
                "{target}: {steps:?}"
            );
        }
    });
}
