//! A failed build: which step is to blame, why, and what the tools in it said.

use super::{Progress, StepProblem, VertexState};
use crate::causes::{self, Cause, Evidence};
use crate::event::BuildFailure;
use crate::problems::Findings;
use crate::record::StepRecord;
use syntax::Keyword;

impl Progress {
    /// The step that failed by itself, and was not stopped because another one did.
    pub(super) fn failed_step(&self, failure: &BuildFailure) -> Option<usize> {
        let named = failure.vertex.as_ref().and_then(|digest| self.vertices.get(digest)?.step);
        let at_lines = || {
            let source = failure.source?;
            self.steps.iter().position(|step| step.line <= source.last && source.first <= step.end_line)
        };
        let with_error = || {
            // The siblings of a failed vertex are stopped by it, and are no failures.
            let is_real = |state: &&VertexState| {
                state.error.as_ref().is_some_and(|error| !error.contains("context canceled"))
            };
            let step =
                |state: &VertexState| state.step.or_else(|| self.step_on_image(state.base_image.as_deref()?));
            self.vertices.values().filter(is_real).filter_map(step).min()
        };
        named.or_else(at_lines).or_else(with_error)
    }

    /// The first FROM of an image, which the builder names in full: `docker.io/library/node:22` for `node:22`.
    fn step_on_image(&self, image: &str) -> Option<usize> {
        let is_named = |step: &StepRecord| {
            let mut words = step.instruction.split(' ').skip(1).skip_while(|word| word.starts_with("--"));
            words.next().is_some_and(|name| {
                let rest =
                    image.strip_suffix(name).or_else(|| image.strip_suffix(":latest")?.strip_suffix(name));
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            })
        };
        (0..self.steps.len())
            .find(|index| self.keywords[*index] == Keyword::From && is_named(&self.steps[*index]))
    }

    /// What is told of a failure.
    pub(super) fn problem(&mut self, failure: &BuildFailure, failed: Option<usize>) -> StepProblem {
        let lines = failed.map(|index| (self.steps[index].line, self.steps[index].end_line));
        let (line, end_line) =
            failure.source.map(|source| (source.first, source.last)).or(lines).unwrap_or((1, 1));
        let digest = failure.vertex.clone().or_else(|| {
            let mut of_step =
                self.vertices.iter().filter(|(_, state)| failed.is_some() && state.step == failed);
            of_step.find(|(digest, _)| self.outputs.contains_key(*digest)).map(|(digest, _)| digest.clone())
        });
        let output = digest.and_then(|digest| self.outputs.get_mut(&digest));
        let (log, findings) = match output {
            Some(output) => (output.tail.lines(), std::mem::take(&mut output.reader).finish()),
            None => (Vec::new(), Findings::default()),
        };
        let instruction = failed.map_or("", |index| self.steps[index].instruction.as_str());
        let message = with_cause(failure, instruction, &log) + &left_out(&findings);
        StepProblem { line, end_line, message, log, findings }
    }
}

/// What the builder says, with the cause and what helps, where these are known.
fn with_cause(failure: &BuildFailure, instruction: &str, log: &[String]) -> String {
    let message = &failure.message;
    let evidence = Evidence { message, log, exit_code: failure.exit_code, instruction };
    match causes::of(&evidence).filter(|_| !failure.no_builder) {
        Some(Cause { cause, cure }) => format!("{message}\ncause: {cause}\nhelp: {cure}"),
        None => message.clone(),
    }
}

/// What of the output nobody has read, and what was too much of it.
fn left_out(findings: &Findings) -> String {
    let mut notes = String::new();
    if let Some(limit) = &findings.clipped {
        notes += &format!(
            "\nnote: the builder left out output of this step after {limit}, and errors with it; write less, or raise \
             BUILDKIT_STEP_LOG_MAX_SIZE and BUILDKIT_STEP_LOG_MAX_SPEED of the builder"
        );
    }
    if findings.left_out > 0 {
        notes += &format!("\nnote: {} more problems are in the log", findings.left_out);
    }
    notes
}
