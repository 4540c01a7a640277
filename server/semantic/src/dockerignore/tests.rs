//! Cases from the documentation and the corners of the original; properties against a matcher written the slow way.

use proptest::prelude::*;

use super::*;

/// Checks each path: `+` before a path says that it stays in the context, `-` that it is ignored.
fn check(file: &str, paths: &[&str]) {
    let (dockerignore, problems) = Dockerignore::parse(file);
    assert_eq!(problems, [], "{file:?}");
    for marked in paths {
        let (ignored, path) = (marked.starts_with('-'), &marked[1..]);
        assert_eq!(dockerignore.is_ignored(path), ignored, "{path} with {file:?}");
        assert_eq!(walk_to(&dockerignore, path), ignored, "walking to {path} with {file:?}");
    }
}

fn walk_to(dockerignore: &Dockerignore, path: &str) -> bool {
    let mut folder = FolderMatch::default();
    let mut ignored = false;
    for part in path_and_folders(path) {
        (ignored, folder) = dockerignore.matches_in(&folder, part);
        if ignored && dockerignore.can_skip_folder(part) {
            return true;
        }
    }
    ignored
}

fn check_problem(file: &str, line: u32, message: &str) {
    let (_, problems) = Dockerignore::parse(file);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].line, line);
    assert!(problems[0].message.contains(message), "{}", problems[0].message);
}

#[test]
fn names_folders_and_wildcards() {
    check(
        "node_modules\n*.log\n",
        &["-node_modules", "-node_modules/a/b.js", "-x.log", "+src/x.log", "+src/main.js"],
    );
    check("*/temp*\n", &["-a/temporary.txt", "-a/temp", "+a/b/temp", "+temp"]);
    check("temp?\n", &["-tempa", "+temp", "+tempab", "-tempa/inside"]);
    check("**/*.go\n", &["-a.go", "-a/b/c.go", "+a.gob"]);
    check("a/**/z", &["-a/z", "-a/b/z", "-a/b/c/z", "+az", "+a/bz"]);
    check("dir/**", &["+dir", "-dir/a", "-dir/a/b", "+dirt"]);
    check("**", &["-a", "-a/b"]);
    check("**/name", &["-name", "-a/name", "-a/b/name/c", "+aname"]);
}

#[test]
fn two_stars_without_a_slash_keep_the_builders_two_readings() {
    check("**x", &["-x", "-yx", "-a/yx"]);
    check("**x*", &["-x", "-xy", "+yx", "-a/x"]);
    check("a**", &["-a", "-ab", "-ab/c"]);
}

#[test]
fn exceptions_apply_in_order_and_the_last_match_wins() {
    check("*.md\n!README.md\n", &["-a.md", "+README.md"]);
    check("!README.md\n*.md\n", &["-README.md"]);
    check("*\n!src\n", &["-Dockerfile", "+src", "+src/deep/file"]);
    check("*\n!src\nsrc/*.tmp", &["+src/a.c", "-src/a.tmp", "+src/b/a.tmp"]);
    check("a\n!a/b\na/b/c", &["-a", "-a/x", "+a/b", "-a/b/c"]);
}

#[test]
fn an_exception_that_was_not_tried_on_the_folder_does_not_hold_below_it() {
    check("*/**\n!*b\n", &["+b", "-b/a"]);
}

#[test]
fn the_reader_trims_cleans_and_knows_comments_in_the_first_column_only() {
    check("\u{feff}a\r\n  b  \r\n#c\r\n #d\r\n", &["-a", "-b", "+c", "+#c", "-#d"]);
    check("/a\n./b/\nc//d/../e\n! /a/keep\n", &["-a", "+a/keep", "-b", "-c/e", "+c/d"]);
    check("/\n.\n..\n../x\n", &["+a", "+x"]);
    check("foo/\u{fc}ber*", &["-foo/\u{fc}berall"]);
}

#[test]
fn classes_and_escapes() {
    check("[a-c]x\n", &["-ax", "-cx", "+dx"]);
    check("[^a-c]x\n", &["+ax", "-dx"]);
    check(r"\*a", &["-*a", "+ba"]);
    check(r"\[a", &["-[a"]);
    check(r"[\]\-x]", &["-]", "--", "-x", "+y"]);
    check("a.b$(c)", &["-a.b$(c)", "+axb$(c)"]);
    check("a.*", &["-a.b", "+ab"]);
}

#[test]
fn patterns_keep_their_lines() {
    let (dockerignore, _) = Dockerignore::parse("# one\n\na\n!a/b\n");
    let lines: Vec<_> =
        dockerignore.patterns().iter().map(|p| (p.line, p.text.as_str(), p.exception)).collect();
    assert_eq!(lines, [(3, "a", false), (4, "a/b", true)]);
    assert_eq!(dockerignore.deciding_pattern("a/b/c").map(|p| p.line), Some(4));
    assert_eq!(dockerignore.deciding_pattern("a/c").map(|p| p.line), Some(3));
    assert!(dockerignore.deciding_pattern("z").is_none());
}

