//! The reducer: builder events in, the state of the Dockerfile's steps out.
//!
//! BuildKit speaks of vertices, which may start and complete several times; people speak of instructions. Each step gets exactly one
//! closing update: when a vertex that reads it begins, or when the build ends, because only then is it certain that it does not start again.

mod failure;

use std::collections::{BTreeMap, HashMap};

use semantic::{Model, Step};
use syntax::Keyword;

use crate::causes::name_resolution;
use crate::event::{
    BuildEvent, BuildOutcome, BuiltImage, ContextTransfer, HistoryEntry, LogStream, Seconds, Vertex,
};
use crate::log::{LineBuffer, StepLog, Tail};
use crate::problems::{Findings, LogReader};
use crate::record::{BuildRecord, EndedBuild, StepRecord, StepState};
use crate::test_results::ReportFile;
use crate::vertex_name::{StepNumber, step_number};

/// What happened, in terms of the Dockerfile.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// The builder took the request.
    Started {
        /// The builder's name and version.
        builder: String,
    },
    /// A step began to run or came to its end.
    Step(StepRecord),
    /// A line of output.
    Log {
        /// The step's first line in the Dockerfile, from 1; absent where no step wrote it.
        line: Option<u32>,
        /// Which stream.
        stream: LogStream,
        /// The line without its end.
        text: String,
    },
    /// What the file sync sent.
    Context(ContextTransfer),
    /// A report of tests.
    Report(ReportFile),
    /// Something the user should know.
    Notice {
        /// One sentence.
        text: String,
    },
    /// Why the build failed.
    Problem(StepProblem),
    /// The build ended.
    Finished {
        /// Whether it succeeded.
        ok: bool,
        /// Whether the user stopped it.
        canceled: bool,
        /// The image, where one was made.
        image: Option<BuiltImage>,
        /// Seconds from the request.
        seconds: Seconds,
        /// Steps of the target.
        steps: usize,
        /// Steps that the builder did not have to run.
        cached: usize,
    },
}

/// A failure with its place in the Dockerfile.
#[derive(Debug, Clone, PartialEq)]
pub struct StepProblem {
    /// First line in the Dockerfile, from 1; 1 where nobody knows a better one.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// What is wrong and what to do.
    pub message: String,
    /// The end of the step's output, oldest line first.
    pub log: Vec<String>,
    /// What the tools that it ran say is wrong, in places of the container.
    pub findings: Findings,
}

impl StepProblem {
    /// Whether a name could not be resolved: where there is no network, that is how it shows.
    #[must_use]
    pub fn is_want_of_network(&self) -> bool {
        self.message.contains(name_resolution::WORDS)
    }
}

/// The state of one build.
#[derive(Debug)]
pub struct Progress {
    target: Option<String>,
    steps: Vec<StepRecord>,
    keywords: Vec<Keyword>,
    /// First lines of the instructions that end the image's history.
    history: Vec<u32>,
    by_number: HashMap<StepNumber, usize>,
    /// Of each stage, by its name in vertices, how many steps the Dockerfile counts.
    totals: HashMap<Option<String>, u32>,
    vertices: HashMap<String, VertexState>,
    /// What each vertex writes, by its digest.
    outputs: HashMap<String, Output>,
    /// What each step wrote.
    logs: Vec<StepLog>,
    context: Option<ContextTransfer>,
    /// The first files that were sent.
    sent: Vec<String>,
}

/// What a vertex writes.
#[derive(Debug, Default)]
struct Output {
    /// The lines that have begun, of stdout and of stderr.
    begun: [LineBuffer; 2],
    /// The last lines.
    tail: Tail,
    /// What it says is wrong, until the step is known to be fine.
    reader: LogReader,
}

#[derive(Debug, Default)]
struct VertexState {
    name: String,
    step: Option<usize>,
    cached: bool,
    ran: Seconds,
    open_since: Option<Seconds>,
    seen_intervals: Vec<(Seconds, Seconds)>,
    pulled: bool,
    error: Option<String>,
    /// The base image that it looks up, with its registry and tag.
    base_image: Option<String>,
}

