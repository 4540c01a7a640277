//! The engine's way from HTTP/1.1 to HTTP/2: `POST /grpc` and `POST /session` with `Upgrade: h2c`.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::dial::BoxStream;

const ANSWER_DEADLINE: Duration = Duration::from_secs(10);
/// More than any engine's answer has.
const MAX_HEADER_LINES: usize = 100;

/// Why an engine did not switch to HTTP/2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpgradeError {
    #[error("the engine closed the connection: {0}")]
    Lost(#[from] io::Error),
    #[error("the engine gives no answer")]
    TimedOut,
    #[error(
        "the engine has no BuildKit (it answers `{0}`); Layerwise needs Docker 20.10 or later, or buildkitd"
    )]
    NoBuildKit(String),
}

/// Asks for the upgrade and returns the stream that speaks HTTP/2 from then on.
pub(crate) async fn upgrade(
    stream: BoxStream,
    path: &str,
    headers: &[(&str, &str)],
) -> Result<BufReader<BoxStream>, UpgradeError> {
    match tokio::time::timeout(ANSWER_DEADLINE, ask(stream, path, headers)).await {
        Ok(answer) => answer,
        Err(_) => Err(UpgradeError::TimedOut),
    }
}

async fn ask(
    stream: BoxStream,
    path: &str,
    headers: &[(&str, &str)],
) -> Result<BufReader<BoxStream>, UpgradeError> {
    let mut request =
        format!("POST {path} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n");
    for (name, value) in headers {
        request.push_str(name);
        request.push_str(": ");
        request.push_str(value);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    // What is read ahead stays in the buffer for whoever reads next.
    let mut stream = BufReader::new(stream);
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut status = String::new();
    stream.read_line(&mut status).await?;
    let mut line = String::new();
    for _ in 0..MAX_HEADER_LINES {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        if line.trim_end().is_empty() {
            break;
        }
    }
    if status.split(' ').nth(1) == Some("101") {
        Ok(stream)
    } else {
        Err(UpgradeError::NoBuildKit(status.trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, duplex};

    use super::*;

    async fn check(answer: &'static str) -> Result<String, String> {
        let (ours, mut theirs) = duplex(4096);
        let engine = tokio::spawn(async move {
            let mut request = vec![0; 4096];
            let n_bytes = theirs.read(&mut request).await.unwrap();
            theirs.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request[..n_bytes]).into_owned()
        });
        let upgraded = upgrade(Box::new(ours), "/grpc", &[("X-Test", "1")]).await;
        let request = engine.await.unwrap();
        assert!(
            request.starts_with("POST /grpc HTTP/1.1\r\n") && request.ends_with("X-Test: 1\r\n\r\n"),
            "{request}"
        );
        let mut rest = String::new();
        upgraded.map_err(|error| error.to_string())?.read_to_string(&mut rest).await.unwrap();
        Ok(rest)
    }

    #[tokio::test]
    async fn what_follows_the_answer_is_kept() {
        let rest = check("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nframes").await;
        assert_eq!(rest, Ok("frames".to_owned()));
    }

    #[tokio::test]
    async fn an_engine_without_buildkit_is_named_so() {
        let error = check("HTTP/1.1 404 Not Found\r\n\r\n").await.unwrap_err();
        assert!(error.contains("no BuildKit") && error.contains("404"), "{error}");
    }

    #[tokio::test]
    async fn an_engine_that_hangs_up_is_an_error() {
        assert!(check("HTTP/1.1 101 UPG").await.unwrap_err().contains("closed the connection"));
    }
}
