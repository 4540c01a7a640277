//! Builds one after the other: what is kept of each, what its builder is asked, and what is told of the next one.

use std::fs;
use std::path::PathBuf;

use inner_loop::prediction::Verdict;
use inner_loop::{
    BuildRecord, BuildRequest, Builder, CacheResult, ContextTransfer, EndedBuild, ResultName, Sent, StepLog,
    StepRecord, StepState,
};
use test_support::ScriptedBuilder;

use super::{Foresight, json, steps};

mod graphs;

const TEXT: &str = "FROM alpine\nCOPY src /größe\nRUN make\n";
const COPY: &str = "[2/3] COPY src /größe";
const MAKE: &str = "mount / from exec /bin/sh -c make";

/// A project, its builder, and what is kept of both.
struct Loop {
    folder: tempfile::TempDir,
    foresight: Foresight,
    builder: ScriptedBuilder,
    text: String,
}

impl Loop {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("project/src")).unwrap();
        let foresight = Foresight::open(&folder.path().join("cache")).unwrap();
        let builder = ScriptedBuilder::new([]).with_images(["alpine"]).named("scripted");
        let project = Self { folder, foresight, builder, text: text.to_owned() };
        project.write("src/a", "0");
        project.write("Dockerfile", text);
        project
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join("project").join(name), text).unwrap();
    }

    fn request(&self) -> BuildRequest {
        let project = self.folder.path().join("project");
        BuildRequest {
            dockerfile: project.join("Dockerfile"),
            dockerfile_text: self.text.clone(),
            context: project.display().to_string(),
            ..BuildRequest::default()
        }
    }

    /// Builds: the steps on these lines run for two seconds, all else is cached. Gives what the builder was asked of its results.
    fn build(&self, ran: &[u32]) -> Vec<Vec<ResultName>> {
        self.build_while(ran, || ())
    }

    fn build_while(&self, ran: &[u32], meanwhile: impl FnOnce()) -> Vec<Vec<ResultName>> {
        self.build_with(ran, meanwhile, EndedBuild::default());
        self.builder.take_results_asked()
    }

    /// Builds, with what else it left. Gives what it sent, and why.
    fn build_with(&self, ran: &[u32], meanwhile: impl FnOnce(), left: EndedBuild) -> Option<Sent> {
        let request = self.request();
        let planned = self.foresight.plan(&request, |images| self.builder.state(images)).unwrap();
        meanwhile();
        let of_step = |step: semantic::Step| StepRecord {
            stage: step.stage_name.clone(),
            line: step.line,
            end_line: step.end_line,
            instruction: step.instruction.clone(),
            state: StepState::Done,
            cached: !ran.contains(&step.line),
            seconds: if ran.contains(&step.line) { 2.0 } else { 0.0 },
            bytes: None,
        };
        let all = steps(&request);
        let name =
            |step: &semantic::Step| Some(format!("{}{}", step.vertex_prefix.as_ref()?, step.instruction));
        let vertices: Vec<_> = all.iter().map(name).collect();
        let record = BuildRecord {
            ok: true,
            seconds: 3.0,
            steps: all.into_iter().map(of_step).collect(),
            ..BuildRecord::default()
        };
        assert!(self.builder.take_results_asked().is_empty(), "asked while it is planned");
        let ended = EndedBuild { record, vertices, ..left };
        self.foresight.remember(&planned, &ended, &self.builder).unwrap()
    }

    /// Builds; the steps on these lines run and write this.
    fn build_writing(&self, ran: &[u32], written: &str) {
        let mut log = StepLog::default();
        written.lines().for_each(|line| log.push(line));
        let log_of = |line: u32| if ran.contains(&line) { log.clone() } else { StepLog::default() };
        let logs = steps(&self.request()).iter().map(|step| log_of(step.line)).collect();
        self.build_with(ran, || (), EndedBuild { logs, ..EndedBuild::default() });
        let _ = self.builder.take_results_asked();
    }

    /// Builds, and the builder asks for these files of three; the steps on these lines run.
    fn build_sending(&self, ran: &[u32], sent: &[&str]) -> Option<Sent> {
        let n_sent = sent.len() as u64;
        let context = ContextTransfer { files_sent: n_sent, bytes_sent: 1, files_total: 3, bytes_total: 9 };
        let sent = sent.iter().map(|path| (*path).to_owned()).collect();
        let sent =
            self.build_with(ran, || (), EndedBuild { context: Some(context), sent, ..EndedBuild::default() });
        let _ = self.builder.take_results_asked();
        sent
    }

    /// What the next build would do, and what the builder was asked of its results for that.
    fn predict(&self) -> (Vec<&'static str>, Vec<Vec<ResultName>>) {
        assert!(self.builder.take_results_asked().is_empty());
        let forecast = self.foresight.forecast(&self.request(), Ok(&self.builder)).unwrap();
        let verdicts = forecast.steps.iter().map(|(_, prediction)| json::name(prediction.verdict)).collect();
        (verdicts, self.builder.take_results_asked())
    }

    /// The kept files, less the one that says when a build was repeated, and the locks.
    fn kept(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let folder = self.folder.path().join("cache");
        let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files =
            folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
        let is_kept = |path: &PathBuf| !path.to_str().unwrap().ends_with("-again.json");
        let mut files: Vec<_> =
            files.filter(is_kept).map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
        files.sort();
        files
    }
}

