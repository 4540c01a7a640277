//! A trial run of an image: started with its declared ports on the loopback address, asked over HTTP, stopped and removed.

mod exec;
mod http;
mod observe;
mod serve;
mod shell;

use std::time::Duration;

use bollard::models::{ContainerCreateBody, HostConfig, PortBinding};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, LogsOptions, RemoveContainerOptions, StartContainerOptions,
};
use futures::StreamExt;
use tokio::time::{Instant, timeout};

use crate::images::Images;

pub(crate) use observe::{Observation, observe};
pub use serve::{Ended, Happening};
pub use shell::{Shell, Terminal};

/// How often a program that is starting is asked again.
const RETRY: Duration = Duration::from_millis(50);
/// How much of an answer or an output is kept.
const KEPT_BYTES: u64 = 1 << 20;
/// The host name in each container, so that a program which tells it tells the same in all of them.
const HOST_NAME: &str = "layerwise-trial";

/// An answer to an HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status, such as 200.
    pub status: u16,
    /// The body, at most one MiB of it.
    pub body: Vec<u8>,
    /// From the start of the container to the answer.
    pub after: Duration,
}

/// What a trial container runs.
pub(crate) struct Trial<'a> {
    /// The container's name: whoever gives it can remove the container whatever happens meanwhile.
    pub(crate) name: &'a str,
    /// The image.
    pub(crate) image: &'a str,
    /// TCP ports to publish.
    pub(crate) ports: &'a [u16],
    /// What is run in place of ENTRYPOINT and CMD.
    pub(crate) command: Option<&'a [String]>,
}

/// A name that no other container has.
pub(crate) fn new_name() -> String {
    format!("layerwise-trial-{}", crate::session::new_id())
}

impl Images {
    /// Starts an image and asks `path` at its TCP port `port` until it answers or `limit` is over. The container is gone afterwards.
    ///
    /// # Errors
    /// Why there was no answer, with the end of the container's log.
    pub async fn ask(&self, image: &str, port: u16, path: &str, limit: Duration) -> Result<Answer, String> {
        let name = new_name();
        let trial = Trial { name: &name, image, ports: &[port], command: None };
        self.create_trial(&trial).await?;
        let answer = match self.start_trial(&name).await {
            Ok(()) => match self.address(&name, port).await {
                Ok(address) => self.wait_for_answer(&name, &address, path, limit).await,
                Err(reason) => Err(reason),
            },
            Err(reason) => Err(reason),
        };
        let log = if answer.is_err() { self.end_of_log(&name, 5).await } else { String::new() };
        self.remove_trial(&name).await;
        answer
            .map_err(|reason| if log.is_empty() { reason } else { format!("{reason}; its log ends: {log}") })
    }

    /// Makes a container, and does not start it.
    pub(crate) async fn create_trial(&self, trial: &Trial<'_>) -> Result<(), String> {
        // Port 0 of the loopback address: the engine chooses a free one, and no other machine can reach it.
        let binding = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some("0".to_owned()) };
        let keys: Vec<String> = trial.ports.iter().map(|port| format!("{port}/tcp")).collect();
        let bindings = keys.iter().map(|key| (key.clone(), Some(vec![binding.clone()])));
        let body = ContainerCreateBody {
            image: Some(trial.image.to_owned()),
            hostname: Some(HOST_NAME.to_owned()),
            entrypoint: trial.command.map(<[String]>::to_vec),
            // Without words of its own a container that is given an entry point takes the image's CMD.
            cmd: trial.command.map(|_| Vec::new()),
            labels: Some([("dev.layerwise.trial".to_owned(), String::new())].into()),
            host_config: Some(HostConfig { port_bindings: Some(bindings.collect()), ..Default::default() }),
            exposed_ports: Some(keys),
            ..Default::default()
        };
        let options = CreateContainerOptionsBuilder::default().name(trial.name).build();
        let created = self.engine.docker.create_container(Some(options), body).await;
        created.map(drop).map_err(|error| format!("the container cannot be made: {error}"))
    }

    pub(crate) async fn start_trial(&self, container: &str) -> Result<(), String> {
        let started = self.engine.docker.start_container(container, None::<StartContainerOptions>).await;
        started.map_err(|error| format!("the container cannot be started: {error}"))
    }

    /// Stops and removes a container, where there is one of that name.
    pub(crate) async fn remove_trial(&self, container: &str) {
        let options = RemoveContainerOptions { force: true, v: true, ..Default::default() };
        if let Err(error) = self.engine.docker.remove_container(container, Some(options)).await {
            tracing::debug!(%error, "the container of a trial run could not be removed");
        }
    }

    /// The address of a port of a running container on this machine.
    pub(crate) async fn address(&self, container: &str, port: u16) -> Result<String, String> {
        let inspected = self.engine.docker.inspect_container(container, None).await;
        let inspected = inspected.map_err(|error| error.to_string())?;
        let ports = inspected.network_settings.and_then(|settings| settings.ports).unwrap_or_default();
        let bindings = ports.get(&format!("{port}/tcp")).cloned().flatten().unwrap_or_default();
        let host_port = bindings.into_iter().find_map(|binding| binding.host_port).filter(|port| port != "0");
        host_port
            .map(|port| format!("127.0.0.1:{port}"))
            .ok_or_else(|| format!("port {port} of the container is not published"))
    }

    async fn wait_for_answer(
        &self,
        container: &str,
        address: &str,
        path: &str,
        limit: Duration,
    ) -> Result<Answer, String> {
        let started = Instant::now();
        loop {
            let left = limit.checked_sub(started.elapsed()).unwrap_or_default();
            if let Ok(Ok((status, body))) = timeout(left, http::get(address, path)).await {
                return Ok(Answer { status, body, after: started.elapsed() });
            }
            if started.elapsed() >= limit {
                return Err(format!("no answer within {} s", limit.as_secs()));
            }
            if self.exit_status(container).await.is_some() {
                return Err("the container stopped before it answered".to_owned());
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// The exit status of a container that has ended.
    pub(crate) async fn exit_status(&self, container: &str) -> Option<i64> {
        let inspected = self.engine.docker.inspect_container(container, None).await.ok()?;
        let state = inspected.state?;
        (!state.running.unwrap_or(false)).then(|| state.exit_code.unwrap_or(-1))
    }

    /// The last lines that it wrote.
    pub(crate) async fn end_of_log(&self, container: &str, lines: u32) -> String {
        let options =
            LogsOptions { stdout: true, stderr: true, tail: lines.to_string(), ..Default::default() };
        let text = self.log(container, options).await;
        String::from_utf8_lossy(&text).trim().to_owned()
    }

    /// What it wrote to stdout.
    pub(crate) async fn stdout(&self, container: &str) -> Vec<u8> {
        let options = LogsOptions { stdout: true, tail: "all".to_owned(), ..Default::default() };
        self.log(container, options).await
    }

    async fn log(&self, container: &str, options: LogsOptions) -> Vec<u8> {
        let mut stream = std::pin::pin!(self.engine.docker.logs(container, Some(options)));
        let mut text = Vec::new();
        while let Some(Ok(output)) = stream.next().await {
            text.extend_from_slice(&output.into_bytes());
            if text.len() as u64 > KEPT_BYTES {
                text.truncate(KEPT_BYTES as usize);
                break;
            }
        }
        text
    }
}
