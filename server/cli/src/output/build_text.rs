//! A build for people: a line when a step ends, and the end of its log where it fails.

use inner_loop::{StepProblem, StepRecord, StepState, Update};
use workspace::source_errors::LocatedProblem;

use super::source_text;

/// How wide an instruction is shown.
const INSTRUCTION_WIDTH: usize = 72;

/// Prints updates as lines.
#[derive(Debug)]
pub(crate) struct BuildText {
    file: String,
    with_log: bool,
    /// One of a loop of builds: what was cached goes unsaid.
    in_loop: bool,
}

impl BuildText {
    /// For one build of this Dockerfile.
    pub(crate) const fn new(file: String, with_log: bool) -> Self {
        Self { file, with_log, in_loop: false }
    }

    /// The same for each build of a loop, in few lines.
    pub(crate) fn of_loop(self) -> Self {
        Self { in_loop: true, ..self }
    }

    /// The line that opens a build of a loop.
    pub(crate) fn changed(files: &[String]) -> String {
        const NAMED: usize = 3;
        let names = match files {
            [] => "something".to_owned(),
            [one] => one.clone(),
            [first @ .., last] if files.len() <= NAMED => format!("{} and {last}", first.join(", ")),
            _ => format!("{} and {} more", files[..2].join(", "), files.len() - 2),
        };
        format!("\n{names} changed\n")
    }

    /// The lines of an update, where it has any.
    pub(crate) fn line(&self, update: &Update) -> Option<String> {
        Some(match update {
            Update::Started { builder } => format!("building {} on {builder}\n", self.file),
            Update::Step(step) if self.in_loop && (step.cached || step.state == StepState::Canceled) => {
                return None;
            }
            Update::Step(step) if step.state.is_closed() => self.step(step),
            Update::Step(_) => return None,
            Update::Log { line, text, .. } if self.with_log => {
                let place = line.map(|line| format!("{line:>4}")).unwrap_or_default();
                format!("{place:>4} │ {text}\n")
            }
            Update::Log { .. } => return None,
            Update::Context(_) if self.in_loop => return None,
            Update::Context(sent) => format!(
                "context: sent {} in {} of {} files ({})\n",
                ide::bytes(sent.bytes_sent),
                sent.files_sent,
                sent.files_total,
                ide::bytes(sent.bytes_total)
            ),
            Update::Report(_) => return None,
            Update::Notice { text } => format!("note: {text}\n"),
            Update::Problem(problem) => self.problem(problem, &[]),
            Update::Finished { ok, canceled, image, seconds, steps, cached } => {
                let how = match (ok, canceled) {
                    (true, _) => "built",
                    (false, true) => "canceled",
                    (false, false) => "failed",
                };
                let made = image
                    .as_ref()
                    .map(|image| format!(": {} ({})", short_id(&image.id), ide::bytes(image.size)));
                let made = made.unwrap_or_default();
                format!("{how} in {}, {cached} of {steps} steps cached{made}\n", ide::seconds(*seconds))
            }
        })
    }

    /// A failed step: the end of its log, what its tools said on lines of files, and why it failed.
    pub(crate) fn problem(&self, problem: &StepProblem, located: &[LocatedProblem]) -> String {
        let log: String = problem.log.iter().map(|line| format!("     │ {line}\n")).collect();
        let gap = if self.in_loop && log.is_empty() { "" } else { "\n" };
        let own = source_text::text(located);
        format!("{log}{gap}{own}{}:{}: {}\n", self.file, problem.line, problem.message)
    }

    fn step(&self, step: &StepRecord) -> String {
        let how = match step.state {
            StepState::Done if step.cached => "cached".to_owned(),
            StepState::Done => ide::seconds(step.seconds),
            StepState::Failed => format!("FAILED after {}", ide::seconds(step.seconds)),
            _ => "canceled".to_owned(),
        };
        let instruction = shortened(&step.instruction);
        format!("{:>4}  {:<10} {instruction:<INSTRUCTION_WIDTH$}  {how}\n", step.line, step.stage)
    }
}

pub(crate) fn shortened(instruction: &str) -> String {
    if instruction.chars().count() <= INSTRUCTION_WIDTH {
        return instruction.to_owned();
    }
    let kept: String = instruction.chars().take(INSTRUCTION_WIDTH - 1).collect();
    format!("{kept}…")
}

/// `sha256:0123456789ab…` as docker shortens it.
fn short_id(id: &str) -> &str {
    let digest = id.strip_prefix("sha256:").unwrap_or(id);
    digest.get(..12).unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_files_are_named_and_many_are_counted() {
        let check = |files: &[&str], expected: &str| {
            let files: Vec<_> = files.iter().map(|file| (*file).to_owned()).collect();
            assert_eq!(BuildText::changed(&files), format!("\n{expected} changed\n"));
        };
        check(&["src/größe.rs"], "src/größe.rs");
        check(&["a", "b", "c"], "a, b and c");
        check(&["a", "b", "c", "d"], "a, b and 2 more");
    }
}
