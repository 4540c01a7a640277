//! The shape of a line, as text with fields in braces: `{file}:{line}:{column}: {severity}: {message}`.
//!
//! A template fits a whole line or not at all. A field ends at the first place where the text behind it stands and the rest fits too; nearly
//! every line is turned down at its first bytes. A line is as short as [`plain`](super::plain) makes it, and fields are tried so often and no more:
//! that bounds what any line costs, whoever wrote it.

use super::Severity;
use super::marks::Marks;

/// A template, read.
#[derive(Debug)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy)]
enum Piece {
    Text(&'static str),
    Field(Field),
}

/// What stands in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// `{file}`: a path without blanks.
    File,
    /// `{absolute}`: a path that begins with `/` and may have blanks.
    Absolute,
    /// `{path}`: any path; for places where it is quoted.
    Path,
    /// `{class}`: a Java name with dots, of a method or a class.
    Class,
    /// `{line}`: a number from 1.
    Line,
    /// `{column}`: a number.
    Column,
    /// `{severity}`: one of [`SEVERITIES`].
    Severity,
    /// `{code}`: letters and digits, such as `E0425`.
    Code,
    /// `{message}`: anything but nothing.
    Message,
    /// `{error}`: a message that begins with the name of an exception.
    Error,
    /// `{title}`: what failed, such as a test's name.
    Title,
    /// `{_}`: anything.
    Any,
    /// `{ }`: one blank or more.
    Blanks,
}

/// How tools name severities. What is no more than a note is no problem.
pub(super) const SEVERITIES: [(&str, Severity); 6] = [
    ("fatal error", Severity::Error),
    ("Fatal error", Severity::Error),
    ("error", Severity::Error),
    ("Error", Severity::Error),
    ("warning", Severity::Warning),
    ("Warning", Severity::Warning),
];

/// A longer name is no file's.
const MOST_OF_A_PATH: usize = 1024;

/// So often a field may be tried to end somewhere until the line is none. Those of tools fit within a few tries.
const MOST_TRIES: usize = 400;

/// What no file's name begins with where nothing quotes it.
const NO_FILE_BEGINS_WITH: [char; 7] = ['(', '[', '<', '\'', '`', '-', ':'];

/// What the fields of a line hold.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Captures<'a> {
    pub(super) file: Option<&'a str>,
    pub(super) class: Option<&'a str>,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
    pub(super) severity: Option<Severity>,
    pub(super) code: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    pub(super) title: Option<&'a str>,
}

/// What lines can begin with that fit a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// This byte.
    Byte(u8),
    /// A capital letter.
    Capital,
    /// A blank.
    Blank,
    /// A digit.
    Digit,
    /// Anything.
    Any,
}

impl Template {
    /// Reads a template.
    pub(super) fn new(text: &'static str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            if !before.is_empty() {
                pieces.push(Piece::Text(before));
            }
            match Field::from_name(name) {
                Some(field) => pieces.push(Piece::Field(field)),
                None => debug_assert!(false, "no field is called {name}"),
            }
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest));
        }
        Self { pieces }
    }

    /// What a line must begin with.
    pub(super) fn start(&self) -> Start {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text.bytes().next().map_or(Start::Any, Start::Byte),
            Some(Piece::Field(Field::Absolute)) => Start::Byte(b'/'),
            Some(Piece::Field(Field::Code)) => Start::Capital,
            Some(Piece::Field(Field::Blanks)) => Start::Blank,
            Some(Piece::Field(Field::Column)) => Start::Digit,
            _ => Start::Any,
        }
    }

    /// Whether a line that fits begins with a file's name, right before a number that is the line.
    pub(super) fn begins_with_file(&self) -> bool {
        matches!(
            self.pieces[..],
            [Piece::Field(Field::File), Piece::Text(":" | "("), Piece::Field(Field::Line), ..]
        )
    }

    /// What is in every line that fits.
    pub(super) fn needs(&self) -> Marks {
        let mut needs = Marks::default();
        for (at, piece) in self.pieces.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| &self.pieces[before]);
            match (before, piece) {
                (Some(Piece::Text(text)), Piece::Field(Field::Line)) => {
                    needs = needs.with(Marks::behind(text.as_bytes()));
                }
                (_, Piece::Field(Field::Severity)) => needs = needs.with(Marks::SEVERITY),
                _ => {}
            }
            if let [Piece::Field(Field::Line), Piece::Text(":"), Piece::Field(Field::Column), ..] =
                &self.pieces[at..]
            {
                needs = needs.with(Marks::TWO_NUMBERS);
            }
        }
        needs
    }

    /// What the fields hold, where the line fits.
    pub(super) fn captures<'a>(&self, line: &'a str) -> Option<Captures<'a>> {
        let (mut captures, mut tries) = (Captures::default(), MOST_TRIES);
        fits(&self.pieces, line, &mut captures, &mut tries).then_some(captures)
    }
}

