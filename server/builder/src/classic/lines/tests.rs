//! What people are told of the lines of a build without BuildKit.

use expect_test::{Expect, expect};
use inner_loop::{BuildOutcome, BuildRequest, Progress, Update};

use super::*;

/// What people are told of a build whose builder says these lines. A line `error: …` ends it.
fn check(dockerfile: &str, said: &[&str], expected: &Expect) {
    let request = BuildRequest { dockerfile_text: dockerfile.to_owned(), ..BuildRequest::default() };
    let model = request.model();
    let mut lines = Lines::new(&model, None);
    let mut progress = Progress::of(&model, None);
    let mut told = String::new();
    let mut events = Vec::new();
    let mut outcome = BuildOutcome::Succeeded { image: None };
    for (index, line) in said.iter().enumerate() {
        let now = f64::from(u32::try_from(index).unwrap());
        match line.strip_prefix("error: ") {
            Some(error) => {
                let (failed, failure) = lines.fail(error, now);
                events.extend(failed);
                outcome = BuildOutcome::Failed(failure);
            }
            None => events.extend(lines.take(&format!("{line}\n"), now)),
        }
    }
    events.extend(lines.end(99.0));
    events.push(BuildEvent::Finished { outcome, seconds: 99.0 });
    for update in events.into_iter().flat_map(|event| progress.apply(event)) {
        told += &match update {
            Update::Step(step) => {
                let cached = if step.cached { ", cached" } else { "" };
                format!(
                    "{} {}: {:?}{cached}, {:.0} s\n",
                    step.line, step.instruction, step.state, step.seconds
                )
            }
            Update::Log { line, text, .. } => format!("{line:?} | {text}\n"),
            Update::Problem(problem) => format!("{}: {}\n", problem.line, problem.message),
            _ => continue,
        };
    }
    expected.assert_eq(&told);
}

#[test]
fn steps_are_those_of_the_dockerfile_and_output_is_theirs() {
    check(
        "FROM debian AS build\nENV A=b\nRUN make \\\n  all\nFROM debian AS unused\nRUN x\nFROM debian\nCOPY --from=build /o /\nCMD [\"x\"]\n",
        &[
            "[1/3] STEP 1/3: FROM debian AS build",
            "[1/3] STEP 2/3: ENV A=b",
            "--> Using cache 1e4999197b779dba3a1bd1923e87f136f6748d552fe824e57eebd8fcae23850a",
            "--> 1e4999197b7",
            "[1/3] STEP 3/3: RUN make   all",
            "größe 👍",
            "STEP 2/2: not a step",
            "--> what a command may say",
            "--> 64204587b12",
            "[3/3] STEP 1/3: FROM debian",
            "[3/3] STEP 2/3: COPY --from=build /o /",
            "--> Using cache c0153112bf8537eed5c6d0b8ee60f2b8c58a21cf98a03f2445177833acdb13ae",
            "--> c0153112bf8",
            "[3/3] STEP 3/3: CMD [\"x\"]",
            "[3/3] COMMIT",
            "--> 6288fea44fe",
            "Successfully built 6288fea44fe",
        ],
        &expect![[r#"
            1 FROM debian AS build: Running, cached, 0 s
            1 FROM debian AS build: Done, cached, 1 s
            3 RUN make all: Running, 0 s
            Some(3) | größe 👍
            Some(3) | STEP 2/2: not a step
            Some(3) | --> what a command may say
            3 RUN make all: Done, 4 s
            7 FROM debian: Running, cached, 0 s
            7 FROM debian: Done, cached, 1 s
            8 COPY --from=build /o /: Running, 0 s
            8 COPY --from=build /o /: Done, cached, 2 s
        "#]],
    );
}

#[test]
fn a_failed_command_has_its_line_and_its_exit_status() {
    check(
        "FROM debian\nRUN echo \"a\": && exit 3\n",
        &[
            "STEP 1/2: FROM debian",
            "Trying to pull docker.io/library/debian:latest...",
            "STEP 2/2: RUN echo \"a\": && exit 3",
            "a:",
            "COMMIT",
            "what a database says",
            "error: building at STEP \"RUN echo \"a\": && exit 3\": while running runtime: exit status 3\n",
        ],
        &expect![[r#"
            1 FROM debian: Running, cached, 0 s
            Some(1) | Trying to pull docker.io/library/debian:latest...
            1 FROM debian: Done, 2 s
            2 RUN echo "a": && exit 3: Running, 0 s
            Some(2) | a:
            Some(2) | COMMIT
            Some(2) | what a database says
            2 RUN echo "a": && exit 3: Failed, 4 s
            2: the command failed with exit status 3
        "#]],
    );
}

#[test]
fn what_fails_before_any_step_is_said_in_the_builders_words() {
    check(
        "FROM debian\nRUNX a\n",
        &[
            "STEP 1/2: FROM debian",
            "error: building at STEP \"RUNX a\": Build error: Unknown instruction: \"RUNX\" &imagebuilder.Step{Env:[]string{}}",
        ],
        &expect![[r#"
            1 FROM debian: Running, cached, 0 s
            1 FROM debian: Failed, 1 s
            1: Build error: Unknown instruction: "RUNX"
        "#]],
    );
}

#[test]
fn a_builder_that_counts_other_steps_is_not_believed() {
    check(
        "FROM debian\nRUN <<E\na\nE\n",
        &["STEP 1/3: FROM debian", "STEP 2/3: RUN <<E", "--> 1e4999197b7"],
        &expect![[r#"
            None | STEP 1/3: FROM debian
            None | STEP 2/3: RUN <<E
            None | --> 1e4999197b7
            1 FROM debian: Done, cached, 0 s
            2 RUN <<E: Done, cached, 0 s
        "#]],
    );
}