impl Progress {
    /// A build of `target`, or of the last stage. Where there is no such stage the builder will say so, and there are no steps.
    #[must_use]
    pub fn of(model: &Model, target: Option<String>) -> Self {
        let stage = target.as_deref().map_or_else(|| model.final_stage(), |target| model.target(target));
        let Some(stage) = stage.map(|stage| stage.index) else { return Self::new(target, &[], Vec::new()) };
        Self::new(target, &model.steps(stage), model.history(stage))
    }

    fn new(target: Option<String>, steps: &[Step], history: Vec<u32>) -> Self {
        let by_number: HashMap<StepNumber, usize> = steps
            .iter()
            .enumerate()
            .filter_map(|(index, step)| Some((step_number(step.vertex_prefix.as_deref()?)?, index)))
            .collect();
        let totals = by_number.keys().map(|number| (number.stage.clone(), number.total)).collect();
        let record = |step: &Step| StepRecord {
            stage: step.stage_name.clone(),
            line: step.line,
            end_line: step.end_line,
            instruction: step.instruction.clone(),
            state: StepState::Waiting,
            cached: false,
            seconds: 0.0,
            bytes: None,
        };
        Self {
            target,
            steps: steps.iter().map(record).collect(),
            keywords: steps.iter().map(|step| step.keyword).collect(),
            history,
            by_number,
            totals,
            vertices: HashMap::new(),
            outputs: HashMap::new(),
            logs: vec![StepLog::default(); steps.len()],
            context: None,
            sent: Vec::new(),
        }
    }

    /// The steps as they are now.
    #[must_use]
    pub fn steps(&self) -> &[StepRecord] {
        &self.steps
    }

    /// Whether a step is being worked on at this moment.
    #[must_use]
    pub fn is_busy(&self, index: usize) -> bool {
        self.vertices.values().any(|state| state.step == Some(index) && state.open_since.is_some())
    }

    /// Takes an event in and says what changed.
    pub fn apply(&mut self, event: BuildEvent) -> Vec<Update> {
        match event {
            BuildEvent::Started { builder } => vec![Update::Started { builder }],
            BuildEvent::Vertex(vertex) => self.take_vertex(vertex),
            BuildEvent::VertexProgress(progress) => {
                let layer_work = ["extracting ", "sha256:", "downloading "]
                    .iter()
                    .any(|start| progress.id.starts_with(start));
                if layer_work && let Some(state) = self.vertices.get_mut(&progress.vertex) {
                    state.pulled = true;
                }
                Vec::new()
            }
            BuildEvent::Log { vertex, stream, data } => self.take_log(&vertex, stream, &data),
            BuildEvent::Sent { first } => {
                self.sent = first;
                Vec::new()
            }
            BuildEvent::Context(transfer) => {
                self.context = Some(transfer);
                vec![Update::Context(transfer)]
            }
            BuildEvent::Report(report) => vec![Update::Report(report)],
            BuildEvent::Notice { text } => vec![Update::Notice { text }],
            BuildEvent::Finished { outcome, seconds } => self.finish(outcome, seconds),
        }
    }

    /// What is to be kept, once the build has finished.
    #[must_use]
    pub fn record(&self, ok: bool, image: Option<&BuiltImage>, seconds: Seconds) -> BuildRecord {
        BuildRecord {
            target: self.target.clone(),
            ok,
            steps: self.steps.clone(),
            image: image.map(|image| image.id.clone()),
            size: image.map(|image| image.size),
            seconds,
        }
    }

    /// All that is to be kept, once the build has finished.
    #[must_use]
    pub fn ended(&self, ok: bool, image: Option<&BuiltImage>, seconds: Seconds) -> EndedBuild {
        EndedBuild {
            record: self.record(ok, image, seconds),
            vertices: self.vertex_names(),
            logs: self.logs.iter().cloned().map(StepLog::shortened).collect(),
            context: self.context,
            sent: self.sent.clone(),
            tests: BTreeMap::new(),
        }
    }

    /// The name of each step's vertex, where the builder spoke of it.
    fn vertex_names(&self) -> Vec<Option<String>> {
        let mut names = vec![None; self.steps.len()];
        for state in self.vertices.values() {
            if let Some(step) = state.step {
                names[step] = Some(state.name.clone());
            }
        }
        names
    }

