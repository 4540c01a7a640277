//! The events of one save, or of one switch of branches, until they are settled. Time comes in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A save is several events, microseconds apart: a file is cut to nothing, written and closed; or written under another name and
/// renamed. Shorter than this, a build would read half of a save on a loaded machine.
const QUIET: Duration = Duration::from_millis(20);

/// Some programs delete a file and write it anew. One that went is given this long to return.
const RETURN: Duration = Duration::from_millis(100);

/// Something that writes all the time does not hold builds off for longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    /// It is there now.
    Came,
    /// It is gone, or has another name.
    Went,
    /// Its content or its attributes changed.
    Written,
}

impl Touch {
    /// Whether a path of which nothing else is known may be a folder that matters: one that was written to is told of by its files.
    pub(super) const fn may_be_folder(self) -> bool {
        matches!(self, Self::Came)
    }
}

#[derive(Debug)]
struct Touched {
    first: Touch,
    last: Touch,
    is_folder: bool,
}

/// Events that belong together.
#[derive(Debug)]
pub(super) struct Batch {
    began: Instant,
    last: Instant,
    touched: BTreeMap<PathBuf, Touched>,
    quiet: Duration,
    lost_count: bool,
}

impl Batch {
    pub(super) fn new(now: Instant) -> Self {
        Self { began: now, last: now, touched: BTreeMap::new(), quiet: QUIET, lost_count: false }
    }

    pub(super) fn add(&mut self, path: PathBuf, touch: Touch, is_folder: bool, now: Instant) {
        self.last = now;
        let touched = self.touched.entry(path).or_insert(Touched { first: touch, last: touch, is_folder });
        touched.last = touch;
        touched.is_folder |= is_folder;
    }

    /// Events were lost: anything may have changed.
    pub(super) fn lose_count(&mut self, now: Instant) {
        self.last = now;
        self.lost_count = true;
    }

    /// When it is settled, if nothing more happens.
    pub(super) fn due(&self) -> Instant {
        (self.last + self.quiet).min(self.began + PATIENCE)
    }

    /// Whether it has to wait longer: a file went, and may be on its way back.
    pub(super) fn awaits_return(&mut self, now: Instant, exists: impl Fn(&Path) -> bool) -> bool {
        let went = |(path, touched): (&PathBuf, &Touched)| {
            touched.first != Touch::Came && touched.last == Touch::Went && !touched.is_folder && !exists(path)
        };
        if !self.touched.iter().any(went) {
            return false;
        }
        self.quiet = RETURN;
        now < self.due()
    }

    /// The paths that matter in the end, each with whether it is a folder: what came and went again does not.
    pub(super) fn settled(&self, exists: impl Fn(&Path) -> bool) -> impl Iterator<Item = (&Path, bool)> {
        let stays = move |(path, touched): &(&PathBuf, &Touched)| {
            touched.first != Touch::Came || touched.is_folder || exists(path)
        };
        self.touched.iter().filter(stays).map(|(path, touched)| (path.as_path(), touched.is_folder))
    }

    pub(super) fn has_folders(&self) -> bool {
        self.folders().next().is_some()
    }

    /// Folders that came or went.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.touched.iter().filter(|(_, touched)| touched.is_folder).map(|(path, _)| path.as_path())
    }

    pub(super) fn lost_count(&self) -> bool {
        self.lost_count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is settled, and after how many milliseconds, where these files exist in the end.
    fn check(events: &[(u64, &str, Touch)], existing: &[&str]) -> (u64, Vec<String>) {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let exists = |path: &Path| existing.iter().any(|name| Path::new(name) == path);
        let mut batch = Batch::new(at(events[0].0));
        for (milliseconds, name, touch) in events {
            batch.add(PathBuf::from(name), *touch, name.ends_with('/'), at(*milliseconds));
        }
        let mut due = batch.due();
        while batch.awaits_return(due, exists) {
            due = batch.due();
        }
        let settled = batch.settled(exists).map(|(path, _)| path.display().to_string()).collect();
        (u64::try_from((due - start).as_millis()).unwrap(), settled)
    }

    #[test]
    fn a_save_is_settled_after_its_last_event() {
        use Touch::{Came, Went, Written};
        let written = [(0, "a", Written), (1, "a", Written), (3, "a", Written)];
        assert_eq!(check(&written, &["a"]), (23, vec!["a".to_owned()]));
        // As vim saves with a backup, and as `sed -i` does.
        let renamed = [(0, "a", Went), (1, "a", Came), (2, "a", Written)];
        assert_eq!(check(&renamed, &["a"]), (22, vec!["a".to_owned()]));
        let replaced = [(0, "sedX", Came), (1, "sedX", Written), (2, "sedX", Went), (2, "a", Came)];
        assert_eq!(check(&replaced, &["a"]), (22, vec!["a".to_owned()]));
    }

    #[test]
    fn a_file_that_went_is_given_time_to_return() {
        use Touch::{Came, Went};
        assert_eq!(check(&[(0, "a", Went)], &[]), (100, vec!["a".to_owned()]));
        assert_eq!(check(&[(0, "a", Went), (60, "a", Came)], &["a"]), (80, vec!["a".to_owned()]));
        assert_eq!(check(&[(0, "a/", Went)], &[]), (20, vec!["a/".to_owned()]));
    }

    #[test]
    fn what_writes_all_the_time_does_not_hold_it_off() {
        let events: Vec<_> = (0..200).map(|turn| (turn * 10, "log", Touch::Written)).collect();
        assert_eq!(check(&events, &["log"]).0, 1000);
    }
}
