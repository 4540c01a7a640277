//! Blocking threads for computing, bounded in number.
//!
//! A thread whose job is done goes on with the next one of its queue: each thread takes memory of its own, and keeps it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    requests: Arc<Queue>,
    background: Arc<Queue>,
    disk: Arc<Queue>,
    looks: Arc<Queue>,
}

type Job = Box<dyn FnOnce() + Send>;

/// Jobs of one kind, so many at once at most.
struct Queue {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many threads are at work.
    running: usize,
    waiting: VecDeque<Job>,
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
        let queue = |most| Arc::new(Queue { most, state: Mutex::default() });
        Self {
            requests: queue(REQUESTS),
            background: queue(BACKGROUND),
            disk: queue(DISK),
            looks: queue(LOOKS),
        }
    }

    /// Runs a job that a request waits for. A panic ends that job alone.
    pub(crate) fn answer(&self, job: impl FnOnce() + Send + 'static) {
        self.requests.take(guarded(job, |_| {}));
    }

    /// Runs a job that nobody waits for, and hands on what came out of it: nothing where it panicked.
    pub(crate) fn background<T: 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(Option<T>) + Send + 'static,
    ) {
        self.background.take(guarded(job, then));
    }

    /// Like [`Self::background`], for jobs that read files.
    pub(crate) fn disk<T: 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(Option<T>) + Send + 'static,
    ) {
        self.disk.take(guarded(job, then));
    }

    /// Like [`Self::background`], for jobs that look at the next build.
    pub(crate) fn look<T: 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(Option<T>) + Send + 'static,
    ) {
        self.looks.take(guarded(job, then));
    }
}

impl Queue {
    fn take(self: &Arc<Self>, job: Job) {
        let mut state = self.state();
        if state.running >= self.most {
            state.waiting.push_back(job);
            return;
        }
        state.running += 1;
        drop(state);
        let queue = Arc::clone(self);
        tokio::task::spawn_blocking(move || queue.work(job));
    }

    /// Does a job, and those that wait.
    fn work(&self, mut job: Job) {
        loop {
            job();
            let mut state = self.state();
            let Some(next) = state.waiting.pop_front() else {
                state.running -= 1;
                return;
            };
            job = next;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A job whose panic ends nothing but itself.
fn guarded<T: 'static>(
    job: impl FnOnce() -> T + Send + 'static,
    then: impl FnOnce(Option<T>) + Send + 'static,
) -> Job {
    Box::new(move || {
        let outcome = catch_unwind(AssertUnwindSafe(job));
        if outcome.is_err() {
            tracing::error!("a worker's job failed; the session goes on");
        }
        if catch_unwind(AssertUnwindSafe(|| then(outcome.ok()))).is_err() {
            tracing::error!("what a worker found could not be handed on; the session goes on");
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn one_thread_does_the_jobs_of_a_queue_in_order_and_a_panic_costs_itself_alone() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let queue = Arc::new(Queue { most: 1, state: Mutex::default() });
        let (sender, found) = mpsc::channel();
        let (all_are_there, waiting) = mpsc::channel();
        runtime.block_on(async {
            queue.take(guarded(move || waiting.recv().unwrap(), |_| {}));
            for number in 0..50 {
                let sender = sender.clone();
                let job = move || {
                    assert!(number % 10 != 9, "on purpose");
                    (number, thread::current().id())
                };
                queue.take(guarded(job, move |found| sender.send(found).unwrap()));
            }
            all_are_there.send(()).unwrap();
        });
        drop(sender);
        let found: Vec<_> = found.iter().collect();
        let numbers: Vec<_> = found.iter().map(|found| found.map(|(number, _)| number)).collect();
        let expected: Vec<_> = (0..50).map(|number| Some(number).filter(|number| number % 10 != 9)).collect();
        assert_eq!(numbers, expected);
        let first = found[0].unwrap().1;
        assert!(found.iter().flatten().all(|(_, thread)| *thread == first));
    }
}
