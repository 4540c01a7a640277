//! The stages above an instruction, as far as colours ask: their names, and whether a POSIX shell is in force.
//!
//! It is read anew for every answer, in one walk over the instructions, and knows less than a model for that.

use std::collections::HashMap;

use semantic::stage::is_posix_shell;
use syntax::{Instruction, Keyword};

/// What is known where an instruction stands.
#[derive(Debug)]
pub(super) struct Stages {
    /// By lower-case name, of those that have ended: their number.
    by_name: HashMap<String, usize>,
    /// Of those that have ended, whether their shell is a POSIX one at the end.
    shells: Vec<bool>,
    current: Option<Option<String>>,
    posix: bool,
}

impl Default for Stages {
    fn default() -> Self {
        Self { by_name: HashMap::new(), shells: Vec::new(), current: None, posix: true }
    }
}

impl Stages {
    /// Goes on to the next instruction.
    pub(super) fn enter(&mut self, instruction: &Instruction) {
        match instruction.keyword {
            Keyword::From => self.begin(instruction),
            Keyword::Shell => {
                let words: Vec<String> =
                    instruction.arguments.words.iter().map(|word| word.text.clone()).collect();
                self.posix = is_posix_shell(Some(&words));
            }
            _ => {}
        }
    }

    fn begin(&mut self, from: &Instruction) {
        if let Some(name) = self.current.take() {
            if let Some(name) = name {
                self.by_name.insert(name, self.shells.len());
            }
            self.shells.push(self.posix);
        }
        let words = &from.arguments.words;
        let base = words.first().and_then(|base| self.by_name.get(&base.text.to_lowercase()));
        self.posix = base.and_then(|index| self.shells.get(*index)).copied().unwrap_or(true);
        let name = match words.as_slice() {
            [_, word, name] if word.text.eq_ignore_ascii_case("AS") => Some(name.text.to_lowercase()),
            _ => None,
        };
        self.current = Some(name);
    }

    /// Whether shell forms are run by a POSIX shell here.
    pub(super) fn has_posix_shell(&self) -> bool {
        self.posix
    }

    /// Whether an instruction of this kind means a stage by a word: one that has ended or, but for FROM, the stage itself.
    pub(super) fn has(&self, word: &str, keyword: Keyword) -> bool {
        let lower = word.to_lowercase();
        self.by_name.contains_key(&lower)
            || keyword != Keyword::From
                && (self.current.as_ref().is_some_and(|current| current.as_deref() == Some(lower.as_str()))
                    || word.parse::<usize>().is_ok_and(|number| number < self.shells.len()))
    }
}
