//! The exec form: a JSON list of strings, with the place of each.

use crate::lines::trim;
use crate::mapped::Mapped;

/// What a text is as an exec form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum List {
    /// A list of strings.
    Strings(Vec<Element>),
    /// Valid JSON that holds something else than strings: BuildKit refuses the file. The place of the first such value.
    NotStrings(usize, usize),
    /// No JSON list: BuildKit takes it for a text.
    NotJson,
}

/// A string of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its decoded value.
    pub(crate) value: Mapped,
    /// First byte in the text, the quote.
    pub(crate) start: usize,
    /// First byte after the closing quote.
    pub(crate) end: usize,
}

/// Nesting that Go's decoder bears.
const MAX_DEPTH: usize = 10_000;

/// Reads bytes `start..end` of a text as a list.
pub(crate) fn list(line: &Mapped, start: usize, end: usize) -> List {
    let (start, end) = trim(line.text(), start, end);
    let text = line.text().get(..end).unwrap_or_default();
    if !text.get(start..).unwrap_or_default().starts_with('[') {
        return List::NotJson;
    }
    let mut scanner = Scanner { bytes: text.as_bytes(), at: start };
    scanner.list(line).unwrap_or(List::NotJson)
}

/// The string under `key` where the whole text is a JSON object, with the place of its value.
pub(crate) fn member(text: &str, key: &str) -> Option<(String, usize, usize)> {
    let mut whole = Mapped::default();
    let (start, end) = trim(text, 0, text.len());
    if !text.get(start..end)?.starts_with('{') {
        return None;
    }
    whole.push(text, 0);
    let mut scanner = Scanner { bytes: text.as_bytes(), at: start };
    let mut found = None;
    scanner.at += 1;
    scanner.skip_blanks();
    if scanner.take(b'}') {
        return None;
    }
    loop {
        scanner.skip_blanks();
        let name = scanner.string(Some(&whole))?;
        scanner.skip_blanks();
        scanner.take(b':').then_some(())?;
        scanner.skip_blanks();
        let start = scanner.at;
        if scanner.peek() == Some(b'"') {
            let value = scanner.string(Some(&whole))?;
            if name.text() == key {
                found = Some((value.text().to_owned(), start, scanner.at));
            }
        } else {
            scanner.value()?;
            if name.text() == key {
                found = None;
            }
        }
        scanner.skip_blanks();
        if scanner.take(b'}') {
            break;
        }
        scanner.take(b',').then_some(())?;
    }
    scanner.skip_blanks();
    scanner.peek().is_none().then_some(found)?
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn list(&mut self, line: &Mapped) -> Option<List> {
        self.at += 1;
        let mut elements = Vec::new();
        let mut other = None;
        self.skip_blanks();
        if !self.take(b']') {
            loop {
                self.skip_blanks();
                let start = self.at;
                if self.peek() == Some(b'"') {
                    let value = self.string(Some(line))?;
                    elements.push(Element { value, start, end: self.at });
                } else {
                    self.value()?;
                    other = other.or(Some((start, self.at)));
                }
                self.skip_blanks();
                if self.take(b']') {
                    break;
                }
                if !self.take(b',') {
                    return None;
                }
            }
        }
        self.skip_blanks();
        if self.peek().is_some() {
            return None;
        }
        Some(other.map_or(List::Strings(elements), |(start, end)| List::NotStrings(start, end)))
    }

    /// Skips any value. Nested lists and objects are followed without recursion.
    fn value(&mut self) -> Option<()> {
        let mut open = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek()? {
                bracket @ (b'[' | b'{') => {
                    self.at += 1;
                    self.skip_blanks();
                    let close = if bracket == b'[' { b']' } else { b'}' };
                    if !self.take(close) {
                        // One level is the list around this value.
                        if open.len() + 2 > MAX_DEPTH {
                            return None;
                        }
                        open.push(close);
                        self.name_if(close)?;
                        continue;
                    }
                }
                b'"' => {
                    self.string(None)?;
                }
                _ => self.scalar()?,
            }
            loop {
                let Some(close) = open.last().copied() else { return Some(()) };
                self.skip_blanks();
                if self.take(b',') {
                    self.name_if(close)?;
                    break;
                }
                if !self.take(close) {
                    return None;
                }
                open.pop();
            }
        }
    }

    /// The name and colon before a member's value.
    fn name_if(&mut self, close: u8) -> Option<()> {
        if close == b']' {
            return Some(());
        }
        self.skip_blanks();
        self.string(None)?;
        self.skip_blanks();
        self.take(b':').then_some(())
    }

    fn scalar(&mut self) -> Option<()> {
        for word in [&b"true"[..], b"false", b"null"] {
            if self.bytes.get(self.at..)?.starts_with(word) {
                self.at += word.len();
                return Some(());
            }
        }
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        // Go's decoder fails on a number that does not fit, and BuildKit then sees no JSON.
        let number: f64 = std::str::from_utf8(self.bytes.get(start..self.at)?).ok()?.parse().ok()?;
        number.is_finite().then_some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// Reads a string; its value is built where the text is given.
    fn string(&mut self, line: Option<&Mapped>) -> Option<Mapped> {
        self.take(b'"').then_some(())?;
        let mut value = Mapped::default();
        let mut run = self.at;
        loop {
            match self.peek()? {
                b'"' | b'\\' => {
                    if let Some(line) = line {
                        value.push_from(line, run, self.at);
                    }
                    if self.take(b'"') {
                        return Some(value);
                    }
                    let start = self.at;
                    let char = self.escape()?;
                    if let Some(line) = line {
                        let place = line.range(start, self.at);
                        value.push_escape(char, place);
                    }
                    run = self.at;
                }
                0..=0x1f => return None,
                _ => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        self.at += 1;
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => byte.into(),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hex()?;
                if !(0xd800..0xdc00).contains(&unit) {
                    // Half a surrogate pair is the replacement character.
                    return Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let after = self.at;
                if self.take(b'\\') && self.take(b'u') {
                    let low = self.hex()?;
                    if (0xdc00..0xe000).contains(&low) {
                        let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                        return Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                }
                self.at = after;
                char::REPLACEMENT_CHARACTER
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        let unit =
            digits.iter().try_fold(0, |unit, byte| Some(unit * 16 + char::from(*byte).to_digit(16)?))?;
        self.at += 4;
        Some(unit)
    }
}
