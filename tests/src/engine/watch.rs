//! `layerwise watch` on real engines: what starts a build, what stops one, and what is left in the end.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use serde_json::Value;

use super::harness::{DEADLINE, SOON};
use super::program_build::{ALL, nonce, on_each};
use crate::program::{Folder, finish};

/// A running `layerwise watch`.
struct Watch {
    child: Child,
    events: Receiver<Value>,
}

impl Watch {
    fn start(folder: &Folder) -> Self {
        Self::of(folder, &["watch", "--progress", "json", "."])
    }

    fn of(folder: &Folder, arguments: &[&str]) -> Self {
        let mut child = folder.command(arguments).spawn().unwrap();
        let lines: BufReader<ChildStdout> = BufReader::new(child.stdout.take().unwrap());
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).expect("an event a line"));
            }
        });
        Self { child, events }
    }

    /// The events up to the first of this name.
    #[track_caller]
    fn until(&self, name: &str) -> Vec<Value> {
        self.until_one(name, |event| event["event"] == name)
    }

    #[track_caller]
    fn until_one(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut seen = Vec::new();
        while let Ok(event) = self.events.recv_timeout(DEADLINE) {
            let found = is_it(&event);
            seen.push(event);
            if found {
                return seen;
            }
        }
        panic!("{what} did not come: {seen:#?}");
    }

    /// The next build: what it is made for, the lines of the steps that ran, whether it succeeded.
    #[track_caller]
    fn build(&self) -> (Vec<String>, Vec<u64>, bool) {
        let events = self.until("finished");
        let changed = events.iter().find(|event| event["event"] == "changed");
        let files = changed.and_then(|event| event["files"].as_array());
        let files = files.into_iter().flatten().map(|file| file.as_str().unwrap().to_owned()).collect();
        (files, super::program_build::runs(&events), events.last().unwrap()["ok"] == true)
    }

    /// Ends it as people do.
    fn interrupt(self) {
        let asked = Instant::now();
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let output = finish(self.child).exits(130);
        assert_eq!(output.stderr, "");
        assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    }
}

fn strings(files: &[&str]) -> Vec<String> {
    files.iter().map(|file| (*file).to_owned()).collect()
}

#[test]
fn what_the_build_reads_starts_the_next_and_nothing_else_does() {
    on_each(&ALL, |host| {
        let text = format!(
            "FROM debian:bookworm-slim\nLABEL n={}\nCOPY package.json /\nRUN cat /package.json\nCOPY src /src\nRUN cat /src/*\n",
            nonce()
        );
        let files = [("Dockerfile", text.as_str()), ("package.json", "{}"), ("src/a", "1"), ("notes.md", "")];
        let folder = Folder::new(&files).with_host(host);
        let watch = Watch::start(&folder);
        let (files, _, ok) = watch.build();
        assert!(files.is_empty() && ok);
        folder.write("notes.md", "of no interest");
        folder.write("src/a", nonce());
        let (files, ran, ok) = watch.build();
        // What the engine forgets meanwhile of earlier steps is its own affair.
        assert!(files == ["src/a"] && ran.ends_with(&[5, 6]) && ok, "{files:?} {ran:?}");
        folder.write(".dockerignore", "src/b\n");
        assert_eq!(watch.build(), (strings(&[".dockerignore"]), vec![], true));
        folder.write("src/b", "ignored");
        folder.write("package.json", format!("{{\"n\": \"{}\"}}", nonce()));
        let (files, ran, _) = watch.build();
        assert_eq!((files, ran.first()), (strings(&["package.json"]), Some(&3)));
        watch.interrupt();
    });
}

#[test]
fn tests_run_again_where_what_they_read_changes_and_stay_green_where_it_does_not() {
    on_each(&ALL, |host| {
        let text = format!(
            "FROM debian:bookworm-slim AS test\nWORKDIR /srv/app\nCOPY said.txt .\nRUN cat said.txt; ! grep -q ^not said.txt # {}\nFROM scratch\nCOPY other /\n",
            nonce()
        );
        let files = [("Dockerfile", text.as_str()), ("said.txt", "not ok 1 - adds\n"), ("other", "")];
        let folder = Folder::new(&files).with_host(host);
        let watch = Watch::of(&folder, &["test", "--watch", "--progress", "json", "."]);
        let round = |ok: bool| {
            let events = watch.until("finished");
            assert_eq!(events.last().unwrap()["ok"], ok, "{events:#?}");
            let tests = events.iter().find(|event| event["event"] == "tests").expect("the counts");
            let changed = events.iter().find(|event| event["event"] == "changed");
            let changed = changed.map(|event| event["files"].clone()).unwrap_or_default();
            (changed, tests["passed"].clone(), tests["failed"].clone(), tests["cached"].clone())
        };
        assert_eq!(round(false), (Value::Null, 0.into(), 1.into(), false.into()));
        folder.write("other", "of no interest to the tests");
        folder.write("said.txt", "ok 1 - adds\nok 2 - more\n");
        assert_eq!(round(true), (serde_json::json!(["said.txt"]), 2.into(), 0.into(), false.into()));
        folder.write("Dockerfile", format!("# a comment\n{text}"));
        assert_eq!(round(true), (serde_json::json!(["Dockerfile"]), 2.into(), 0.into(), true.into()));
        watch.interrupt();
    });
}

