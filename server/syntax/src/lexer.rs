//! BuildKit's shell-like word splitting, as far as it decides what is a heredoc: with no variable set, and all of them kept.
//!
//! Values are never expanded here; `semantic` does that. The escape character is always `\`, whatever the directive says.

use std::iter::Peekable;
use std::str::CharIndices;

/// How deep `${a:-${b:-…}}` may nest. BuildKit has no bound, but no file has this many either.
const MAX_DEPTH: u32 = 100;

/// What stays in the words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw {
    /// Quotes stay.
    pub(crate) quotes: bool,
    /// Escape characters stay.
    pub(crate) escapes: bool,
}

/// A word, and the bytes of the text that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LexedWord {
    pub(crate) text: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The words of a text; an error, as BuildKit words it, where a quote or a brace has no end.
pub(crate) fn words(text: &str, raw: Raw) -> Result<Vec<LexedWord>, String> {
    // Go's scanner skips a byte-order mark at the start.
    let skipped = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lexer = Lexer {
        chars: text.get(skipped..).unwrap_or_default().char_indices().peekable(),
        skipped,
        len: text.len(),
        raw,
        words: Words::default(),
    };
    lexer.top()?;
    lexer.words.finish_word();
    Ok(lexer.words.done)
}

#[derive(Default)]
struct Words {
    done: Vec<LexedWord>,
    buffer: String,
    start: usize,
    end: usize,
    in_word: bool,
}

impl Words {
    fn push(&mut self, char: char, start: usize, end: usize) {
        if !char.is_whitespace() {
            self.push_raw(char, start, end);
        } else if self.in_word && !self.buffer.is_empty() {
            self.finish_word();
        }
    }

    fn push_raw(&mut self, char: char, start: usize, end: usize) {
        if self.buffer.is_empty() {
            self.start = start;
        }
        self.buffer.push(char);
        self.end = end;
        self.in_word = true;
    }

    fn finish_word(&mut self) {
        if !self.buffer.is_empty() {
            self.done.push(LexedWord {
                text: std::mem::take(&mut self.buffer),
                start: self.start,
                end: self.end,
            });
            self.in_word = false;
        }
    }
}

struct Lexer<'a> {
    chars: Peekable<CharIndices<'a>>,
    skipped: usize,
    len: usize,
    raw: Raw,
    words: Words,
}

