//! What the last commits of a context would have cost with a Dockerfile, by the record alone.

use std::path::Path;

use inner_loop::BuildRequest;
use inner_loop::pricing::{Price, Pricing};
use semantic::dockerignore::Dockerignore;

use super::{Foresight, Planned};
use crate::context;
use crate::git_history::{Commit, Repository};

/// What commits cost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Priced {
    /// When the last build of the same was, in seconds since 1970; absent before the first one: then nobody knows what a step takes.
    pub known_build: Option<u64>,
    /// One price a commit, the newest first.
    pub prices: Vec<Price>,
}

/// The last commits of a context, and what they cost with each of several Dockerfiles.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PricedCommits {
    /// The newest first.
    pub commits: Vec<Commit>,
    /// For each request, what all of them cost.
    pub priced: Vec<Priced>,
}

impl Foresight {
    /// Prices the newest commits of the context that these requests have in common; the oldest commit of all is what counting begins with.
    /// Of the commits' files there is only one commit's in memory at a time.
    ///
    /// # Errors
    /// One line: there is no repository, the context is no folder of one, or nothing can be told of such a build.
    pub fn price_commits(&self, requests: &[&BuildRequest], count: usize) -> Result<PricedCommits, String> {
        let Some(first) = requests.first() else { return Ok(PricedCommits::default()) };
        let root = Path::new(&first.context);
        let ignored = context::ignore_file(root, &first.dockerfile).map_err(|error| error.to_string())?;
        let ignored = ignored.map(|file| Dockerignore::parse(&file.text).0).unwrap_or_default();
        let repository = Repository::of(root)?;
        let mut commits = repository.last_commits(count + 1)?;
        let mut all: Vec<(Planned, Vec<Option<f64>>, Priced)> = Vec::new();
        for request in requests {
            let recalled = self.recall(request, None);
            let planned = self.plan_with(request, Err("it need not be".to_owned()), recalled, None)?;
            let forecast = self.predict(&planned, None);
            if planned.known.is_none() {
                return Err(planned.notices.last().cloned().unwrap_or_default());
            }
            let seconds = forecast.steps.iter().map(|(_, prediction)| prediction.last_seconds).collect();
            let priced = Priced { known_build: forecast.known_build, prices: Vec::new() };
            all.push((planned, seconds, priced));
        }
        let pricings = all.iter_mut().filter_map(|(planned, seconds, priced)| {
            let known = planned.known.as_mut()?;
            let others = std::mem::take(&mut known.listings);
            Some((Pricing::new(&known.plan, others, seconds, &self.seal), priced))
        });
        let mut pricings: Vec<_> = pricings.collect();
        for commit in commits.iter().rev() {
            let mut listing = repository.listing(commit, &ignored, &self.seal)?;
            for (pricing, priced) in &mut pricings {
                let (price, given_back) = pricing.next(listing);
                listing = given_back;
                priced.prices.extend(price);
            }
        }
        drop(pricings);
        commits.pop();
        let newest_first = |mut priced: Priced| {
            priced.prices.reverse();
            priced
        };
        Ok(PricedCommits {
            commits,
            priced: all.into_iter().map(|(.., priced)| newest_first(priced)).collect(),
        })
    }
}
