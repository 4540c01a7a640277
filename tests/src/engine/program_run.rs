//! `layerwise run` on real engines: a server that answers, a program that ends, and what is left of either.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::api::ask;
use super::program_build::{ALL, nonce};
use super::program_interrupt::signal;
use crate::program::{Folder, finish};

const SERVER: &str = "use IO::Socket::INET; $| = 1; $SIG{QUIT} = sub { print \"asked to stop\\n\"; exit 0 };\n\
    my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die; print \"größe ready\\n\"; print STDERR \"to stderr\\n\";\n\
    while (my $c = $s->accept) { my $r = <$c>; print $c \"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok\"; close $c }\n";

const TEXT: &str = "FROM debian:bookworm-slim\n\
    LABEL nonce=NONCE\n\
    COPY server.pl /\n\
    EXPOSE 8080 9/udp\n\
    STOPSIGNAL SIGQUIT\n\
    CMD [\"perl\", \"/server.pl\"]\n";

/// Runs a check on each engine, with what makes a folder of a Dockerfile; nothing may be left of the containers of its images.
fn on_each(check: impl Fn(&dyn Fn(&str) -> Folder)) {
    super::harness::on_each(&ALL, |engine| {
        let nonce = nonce();
        check(&|text| {
            let text = text.replace("NONCE", &nonce);
            Folder::new(&[("Dockerfile", &text), ("server.pl", SERVER)]).with_host(&engine.host)
        });
        let filters = format!("%7B%22label%22:%5B%22nonce={nonce}%22%5D%7D");
        let (status, left) = ask(engine, "GET", &format!("/containers/json?all=1&filters={filters}"), &[]);
        assert_eq!((status, left.trim()), (200, "[]"));
    });
}

#[test]
fn a_server_is_reached_and_stopped_as_its_image_says() {
    on_each(|folder| {
        let folder = folder(TEXT);
        let mut child = folder.command(["run", "."]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut seen = String::new();
        while !seen.contains("answers: GET / on 8080/tcp gives 200 after ") {
            assert_ne!(lines.read_line(&mut seen).unwrap(), 0, "it did not answer: {seen}");
        }
        let address =
            seen.split("listening: http://").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        assert!(
            address.starts_with("127.0.0.1:") && seen.contains(" -> 8080/tcp\n") && !seen.contains("9/"),
            "{seen}"
        );
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("ok"), "{answer}");
        signal(&child, "INT");
        lines.read_to_string(&mut seen).unwrap();
        let output = finish(child).exits(130);
        assert!(seen.contains("größe ready\n") && seen.ends_with("asked to stop\n"), "{seen}");
        assert_eq!(output.stderr, "to stderr\n");
    });
}

#[test]
fn a_program_that_ends_gives_its_status() {
    on_each(|folder| {
        let ends = |command: &str| {
            let text = format!("FROM debian:bookworm-slim\nLABEL nonce=NONCE\nCMD {command}\n");
            folder(&text).run(&["run"])
        };
        assert!(ends("echo größe").succeeds().ends_with("größe\n"));
        let output = ends("echo last words >&2; exit 3").exits(1);
        assert_eq!(output.stderr, "last words\nlayerwise: the program ended with status 3\n");
        let output = ends("[\"/nowhere\"]").exits(2);
        assert!(output.error().starts_with("the container cannot be started: "), "{output:?}");
    });
}

#[test]
fn a_health_check_is_told_when_it_changes() {
    on_each(|folder| {
        let text = "FROM debian:bookworm-slim\nLABEL nonce=NONCE\nHEALTHCHECK --interval=1s --retries=1 CMD test -e /größe || (echo not yet; exit 1)\nCMD sleep 3; touch /größe; sleep 60\n";
        let folder = folder(text);
        let mut child = folder.command(["run", "--progress", "json"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut seen = String::new();
        while !seen.contains("\"healthy\":true") {
            assert_ne!(lines.read_line(&mut seen).unwrap(), 0, "it did not become healthy: {seen}");
        }
        assert!(seen.contains("\"healthy\":false") && seen.contains("not yet"), "{seen}");
        // Ended by whoever ends programs.
        signal(&child, "TERM");
        lines.read_to_string(&mut seen).unwrap();
        finish(child).exits(130);
    });
}

#[test]
fn what_cannot_be_built_is_not_run() {
    on_each(|folder| {
        let output = folder("FROM debian:bookworm-slim\nRUN echo NONCE; exit 1\n").run(&["run"]).exits(1);
        assert!(!output.stdout.contains("listening"), "{output:?}");
    });
}
