//! Parser directives: the `# name=value` lines at the top of a file.
//!
//! `escape` is read as BuildKit's parser reads it, `syntax` and `check` also behind a `#!` line, and `syntax` also as
//! `// syntax=…` or as the member of a JSON object, as BuildKit's frontend does when it chooses who parses the file.

use ropey::Rope;

use crate::accepted::DIRECTIVES;
use crate::document::Directive;
use crate::json;
use crate::lines::{Lines, without_end};
use crate::mapped::to_u32;
use crate::problem::Problem;
use crate::range::TextRange;

/// What the top of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Top {
    pub(crate) directives: Vec<Directive>,
    pub(crate) escape: char,
    pub(crate) problems: Vec<Problem>,
    /// Everything that was looked at: an edit behind it changes nothing here.
    pub(crate) end: u32,
}

/// A line as a directive: its lower-case name, and the place of its value in the line.
struct Match {
    name: String,
    value: (usize, usize),
}

/// Reads the top of a file.
pub(crate) fn top(rope: &Rope) -> Top {
    let mut top = Top { directives: Vec::new(), escape: '\\', problems: Vec::new(), end: 0 };
    let mut lines = Lines::new(rope, 0);
    let mut line = String::new();
    let mut number = 0;
    let mut after_shebang = false;
    let mut mark: Option<&str> = None;
    loop {
        let offset = lines.offset();
        line.clear();
        let read = lines.read(&mut line);
        top.end = lines.offset();
        if !read {
            return top;
        }
        let bom = if number == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let text = without_end(line.get(bom..).unwrap_or_default());
        let start = offset + to_u32(bom);
        if number == 0 && text.starts_with("#!") {
            after_shebang = true;
        } else {
            let found = if mark.is_none() && text.starts_with("//") { "//" } else { mark.unwrap_or("#") };
            mark = Some(found);
            let Some(matched) = directive(text, found) else { break };
            let only_syntax = found == "//" && matched.name != "syntax";
            if !(only_syntax || after_shebang && matched.name == "escape") {
                top.add(&matched, text, start, number);
            }
        }
        number += 1;
    }
    if number == 0 && line.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        top.json(rope);
    }
    top
}

/// A line as a directive behind the given comment mark.
fn directive(line: &str, mark: &str) -> Option<Match> {
    let text = line.trim_start().strip_prefix(mark)?.trim_start();
    let name_len = text.bytes().position(|byte| !byte.is_ascii_alphanumeric())?;
    let (name, rest) = text.split_at(name_len);
    if !name.starts_with(|char: char| char.is_ascii_alphabetic()) {
        return None;
    }
    let blank = ['\t', '\n', '\u{c}', '\r', ' '];
    let value = rest.trim_start_matches(blank).strip_prefix('=')?.trim_start_matches(blank);
    let start = line.len() - value.len();
    let value = value.trim_end_matches(blank);
    let name = name.to_ascii_lowercase();
    (!value.is_empty() && DIRECTIVES.contains(&name.as_str()))
        .then(|| Match { name, value: (start, start + value.len()) })
}

impl Top {
    fn add(&mut self, matched: &Match, text: &str, start: u32, line: u32) {
        let (from, to) = matched.value;
        let lead = text.len() - text.trim_start().len();
        let range = TextRange::new(start + to_u32(lead), start + to_u32(text.len()));
        let value = text.get(from..to).unwrap_or_default();
        let value_range = TextRange::new(start + to_u32(from), start + to_u32(to));
        let name = &matched.name;
        if self.directives.iter().any(|directive| directive.name == *name) {
            let message = format!("there may be only one {name} directive: remove this one or the one above");
            self.problems.push(Problem { range, message });
            return;
        }
        if name == "escape" {
            match value {
                "`" => self.escape = '`',
                "\\" => self.escape = '\\',
                _ => self.problems.push(Problem {
                    range: value_range,
                    message: format!("{value} cannot be the escape character: it is either \\ or `"),
                }),
            }
        }
        self.directives.push(Directive {
            name: name.clone(),
            value: value.to_owned(),
            range,
            value_range,
            line,
        });
    }

    /// The whole file may be a JSON object with a `syntax`.
    fn json(&mut self, rope: &Rope) {
        self.end = to_u32(rope.len_bytes());
        let text = rope.to_string();
        let bom = text.len() - text.trim_start_matches('\u{feff}').len();
        let Some((value, from, to)) = json::member(text.get(bom..).unwrap_or_default(), "syntax") else {
            return;
        };
        let place = TextRange::new(to_u32(bom + from), to_u32(bom + to));
        self.directives.push(Directive {
            name: "syntax".to_owned(),
            value,
            range: place,
            value_range: place,
            line: 0,
        });
    }
}
