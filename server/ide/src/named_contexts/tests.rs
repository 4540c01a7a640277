//! Named contexts in completion, hovers and definitions.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use semantic::facts::{ContextFacts, FileFacts, FileKind};
use semantic::{Caller, CallerBuild, CallerKind, Facts, Setting};

use crate::fixture::{Opened, open_with};
use crate::{Markup, Target};

fn caller(name: &str, line: u32, contexts: &[(&str, &str)]) -> Caller {
    let known = |(name, place): &(&str, &str)| ((*name).to_owned(), Setting::Known((*place).to_owned()));
    Caller {
        kind: CallerKind::Compose,
        file: "/w/compose.yaml".to_owned(),
        shown_file: "compose.yaml".to_owned(),
        line,
        name: name.to_owned(),
        build: CallerBuild { contexts: contexts.iter().map(known).collect(), ..CallerBuild::default() },
    }
}

/// `web` and `worker` give the folder `libs` as `shared`; `web` more.
fn facts() -> Facts {
    let folder = FileFacts { size: 0, kind: FileKind::Directory };
    let file = FileFacts { size: 10, kind: FileKind::File };
    let files = [("größe", folder), ("größe/a.txt", file), ("b.txt", file), ("c.log", file)];
    let mut context = ContextFacts { root: "/w/libs".to_owned(), complete: true, ..ContextFacts::default() };
    context.files = files.into_iter().map(|(path, file)| (path.to_owned(), file)).collect();
    context.ignore_file =
        Some(semantic::facts::IgnoreFile { path: ".dockerignore".to_owned(), text: "*.log".to_owned() });
    let web = [
        ("shared", "/w/libs"),
        ("tools", "docker-image://alpine:3"),
        ("git", "https://user:hunter2hunter2@example.com/x.git"),
        ("base", "/w"),
        ("other", "service:db"),
    ];
    Facts {
        callers: vec![caller("web", 1, &web), caller("worker", 7, &[("shared", "/w/libs")])],
        named_contexts: BTreeMap::from([("/w/libs".to_owned(), context)]),
        ..Facts::default()
    }
}

fn labels(text: &str) -> String {
    let opened = open_with(text, facts());
    let found = opened.snapshot.completions(&opened.id, opened.cursor);
    let items = found.map(|found| found.items).unwrap_or_default();
    let shown = items.iter().map(|item| format!("{}  ({})\n", item.label, item.detail));
    shown.collect()
}

fn hover(text: &str) -> String {
    let Opened { snapshot, id, cursor, .. } = open_with(text, facts());
    snapshot.hover(&id, cursor, Markup::PlainText).map(|hover| hover.text + "\n").unwrap_or_default()
}

#[track_caller]
fn check(said: &str, expected: Expect) {
    expected.assert_eq(said);
}

