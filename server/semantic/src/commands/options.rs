//! A command's words told apart: flags, their values, operands.
//!
//! Which flags take a value differs from program to program, so each caller says which do.

use syntax::shell::ShellWord;

use super::literal;

/// The words after a program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options<'a> {
    /// The flags, in order.
    pub flags: Vec<Flag<'a>>,
    /// All other words, in order.
    pub operands: Vec<&'a ShellWord>,
}

/// A flag such as `-y`, `-rf`, `--target=x`, `-o file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag<'a> {
    /// The word.
    pub word: &'a ShellWord,
    /// With its dashes, without its value.
    pub name: &'a str,
    /// Its value: after `=`, attached to a short flag, or the next word.
    pub value: Option<&'a str>,
    /// The next word, where that is its value.
    pub value_word: Option<&'a ShellWord>,
}

impl<'a> Options<'a> {
    /// Tells the words apart; the flags in `with_value` take the next word where no value is attached.
    #[must_use]
    pub fn read(words: &'a [ShellWord], with_value: &[&'static str]) -> Self {
        Self::read_by(words, with_value, |text| {
            text.split_at_checked(2).filter(|(_, value)| !value.is_empty())
        })
    }

    /// The same where several short flags may stand in one word, the last one with a value: `-fsSLo file`, `-qO-`, `-xzf a.tgz`.
    #[must_use]
    pub fn read_clustered(words: &'a [ShellWord], with_value: &[&'static str]) -> Self {
        Self::read_by(words, with_value, |text| {
            let mut letters = text.char_indices().skip(1);
            let (offset, letter) = letters.find(|(_, letter)| short(*letter, with_value).is_some())?;
            text.split_at_checked(offset + letter.len_utf8())
        })
    }

    /// `split` parts a word of short flags after the one with the value.
    fn read_by(
        words: &'a [ShellWord],
        with_value: &[&'static str],
        split: impl Fn(&'a str) -> Option<(&'a str, &'a str)>,
    ) -> Self {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = literal(word);
            if text == "--" {
                options.operands.extend(words);
                break;
            }
            if !text.starts_with('-') || text == "-" {
                options.operands.push(word);
                continue;
            }
            if with_value.contains(&text) {
                let next = words.next();
                options.flags.push(Flag { word, name: text, value: next.map(literal), value_word: next });
                continue;
            }
            let parted = if text.starts_with("--") { None } else { split(text) };
            let known = parted.and_then(|(names, value)| {
                Some((names, short(names.chars().next_back()?, with_value)?, value))
            });
            if let Some((names, name, value)) = known {
                let before = &names[..names.len() - name.len() + 1];
                if before.len() > 1 {
                    options.flags.push(Flag { word, name: before, value: None, value_word: None });
                }
                let next = if value.is_empty() { words.next() } else { None };
                let value = next.map(literal).or(Some(value).filter(|value| !value.is_empty()));
                options.flags.push(Flag { word, name, value, value_word: next });
                continue;
            }
            let (name, value) =
                text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            options.flags.push(Flag { word, name, value, value_word: None });
        }
        options
    }

    /// Whether one of these flags is given; `-y` is also found in `-qy`.
    #[must_use]
    pub fn has(&self, names: &[&str]) -> bool {
        self.flags.iter().any(|flag| names.iter().any(|name| flag.is(name)))
    }

    /// The values of these flags, in order.
    pub fn values(&self, names: &[&str]) -> impl Iterator<Item = &'a str> {
        self.flags.iter().filter(|flag| names.contains(&flag.name)).filter_map(|flag| flag.value)
    }

    /// The last value of these flags.
    #[must_use]
    pub fn value(&self, names: &[&str]) -> Option<&'a str> {
        self.values(names).last()
    }
}

impl Flag<'_> {
    /// Whether it is this flag, or a cluster of short ones with it.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        if self.name == name {
            return true;
        }
        let Some(letter) = name.strip_prefix('-').filter(|rest| rest.len() == 1) else { return false };
        let Some(cluster) = self.name.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else {
            return false;
        };
        self.value.is_none() && cluster.len() <= 4 && cluster.contains(letter)
    }
}

/// The short flag with this letter, if it takes a value.
fn short(letter: char, with_value: &[&'static str]) -> Option<&'static str> {
    with_value
        .iter()
        .copied()
        .find(|flag| flag.strip_prefix('-').is_some_and(|rest| rest.chars().eq([letter])))
}
