//! The fields of `RUN --mount=type=…,key=value`, and of `--device`. Which of them BuildKit refuses is judged in
//! `check::mounts`.

use crate::arguments::Word;
use crate::range::LocalRange;

/// One field of a mount or a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountField {
    /// The part before `=`, or the whole field where there is none; as written.
    pub key: String,
    /// The part after `=`; empty where there is none.
    pub value: String,
    /// Whether there is an `=`.
    pub has_value: bool,
    /// The whole field, CSV quotes included.
    pub range: LocalRange,
    /// The key's place.
    pub key_range: LocalRange,
    /// The value's place; the field's end where there is none.
    pub value_range: LocalRange,
}

/// The fields of a flag's value, split as CSV: where a quote is out of place, those before it.
#[must_use]
pub fn fields(value: &Word) -> Vec<MountField> {
    read(value).0
}

/// The fields of a flag's value; what is wrong with its quotes, or that it is empty.
pub(crate) fn split(value: &Word) -> Result<Vec<MountField>, String> {
    match read(value) {
        (fields, None) => Ok(fields),
        (_, Some(message)) => Err(message.to_owned()),
    }
}

const BARE_QUOTE: &str =
    "there is a quote inside a field: put the whole field in quotes, and double the quotes inside";
const OPEN_QUOTE: &str = "a quoted field must end with a quote before the next comma";
const EMPTY: &str = "the value is empty: write it as key=value, separated by commas";

fn read(value: &Word) -> (Vec<MountField>, Option<&'static str>) {
    let text = value
        .text
        .strip_suffix('\n')
        .map_or(value.text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    let mut fields = Vec::new();
    if text.is_empty() {
        return (fields, Some(EMPTY));
    }
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let quoted = rest.starts_with('"');
        let (content, len) = if quoted {
            let Some(found) = quoted_field(rest) else { return (fields, Some(OPEN_QUOTE)) };
            found
        } else {
            let field = rest.split(',').next().unwrap_or_default();
            if field.contains('"') {
                return (fields, Some(BARE_QUOTE));
            }
            (field.to_owned(), field.len())
        };
        fields.push(field(value, &content, at, len, quoted));
        at += len;
        if !text.get(at..).unwrap_or_default().starts_with(',') {
            return (fields, None);
        }
        at += 1;
    }
}

/// The content and length of a quoted field; nothing where its quotes are out of place.
fn quoted_field(text: &str) -> Option<(String, usize)> {
    let mut content = String::new();
    let mut at = 1;
    loop {
        let rest = text.get(at..)?;
        let quote = rest.find('"')?;
        content.push_str(rest.get(..quote)?);
        at += quote + 1;
        match text.as_bytes().get(at) {
            Some(b'"') => {
                content.push('"');
                at += 1;
            }
            Some(b',') | None => return Some((content, at)),
            Some(_) => return None,
        }
    }
}

fn field(word: &Word, content: &str, start: usize, len: usize, quoted: bool) -> MountField {
    let (key, value) = content.split_once('=').map_or((content, None), |(key, value)| (key, Some(value)));
    let range = word.place(start, start + len);
    let inner = start + usize::from(quoted);
    // Doubled quotes make the content shorter than its place; the value then reaches to the field's end.
    let end = start + len - usize::from(quoted);
    MountField {
        key: key.to_owned(),
        range,
        key_range: word.place(inner, (inner + key.len()).min(end)),
        value_range: word.place((inner + key.len() + usize::from(value.is_some())).min(end), end),
        value: value.unwrap_or_default().to_owned(),
        has_value: value.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: &Expect) {
        let word = Word::new(text, LocalRange::new(10, 10 + crate::mapped::to_u32(text.len())));
        let at = |range: LocalRange| text.get(range.start as usize - 10..range.end as usize - 10).unwrap();
        let (fields, error) = read(&word);
        let mut out = String::new();
        for field in fields {
            let MountField { key, value, .. } = &field;
            let places = (at(field.range), at(field.key_range), at(field.value_range));
            out += &format!("{key:?} {value:?} {} {places:?}\n", field.has_value);
        }
        out += error.unwrap_or_default();
        expected.assert_eq(&out);
    }

    #[test]
    fn fields_are_split_at_commas() {
        check(
            "type=cache,target=/x,ro",
            &expect![[r#"
            "type" "cache" true ("type=cache", "type", "cache")
            "target" "/x" true ("target=/x", "target", "/x")
            "ro" "" false ("ro", "ro", "")
        "#]],
        );
        check(
            "a=b=c,,d=",
            &expect![[r#"
            "a" "b=c" true ("a=b=c", "a", "b=c")
            "" "" false ("", "", "")
            "d" "" true ("d=", "d", "")
        "#]],
        );
    }

    #[test]
    fn quotes_hide_commas() {
        check(
            "\"target=/a,b\",x=y",
            &expect![[r#"
            "target" "/a,b" true ("\"target=/a,b\"", "target", "/a,b")
            "x" "y" true ("x=y", "x", "y")
        "#]],
        );
        check(
            "\"a=\"\"b\"\"\"",
            &expect![[r#"
            "a" "\"b\"" true ("\"a=\"\"b\"\"\"", "a", "\"\"b\"\"")
        "#]],
        );
    }

    #[test]
    fn a_quote_out_of_place_is_an_error() {
        check(
            "a=b,c\"d",
            &expect![[r#"
            "a" "b" true ("a=b", "a", "b")
            there is a quote inside a field: put the whole field in quotes, and double the quotes inside"#]],
        );
        check(
            "a=b,\"c",
            &expect![[r#"
            "a" "b" true ("a=b", "a", "b")
            a quoted field must end with a quote before the next comma"#]],
        );
        check("\"a\"b", &expect!["a quoted field must end with a quote before the next comma"]);
        check("", &expect!["the value is empty: write it as key=value, separated by commas"]);
    }
}
