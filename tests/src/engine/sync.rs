//! What a build sends: all of it once, then what has changed, and never what it should not.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use inner_loop::{ContextTransfer, Export};

use super::harness::{ALL, Build, Context, on_each, settled};
use super::program_build::nonce;

const COPY_ALL: &str = "FROM scratch\nCOPY . /\n";

fn sends_files(build: &Build) -> bool {
    build.context().files_sent > 0
}

fn three_hundred_files() -> Context {
    let context = Context::new(&[]);
    for number in 0..300 {
        context.write(&format!("src/{}/{number}.txt", number % 7), &format!("file {number}\n").repeat(100));
    }
    context
}

#[test]
fn an_edit_of_one_file_sends_that_file_alone_and_no_edit_sends_nothing() {
    on_each(&ALL, |engine| {
        let context = three_hundred_files();
        let build = || engine.build(context.request(COPY_ALL)).succeeded();
        let first = build().context();
        assert_eq!((first.files_sent, first.files_total), (300, 300));
        assert_eq!(first.bytes_sent, first.bytes_total);

        let second = settled(build, sends_files);
        assert_eq!(second.context(), ContextTransfer { files_sent: 0, bytes_sent: 0, ..first });
        assert!(second.steps().iter().all(|(_, cached)| *cached), "{:?}", second.steps());

        // What no other run has built, or the engine would know the result.
        let text = nonce();
        context.write("src/3/3.txt", &text);
        let third = build();
        assert_eq!((third.context().files_sent, third.context().bytes_sent), (1, text.len() as u64));
        assert!(third.steps().iter().any(|(_, cached)| !cached), "{:?}", third.steps());
    });
}

#[test]
fn an_edit_that_keeps_size_and_time_is_sent() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("a", "old!"), ("b", "same")]);
        let output = tempfile::tempdir().unwrap();
        let build = || {
            let export = Export::Directory(output.path().to_owned());
            engine.build(inner_loop::BuildRequest { export, ..context.request(COPY_ALL) }).succeeded()
        };
        build();
        settled(build, sends_files);
        let path = context.path().join("a");
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, "new!").unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        let second = build().context();
        assert_eq!((second.files_sent, second.bytes_sent), (1, 4));
        assert_eq!(fs::read_to_string(output.path().join("a")).unwrap(), "new!");
    });
}

#[test]
fn times_that_change_without_the_content_never_cost_a_step() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("a", "one"), ("b", "two"), ("c", "three")]);
        let build = || engine.build(context.request(COPY_ALL)).succeeded();
        build();
        settled(build, sends_files);
        let path = |name: &str| context.path().join(name);
        // A link made and gone, a name changed and changed back, a time set.
        fs::hard_link(path("a"), path("link")).unwrap();
        fs::remove_file(path("link")).unwrap();
        fs::rename(path("b"), path("moved")).unwrap();
        fs::rename(path("moved"), path("b")).unwrap();
        let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
        fs::File::options().write(true).open(path("c")).unwrap().set_modified(hour_ago).unwrap();
        let second = build();
        assert!(second.context().files_sent <= 3);
        assert!(second.steps().iter().all(|(_, cached)| *cached), "{:?}", second.steps());
        settled(build, sends_files);
    });
}

#[test]
fn ignored_files_are_neither_sent_nor_counted() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[
            (".dockerignore", "node_modules\n*.log\n!keep.log\n"),
            ("node_modules/p/index.js", "p"),
            ("a.log", "a"),
            ("keep.log", "k"),
            ("main.js", "main"),
        ]);
        let first = engine.build(context.request(COPY_ALL)).succeeded().context();
        // .dockerignore itself, keep.log and main.js.
        assert_eq!((first.files_sent, first.files_total), (3, 3));
        context.write("Dockerfile.dockerignore", "*\n!main.js\n");
        let second = engine.build(context.request("FROM scratch\nCOPY . /own\n")).succeeded().context();
        assert_eq!((second.files_total, second.bytes_total), (1, 4));
    });
}

#[test]
fn only_what_the_stages_copy_is_sent_and_all_of_the_context_is_counted() {
    on_each(&ALL, |engine| {
        let context =
            Context::new(&[("package.json", "{}"), ("big/asset", "0123456789"), ("real/file", "r")]);
        symlink("real", context.path().join("link")).unwrap();
        let sent = engine
            .build(context.request("FROM scratch\nCOPY package.json link/file /\n"))
            .succeeded()
            .context();
        assert_eq!((sent.files_sent, sent.bytes_sent), (2, 3));
        assert_eq!((sent.files_total, sent.bytes_total), (3, 13));
    });
}

