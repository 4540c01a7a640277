//! What a hover says, before it is Markdown or plain text.
//!
//! Our own words and what comes from the file are kept apart: the latter is always code, so that nothing in a Dockerfile is taken for
//! markup, and every piece of it can be searched for secrets.

use std::borrow::Cow;

use super::secrets::Secrets;

/// How a client wants a hover to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Markup {
    /// Markdown.
    Markdown,
    /// Text without any markup.
    #[default]
    PlainText,
}

/// What a hover says, from top to bottom.
#[derive(Debug, Clone, Default)]
pub(crate) struct Card {
    blocks: Vec<Block>,
}

#[derive(Debug, Clone)]
enum Block {
    Line(Line),
    Item(Line),
    /// Markdown of our own: a page of a rule, an entry of the catalogue.
    Prose(Cow<'static, str>),
}

/// A line of text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    spans: Vec<Span>,
}

#[derive(Debug, Clone)]
enum Span {
    Text(Cow<'static, str>),
    Code(String),
    Strong(String),
    /// How something of the language is written: our own words, in which `key=value` is no secret.
    Usage(String),
    Link {
        text: Cow<'static, str>,
        url: String,
    },
}

/// Longer pieces of code are cut off, in characters: a hover is read at a glance.
const LONGEST_CODE: usize = 160;

/// A line that begins with words of our own.
pub(crate) fn say(text: impl Into<Cow<'static, str>>) -> Line {
    Line::default().text(text)
}

/// A line that begins with something from the file.
pub(crate) fn code(text: impl Into<String>) -> Line {
    Line::default().code(text)
}

/// A line that begins with what the hover is about.
pub(crate) fn title(text: impl Into<String>) -> Line {
    Line::default().strong(text)
}

/// A line that begins with how something of the language is written.
pub(crate) fn usage(text: impl Into<String>) -> Line {
    Line { spans: vec![Span::Usage(text.into())] }
}

/// A line number for people: BuildKit's line from 0 as an editor counts it.
pub(crate) fn line_number(line: u32) -> u32 {
    line + 1
}

/// A number with its noun: `1 file`, `1 204 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    let plural = if number == 1 { "" } else { "s" };
    format!("{shown} {noun}{plural}")
}

impl Line {
    /// Adds words of our own.
    pub(crate) fn text(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.spans.push(Span::Text(text.into()));
        self
    }

    /// Adds something that comes from the file, or is to be typed as it stands.
    pub(crate) fn code(mut self, text: impl Into<String>) -> Self {
        self.spans.push(Span::Code(text.into()));
        self
    }

    /// Adds what the hover is about.
    pub(crate) fn strong(mut self, text: impl Into<String>) -> Self {
        self.spans.push(Span::Strong(text.into()));
        self
    }

    /// Adds a link.
    pub(crate) fn link(mut self, text: impl Into<Cow<'static, str>>, url: impl Into<String>) -> Self {
        self.spans.push(Span::Link { text: text.into(), url: url.into() });
        self
    }

    /// Adds another line's words.
    pub(crate) fn then(mut self, other: Self) -> Self {
        self.spans.extend(other.spans);
        self
    }

    /// Adds pieces of code with commas between them, at most `limit` of `total`.
    pub(crate) fn list<T: Into<String>>(
        mut self,
        items: impl Iterator<Item = T>,
        total: usize,
        limit: usize,
    ) -> Self {
        let mut shown = 0;
        for item in items.take(limit) {
            if shown > 0 {
                self = self.text(", ");
            }
            self = self.code(item);
            shown += 1;
        }
        if total > shown { self.text(format!(" and {} more", total - shown)) } else { self }
    }

    fn render(&self, markup: Markup, secrets: &Secrets) -> String {
        let mut text = String::new();
        for span in &self.spans {
            let shown = |piece: &str| shortened(&secrets.redact(piece));
            match (span, markup) {
                (Span::Text(words), _) => text.push_str(words),
                (Span::Code(piece), Markup::Markdown) => text.push_str(&code_span(&shown(piece))),
                (Span::Strong(piece), Markup::Markdown) => {
                    text.push_str(&strong(&shown(piece)));
                }
                (Span::Usage(piece), Markup::Markdown) => text.push_str(&strong(piece)),
                (Span::Usage(piece), Markup::PlainText) => text.push_str(piece),
                (Span::Code(piece) | Span::Strong(piece), Markup::PlainText) => {
                    text.push_str(&shown(piece));
                }
                (Span::Link { text: words, url }, Markup::Markdown) => {
                    text.push_str(&format!("[{words}]({url})"));
                }
                (Span::Link { text: words, url }, Markup::PlainText) => {
                    text.push_str(&format!("{words}: {url}"));
                }
            }
        }
        text
    }
}

