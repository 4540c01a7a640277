//! PHP and PHPUnit.

use crate::problems::tool::{Innermost, Rule, Tool};

pub(crate) const PHP: Tool = Tool {
    name: "php",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::tells("PHP Parse error:  {message} in {path} on line {line}"),
        Rule::tells("PHP Fatal error:  {message} in {path} on line {line}"),
        Rule::tells("PHP Fatal error:  {message} in {path}:{line}"),
        Rule::tells("PHP Warning:  {message} in {path} on line {line}").warns(),
        Rule::tells("Parse error: {message} in {path} on line {line}"),
        Rule::tells("Fatal error: {message} in {path} on line {line}"),
        Rule::tells("Fatal error: {message} in {path}:{line}"),
    ],
};

pub(crate) const PHPUNIT: Tool = Tool {
    name: "phpunit",
    innermost: Innermost::First,
    patience: 20,
    rules: &[
        Rule::places("{absolute}:{line}").of(&[".php", ".phpt"]),
        Rule::begins("{column}) {title}"),
        Rule::ends("FAILURES!"),
        Rule::ends("ERRORS!"),
        Rule::says("{message}"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn errors_end_with_their_place() {
        check(
            r#"
PHP Parse error:  syntax error, unexpected token ";", expecting "]" in /srv/app/src/a b.php on line 3
Parse error: syntax error, unexpected token ";", expecting "]" in /srv/app/src/a b.php on line 3
PHP Fatal error:  Uncaught TypeError: größe in /srv/app/index.php:7
Stack trace:
#0 {main}
  thrown in /srv/app/index.php on line 7
PHP Warning:  Undefined variable $x in /srv/app/index.php on line 2
"#,
            expect![[r#"
                /srv/app/src/a b.php:3
                  error (php): syntax error, unexpected token ";", expecting "]"
                /srv/app/index.php:7
                  error (php): Uncaught TypeError: größe
                /srv/app/index.php:2
                  warning (php): Undefined variable $x
            "#]],
        );
    }

    #[test]
    fn a_failed_test_ends_with_its_place() {
        check(
            r#"
There was 1 failure:

1) Tests\SumTest::testAdds
Failed asserting that 4 is identical to 3.

/srv/app/tests/SumTest.php:12

FAILURES!
Tests: 2, Assertions: 2, Failures: 1.
"#,
            expect![[r#"
                /srv/app/tests/SumTest.php:12
                  error (phpunit): Tests\SumTest::testAdds: Failed asserting that 4 is identical to 3.
            "#]],
        );
    }

    #[test]
    fn lists_and_notices_are_nothing() {
        is_silent(
            r#"
1) first
Do this.
2) second
FAILURES!
/srv/app/tests/SumTest.php:12
PHP Notice:  x in /srv/app/index.php on line 2
"#,
        );
    }
}
