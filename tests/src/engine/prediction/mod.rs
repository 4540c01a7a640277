//! What `predict` says against what `build` then does, after seeded edits of generated projects.
//!
//! `LAYERWISE_TEST_SEED` sets the seed, which is printed, and `LAYERWISE_TEST_EDITS` how many edits of each class there are: one in
//! `make test`, thirty for a table worth believing. `LAYERWISE_TEST_ALONE=1` says that nothing else builds on the engines meanwhile,
//! and `LAYERWISE_TEST_CLASSES=content,touch` leaves all other classes out.

mod compare;
mod edits;
mod file_edits;
mod instruction_edits;
mod kinds;
mod project;
mod store;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::harness::{Engine, whole_number};
use super::program_build::{closing, nonce};
use super::random::Random;
use crate::program::Folder;
use compare::{Compared, compare};
use edits::{CLASSES, Class, edit};
use kinds::{KINDS, Kind};
use project::Project;
use store::Bases;
use table::Table;

/// A project is given up after so many edits, and a new one begun: Dockerfiles must not grow out of what people write.
const EDITS_OF_A_PROJECT: usize = 24;
/// Wrong answers that are told in full.
const TOLD: usize = 12;

#[test]
fn predictions_come_true_on_20_10() {
    check("20_10");
}

#[test]
fn predictions_come_true_on_28() {
    check("28");
}

#[test]
fn predictions_come_true_on_28_with_the_containerd_store() {
    check("28_CONTAINERD");
}

fn check(name: &'static str) {
    let engine = Engine::new(name);
    let seed = whole_number("LAYERWISE_TEST_SEED", 1);
    let each = usize::try_from(whole_number("LAYERWISE_TEST_EDITS", 1)).unwrap();
    println!("engine {name}: {}, LAYERWISE_TEST_SEED={seed} LAYERWISE_TEST_EDITS={each}", engine.host);
    let mut run = Run {
        engine: &engine,
        random: Random::new(seed),
        left: classes().into_iter().map(|class| (class, each)).collect(),
        is_alone: whole_number("LAYERWISE_TEST_ALONE", 0) == 1,
        table: Table::default(),
        n_told: 0,
    };
    let per_project = EDITS_OF_A_PROJECT.min((each * run.left.len()).div_ceil(KINDS.len()));
    for kind in KINDS.into_iter().cycle() {
        if run.left.is_empty() {
            break;
        }
        run.project(kind, per_project);
    }
    println!("{}", run.table);
    let broken = run.table.broken_limits();
    assert!(broken.is_empty(), "on {name} with LAYERWISE_TEST_SEED={seed}: {broken:#?}");
}

/// The classes that are asked for, else all but pruning: what a builder has thrown away is not foreseen on every store, so that class is
/// asked for by name.
fn classes() -> Vec<Class> {
    let Ok(wanted) = std::env::var("LAYERWISE_TEST_CLASSES") else {
        return CLASSES.into_iter().filter(|class| *class != Class::Prune).collect();
    };
    let of_name = |name: &str| CLASSES.into_iter().find(|class| class.name() == name);
    wanted
        .split(',')
        .map(|name| of_name(name).unwrap_or_else(|| panic!("no class is called {name}")))
        .collect()
}

struct Run<'a> {
    engine: &'a Engine,
    random: Random,
    /// How many edits of a class are still to be made.
    left: BTreeMap<Class, usize>,
    /// Whether nothing else builds on the engine.
    is_alone: bool,
    table: Table,
    n_told: usize,
}

