//! Following the files that a build reads, and telling of their changes once a save is complete.
//!
//! Only folders that may hold such files are watched, each by itself: a `node_modules` that is ignored costs nothing. What has
//! changed is told in the words of [`Change`]; what follows from it is decided elsewhere.

mod batch;
mod ephemeral;
mod folders;
mod following;
#[cfg(test)]
mod tests;

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Instant;

use semantic::Change;
use semantic::reads::Inputs;

use self::batch::Batch;
use self::folders::Folders;
pub use self::folders::WatchError;
use self::following::Following;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// These changed, and are settled. The line of a [`Change::Dockerfile`] is 1: which one it is, is for those who know the text.
    Changed(Vec<Change>),
    /// Some folder cannot be watched; the others still are.
    Failed(WatchError),
}

/// What the thread is told.
enum Order {
    Signal(Signal),
    Follow(Inputs, Sender<()>),
    End,
}

/// What the operating system says.
enum Signal {
    Touched(batch::Touch, Vec<std::path::PathBuf>),
    /// It lost count.
    Overflow,
}

/// Files that are followed. Dropping it ends that.
#[derive(Debug)]
pub struct Watch {
    orders: Sender<Order>,
}

impl Watch {
    /// Begins. What changes from the moment of the return on is told.
    ///
    /// # Errors
    /// The operating system gives no watch, or not one for every folder.
    pub fn start(inputs: Inputs, told: impl FnMut(Told) + Send + 'static) -> Result<Self, WatchError> {
        let (orders, inbox) = mpsc::channel();
        let signals = orders.clone();
        let mut folders = Folders::new(move |signal| drop(signals.send(Order::Signal(signal))))?;
        let following = Following::new(inputs);
        folders.follow(&following)?;
        let watcher = Watcher { folders, following, told, batch: None };
        thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || watcher.run(&inbox))
            .map_err(|error| WatchError::Refused(error.to_string()))?;
        Ok(Self { orders })
    }

    /// Follows other files from now on. Returns once that holds.
    pub fn follow(&self, inputs: Inputs) {
        let (done, is_done) = mpsc::channel();
        if self.orders.send(Order::Follow(inputs, done)).is_ok() {
            // Where the thread has ended nothing is followed any more.
            let _ = is_done.recv();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::End);
    }
}

struct Watcher<T> {
    folders: Folders,
    following: Following,
    told: T,
    batch: Option<Batch>,
}

impl<T: FnMut(Told)> Watcher<T> {
    fn run(mut self, inbox: &Receiver<Order>) {
        loop {
            let wait = self.batch.as_ref().map(|batch| batch.due().saturating_duration_since(Instant::now()));
            let order = match wait {
                Some(wait) => inbox.recv_timeout(wait),
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match order {
                Ok(Order::Signal(signal)) => self.take(signal),
                Ok(Order::Follow(inputs, done)) => {
                    self.following = Following::new(inputs);
                    self.follow();
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => self.settle(),
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Takes in a signal, if it is about something that is followed: the noise of others must not keep a save from settling.
    fn take(&mut self, signal: Signal) {
        let now = Instant::now();
        match signal {
            Signal::Touched(touch, paths) => {
                for path in paths {
                    let is_folder = self.folders.holds(&path) || (touch.may_be_folder() && path.is_dir());
                    if self.following.is_about(&path, is_folder) {
                        self.batch.get_or_insert_with(|| Batch::new(now)).add(path, touch, is_folder, now);
                    }
                }
            }
            Signal::Overflow => self.batch.get_or_insert_with(|| Batch::new(now)).lose_count(now),
        }
    }

    fn settle(&mut self) {
        let Some(mut batch) = self.batch.take() else { return };
        if batch.awaits_return(Instant::now(), |path| path.symlink_metadata().is_ok()) {
            self.batch = Some(batch);
            return;
        }
        let mut changes: Vec<Change> = batch
            .settled(|path| path.symlink_metadata().is_ok())
            .flat_map(|(path, is_folder)| self.following.changes(path, is_folder))
            .collect();
        if batch.lost_count() {
            changes.extend(self.following.everything());
        }
        changes.sort();
        changes.dedup();
        let other_files = batch.has_folders()
            || batch.lost_count()
            || changes.iter().any(|change| matches!(change, Change::IgnoreFile(_)));
        if other_files {
            self.folders.forget(batch.folders());
            self.following = Following::new(self.following.inputs().clone());
            self.follow();
        }
        if !changes.is_empty() {
            (self.told)(Told::Changed(changes));
        }
    }

    fn follow(&mut self) {
        if let Err(error) = self.folders.follow(&self.following) {
            (self.told)(Told::Failed(error));
        }
    }
}
