//! What the last commits of a context would have cost with a Dockerfile, by the record alone.

use std::path::Path;

use inner_loop::BuildRequest;
use inner_loop::contents::Listing;
use inner_loop::pricing::{Price, prices};
use semantic::dockerignore::Dockerignore;

use super::{Foresight, Planned};
use crate::context;
use crate::git_history::{self, Commit};

/// What commits cost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Priced {
    /// When the last build of the same was, in seconds since 1970; absent before the first one: then nobody knows what a step takes.
    pub known_build: Option<u64>,
    /// One price a commit, in the order that they were given in.
    pub prices: Vec<Price>,
}

impl Foresight {
    /// The newest commits with what lay in a build's context, the newest first: one more than `count` where there are so many, for the
    /// oldest is what counting begins with.
    ///
    /// # Errors
    /// One line: there is no repository, or the context is no folder of one.
    pub fn last_commits(&self, request: &BuildRequest, count: usize) -> Result<Vec<Commit>, String> {
        let root = Path::new(&request.context);
        let ignored = context::ignore_file(root, &request.dockerfile).map_err(|error| error.to_string())?;
        let ignored = ignored.map(|file| Dockerignore::parse(&file.text).0).unwrap_or_default();
        git_history::last_commits(root, &ignored, count + 1, &self.seal)
    }

    /// Prices commits, the newest first, all but the last one of them, which is what counting begins with.
    ///
    /// # Errors
    /// One line: nothing can be told of such a build.
    pub fn price(&self, request: &BuildRequest, commits: &[Commit]) -> Result<Priced, String> {
        let recalled = self.recall(request, None);
        let planned = self.plan_with(request, Err("it need not be".to_owned()), recalled, None)?;
        let forecast = self.predict(&planned, None);
        let Planned { known: Some(known), .. } = &planned else {
            return Err(planned.notices.last().cloned().unwrap_or_default());
        };
        let seconds: Vec<Option<f64>> =
            forecast.steps.iter().map(|(_, prediction)| prediction.last_seconds).collect();
        let oldest_first: Vec<Listing> = commits.iter().rev().map(|commit| commit.listing.clone()).collect();
        let mut prices = prices(&known.plan, &known.listings, &oldest_first, &seconds, &self.seal);
        prices.reverse();
        Ok(Priced { known_build: forecast.known_build, prices })
    }
}
