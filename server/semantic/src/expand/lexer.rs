//! Reads a word once, from left to right.

use super::{Expansion, Modifier, VariableUse, pattern};
use crate::scope::Lookup;

/// How deep `${X:-${Y:-…}}` may be nested.
const MAX_DEPTH: usize = 100;

/// Longer values are not known, in bytes: forty lines of `ENV A=$A$A` would ask for more memory than there is.
pub(super) const MAX_VALUE: usize = 16 * 1024;

/// How a text is read.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    pub(super) escape: char,
    /// Whether quotes quote; else they stand for themselves.
    pub(super) quotes: bool,
}

/// Expands a word.
pub(super) fn expand<'a>(raw: &str, mode: Mode, lookup: &dyn Fn(&str) -> Lookup<'a>) -> Expansion {
    let mut lexer = Lexer {
        characters: raw.char_indices().collect(),
        length: raw.len(),
        next: 0,
        escape: mode.escape,
        quotes: mode.quotes,
        depth: 0,
        lookup,
        uses: Vec::new(),
        undefined: Vec::new(),
    };
    let (value, words, error) = match lexer.until(None, false) {
        Ok(text) => (text.value, text.words.finish(), None),
        Err(error) => (None, None, Some(error)),
    };
    Expansion {
        words: words.filter(|_| value.is_some()),
        value,
        uses: lexer.uses,
        undefined: lexer.undefined,
        error,
    }
}

struct Lexer<'a, 'f> {
    characters: Vec<(usize, char)>,
    length: usize,
    next: usize,
    escape: char,
    quotes: bool,
    depth: usize,
    lookup: &'f dyn Fn(&str) -> Lookup<'a>,
    uses: Vec<VariableUse>,
    undefined: Vec<String>,
}

/// A text that grows as long as all of it is known.
struct Text {
    value: Option<String>,
    words: Words,
}

impl Text {
    fn push(&mut self, character: char) {
        if let Some(value) = &mut self.value {
            value.push(character);
        }
    }

    fn push_part(&mut self, part: Option<&str>) {
        match (&mut self.value, part) {
            (Some(value), Some(part)) if value.len() + part.len() <= MAX_VALUE => value.push_str(part),
            _ => self.value = None,
        }
    }

    /// Adds what a variable stands for. Without quotes its white space splits words.
    fn push_variable(&mut self, part: Option<&str>) {
        self.push_part(part);
        if self.value.is_some() {
            part.unwrap_or_default().chars().for_each(|character| self.words.split(character));
        }
    }
}

/// Words under construction; a word of nothing but empty quotes is none.
#[derive(Default)]
struct Words {
    done: Vec<String>,
    current: String,
}

impl Words {
    fn split(&mut self, character: char) {
        if !character.is_whitespace() {
            self.current.push(character);
        } else if !self.current.is_empty() {
            self.done.push(std::mem::take(&mut self.current));
        }
    }

    fn finish(mut self) -> Option<Vec<String>> {
        if !self.current.is_empty() {
            self.done.push(self.current);
        }
        Some(self.done)
    }
}

