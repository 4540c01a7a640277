//! Python: exceptions that nobody caught, the innermost place last, and files that cannot be read at all.
//!
//! Source: `Lib/traceback.py`.

use crate::problems::tool::{Innermost, Rule, Tool};

pub(crate) const PYTHON: Tool = Tool {
    name: "python",
    innermost: Innermost::Last,
    patience: 3,
    rules: &[
        Rule::places("  File \"{path}\", line {line}, in {_}"),
        Rule::places("  File \"{path}\", line {line}"),
        Rule::marks("{ }^{_}"),
        Rule::marks("{ }~{_}"),
        Rule::quotes("    {message}"),
        Rule::ends("{error}"),
        Rule::begins("Traceback (most recent call last):"),
        // A file that is not valid has no traceback, for nothing was run.
        Rule::begins("  File \"{path}\", line {line}"),
        Rule::begins("Sorry: {_}: {message} ({file}, line {line})"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn exceptions_and_files_that_cannot_be_read() {
        check(
            r#"
Traceback (most recent call last):
  File "/srv/py/main.py", line 3, in <module>
    deep.fail(0)
  File "/srv/py/lib/deep.py", line 2, in fail
    return 1 / x
           ~~^~~
ZeroDivisionError: division by zero
  File "/srv/py/bad.py", line 1
    def f(:
          ^
SyntaxError: invalid syntax
*** Error compiling './bad.py'...
  File "./bad.py", line 1
    def f(:
          ^
SyntaxError: invalid syntax

*** Error compiling './tests/test_w.py'...
  File "./tests/test_w.py", line 1
    def test_bad(:
                 ^
SyntaxError: invalid syntax
"#,
            expect![[r#"
                /srv/py/lib/deep.py:2  `return 1 / x`
                  error (python): ZeroDivisionError: division by zero
                  from /srv/py/main.py:3  `deep.fail(0)`
                /srv/py/bad.py:1  `def f(:`
                  error (python): SyntaxError: invalid syntax
                ./bad.py:1  `def f(:`
                  error (python): SyntaxError: invalid syntax
                ./tests/test_w.py:1  `def test_bad(:`
                  error (python): SyntaxError: invalid syntax
            "#]],
        );
    }

    #[test]
    fn one_exception_while_another_is_handled() {
        check(
            r#"
Traceback (most recent call last):
  File "/srv/py/a b.py", line 2, in <module>
    {}["größe"]
    ~~^^^^^^^^^
KeyError: 'größe'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/py/a b.py", line 4, in <module>
    raise app.errors.Missing("größe") from None
  File "<frozen runpy>", line 88, in _run_code
app.errors.Missing: größe
"#,
            expect![[r#"
                /srv/py/a b.py:2  `{}["größe"]`
                  error (python): KeyError: 'größe'
                <frozen runpy>:88
                  error (python): app.errors.Missing: größe
                  from /srv/py/a b.py:4  `raise app.errors.Missing("größe") from None`
            "#]],
        );
    }

    #[test]
    fn a_traceback_that_breaks_off_is_nothing() {
        is_silent(
            r#"
Traceback (most recent call last):
  File "/srv/py/main.py", line 3, in <module>
done with it
and more
and more
and more
ValueError: x
WARNING: File "/srv/py/main.py", line 3 is odd
"#,
        );
    }
}
