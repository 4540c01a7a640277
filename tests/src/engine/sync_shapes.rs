//! File sync of folders in odd shapes: hard links, long names, long lists of patterns, several contexts, contexts that are fetched.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use inner_loop::{BuildRequest, Export};

use super::harness::{ALL, Context, TODAYS, files_in, on_each, settled};

const COPY_ALL: &str = "FROM scratch\nCOPY . /\n";

#[test]
fn a_file_with_two_names_is_sent_once() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("a", "same"), ("d/other", "else")]);
        fs::hard_link(context.path().join("a"), context.path().join("d/b")).unwrap();
        let build = || engine.build(context.request(COPY_ALL)).succeeded();
        let first = build().context();
        assert_eq!((first.files_sent, first.bytes_sent, first.files_total), (2, 8, 3));
        settled(build, |build| build.context().files_sent > 0);
        // Its other name alone is what is copied now.
        let part = engine.build(context.request("FROM scratch\nCOPY d /\n")).succeeded();
        assert!(part.context().files_sent <= 1, "{:?}", part.context());
    });
}

#[test]
fn a_dockerignore_of_thousands_of_lines_is_taken() {
    on_each(&ALL, |engine| {
        let patterns: String = (0..3000).map(|number| format!("generated/folder-{number}/*.tmp\n")).collect();
        let context = Context::new(&[
            (".dockerignore", &patterns),
            ("generated/folder-2999/x.tmp", "ignored"),
            ("kept", "1"),
        ]);
        let output = tempfile::tempdir().unwrap();
        let export = Export::Directory(output.path().to_owned());
        engine
            .build(BuildRequest { export, ..context.request("FROM scratch\nCOPY generated kept /\n") })
            .succeeded();
        assert_eq!(files_in(output.path()), [("kept".to_owned(), "1".to_owned())]);
    });
}

#[test]
fn names_and_paths_as_long_as_systems_take_are_copied() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[]);
        // The builder keeps its copy below a folder of its own; with more than this its path would be too long.
        let path = vec!["n".repeat(255); 13].join("/");
        context.write(&path, "deep");
        let output = tempfile::tempdir().unwrap();
        let export = Export::Directory(output.path().to_owned());
        engine.build(BuildRequest { export, ..context.request(COPY_ALL) }).succeeded();
        assert_eq!(files_in(output.path()), [(path, "deep".to_owned())]);
    });
}

/// The builder asks for all of them at once.
#[test]
fn tens_of_thousands_of_files_are_sent() {
    on_each(&["28"], |engine| {
        let context = Context::new(&[]);
        for number in 0..30_000 {
            context.write(&format!("{}/{number}", number % 100), "x");
        }
        let sent = engine.build(context.request(COPY_ALL)).succeeded().context();
        assert_eq!((sent.files_sent, sent.files_total), (30_000, 30_000));
    });
}

/// The builder keeps the files of a named context under its name, whichever folder the name stands for.
#[test]
fn a_name_that_stands_for_another_folder_gives_that_folders_files() {
    on_each(&TODAYS, |engine| {
        let context = Context::new(&[]);
        let (one, other) = folders_of_one_time();
        let build = |folder: &Path| {
            let output = tempfile::tempdir().unwrap();
            let request = BuildRequest {
                named_contexts: [("extra".to_owned(), folder.display().to_string())].into(),
                export: Export::Directory(output.path().to_owned()),
                ..context.request("FROM scratch\nCOPY --from=extra file /\n")
            };
            engine.build(request).succeeded();
            fs::read_to_string(output.path().join("file")).unwrap()
        };
        assert_eq!(build(one.path()), "one");
        assert_eq!(build(other.path()), "two");
        assert_eq!(build(one.path()), "one");
    });
}

/// Two folders whose files have other contents, but the same size and time to the nanosecond.
fn folders_of_one_time() -> (Context, Context) {
    for _ in 0..10_000 {
        let (one, other) = (Context::new(&[]), Context::new(&[]));
        one.write("file", "one");
        other.write("file", "two");
        let times = |context: &Context| {
            let metadata = fs::metadata(context.path().join("file")).unwrap();
            (metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec())
        };
        if times(&one) == times(&other) {
            return (one, other);
        }
    }
    panic!("no two files are written within one step of the clock");
}

#[test]
fn several_contexts_at_once_are_kept_apart() {
    on_each(&TODAYS, |engine| {
        let context = Context::new(&[("file", "main")]);
        let folders = ["first", "second"].map(|name| (name, Context::new(&[("file", name)])));
        let output = tempfile::tempdir().unwrap();
        let build = || {
            let named = folders
                .iter()
                .map(|(name, folder)| ((*name).to_owned(), folder.path().display().to_string()));
            let request = BuildRequest {
                named_contexts: named.collect(),
                export: Export::Directory(output.path().to_owned()),
                ..context.request(
                    "FROM scratch\nCOPY file /main\nCOPY --from=first file /first\nCOPY --from=second file /second\n",
                )
            };
            engine.build(request).succeeded();
            files_in(output.path()).into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        };
        assert_eq!(build(), ["first", "main", "second"]);
        folders[1].1.write("file", "SECOND");
        context.write("file", "MAIN");
        assert_eq!(build(), ["first", "MAIN", "SECOND"]);
    });
}

/// A repository that the builder clones from this machine.
struct Repository {
    folder: Context,
    server: Child,
    port: u16,
}

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Context::new(files);
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.arg("-C").arg(folder.path()).args([
                "-c",
                "user.name=n",
                "-c",
                "user.email=e@example.com",
            ]);
            let output = command.args(arguments).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        git(&["init", "--quiet", "--initial-branch=main"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message=all"]);
        // The system chooses a free port; between letting it go and taking it again nobody asks for one.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // `git daemon` would start this one and not stop it.
        let programs = Command::new("git").arg("--exec-path").output().unwrap();
        let programs = String::from_utf8(programs.stdout).unwrap();
        let mut server = Command::new(Path::new(programs.trim_end()).join("git-daemon"))
            .args(["--export-all", "--reuseaddr", "--listen=127.0.0.1"])
            .arg(format!("--port={port}"))
            .arg(format!("--base-path={}", folder.path().display()))
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert_eq!(server.try_wait().unwrap(), None, "git-daemon ended");
            std::thread::yield_now();
        }
        Self { folder, server, port }
    }

    fn url(&self) -> String {
        format!("git://127.0.0.1:{}/.git#main", self.port)
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_repository_is_a_context_too() {
    on_each(&ALL, |engine| {
        let repository = Repository::new(&[("file", "of the repository")]);
        let output = tempfile::tempdir().unwrap();
        let request = BuildRequest {
            context: repository.url(),
            dockerfile: repository.folder.path().join("Dockerfile"),
            dockerfile_text: COPY_ALL.to_owned(),
            export: Export::Directory(output.path().to_owned()),
            ..BuildRequest::default()
        };
        engine.build(request).succeeded();
        assert_eq!(fs::read_to_string(output.path().join("file")).unwrap(), "of the repository");
        if engine.is_old() {
            return;
        }
        let context = Context::new(&[]);
        let request = BuildRequest {
            named_contexts: [("source".to_owned(), repository.url())].into(),
            export: Export::Directory(output.path().join("named")),
            ..context.request("FROM scratch\nCOPY --from=source file /\n")
        };
        engine.build(request).succeeded();
        assert_eq!(fs::read_to_string(output.path().join("named/file")).unwrap(), "of the repository");
    });
}