impl Lexer<'_> {
    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, char)| *char)
    }

    fn next(&mut self) -> Option<char> {
        self.chars.next().map(|(_, char)| char)
    }

    fn offset(&mut self) -> usize {
        self.chars.peek().map_or(self.len, |(at, _)| at + self.skipped)
    }

    fn top(&mut self) -> Result<(), String> {
        while let Some(char) = self.peek() {
            let start = self.offset();
            match char {
                '$' => {
                    let text = self.dollar(0)?;
                    let end = self.offset();
                    text.chars().for_each(|char| self.words.push(char, start, end));
                }
                '\'' | '"' | '<' => {
                    let text = self.special(char, 0)?;
                    let end = self.offset();
                    text.chars().for_each(|char| self.words.push_raw(char, start, end));
                    self.words.in_word = true;
                }
                _ => {
                    self.next();
                    let end = self.offset();
                    if char != '\\' {
                        self.words.push(char, start, end);
                        continue;
                    }
                    if self.raw.escapes {
                        self.words.push_raw(char, start, end);
                    }
                    let start = self.offset();
                    let Some(escaped) = self.next() else { break };
                    let end = self.offset();
                    self.words.push_raw(escaped, start, end);
                }
            }
        }
        Ok(())
    }

    fn special(&mut self, char: char, depth: u32) -> Result<String, String> {
        match char {
            '\'' => self.single_quote(),
            '"' => self.double_quote(depth),
            _ => Ok(self.possible_heredoc()),
        }
    }

    /// The word behind a modifier such as `:-`, up to its stop character.
    fn nested(&mut self, stop: char, raw_escapes: bool, depth: u32) -> Result<String, String> {
        // BuildKit has one buffer for the words of all levels: what stood before the `${` in this word is lost there.
        self.words.buffer.clear();
        if depth >= MAX_DEPTH {
            return Err("too many nested substitutions".to_owned());
        }
        let outer = self.raw.escapes;
        self.raw.escapes = raw_escapes;
        let result = self.nested_text(stop, depth);
        self.raw.escapes = outer;
        result
    }

    fn nested_text(&mut self, stop: char, depth: u32) -> Result<String, String> {
        let mut result = String::new();
        while let Some(char) = self.peek() {
            if char == stop {
                self.next();
                return Ok(result);
            }
            match char {
                '$' => result.push_str(&self.dollar(depth)?),
                '\'' | '"' | '<' => result.push_str(&self.special(char, depth)?),
                '\\' => {
                    self.next();
                    if self.raw.escapes {
                        result.push('\\');
                    }
                    let Some(escaped) = self.next() else { break };
                    result.push(escaped);
                }
                _ => {
                    self.next();
                    result.push(char);
                }
            }
        }
        Err(format!("unexpected end of statement while looking for matching {stop}"))
    }

    fn single_quote(&mut self) -> Result<String, String> {
        let mut result = String::new();
        self.next();
        if self.raw.quotes {
            result.push('\'');
        }
        while let Some(char) = self.next() {
            if char == '\'' {
                if self.raw.quotes {
                    result.push(char);
                }
                return Ok(result);
            }
            result.push(char);
        }
        Err("unexpected end of statement while looking for matching single-quote".to_owned())
    }

    fn double_quote(&mut self, depth: u32) -> Result<String, String> {
        let mut result = String::new();
        self.next();
        if self.raw.quotes {
            result.push('"');
        }
        while let Some(char) = self.peek() {
            if char == '$' {
                result.push_str(&self.dollar(depth)?);
                continue;
            }
            self.next();
            match char {
                '"' => {
                    if self.raw.quotes {
                        result.push(char);
                    }
                    return Ok(result);
                }
                '\\' => {
                    if self.raw.escapes {
                        result.push(char);
                    }
                    match self.peek() {
                        None => {}
                        Some(escaped @ ('"' | '$' | '\\')) => {
                            self.next();
                            result.push(escaped);
                        }
                        Some(_) => result.push(char),
                    }
                }
                _ => result.push(char),
            }
        }
        Err("unexpected end of statement while looking for matching double-quote".to_owned())
    }

    fn dollar(&mut self, depth: u32) -> Result<String, String> {
        self.next();
        if self.peek() != Some('{') {
            return Ok(format!("${}", self.name()));
        }
        self.next();
        match self.peek() {
            None => return Err("syntax error: missing '}'".to_owned()),
            Some('{' | '}' | ':') => return Err("syntax error: bad substitution".to_owned()),
            Some(_) => {}
        }
        let name = self.name();
        let modifier = self.next();
        match modifier {
            Some('}') => Ok(format!("${{{name}}}")),
            Some(':') => {
                let modifier = self.next();
                if matches!(modifier, Some('#' | '%')) {
                    return Err("unsupported modifier in substitution".to_owned());
                }
                let modifier = modifier.map_or_else(String::new, |char| char.to_string());
                let word = self.nested('}', false, depth + 1)?;
                Ok(format!("${{{name}:{modifier}{word}}}"))
            }
            Some(modifier @ ('+' | '-' | '?' | '#' | '%')) => {
                let word = self.nested('}', matches!(modifier, '#' | '%'), depth + 1)?;
                Ok(format!("${{{name}{modifier}{word}}}"))
            }
            Some('/') => {
                if self.peek() == Some('/') {
                    self.next();
                }
                let pattern = self.nested('/', true, depth + 1)?;
                let replacement = self.nested('}', true, depth + 1)?;
                Ok(format!("${{{name}/{pattern}/{replacement}}}"))
            }
            _ => Err("unsupported modifier in substitution".to_owned()),
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        match self.peek() {
            Some(digit) if digit.is_numeric() => {
                while let Some(digit) = self.peek().filter(|char| char.is_numeric()) {
                    self.next();
                    name.push(digit);
                }
                return name;
            }
            Some(special @ ('@' | '*' | '#' | '?' | '-' | '$' | '!')) => {
                self.next();
                return special.to_string();
            }
            _ => {}
        }
        while let Some(char) = self.peek().filter(|char| char.is_alphanumeric() || *char == '_') {
            self.next();
            name.push(char);
        }
        name
    }

    fn possible_heredoc(&mut self) -> String {
        self.next();
        if self.peek() != Some('<') {
            return "<".to_owned();
        }
        self.next();
        let mut result = "<<".to_owned();
        while let Some(blank) = self.peek().filter(|char| matches!(char, '\t' | '\r' | ' ')) {
            self.next();
            result.push(blank);
        }
        result
    }
}
