//! What has changed since a build began, and whether the build is still worth its time.
//!
//! A build that is overtaken goes on as long as it does what the next one needs too: an edit of the source does not stop the
//! installation of packages that the source has no part in, which would begin anew with every save and never end. It is pointless
//! from the moment on where it runs nothing but steps whose outcome the change may alter.

use semantic::{Change, Reads};

use crate::progress::Progress;

/// A running build against what has changed since it began.
#[derive(Debug, Default)]
pub struct Staleness {
    reads: Reads,
    changes: Vec<Change>,
    affected: Vec<bool>,
}

impl Staleness {
    /// A build that begins now and reads this.
    #[must_use]
    pub fn of(reads: Reads) -> Self {
        Self { reads, ..Self::default() }
    }

    /// More has changed. Whether the build has read it before or after is not known, so it counts as before: the next build is
    /// quick where that was wrong.
    pub fn add(&mut self, changes: &[Change]) {
        self.changes.extend_from_slice(changes);
        self.affected = self.reads.affected(&self.changes);
    }

    /// Whether the build is to be stopped. One of whose steps nothing is known goes on to its end.
    #[must_use]
    pub fn is_pointless(&self, progress: &Progress) -> bool {
        let mut runs_affected = false;
        for (index, affected) in self.affected.iter().enumerate() {
            match (progress.is_busy(index), affected) {
                (true, false) => return false,
                (true, true) => runs_affected = true,
                (false, _) => {}
            }
        }
        runs_affected
    }
}

/// The first line, from 1, in which two versions of a text differ. None where they are the same.
#[must_use]
pub fn first_changed_line(before: &str, after: &str) -> Option<u32> {
    if before == after {
        return None;
    }
    let same =
        before.split('\n').zip(after.split('\n')).take_while(|(before, after)| before == after).count();
    u32::try_from(same + 1).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use semantic::{Facts, Model};
    use syntax::Document;

    use super::*;
    use crate::event::{BuildEvent, Vertex};

    const TEXT: &str = "FROM a\nCOPY package.json .\nRUN npm ci\nCOPY . .\nRUN make\n";
    const NPM: &str = "[3/5] RUN npm ci";
    const MAKE: &str = "[5/5] RUN make";

    /// Whether the build is pointless while these steps run, after a change.
    fn check(change: Change, running: &[&str]) -> bool {
        let model = Model::new(&Document::new(TEXT), &Facts::default());
        let mut progress = Progress::of(&model, None);
        for name in running {
            let vertex = Vertex {
                digest: (*name).to_owned(),
                name: (*name).to_owned(),
                started: Some(1.0),
                ..Vertex::default()
            };
            progress.apply(BuildEvent::Vertex(vertex));
        }
        let mut staleness = Staleness::of(model.reads(0, &BTreeSet::new()));
        assert!(!staleness.is_pointless(&progress), "nothing has changed");
        staleness.add(&[change]);
        staleness.is_pointless(&progress)
    }

    fn file(path: &str) -> Change {
        Change::File(None, path.to_owned())
    }

    #[test]
    fn a_build_goes_on_while_it_does_what_the_next_one_needs_too() {
        assert!(!check(file("src/main.js"), &[NPM]));
        assert!(check(file("src/main.js"), &[MAKE]));
        assert!(check(file("package.json"), &[NPM]));
        assert!(!check(file("src/main.js"), &[NPM, MAKE]));
        assert!(!check(file("src/main.js"), &[]));
    }

    #[test]
    fn an_edit_of_the_dockerfile_stops_what_comes_after_it_alone() {
        assert!(!check(Change::Dockerfile(5), &[NPM]));
        assert!(check(Change::Dockerfile(3), &[NPM]));
        assert!(check(Change::Dockerfile(5), &[MAKE]));
    }

    #[test]
    fn the_first_line_that_differs() {
        assert_eq!(first_changed_line("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_changed_line("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_changed_line("a\nb\n", "a\nb\nc\n"), Some(3));
        assert_eq!(first_changed_line("a\r\nb", "a\nb"), Some(1));
        assert_eq!(first_changed_line("größe 👍\n", "größe 👎\n"), Some(1));
        assert_eq!(first_changed_line("", "a"), Some(1));
    }
}