#[test]
fn a_broken_dockerfile_does_not_end_it_and_a_new_one_is_followed() {
    on_each(&["28"], |host| {
        let files = [("Dockerfile", "FROM scratch\nCOPY a /\n"), ("a", "1"), ("b", "1")];
        let folder = Folder::new(&files).with_host(host);
        let watch = Watch::start(&folder);
        assert!(watch.build().2);
        folder.write("Dockerfile", "FROM scratch\nCOPY b\n");
        let (files, _, ok) = watch.build();
        assert_eq!((files, ok), (strings(&["Dockerfile"]), false));
        folder.write("Dockerfile", "FROM scratch\nCOPY b /\n");
        assert!(watch.build().2);
        folder.write("a", "2");
        folder.write("b", nonce());
        assert_eq!(watch.build(), (strings(&["b"]), vec![2], true));
        watch.interrupt();
    });
}

#[test]
fn a_running_build_is_stopped_by_what_it_has_read_and_not_by_what_comes_later() {
    on_each(&ALL, |host| {
        let text = format!(
            "FROM debian:bookworm-slim\nCOPY first /\nRUN echo {} && sleep $(head -n 1 /first)\nCOPY later /\nRUN cat /later && sleep 1\n",
            nonce()
        );
        let files = [("Dockerfile", text.as_str()), ("first", "5"), ("later", "1")];
        let folder = Folder::new(&files).with_host(host);
        let watch = Watch::start(&folder);
        let runs = |line: u64| move |event: &Value| event["line"] == line && event["state"] == "running";
        watch.until_one("the long step", runs(3));
        // The long step has no part in it: it goes on, and only then the build is stopped.
        folder.write("later", "2");
        let events = watch.until("finished");
        let long = events.iter().find(|event| event["line"] == 3 && event["state"] == "done");
        assert!(long.is_some_and(|step| step["cached"] == false), "{events:#?}");
        assert_eq!(events.last().unwrap()["ok"], false);
        let (files, ran, ok) = watch.build();
        assert_eq!((files, ran, ok), (strings(&["later"]), vec![4, 5], true));
        // Of what the long step reads it is stopped at once.
        folder.write("first", format!("60\n{}", nonce()));
        watch.until_one("the long step", runs(3));
        let asked = Instant::now();
        folder.write("first", format!("0\n{}", nonce()));
        let events = watch.until("finished");
        assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
        assert!(events.iter().any(|event| event["line"] == 3 && event["state"] == "canceled"), "{events:#?}");
        assert_eq!(events.last().unwrap()["ok"], false);
        let (files, ran, ok) = watch.build();
        assert_eq!((files, ran, ok), (strings(&["first"]), vec![2, 3, 4, 5], true));
        watch.interrupt();
    });
}

#[test]
fn an_interrupt_stops_a_running_build_too() {
    on_each(&ALL, |host| {
        let text = format!("FROM debian:bookworm-slim\nRUN echo {} && sleep 60\n", nonce());
        let folder = Folder::with_dockerfile(&text).with_host(host);
        let watch = Watch::start(&folder);
        watch.until("log");
        watch.interrupt();
    });
}

#[test]
fn many_builds_leave_one_image() {
    use super::api::{has_image, remove_image};
    use super::harness::Engine;
    for name in ALL {
        let engine = Engine::new(name);
        let text = format!("FROM scratch\nLABEL n={}\nCOPY a /\n", nonce());
        let files = [("Dockerfile", text.as_str()), ("a", "0")];
        let folder = Folder::new(&files).with_host(&engine.host);
        let watch = Watch::start(&folder);
        let mut images = Vec::new();
        for turn in 1..=5 {
            let events = watch.until("finished");
            images.push(events.last().unwrap()["image"].as_str().unwrap().to_owned());
            folder.write("a", format!("{turn} {}", nonce()));
        }
        let last = watch.until("finished").last().unwrap()["image"].as_str().unwrap().to_owned();
        watch.interrupt();
        let left: Vec<_> = images.iter().filter(|image| has_image(&engine, image)).collect();
        assert!(left.is_empty() && has_image(&engine, &last), "{left:?} of {images:?}");
        remove_image(&engine, &last);
    }
}

#[test]
fn a_watched_build_is_known_to_the_next_prediction() {
    on_each(&["28"], |host| {
        let text = "FROM scratch\nCOPY a /a\n";
        let folder = Folder::new(&[("Dockerfile", text), ("a", &nonce())]).with_host(host);
        let watch = Watch::start(&folder);
        assert!(watch.build().2);
        // It is kept beside the loop, from some moment on of which nobody tells.
        let began = Instant::now();
        loop {
            let output = folder.run(&["predict", "--format", "json"]).exits(0);
            let told: Value = serde_json::from_str(&output.stdout).unwrap();
            if told["known_build"].is_string() {
                assert!(told["steps"].as_array().unwrap().iter().all(|step| step["prediction"] == "cached"));
                break;
            }
            assert!(began.elapsed() < DEADLINE, "{told}");
        }
        watch.interrupt();
    });
}
