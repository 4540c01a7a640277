//! Writing a suppression comment: `# layerwise ignore=CODE` above the instruction of a finding.

use syntax::{Document, TextEdit, TextRange};

use super::{Dialect, Suppressions};
use crate::rule::Finding;

/// The change that suppresses a finding: a comment above its instruction or, where one of ours stands there and gives no reason, the
/// code added to it. Nothing for a finding that is in no instruction: no comment speaks for it.
#[must_use]
pub fn comment_for(finding: &Finding, document: &Document) -> Option<TextEdit> {
    let range = document.instruction_at(finding.range.start)?.range();
    let suppressions = Suppressions::new(document);
    let ours = suppressions.next.iter().filter(|(place, suppression)| {
        *place == range && suppression.dialect == Dialect::Layerwise && suppression.reason.is_empty()
    });
    let last_code = ours.filter_map(|(_, suppression)| suppression.codes.last()).next_back();
    if let Some(code) = last_code {
        let new_text = format!(",{}", finding.code);
        return Some(TextEdit { range: TextRange::empty(code.range.end), new_text });
    }
    let line = document.buildkit_line_range(document.buildkit_line(range.start));
    let before = document.slice(TextRange::new(line.start, range.start));
    // A byte order mark stands before everything, and is no indentation.
    let mark = if before.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let indentation = &before[mark..];
    let text = document.text();
    let line_end = match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    };
    let start = line.start + u32::try_from(mark).unwrap_or_default();
    let new_text = format!("{indentation}# layerwise ignore={}{line_end}", finding.code);
    Some(TextEdit { range: TextRange::empty(start), new_text })
}

#[cfg(test)]
mod tests {
    use semantic::Facts;

    use super::*;
    use crate::Settings;
    use crate::catalogue::REGISTRY;
    use crate::tests::findings_of;

    fn found(text: &str, settings: &Settings) -> Vec<Finding> {
        findings_of(text, &Facts::default(), settings)
    }

    /// The text after suppressing its first finding.
    fn suppressed(text: &str) -> String {
        let finding = found(text, &Settings::default()).into_iter().next().expect("a finding");
        let edit = comment_for(&finding, &Document::new(text)).expect("a comment");
        rewrites::apply(text, &[edit])
    }

    #[test]
    fn the_comment_stands_above_with_the_same_indentation_and_line_ends() {
        let code = "legacy-key-value-format";
        for (text, expected) in [
            ("FROM a\nENV A b\n", format!("FROM a\n# layerwise ignore={code}\nENV A b\n")),
            ("FROM a\r\n\tENV A b", format!("FROM a\r\n\t# layerwise ignore={code}\r\n\tENV A b")),
            (
                "\u{feff}ENV A b\nFROM a\n",
                "\u{feff}# layerwise ignore=syntax-problem\nENV A b\nFROM a\n".to_owned(),
            ),
            (
                "FROM a\nLABEL x=1\n  ENV A \\\n  # ü\n  é\n",
                format!("FROM a\nLABEL x=1\n  # layerwise ignore={code}\n  ENV A \\\n  # ü\n  é\n"),
            ),
        ] {
            assert_eq!(suppressed(text), expected);
        }
    }

    #[test]
    fn a_comment_of_ours_gets_the_code_unless_its_reason_speaks_for_another() {
        let text = "FROM a\n# layerwise ignore=relative-workdir\nENV A b\n";
        let after = "FROM a\n# layerwise ignore=relative-workdir,legacy-key-value-format\nENV A b\n";
        let settings = Settings { ignore: vec!["unused-suppression".to_owned()], ..Settings::default() };
        let finding = found(text, &settings).remove(0);
        let edit = comment_for(&finding, &Document::new(text)).unwrap();
        assert_eq!(rewrites::apply(text, &[edit]), after);
        let text = text.replace("workdir\n", "workdir reason: x\n");
        let edit = comment_for(&found(&text, &settings)[0], &Document::new(&text)).unwrap();
        assert_eq!(edit.new_text, "# layerwise ignore=legacy-key-value-format\n");
    }

    #[test]
    fn what_is_suppressed_is_gone_and_nothing_new_comes() {
        let settings = Settings { select: vec!["all".to_owned()], ..Settings::default() };
        // The rule against such comments finds the new one.
        let settings = Settings { ignore: vec!["findings-suppressed".to_owned()], ..settings };
        for rule in REGISTRY {
            for text in rule.page.split("```dockerfile\n").skip(1) {
                let text = text.split("```").next().unwrap();
                let before = found(text, &settings);
                for finding in &before {
                    let Some(edit) = comment_for(finding, &Document::new(text)) else { continue };
                    let after = rewrites::apply(text, &[edit]);
                    let left = found(&after, &settings);
                    let of = |findings: &[Finding], code: &str| {
                        findings.iter().filter(|finding| finding.code == code).count()
                    };
                    assert!(of(&left, finding.code) < of(&before, finding.code), "{}\n{after}", finding.code);
                    for other in &left {
                        assert!(of(&left, other.code) <= of(&before, other.code), "{}\n{after}", other.code);
                    }
                }
            }
        }
    }
}
