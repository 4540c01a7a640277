//! mypy and pyright, ruff and flake8.

use crate::problems::tool::{Innermost, Rule, Tool};

const SOURCES: &[&str] = &[".py", ".pyi", ".ipynb"];

pub(crate) const MYPY: Tool = Tool {
    name: "mypy",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::tells("{file}:{line}:{column}: {severity}: {message}").of(SOURCES),
        Rule::tells("{file}:{line}: {severity}: {message}").of(SOURCES),
        // pyright
        Rule::tells("  {absolute}:{line}:{column} - {severity}: {message}").of(SOURCES),
    ],
};

pub(crate) const RUFF: Tool = Tool {
    name: "ruff",
    innermost: Innermost::First,
    patience: 0,
    rules: &[Rule::tells("{file}:{line}:{column}: {code}{ }{message}").of(SOURCES)],
};

/// Its format since 0.12, which is rustc's.
pub(crate) const RUFF_IN_BLOCKS: Tool = Tool {
    name: "ruff",
    innermost: Innermost::First,
    patience: 1,
    rules: &[
        Rule::places("{ }--> {file}:{line}:{column}").of(SOURCES),
        Rule::quotes("{line} | {message}"),
        Rule::ends(""),
        Rule::begins("{code} {message}"),
        Rule::begins("invalid-syntax: {message}"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn mypy() {
        check(
            r#"
lint.py:5: error: Incompatible return value type (got "int", expected "str")  [return-value]
Found 1 error in 1 file (checked 1 source file)
lint.py:5: error: Incompatible return value type (got "int", expected "str") 
[return-value]
        return x
               ^
Found 1 error in 1 file (checked 1 source file)

src/größe.py:5:12: error: Name "x" is not defined  [name-defined]
src/größe.py:5: note: Revealed type is "int"
  /srv/py/lint.py:5:12 - error: Type "int" is not assignable to return type "str" (reportReturnType)
"#,
            expect![[r#"
                lint.py:5
                  error (mypy): Incompatible return value type (got "int", expected "str") [return-value]
                src/größe.py:5:12
                  error (mypy): Name "x" is not defined [name-defined]
                /srv/py/lint.py:5:12
                  error (mypy): Type "int" is not assignable to return type "str" (reportReturnType)
            "#]],
        );
    }

    #[test]
    fn ruff_in_both_formats_and_flake8() {
        check(
            r#"
=== ruff
F401 [*] `os` imported but unused
 --> lint.py:1:8
  |
1 | import os
  |        ^^
help: Remove unused import: `os`
  |
  - import os
1 |
  |

Found 1 error.
[*] 1 fixable with `--fix`.
lint.py:1:8: F401 [*] `os` imported but unused
Found 1 error.
[*] 1 fixable with `--fix`.
invalid-syntax: Expected a parameter or the end of the parameter list
 --> bad.py:1:7
  |
1 | def f(:
  |       ^
2 |     pass
  |

invalid-syntax: Expected `)`, found newline
 --> bad.py:1:8
  |
1 | def f(:
  |        ^
2 |     pass
  |

Found 2 errors.
=== flake8
lint.py:1:1: F401 'os' imported but unused
"#,
            expect![[r#"
                lint.py:1:8  `import os`
                  error (ruff): F401: [*] `os` imported but unused
                bad.py:1:7  `def f(:`
                  error (ruff): Expected a parameter or the end of the parameter list
                bad.py:1:8  `def f(:`
                  error (ruff): Expected `)`, found newline
                lint.py:1:1
                  error (ruff): F401: 'os' imported but unused
            "#]],
        );
    }

    #[test]
    fn summaries_are_nothing() {
        is_silent(
            r#"
Found 1 error in 1 file (checked 1 source file)
All checks passed!
F401 is off
W503 line break
lint.py:1:8
1 file would be reformatted
  --> lint.py:1:8
"#,
        );
    }
}
