//! Whether a file still has the line that a tool saw, or where it has gone.

/// How well a line of a file fits the text that a tool showed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It is that text.
    Same,
    /// That text is in this line now, from 1.
    Moved(u32),
    /// The tool showed no text, or one that it shortened.
    Unknown,
    /// It is nowhere.
    Changed,
}

impl Fit {
    /// The better the smaller.
    pub(super) const fn rank(self) -> u8 {
        match self {
            Self::Same => 0,
            Self::Moved(_) => 1,
            Self::Unknown => 2,
            Self::Changed => 3,
        }
    }
}

/// How a file fits. Of several lines that have the text, the nearest counts.
pub(super) fn fit(file: &str, line: u32, text: Option<&str>) -> Fit {
    let has_line = file.lines().count() >= line as usize;
    let wanted = text.map(words).filter(|wanted| !wanted.is_empty() && !is_shortened(wanted));
    let Some(wanted) = wanted else {
        return if has_line { Fit::Unknown } else { Fit::Changed };
    };
    let places = file.lines().zip(1..).filter(|(text, _)| is_same(&words(text), &wanted)).map(|(_, at)| at);
    match places.min_by_key(|at: &u32| at.abs_diff(line)) {
        Some(at) if at == line => Fit::Same,
        Some(at) => Fit::Moved(at),
        None => Fit::Changed,
    }
}

/// The text with each run of blanks made one: tools show tabs as they like.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// rustc draws the edge of a longer piece before its text.
fn is_same(line: &str, wanted: &str) -> bool {
    line == wanted
        || (!line.is_empty() && wanted.trim_start_matches(['/', '|', ' ']) == line)
        || (wanted.contains(UNWRITABLE) && !line.is_ascii() && as_ascii(line) == as_ascii(wanted))
}

/// What tools write for letters that the container's locale has not: Java does in most images.
const UNWRITABLE: [char; 2] = ['?', char::REPLACEMENT_CHARACTER];

/// The text with each run of such letters made one.
fn as_ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for letter in text.chars() {
        let shown = if letter.is_ascii() { letter } else { '?' };
        if shown != '?' || !ascii.ends_with('?') {
            ascii.push(shown);
        }
    }
    ascii
}

fn is_shortened(text: &str) -> bool {
    text.starts_with("...") || text.ends_with("...") || text.contains('…')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_known_by_its_text() {
        let file = "fn main() {\r\n\tgröße( 1 );\r\n}\r\n\r\nfn x() {\r\n}\r\n";
        for (line, text, expected) in [
            (2, Some("größe( 1 );"), Fit::Same),
            (2, Some("   größe(   1 );"), Fit::Same),
            (2, Some("/     größe( 1 );"), Fit::Same),
            (4, Some("größe( 1 );"), Fit::Moved(2)),
            // The nearest of two.
            (5, Some("}"), Fit::Moved(6)),
            (2, Some("größe( 2 );"), Fit::Changed),
            (2, None, Fit::Unknown),
            (2, Some("..."), Fit::Unknown),
            // In the locale of a bare image.
            (2, Some("gr??e( 1 );"), Fit::Same),
            (2, Some("gr\u{fffd}\u{fffd}\u{fffd}\u{fffd}e( 1 );"), Fit::Same),
            (2, Some("gr??e( 2 );"), Fit::Changed),
            (1, Some("fn m?in() {"), Fit::Changed),
            (9, None, Fit::Changed),
            (9, Some("größe( 1 );"), Fit::Moved(2)),
        ] {
            assert_eq!(fit(file, line, text), expected, "{line} {text:?}");
        }
    }
}