    fn take_vertex(&mut self, vertex: Vertex) -> Vec<Update> {
        let step = self.step_of(&vertex.name);
        let state = self.vertices.entry(vertex.digest.clone()).or_default();
        state.step = step.or(state.step);
        state.name.clone_from(&vertex.name);
        state.base_image = vertex.name.strip_prefix("[internal] load metadata for ").map(str::to_owned);
        state.cached |= vertex.cached;
        state.error = vertex.error.or(state.error.take());
        match (vertex.started, vertex.completed) {
            // The stream repeats a vertex's last interval with each of its updates.
            (Some(start), Some(end)) if !state.seen_intervals.contains(&(start, end)) => {
                state.ran += (end - start).max(0.0);
                state.seen_intervals.push((start, end));
                state.open_since = None;
            }
            (Some(start), None) => state.open_since = Some(start),
            _ => {}
        }
        let begun = vertex.started.is_some() || vertex.completed.is_some();
        let mut updates = Vec::new();
        if begun && !vertex.cached {
            for input in &vertex.inputs {
                let input_step = self
                    .vertices
                    .get(input)
                    .and_then(|state| state.step)
                    .filter(|input| Some(*input) != step);
                updates.extend(input_step.and_then(|index| self.close(index, StepState::Done)));
            }
        }
        if let Some(index) = step {
            updates.extend(self.refresh(index, begun && !vertex.cached));
        }
        updates
    }

    /// The step of a vertex. The triggers of a base image (ONBUILD) run before the stage's own steps and count with them, which
    /// no Dockerfile tells beforehand; they belong to no step.
    fn step_of(&self, name: &str) -> Option<usize> {
        let mut number = step_number(name)?;
        if name.contains("] ONBUILD ") {
            return None;
        }
        // Docker 20.10 names the only stage of a file by no name, though a mount counts as another stage for today's.
        if number.stage.is_none()
            && let (1, Some(only)) = (self.totals.len(), self.totals.keys().next())
        {
            number.stage.clone_from(only);
        }
        if let Some(index) = self.by_number.get(&number) {
            return Some(*index);
        }
        let total = *self.totals.get(&number.stage)?;
        let triggers = number.total.checked_sub(total)?;
        let own =
            if name.contains("] FROM ") { number.number } else { number.number.checked_sub(triggers)? };
        self.by_number.get(&StepNumber { number: own, total, ..number }).copied()
    }

    /// Recomputes a step from its vertices.
    fn refresh(&mut self, index: usize, running: bool) -> Option<Update> {
        let is_from = self.keywords[index] == Keyword::From;
        let mine = || self.vertices.values().filter(|state| state.step == Some(index));
        // A FROM whose image is there already is resolved, not run.
        let cached = mine().all(|state| state.cached || (is_from && !state.pulled));
        let seconds = mine().map(|state| state.ran).sum();
        let step = &mut self.steps[index];
        step.cached = cached;
        step.seconds = seconds;
        if step.state != StepState::Waiting || !running {
            return None;
        }
        step.state = StepState::Running;
        Some(Update::Step(step.clone()))
    }

    fn close(&mut self, index: usize, state: StepState) -> Option<Update> {
        let step = &mut self.steps[index];
        if step.state.is_closed() {
            return None;
        }
        if state == StepState::Done && !self.vertices.values().any(|vertex| vertex.step == Some(index)) {
            step.cached = true;
        }
        step.state = state;
        step.cached &= state == StepState::Done;
        if state == StepState::Done {
            let is_of_it = |digest: &str| self.vertices.get(digest).is_some_and(|of| of.step == Some(index));
            for (_, output) in self.outputs.iter_mut().filter(|(digest, _)| is_of_it(digest)) {
                output.reader = LogReader::default();
            }
        }
        Some(Update::Step(self.steps[index].clone()))
    }

    /// A step may write millions of lines: what they have in common is looked up once for all that came together.
    fn take_log(&mut self, vertex: &str, stream: LogStream, data: &[u8]) -> Vec<Update> {
        let output = match self.outputs.get_mut(vertex) {
            Some(output) => output,
            None => self.outputs.entry(vertex.to_owned()).or_default(),
        };
        let lines = output.begun[usize::from(stream == LogStream::Stderr)].push(data);
        self.log_lines(vertex, stream, lines)
    }

