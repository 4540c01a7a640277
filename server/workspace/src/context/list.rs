//! Lists a context on all cores: what a walk visits, in the same order.
//!
//! A large context has thousands of files, and asking for the times of each is nearly all that listing it costs. Folders are read in
//! whatever order threads come to them, and put in order at the end.

use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::walk::{Folder, Found, walk};
use super::{ContextError, Entry, Selection};

/// Fewer folders than this that wait to be read are no work for another thread.
const WORTH_A_THREAD: usize = 8;

/// More threads than this only wait for the file system.
const MOST_THREADS: usize = 8;

/// Every selected entry of `root`, in the order of [`walk`].
///
/// # Errors
/// As for [`walk`].
pub fn list(root: &Path, selection: &Selection) -> Result<Vec<Entry>, ContextError> {
    let reading = Reading { selection, state: Mutex::default(), changed: Condvar::new() };
    reading.lock().add(Folder::root(root));
    while reading.lock().is_small() && reading.read_one() {}
    if !reading.lock().waiting.is_empty() {
        let n_threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        thread::scope(|scope| {
            for _ in 1..n_threads {
                scope.spawn(|| while reading.read_one() {});
            }
            while reading.read_one() {}
        });
    }
    let mut state = reading.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if state.has_failed {
        return one_by_one(root, selection);
    }
    let mut order = Order::default();
    order.add(&mut state.read, 0);
    Ok(order.entries)
}

/// Where something cannot be read, the error is the same every time: that of the first in order.
fn one_by_one(root: &Path, selection: &Selection) -> Result<Vec<Entry>, ContextError> {
    let mut entries = Vec::new();
    walk(root, selection, &mut |entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    })?;
    Ok(entries)
}

/// What is in a folder, with the numbers of the folders among it; nothing where it is gone or was not read yet.
type Inside = Option<Vec<(Found, Option<usize>)>>;

struct Reading<'a> {
    selection: &'a Selection,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Folders by number that nobody has come to yet.
    waiting: Vec<(usize, Folder)>,
    /// By the folder's number.
    read: Vec<Inside>,
    n_being_read: usize,
    has_failed: bool,
}

impl State {
    fn add(&mut self, folder: Folder) -> usize {
        let number = self.read.len();
        self.read.push(None);
        self.waiting.push((number, folder));
        number
    }

    fn is_small(&self) -> bool {
        self.waiting.len() < WORTH_A_THREAD
    }
}

impl Reading<'_> {
    /// A thread that fails takes nothing with it: the state is whole between its changes.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads one folder. Whether there may be more.
    fn read_one(&self) -> bool {
        let mut state = self.lock();
        let (number, folder) = loop {
            if state.has_failed {
                return false;
            }
            if let Some(next) = state.waiting.pop() {
                break next;
            }
            if state.n_being_read == 0 {
                return false;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        state.n_being_read += 1;
        drop(state);
        // The others would wait for a thread that fails.
        let read = std::panic::catch_unwind(AssertUnwindSafe(|| folder.read(self.selection)));
        let mut state = self.lock();
        state.n_being_read -= 1;
        match read {
            Err(_) | Ok(Err(_)) => state.has_failed = true,
            Ok(Ok(None)) => {}
            Ok(Ok(Some(found))) => {
                let numbered = found.into_iter().map(|mut found| {
                    let number = found.folder.take().map(|folder| state.add(folder));
                    (found, number)
                });
                let numbered = numbered.collect();
                state.read[number] = Some(numbered);
            }
        }
        drop(state);
        self.changed.notify_all();
        true
    }
}

/// Puts what was read in order. A folder that was not picked itself comes before the first thing in it that was.
#[derive(Default)]
struct Order {
    entries: Vec<Entry>,
    pending: Vec<Entry>,
}

impl Order {
    fn add(&mut self, read: &mut [Inside], folder: usize) {
        for (Found { entry, is_picked, .. }, inside) in read[folder].take().unwrap_or_default() {
            // A folder that is gone by now is none.
            if inside.is_some_and(|inside| read[inside].is_none()) {
                continue;
            }
            if is_picked {
                self.entries.append(&mut self.pending);
                self.entries.push(entry);
            } else {
                self.pending.push(entry);
            }
            let n_pending = self.pending.len();
            if let Some(inside) = inside {
                self.add(read, inside);
            }
            if !is_picked && self.pending.len() == n_pending {
                self.pending.pop();
            }
        }
    }
}