fn fits<'a>(pieces: &[Piece], rest: &'a str, captures: &mut Captures<'a>, tries: &mut usize) -> bool {
    let Some((piece, behind)) = pieces.split_first() else { return rest.is_empty() };
    match piece {
        // The first byte tells of nearly all.
        Piece::Text(text) if rest.as_bytes().first() != text.as_bytes().first() => false,
        Piece::Text(text) => rest.strip_prefix(text).is_some_and(|rest| fits(behind, rest, captures, tries)),
        Piece::Field(Field::Severity) => {
            let is_it =
                |name: &str| rest.as_bytes().first() == name.as_bytes().first() && rest.starts_with(name);
            let named = SEVERITIES.iter().find(|(name, _)| is_it(name));
            let Some((name, severity)) = named else { return false };
            captures.severity = Some(*severity);
            fits(behind, &rest[name.len()..], captures, tries)
        }
        Piece::Field(field) => match field.length(rest) {
            Some(0) => false,
            Some(length) => {
                field.store(&rest[..length], captures) && fits(behind, &rest[length..], captures, tries)
            }
            None => field_fits(*field, behind, rest, captures, tries),
        },
    }
}

/// A field whose end only the pieces behind it tell.
fn field_fits<'a>(
    field: Field,
    behind: &[Piece],
    rest: &'a str,
    captures: &mut Captures<'a>,
    tries: &mut usize,
) -> bool {
    let next = match behind.first() {
        None => return field.store(rest, captures),
        Some(Piece::Text(text)) => Some(*text),
        Some(Piece::Field(_)) => None,
    };
    let mut from = 0;
    loop {
        let found = match next {
            Some(text) => find(&rest[from..], text),
            None => rest.bytes().skip(from).position(|byte| byte == b' ' || byte == b'\t'),
        };
        let Some(end) = found.map(|found| from + found) else { return false };
        if *tries == 0 || field.is_over(&rest[..end], from) {
            return false;
        }
        *tries -= 1;
        // What is behind is most often told by its first byte.
        if fits(behind, &rest[end..], captures, tries) && field.store(&rest[..end], captures) {
            return true;
        }
        from = end + rest[end..].chars().next().map_or(1, char::len_utf8);
    }
}

/// The first place of a text: `str::find` prepares for longer ones than these at a cost.
fn find(rest: &str, text: &str) -> Option<usize> {
    let (first, bytes) = (*text.as_bytes().first()?, rest.as_bytes());
    let mut from = 0;
    loop {
        let at = from + bytes[from..].iter().position(|byte| *byte == first)?;
        if text.len() == 1 || bytes[at..].starts_with(text.as_bytes()) {
            return Some(at);
        }
        from = at + 1;
    }
}

impl Field {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "file" => Self::File,
            "absolute" => Self::Absolute,
            "path" => Self::Path,
            "class" => Self::Class,
            "line" => Self::Line,
            "column" => Self::Column,
            "severity" => Self::Severity,
            "code" => Self::Code,
            "message" => Self::Message,
            "error" => Self::Error,
            "title" => Self::Title,
            "_" => Self::Any,
            " " => Self::Blanks,
            _ => return None,
        })
    }

    /// How much of a text it takes, where that is decided by the text alone.
    fn length(self, rest: &str) -> Option<usize> {
        let of = |is_in: fn(u8) -> bool| rest.bytes().take_while(|byte| is_in(*byte)).count();
        match self {
            Self::Line | Self::Column => Some(of(|byte| byte.is_ascii_digit())),
            Self::Blanks => Some(of(|byte| byte == b' ' || byte == b'\t')),
            Self::Code => {
                let letters = of(|byte| byte.is_ascii_alphabetic());
                let all = of(|byte| byte.is_ascii_alphanumeric());
                Some(if letters == 0 || letters == all { 0 } else { all })
            }
            _ => None,
        }
    }

    /// Whether a longer text than this one cannot be one either; before `new` it was looked at already.
    fn is_over(self, text: &str, new: usize) -> bool {
        match self {
            Self::File => {
                text.len() > MOST_OF_A_PATH
                    || text.starts_with(NO_FILE_BEGINS_WITH)
                    || has_any(&text[new..], b" \t\"\0")
            }
            Self::Class => has_any(&text[new..], b" \t"),
            Self::Absolute => !text.is_empty() && !text.starts_with('/'),
            _ => false,
        }
    }

    /// Takes a text in, if it is one of these.
    fn store<'a>(self, text: &'a str, captures: &mut Captures<'a>) -> bool {
        let is_path = !text.is_empty() && text.len() <= MOST_OF_A_PATH && !has_any(text, b"\"\t\0");
        let number = || text.parse().ok().filter(|_| text.len() <= 7);
        let takes = match self {
            Self::File => {
                is_path
                    && !has_any(text, b" ")
                    && !text.starts_with(NO_FILE_BEGINS_WITH)
                    && (!text.contains("://") || text.starts_with("file://"))
            }
            Self::Absolute => is_path && text.starts_with('/') && !text.ends_with(' '),
            Self::Path => is_path,
            Self::Class => text.contains('.') && text.bytes().all(is_in_class_name),
            Self::Line => number().is_some_and(|line: u32| line > 0),
            Self::Column => number().is_some(),
            Self::Message | Self::Title => !text.trim().is_empty(),
            Self::Error => is_exception(text),
            Self::Code | Self::Any | Self::Blanks | Self::Severity => true,
        };
        match self {
            Self::File | Self::Absolute | Self::Path => captures.file = Some(text),
            Self::Class => captures.class = Some(text),
            Self::Line => captures.line = number(),
            Self::Column => captures.column = number(),
            Self::Code => captures.code = Some(text),
            Self::Message | Self::Error => captures.message = Some(text.trim()),
            Self::Title => captures.title = Some(text.trim()),
            Self::Any | Self::Blanks | Self::Severity => {}
        }
        takes
    }
}

