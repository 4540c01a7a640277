//! eslint: a file in a line of its own, then what is wrong in it.

use super::node::SOURCES;
use crate::problems::tool::{Innermost, Rule, Tool};

pub(crate) const ESLINT: Tool = Tool {
    name: "eslint",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::tells("{ }{line}:{column}{ }{severity}{ }{message}"),
        Rule::heads("{absolute}").of(SOURCES),
        Rule::tells("{file}: line {line}, col {column}, {severity} - {message}").of(SOURCES),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn a_file_and_what_is_wrong_in_it() {
        check(
            r#"
/srv/js/src/lint.js
  1:7  warning  'unused' is assigned a value but never used  no-unused-vars
  2:1  error    'grösse' is not defined                      no-undef

✖ 2 problems (1 error, 1 warning)


/srv/js/src/größe two.tsx
  12:5  error  Parsing error: Unexpected token

src/a.js: line 3, col 7, Error - 'x' is not defined. (no-undef)
"#,
            expect![[r#"
                /srv/js/src/lint.js:2:1
                  error (eslint): 'grösse' is not defined no-undef
                /srv/js/src/größe two.tsx:12:5
                  error (eslint): Parsing error: Unexpected token
                src/a.js:3:7
                  error (eslint): 'x' is not defined. (no-undef)
                /srv/js/src/lint.js:1:7
                  warning (eslint): 'unused' is assigned a value but never used no-unused-vars
            "#]],
        );
    }

    #[test]
    fn rows_without_a_file_are_nothing() {
        is_silent(
            r#"
/srv/js/src/lint.js

  1:7  warning  'unused' is assigned a value but never used  no-unused-vars
✖ 2 problems (1 error, 1 warning)
  10:30  error  at noon
"#,
        );
    }
}