#[test]
fn names_of_contexts_are_sources() {
    check(
        &labels("FROM a AS base\nFROM b\nCOPY --from=$0\n"),
        expect![[r#"
            base  (Stage, FROM a in line 1; compose.yaml:web puts another context in its place)
            git  (Named context: an address, by compose.yaml:web)
            other  (Named context: service db, by compose.yaml:web)
            shared  (Named context: libs, by compose.yaml:web and 1 more)
            tools  (Named context: alpine:3, by compose.yaml:web)
        "#]],
    );
    let bases = labels("FROM $0\n");
    assert!(bases.contains("tools  (Named context") && bases.contains("scratch"), "{bases}");
    let mounts = labels("FROM a\nRUN --mount=type=bind,from=$0 true\n");
    assert!(mounts.contains("shared  (Named context: libs"), "{mounts}");
}

#[test]
fn paths_come_from_the_folder_that_all_mean() {
    check(
        &labels("FROM a\nCOPY --from=shared $0\n"),
        expect![[r#"
            b.txt  ()
            größe/  ()
            --chown=  (Who owns the files)
            --chmod=  (The files' permission bits)
            --link  (Makes the files a layer of their own)
            --parents  (Keeps the folders that lead to each source)
            --exclude=  (Leaves out files of the sources)
        "#]],
    );
    check(
        &labels("FROM a AS shared\r\nFROM b\r\nCOPY --from=0 /größe/$0\r\n"),
        expect![[r#"
            a.txt  ()
        "#]],
    );
    check(
        &labels("FROM a\nRUN --mount=from=shared,source=größe/$0 true\n"),
        expect![[r#"
            a.txt  ()
        "#]],
    );
    assert_eq!(labels("FROM a\nCOPY --from=tools /$0\n"), "");
    assert_eq!(labels("FROM a\nCOPY --from=base /$0\n"), "");
}

#[test]
fn a_hover_says_who_gives_it() {
    check(
        &hover("FROM a\nCOPY --from=sha$0red /b.txt /\n"),
        expect![[r#"
            shared is a named context: the build takes it from its caller
            - compose.yaml:web gives the folder libs
            - compose.yaml:worker gives the folder libs
            2 files, 20 B
        "#]],
    );
    check(
        &hover("FROM to$0ols\n"),
        expect![[r#"
            tools is a named context: the build takes it from its caller
            - compose.yaml:web gives the image alpine:3
            compose.yaml:worker gives none: there it is an image.
        "#]],
    );
    check(
        &hover("FROM a AS base\nFROM ba$0se\n"),
        expect![[r#"
            Stage base, number 0, line 1
            - Builds on a
            - Adds nothing of its own
            - Used by FROM in line 2
            - All its layers are in the image
            - compose.yaml:web gives the folder . in its place: nothing of the stage runs there
        "#]],
    );
    check(
        &hover("FROM a\nCOPY --from=shared größ$0e /x\n"),
        expect![[r#"
            größe of the named context shared
            1 file, 10 B: a.txt
        "#]],
    );
    assert!(!hover("FROM a\nCOPY --from=gi$0t /x /x\n").contains("hunter2"));
    assert!(!hover("FROM a\nCOPY --from=ngi$0nx /x /x\n").contains("named context:"));
}

#[test]
fn a_definition_leads_to_the_callers_and_into_the_folder() {
    let targets = |text: &str| -> Vec<String> {
        let opened = open_with(text, facts());
        let found = opened.snapshot.definition(&opened.id, opened.cursor);
        let shown = |target: &Target| match target {
            Target::Here { name, .. } => format!("here {}", opened.place(*name)),
            Target::File(path) => path.clone(),
            Target::Line { path, line } => format!("{path}:{line}"),
        };
        found.iter().map(|definition| shown(&definition.target)).collect()
    };
    assert_eq!(targets("FROM a\nCOPY --from=sh$0ared x /\n"), ["/w/compose.yaml:1", "/w/compose.yaml:7"]);
    assert_eq!(targets("FROM a AS base\nFROM b$0ase\n"), ["/w/compose.yaml:1", "here 1:11 base"]);
    assert_eq!(targets("FROM to$0ols\n"), ["/w/compose.yaml:1"]);
    assert_eq!(targets("FROM a\nCOPY --from=shared b$0.txt /\n"), ["/w/libs/b.txt"]);
    assert_eq!(targets("FROM ngi$0nx\n"), [""; 0]);
}

fn hints(text: &str, callers: Vec<Caller>) -> String {
    let facts = Facts { callers, ..facts() };
    let Opened { snapshot, id, text, .. } = open_with(text, facts);
    let hints = snapshot.inlay_hints(&id, syntax::TextRange::new(0, u32::try_from(text.len()).unwrap()));
    hints.into_iter().map(|hint| format!("{} {:?}\n", hint.label, hint.tooltip)).collect()
}

#[test]
fn a_stage_that_nobody_builds_says_what_takes_its_place() {
    let text = "# ü 🐳\r\nFROM b \\\r\n  AS Base$0\r\nRUN x\r\nFROM base\r\n";
    let gives = |name, place: &str| caller(name, 1, &[("base", place)]);
    check(
        &hints(text, vec![gives("web", "/w/libs"), gives("worker", "/w/libs")]),
        expect![[r#"
        → libs "Nothing of this stage runs. In its place: libs, by compose.yaml:web and 1 more"
    "#]],
    );
    check(
        &hints(text, vec![gives("web", "/w/libs"), gives("worker", "docker-image://b:1")]),
        expect![[r#"
            → different contexts "Nothing of this stage runs. In its place: different contexts, by compose.yaml:web and 1 more"
        "#]],
    );
    // One of them builds the stage.
    check(&hints(text, vec![gives("web", "/w/libs"), caller("worker", 7, &[])]), expect![[r#""#]]);
    let secret = "https://user:hunter2hunter2@example.com/x.git";
    check(
        &hints(text, vec![gives("web", secret)]),
        expect![[r#"
        → an address "Nothing of this stage runs. In its place: an address, by compose.yaml:web"
    "#]],
    );
}
