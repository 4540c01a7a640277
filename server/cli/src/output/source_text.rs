//! What the tools in a failed step said, for people: a line a problem, as compilers write it, so that terminals and editors find the place.

use std::path::Path;

use workspace::source_errors::LocatedProblem;

/// More are in the log, and cured one after the other anyway.
const MOST_SHOWN: usize = 20;

/// The problems that are on the user's own lines, with paths from the working directory; what is on the step alone its log says. A gap
/// follows where there are any.
pub(crate) fn text(located: &[LocatedProblem]) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    text_from(&here, located)
}

fn text_from(here: &Path, located: &[LocatedProblem]) -> String {
    let own: Vec<&LocatedProblem> = located.iter().filter(|located| located.is_exact).collect();
    let mut text: String = own.iter().take(MOST_SHOWN).map(|located| one(here, located)).collect();
    match own.len().saturating_sub(MOST_SHOWN) {
        0 => {}
        more => text += &format!("… and {more} more\n"),
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn one(here: &Path, located: &LocatedProblem) -> String {
    let LocatedProblem { file, line, column, severity, message, source, .. } = located;
    let file = file.strip_prefix(here).unwrap_or(file).display();
    let column = column.map(|column| format!(":{column}")).unwrap_or_default();
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    let rest: String = lines.map(|line| format!("    {line}\n")).collect();
    format!("{file}:{line}{column}: {}: {first} ({source})\n{rest}", severity.as_str())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use inner_loop::problems::Severity;

    use super::*;

    fn problem(file: &str, column: Option<u32>, message: &str) -> LocatedProblem {
        LocatedProblem {
            file: PathBuf::from(file),
            shown: None,
            line: 3,
            column,
            severity: Severity::Error,
            message: message.to_owned(),
            source: "rustc",
            dockerfile_line: 9,
            text: None,
            is_exact: true,
        }
    }

    #[test]
    fn places_come_first_as_compilers_write_them() {
        let here = Path::new("/home/größe");
        let located = [
            problem("/home/größe/src/main.rs", Some(5), "E0308: mismatched types\nexpected `i32`"),
            problem("/elsewhere/b.py", None, "ValueError"),
            LocatedProblem { is_exact: false, ..problem("/home/größe/Dockerfile", None, "in the log") },
        ];
        assert_eq!(
            text_from(here, &located),
            "src/main.rs:3:5: error: E0308: mismatched types (rustc)\n    expected `i32`\n/elsewhere/b.py:3: error: ValueError (rustc)\n\n"
        );
        assert_eq!(text_from(here, &located[2..]), "");
    }

    #[test]
    fn many_are_counted() {
        let many = vec![problem("/a", None, "x"); 25];
        assert!(text_from(Path::new("/"), &many).ends_with("… and 5 more\n\n"));
    }
}
