//! Blocking threads for computing, bounded in number.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Jobs that wait for an answer: more than there are cores, so that a few slow ones do not hold up the quick ones.
const REQUESTS: usize = 16;

/// Jobs that nobody waits for.
const BACKGROUND: usize = 2;

/// Jobs that read files: a slow disk holds up nothing else.
const DISK: usize = 2;

/// Jobs that ask a builder what the next build would do: one that is slow to answer holds up no reading of files.
const LOOKS: usize = 2;

/// Queues of jobs. Each is served in the order of its jobs.
pub(crate) struct Workers {
    requests: Arc<Semaphore>,
    background: Arc<Semaphore>,
    disk: Arc<Semaphore>,
    looks: Arc<Semaphore>,
}

/// A job that runs once at a time, and once more if it was asked for meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Once {
    running: bool,
    again: bool,
}

impl Once {
    /// Whether the job is to be started now; else it is when the running one has ended.
    pub(crate) fn start(&mut self) -> bool {
        self.again = self.running;
        !std::mem::replace(&mut self.running, true)
    }

    /// Whether the job has been started and has not ended.
    pub(crate) fn is_running(&self) -> bool {
        self.running
    }

    /// The job has ended. Whether it was asked for meanwhile.
    pub(crate) fn finish(&mut self) -> bool {
        self.running = false;
        std::mem::take(&mut self.again)
    }
}

impl Workers {
    pub(crate) fn new() -> Self {
        let slots = |number| Arc::new(Semaphore::new(number));
        Self {
            requests: slots(REQUESTS),
            background: slots(BACKGROUND),
            disk: slots(DISK),
            looks: slots(LOOKS),
        }
    }

    /// Runs a job that a request waits for. A panic ends that job alone.
    pub(crate) fn answer(&self, job: impl FnOnce() + Send + 'static) {
        spawn(&self.requests, job, |_| {});
    }

    /// Runs a job that nobody waits for, and hands on what came out of it: nothing where it panicked.
    pub(crate) fn background<T: 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(Option<T>) + Send + 'static,
    ) {
        spawn(&self.background, job, then);
    }

    /// Like [`Self::background`], for jobs that read files.
    pub(crate) fn disk<T: 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(Option<T>) + Send + 'static,
    ) {
        spawn(&self.disk, job, then);
    }

    /// Like [`Self::background`], for jobs that look at the next build.
    pub(crate) fn look<T: 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(Option<T>) + Send + 'static,
    ) {
        spawn(&self.looks, job, then);
    }
}

fn spawn<T>(
    slots: &Arc<Semaphore>,
    job: impl FnOnce() -> T + Send + 'static,
    then: impl FnOnce(Option<T>) + Send + 'static,
) {
    let run = move |permit: OwnedSemaphorePermit| {
        tokio::task::spawn_blocking(move || {
            let outcome = std::panic::catch_unwind(AssertUnwindSafe(job));
            if outcome.is_err() {
                tracing::error!("a worker's job failed; the session goes on");
            }
            drop(permit);
            then(outcome.ok());
        });
    };
    match Arc::clone(slots).try_acquire_owned() {
        Ok(permit) => run(permit),
        Err(_) => {
            let slots = Arc::clone(slots);
            tokio::spawn(async move {
                // The semaphore is never closed.
                if let Ok(permit) = slots.acquire_owned().await {
                    run(permit);
                }
            });
        }
    }
}
