//! The base protocol: `Content-Length` frames in, frames out.
//!
//! Bodies are not looked at here. tower-lsp's own codec ends the session at the first frame that it cannot decode, refuses a
//! `Content-Type` without a charset and more than two headers; this one skips what it does not know and finds the next frame.
//! <https://microsoft.github.io/language-server-protocol/specification#baseProtocol>

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::mpsc::UnboundedReceiver;

/// Bodies above this many bytes are refused: their length is more likely garbage than a document.
const BODY_LIMIT: u64 = 512 * 1024 * 1024;

const CONTENT_LENGTH: &str = "content-length:";

/// Messages above this many bytes are written piece by piece.
const LONG: usize = 64 * 1024;

/// The JSON of a message that goes out, in pieces that follow each other: what is long is not copied to put something around it.
#[derive(Debug)]
pub(crate) struct Body(Vec<String>);

impl Body {
    pub(crate) fn around(before: String, json: String, after: &str) -> Self {
        Self(vec![before, json, after.to_owned()])
    }

    fn len(&self) -> usize {
        self.0.iter().map(String::len).sum()
    }
}

impl From<String> for Body {
    fn from(json: String) -> Self {
        Self(vec![json])
    }
}

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A body of the length that its header told.
    Body(Vec<u8>),
    /// Headers without a usable `Content-Length`; reading goes on behind them.
    Malformed,
}

/// Reads frames from a stream.
pub(crate) struct FrameReader<R> {
    stream: BufReader<R>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(crate) fn new(stream: R) -> Self {
        Self { stream: BufReader::with_capacity(64 * 1024, stream) }
    }

    /// The next frame; nothing at the end of the stream, also where it ends inside a frame.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Frame>> {
        let mut length = None;
        let mut saw_header = false;
        let mut line = Vec::new();
        loop {
            line.clear();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(None);
            }
            let header = String::from_utf8_lossy(&line);
            let header = header.trim();
            if !header.is_empty() {
                saw_header = true;
                length = content_length(header).or(length);
                continue;
            }
            match length {
                Some(length) => return self.body(length).await,
                None if saw_header => return Ok(Some(Frame::Malformed)),
                None => {}
            }
        }
    }

    async fn body(&mut self, length: u64) -> io::Result<Option<Frame>> {
        let mut body = Vec::new();
        (&mut self.stream).take(length).read_to_end(&mut body).await?;
        let complete = body.len() as u64 == length;
        Ok(complete.then_some(Frame::Body(body)))
    }
}

/// The length that a header line tells. It is found behind garbage too, such as the rest of a body whose length was wrong.
fn content_length(header: &str) -> Option<u64> {
    let lower = header.to_ascii_lowercase();
    let (_, value) = lower.rsplit_once(CONTENT_LENGTH)?;
    value.trim().parse().ok().filter(|length| *length <= BODY_LIMIT)
}

/// Writes bodies as frames until the channel closes or the other side is gone; flushes when nothing more waits.
pub(crate) async fn write_frames<W: AsyncWrite + Unpin>(mut stream: W, mut bodies: UnboundedReceiver<Body>) {
    while let Some(body) = bodies.recv().await {
        let mut next = Some(body);
        while let Some(body) = next {
            if let Err(error) = write_frame(&mut stream, &body).await {
                tracing::warn!("the client reads no more: {error}");
                return;
            }
            next = bodies.try_recv().ok();
        }
        if let Err(error) = stream.flush().await {
            tracing::warn!("the client reads no more: {error}");
            return;
        }
    }
}

async fn write_frame(stream: &mut (impl AsyncWrite + Unpin), body: &Body) -> io::Result<()> {
    let length = body.len();
    let header = format!("Content-Length: {length}\r\n\r\n");
    if length <= LONG {
        // In one piece: each write to a pipe wakes its reader.
        return stream.write_all((header + &body.0.concat()).as_bytes()).await;
    }
    stream.write_all(header.as_bytes()).await?;
    for piece in &body.0 {
        stream.write_all(piece.as_bytes()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn frames(input: &[u8]) -> Vec<Frame> {
        let mut reader = FrameReader::new(input);
        let mut frames = Vec::new();
        while let Some(frame) = reader.next().await.unwrap() {
            frames.push(frame);
        }
        frames
    }

    fn body(text: &str) -> Frame {
        Frame::Body(text.as_bytes().to_vec())
    }

    #[tokio::test]
    async fn headers_of_any_case_and_number() {
        let input = b"content-length: 2\r\n\r\n{}Content-Length: 1\r\nContent-Type: application/vscode-jsonrpc\r\nX: y\r\nZ: w\r\n\r\n1";
        assert_eq!(frames(input).await, [body("{}"), body("1")]);
    }

    #[tokio::test]
    async fn garbage_is_skipped_up_to_the_next_frame() {
        let input = b"hello\r\n\r\nContent-Length: many\r\n\r\nrest of somethingContent-Length: 2\r\n\r\n{}";
        assert_eq!(frames(input).await, [Frame::Malformed, Frame::Malformed, body("{}")]);
    }

    #[tokio::test]
    async fn a_length_beyond_all_reason_is_no_length() {
        let input = b"Content-Length: 99999999999999\r\n\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(frames(input).await, [Frame::Malformed, body("{}")]);
    }

    #[tokio::test]
    async fn an_unfinished_frame_at_the_end_is_dropped() {
        assert_eq!(frames(b"Content-Length: 20\r\n\r\n{}").await, []);
        assert_eq!(frames(b"Content-Le").await, []);
    }
}
