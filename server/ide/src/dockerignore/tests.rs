//! Ignore files in a host, beside the Dockerfiles of their context.

use expect_test::{Expect, expect};
use semantic::Facts;
use semantic::facts::{ContextFacts, FileFacts, FileKind, IgnoreFile};

use crate::{DocumentId, DocumentKind, Host};
use syntax::TextRange;

/// The facts of a context with these files and a `.dockerignore`.
fn facts(root: &str, paths: &[&str]) -> Facts {
    let mut context = ContextFacts {
        root: root.to_owned(),
        complete: true,
        ignore_file: Some(IgnoreFile { path: ".dockerignore".to_owned(), text: String::new() }),
        dockerfile: Some("Dockerfile".to_owned()),
        ..ContextFacts::default()
    };
    for path in paths {
        for (slash, _) in path.match_indices('/') {
            let folder = FileFacts { size: 0, kind: FileKind::Directory };
            context.files.insert(path[..slash].to_owned(), folder);
        }
        context.files.insert((*path).to_owned(), FileFacts { size: 1500, kind: FileKind::File });
    }
    Facts { context: Some(context), ..Facts::default() }
}

const PATHS: [&str; 4] = ["README.md", "dist/app", "größe/a.log", "src/main.rs"];

fn host(ignore: &str, dockerfile: &str) -> (Host, DocumentId, DocumentId) {
    let mut host = Host::new();
    let (ignore_id, dockerfile_id) =
        (DocumentId::new("file:///p/.dockerignore"), DocumentId::new("file:///p/Dockerfile"));
    host.open(ignore_id.clone(), DocumentKind::Ignore, ignore);
    host.open(dockerfile_id.clone(), DocumentKind::Dockerfile, dockerfile);
    for id in [&ignore_id, &dockerfile_id] {
        host.set_facts(id, facts("/p", &PATHS));
    }
    (host, ignore_id, dockerfile_id)
}

fn check(ignore: &str, dockerfile: &str, expected: Expect) {
    let (host, id, _) = host(ignore, dockerfile);
    let found = host.snapshot().analysis_diagnostics(&id);
    let lines = found.iter().map(|one| {
        let place = &ignore[one.range.start as usize..one.range.end as usize];
        format!("{place}: {} {}\n", one.code.unwrap_or_default(), one.message)
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn the_rules_know_the_context_and_the_dockerfiles() {
    check(
        "[\r\ngröße\r\n!größe/a.log\r\nnowhere\r\ndist\r\n",
        "FROM a:1\nCOPY \\\n  dist/app /\nCOPY src /src\n",
        expect![[r#"
            [: ignore-pattern-refused The builder refuses the pattern `[`: its `[` is not closed as a class of characters; add the `]`, or write `\[` for the character.
            größe: ignore-pattern-without-effect `!größe/a.log` in line 3 takes back in all that this leaves out. Put this line below it, or remove one of the two.
            nowhere: ignore-pattern-without-match Nothing in the build context matches, so `nowhere` leaves nothing out.
            dist: ignored-file-is-copied This leaves out `dist/app`, which Dockerfile copies in line 2: the build does not find it. Take it back in with `!` below.
        "#]],
    );
    check("*.md\n", "FROM a:1\nCOPY --from=b README.md /\nCOPY <<EOF /x\nREADME.md\nEOF\nCOPY", expect![""]);
}

#[test]
fn fixes_are_offered_where_they_mend_something() {
    let (host, id, _) = host("dist\r\nnowhere\r\n", "FROM a:1\nCOPY dist/app /\n");
    let snapshot = host.snapshot();
    let titles = |start, end, kind: &str| -> Vec<String> {
        let wanted = |asked: &str| asked.starts_with(kind);
        let actions = snapshot.code_actions(&id, TextRange::new(start, end), wanted);
        actions.into_iter().map(|action| action.title).collect()
    };
    assert_eq!(
        titles(0, 4, ""),
        [
            "Take it back in with `!dist/app` (check: that all of it may be in an image)",
            "Remove `dist` (check: that all that it leaves out may be in an image)"
        ]
    );
    assert_eq!(titles(6, 7, "quickfix"), ["Remove `nowhere` (check: that it is for nothing to come)"]);
    assert_eq!(titles(0, 20, "refactor"), [""; 0]);
    let range = TextRange::new(0, 4);
    let key = snapshot.code_actions(&id, range, |_| true).remove(0).key;
    let (_, edits) = snapshot.resolve(&id, range, &key).unwrap();
    let text = snapshot.document(&id).unwrap().text();
    assert_eq!(rewrites::apply(&text, &edits), "dist\r\n!dist/app\r\nnowhere\r\n");
    assert_eq!(snapshot.resolve(&id, range, "fix/nothing/0/0"), None);
}

#[test]
fn all_safe_fixes_are_one_action_and_choices_are_no_part_of_it() {
    let fix_all = |text: &str| {
        let (host, id, _) = host(text, "FROM a:1\n");
        let snapshot = host.snapshot();
        let range = TextRange::empty(0);
        let actions = snapshot.code_actions(&id, range, |kind| kind == crate::code_actions::FIX_ALL);
        let shown = actions.into_iter().map(|action| {
            let (_, edits) = snapshot.resolve(&id, range, &action.key).unwrap();
            (action.title, rewrites::apply(text, &edits))
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(
        fix_all("größe\r\n!\r\nnowhere\r\n!\r\n"),
        [("Fix what can be fixed safely: 2 findings".to_owned(), "größe\r\nnowhere\r\n".to_owned())]
    );
    assert_eq!(fix_all("nowhere\n[\n"), []);
}

#[test]
fn a_dockerfile_of_another_context_copies_other_files() {
    let (mut host, ignore, dockerfile) = host("dist\n", "FROM a:1\nCOPY dist /\n");
    assert_eq!(host.snapshot().analysis_diagnostics(&ignore).len(), 1);
    host.set_facts(&dockerfile, facts("/other", &PATHS));
    assert_eq!(host.snapshot().analysis_diagnostics(&ignore), []);
}

#[test]
fn an_answer_about_an_ignore_file_changes_with_the_dockerfiles() {
    let (mut host, ignore, dockerfile) = host("dist\n", "FROM a:1\nCOPY dist /\n");
    let before = host.snapshot().revision(&ignore);
    let other = host.snapshot().revision(&dockerfile);
    host.edit(&dockerfile, |document| *document = syntax::Document::new("FROM a:1\n"));
    assert_ne!(host.snapshot().revision(&ignore), before);
    assert_eq!(host.snapshot().analysis_diagnostics(&ignore), []);
    let edited = host.snapshot().revision(&ignore);
    host.close(&dockerfile);
    assert_ne!(host.snapshot().revision(&ignore), edited);
    assert_ne!(other, edited);
}

#[test]
fn settings_count_and_an_unknown_context_is_no_finding() {
    let (mut host, ignore, _) = host("[\nnowhere\n", "FROM a:1\n");
    host.set_facts(&ignore, Facts::default());
    let codes = |host: &Host| -> Vec<_> {
        host.snapshot().analysis_diagnostics(&ignore).iter().filter_map(|one| one.code).collect()
    };
    assert_eq!(codes(&host), ["ignore-pattern-refused"]);
    let rules = rules::Settings { ignore: vec!["context".to_owned()], ..rules::Settings::default() };
    host.set_settings(crate::Settings { rules, ..crate::Settings::default() });
    assert_eq!(codes(&host), [""; 0]);
}