#[test]
fn what_the_builder_refuses_is_a_problem_and_the_rest_still_counts() {
    check_problem("a\n[b\n", 2, "not closed");
    check_problem("!\n", 1, "`!` alone");
    check_problem("a\\", 1, "single `\\`");
    check_problem("[]a]", 1, "must be escaped");
    check_problem("[z-a]", 1, "backwards");
    let (dockerignore, _) = Dockerignore::parse("[b\na\n");
    assert!(dockerignore.is_ignored("a"));
}

#[test]
fn an_exception_with_two_wildcards_at_its_end_does_not_reach_into_an_ignored_folder() {
    check("a\n!a/*/**", &["-a/a", "-a/a/b"]);
    check("a\n!a/*", &["-a", "+a/b", "+a/b/c"]);
    check("a\n!a/*/b", &["-a/x", "+a/x/b"]);
}

#[test]
fn folders_are_skipped_only_where_nothing_comes_back() {
    let (dockerignore, _) = Dockerignore::parse("*\n!src/app/**\n");
    assert!(dockerignore.can_skip_folder("node_modules"));
    assert!(!dockerignore.can_skip_folder("src"));
    assert!(!dockerignore.can_skip_folder("src/app"));
    let (dockerignore, _) = Dockerignore::parse("*\n!**/*.rs\n");
    assert!(!dockerignore.can_skip_folder("anything"));
}

/// Matches by trying every way to split the path: the definition, without any cleverness.
fn slow_match(pattern: &[char], path: &[char]) -> bool {
    match pattern {
        [] => path.is_empty(),
        ['*', '*', '/', rest @ ..] if !rest.is_empty() => {
            slow_match(rest, path)
                || (0..path.len()).any(|idx| path[idx] == '/' && slow_match(rest, &path[idx + 1..]))
        }
        ['*', '*'] => true,
        ['*', rest @ ..] => (0..=path.len())
            .take_while(|end| !path[..*end].contains(&'/'))
            .any(|end| slow_match(rest, &path[end..])),
        ['?', rest @ ..] => path.first().is_some_and(|ch| *ch != '/') && slow_match(rest, &path[1..]),
        [literal, rest @ ..] => path.first() == Some(literal) && slow_match(rest, &path[1..]),
    }
}

/// Folder by folder: what matched above holds below, and a pattern is tried only where it would change the answer.
fn slow_is_ignored(lines: &[String], path: &str) -> bool {
    let mut held = vec![false; lines.len()];
    let mut ignored = false;
    for part in path_and_folders(path) {
        let folder = part;
        let part: Vec<char> = part.chars().collect();
        ignored = false;
        for (line, held) in lines.iter().zip(&mut held) {
            let (exception, pattern) = match line.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, line.as_str()),
            };
            let pattern: Vec<char> = pattern.chars().collect();
            *held = *held || (exception == ignored && slow_match(&pattern, &part));
            if *held {
                ignored = !exception;
            }
        }
        if ignored && slow_skips(lines, folder) {
            return true;
        }
    }
    ignored
}

/// Whether no exception leads into a folder: none has a wildcard before its last `/*` or `/**`, and what stands there is
/// neither the folder nor below it.
fn slow_skips(lines: &[String], folder: &str) -> bool {
    let leads_to = |line: &String| {
        let exception = line.strip_prefix('!')?;
        let literal = exception.strip_suffix("/**").unwrap_or(exception);
        Some(literal.strip_suffix("/*").unwrap_or(literal).to_owned())
    };
    let literals: Vec<String> = lines.iter().filter_map(leads_to).collect();
    literals.iter().all(|literal| !literal.contains(['*', '?']))
        && !literals.iter().any(|literal| format!("{literal}/").starts_with(&format!("{folder}/")))
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        lines in prop::collection::vec(r"!?(\*\*/)?([ab]|\*|\?|a\*|\*b)(/([ab]|\*|b\?)){0,2}(/\*\*)?", 1..5),
        path in "[ab]{1,3}(/[ab]{1,2}){0,3}",
    ) {
        let (dockerignore, problems) = Dockerignore::parse(&lines.join("\n"));
        prop_assert_eq!(problems, []);
        prop_assert_eq!(dockerignore.is_ignored(&path), slow_is_ignored(&lines, &path));
        prop_assert_eq!(walk_to(&dockerignore, &path), slow_is_ignored(&lines, &path));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in r"[ab/*?\[\]^!\\. \n#-]{0,40}", path in "[ab/]{0,8}") {
        let (dockerignore, _) = Dockerignore::parse(&text);
        let _ = dockerignore.is_ignored(&path);
        let _ = walk_to(&dockerignore, &path);
    }
}