fn has_any(text: &str, bytes: &[u8]) -> bool {
    text.bytes().any(|byte| bytes.contains(&byte))
}

const fn is_in_class_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$' | b'/' | b'<' | b'>' | b'@' | b'-')
}

/// `ValueError: x`, `json.JSONDecodeError: x`, `TypeError [ERR_X]: x` and `KeyError`.
fn is_exception(text: &str) -> bool {
    let end = text.find([':', ' ']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let is_name = |part: &str| {
        part.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
            && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
    };
    name.split('.').all(is_name) && (rest.is_empty() || rest.starts_with(':') || rest.starts_with(" ["))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a line holds, field by field; nothing where it does not fit.
    fn check(template: &'static str, line: &str, expected: &str) {
        let captures = Template::new(template).captures(line);
        let shown = captures.map(|captures| {
            let number = |number: Option<u32>| number.map(|number| number.to_string());
            let text = |text: Option<&str>| text.map(str::to_owned);
            let fields = [
                text(captures.file),
                text(captures.class),
                number(captures.line),
                number(captures.column),
                captures.severity.map(|severity| severity.as_str().to_owned()),
                text(captures.code),
                text(captures.message),
                text(captures.title),
            ];
            fields.into_iter().flatten().collect::<Vec<_>>().join("|")
        });
        assert_eq!(shown.unwrap_or_else(|| "-".to_owned()), expected, "{template} on {line:?}");
    }

    #[test]
    fn fields_end_where_the_rest_fits() {
        const GCC: &str = "{file}:{line}:{column}: {severity}: {message}";
        check(GCC, "src/größe.c:3:5: error: no: 7:8", "src/größe.c|3|5|error|no: 7:8");
        check(GCC, "a:1:b.c:3:5: fatal error: x", "a:1:b.c|3|5|error|x");
        check(GCC, "a.c:3:5: note: x", "-");
        check(GCC, "a.c:0:5: error: x", "-");
        check(GCC, "a.c:12345678:5: error: x", "-");
        check(GCC, "at a.c:3:5: error: x", "-");
        check(GCC, "https://x/a.c:3:5: error: x", "-");
        check(
            "{file}({line},{column}): {severity} {code}: {message}",
            "a(b).ts(3,5): error TS1: x",
            "a(b).ts|3|5|error|TS1|x",
        );
    }

    #[test]
    fn a_line_made_to_be_tried_for_ever_is_none() {
        for (template, part) in [
            ("_{_}_ {title} _{_}_", "_ "),
            ("{file}:{line}:{column}: {severity}: {message}", "1:"),
            ("Sorry: {_}: {message} ({file}, line {line})", ": ("),
            ("PHP {_}: {message} in {path} on line {line}", "a: b in "),
        ] {
            let line = format!("{}{}", &template[..template.find('{').unwrap()], part.repeat(500));
            let pieces = Template::new(template).pieces;
            let mut tries = MOST_TRIES;
            assert!(!fits(&pieces, &line, &mut Captures::default(), &mut tries), "{template}");
            assert_eq!(tries, 0, "{template}: the line is too easy");
        }
    }

    #[test]
    fn paths_in_quotes_and_absolute_ones_may_have_blanks() {
        check("  File \"{path}\", line {line}", "  File \"/my app/a.py\", line 3", "/my app/a.py|3");
        check("{absolute}:{line}", "/my app/a.js:3", "/my app/a.js|3");
        check("{absolute}:{line}", "app/a.js:3", "-");
        check("{absolute}", "/my app/a.js ", "-");
    }

    #[test]
    fn names_of_exceptions_begin_messages() {
        for text in ["ValueError: x", "KeyError", "json.JSONDecodeError: a b", "TypeError [ERR_X]: y"] {
            check("{error}", text, text);
        }
        for text in ["", "  indented", "two words", "1st: x", "a..b: x"] {
            check("{error}", text, "-");
        }
    }

    #[test]
    fn codes_have_letters_and_digits() {
        check("{code}{ }{message}", "F401  unused", "F401|unused");
        check("{code} {message}", "Compiling x", "-");
        check("{code} {message}", "12 x", "-");
        check("{ }at {class}({file}:{line})", "\tat a.b.C$1.<init>(C.java:7)", "C.java|a.b.C$1.<init>|7");
    }
}
