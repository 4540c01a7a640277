//! What the main context's file syncs sent.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use inner_loop::sent::MOST_NAMED;
use tokio::task::JoinHandle;
use workspace::context::{self, Kind, Selection};

/// Counting what nobody asked for is not worth more of people's time.
const COUNT_DEADLINE: Duration = Duration::from_millis(500);

/// Counters that the syncs of one build share.
#[derive(Default)]
pub(crate) struct Totals {
    files_sent: AtomicU64,
    bytes_sent: AtomicU64,
    /// The paths of the first files that were sent.
    first_sent: Mutex<Vec<String>>,
    files_listed: AtomicU64,
    bytes_listed: AtomicU64,
    listed_all: AtomicBool,
    counting: Mutex<Option<JoinHandle<()>>>,
    stop_counting: AtomicBool,
}

impl Totals {
    pub(crate) fn sent_file(&self, path: &str, bytes: u64) {
        if let Ok(mut first) = self.first_sent.lock()
            && first.len() < MOST_NAMED
        {
            first.push(path.to_owned());
        }
        self.files_sent.fetch_add(1, Ordering::Relaxed);
        self.bytes_sent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Records a listing of everything that `.dockerignore` leaves in.
    pub(crate) fn listed_all(&self, files: u64, bytes: u64) {
        self.files_listed.store(files, Ordering::Relaxed);
        self.bytes_listed.store(bytes, Ordering::Relaxed);
        self.listed_all.store(true, Ordering::Release);
    }

    /// Files and bytes of content that were sent.
    pub(crate) fn sent(&self) -> (u64, u64) {
        (self.files_sent.load(Ordering::Relaxed), self.bytes_sent.load(Ordering::Relaxed))
    }

    /// The paths of the first files that were sent.
    pub(crate) fn first_sent(&self) -> Vec<String> {
        self.first_sent.lock().map(|first| first.clone()).unwrap_or_default()
    }

    /// Counts all of a context, beside the build, for one that asks for a part of it. Only the first call counts.
    pub(crate) fn start_counting(self: &Arc<Self>, root: &Path, selection: Selection) {
        let Ok(mut counting) = self.counting.lock() else { return };
        if counting.is_none() {
            let (totals, root) = (Arc::clone(self), root.to_owned());
            *counting = Some(tokio::task::spawn_blocking(move || totals.count(&root, &selection)));
        }
    }

    /// Counts unless a sync has listed everything already.
    pub(crate) fn start_counting_if_unknown(self: &Arc<Self>, root: &Path, selection: Selection) {
        if !self.listed_all.load(Ordering::Acquire) {
            self.start_counting(root, selection);
        }
    }

    fn count(&self, root: &Path, selection: &Selection) {
        let (mut files, mut bytes) = (0, 0);
        let counted = context::walk(root, selection, &mut |entry| {
            if entry.kind == Kind::File {
                files += 1;
                bytes += entry.size;
            }
            if self.stop_counting.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        if counted.is_ok() && !self.stop_counting.load(Ordering::Relaxed) {
            self.listed_all(files, bytes);
        }
    }

    /// Ends a count that goes on: its result is not wanted any more.
    pub(crate) fn stop_counting(&self) {
        self.stop_counting.store(true, Ordering::Relaxed);
    }

    /// Files and bytes in all. None where nothing was listed completely, or counting takes too long.
    pub(crate) async fn all(&self) -> Option<(u64, u64)> {
        if !self.listed_all.load(Ordering::Acquire) {
            let counting = self.counting.lock().ok()?.take()?;
            if tokio::time::timeout(COUNT_DEADLINE, counting).await.is_err() {
                self.stop_counting();
            }
        }
        let all = (self.files_listed.load(Ordering::Relaxed), self.bytes_listed.load(Ordering::Relaxed));
        self.listed_all.load(Ordering::Acquire).then_some(all)
    }
}
