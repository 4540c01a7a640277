//! Keeps how builds went, so that the next one can be told before it starts. Beside the builds: none of them waits for it.
//!
//! Builds are kept in the order in which they ended, whichever was planned first: or an older one would come to be the last.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::{self, JoinHandle};

use inner_loop::{BuildRequest, Builder, EndedBuild, Sent};

use crate::foresight::{Foresight, Planned};

/// Keeps the builds of one builder.
pub struct Recorder {
    cache_folder: PathBuf,
    builder: Arc<dyn Builder>,
    /// To the thread that keeps them, which begins with the first and ends with the recorder.
    queue: OnceLock<mpsc::Sender<Job>>,
}

/// A build that has begun.
#[derive(Debug)]
pub struct Recording {
    planning: JoinHandle<Option<(Foresight, Planned)>>,
}

/// What is done in order.
type Job = Box<dyn FnOnce(&dyn Builder) + Send>;

impl Recorder {
    /// For a builder, with what is kept in the program's cache folder.
    pub fn new(cache_folder: PathBuf, builder: Arc<dyn Builder>) -> Self {
        Self { cache_folder, builder, queue: OnceLock::new() }
    }

    /// Reads what a build is made of, as it starts. One that is never finished is not kept.
    pub fn start(&self, request: &BuildRequest) -> Recording {
        let (folder, request) = (self.cache_folder.clone(), request.clone());
        let builder = Arc::clone(&self.builder);
        let plan = move || {
            let unusable =
                |error: &_| tracing::warn!(%error, folder = %folder.display(), "builds cannot be kept");
            let foresight = Foresight::open(&folder).inspect_err(unusable).ok()?;
            let planned = foresight.plan(&request, |images| builder.state(images));
            let planned = planned.inspect_err(|error| tracing::debug!(%error, "the build cannot be planned"));
            Some((foresight, planned.ok()?))
        };
        Recording { planning: thread::spawn(plan) }
    }

    /// Keeps how a build went, and calls `then`, whether or not there was anything to keep.
    pub fn finish(
        &self,
        recording: Recording,
        ended: EndedBuild,
        then: impl FnOnce(Option<Sent>) + Send + 'static,
    ) {
        self.queue(Box::new(move |builder| {
            // A panic costs the record of this build alone.
            let kept = catch_unwind(AssertUnwindSafe(|| keep(recording, &ended, builder)));
            if kept.is_err() {
                tracing::error!("keeping a build failed; builds go on");
            }
            then(kept.ok().flatten());
        }));
    }

    /// Calls `job` once the builds that have ended by now are kept.
    pub fn once_kept(&self, job: impl FnOnce() + Send + 'static) {
        self.queue(Box::new(move |_| {
            if catch_unwind(AssertUnwindSafe(job)).is_err() {
                tracing::error!("reading what is kept of builds failed; builds go on");
            }
        }));
    }

    fn queue(&self, job: Job) {
        let queue = self.queue.get_or_init(|| {
            let (sender, jobs) = mpsc::channel();
            let builder = Arc::clone(&self.builder);
            thread::spawn(move || jobs.into_iter().for_each(|job: Job| job(builder.as_ref())));
            sender
        });
        // The thread ends after its last sender: it takes whatever is sent.
        let _ = queue.send(job);
    }
}

fn keep(recording: Recording, ended: &EndedBuild, builder: &dyn Builder) -> Option<Sent> {
    let (foresight, planned) = recording.planning.join().ok()??;
    let kept = foresight.remember(&planned, ended, builder);
    kept.inspect_err(|error| tracing::warn!(%error, "the build cannot be kept")).ok()?
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};

    use inner_loop::{
        BuildHandle, BuildRecord, BuilderDescription, BuilderState, EventSink, StepRecord, StepState,
    };
    use test_support::{Gate, ScriptedBuilder};

    use super::*;

    /// A builder that takes its time to say who it is, when it is first asked.
    struct Slow {
        builder: ScriptedBuilder,
        was_asked: AtomicBool,
        gate: Gate,
    }

    impl Builder for Slow {
        fn start(&self, request: BuildRequest, sink: EventSink) -> Box<dyn BuildHandle> {
            self.builder.start(request, sink)
        }

        fn describe(&self) -> Result<BuilderDescription, String> {
            self.builder.describe()
        }

        fn state(&self, images: &[String]) -> Result<BuilderState, String> {
            if !self.was_asked.swap(true, Ordering::Relaxed) {
                self.gate.wait();
            }
            self.builder.state(images)
        }
    }

    #[test]
    fn builds_are_kept_in_the_order_in_which_they_ended() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("cache");
        fs::write(folder.path().join("Dockerfile"), "").unwrap();
        let builder = ScriptedBuilder::new([]).named("scripted");
        let gate = Gate::new();
        let slow = Slow { builder, was_asked: AtomicBool::new(false), gate: gate.clone() };
        let recorder = Recorder::new(cache.clone(), Arc::new(slow));
        let request = BuildRequest {
            dockerfile: folder.path().join("Dockerfile"),
            dockerfile_text: "FROM scratch\nRUN größe\n".to_owned(),
            context: folder.path().display().to_string(),
            ..BuildRequest::default()
        };
        let step = |line: u32| StepRecord {
            stage: "stage-0".to_owned(),
            line,
            end_line: line,
            instruction: String::new(),
            state: StepState::Done,
            cached: false,
            seconds: 1.0,
            bytes: None,
        };
        let ended = |seconds: f64| {
            let steps = vec![step(1), step(2)];
            let record = BuildRecord { ok: true, seconds, steps, ..BuildRecord::default() };
            EndedBuild { record, vertices: vec![None; 2], ..EndedBuild::default() }
        };
        let (sender, kept) = mpsc::channel();
        let told = |seconds| {
            let sender = sender.clone();
            move |_| sender.send(seconds).unwrap()
        };
        let first = recorder.start(&request);
        let second = recorder.start(&request);
        // Never finished, and not kept.
        let _stopped = recorder.start(&request);
        recorder.finish(first, ended(1.0), told(1));
        recorder.finish(second, ended(2.0), told(2));
        let of_other = told(3);
        recorder.once_kept(move || of_other(None));
        gate.open();
        assert_eq!(kept.iter().take(3).collect::<Vec<_>>(), [1, 2, 3]);
        let last = Foresight::open(&cache).unwrap().last_build(&request).unwrap();
        assert_eq!((last.build.seconds, last.before.unwrap().seconds), (2.0, 1.0));
    }
}
