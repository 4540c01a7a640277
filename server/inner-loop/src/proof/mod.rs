//! A rewrite proved by building: what is asked for, what two images are compared by, and what follows from it.
//!
//! `builder` builds and runs; here two configurations, two lists of files and two trial runs become differences, and those become
//! the reasons for which a proof fails. Values of settings and outputs of programs are compared and never told: they may hold secrets.

mod configuration;
mod edit;
mod files;
mod packages;
mod trial;
mod withheld;
mod words;

pub use configuration::{ImageConfiguration, SettingChange, SettingOutcome, compare_configurations};
pub use edit::{Edit, choose_edit};
pub use files::{FileChanges, FileList, OneSided, SizedPath};
pub use packages::{PackageChanges, PackageList};
pub use trial::{Check, Ending, Observed, Ran, Response, Verdict, checks};
pub use withheld::Withheld;
pub use words::command_words;

use crate::event::Seconds;
use crate::progress::Update;
use crate::request::BuildRequest;

/// What is to be proved.
#[derive(Debug, Clone)]
pub struct ProofRequest {
    /// The build of the Dockerfile as it is.
    pub before: BuildRequest,
    /// The build of the rewritten one.
    pub after: BuildRequest,
    /// A command that both images run, as words.
    pub run: Option<Vec<String>>,
    /// Values that the Dockerfile as it is holds in the open; they are looked for in the images.
    pub in_the_open: Withheld,
    /// Whether the rewrite takes them out of the image.
    pub takes_secrets_out: bool,
}

/// Something of the Dockerfile as it is, and the same of the rewritten one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sides<T> {
    /// As the Dockerfile is.
    pub before: T,
    /// As the rewrite makes it.
    pub after: T,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The Dockerfile as it is.
    Before,
    /// The rewritten one.
    After,
}

/// What happens while a rewrite is proved.
#[derive(Debug, Clone, PartialEq)]
pub enum ProofEvent {
    /// What is done now, as a few words.
    Doing {
        /// Such as `building the Dockerfile as it is`.
        text: String,
    },
    /// Something of one of the builds.
    Build {
        /// Whose.
        side: Side,
        /// What.
        update: Update,
    },
    /// It is over. Comes last, and once.
    Finished(ProofOutcome),
}

/// How a proof ended.
#[derive(Debug, Clone, PartialEq)]
pub enum ProofOutcome {
    /// Both were built and compared.
    Compared(Box<Proof>),
    /// One of the two was not built, or did not become an image that could be looked at: why, in one line.
    NotBuilt(String),
    /// There is no builder that could prove anything: one line that says what to do.
    NoBuilder(String),
    /// The user stopped it.
    Canceled,
}

/// Receives the events of one proof, in order.
pub type ProofSink = Box<dyn Fn(ProofEvent) + Send + Sync>;

/// What two builds, two images and their trial runs came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proof {
    /// The builder's name and version.
    pub builder: String,
    /// Sizes of the images in bytes, as the engine's inspection gives them.
    pub size: Sides<u64>,
    /// Settings of the image that are not what they were.
    pub settings: Vec<SettingChange>,
    /// What both images were made to do, and whether it came out the same.
    pub checks: Vec<Check>,
    /// Files that the image lost and gained; absent where the engine does not give them.
    pub files: Option<FileChanges>,
    /// Packages of the distribution that it lost and gained; absent where neither image has a list that we read.
    pub packages: Option<PackageChanges>,
    /// Where values that must not be in an image were found in each; absent where there are none to look for.
    pub secrets: Option<Sides<Vec<String>>>,
    /// Whether the rewrite is there to take them out.
    pub takes_secrets_out: bool,
    /// What it takes to build again after an edit of one file.
    pub rebuild: Rebuilds,
}

/// What it takes to build again after an edit of one file.
#[derive(Debug, Clone, PartialEq)]
pub enum Rebuilds {
    /// Both were built again.
    Measured {
        /// The file that was edited, in a copy of the context.
        edited: String,
        /// What it took.
        sides: Sides<Rebuild>,
    },
    /// It was not measured: why.
    Unknown(String),
}

