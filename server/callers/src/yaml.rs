//! YAML with positions, and JSON, which is YAML but for its comments: a tree whose aliases and merge keys are followed.
//!
//! An alias shares its node, so that aliases of aliases cost nothing; what merge keys copy is counted and bounded.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::{MAX_TEXT, Place};

/// Depth of collections at most.
const MAX_DEPTH: usize = 64;

/// Nodes of a file at most, with those that merge keys copy.
const MAX_NODES: usize = 200_000;

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) content: Rc<Content>,
    /// Its place, quotes included; that of an alias is where the alias stands.
    pub(crate) place: Place,
    /// `!reset`, `!override`, or another tag, without its handle.
    pub(crate) tag: Option<Rc<str>>,
    /// How many levels of collections it has, through aliases too.
    height: usize,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Content {
    /// A text without quotes: a number, `true`, null or a string.
    Plain(String),
    /// A text in quotes, or a block of text.
    Quoted(String),
    Sequence(Vec<Node>),
    /// Pairs with merge keys resolved, in order.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    fn new(content: Content, place: Place, tag: Option<Rc<str>>) -> Self {
        let below = match &content {
            Content::Sequence(items) => items.iter().map(|item| item.height + 1).max(),
            Content::Mapping(pairs) => {
                pairs.iter().map(|(key, value)| key.height.max(value.height) + 1).max()
            }
            _ => None,
        };
        Self { content: Rc::new(content), place, tag, height: below.unwrap_or(0) }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().find(|(found, _)| found.raw() == Some(key)).map(|(_, value)| value)
    }

    /// The pairs of a mapping; nothing of anything else.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &(Self, Self)> {
        match &*self.content {
            Content::Mapping(pairs) => pairs.as_slice(),
            _ => &[],
        }
        .iter()
    }

    /// The items of a sequence; nothing of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &*self.content {
            Content::Sequence(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn is_mapping(&self) -> bool {
        matches!(&*self.content, Content::Mapping(_))
    }

    pub(crate) fn is_sequence(&self) -> bool {
        matches!(&*self.content, Content::Sequence(_))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(&*self.content, Content::Plain(text) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// A scalar as it stands.
    pub(crate) fn raw(&self) -> Option<&str> {
        match &*self.content {
            Content::Plain(text) | Content::Quoted(text) => Some(text),
            _ => None,
        }
    }

    /// A scalar as text, the way Compose prints it: numbers and truth values in their shortest form, nothing for null.
    pub(crate) fn text(&self) -> Option<String> {
        match &*self.content {
            Content::Quoted(text) => Some(text.clone()),
            Content::Plain(_) if self.is_null() => None,
            Content::Plain(text) if self.tag.as_deref() == Some("str") => Some(text.clone()),
            Content::Plain(text) => Some(canonical(text)),
            _ => None,
        }
    }
}

/// The shortest form of what YAML takes for a number or a truth value; other texts as they are.
fn canonical(text: &str) -> String {
    if matches!(text, "true" | "True" | "TRUE") {
        return "true".to_owned();
    }
    if matches!(text, "false" | "False" | "FALSE") {
        return "false".to_owned();
    }
    let digits = text.replace('_', "");
    let (sign, unsigned) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits.strip_prefix('+').unwrap_or(&digits)),
    };
    let radix = |prefix: &str, radix| {
        unsigned.strip_prefix(prefix).and_then(|digits| i64::from_str_radix(digits, radix).ok())
    };
    if let Some(value) = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2)) {
        return format!("{sign}{value}");
    }
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return text.to_owned();
    }
    if unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        // An old octal number.
        let octal = unsigned.len() > 1 && unsigned.starts_with('0');
        let value = if octal { i64::from_str_radix(unsigned, 8).ok() } else { unsigned.parse::<i64>().ok() };
        let large = || unsigned.parse::<u64>().map(|value| value.to_string());
        return match (value, unsigned.parse::<f64>()) {
            (Some(value), _) => format!("{sign}{value}"),
            (None, Ok(_)) if sign.is_empty() && large().is_ok() => large().unwrap_or_default(),
            (None, Ok(value)) => format!("{sign}{}", go_float(value)),
            (None, Err(_)) => text.to_owned(),
        };
    }
    let is_float = unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match digits.parse::<f64>() {
        Ok(value) if is_float && value.is_finite() => go_float(value),
        _ => text.to_owned(),
    }
}

/// A number as Go's `%v` writes it: the shortest that reads back the same, with an exponent from 1e21 on and below 1e-4.
pub(crate) fn go_float(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-4..1e21).contains(&size) {
        return format!("{value}");
    }
    let written = format!("{value:e}");
    match written.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => written,
    }
}

/// Reads the documents of a file.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, String> {
    if text.len() > MAX_TEXT {
        return Err(format!("it is larger than {} KiB", MAX_TEXT >> 10));
    }
    Builder::new(text).documents(text)
}

