//! The lines of a build without BuildKit, as events on the Dockerfile's steps.
//!
//! ```text
//! [1/3] STEP 4/5: COPY a /app/
//! --> Using cache 08b7e713e6a5…
//! --> 08b7e713e6a
//! ```
//!
//! The number before STEP is the stage's, absent where there is one; STEP counts every instruction, FROM included. All else is output
//! of the step. Source: `stage_executor.go` and `executor.go` of containers/buildah, which run one step after the other.

use inner_loop::{BuildEvent, BuildFailure, LogStream, Seconds, Vertex, VertexProgress};
use semantic::Model;

use crate::failure;

/// Reads the lines of one build.
pub(crate) struct Lines {
    /// Of each stage, the name of each instruction's vertex as BuildKit would have it; absent for those that are no steps.
    stages: Vec<Vec<Option<String>>>,
    current: Option<Current>,
    previous: Option<String>,
    /// Whether the last line said that the image is made, unless a command wrote it: what follows tells.
    commits: Option<String>,
    is_committed: bool,
}

struct Current {
    stage: usize,
    /// From 1.
    number: usize,
    /// The instruction in the builder's words.
    text: String,
    vertex: Option<Vertex>,
}

struct Step<'a> {
    stage: usize,
    number: usize,
    total: usize,
    text: &'a str,
}

impl Lines {
    pub(crate) fn new(model: &Model, target: Option<&str>) -> Self {
        let target = target.map_or_else(|| model.final_stage(), |name| model.target(name));
        let steps = target.map(|target| model.steps(target.index)).unwrap_or_default();
        let name = |stage: usize, line: u32| {
            let step = steps.iter().find(|step| step.stage == stage && step.line == line + 1)?;
            Some(format!("{}{}", step.vertex_prefix.as_ref()?, step.instruction))
        };
        let stages = model.stages.iter().map(|stage| {
            let instructions = stage.instructions.iter().map(|item| &item.instruction);
            std::iter::once(&stage.from)
                .chain(instructions)
                .map(|item| name(stage.index, item.line))
                .collect()
        });
        Self { stages: stages.collect(), current: None, previous: None, commits: None, is_committed: false }
    }

    /// Takes what the builder says at once, which is a line or a piece of one.
    pub(crate) fn take(&mut self, text: &str, now: Seconds) -> Vec<BuildEvent> {
        if let Some(step) = step(text).filter(|step| self.is_next(step)) {
            return self.begin(&step, now);
        }
        if self.is_committed {
            return Vec::new();
        }
        if let Some(commits) = self.commits.take() {
            if is_result(text) {
                self.is_committed = true;
                return self.complete(now);
            }
            let mut events = self.log(&commits);
            events.extend(self.take(text, now));
            return events;
        }
        if self.is_last() && is_commit(text) {
            self.commits = Some(text.to_owned());
            return Vec::new();
        }
        let Some(current) = &mut self.current else { return self.log(text) };
        if text.starts_with("--> Using cache ") {
            if let Some(vertex) = &mut current.vertex {
                vertex.cached = true;
            }
            return Vec::new();
        }
        if is_result(text) {
            // What follows the result of the last step names the image, which is told apart.
            self.is_committed = self.is_last();
            return self.complete(now);
        }
        let Some(vertex) = &current.vertex else { return self.log(text) };
        let mut events = Vec::new();
        if text.starts_with("Trying to pull ") {
            events.push(BuildEvent::VertexProgress(VertexProgress {
                vertex: vertex.digest.clone(),
                id: format!("downloading {}", text.trim_end()),
                ..VertexProgress::default()
            }));
        }
        events.extend(self.log(text));
        events
    }

    /// The build succeeded.
    pub(crate) fn end(&mut self, now: Seconds) -> Vec<BuildEvent> {
        self.complete(now)
    }

