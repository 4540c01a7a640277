//! A GET in plain HTTP/1.1: all that a trial run asks of a server.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::KEPT_BYTES;

/// Status and body, on a connection of its own.
pub(super) async fn get(address: &str, path: &str) -> std::io::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).await?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: */*\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(KEPT_BYTES).read_to_end(&mut answer).await?;
    parse(&answer).ok_or_else(|| std::io::Error::other("no HTTP answer"))
}

/// Status and body of an answer, put together where the server sends it in chunks.
fn parse(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let body = &answer[end + 4..];
    let is_chunked = head.lines().filter_map(|line| line.split_once(':')).any(|(name, value)| {
        name.eq_ignore_ascii_case("transfer-encoding") && value.trim().eq_ignore_ascii_case("chunked")
    });
    Some((status, if is_chunked { joined(body) } else { body.to_vec() }))
}

/// The chunks without their sizes, as far as they came (RFC 9112, section 7.1).
fn joined(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&body[..end]).ok().and_then(|line| line.split(';').next());
        let size = size.and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let Some(size @ 1..) = size else { break };
        let rest = &body[end + 2..];
        let chunk = &rest[..size.min(rest.len())];
        whole.extend_from_slice(chunk);
        body = rest.get(size + 2..).unwrap_or_default();
    }
    whole
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

    #[test]
    fn chunks_are_put_together() {
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n".to_vec();
        for chunks in ["5\r\nhello\r\n2;a=b\r\n!\n\r\n0\r\n\r\n", "7\r\nhello!\n\r\n0\r\n\r\n"] {
            let answer = [head.clone(), chunks.as_bytes().to_vec()].concat();
            assert_eq!(parse(&answer), Some((200, b"hello!\n".to_vec())), "{chunks:?}");
        }
        let cut = [head, b"a\r\nhello".to_vec()].concat();
        assert_eq!(parse(&cut), Some((200, b"hello".to_vec())));
    }
}