impl Run<'_> {
    /// Builds a new project, and then edits, predicts and builds it time after time.
    fn project(&mut self, kind: &'static Kind, n_edits: usize) {
        let word = nonce();
        let others = if self.is_alone { store::all_records(self.engine) } else { BTreeSet::new() };
        let mut bases = Bases::new(self.engine, &word);
        let folder = Folder::new(&[]).with_host(&self.engine.host);
        let mut project = kind.project(self.engine.is_old(), &word);
        project.write(None, &folder.path(""));
        bases.choose(project.base);
        let mut walk =
            Walk { folder, past: vec![project.clone()], said: Vec::new(), targets: BTreeSet::new() };
        walk.first_build(&project);
        for number in 1..=n_edits {
            let Some((class, next, said)) = self.edit(&project, &walk.past, number) else { break };
            walk.said.push(format!("{number}. {}: {said}", class.name()));
            next.write(Some(&project), &walk.folder.path(""));
            if next.base != project.base {
                bases.choose(next.base);
            }
            if class == Class::Prune {
                store::prune(self.engine, self.prunable(&word, &others));
            }
            project = next;
            walk.past.push(project.clone());
            let compared = walk.predict_and_build(&project);
            for step in compared.iter().filter(|step| step.outcome.is_wrong()) {
                if self.n_told < TOLD {
                    println!("{}", walk.tell(&project, step));
                    self.n_told += 1;
                }
            }
            self.table.add(class, compared.iter().map(|step| step.outcome));
        }
    }

    /// Records that are the project's own beyond doubt; where nothing else builds on the engine, all that are new.
    fn prunable(&self, word: &str, others: &BTreeSet<String>) -> BTreeSet<String> {
        if self.is_alone {
            store::all_records(self.engine).difference(others).cloned().collect()
        } else {
            store::records_of(self.engine, word)
        }
    }

    /// An edit of a class that is still to be made, where one applies.
    fn edit(
        &mut self,
        project: &Project,
        past: &[Project],
        number: usize,
    ) -> Option<(Class, Project, String)> {
        let mut classes: Vec<Class> = self.left.keys().copied().collect();
        self.random.shuffle(&mut classes);
        for class in classes {
            let mut next = project.clone();
            if let Some(said) = edit(class, &mut next, past, number, &mut self.random) {
                let left = self.left.get_mut(&class)?;
                *left -= 1;
                if *left == 0 {
                    self.left.remove(&class);
                }
                return Some((class, next, said));
            }
        }
        None
    }
}

/// One project on its way.
struct Walk {
    folder: Folder,
    /// The states so far, the last one included.
    past: Vec<Project>,
    /// The edits so far.
    said: Vec<String>,
    /// Targets that have been built.
    targets: BTreeSet<&'static str>,
}

impl Walk {
    /// Before it nothing is known; after it, the same build again runs nothing.
    fn first_build(&mut self, project: &Project) {
        let steps = self.predict_and_build(project);
        let unknown: Vec<&str> = steps.iter().map(|step| step.prediction.as_str()).collect();
        assert!(unknown.iter().all(|prediction| *prediction == "unknown"), "before any build: {steps:#?}");
        let again = self.build(project);
        let ran: Vec<&Value> = closing(&again).into_iter().filter(|step| step["cached"] != true).collect();
        assert!(ran.is_empty(), "the builder ran {ran:#?} again:\n{}", project.dockerfile());
    }

    fn predict_and_build(&mut self, project: &Project) -> Vec<Compared> {
        let predicted = self.predict(project);
        let built = self.build(project);
        let is_first = self.targets.insert(project.target);
        compare(&predicted, &closing(&built), is_first)
            .unwrap_or_else(|message| panic!("{message}\n{}", self.reproduction(project)))
    }

    fn predict(&self, project: &Project) -> Value {
        let options = project.options();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let output = self.folder.run(&[&["predict", "--format", "json"], &options[..]].concat());
        assert_eq!(output.status, 0, "{}\n{}", output.stderr, self.reproduction(project));
        output.json()
    }

    fn build(&self, project: &Project) -> Vec<Value> {
        let options = project.options();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let output = self.folder.run(&[&["build", "--progress", "json"], &options[..]].concat());
        assert_eq!(output.status, 0, "{}\n{}", output.stdout, self.reproduction(project));
        output.json_lines()
    }

    /// What is needed to see it again.
    fn reproduction(&self, project: &Project) -> String {
        format!(
            "project {}, {}\nedits so far:\n  {}\nDockerfile now:\n{}",
            project.kind.name,
            project.options().join(" "),
            self.said.join("\n  "),
            project.dockerfile()
        )
    }

    fn tell(&self, project: &Project, wrong: &Compared) -> String {
        let Compared { step, prediction, reason, was_cached, outcome } = wrong;
        format!(
            "== {}\nline {} of stage {}: {}\npredicted {prediction}: {reason}\nin fact it {}\n{}",
            outcome.name(),
            step.line,
            step.stage,
            step.instruction,
            if *was_cached { "was cached" } else { "ran" },
            self.reproduction(project)
        )
    }
}