impl Default for Rebuilds {
    fn default() -> Self {
        Self::Unknown("nothing was built again".to_owned())
    }
}

/// A build after an edit of one file.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rebuild {
    /// How long it took.
    pub seconds: Seconds,
    /// Steps of the target.
    pub steps: usize,
    /// Steps that came from the cache.
    pub cached: usize,
    /// Compressed bytes of the layers that a machine with the image of before the edit lacks; absent where they cannot be told.
    pub pulled: Option<u64>,
}

impl Proof {
    /// Why the rewritten Dockerfile is no replacement for the other, a line a reason. None where no difference was found.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let settings = self.settings.iter().filter_map(SettingChange::reason);
        let checks =
            self.checks.iter().filter_map(|check| Some(format!("{}: {}", check.what, check.reason()?)));
        settings.chain(checks).chain(self.leak()).collect()
    }

    /// Why nothing is proved although no difference was found: neither image did anything that could be compared, or the command that the
    /// user named tells nothing.
    #[must_use]
    pub fn unproven(&self) -> Option<String> {
        let why = |check: &Check| match &check.verdict {
            Verdict::Unproven { why } => Some(format!("{}: {why}", check.what)),
            _ => None,
        };
        let named = self.checks.iter().filter(|check| check.what == trial::RUN).find_map(why);
        if named.is_some() || self.checks.iter().any(|check| check.verdict == Verdict::Same) {
            return named;
        }
        self.checks.iter().find_map(why).or_else(|| Some("nothing was run".to_owned()))
    }

    /// A secret that is still there, or there for the first time. One that stays where it was is no matter of a rewrite that is about other things.
    fn leak(&self) -> Option<String> {
        let Sides { before, after } = self.secrets.as_ref()?;
        let place = after.first()?;
        (self.takes_secrets_out || before.is_empty()).then(|| match after.len() {
            1 => format!("secrets: one is in the new image: {place}"),
            count => format!("secrets: they are in {count} places of the new image, such as {place}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(what: &str, verdict: Verdict) -> Check {
        Check { what: what.to_owned(), shown: Sides::default(), verdict }
    }

    #[test]
    fn one_thing_that_came_out_the_same_is_a_proof_and_one_that_did_not_is_none() {
        let unproven = check("program", Verdict::Unproven { why: "it neither ends nor listens".to_owned() });
        let different = Verdict::Different { reason: "it ends with 1, not 0".to_owned(), is_outcome: true };
        let mut proof = Proof { checks: vec![unproven], ..Proof::default() };
        assert_eq!(proof.unproven().unwrap(), "program: it neither ends nor listens");
        proof.checks.push(check("--run", Verdict::Same));
        assert_eq!((proof.unproven(), proof.reasons()), (None, Vec::new()));
        proof.checks.push(check("--run", Verdict::Unproven { why: "it fails in both".to_owned() }));
        assert_eq!(proof.unproven().unwrap(), "--run: it fails in both", "what the user named counts");
        proof.checks.push(check("HEALTHCHECK", different));
        assert_eq!(proof.reasons(), ["HEALTHCHECK: it ends with 1, not 0"]);
    }

    #[test]
    fn secrets_that_stay_are_a_reason_only_where_they_should_go() {
        let secrets = |before: &[&str], after: &[&str]| {
            let owned = |places: &[&str]| places.iter().map(|place| (*place).to_owned()).collect();
            Some(Sides { before: owned(before), after: owned(after) })
        };
        let stays = Proof { secrets: secrets(&["history"], &["history"]), ..Proof::default() };
        assert_eq!(stays.reasons(), Vec::<String>::new());
        let should_go = Proof { takes_secrets_out: true, ..stays };
        assert_eq!(should_go.reasons(), ["secrets: one is in the new image: history"]);
        let is_new = Proof { secrets: secrets(&[], &["history", "layer 1: a"]), ..Proof::default() };
        assert_eq!(is_new.reasons(), ["secrets: they are in 2 places of the new image, such as history"]);
        let goes = Proof { secrets: secrets(&["history"], &[]), takes_secrets_out: true, ..Proof::default() };
        assert_eq!(goes.reasons(), Vec::<String>::new());
    }
}
