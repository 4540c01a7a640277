//! The instruction keywords.

use std::fmt;

macro_rules! keywords {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// An instruction's keyword, whatever its case in the file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Keyword {
            $(#[doc = concat!("`", $text, "`")] $name,)*
            /// A word that is no instruction.
            Unknown,
        }

        impl Keyword {
            /// Every known keyword.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The upper-case spelling; empty for an unknown word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Unknown => "",
                }
            }
        }
    };
}

keywords! {
    Add = "ADD", Arg = "ARG", Cmd = "CMD", Copy = "COPY", Entrypoint = "ENTRYPOINT", Env = "ENV", Expose = "EXPOSE",
    From = "FROM", Healthcheck = "HEALTHCHECK", Label = "LABEL", Maintainer = "MAINTAINER", Onbuild = "ONBUILD",
    Run = "RUN", Shell = "SHELL", Stopsignal = "STOPSIGNAL", User = "USER", Volume = "VOLUME", Workdir = "WORKDIR",
}

impl Keyword {
    /// The keyword that a word spells, in any case.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL
            .iter()
            .copied()
            .find(|keyword| keyword.as_str().eq_ignore_ascii_case(word))
            .unwrap_or(Self::Unknown)
    }
}

/// The case that a word is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordCase {
    /// No letter is lower case.
    Upper,
    /// No letter is upper case.
    Lower,
    /// Some are and some are not.
    Mixed,
}

impl WordCase {
    pub(crate) fn of(word: &str) -> Self {
        if !word.bytes().any(|byte| byte.is_ascii_lowercase()) {
            Self::Upper
        } else if !word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Self::Lower
        } else {
            Self::Mixed
        }
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
