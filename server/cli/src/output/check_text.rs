//! `check` for people: each finding with its lines, and a closing count.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use rewrites::Applicability;
use rules::{Finding, Severity};

use crate::output::checked::Checked;

/// How many bytes of a finding's range are underlined: a finding on a whole file must not print it.
const UNDERLINED: usize = 400;

/// The whole answer, less what could not be read: that is told on stderr.
pub(crate) fn report(files: &[Checked]) -> String {
    let mut text = String::new();
    for file in files {
        if let Checked::Findings { path, document, findings, .. } = file {
            let source = document.text();
            findings.iter().for_each(|finding| text += &describe(path, &source, finding));
        }
    }
    text + &summary(files)
}

/// One finding with its lines.
pub(crate) fn describe(path: &str, source: &str, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
        Severity::Hint => Level::HELP.with_name("hint"),
    };
    let span = underlined(source, finding.range.start as usize, finding.range.end as usize);
    let snippet = Snippet::source(source)
        .line_start(1)
        .path(path)
        .fold(true)
        .annotation(AnnotationKind::Primary.span(span));
    let mut group = level.primary_title(&finding.message).id(finding.code).element(snippet);
    for fix in &finding.fixes {
        let note = match &fix.applicability {
            Applicability::Safe => format!("fix: {}", fix.title),
            Applicability::Unsafe { check } => format!("fix, to be looked at: {} ({check})", fix.title),
        };
        group = group.element(Level::HELP.no_name().message(note));
    }
    format!("{}\n\n", Renderer::styled().render(&[group]))
}

/// The part of a range that is underlined: its first line where it is long.
fn underlined(source: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    let start = start.min(source.len());
    let end = end.clamp(start, source.len());
    let shown = if end - start <= UNDERLINED {
        end
    } else {
        source[start..].find('\n').map_or(end, |length| start + length)
    };
    let trimmed = source.get(start..shown).map_or(shown, |text| start + text.trim_end().len());
    start..trimmed.max(start)
}

fn summary(files: &[Checked]) -> String {
    let findings = || {
        files.iter().flat_map(|file| match file {
            Checked::Findings { findings, .. } => findings.as_slice(),
            Checked::Unreadable { .. } => &[],
        })
    };
    let count = |severity| findings().filter(|finding| finding.severity == severity).count();
    let counts = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Info, "info"),
        (Severity::Hint, "hint"),
    ];
    let parts: Vec<_> = counts
        .into_iter()
        .map(|(severity, name)| (count(severity), name))
        .filter(|(count, _)| *count > 0)
        .collect();
    let read = files.iter().filter(|file| matches!(file, Checked::Findings { .. })).count();
    let checked = plural(read, "file");
    if parts.is_empty() {
        return format!("{checked} checked, nothing found\n");
    }
    let parts: Vec<_> = parts.into_iter().map(|(count, name)| plural(count, name)).collect();
    format!("{checked} checked: {}\n", parts.join(", "))
}

fn plural(count: usize, name: &str) -> String {
    match (count, name) {
        (1, _) | (_, "info") => format!("{count} {name}"),
        _ => format!("{count} {name}s"),
    }
}

#[cfg(test)]
mod tests {
    use ide::settings::FailOn;

    use syntax::Document;

    use super::*;

    #[test]
    fn long_ranges_are_underlined_on_their_first_line_alone() {
        let source = format!("RUN a \\\n{}", "x".repeat(1000));
        assert_eq!(underlined(&source, 0, source.len()), 0..7);
        assert_eq!(underlined("RUN a  \n", 0, 8), 0..5);
        assert_eq!(underlined("", 5, 9), 0..0);
    }

    #[test]
    fn an_empty_answer_says_so() {
        let files = [Checked::Findings {
            path: "Dockerfile".to_owned(),
            document: Document::new("FROM x"),
            findings: Vec::new(),
            suppressed: Vec::new(),
            fail_on: FailOn::Never,
        }];
        assert_eq!(report(&files), "1 file checked, nothing found\n");
    }
}
