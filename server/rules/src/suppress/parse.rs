//! The forms of suppression comments, taken apart.

use syntax::{Comment, Directive, Document, TextRange};

use super::{Dialect, SuppressedCode, Suppression};

/// How far a comment reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The next instruction.
    Next,
    /// The whole file.
    File,
}

/// What a comment suppresses, if it is such a comment.
pub(super) fn comment(comment: &Comment, document: &Document) -> Option<(Reach, Suppression)> {
    let text = comment.text.as_str();
    let is_one = ["layerwise", "hadolint", "tally", "checkov:", "trivy:", "tfsec:"]
        .iter()
        .any(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    if !is_one {
        return None;
    }
    let source = document.slice(comment.range);
    let reader = Reader { source: &source, start: comment.range.start };
    let rest = source.trim_start_matches('#').trim_start();
    if let Some(rest) = strip(rest, "checkov:") {
        let codes = strip(rest.trim_start(), "skip=")?;
        let (code, reason) = codes.split_once(':').unwrap_or((codes, ""));
        let codes = reader.codes(code, |letter: char| letter == ',');
        return Some((Reach::File, reader.suppression(comment, Dialect::Peer, codes, reason)));
    }
    if let Some(rest) = strip(rest, "trivy:").or_else(|| strip(rest, "tfsec:")) {
        let codes = strip(rest, "ignore:")?;
        let end = codes.find([':', '[', ' ', '\t']).unwrap_or(codes.len());
        let codes = reader.codes(&codes[..end], |letter: char| letter == ',');
        return Some((Reach::Next, reader.suppression(comment, Dialect::Peer, codes, "")));
    }
    let (dialect, rest) = match strip(rest, "layerwise") {
        Some(rest) => (Dialect::Layerwise, rest),
        None => match strip(rest, "hadolint") {
            Some(rest) => (Dialect::Hadolint, rest),
            None => (Dialect::Peer, strip(rest, "tally")?),
        },
    };
    let rest = rest.strip_prefix([' ', '\t'])?.trim_start();
    let (reach, rest) = match strip(rest, "global") {
        Some(rest) => (Reach::File, rest.trim_start()),
        None => (Reach::Next, rest),
    };
    let list = strip(rest, "ignore")?.trim_start().strip_prefix('=')?.trim_start();
    let (list, reason) = list_and_reason(list);
    let codes = reader.codes(list, |letter: char| letter == ',' || letter.is_whitespace());
    Some((reach, reader.suppression(comment, dialect, codes, reason)))
}

/// What a `# check=` says.
pub(super) struct CheckDirective {
    /// `skip=A,B`.
    pub(super) suppression: Suppression,
    /// `experimental=A,B`: checks that are to run.
    pub(super) experimental: Vec<SuppressedCode>,
    /// `error=true`.
    pub(super) is_error: bool,
}

/// Reads `# check=skip=A,B;experimental=C;error=true`.
pub(super) fn check_directive(directive: &Directive) -> CheckDirective {
    let reader = Reader { source: &directive.value, start: directive.value_range.start };
    let (mut codes, mut experimental, mut is_error) = (Vec::new(), Vec::new(), false);
    for setting in directive.value.split(';') {
        let Some((name, value)) = setting.split_once('=') else { continue };
        let list = || reader.codes(value, |letter: char| letter == ',');
        match name.trim().to_ascii_lowercase().as_str() {
            "skip" => codes.extend(list()),
            "experimental" => experimental.extend(list()),
            "error" => is_error = value.trim().eq_ignore_ascii_case("true"),
            _ => {}
        }
    }
    let suppression =
        Suppression { range: directive.range, dialect: Dialect::BuildKit, codes, reason: String::new() };
    CheckDirective { suppression, experimental, is_error }
}

/// Splits `A, B reason: because` and `A,B;reason=because`.
fn list_and_reason(text: &str) -> (&str, &str) {
    let mut end = 0;
    loop {
        end += text[end..]
            .find(|letter: char| letter == ';' || letter.is_whitespace())
            .unwrap_or(text.len() - end);
        // White space around a comma separates nothing.
        let rest = text[end..].trim_start();
        let joined = text[..end].ends_with(',') || rest.starts_with(',');
        if rest.is_empty() || rest.starts_with(';') || !joined {
            break;
        }
        end = text.len() - rest.len() + usize::from(rest.starts_with(','));
    }
    let rest = text[end..].trim_start_matches([';', ' ', '\t']);
    let reason = strip(rest, "reason").map_or(rest, |rest| rest.trim_start().trim_start_matches([':', '=']));
    (&text[..end], reason.trim())
}

/// What follows a word, in any case.
fn strip<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = text.get(..word.len())?;
    start.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

/// A comment's text with its place.
struct Reader<'a> {
    source: &'a str,
    start: u32,
}

impl Reader<'_> {
    /// The codes of a list, which must be a part of the source.
    fn codes(&self, list: &str, separates: impl Fn(char) -> bool) -> Vec<SuppressedCode> {
        let parts = list.split(separates).map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| SuppressedCode::new(part, self.place(part))).collect()
    }

    /// The place of a part of the source.
    fn place(&self, part: &str) -> TextRange {
        let offset = part.as_ptr() as usize - self.source.as_ptr() as usize;
        let start = self.start + u32::try_from(offset).unwrap_or_default();
        TextRange::new(start, start + u32::try_from(part.len()).unwrap_or_default())
    }

    fn suppression(
        &self,
        comment: &Comment,
        dialect: Dialect,
        codes: Vec<SuppressedCode>,
        reason: &str,
    ) -> Suppression {
        Suppression { range: comment.range, dialect, codes, reason: reason.trim().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_where_no_comma_joins_on() {
        for (text, list, reason) in [
            ("A", "A", ""),
            ("A,B reason: because", "A,B", "because"),
            ("A , B,  C why, not", "A , B,  C", "why, not"),
            ("A;reason=so", "A", "so"),
            ("A, ;so", "A,", "so"),
            ("A ", "A", ""),
            ("", "", ""),
        ] {
            assert_eq!(list_and_reason(text), (list, reason), "{text:?}");
        }
    }

    #[test]
    fn a_list_of_nothing_but_blanks_ends_in_time() {
        let text = format!("A{}, B why", " ".repeat(1_000_000));
        assert_eq!(list_and_reason(&text).1, "why");
    }
}