fn result(id: &str, description: &str, made: f64) -> CacheResult {
    CacheResult { id: id.to_owned(), description: description.to_owned(), made, parents: Vec::new() }
}

fn ids(names: &[&str]) -> Vec<ResultName> {
    names.iter().map(|name| ResultName::Id((*name).to_owned())).collect()
}

/// All of it is built, and the results have these names.
fn built() -> Loop {
    let project = Loop::new(TEXT);
    project.builder.keeps([result("copied", COPY, 10.0), result("made", MAKE, 11.0)]);
    let asked = project.build(&[2, 3]);
    assert_eq!(asked.len(), 1, "{asked:?}");
    project
}

const CACHED: [&str; 3] = ["cached"; 3];

#[test]
fn a_build_with_nothing_changed_asks_nothing_and_keeps_only_when_it_was() {
    let project = built();
    let kept = project.kept();
    for _ in 0..3 {
        assert_eq!(project.build(&[]), Vec::<Vec<ResultName>>::new());
        assert_eq!(project.kept(), kept);
    }
    assert_eq!(project.predict(), (CACHED.to_vec(), vec![ids(&["copied", "made"])]));
    assert_eq!(project.kept(), kept);
    let last = project.foresight.last_build(&project.request()).unwrap();
    assert!(last.build.ran_nothing() && last.build.seconds == 3.0, "{last:?}");
    assert!(!last.before.unwrap().ran_nothing());
    // What runs again is kept again.
    project.write("src/a", "1");
    project.builder.keeps([result("copied again", COPY, 20.0), result("made again", MAKE, 21.0)]);
    assert_eq!(project.build(&[2, 3]).len(), 1);
    assert!(!project.foresight.last_build(&project.request()).unwrap().build.ran_nothing());
}

#[test]
fn results_that_got_other_names_in_a_build_that_ran_nothing_are_found_by_what_made_them() {
    let project = built();
    project.build(&[]);
    project.builder.keeps([result("copied anew", COPY, 10.1), result("made anew", MAKE, 12.9)]);
    let (verdicts, asked) = project.predict();
    assert_eq!(verdicts, CACHED);
    let described = [COPY, MAKE].map(|text| ResultName::Description(text.to_owned())).to_vec();
    assert_eq!(asked, [ids(&["copied", "made"]), described]);
    // From then on they go by these names.
    let (verdicts, asked) = project.predict();
    assert_eq!((verdicts, asked.len()), (CACHED.to_vec(), 1));
    assert_eq!(project.build(&[]).len(), 0);
}

