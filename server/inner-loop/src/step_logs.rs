//! The output of steps, kept beyond the build that wrote it: a step that is cached now has the output of the build that ran it.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::history::{PastBuild, PastStep};
use crate::log::StepLog;
use crate::record::StepState;

/// All that is kept of one target's steps. The oldest go first.
const MOST_BYTES: usize = 1 << 20;

/// The output of a target's steps, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StepLogs {
    logs: Vec<KeptLog>,
}

/// What a step wrote when it last ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLog {
    /// The step's key; absent where nobody knows.
    key: Option<Digest>,
    /// Its instruction, sealed.
    text: Digest,
    /// When the build ended that ran it, in seconds since 1970.
    pub at: u64,
    /// The output.
    pub log: StepLog,
}

impl StepLogs {
    /// Adds what the steps of a build wrote, step by step.
    pub fn add(&mut self, build: &PastBuild, logs: &[StepLog]) {
        let wrote = |(step, log): &(&PastStep, &StepLog)| ran(step) && !log.is_empty();
        for (step, log) in build.steps.iter().zip(logs).filter(wrote) {
            let (key, text) = (step.key, step.inputs.text);
            self.logs.retain(|kept| kept.key.is_none() || kept.key != key);
            self.logs.push(KeptLog { key, text, at: build.at, log: log.clone() });
        }
        let mut n_bytes: usize = self.logs.iter().map(|kept| kept.log.text.len()).sum();
        self.logs.retain(|kept| {
            let stays = n_bytes <= MOST_BYTES;
            n_bytes -= if stays { 0 } else { kept.log.text.len() };
            stays
        });
    }

    /// What a step of a build wrote: in that build, or in the one that it was cached from.
    #[must_use]
    pub fn of(&self, step: &PastStep, build: &PastBuild) -> Option<&KeptLog> {
        let is_of_build = |kept: &&KeptLog| {
            kept.text == step.inputs.text && (kept.at == build.at || Some(kept.at) == step.ran_at)
        };
        let is_of_key = |kept: &&KeptLog| kept.key.is_some() && kept.key == step.key;
        let mut newest_first = self.logs.iter().rev();
        newest_first.clone().find(is_of_key).or_else(|| newest_first.find(is_of_build))
    }
}

fn ran(step: &PastStep) -> bool {
    !step.cached && matches!(step.state, StepState::Done | StepState::Failed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::inputs::{ParentInputs, StepInputs};

    fn digest(number: u8) -> Digest {
        Digest::from_bytes([number; 16])
    }

    /// A step of an instruction, with a key or without, that ran at this time or was cached.
    fn step(text: u8, key: Option<u8>, ran_at: u64, cached: bool) -> PastStep {
        PastStep {
            inputs: StepInputs {
                stage: "stage-0".to_owned(),
                line: u32::from(text),
                keyword: "RUN".to_owned(),
                text: digest(text),
                variables: Vec::new(),
                parent: ParentInputs::Nothing,
                is_parent: false,
                parts: Vec::new(),
                sources: Vec::new(),
            },
            key: key.map(digest),
            state: StepState::Done,
            cached,
            seconds: 0.0,
            last_seconds: None,
            bytes: None,
            ran_at: Some(ran_at),
            cause: None,
        }
    }

    fn build(at: u64, steps: Vec<PastStep>) -> PastBuild {
        PastBuild {
            at,
            engine: "e".to_owned(),
            ok: true,
            seconds: 1.0,
            steps,
            secrets: BTreeMap::new(),
            told_with_image: None,
            is_doubted: false,
            sent: None,
        }
    }

    fn log(text: &str) -> StepLog {
        let mut log = StepLog::default();
        text.lines().for_each(|line| log.push(line));
        log
    }

    #[test]
    fn a_cached_step_has_the_output_of_the_build_that_ran_it() {
        let mut logs = StepLogs::default();
        logs.add(
            &build(10, vec![step(1, Some(1), 10, false), step(2, None, 10, false)]),
            &[log("größe"), log("b")],
        );
        let cached =
            build(20, vec![step(1, Some(1), 10, true), step(2, None, 10, true), step(2, Some(9), 5, true)]);
        // What is cached wrote nothing, whatever came in beside it.
        logs.add(&cached, &[log("not its own"), log(""), log("")]);
        let of =
            |at: usize| logs.of(&cached.steps[at], &cached).map(|kept| (kept.at, kept.log.text.as_str()));
        assert_eq!([of(0), of(1), of(2)], [Some((10, "größe\n")), Some((10, "b\n")), None]);
    }

    #[test]
    fn a_step_that_ran_again_has_its_newest_output() {
        let mut logs = StepLogs::default();
        let again = build(20, vec![step(1, Some(1), 20, false)]);
        logs.add(&build(10, vec![step(1, Some(1), 10, false)]), &[log("old")]);
        logs.add(&again, &[log("new")]);
        assert_eq!(logs.of(&again.steps[0], &again).unwrap().log.text, "new\n");
        assert_eq!(logs.logs.len(), 1);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut logs = StepLogs::default();
        let long = log(&"x".repeat(60 << 10));
        for number in 0..40 {
            let at = u64::from(number);
            logs.add(&build(at, vec![step(number, Some(number), at, false)]), std::slice::from_ref(&long));
        }
        assert!(logs.logs.iter().map(|kept| kept.log.text.len()).sum::<usize>() <= MOST_BYTES);
        assert_eq!(logs.logs.last().unwrap().at, 39);
    }
}
