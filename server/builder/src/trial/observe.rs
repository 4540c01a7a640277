//! What an image does when it is run: whether its program ends, what its ports answer, what its HEALTHCHECK and a command of the user say.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use inner_loop::proof::{Ending, ImageConfiguration, Observed, Ran, Response, Withheld};
use tokio::time::{Instant, timeout};

use super::{RETRY, Trial, http};
use crate::images::Images;

/// How long a program may take to answer at a port that it says it listens on.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// How long its other ports are asked once one has answered.
const OTHER_PORTS_LIMIT: Duration = Duration::from_secs(1);
/// How long one answer may take.
const ONE_ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How long a program may take to end that listens nowhere.
const END_LIMIT: Duration = Duration::from_secs(20);
/// How long a health check may take to succeed.
const HEALTH_LIMIT: Duration = Duration::from_secs(15);
/// How long a command of the user may take.
const RUN_LIMIT: Duration = Duration::from_secs(120);

/// The status that shells give a command which cannot be run.
const NOT_RUN: i64 = 127;

/// What is to be observed.
pub(crate) struct Observation<'a> {
    /// The image.
    pub(crate) image: &'a str,
    /// How it says it is run.
    pub(crate) configuration: &'a ImageConfiguration,
    /// The container that is there for it, not started yet, with its ports published.
    pub(crate) container: &'a str,
    /// The name for a second container, should one be wanted.
    pub(crate) second_container: &'a str,
    /// The user's command.
    pub(crate) run: Option<&'a [String]>,
    /// What must not be told of its log.
    pub(crate) withheld: &'a Withheld,
}

/// Starts the container and looks. Whoever made it removes it.
pub(crate) async fn observe(images: &Images, observation: &Observation<'_>) -> Observed {
    let Observation { configuration, container, withheld, .. } = observation;
    let mut observed = Observed::default();
    if let Err(reason) = images.start_trial(container).await {
        observed.ending = Ending::NotStarted(withheld.hide(&reason));
        return observed;
    }
    let ports = configuration.tcp_ports();
    if ports.is_empty() {
        images.wait_for_end(container, END_LIMIT).await;
    } else {
        observed.answers = images.answers(container, &ports).await;
    }
    if let Some(words) = configuration.health_command() {
        observed.health = images.health(container, &words).await;
    }
    if let Some(words) = observation.run {
        let ran = match images.exit_status(container).await {
            None => timeout(RUN_LIMIT, images.run_in(container, words)).await.ok().flatten(),
            Some(_) => images.run_alone(observation, words).await,
        };
        // What was asked for and could not be run must not go unsaid.
        observed.run = Some(ran.unwrap_or(Ran { status: NOT_RUN, stdout: Vec::new() }));
    }
    if let Some(status) = images.exit_status(container).await {
        observed.ending = Ending::Ended(Ran { status, stdout: images.stdout(container).await });
    }
    let log = images.end_of_log(container, 1).await;
    observed.last_line = withheld.hide(log.lines().last().unwrap_or_default());
    observed
}

impl Images {
    /// What the ports answer to `GET /`, of those that answer in HTTP.
    async fn answers(&self, container: &str, ports: &[u16]) -> BTreeMap<u16, Response> {
        let mut addresses = Vec::new();
        for port in ports {
            if let Ok(address) = self.address(container, *port).await {
                addresses.push((*port, address));
            }
        }
        let mut answers = BTreeMap::new();
        let mut deadline = Instant::now() + ANSWER_LIMIT;
        while answers.len() < addresses.len() && Instant::now() < deadline {
            let open = addresses.iter().filter(|(port, _)| !answers.contains_key(port));
            let asked = open.map(|(port, address)| async move {
                let answer = timeout(ONE_ANSWER_LIMIT, http::get(address, "/")).await.ok()?.ok()?;
                Some((*port, Response { status: answer.0, body: answer.1 }))
            });
            let found: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
            if answers.is_empty() && !found.is_empty() {
                deadline = deadline.min(Instant::now() + OTHER_PORTS_LIMIT);
            }
            answers.extend(found);
            if self.exit_status(container).await.is_some() {
                break;
            }
            tokio::time::sleep(RETRY).await;
        }
        answers
    }

    async fn wait_for_end(&self, container: &str, limit: Duration) {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline && self.exit_status(container).await.is_none() {
            tokio::time::sleep(RETRY).await;
        }
    }

    /// The outcome of a health check that has succeeded, else of its last try. None where the container has ended.
    async fn health(&self, container: &str, words: &[String]) -> Option<Ran> {
        let deadline = Instant::now() + HEALTH_LIMIT;
        let mut last = None;
        while self.exit_status(container).await.is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(Some(ran)) = timeout(left, self.run_in(container, words)).await else { break };
            let is_over = ran.status == 0 || Instant::now() >= deadline;
            last = Some(ran);
            if is_over {
                break;
            }
            tokio::time::sleep(RETRY * 4).await;
        }
        last
    }

    /// Runs the user's command in place of the image's own.
    async fn run_alone(&self, observation: &Observation<'_>, words: &[String]) -> Option<Ran> {
        let name = observation.second_container;
        let trial = Trial { name, image: observation.image, ports: &[], command: Some(words) };
        self.create_trial(&trial).await.ok()?;
        let mut ran = None;
        if self.start_trial(name).await.is_ok() {
            self.wait_for_end(name, RUN_LIMIT).await;
            if let Some(status) = self.exit_status(name).await {
                ran = Some(Ran { status, stdout: self.stdout(name).await });
            }
        }
        self.remove_trial(name).await;
        ran
    }
}
