//! The same for `.dockerignore` files: a file is mended round by round, and no round may leave a pattern that the builder refuses and
//! that was not there before.

use semantic::dockerignore::Dockerignore;

use super::{Outcome, ROUNDS, Round, Trust, select};
use crate::ignore::{IgnoreInput, check_ignore_file};
use crate::rule::Finding;
use crate::settings::Settings;

/// Applies fixes until there are none left that apply.
#[must_use]
pub fn all(input: IgnoreInput<'_>, settings: &Settings, trust: Trust) -> Outcome {
    let mut outcome = Outcome { text: input.text.to_owned(), fixed: Vec::new() };
    for _ in 0..ROUNDS {
        let now = IgnoreInput { text: &outcome.text, ..input };
        let round = round(now, check_ignore_file(now, settings), trust);
        if round.edits.is_empty() {
            break;
        }
        outcome.text = rewrites::apply(&outcome.text, &round.edits);
        outcome.fixed.extend(round.fixed);
    }
    outcome
}

/// The fixes of these findings that can be applied together.
#[must_use]
pub fn round(input: IgnoreInput<'_>, findings: Vec<Finding>, trust: Trust) -> Round {
    let refused = |text: &str| Dockerignore::parse(text).1.len();
    let before = refused(input.text);
    let line = |offset: u32| {
        let above = &input.text.as_bytes()[..offset as usize];
        u32::try_from(above.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
    };
    select(input.text, findings, trust, line, |edits| refused(&rewrites::apply(input.text, edits)) <= before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ignore::tests::context;

    fn check(text: &str, trust: Trust, expected: &str) {
        let context = context(&["größe/a.md", "b.md"]);
        let input = IgnoreInput { text, context: Some(&context), copies: &[] };
        let outcome = all(input, &Settings::default(), trust);
        assert_eq!(outcome.text, expected, "{:?}", outcome.fixed);
        let again = all(IgnoreInput { text: expected, ..input }, &Settings::default(), trust);
        assert_eq!((again.text.as_str(), again.fixed), (expected, Vec::new()), "fixing twice changes more");
    }

    #[test]
    fn what_says_nothing_goes_and_choices_stay() {
        let text = "\u{feff}# c\r\n!\r\ngröße\r\n*.md\r\ngröße\r\n[\r\nnowhere";
        check(text, Trust::Safe, "\u{feff}# c\r\ngröße\r\n*.md\r\n[\r\nnowhere");
        check(text, Trust::Unsafe, "\u{feff}# c\r\ngröße\r\n*.md\r\n");
    }

    #[test]
    fn what_is_fine_or_decides_about_something_stays() {
        for text in ["", "# !\n", "größe\n!größe/a.md\ngröße\n", "*.md\nb.md\n", "größe\r\n"] {
            check(text, Trust::Safe, text);
        }
    }
}