#[test]
fn results_that_are_gone_are_missed_and_asked_for_once_more_if_nothing_runs_all_the_same() {
    let project = built();
    // The second one was made later by another build of the same command.
    project.builder.keeps([result("copied", COPY, 10.0), result("other", MAKE, 99.0)]);
    assert_eq!(project.predict().0, ["cached", "cached", "rebuild"]);
    let kept = project.kept();
    assert_eq!(project.predict().0, ["cached", "cached", "rebuild"]);
    assert_eq!(project.kept(), kept, "doubted twice");
    assert_eq!(project.build(&[]).len(), 1);
    // Of two that may be it nobody knows which.
    let project = built();
    project.builder.keeps([
        result("copied", COPY, 10.0),
        result("one", MAKE, 11.1),
        result("two", MAKE, 11.2),
    ]);
    assert_eq!(project.predict().0, ["cached", "cached", "maybe"]);
}

#[test]
fn a_builder_that_gives_no_answer_is_not_asked_twice() {
    let project = Loop::new(TEXT);
    project.build(&[2, 3]);
    assert_eq!(project.predict(), (CACHED.to_vec(), Vec::new()));
    let project = built();
    let silent = ScriptedBuilder::new([]).with_images(["alpine"]).named("scripted");
    let forecast = project.foresight.forecast(&project.request(), Ok(&silent)).unwrap();
    assert!(forecast.steps.iter().all(|(_, prediction)| prediction.verdict == Verdict::Cached));
    assert_eq!(silent.take_results_asked().len(), 1);
    // That nothing was checked is said; where there was nothing to ask, nothing is.
    let notice = "the builder did not say in time what is left in its cache: told from its last build alone";
    assert_eq!(forecast.notices, [notice]);
    let forecast = project.foresight.forecast(&project.request(), Ok(&project.builder)).unwrap();
    assert_eq!(forecast.notices, [""; 0]);
}

#[test]
fn a_description_that_may_hold_a_value_is_not_kept() {
    let project = Loop::new("FROM alpine\nARG hidden=s3cret\nCOPY src /$hidden\nRUN make $hidden\n");
    let copy = "[2/3] COPY src /s3cret";
    project.builder.keeps([result("copied", copy, 10.0)]);
    project.build(&[3, 4]);
    let is_told = |bytes: &[u8]| bytes.windows(6).any(|bytes| bytes == b"s3cret");
    assert!(!project.kept().iter().any(|(_, bytes)| is_told(bytes)));
    // So the next one asks once, and the one after that need not.
    assert_eq!(project.build(&[]).len(), 1);
    assert_eq!(project.build(&[]).len(), 0);
}

#[test]
fn many_builds_with_nothing_changed_leave_what_was_before_them() {
    let project = Loop::new("FROM alpine\nCOPY <<A /größe\nx\nA\n");
    project.build(&[2]);
    for _ in 0..30 {
        project.build(&[]);
    }
    let last = project.foresight.last_build(&project.request()).unwrap();
    assert!(last.build.ran_nothing() && !last.before.unwrap().ran_nothing());
}

#[test]
fn what_changed_while_it_was_built_is_not_learnt() {
    let project = Loop::new("FROM alpine\nCOPY src /src\nFROM files\nRUN make\n");
    fs::create_dir_all(project.folder.path().join("files")).unwrap();
    fs::write(project.folder.path().join("files/b"), "0").unwrap();
    let request = |project: &Loop| BuildRequest {
        named_contexts: [("files".to_owned(), project.folder.path().join("files").display().to_string())]
            .into(),
        ..project.request()
    };
    let planned = project.foresight.plan(&request(&project), |images| project.builder.state(images)).unwrap();
    fs::write(project.folder.path().join("files/b"), "1").unwrap();
    let step = |line: u32| StepRecord {
        stage: "stage-1".to_owned(),
        line,
        end_line: line,
        instruction: String::new(),
        state: StepState::Done,
        cached: false,
        seconds: 1.0,
        bytes: None,
    };
    let record = BuildRecord { ok: true, steps: vec![step(3), step(4)], ..BuildRecord::default() };
    let ended = EndedBuild { record, vertices: vec![None; 2], ..EndedBuild::default() };
    project.foresight.remember(&planned, &ended, &project.builder).unwrap();
    fs::write(project.folder.path().join("files/b"), "0").unwrap();
    let forecast = project.foresight.forecast(&request(&project), Ok(&project.builder)).unwrap();
    let verdicts: Vec<_> = forecast.steps.iter().map(|(_, it)| json::name(it.verdict)).collect();
    assert!(forecast.known_build.is_some());
    assert!(!verdicts[1..].contains(&"cached"), "{verdicts:?}");
}