/// Reads JSON, with comments as editors write them: each is blanked, so that places stay.
pub(crate) fn read_json(text: &str) -> Result<Node, String> {
    if text.len() > MAX_TEXT {
        return Err(format!("it is larger than {} KiB", MAX_TEXT >> 10));
    }
    let blank = blank_comments(text);
    let documents = Builder::new(&blank).documents(&blank)?;
    documents.into_iter().next().ok_or_else(|| "it is empty".to_owned())
}

/// Comments and tabs outside of strings as blanks.
fn blank_comments(text: &str) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut characters = text.char_indices().peekable();
    let blank = |character: char| if character == '\n' || character == '\r' { character } else { ' ' };
    while let Some((at, character)) = characters.next() {
        let rest = &text[at..];
        if character == '"' {
            blanked.push(character);
            while let Some((_, inside)) = characters.next() {
                blanked.push(inside);
                match inside {
                    '\\' => blanked.extend(characters.next().map(|(_, escaped)| escaped)),
                    '"' => break,
                    _ => {}
                }
            }
        } else if rest.starts_with("//") || rest.starts_with("/*") {
            let end = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else {
                rest[2..].find("*/").map_or(rest.len(), |end| end + 4)
            };
            for inside in rest[..end].chars() {
                for _ in 0..inside.len_utf8() {
                    blanked.push(blank(inside));
                }
            }
            while characters.peek().is_some_and(|(next, _)| *next < at + end) {
                characters.next();
            }
        } else {
            blanked.push(if character == '\t' { ' ' } else { character });
        }
    }
    blanked
}

/// What stands open while events come in.
enum Open {
    Sequence(Vec<Node>),
    Mapping(Vec<(Node, Node)>, Option<Node>),
}

struct Builder {
    /// Byte offsets of characters, where a text has any beyond ASCII.
    offsets: Option<Vec<usize>>,
    anchors: HashMap<usize, Node>,
    n_nodes: usize,
}

impl Builder {
    fn new(text: &str) -> Self {
        let ends = text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
        let offsets = (!text.is_ascii()).then(|| ends.collect());
        Self { offsets, anchors: HashMap::new(), n_nodes: 0 }
    }

    fn place(&self, span: &Span) -> Place {
        let offset = |index: usize| match &self.offsets {
            Some(offsets) => offsets.get(index).or(offsets.last()).copied().unwrap_or(index),
            None => index,
        };
        offset(span.start.index())..offset(span.end.index())
    }

    fn documents(mut self, text: &str) -> Result<Vec<Node>, String> {
        let mut documents = Vec::new();
        let mut open: Vec<(Open, Place, usize, Option<Rc<str>>)> = Vec::new();
        for event in Parser::new_from_str(text) {
            let (event, span) =
                event.map_err(|error| format!("line {}: {}", error.marker().line(), error.info()))?;
            let place = self.place(&span);
            let (node, anchor) = match event {
                Event::Alias(id) => {
                    let mut node = self.anchors.get(&id).cloned().ok_or_else(|| {
                        format!("line {}: an alias stands inside of what it names", span.start.line())
                    })?;
                    node.place = place;
                    (node, 0)
                }
                Event::Scalar(text, style, anchor, tag) => {
                    let content = match style {
                        ScalarStyle::Plain => Content::Plain(text.into_owned()),
                        _ => Content::Quoted(text.into_owned()),
                    };
                    (Node::new(content, place, tag.map(|tag| tag.suffix.as_str().into())), anchor)
                }
                Event::SequenceStart(anchor, tag) => {
                    let tag = tag.map(|tag| tag.suffix.as_str().into());
                    open.push((Open::Sequence(Vec::new()), place, anchor, tag));
                    self.check(open.len())?;
                    continue;
                }
                Event::MappingStart(anchor, tag) => {
                    let tag = tag.map(|tag| tag.suffix.as_str().into());
                    open.push((Open::Mapping(Vec::new(), None), place, anchor, tag));
                    self.check(open.len())?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some((closed, start, anchor, tag)) = open.pop() else { continue };
                    let content = match closed {
                        Open::Sequence(items) => Content::Sequence(items),
                        Open::Mapping(pairs, _) => Content::Mapping(self.merged(pairs)?),
                    };
                    (Node::new(content, start.start..place.end, tag), anchor)
                }
                _ => continue,
            };
            self.n_nodes += 1;
            self.check(open.len() + node.height)?;
            if anchor > 0 {
                self.anchors.insert(anchor, node.clone());
            }
            match open.last_mut() {
                None => documents.push(node),
                Some((Open::Sequence(items), ..)) => items.push(node),
                Some((Open::Mapping(pairs, key), ..)) => match key.take() {
                    None => *key = Some(node),
                    Some(key) => pairs.push((key, node)),
                },
            }
        }
        Ok(documents)
    }

