//! A trial run of an image: started with its declared ports on the loopback address, asked over HTTP, stopped and removed.

use std::time::Duration;

use bollard::models::{ContainerCreateBody, HostConfig, PortBinding};
use bollard::query_parameters::{
    CreateContainerOptions, LogsOptions, RemoveContainerOptions, StartContainerOptions,
};
use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::images::Images;

/// How often a program that is starting is asked again.
const RETRY: Duration = Duration::from_millis(50);
/// How much of an answer is kept.
const BODY_LIMIT: u64 = 1 << 20;

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

impl Images {
    /// Starts an image and asks `path` at its TCP port `port` until it answers or `limit` is over. The container is gone afterwards.
    ///
    /// # Errors
    /// Why there was no answer, with the end of the container's log.
    pub async fn ask(&self, image: &str, port: u16, path: &str, limit: Duration) -> Result<Answer, String> {
        let container = self.create(image, port).await?;
        let answer = match self.start(&container, port).await {
            Ok(address) => self.wait_for_answer(&container, &address, path, limit).await,
            Err(reason) => Err(reason),
        };
        let log = if answer.is_err() { self.end_of_log(&container).await } else { String::new() };
        let options = RemoveContainerOptions { force: true, v: true, ..Default::default() };
        if let Err(error) = self.engine.docker.remove_container(&container, Some(options)).await {
            tracing::warn!(%error, "the container of a trial run could not be removed");
        }
        answer
            .map_err(|reason| if log.is_empty() { reason } else { format!("{reason}; its log ends: {log}") })
    }

    async fn create(&self, image: &str, port: u16) -> Result<String, String> {
        // Port 0 of the loopback address: the engine chooses a free one, and no other machine can reach it.
        let binding = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some("0".to_owned()) };
        let key = format!("{port}/tcp");
        let body = ContainerCreateBody {
            image: Some(image.to_owned()),
            exposed_ports: Some(vec![key.clone()]),
            labels: Some([("dev.layerwise.trial".to_owned(), String::new())].into()),
            host_config: Some(HostConfig {
                port_bindings: Some([(key, Some(vec![binding]))].into()),
                ..Default::default()
            }),
            ..Default::default()
        };
        let created = self.engine.docker.create_container(None::<CreateContainerOptions>, body).await;
        created.map(|created| created.id).map_err(|error| format!("the container cannot be made: {error}"))
    }

    /// Starts a container and gives the address of its port on this machine.
    async fn start(&self, container: &str, port: u16) -> Result<String, String> {
        let docker = &self.engine.docker;
        let started = docker.start_container(container, None::<StartContainerOptions>).await;
        started.map_err(|error| format!("the container cannot be started: {error}"))?;
        let inspected = docker.inspect_container(container, None).await.map_err(|error| error.to_string())?;
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
            if let Ok(Ok((status, body))) = timeout(left, get(address, path)).await {
                return Ok(Answer { status, body, after: started.elapsed() });
            }
            if started.elapsed() >= limit {
                return Err(format!("no answer within {} s", limit.as_secs()));
            }
            if !self.is_running(container).await {
                return Err("the container stopped before it answered".to_owned());
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn is_running(&self, container: &str) -> bool {
        let inspected = self.engine.docker.inspect_container(container, None).await;
        inspected.ok().and_then(|container| container.state).and_then(|state| state.running).unwrap_or(false)
    }

    async fn end_of_log(&self, container: &str) -> String {
        let options = LogsOptions { stdout: true, stderr: true, tail: "5".to_owned(), ..Default::default() };
        let mut stream = std::pin::pin!(self.engine.docker.logs(container, Some(options)));
        let mut text = String::new();
        while let Some(Ok(output)) = stream.next().await {
            text += &output.to_string();
        }
        text.trim().to_owned()
    }
}

/// A GET in plain HTTP/1.1, on a connection of its own.
async fn get(address: &str, path: &str) -> std::io::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).await?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: */*\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(BODY_LIMIT).read_to_end(&mut answer).await?;
    parse(&answer).ok_or_else(|| std::io::Error::other("no HTTP answer"))
}

/// Status and body of an answer. The body is as sent, chunk sizes included where the server sends chunks.
fn parse(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer[end + 4..].to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_taken_apart() {
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello"), Some((200, b"hello".to_vec())));
        assert_eq!(parse(b"HTTP/1.0 404 Not Found\r\n\r\n"), Some((404, Vec::new())));
        assert_eq!(parse(b"SSH-2.0-x\r\n\r\n"), None);
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\n"), None);
    }
}
