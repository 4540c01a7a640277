//! A tool's output as data: the shapes of its lines, and what each of them does to the problem at hand.

use super::Severity;

/// A tool.
#[derive(Debug)]
pub(super) struct Tool {
    /// Its name, as problems have it for their source.
    pub(super) name: &'static str,
    /// Which of several places is the innermost.
    pub(super) innermost: Innermost,
    /// After so many lines that are nothing to it a problem that has begun is over.
    pub(super) patience: usize,
    /// The shapes of its lines. The first that fits, and that has something to do, counts.
    pub(super) rules: &'static [Rule],
}

/// In which order a tool names the places of one problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Innermost {
    /// Where it happened, then who called.
    First,
    /// Who called first.
    Last,
}

/// What lines of one shape do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// A [template](super::template).
    pub(super) line: &'static str,
    pub(super) does: Does,
    /// How the names of its files end; any where there is none.
    pub(super) files: &'static [&'static str],
    /// Where the line itself does not say.
    pub(super) severity: Severity,
    /// What the message begins with, before what the line holds of it.
    pub(super) opening: &'static str,
}

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// Is a problem by itself.
    Tells,
    /// Begins a problem; one that has begun before is over.
    Begins,
    /// Adds a place.
    Places,
    /// Is the source text of the place in the line before, or in one that is nothing to the tool after it; where it begins with a number, only
    /// if that is the place's line.
    Quotes,
    /// The same as long as there is no message.
    Shows,
    /// Is the source text of the place in the line before, if the next line marks a place in it.
    Guesses,
    /// Marks a place in the source text of the line before, with `^` or else `~`.
    Marks,
    /// Is the source text of the next place.
    Previews,
    /// Does nothing but to name what failed, where it does.
    Keeps,
    /// Is the message, where there is none yet.
    Says,
    /// Is one more line of the message; all of the line where it holds none.
    Adds,
    /// Ends the problem, and may be its message.
    Ends,
    /// Takes back what has begun: it is none.
    Drops,
    /// Names the file of the lines that follow.
    Heads,
    /// Is a problem if the test that it belongs to fails.
    Holds,
    /// Says that a test runs from here on.
    Runs,
    /// Says that this test fails.
    Fails,
    /// Says that this test passes, or all do where it names none.
    Passes,
    /// Names the package whose tests have just run: their files are named without a folder.
    Packs,
    /// Names the folder that what follows is run in.
    Enters,
    /// Says that this is over.
    Leaves,
}

macro_rules! rules {
    ($($name:ident => $does:ident),*) => {
        impl Rule {
            $(pub(super) const fn $name(line: &'static str) -> Self {
                Self { line, does: Does::$does, files: &[], severity: Severity::Error, opening: "" }
            })*
        }
    };
}

rules! {
    tells => Tells, begins => Begins, places => Places, quotes => Quotes, shows => Shows, guesses => Guesses, marks => Marks, previews => Previews, keeps => Keeps, says => Says, adds => Adds, ends => Ends, drops => Drops,
    heads => Heads, holds => Holds, runs => Runs, fails => Fails, passes => Passes, packs => Packs, enters => Enters, leaves => Leaves
}

impl Rule {
    /// The same for files whose names end so; `/` is any path with a folder.
    pub(super) const fn of(self, files: &'static [&'static str]) -> Self {
        Self { files, ..self }
    }

    /// The same, where the message begins with this.
    pub(super) const fn saying(self, opening: &'static str) -> Self {
        Self { opening, ..self }
    }

    /// The same, and no more than a warning where the line does not say.
    pub(super) const fn warns(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    pub(super) fn takes(&self, file: &str) -> bool {
        let is_it = |end: &&str| if *end == "/" { file.contains('/') } else { file.ends_with(end) };
        self.files.is_empty() || self.files.iter().any(is_it)
    }
}

impl Does {
    /// Whether a line can do this with nothing before it.
    pub(super) const fn starts(self) -> bool {
        matches!(
            self,
            Self::Tells
                | Self::Begins
                | Self::Drops
                | Self::Heads
                | Self::Holds
                | Self::Runs
                | Self::Fails
                | Self::Passes
                | Self::Packs
                | Self::Enters
                | Self::Leaves
        )
    }
}
