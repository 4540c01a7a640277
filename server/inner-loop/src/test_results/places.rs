//! Places in the text of a failure, whatever wrote it: `a/b.go:9`, `(src/a.test.js:5:23)`, `File "a.py", line 3`, `C.m(C.java:7)`.

use crate::problems::Frame;

/// So many places of one failure are kept.
const MOST_FRAMES: usize = 30;
/// No place stands further to the right.
const MOST_COLUMNS: usize = 1000;

/// The places that lines name, the innermost first.
pub(super) fn places<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in lines {
        if frames.len() < MOST_FRAMES
            && let Some(frame) = place(line)
        {
            frames.push(frame);
        }
    }
    // Python tells who called first.
    if frames.iter().any(|frame| frame.path.ends_with(".py")) {
        frames.reverse();
    }
    frames
}

/// The first place in a line.
pub(super) fn place(line: &str) -> Option<Frame> {
    let end = (0..=line.len().min(MOST_COLUMNS)).rev().find(|at| line.is_char_boundary(*at))?;
    let line = line[..end].trim();
    if let Some((path, rest)) = line.strip_prefix("File \"").and_then(|rest| rest.split_once("\", line ")) {
        return Some(Frame { path: path.to_owned(), line: leading_number(rest)?.0, ..Frame::default() });
    }
    let separators =
        |letter: char| letter.is_whitespace() || matches!(letter, '(' | ')' | '\'' | '"' | ',' | '[' | ']');
    let java = || {
        let (method, rest) = line.strip_prefix("at ")?.split_once('(')?;
        let mut frame = token(rest.split(')').next()?)?;
        if frame.path.ends_with(".java") || frame.path.ends_with(".kt") {
            // The class says which folder: `a.b.C.m` is in `a/b`.
            let class = method.rsplit('/').next()?;
            let parts: Vec<&str> = class.split('.').collect();
            let folders = parts.get(..parts.len().checked_sub(2)?)?;
            frame.path = [folders, &[frame.path.as_str()]].concat().join("/");
        }
        Some(frame)
    };
    java().or_else(|| line.split(separators).find_map(token))
}

/// `path:line` or `path:line:column`, with whatever a colon follows.
fn token(word: &str) -> Option<Frame> {
    let word = word.strip_prefix("file://").unwrap_or(word);
    let mut from = 0;
    let (path, rest) = loop {
        let at = from + word[from..].find(':')?;
        if word[at + 1..].starts_with(|digit: char| digit.is_ascii_digit()) {
            break (&word[..at], &word[at + 1..]);
        }
        from = at + 1;
    };
    let (line, rest) = leading_number(rest)?;
    let column = rest.strip_prefix(':').and_then(leading_number).map(|(column, _)| column);
    (line > 0 && is_source(path)).then(|| Frame {
        path: path.to_owned(),
        line,
        column: column.filter(|column| *column > 0),
        ..Frame::default()
    })
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// Whether a word looks like the path of a source: an ending of letters, and no address of the network.
fn is_source(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    let is_ending = (1..=6).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && ending.starts_with(|letter: char| letter.is_ascii_alphabetic());
    is_ending && !stem.is_empty() && !path.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        let shown = place(line).map(|frame| {
            let column = frame.column.map(|column| format!(":{column}")).unwrap_or_default();
            format!("{}:{}{column}", frame.path, frame.line)
        });
        assert_eq!(shown.as_deref(), expected, "{line}");
    }

    #[test]
    fn places_are_found_as_tools_write_them() {
        check("    sum_test.go:10: größe", Some("sum_test.go:10"));
        check("      at Object.toBe (src/sum.test.js:5:23)", Some("src/sum.test.js:5:23"));
        check("    at file:///srv/a b/x.mjs:3:1", Some("b/x.mjs:3:1"));
        check("  File \"/srv/größe a/x.py\", line 12, in f", Some("/srv/größe a/x.py:12"));
        check("tests/test_x.py:5: AssertionError", Some("tests/test_x.py:5"));
        check("\tat com.example.app.SumTest.adds(SumTest.java:7)", Some("com/example/app/SumTest.java:7"));
        check("\tat java.base/java.util.List.of(List.java:9)", Some("java/util/List.java:9"));
        check("location: '/srv/t.test.js:4:1'", Some("/srv/t.test.js:4:1"));
        check("/app/tests/FooTest.php:12", Some("/app/tests/FooTest.php:12"));
    }

    #[test]
    fn what_is_no_place_is_none() {
        for line in [
            "",
            "12:30:45 INFO",
            "http://localhost:8080/x",
            "expected: 3",
            "a.b:",
            "::1:2",
            "x.go:0",
            "v1.2:3",
            "größe:3",
        ] {
            check(line, None);
        }
        check(&"é:".repeat(10_000), None);
        check("a.go:99999999999999999999", None);
    }

    #[test]
    fn python_tells_who_called_first() {
        let frames = places(["a.py:1: in f", "b.py:2: E"]);
        assert_eq!((frames[0].path.as_str(), frames[1].path.as_str()), ("b.py", "a.py"));
        assert_eq!(places(std::iter::repeat_n("a.go:1: x", 1000)).len(), MOST_FRAMES);
    }
}