#[test]
fn a_build_that_copies_nothing_sends_nothing_and_counts_the_context() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("a", "12"), ("b/c", "345")]);
        let build = engine.build(context.request("FROM debian:bookworm-slim\nENV A=1\n")).succeeded();
        let expected = ContextTransfer { files_sent: 0, bytes_sent: 0, files_total: 2, bytes_total: 5 };
        assert_eq!(build.context(), expected);
    });
}

#[test]
fn sockets_pipes_and_loops_of_links_do_no_harm() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("file", "f")]);
        let _listener = UnixListener::bind(context.path().join("agent.sock")).unwrap();
        assert!(Command::new("mkfifo").arg(context.path().join("pipe")).status().unwrap().success());
        symlink("loop", context.path().join("pool")).unwrap();
        symlink("pool", context.path().join("loop")).unwrap();
        symlink(".", context.path().join("self")).unwrap();
        let build = engine.build(context.request(COPY_ALL)).succeeded();
        assert_eq!(build.context().files_sent, 1);
    });
}

#[test]
fn names_in_any_script_are_copied_and_ignored() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[
            (".dockerignore", "\u{e9}t\u{e9}*\n"),
            ("\u{fc}ber alles.txt", "taken"),
            ("\u{e9}t\u{e9}.txt", "ignored"),
            ("\u{65e5}\u{672c}/100%+1", "percent"),
        ]);
        let output = tempfile::tempdir().unwrap();
        let text = "FROM scratch\nCOPY [\"\u{fc}ber alles.txt\", \"\u{65e5}\u{672c}/100%+1\", \"/\"]\nCOPY \u{65e5}\u{672c} /d\n";
        let export = Export::Directory(output.path().to_owned());
        engine.build(inner_loop::BuildRequest { export, ..context.request(text) }).succeeded();
        let names: Vec<String> =
            super::harness::files_in(output.path()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["100%+1", "d/100%+1", "\u{fc}ber alles.txt"]);
        let build = engine.build(context.request("FROM scratch\nCOPY . /\n")).succeeded();
        assert_eq!(build.context().files_total, 3);
    });
}

#[test]
fn files_that_change_while_they_are_read_do_not_break_the_build() {
    on_each(&ALL, |engine| {
        let context = three_hundred_files();
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let path = context.path().join("src/busy");
        let writer = std::thread::spawn(move || {
            let mut count = 0_u64;
            while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                fs::write(&path, format!("{count}\n").repeat(count as usize % 5000)).unwrap();
                count += 1;
                std::thread::yield_now();
            }
            fs::write(&path, "at rest").unwrap();
        });
        engine.build(context.request(COPY_ALL)).succeeded();
        stop.send(()).unwrap();
        writer.join().unwrap();
        let output = tempfile::tempdir().unwrap();
        let export = Export::Directory(output.path().to_owned());
        let build =
            engine.build(inner_loop::BuildRequest { export, ..context.request(COPY_ALL) }).succeeded();
        assert!(build.context().files_sent >= 1, "{:?}", build.context());
        assert_eq!(fs::read_to_string(output.path().join("src/busy")).unwrap(), "at rest");
    });
}

#[test]
fn unsaved_text_is_built_under_the_dockerfiles_name() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("Dockerfile", "this is not what is built"), ("a", "a")]);
        engine.build(context.request("FROM scratch\nCOPY a /\n")).succeeded();
        let mut request = context.request("FROM scratch\nCOPY a /second\n");
        request.dockerfile = context.path().join("missing/app.Dockerfile");
        let build = engine.build(request).succeeded();
        assert_eq!(build.steps()[0].0, "[1/1] COPY a /second");
    });
}

#[test]
fn texts_of_two_builds_at_once_are_not_mixed_up() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("a", "a")]);
        let builder = engine.builder();
        let start = |target: usize| {
            let request = context.request(&format!("FROM scratch\nCOPY a /{target}\n"));
            super::harness::Running::start(&builder, request)
        };
        let running: Vec<_> = (0..4).map(start).collect();
        for (target, running) in running.into_iter().enumerate() {
            let build = running.finish().succeeded();
            assert_eq!(build.steps()[0].0, format!("[1/1] COPY a /{target}"));
        }
    });
}
