//! Completion items, and how they are collected.

use syntax::TextRange;

use super::LIMIT;
use super::topic::Topic;

/// What may be written at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completions {
    /// The likeliest first.
    pub items: Vec<CompletionItem>,
    /// Whether there are more, so that the editor must ask again when more is typed.
    pub is_incomplete: bool,
}

/// One thing that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionItem {
    /// What the user reads, and what is matched with what was typed.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What it means, in a few words; empty where the label says it.
    pub detail: String,
    /// What was typed of it: from its beginning to the cursor.
    pub typed: TextRange,
    /// The same to the end of the word at the cursor, for an editor that replaces it.
    pub replaced: TextRange,
    /// The text that takes its place.
    pub text: String,
    /// The text with places to fill in, in LSP's snippet syntax; absent where there are none.
    pub snippet: Option<String>,
    /// Whether Docker advises against it.
    pub is_deprecated: bool,
    /// Where its documentation is, for [`Topic::documentation`].
    pub topic: Option<Topic>,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// An instruction.
    Keyword,
    /// A flag, or a key of a mount.
    Property,
    /// One of a few words.
    Value,
    /// A variable.
    Variable,
    /// A stage.
    Stage,
    /// An image.
    Image,
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A user or group.
    User,
    /// A rule's or a check's name.
    Rule,
    /// A whole phrase.
    Phrase,
}

/// Items as they are collected, all for the same word.
#[derive(Debug, Default)]
pub(super) struct Items {
    list: Vec<CompletionItem>,
    word: Word,
    is_cut: bool,
}

/// The word at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Word {
    pub(super) start: u32,
    pub(super) cursor: u32,
    pub(super) end: u32,
}

impl Word {
    /// A word that was typed at this place, with `behind` bytes of it behind the cursor.
    pub(super) const fn new(typed: TextRange, behind: u32) -> Self {
        Self { start: typed.start, cursor: typed.end, end: typed.end + behind }
    }
}

impl Items {
    /// The items that follow are for this word.
    pub(super) const fn at(&mut self, word: Word) {
        self.word = word;
    }

    /// Adds an item that is written as it is called; the result can be changed.
    pub(super) fn add(&mut self, label: impl Into<String>, kind: CompletionKind) -> &mut CompletionItem {
        let label = label.into();
        let Word { start, cursor, end } = self.word;
        self.list.push(CompletionItem {
            text: label.clone(),
            label,
            kind,
            detail: String::new(),
            typed: TextRange::new(start, cursor),
            replaced: TextRange::new(start, end),
            snippet: None,
            is_deprecated: false,
            topic: None,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Adds one of a few words.
    pub(super) fn choice(&mut self, value: &str, summary: &str) -> &mut CompletionItem {
        let item = self.add(value, CompletionKind::Value);
        summary.clone_into(&mut item.detail);
        item
    }

    /// Whether an item of this name is there already.
    pub(super) fn has(&self, label: &str) -> bool {
        self.list.iter().any(|item| item.label == label)
    }

    /// The names alone are written: what follows them is there already.
    pub(super) fn without_values(&mut self) {
        for item in &mut self.list {
            item.text.clone_from(&item.label);
            item.snippet = None;
        }
    }

    /// There was more than was added.
    pub(super) const fn cut(&mut self) {
        self.is_cut = true;
    }

    /// The items; nothing where there are none.
    pub(super) fn finish(mut self) -> Option<Completions> {
        let is_incomplete = self.is_cut || self.list.len() > LIMIT;
        self.list.truncate(LIMIT);
        (!self.list.is_empty()).then_some(Completions { items: self.list, is_incomplete })
    }
}

impl CompletionItem {
    /// Says what it means.
    pub(super) fn detail(&mut self, detail: impl Into<String>) -> &mut Self {
        self.detail = detail.into();
        self
    }

    /// Writes another text than the label.
    pub(super) fn text(&mut self, text: impl Into<String>) -> &mut Self {
        self.text = text.into();
        self
    }

    /// Writes this where places to fill in are possible.
    pub(super) fn snippet(&mut self, snippet: impl Into<String>) -> &mut Self {
        self.snippet = Some(snippet.into());
        self
    }

    /// Says where its documentation is.
    pub(super) const fn topic(&mut self, topic: Topic) -> &mut Self {
        self.topic = Some(topic);
        self
    }
}

/// A text for a snippet: what means something there is escaped.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if matches!(char, '\\' | '$' | '}') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}
