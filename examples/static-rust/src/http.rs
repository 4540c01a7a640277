//! As much of HTTP/1.1 as a `GET` needs. One request a connection; bodies of requests are not read.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Reads one request and writes what `answer` says to its path.
pub fn serve(mut connection: TcpStream, answer: impl FnOnce(&str) -> (u16, String)) -> io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request_line = lines.next().transpose()?.unwrap_or_default();
    // The headers end at an empty line; closing before they are read would reset the connection.
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}

    let (status, body) = match path(&request_line) {
        Some(path) => answer(path),
        None => (400, "Only GET is understood.\n".to_owned()),
    };
    write!(
        connection,
        "HTTP/1.1 {status} {}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        reason(status),
        body.len(),
    )
}

fn path(request_line: &str) -> Option<&str> {
    let target = request_line.strip_prefix("GET ")?.split(' ').next()?;
    target.split('?').next()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        _ => "Not Found",
    }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn the_path_ends_at_the_query() {
        assert_eq!(path("GET /healthz?now HTTP/1.1"), Some("/healthz"));
        assert_eq!(path("POST / HTTP/1.1"), None);
    }
}
