//! dotnet build and test.

use crate::problems::tool::{Innermost, Rule, Tool};

const SOURCES: &[&str] =
    &[".cs", ".vb", ".fs", ".csproj", ".fsproj", ".vbproj", ".props", ".targets", ".razor", ".cshtml"];

pub(crate) const COMPILER: Tool = Tool {
    name: "dotnet",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::tells("{file}({line},{column}): {severity} {code}: {message} [{_}]").of(SOURCES),
        Rule::tells("{file}({line},{column}): {severity} {code}: {message}").of(SOURCES),
    ],
};

pub(crate) const TEST: Tool = Tool {
    name: "dotnet test",
    innermost: Innermost::First,
    patience: 20,
    rules: &[
        Rule::places("{ }at {_} in {path}:line {line}").of(SOURCES),
        Rule::begins("  Failed {title} [{_}]"),
        Rule::drops("  Passed {_}"),
        Rule::says("   {message}"),
        Rule::adds("Expected: {_}"),
        Rule::adds("Actual: {_}"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn compilers_name_the_project_behind_the_message() {
        check(
            r#"
  Determining projects to restore...
/srv/app/Program.cs(3,5): error CS1002: ; expected [/srv/app/app.csproj]
/srv/app/Pages/Größe.cshtml(7,12): warning CS8602: Dereference of a possibly null reference. [/srv/app/app.csproj]

Build FAILED.

/srv/app/Program.cs(3,5): error CS1002: ; expected [/srv/app/app.csproj]
    1 Warning(s)
    1 Error(s)
"#,
            expect![[r#"
                /srv/app/Program.cs:3:5
                  error (dotnet): CS1002: ; expected
                /srv/app/Pages/Größe.cshtml:7:12
                  warning (dotnet): CS8602: Dereference of a possibly null reference.
            "#]],
        );
    }

    #[test]
    fn a_test_that_fails_is_where_its_stack_is() {
        check(
            r#"
  Passed App.Tests.Fine [2 ms]
  Failed App.Tests.Adds [5 ms]
  Error Message:
   Assert.Equal() Failure: Values differ
Expected: 3
Actual:   4
  Stack Trace:
     at App.Tests.Adds() in /srv/app/Tests/SumTests.cs:line 12
   at System.RuntimeMethodHandle.InvokeMethod(Object target)
"#,
            expect![[r#"
                /srv/app/Tests/SumTests.cs:12
                  error (dotnet test): App.Tests.Adds: Assert.Equal() Failure: Values differ
                    Expected: 3
                    Actual:   4
            "#]],
        );
    }

    #[test]
    fn summaries_and_passed_tests_are_nothing() {
        is_silent(
            r#"
  Passed App.Tests.Fine [2 ms]
   at App.Tests.Adds() in /srv/app/Tests/SumTests.cs:line 12
error MSB1003: Specify a project or solution file.
    0 Error(s)
"#,
        );
    }
}