    /// The build failed, with the builder's words for it.
    pub(crate) fn fail(&mut self, error: &str, now: Seconds) -> (Vec<BuildEvent>, BuildFailure) {
        let error = error.trim();
        let current = self.current.take();
        let before = |current: &Current| format!("building at STEP \"{}\": ", current.text);
        let exact = current.as_ref().and_then(|current| error.strip_prefix(&before(current)));
        let own = exact.or_else(|| Some(error.strip_prefix("building at STEP \"")?.split_once("\": ")?.1));
        // The builder prints its own data behind some messages.
        let own = own.map(|own| own.split(" &imagebuilder.").next().unwrap_or(own));
        let exit_code = own
            .and_then(|own| own.rsplit_once("exit status "))
            .and_then(|(_, code)| code.trim().parse().ok());
        let message = match (exit_code, own) {
            (Some(code), _) => format!("the command failed with exit status {code}"),
            (None, own) => own.unwrap_or(error).to_owned(),
        };
        let vertex = current.and_then(|current| current.vertex);
        let failure = BuildFailure {
            source: failure::line_in_text(&message),
            vertex: vertex.as_ref().map(|vertex| vertex.digest.clone()),
            exit_code,
            no_builder: false,
            message,
        };
        let failed = vertex.map(|vertex| {
            let error = Some(failure.message.clone());
            BuildEvent::Vertex(Vertex { completed: Some(now), error, ..vertex })
        });
        (failed.into_iter().collect(), failure)
    }

    /// Steps come in order, so that a command's output that looks like one is told from it.
    fn is_next(&self, step: &Step) -> bool {
        let Some(stage) = self.stages.get(step.stage) else { return false };
        let follows = match &self.current {
            Some(current) if current.stage == step.stage => step.number == current.number + 1,
            Some(current) => step.stage > current.stage && step.number == 1,
            None => step.number == 1,
        };
        follows && stage.len() == step.total
    }

    fn is_last(&self) -> bool {
        self.current.as_ref().is_some_and(|current| current.number == self.stages[current.stage].len())
    }

    fn begin(&mut self, step: &Step, now: Seconds) -> Vec<BuildEvent> {
        let mut events = self.complete(now);
        // It was a stage's end alone.
        self.is_committed = false;
        let name = self.stages[step.stage][step.number - 1].clone();
        let vertex = name.map(|name| Vertex {
            digest: format!("step {} {}", step.stage, step.number),
            name,
            inputs: self.previous.iter().cloned().collect(),
            started: Some(now),
            ..Vertex::default()
        });
        events.extend(vertex.clone().map(BuildEvent::Vertex));
        let text = step.text.to_owned();
        self.current = Some(Current { stage: step.stage, number: step.number, text, vertex });
        events
    }

    /// Closes the current step; its number stays, for what follows.
    fn complete(&mut self, now: Seconds) -> Vec<BuildEvent> {
        let Some(vertex) = self.current.as_mut().and_then(|current| current.vertex.take()) else {
            return Vec::new();
        };
        self.previous = Some(vertex.digest.clone());
        vec![BuildEvent::Vertex(Vertex { completed: Some(now), ..vertex })]
    }

    fn log(&self, text: &str) -> Vec<BuildEvent> {
        let vertex = self.current.as_ref().and_then(|current| current.vertex.as_ref());
        // What belongs to no step is shown without a line.
        let vertex = vertex.map_or_else(String::new, |vertex| vertex.digest.clone());
        vec![BuildEvent::Log { vertex, stream: LogStream::Stdout, data: text.as_bytes().to_vec() }]
    }
}

/// `[1/3] STEP 4/5: COPY a /app/`.
fn step(line: &str) -> Option<Step<'_>> {
    let (stage, rest) = match line.strip_prefix('[') {
        Some(rest) => {
            let (numbers, rest) = rest.split_once("] ")?;
            (numbers.split_once('/')?.0.parse::<usize>().ok()?.checked_sub(1)?, rest)
        }
        None => (0, line),
    };
    let (numbers, text) = rest.strip_prefix("STEP ")?.split_once(": ")?;
    let (number, total) = numbers.split_once('/')?;
    Some(Step {
        stage,
        number: number.parse().ok()?,
        total: total.parse().ok()?,
        text: text.trim_end_matches('\n'),
    })
}

/// `--> 08b7e713e6a`, the id of what a step made.
fn is_result(line: &str) -> bool {
    let id = line.strip_prefix("--> ").map(|id| id.trim_end_matches('\n'));
    id.is_some_and(|id| id.len() >= 10 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `[3/3] COMMIT docker.io/library/x`.
fn is_commit(line: &str) -> bool {
    let rest = if line.starts_with('[') { line.split_once("] ").map_or("", |(_, rest)| rest) } else { line };
    rest.trim_end() == "COMMIT" || rest.starts_with("COMMIT ")
}

#[cfg(test)]
mod tests;
