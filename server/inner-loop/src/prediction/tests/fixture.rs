//! A builder that remembers, without any engine: it runs what it has no key for, as BuildKit would.

use expect_test::Expect;
use semantic::{ImageFacts, Model};
use syntax::Document;

use super::super::{Prediction, Question, Verdict};
use crate::contents::{Content, Entry, Listing};
use crate::digest::Seal;
use crate::history::PastBuild;
use crate::inputs::{Listings, StepInputs, seal_plan};
use crate::learning::Lesson;
use crate::memory::{KnownResult, Memory};
use crate::plan::{Outside, Plan, plan};
use crate::record::{BuildRecord, StepRecord, StepState};
use crate::results::ResultsLeft;
use crate::why;

/// One project as it is now, and what its builder knows.
pub(super) struct Project {
    pub(super) text: String,
    pub(super) files: Vec<(String, u32, String)>,
    /// In which context the files are; the main one's name is empty.
    pub(super) context: String,
    pub(super) outside: Outside,
    memory: Memory,
    pub(super) past: Option<PastBuild>,
    pub(super) before: Option<PastBuild>,
    past_listings: Listings,
    clock: u64,
    /// The lines whose results the builder has thrown away.
    pub(super) pruned: Vec<u32>,
    /// The lines whose results it may have under other names.
    pub(super) doubted: Vec<u32>,
}

const SEAL: Seal = Seal::new([3; 32]);

impl Project {
    /// A project with these files, whose images are on the builder.
    pub(super) fn new(text: &str, files: &[(&str, &str)]) -> Self {
        let mut outside = Outside { builder_platform: Some("linux/amd64".to_owned()), ..Outside::default() };
        for name in ["node:22", "alpine"] {
            outside.images.insert(name.to_owned(), image(name));
        }
        let files =
            files.iter().map(|(path, text)| ((*path).to_owned(), 0o644, (*text).to_owned())).collect();
        Self {
            text: text.to_owned(),
            files,
            context: String::new(),
            outside,
            memory: Memory::default(),
            past: None,
            before: None,
            past_listings: Listings::new(),
            clock: 0,
            pruned: Vec::new(),
            doubted: Vec::new(),
        }
    }

    /// A project that was built once.
    pub(super) fn built(text: &str, files: &[(&str, &str)]) -> Self {
        let mut project = Self::new(text, files);
        project.build(&[]);
        project
    }

    pub(super) fn write(&mut self, path: &str, text: &str) -> &mut Self {
        self.files.retain(|(other, ..)| other != path);
        self.files.push((path.to_owned(), 0o644, text.to_owned()));
        self
    }