#[test]
fn a_builder_that_did_not_say_who_it_is_teaches_nothing() {
    let project = built();
    project.write("src/a", "1");
    let planned = project.foresight.plan(&project.request(), |_| Err("late".to_owned())).unwrap();
    let kept = project.kept();
    project.foresight.remember(&planned, &EndedBuild::default(), &project.builder).unwrap();
    assert_eq!(project.kept(), kept);
}

/// The log of the last build, with its times as `T`.
fn log(project: &Loop) -> String {
    let text = project.foresight.build_log(&project.request()).unwrap().text();
    let words = text.split_inclusive(char::is_whitespace);
    let is_time =
        |word: &str| word.len() > 19 && word.as_bytes()[10] == b'T' && word.trim_end().ends_with('Z');
    words
        .map(|word| if is_time(word) { word.replace(word.trim_end(), "T") } else { word.to_owned() })
        .collect()
}

#[test]
fn the_output_of_steps_is_kept_and_found_when_they_are_cached() {
    let project = Loop::new(TEXT);
    assert_eq!(project.foresight.build_log(&project.request()), None);
    project.builder.keeps([result("copied", COPY, 10.0), result("made", MAKE, 11.0)]);
    project.build_writing(&[2, 3], "größe\n  two\n");
    let expected = "Dockerfile, built T\n\n\
        line 2: COPY src /größe\n        ran\ngröße\n  two\n\n\
        line 3: RUN make\n        ran\ngröße\n  two\n";
    assert_eq!(log(&project), expected);
    // The next one runs nothing, and the output is still there; that file is not written again.
    let kept = project.kept();
    project.build(&[]);
    assert_eq!(project.kept(), kept);
    assert!(log(&project).contains("line 3: RUN make\n        cached"), "{}", log(&project));
    // An edited step has no output any more, and others keep theirs.
    let project = Loop { text: TEXT.replace("make", "make all"), ..project };
    project.build_writing(&[3], "");
    let said = log(&project);
    assert!(said.contains("line 2: COPY src /größe\n        cached") && !said.contains("line 3"), "{said}");
    assert_eq!(project.foresight.build_log(&project.request()).unwrap().of_line(3), None);
    assert!(project.foresight.build_log(&project.request()).unwrap().of_line(2).is_some());
}

#[test]
fn what_was_sent_has_its_reasons_in_builds_that_run_nothing_too() {
    let project = Loop::new(TEXT);
    project.builder.keeps([result("copied", COPY, 10.0), result("made", MAKE, 11.0)]);
    project.write("src/b", "0");
    let reasons = |sent: Option<Sent>| -> Vec<String> {
        let named = sent.into_iter().flat_map(|sent| sent.named);
        named.map(|file| format!("{}: {}", file.path, file.reason)).collect()
    };
    assert_eq!(
        reasons(project.build_sending(&[2, 3], &["src/a"])),
        ["src/a: no build before to compare with"]
    );
    project.write("src/a", "1");
    project.write("src/c", "1");
    let sent = project.build_sending(&[2, 3], &["src/c", "src/a"]);
    assert_eq!(reasons(sent.clone()), ["src/a: content changed", "src/c: new"]);
    let last = |project: &Loop| project.foresight.last_build(&project.request()).unwrap().build.sent;
    assert_eq!(last(&project), sent);
    // A file was touched: all is cached, and yet it is sent.
    let sent = project.build_sending(&[], &["src/a"]);
    assert_eq!(reasons(sent.clone()), ["src/a: only its time changed"]);
    assert_eq!(last(&project), sent);
    assert_eq!(project.build_sending(&[], &[]), None);
    assert_eq!(last(&project), None);
}
