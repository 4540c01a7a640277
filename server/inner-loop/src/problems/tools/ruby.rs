//! Ruby and RSpec.

use crate::problems::tool::{Innermost, Rule, Tool};

const SOURCES: &[&str] = &[".rb", ".ru", ".rake", "Rakefile", "Gemfile", ".gemspec"];

pub(crate) const RUBY: Tool = Tool {
    name: "ruby",
    innermost: Innermost::First,
    patience: 2,
    rules: &[
        Rule::places("\tfrom {file}:{line}:in {_}").of(SOURCES),
        Rule::begins("{file}:{line}:in {_}': {message}").of(SOURCES),
        Rule::tells("{file}:{line}: syntax error, {message}").of(SOURCES).saying("syntax error, "),
        Rule::tells("{file}:{line}:{column}: {_}: {message}").of(SOURCES),
    ],
};

pub(crate) const RSPEC: Tool = Tool {
    name: "rspec",
    innermost: Innermost::First,
    patience: 10,
    rules: &[
        Rule::places("     # {file}:{line}:in {_}").of(SOURCES),
        Rule::says("     Failure/Error: {message}"),
        Rule::adds("       {message}"),
        Rule::begins("  {column}) {title}"),
        Rule::ends("Finished in {_}"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn exceptions_begin_with_the_innermost_place() {
        check(
            r#"
lib/deep.rb:2:in `deep': größe (ArgumentError)
	from main.rb:3:in `<main>'
main.rb:4:in 'Integer#/': divided by 0 (ZeroDivisionError)
	from main.rb:4:in '<main>'
"#,
            expect![[r#"
                lib/deep.rb:2
                  error (ruby): größe (ArgumentError)
                  from main.rb:3
                main.rb:4
                  error (ruby): divided by 0 (ZeroDivisionError)
                  from main.rb:4
            "#]],
        );
    }

    #[test]
    fn files_that_cannot_be_read() {
        check(
            r#"
main.rb:3: syntax error, unexpected end-of-input
lib/x.rb:7:3: C: Style/StringLiterals: Prefer single-quoted strings.
"#,
            expect![[r#"
                main.rb:3
                  error (ruby): syntax error, unexpected end-of-input
                lib/x.rb:7:3
                  error (ruby): Style/StringLiterals: Prefer single-quoted strings.
            "#]],
        );
    }

    #[test]
    fn examples_that_fail_end_with_their_place() {
        check(
            r#"
Failures:

  1) Sum adds
     Failure/Error: expect(sum(1, 2)).to eq(3)

       expected: 3
            got: 4

       (compared using ==)
     # ./spec/sum_spec.rb:5:in `block (2 levels) in <top (required)>'

Finished in 0.01 seconds (files took 0.1 seconds to load)
"#,
            expect![[r#"
                ./spec/sum_spec.rb:5
                  error (rspec): Sum adds: expect(sum(1, 2)).to eq(3)
                    expected: 3
                    got: 4
                    (compared using ==)
            "#]],
        );
    }

    #[test]
    fn warnings_of_the_interpreter_and_lists_are_nothing() {
        is_silent(
            r#"
main.rb:3: warning: assigned but unused variable - x
  1) first
     # ./spec/sum_spec.rb
Finished in 0.01 seconds
from main.rb:3:in `<main>'
"#,
        );
    }
}
