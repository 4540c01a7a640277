//! Keeps how builds went, so that the next one can be told before it starts. Beside the builds: none of them waits for it.
//!
//! Builds are kept in the order in which they ended, whichever was planned first: or an older one would come to be the last.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::{self, JoinHandle};

use inner_loop::{BuildRecord, BuildRequest, Builder};

use crate::foresight::{Foresight, Planned};

/// Keeps the builds of one builder.
pub struct Recorder {
    cache_folder: PathBuf,
    builder: Arc<dyn Builder>,
    /// To the thread that keeps them, which begins with the first and ends with the recorder.
    queue: OnceLock<mpsc::Sender<Ended>>,
}

/// A build that has begun.
#[derive(Debug)]
pub struct Recording {
    planning: JoinHandle<Option<(Foresight, Planned)>>,
}

/// A build that is over.
struct Ended {
    recording: Recording,
    record: BuildRecord,
    vertices: Vec<Option<String>>,
    then: Box<dyn FnOnce() + Send>,
}

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
        record: BuildRecord,
        vertices: Vec<Option<String>>,
        then: impl FnOnce() + Send + 'static,
    ) {
        let queue = self.queue.get_or_init(|| {
            let (sender, ended) = mpsc::channel();
            let builder = Arc::clone(&self.builder);
            thread::spawn(move || ended.into_iter().for_each(|ended: Ended| ended.keep(builder.as_ref())));
            sender
        });
        // The thread ends after its last sender: it takes whatever is sent.
        let _ = queue.send(Ended { recording, record, vertices, then: Box::new(then) });
    }
}

impl Ended {
    fn keep(self, builder: &dyn Builder) {
        let Self { recording, record, vertices, then } = self;
        // A panic costs the record of this build alone.
        let kept = catch_unwind(AssertUnwindSafe(|| {
            let Ok(Some((foresight, planned))) = recording.planning.join() else { return };
            if let Err(error) = foresight.remember(&planned, &record, &vertices, builder) {
                tracing::warn!(%error, "the build cannot be kept");
            }
        }));
        if kept.is_err() {
            tracing::error!("keeping a build failed; builds go on");
        }
        then();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};

    use inner_loop::{BuildHandle, BuilderDescription, BuilderState, EventSink, StepRecord, StepState};
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
        let record = |seconds: f64| BuildRecord {
            ok: true,
            seconds,
            steps: vec![step(1), step(2)],
            ..BuildRecord::default()
        };
        let (sender, kept) = mpsc::channel();
        let told = |seconds| {
            let sender = sender.clone();
            move || sender.send(seconds).unwrap()
        };
        let first = recorder.start(&request);
        let second = recorder.start(&request);
        // Never finished, and not kept.
        let _stopped = recorder.start(&request);
        recorder.finish(first, record(1.0), vec![None; 2], told(1));
        recorder.finish(second, record(2.0), vec![None; 2], told(2));
        gate.open();
        assert_eq!(kept.iter().take(2).collect::<Vec<_>>(), [1, 2]);
        let last = Foresight::open(&cache).unwrap().last_build(&request).unwrap();
        assert_eq!((last.build.seconds, last.before.unwrap().seconds), (2.0, 1.0));
    }
}
