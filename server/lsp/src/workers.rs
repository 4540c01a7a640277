//! Blocking threads for computing, bounded in number.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Jobs that wait for an answer: more than there are cores, so that a few slow ones do not hold up the quick ones.
const REQUESTS: usize = 16;

/// Jobs that nobody waits for.
const BACKGROUND: usize = 2;

/// Two queues of jobs. Each is served in the order of its jobs.
pub(crate) struct Workers {
    requests: Arc<Semaphore>,
    background: Arc<Semaphore>,
}

impl Workers {
    pub(crate) fn new() -> Self {
        Self {
            requests: Arc::new(Semaphore::new(REQUESTS)),
            background: Arc::new(Semaphore::new(BACKGROUND)),
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