impl Card {
    /// A card with a first line.
    pub(crate) fn new(line: Line) -> Self {
        Self { blocks: vec![Block::Line(line)] }
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, line: Line) {
        self.blocks.push(Block::Line(line));
    }

    /// Adds an item of a list.
    pub(crate) fn item(&mut self, line: Line) {
        self.blocks.push(Block::Item(line));
    }

    /// Adds Markdown of our own, where there is any.
    pub(crate) fn prose(&mut self, text: impl Into<Cow<'static, str>>) {
        let text = text.into();
        if !text.is_empty() {
            self.blocks.push(Block::Prose(text));
        }
    }

    /// The text. No secret that is known is in it.
    pub(crate) fn render(&self, markup: Markup, secrets: &Secrets) -> String {
        let mut text = String::new();
        let mut was_item = false;
        for (at, block) in self.blocks.iter().enumerate() {
            let is_item = matches!(block, Block::Item(_));
            if at > 0 {
                let joined = markup == Markup::PlainText || (is_item && was_item);
                text.push_str(if joined { "\n" } else { "\n\n" });
            }
            was_item = is_item;
            match block {
                Block::Line(line) => text.push_str(&line.render(markup, secrets)),
                Block::Item(line) => {
                    text.push_str("- ");
                    text.push_str(&line.render(markup, secrets));
                }
                Block::Prose(prose) if markup == Markup::Markdown => text.push_str(prose),
                Block::Prose(prose) => text.push_str(&without_markup(prose)),
            }
        }
        text
    }
}

fn strong(text: &str) -> String {
    format!("**{}**", code_span(text))
}

/// A piece of code in Markdown, fenced by more backticks than it has in a row.
fn code_span(text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// On one line, without control characters, and not too long.
fn shortened(text: &str) -> String {
    let mut shown = String::new();
    for (number, letter) in text.chars().enumerate() {
        if number == LONGEST_CODE {
            shown.push('…');
            break;
        }
        shown.push(if letter.is_control() { ' ' } else { letter });
    }
    // An empty piece of code would show its fence.
    if shown.trim().is_empty() { "\"\"".to_owned() } else { shown }
}

/// Our own Markdown as plain text: it has code, strong words and links, and nothing else.
fn without_markup(prose: &str) -> String {
    let mut text = String::new();
    let mut rest = prose;
    while let Some(at) = rest.find(['`', '*', '[']) {
        text.push_str(&rest[..at]);
        let mark = &rest[at..];
        if let Some((words, url, after)) = link(mark) {
            text.push_str(words);
            text.push_str(": ");
            text.push_str(url);
            rest = after;
        } else if let Some(after) = mark.strip_prefix("**").or_else(|| mark.strip_prefix('`')) {
            rest = after;
        } else {
            text.push_str(&mark[..1]);
            rest = &mark[1..];
        }
    }
    text.push_str(rest);
    text
}

/// `[words](url)` at the start of a text, and what follows it.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (url, after) = rest.split_once(')')?;
    (!words.contains('[')).then_some((words, url, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(card: &Card) -> (String, String) {
        let secrets = Secrets::default();
        (card.render(Markup::Markdown, &secrets), card.render(Markup::PlainText, &secrets))
    }

    #[test]
    fn markdown_and_plain_text_say_the_same() {
        let mut card = Card::new(title("X").text(" = ").code("a`b"));
        card.item(say("one ").code("*"));
        card.item(say("two"));
        card.line(Line::default().link("Reference", "https://docs.docker.com/"));
        card.prose("A `RUN` is **not** a [step](https://x.test/a).");
        let (markdown, plain) = both(&card);
        assert_eq!(
            markdown,
            "**`X`** = ``a`b``\n\n- one `*`\n- two\n\n[Reference](https://docs.docker.com/)\n\nA `RUN` is **not** a [step](https://x.test/a)."
        );
        assert_eq!(
            plain,
            "X = a`b\n- one *\n- two\nReference: https://docs.docker.com/\nA RUN is not a step: https://x.test/a."
        );
    }

    #[test]
    fn code_from_a_file_breaks_no_markup() {
        let shown = |text: &str| both(&Card::new(code(text))).0;
        assert_eq!(shown("`"), "`` ` ``");
        assert_eq!(shown("a\n# b"), "`a # b`");
        assert_eq!(shown(""), "`\"\"`");
        assert_eq!(shown(&"ä".repeat(500)).chars().count(), LONGEST_CODE + 3);
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(count(0, "file"), "0 files");
        assert_eq!(count(1_204_000, "byte"), "1,204,000 bytes");
    }
}
