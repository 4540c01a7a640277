//! Selections by example: a tree as lines, a source, and what is taken.

use expect_test::{Expect, expect};

use super::*;
use crate::contents::{Change, changes};

/// Lines such as `src/a.js 644 text`, `src/ 755`, `link -> target`.
fn listing(lines: &str) -> Listing {
    let seal = Seal::new([0; 32]);
    let entry = |line: &str| {
        if let Some((path, target)) = line.split_once(" -> ") {
            return Entry {
                path: path.to_owned(),
                permissions: 0o777,
                content: Content::Link(target.to_owned()),
            };
        }
        let mut words = line.split_whitespace();
        let path = words.next().unwrap();
        let permissions = u32::from_str_radix(words.next().unwrap_or("644"), 8).unwrap();
        let content = match path.strip_suffix('/') {
            Some(_) => Content::Folder,
            None => Content::File(seal.digest([words.next().unwrap_or_default()])),
        };
        Entry { path: path.trim_end_matches('/').to_owned(), permissions, content }
    };
    let mut entries: Vec<Entry> =
        lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(entry).collect();
    entries.sort_by(|a, b| crate::contents::compare(&a.path, &b.path));
    Listing { entries }
}

const PROJECT: &str = "
    .env
    link -> src
    loop -> loop
    package.json 644 {}
    package-lock.json
    src/ 755
    src/a.js
    src/b/ 755
    src/b/c.js
    src/b/d.md
    src.txt
    up -> ../../src/a.js
    web/ 755
    web/package.json
    web/vendor -> ../src
";

fn selector(source: &str) -> Selector {
    Selector { wildcards: true, ..Selector::of_path(source) }
}

fn check(selector: &Selector, expected: &Expect) {
    let listing = listing(PROJECT);
    let shown = selector.select(&listing).map_or_else(
        || "not there\n".to_owned(),
        |selected| {
            selected
                .entries
                .iter()
                .map(|(name, entry)| format!("\"{}\" is {}\n", name.replace('\0', " > "), entry.path))
                .collect()
        },
    );
    expected.assert_eq(&shown);
}

