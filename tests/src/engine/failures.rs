//! Builds that fail: each says why, where, and what to do, and none hangs.

use std::io;
use std::os::unix::net::UnixListener;
use std::thread;

use inner_loop::{BuildEvent, BuildRequest, Builder, SourceLines};

use super::harness::{ALL, Context, Engine, Running, SOON, TODAYS, on_each};
use super::relay::{Door, Shown};

#[test]
fn a_failing_run_names_its_lines_and_its_vertex() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let text = "FROM debian:bookworm-slim\nRUN true\nRUN echo before && \\\n    exit 7\nRUN echo never\n";
        let build = engine.build(context.request(text));
        let failure = build.failure();
        assert_eq!(failure.exit_code, Some(7), "{failure:?}");
        if !engine.is_old() {
            assert_eq!(failure.source, Some(SourceLines { first: 3, last: 4 }));
        }
        let digest = failure.vertex.as_deref().expect("the vertex is known");
        let failed = build.events.iter().find_map(|event| match event {
            BuildEvent::Vertex(vertex) if vertex.digest == digest => Some(vertex.name.as_str()),
            _ => None,
        });
        assert!(failed.is_some_and(|name| name.starts_with("[3/4] RUN echo before")), "{failed:?}");
        let logged = build
            .events
            .iter()
            .any(|event| matches!(event, BuildEvent::Log { data, .. } if data == b"before\n"));
        assert!(logged);
    });
}

#[test]
fn what_the_builder_cannot_parse_names_its_line() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let build = engine.build(context.request("FROM scratch\n\nRUNX true\n"));
        assert_eq!(build.failure().source, Some(SourceLines { first: 3, last: 3 }), "{:?}", build.failure());
        assert!(build.failure().message.contains("RUNX"));
    });
}

#[test]
fn a_base_image_that_does_not_exist_is_named() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let build = engine.build(context.request("FROM 127.0.0.1:9/no/such-image:1\nRUN true\n"));
        assert!(build.failure().message.contains("no/such-image:1"), "{:?}", build.failure());
        assert!(!build.failure().no_builder);
    });
}

#[test]
fn a_copied_file_that_does_not_exist_is_named() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        let build = engine.build(context.request("FROM scratch\nCOPY missing.txt /\n"));
        assert!(build.failure().message.contains("missing.txt"), "{:?}", build.failure());
        if !engine.is_old() {
            assert_eq!(build.failure().source, Some(SourceLines { first: 2, last: 2 }));
        }
    });
}

#[test]
fn a_name_that_is_not_utf8_is_told_in_our_words() {
    use std::os::unix::ffi::OsStrExt;
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        std::fs::write(context.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9")), "").unwrap();
        let build = engine.build(context.request("FROM scratch\nCOPY . /\n"));
        assert!(build.failure().message.contains("not UTF-8"), "{:?}", build.failure());
    });
}

#[test]
fn a_context_that_is_not_there_is_named() {
    on_each(&TODAYS, |engine| {
        let request = BuildRequest {
            context: "/no/such/context".to_owned(),
            ..Context::new(&[]).request("FROM scratch\n")
        };
        let build = engine.build(request);
        assert!(build.failure().message.contains("/no/such/context"), "{:?}", build.failure());
    });
}

#[test]
fn an_engine_that_is_not_there_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let dead = folder.path().join("docker.sock");
    let check = |expected: &str| {
        let engine = Engine::at("dead", format!("unix://{}", dead.display()));
        let build = engine.build(Context::new(&[]).request("FROM scratch\n"));
        let failure = build.failure();
        assert!(failure.no_builder && failure.message.contains(expected), "{failure:?}");
        assert!(
            failure.message.contains("docker.sock (--host)") && !failure.message.contains('\n'),
            "{failure:?}"
        );
        assert!(build.took < SOON);
        assert_eq!(engine.builder().describe().unwrap_err(), failure.message);
    };
    check("no such socket");
    drop(UnixListener::bind(&dead).unwrap());
    check("not running");
}

#[test]
fn an_engine_that_goes_away_while_it_is_asked_is_told_to_be_started() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&path).unwrap();
    // It takes the connection by which it is found, and no other.
    let found = thread::spawn(move || drop(listener.accept().unwrap()));
    let engine = Engine::at("killed", format!("unix://{}", path.display()));
    let build = engine.build(Context::new(&[]).request("FROM scratch\n"));
    found.join().unwrap();
    let failure = build.failure();
    assert!(failure.no_builder && failure.message.contains("not running"), "{failure:?}");
}

#[test]
fn something_else_that_listens_is_no_engine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&path).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = io::Write::write_all(&mut stream.unwrap(), b"220 hello\r\n");
        }
    });
    let engine = Engine::at("other", format!("unix://{}", path.display()));
    let build = engine.build(Context::new(&[]).request("FROM scratch\n"));
    assert!(
        build.failure().no_builder && build.failure().message.contains("does not answer as expected"),
        "{build:?}",
        build = build.failure()
    );
}

#[test]
fn a_builder_that_was_restarted_is_found_again() {
    on_each(&ALL, |engine| {
        let folder = tempfile::tempdir().unwrap();
        let door = Door::default();
        let socket = folder.path().join("docker.sock");
        door.on_socket(&socket, &engine.host, Shown::Engine);
        let behind = Engine::at("behind a door", format!("unix://{}", socket.display()));
        let builder = behind.builder();
        let context = Context::new(&[("a", "a")]);
        let build = || Running::start(&builder, context.request("FROM scratch\nCOPY a /\n")).finish();
        build().succeeded();
        door.cut();
        build().succeeded();
        std::fs::remove_file(&socket).unwrap();
        door.cut();
        let failure = build();
        assert!(failure.failure().no_builder, "{:?}", failure.failure());
    });
}