    fn check(&self, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err(format!("it is nested deeper than {MAX_DEPTH} levels"));
        }
        if self.n_nodes > MAX_NODES {
            return Err(format!("it has more than {MAX_NODES} values"));
        }
        Ok(())
    }

    /// A mapping with what `<<` names put in: own keys win, then those of what is named first.
    fn merged(&mut self, pairs: Vec<(Node, Node)>) -> Result<Vec<(Node, Node)>, String> {
        let is_merge = |key: &Node| matches!(&*key.content, Content::Plain(text) if text == "<<");
        if !pairs.iter().any(|(key, _)| is_merge(key)) {
            return Ok(pairs);
        }
        let (merges, own): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(key, _)| is_merge(key));
        let key_text = |key: &Node| key.raw().map(str::to_owned);
        let mut seen: std::collections::HashSet<_> = own.iter().map(|(key, _)| key_text(key)).collect();
        let mut all = own;
        for (_, value) in &merges {
            let sources = if value.is_sequence() { value.items() } else { std::slice::from_ref(value) };
            for pair in sources.iter().flat_map(Node::entries) {
                self.n_nodes += 1;
                self.check(0)?;
                if seen.insert(key_text(&pair.0)) {
                    all.push(pair.clone());
                }
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(node: &Node) -> String {
        match &*node.content {
            Content::Plain(_) | Content::Quoted(_) => {
                node.text().map_or_else(|| "null".to_owned(), |text| format!("{text:?}"))
            }
            Content::Sequence(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" ")),
            Content::Mapping(pairs) => {
                let pairs = pairs.iter().map(|(key, value)| format!("{}={}", show(key), show(value)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(" "))
            }
        }
    }

    fn check(text: &str, shown: &str) {
        let read = match read(text) {
            Ok(documents) => documents.iter().map(show).collect::<Vec<_>>().join(" | "),
            Err(error) => error,
        };
        assert_eq!(read, shown);
    }

    #[test]
    fn scalars_are_printed_as_compose_prints_them() {
        check(
            "[3.10, '3.10', 1_000, 0x10, 0o17, 017, 1e3, 1e30, yes, True, ~, null, '', -5, +5, 1.2.3, .5, 22]",
            r#"["3.1" "3.10" "1000" "16" "15" "15" "1000" "1e+30" "yes" "true" null null "" "-5" "5" "1.2.3" "0.5" "22"]"#,
        );
    }

    #[test]
    fn anchors_and_merge_keys_are_followed() {
        check(
            "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {y: 4, <<: [{z: 5, x: 0}, *a]}\n",
            r#"{"a"={"x"="1" "y"="2"} "b"={"y"="3" "x"="1"} "c"={"y"="4" "z"="5" "x"="0"}}"#,
        );
        check("a: &a [*a]\n", "line 1: an alias stands inside of what it names");
        check("---\na: 1\n---\nb: 2\n", r#"{"a"="1"} | {"b"="2"}"#);
    }

    #[test]
    fn places_are_bytes_even_behind_other_characters() {
        let text = "# ü 🐳\nkey: \"välue\"\nother: x\r\n";
        let documents = read(text).unwrap();
        let value = documents[0].get("key").unwrap();
        assert_eq!(&text[value.place.clone()], "\"välue\"");
        assert_eq!(&text[documents[0].get("other").unwrap().place.clone()], "x");
    }

    #[test]
    fn json_may_have_comments_tabs_and_trailing_commas() {
        let text = "{\n\t// ü a: b\n\t\"a\": \"http://x // y\", /* b\n */ \"c\": [1, 2,],\n}";
        let node = read_json(text).unwrap();
        assert_eq!(show(&node), r#"{"a"="http://x // y" "c"=["1" "2"]}"#);
        assert_eq!(&text[node.get("a").unwrap().place.clone()], "\"http://x // y\"");
    }

    #[test]
    fn hostile_texts_end() {
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        let mut merges = "m0: &m0 {k: v}\n".to_owned();
        for level in 1..60 {
            let below = level - 1;
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{below}"); 9].join(", "));
            merges +=
                &format!("m{level}: &m{level} {{<<: [{}]}}\n", vec![format!("*m{below}"); 9].join(", "));
        }
        assert!(read(&bomb).is_ok() && read(&merges).is_ok());
        check(&"[".repeat(100), "it is nested deeper than 64 levels");
        assert!(read(&"[".repeat(5000)).is_err());
        check(&"- 1\n".repeat(1 << 19), "it is larger than 1024 KiB");
        let wide: String = (0..400).map(|key| format!("k{key}: 1, ")).collect();
        let many: String = (0..1000).map(|n| format!("n{n}: {{<<: *wide}}\n")).collect();
        check(&format!("wide: &wide {{{wide}}}\n{many}"), "it has more than 200000 values");
        let chain: String = (1..40_000).map(|n| format!("- &a{n} [*a{}]\n", n - 1)).collect();
        check(&format!("- &a0 x\n{chain}"), "it is nested deeper than 64 levels");
    }
}