    pub(super) fn arg(&mut self, name: &str, value: &str) -> &mut Self {
        self.outside.build_args.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn replace(&mut self, from: &str, to: &str) -> &mut Self {
        assert!(self.text.contains(from), "{from}");
        self.text = self.text.replace(from, to);
        self
    }

    pub(super) fn listings(&self) -> Listings {
        let mut entries = Vec::new();
        for (path, permissions, text) in &self.files {
            let content = match text.strip_prefix("-> ") {
                Some(target) => Content::Link(target.to_owned()),
                None => Content::File(SEAL.digest([text])),
            };
            entries.push(Entry { path: path.clone(), permissions: *permissions, content });
            let folders = path.match_indices('/').map(|(at, _)| path[..at].to_owned());
            entries.extend(folders.map(|path| Entry { path, permissions: 0o755, content: Content::Folder }));
        }
        entries.sort_by_key(|entry| entry.path.replace('/', "\0"));
        entries.dedup_by(|a, b| a.path == b.path);
        Listings::from([(self.context.clone(), Listing { entries })])
    }

    pub(super) fn plan(&self) -> (Plan, Vec<StepInputs>) {
        let model = Model::new(&Document::new(&self.text), &self.outside.facts());
        let stage = match &self.outside.target {
            Some(target) => model.target(target).unwrap(),
            None => model.final_stage().unwrap(),
        };
        let plan = plan(&model, stage.index, &self.outside);
        let inputs = seal_plan(&plan, &self.listings(), &SEAL);
        (plan, inputs)
    }

    pub(super) fn predictions(&self) -> Vec<(u32, Prediction)> {
        let (plan, inputs) = self.plan();
        let question = Question {
            plan: &plan,
            inputs: &inputs,
            memory: &self.memory,
            past: self.past.as_ref(),
            listings: &self.listings(),
            past_listings: &self.past_listings,
            seal: &SEAL,
            results: None,
        };
        let needed = question.needed_results(&question.fates());
        let of = |lines: &[u32], result: &String| lines.iter().any(|line| line.to_string() == *result);
        let (doubted, others) = needed.into_iter().partition(|result| of(&self.doubted, result));
        let mut results = ResultsLeft { there: others, doubted };
        results.there.retain(|result| !of(&self.pruned, result));
        let answers = Question { results: Some(&results), ..question }.answer();
        plan.steps.iter().map(|planned| planned.step.line).zip(answers).collect()
    }

    /// Builds. On the lines `same` the builder has a result after all: what is open comes out the same as before, and what nobody knew of is
    /// there from another build.
    pub(super) fn build(&mut self, same: &[u32]) -> &mut Self {
        let (plan, inputs) = self.plan();
        let predictions = self.predictions();
        let cached = |at: usize| {
            let (line, prediction) = &predictions[at];
            match prediction.verdict {
                Verdict::Cached => true,
                Verdict::Maybe => same.contains(line),
                Verdict::Rebuild | Verdict::Unknown => inputs[at].is_parent || same.contains(line),
            }
        };
        let step = |at: usize| StepRecord {
            stage: plan.steps[at].step.stage_name.clone(),
            line: plan.steps[at].step.line,
            end_line: plan.steps[at].step.end_line,
            instruction: plan.steps[at].step.instruction.clone(),
            state: StepState::Done,
            cached: cached(at),
            seconds: if cached(at) { 0.0 } else { 2.0 },
            bytes: None,
        };
        let record =
            BuildRecord { ok: true, steps: (0..inputs.len()).map(step).collect(), ..BuildRecord::default() };
        self.clock += 1;
        let certain = vec![true; inputs.len()];
        let result = |line: u32| Some(KnownResult { id: line.to_string(), ..KnownResult::default() });
        let results: Vec<_> = plan.steps.iter().map(|planned| result(planned.step.line)).collect();
        let lesson = Lesson {
            inputs: &inputs,
            is_certain: &certain,
            record: &record,
            results: &results,
            engine: "engine",
            at: self.clock,
            seal: &SEAL,
        };
        let learnt = lesson.learn(&mut self.memory, self.past.as_ref());
        self.before = self.past.take();
        self.past = learnt.map(|mut build| {
            let said: Vec<Prediction> =
                predictions.iter().map(|(_, prediction)| prediction.clone()).collect();
            why::explain(&mut build, self.before.as_ref(), &said);
            build
        });
        self.past_listings = self.listings();
        self
    }

    /// The predictions as lines.
    #[track_caller]
    pub(super) fn check(&self, expected: &Expect) {
        let line = |(line, prediction): (u32, Prediction)| {
            let verdict = format!("{:?}", prediction.verdict).to_lowercase();
            format!("{line} {verdict} {}", prediction.reason.unwrap_or_default()).trim_end().to_owned() + "\n"
        };
        expected.assert_eq(&self.predictions().into_iter().map(line).collect::<String>());
    }
}

/// An image whose layers its name decides.
pub(super) fn image(name: &str) -> ImageFacts {
    ImageFacts {
        environment: [("PATH".to_owned(), "/bin".to_owned())].into(),
        environment_names: vec!["PATH".to_owned()],
        layer_digests: vec![format!("sha256:{name}")],
        platform: "linux/amd64".to_owned(),
        ..ImageFacts::default()
    }
}
