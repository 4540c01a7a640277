//! How the author writes: case of keywords, line ends. What a rewrite adds continues it.

use syntax::Keyword;

use crate::offer::Input;

/// How the author writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    lower: bool,
    /// The line end in use.
    pub(crate) newline: &'static str,
}

impl Style {
    /// The style of a file: that of its first FROM and its first line end.
    pub(crate) fn of(input: &Input<'_>) -> Self {
        let model = input.model;
        let first = model.stages.first().map(|stage| &stage.from);
        let lower = first.is_some_and(|from| {
            from.keyword_range.of(&from.source).starts_with(|letter: char| letter.is_ascii_lowercase())
        });
        let text = model.document.text();
        let newline = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        Self { lower, newline }
    }

    /// A keyword in the author's case.
    pub(crate) fn keyword(self, keyword: Keyword) -> String {
        self.word(keyword.as_str())
    }

    /// Another word of the language, such as `AS`, in the author's case.
    pub(crate) fn word(self, word: &str) -> String {
        if self.lower { word.to_lowercase() } else { word.to_uppercase() }
    }
}
