//! How BuildKit splits what follows a keyword: at white space, or into quoted words.

use crate::lines::is_blank;

/// The words of bytes `start..end` of a text, split at blanks as BuildKit does for FROM, EXPOSE, COPY and the like.
pub(crate) fn at_blanks(text: &str, start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut word = None;
    for (at, byte) in text.bytes().enumerate().take(end).skip(start) {
        if !is_blank(byte) {
            word = word.or(Some(at));
        } else if let Some(start) = word.take() {
            words.push((start, at));
        }
    }
    words.extend(word.map(|start| (start, end)));
    words
}

/// The first word and what follows it after blanks, as BuildKit splits off keywords and the old `ENV name value`.
pub(crate) fn first(text: &str, start: usize, end: usize) -> ((usize, usize), Option<(usize, usize)>) {
    let bytes = text.as_bytes();
    let part = bytes.get(start..end).unwrap_or_default();
    let Some(stop) = part.iter().position(|byte| is_blank(*byte)) else { return ((start, end), None) };
    let rest =
        part.iter().skip(stop).position(|byte| !is_blank(*byte)).map_or(end, |skip| start + stop + skip);
    ((start, start + stop), Some((rest, end)))
}

/// The words of bytes `start..end` with quotes kept together, as BuildKit splits ENV, LABEL and ARG.
///
/// An escape character as the very last one is dropped.
pub(crate) fn quoted(text: &str, start: usize, end: usize, escape: char) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut word: Option<usize> = None;
    let mut quote = None;
    let mut stop = end;
    let mut chars = text.get(start..end).unwrap_or_default().char_indices();
    while let Some((at, char)) = chars.next() {
        let at = start + at;
        if char.is_whitespace() && quote.is_none() {
            words.extend(word.take().map(|start| (start, at)));
            continue;
        }
        word = word.or(Some(at));
        if quote == Some(char) {
            quote = None;
        } else if quote.is_none() && matches!(char, '\'' | '"') {
            quote = Some(char);
        }
        if char == escape && quote != Some('\'') && chars.next().is_none() {
            stop = at;
        }
    }
    words.extend(word.filter(|start| *start < stop).map(|start| (start, stop)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, words: fn(&str) -> Vec<(usize, usize)>, expected: &[&str]) {
        let actual: Vec<&str> = words(text).into_iter().map(|(start, end)| &text[start..end]).collect();
        assert_eq!(actual, expected, "{text:?}");
    }

    #[test]
    fn blanks_split() {
        let split = |text: &str| at_blanks(text, 0, text.len());
        check("a  b\tc", split, &["a", "b", "c"]);
        check("\"a b\" c", split, &["\"a", "b\"", "c"]);
        check("a\u{a0}b", split, &["a\u{a0}b"]);
        check("", split, &[]);
    }

    #[test]
    fn quotes_and_escapes_keep_words_together() {
        let split = |text: &str| quoted(text, 0, text.len(), '\\');
        check(r#"a=b c="d e" f='g h'"#, split, &["a=b", r#"c="d e""#, "f='g h'"]);
        check(r"a=b\ c d", split, &[r"a=b\ c", "d"]);
        check(r#"a="b\" c" d"#, split, &[r#"a="b\" c""#, "d"]);
        check(r"a='b\' c", split, &[r"a='b\'", "c"]);
        check(r"a=b\", split, &["a=b"]);
        check(r#"a="b c"#, split, &[r#"a="b c"#]);
        check(r"a \", split, &["a"]);
    }

    #[test]
    fn the_first_word_ends_at_a_blank() {
        assert_eq!(first("ab  c d", 0, 7), ((0, 2), Some((4, 7))));
        assert_eq!(first("ab", 0, 2), ((0, 2), None));
    }
}
