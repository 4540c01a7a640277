//! An image that is run to be used: its declared ports on the loopback address, its output as it comes, its health; stopped as the image says,
//! and removed.

use std::time::Duration;

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::models::HealthStatusEnum;
use bollard::query_parameters::{LogsOptions, StopContainerOptions};
use futures::StreamExt;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::{RETRY, Trial, http, new_name};
use crate::images::Images;
use crate::proof::configuration;

/// How long a program may take to end once it was told to, in seconds; then it is killed.
const GRACE: i32 = 10;

/// How long what it wrote last may take to come.
const LAST_OUTPUT_LIMIT: Duration = Duration::from_secs(2);

/// How long a port is asked whether it answers.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);

/// How long one answer may take.
const ONE_ANSWER_LIMIT: Duration = Duration::from_millis(500);

/// A program may write nothing for as long as it likes.
const LOG_LIMIT: Duration = Duration::from_secs(365 * 86_400);

/// So often in a row an engine may not say how the container is; then it is gone, as after a restart.
const MOST_SILENT: u32 = 25;

/// What is told of a program that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A port that it declares is reached at this address.
    Listening {
        /// The port in the container.
        port: u16,
        /// On this machine, such as `127.0.0.1:49153`.
        address: String,
    },
    /// It wrote something.
    Output {
        /// Whether to stderr.
        is_stderr: bool,
        /// As it came.
        bytes: Vec<u8>,
    },
    /// A port answers in HTTP, which is asked where the image declares no health check.
    Answers {
        /// The port in the container.
        port: u16,
        /// The status, such as 200.
        status: u16,
        /// Since the start.
        after: Duration,
    },
    /// Its health check has another outcome than before.
    Health {
        /// Whether it succeeds.
        is_healthy: bool,
        /// Since the start.
        after: Duration,
        /// The last line that the check wrote.
        said: String,
    },
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this status.
    ByItself(i64),
    /// It was stopped.
    Stopped,
}

impl Images {
    /// Runs an image until it ends or is stopped: by the first number that `stops` has; by the second it is killed. Nothing of it is left.
    ///
    /// # Errors
    /// One line: it cannot be started.
    pub async fn serve(
        &self,
        image: &str,
        mut stops: watch::Receiver<u32>,
        tell: &(dyn Fn(Happening) + Sync),
    ) -> Result<Ended, String> {
        let ports = self.tcp_ports(image).await?;
        let name = new_name();
        self.create_trial(&Trial { name: &name, image, ports: &ports, command: None }).await?;
        if let Err(reason) = self.start_trial(&name).await {
            self.remove_trial(&name).await;
            return Err(reason);
        }
        let started = Instant::now();
        let mut addresses = Vec::new();
        for port in ports {
            if let Ok(address) = self.address(&name, port).await {
                tell(Happening::Listening { port, address: address.clone() });
                addresses.push((port, address));
            }
        }
        let mut output = std::pin::pin!(self.follow(&name, tell));
        let mut end = std::pin::pin!(async {
            let mut kills = stops.clone();
            tokio::select! {
                status = self.watch(&name, addresses, started, tell) => Ended::ByItself(status),
                Ok(_) = stops.wait_for(|count| *count > 0) => {
                    let options = StopContainerOptions { t: Some(GRACE), ..Default::default() };
                    tokio::select! {
                        stopped = self.engine.docker.stop_container(&name, Some(options)) => {
                            stopped.unwrap_or_else(|error| tracing::debug!(%error, "not stopped"));
                        }
                        Ok(_) = kills.wait_for(|count| *count > 1) => {}
                    }
                    Ended::Stopped
                }
            }
        });
        let mut is_told = false;
        let ended = loop {
            tokio::select! {
                () = &mut output, if !is_told => is_told = true,
                ended = &mut end => break ended,
            }
        };
        if !is_told {
            let _ = timeout(LAST_OUTPUT_LIMIT, output).await;
        }
        self.remove_trial(&name).await;
        Ok(ended)
    }

    /// Tells what a container writes, until it ends.
    async fn follow(&self, container: &str, tell: &(dyn Fn(Happening) + Sync)) {
        let options = LogsOptions {
            stdout: true,
            stderr: true,
            follow: true,
            tail: "all".to_owned(),
            ..Default::default()
        };
        let docker = self.engine.docker.clone().with_timeout(LOG_LIMIT);
        let mut stream = std::pin::pin!(docker.logs(container, Some(options)));
        while let Some(Ok(output)) = stream.next().await {
            let is_stderr = matches!(output, LogOutput::StdErr { .. });
            tell(Happening::Output { is_stderr, bytes: output.into_bytes().to_vec() });
        }
    }

    /// Tells of a container's health, until it has ended by itself; its exit status.
    async fn watch(
        &self,
        container: &str,
        mut silent: Vec<(u16, String)>,
        started: Instant,
        tell: &(dyn Fn(Happening) + Sync),
    ) -> i64 {
        let (mut was_healthy, mut n_silent) = (None, 0);
        loop {
            let state = match self.engine.docker.inspect_container(container, None).await {
                Ok(inspected) => inspected.state.unwrap_or_default(),
                // Somebody has removed it.
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => return -1,
                Err(_) if n_silent == MOST_SILENT => return -1,
                Err(_) => {
                    n_silent += 1;
                    tokio::time::sleep(RETRY * 4).await;
                    continue;
                }
            };
            n_silent = 0;
            if state.running == Some(false) {
                return state.exit_code.unwrap_or(-1);
            }
            let health = state.health.unwrap_or_default();
            let is_healthy = match health.status {
                Some(HealthStatusEnum::HEALTHY) => Some(true),
                Some(HealthStatusEnum::UNHEALTHY) => Some(false),
                _ => None,
            };
            let is_checked =
                !matches!(health.status, None | Some(HealthStatusEnum::NONE | HealthStatusEnum::EMPTY));
            if let Some(is_healthy) = is_healthy.filter(|_| was_healthy != is_healthy) {
                let last = health.log.unwrap_or_default().pop().and_then(|check| check.output);
                let said = last.as_deref().and_then(|text| text.trim().lines().last()).unwrap_or_default();
                tell(Happening::Health { is_healthy, after: started.elapsed(), said: said.to_owned() });
                was_healthy = Some(is_healthy);
            }
            if !is_checked && started.elapsed() < ANSWER_LIMIT {
                let mut still_silent = Vec::new();
                for (port, address) in silent {
                    match timeout(ONE_ANSWER_LIMIT, http::get(&address, "/")).await {
                        Ok(Ok((status, _))) => {
                            tell(Happening::Answers { port, status, after: started.elapsed() });
                        }
                        _ => still_silent.push((port, address)),
                    }
                }
                silent = still_silent;
            }
            tokio::time::sleep(RETRY * 4).await;
        }
    }

    /// The TCP ports that an image declares.
    async fn tcp_ports(&self, image: &str) -> Result<Vec<u16>, String> {
        let inspected = self.engine.docker.inspect_image(image).await.map_err(|error| error.to_string())?;
        Ok(configuration(inspected.config.unwrap_or_default()).tcp_ports())
    }
}