impl Lexer<'_, '_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.next).map(|(_, character)| *character)
    }

    fn take(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.next += 1;
        Some(character)
    }

    fn offset(&self) -> usize {
        self.characters.get(self.next).map_or(self.length, |(offset, _)| *offset)
    }

    /// Reads to the end, or to `stop` and past it.
    fn until(&mut self, stop: Option<char>, raw_escapes: bool) -> Result<Text, String> {
        let mut text = Text { value: Some(String::new()), words: Words::default() };
        while let Some(character) = self.take() {
            if stop == Some(character) {
                return Ok(text);
            }
            match character {
                '\'' if self.quotes => {
                    let part = self.single_quoted()?;
                    text.words.current.push_str(&part);
                    text.push_part(Some(&part));
                }
                '"' if self.quotes => {
                    let part = self.double_quoted(raw_escapes)?;
                    text.words.current.push_str(part.as_deref().unwrap_or_default());
                    text.push_part(part.as_deref());
                }
                '$' => {
                    let part = self.dollar()?;
                    text.push_variable(part.as_deref());
                }
                '<' => {
                    text.words.current.push('<');
                    text.push('<');
                    self.after_less_than(&mut text);
                }
                _ if character == self.escape => {
                    if raw_escapes {
                        text.words.current.push(character);
                        text.push(character);
                    }
                    let Some(escaped) = self.take() else { break };
                    text.words.current.push(escaped);
                    text.push(escaped);
                }
                _ => {
                    text.words.split(character);
                    text.push(character);
                }
            }
        }
        match stop {
            Some(stop) => Err(format!("`{stop}` is missing")),
            None => Ok(text),
        }
    }

    /// White space after `<<` does not split words, for a heredoc's name may follow it.
    fn after_less_than(&mut self, text: &mut Text) {
        if self.peek() != Some('<') {
            return;
        }
        self.next += 1;
        text.words.current.push('<');
        text.push('<');
        while let Some(space @ (' ' | '\t' | '\r')) = self.peek() {
            self.next += 1;
            text.words.current.push(space);
            text.push(space);
        }
    }

    fn single_quoted(&mut self) -> Result<String, String> {
        let mut quoted = String::new();
        loop {
            match self.take() {
                Some('\'') => return Ok(quoted),
                Some(character) => quoted.push(character),
                None => return Err("the closing `'` is missing".to_owned()),
            }
        }
    }

    fn double_quoted(&mut self, raw_escapes: bool) -> Result<Option<String>, String> {
        let mut text = Text { value: Some(String::new()), words: Words::default() };
        loop {
            match self.take() {
                None => return Err("the closing `\"` is missing".to_owned()),
                Some('"') => return Ok(text.value),
                Some('$') => {
                    let part = self.dollar()?;
                    text.push_part(part.as_deref());
                }
                Some(character) if character == self.escape => {
                    if raw_escapes {
                        text.push(character);
                    }
                    match self.peek() {
                        None => {}
                        Some(escaped) if escaped == '"' || escaped == '$' || escaped == self.escape => {
                            self.next += 1;
                            text.push(escaped);
                        }
                        Some(_) => text.push(character),
                    }
                }
                Some(character) => text.push(character),
            }
        }
    }

    /// What a `$`, which has been read, stands for.
    fn dollar(&mut self) -> Result<Option<String>, String> {
        let start = self.offset() - 1;
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok(Some("$".to_owned()));
            }
            let index = self.add_use(&name, start);
            self.end_use(index, None);
            return Ok(match self.look_up(&name) {
                Lookup::Value(value) => Some(value.to_owned()),
                Lookup::Unset => Some(String::new()),
                Lookup::Unknown => None,
            });
        }
        self.next += 1;
        match self.peek() {
            None => return Err("`}` is missing".to_owned()),
            Some('{' | '}' | ':') => return Err("`${` is not followed by a name".to_owned()),
            Some(_) => {}
        }
        if self.depth >= MAX_DEPTH {
            return Err("`${` is nested too deeply".to_owned());
        }
        self.depth += 1;
        let result = self.braced(start);
        self.depth -= 1;
        result
    }

    /// Reads from the name in `${name…}` to past the brace.
    fn braced(&mut self, start: usize) -> Result<Option<String>, String> {
        let name = self.name();
        let index = self.add_use(&name, start);
        let operator = self.take();
        if operator == Some('}') {
            self.end_use(index, None);
            return Ok(match self.look_up(&name) {
                Lookup::Value(value) => Some(value.to_owned()),
                Lookup::Unset => Some(String::new()),
                Lookup::Unknown => None,
            });
        }
        if operator == Some('/') {
            return self.replace(&name, index);
        }
        let colon = operator == Some(':');
        let operator = if colon { self.take() } else { operator };
        let modifier = match operator {
            Some('-') => Modifier::Default,
            Some('+') => Modifier::Alternative,
            Some('?') => Modifier::Required,
            Some('#') if !colon => Modifier::RemovePrefix,
            Some('%') if !colon => Modifier::RemoveSuffix,
            Some(other) => {
                let colon = if colon { ":" } else { "" };
                return Err(format!(
                    "`{colon}{other}` in `${{{name}{colon}{other}…}}` is no modifier that Dockerfiles have"
                ));
            }
            None => return Err("`}` is missing".to_owned()),
        };
        let word =
            self.until(Some('}'), matches!(modifier, Modifier::RemovePrefix | Modifier::RemoveSuffix))?.value;
        self.end_use(index, Some(modifier));
        let value = match self.look_up(&name) {
            Lookup::Value(value) => Some(value),
            Lookup::Unset => None,
            // `${X+}` and `${X:+}` are empty whatever X is.
            Lookup::Unknown if modifier == Modifier::Alternative && word.as_deref() == Some("") => {
                return Ok(word);
            }
            Lookup::Unknown => return Ok(None),
        };
        let has_value = value.is_some_and(|value| !(colon && value.is_empty()));
        let kept = || Ok(Some(value.unwrap_or_default().to_owned()));
        match modifier {
            Modifier::Default if has_value => kept(),
            Modifier::Default => Ok(word),
            Modifier::Alternative if has_value => Ok(word),
            Modifier::Alternative => Ok(Some(String::new())),
            Modifier::Required if has_value => kept(),
            Modifier::Required => Err(required(&name, value.is_some(), word.as_deref().unwrap_or_default())),
            Modifier::RemovePrefix | Modifier::RemoveSuffix | Modifier::Replace => {
                let Some(word) = word else { return Ok(None) };
                let is_prefix = modifier == Modifier::RemovePrefix;
                pattern::trimmed(value.unwrap_or_default(), &word, is_prefix)
            }
        }
    }

    /// Reads from the first `/` in `${name/pattern/replacement}` to past the brace.
    fn replace(&mut self, name: &str, index: usize) -> Result<Option<String>, String> {
        let all = self.peek() == Some('/');
        if all {
            self.next += 1;
        }
        let pattern = self.until(Some('/'), true)?.value;
        let replacement = self.until(Some('}'), true)?.value;
        self.end_use(index, Some(Modifier::Replace));
        let value = match self.look_up(name) {
            Lookup::Value(value) => value,
            Lookup::Unset => "",
            Lookup::Unknown => return Ok(None),
        };
        let (Some(pattern), Some(replacement)) = (pattern, replacement) else { return Ok(None) };
        if all {
            pattern::replaced_everywhere(value, &pattern, &replacement)
        } else {
            pattern::replaced_once(value, &pattern, &replacement)
        }
    }

    /// A name: letters, digits and `_`; or digits; or one special parameter; or nothing.
    fn name(&mut self) -> String {
        let mut name = String::new();
        match self.peek() {
            Some(digit) if digit.is_numeric() => {
                while let Some(digit) = self.peek().filter(|character| character.is_numeric()) {
                    self.next += 1;
                    name.push(digit);
                }
            }
            Some(special @ ('@' | '*' | '#' | '?' | '-' | '$' | '!')) => {
                self.next += 1;
                name.push(special);
            }
            _ => {
                while let Some(part) =
                    self.peek().filter(|character| character.is_alphanumeric() || *character == '_')
                {
                    self.next += 1;
                    name.push(part);
                }
            }
        }
        name
    }

    fn look_up(&mut self, name: &str) -> Lookup<'_> {
        let found = (self.lookup)(name);
        if found == Lookup::Unset && !self.undefined.iter().any(|known| known == name) {
            self.undefined.push(name.to_owned());
        }
        found
    }

    fn add_use(&mut self, name: &str, start: usize) -> usize {
        self.uses.push(VariableUse { name: name.to_owned(), range: start..self.offset(), modifier: None });
        self.uses.len() - 1
    }

    fn end_use(&mut self, index: usize, modifier: Option<Modifier>) {
        let end = self.offset();
        if let Some(used) = self.uses.get_mut(index) {
            used.range.end = end;
            used.modifier = modifier;
        }
    }
}

fn required(name: &str, is_set: bool, message: &str) -> String {
    match (message, is_set) {
        ("", true) => format!("{name} must not be empty"),
        ("", false) => format!("{name} must have a value"),
        (message, _) => format!("{name}: {message}"),
    }
}
