//! The engine's API in its plainest form: one request over its socket, so that tests do not ask the code they test.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use super::harness::Engine;

/// Sends a request without a body and returns status and body.
pub(super) fn ask(engine: &Engine, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let mut stream = UnixStream::connect(engine.host.trim_start_matches("unix://")).unwrap();
    let mut request = format!("{method} {path} HTTP/1.0\r\nHost: docker\r\nContent-Length: 0\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

pub(super) fn has_image(engine: &Engine, image: &str) -> bool {
    ask(engine, "GET", &format!("/images/{image}/json"), &[]).0 == 200
}

/// The ids of all images and containers that have this label.
pub(super) fn labelled(engine: &Engine, label: &str) -> Vec<String> {
    let filters = format!("%7B%22label%22:%5B%22{label}%22%5D%7D");
    let listed = ["images", "containers"].map(|kind| {
        let (status, body) = ask(engine, "GET", &format!("/{kind}/json?all=1&filters={filters}"), &[]);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Vec<serde_json::Value>>(&body).unwrap()
    });
    listed.into_iter().flatten().map(|item| item["Id"].as_str().unwrap().to_owned()).collect()
}

/// Removes an image, whether or not it is there.
pub(super) fn remove_image(engine: &Engine, image: &str) {
    ask(engine, "DELETE", &format!("/images/{image}?force=1"), &[]);
}