#[test]
fn a_file_has_no_name_and_a_folder_has_all_that_is_in_it() {
    check(
        &selector("package.json"),
        &expect![[r#"
            "" is package.json
        "#]],
    );
    check(
        &selector("src"),
        &expect![[r#"
            "/" is src
            "/a.js" is src/a.js
            "/b" is src/b
            "/b/c.js" is src/b/c.js
            "/b/d.md" is src/b/d.md
        "#]],
    );
    check(&selector("nowhere"), &expect![["not there\n"]]);
}

#[test]
fn links_are_followed_at_the_top_and_not_below() {
    check(
        &selector("link/b/c.js"),
        &expect![[r#"
            "" is src/b/c.js
        "#]],
    );
    check(
        &selector("up"),
        &expect![[r#"
            "" is src/a.js
        "#]],
    );
    check(&selector("loop"), &expect![["not there\n"]]);
    check(
        &selector("web"),
        &expect![[r#"
            "/" is web
            "/package.json" is web/package.json
            "/vendor" is web/vendor
        "#]],
    );
    check(
        &selector("web/vendor/a.js"),
        &expect![[r#"
            "" is src/a.js
        "#]],
    );
}

#[test]
fn wildcards_give_names_and_folders_that_match_are_whole() {
    check(
        &selector("package*.json"),
        &expect![[r#"
            "/package-lock.json" is package-lock.json
            "/package.json" is package.json
        "#]],
    );
    check(
        &selector("*/package.json"),
        &expect![[r#"
            "" is web/package.json
        "#]],
    );
    check(
        &selector("sr?"),
        &expect![[r#"
            "/src" is src
            "/src/a.js" is src/a.js
            "/src/b" is src/b
            "/src/b/c.js" is src/b/c.js
            "/src/b/d.md" is src/b/d.md
        "#]],
    );
    check(
        &selector("lin*"),
        &expect![[r#"
            "/link > /" is src
            "/link > /a.js" is src/a.js
            "/link > /b" is src/b
            "/link > /b/c.js" is src/b/c.js
            "/link > /b/d.md" is src/b/d.md
        "#]],
    );
    check(&selector("*.none"), &expect![[""]]);
}

#[test]
fn exclusions_and_inclusions_are_relative_to_the_source() {
    check(
        &Selector { exclude: vec!["**/*.md".to_owned()], ..selector("src") },
        &expect![[r#"
            "" is src
            "/a.js" is src/a.js
            "/b" is src/b
            "/b/c.js" is src/b/c.js
        "#]],
    );
    check(
        &Selector { include: vec!["web/package.json".to_owned()], ..selector("/") },
        &expect![[r#"
            "/web" is web
            "/web/package.json" is web/package.json
        "#]],
    );
}

#[test]
fn the_digest_says_what_counts() {
    let seal = Seal::new([7; 32]);
    let digest_of = |lines: &str, source: &str| digest(&listing(lines), &[selector(source)], &seal);
    let same = |a: &str, b: &str, source: &str| digest_of(a, source) == digest_of(b, source);
    assert!(same("a 644 x", "a 644 x\nb 644 y", "a"), "another file");
    assert!(!same("a 644 x", "a 644 y", "a"), "content");
    assert!(!same("a 644 x", "a 755 x", "a"), "mode");
    assert!(
        !same("a -> b\nb 644 x\nd/ 755\nd/l -> a", "a -> b\nb 644 x\nd/ 755\nd/l -> b", "d"),
        "link target"
    );
    assert!(!same("d/ 755\nd/a 644 x", "d/ 755\nd/b 644 x", "d"), "name");
    assert!(!same("d/ 755\nd/a 644 x", "d/ 700\nd/a 644 x", "d"), "the folder's own mode");
    assert!(!same("d/ 755\nd/e/ 755", "d/ 755", "d"), "an empty folder");
    assert_eq!(
        digest_of("a 644 x", "a"),
        digest_of("d/ 755\nd/b 644 x", "d/b"),
        "a file's own name and place"
    );
}

#[test]
fn plain_paths_inside_of_others_add_nothing() {
    let selectors = [selector("/src/b"), selector("/src"), selector("/src.txt"), selector("/src")];
    let paths: Vec<_> = in_order(&selectors).iter().map(|selector| selector.path.as_str()).collect();
    assert_eq!(paths, ["/src", "/src.txt"]);
}

#[test]
fn changes_say_which_file_and_how() {
    let before = "a 644 x\nb 644 x\nd/ 755\nd/c 644 x\nl -> a\ngone 644 x\nother 644 x";
    let after = "a 644 y\nb 755 x\nd/ 755\nd/c 644 x\nl -> b\nnew 644 x\nd/e/ 755\nd/e/f 644 x\nother 644 y";
    let selectors = ["/a", "/b", "/d", "/*l", "/new", "/gone"].map(selector);
    let found: Vec<_> = changes(&listing(before), &listing(after), &selectors)
        .into_iter()
        .map(|change| (change.path, change.change))
        .collect();
    let expected = [
        ("a", Change::Content),
        ("b", Change::Mode),
        ("d/e/f", Change::New),
        ("gone", Change::Gone),
        ("new", Change::New),
    ];
    assert_eq!(found, expected.map(|(path, change)| (path.to_owned(), change)));
    let inner = changes(&listing("d/ 755\nd/l -> a"), &listing("d/ 755\nd/l -> b"), &[selector("/d")]);
    assert_eq!(inner, [FileChangeOf("d/l", Change::LinkTarget).into()]);
}

struct FileChangeOf(&'static str, Change);

impl From<FileChangeOf> for crate::contents::FileChange {
    fn from(FileChangeOf(path, change): FileChangeOf) -> Self {
        Self { path: path.to_owned(), change }
    }
}