    fn log_lines(&mut self, vertex: &str, stream: LogStream, lines: Vec<String>) -> Vec<Update> {
        let Some(Output { tail, reader, .. }) = self.outputs.get_mut(vertex) else { return Vec::new() };
        let step = self.vertices.get(vertex).and_then(|state| state.step);
        let line = step.map(|index| self.steps[index].line);
        let mut kept = step.map(|index| &mut self.logs[index]);
        let take = |text: String| {
            tail.push(&text);
            if let Some(log) = &mut kept {
                log.push(&text);
                reader.read(stream, &text);
            }
            Update::Log { line, stream, text }
        };
        lines.into_iter().map(take).collect()
    }

    fn flush_logs(&mut self) -> Vec<Update> {
        let mut rest = Vec::new();
        for (vertex, output) in &mut self.outputs {
            for (stream, begun) in [LogStream::Stdout, LogStream::Stderr].into_iter().zip(&mut output.begun) {
                rest.extend(begun.finish().map(|text| (vertex.clone(), stream, text)));
            }
        }
        // In an order that is the same each time.
        rest.sort_by(|one, other| one.0.cmp(&other.0));
        rest.into_iter()
            .flat_map(|(vertex, stream, text)| self.log_lines(&vertex, stream, vec![text]))
            .collect()
    }

    fn finish(&mut self, outcome: BuildOutcome, seconds: Seconds) -> Vec<Update> {
        let mut updates = self.flush_logs();
        let (ok, canceled, image) = match outcome {
            BuildOutcome::Succeeded { image } => {
                self.take_sizes(image.as_ref());
                updates.extend((0..self.steps.len()).filter_map(|index| self.close(index, StepState::Done)));
                (true, false, image)
            }
            BuildOutcome::Canceled => {
                self.close_after_stop(&mut updates);
                (false, true, None)
            }
            BuildOutcome::Failed(failure) => {
                let failed = self.failed_step(&failure);
                updates.extend(failed.and_then(|index| self.close(index, StepState::Failed)));
                self.close_after_stop(&mut updates);
                let problem = self.problem(&failure, failed);
                updates.push(Update::Problem(problem));
                (false, false, None)
            }
        };
        let cached = self.steps.iter().filter(|step| step.cached).count();
        updates.push(Update::Finished { ok, canceled, image, seconds, steps: self.steps.len(), cached });
        updates
    }

    /// Gives the steps of the image the bytes of their layers. Where history and file do not agree, no size is better than a wrong one.
    fn take_sizes(&mut self, image: Option<&BuiltImage>) {
        let entries = image.map_or(&[][..], |image| &image.history);
        let Some(own) = entries.len().checked_sub(self.history.len()).map(|start| &entries[start..]) else {
            return;
        };
        let sizes: HashMap<u32, &HistoryEntry> = self.history.iter().copied().zip(own).collect();
        let of_step = |step: &StepRecord, keyword: Keyword| {
            let entry = sizes.get(&step.line)?;
            entry.created_by.starts_with(keyword.as_str()).then_some(entry.bytes)
        };
        let found: Vec<_> =
            self.steps.iter().zip(&self.keywords).map(|(step, keyword)| of_step(step, *keyword)).collect();
        let agrees = self
            .steps
            .iter()
            .zip(&found)
            .all(|(step, bytes)| bytes.is_some() || !sizes.contains_key(&step.line));
        if agrees {
            self.steps.iter_mut().zip(found).for_each(|(step, bytes)| step.bytes = bytes);
        }
    }

    /// After a stop, what was complete is done; what ran or never began is canceled.
    fn close_after_stop(&mut self, updates: &mut Vec<Update>) {
        for index in 0..self.steps.len() {
            let mut mine = self.vertices.values().filter(|state| state.step == Some(index)).peekable();
            let complete = mine.peek().is_some()
                && mine.all(|state| {
                    state.error.is_none()
                        && state.open_since.is_none()
                        && (state.cached || !state.seen_intervals.is_empty())
                });
            updates.extend(self.close(index, if complete { StepState::Done } else { StepState::Canceled }));
        }
    }
}

#[cfg(test)]
mod tests;
