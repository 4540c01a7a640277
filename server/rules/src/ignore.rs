//! Rules for `.dockerignore` files: one file a rule, as for all rules, and one more line in [`IGNORE_REGISTRY`].
//!
//! Their pages, codes, severities and settings are those of all rules; only what they look at is another file.

use rewrites::Input;
use semantic::Model;
use semantic::dockerignore::{Dockerignore, Effects, Pattern, Problem};
use semantic::facts::ContextFacts;
use syntax::{TextEdit, TextRange};

use crate::rule::{Finding, Findings, Rule};
use crate::rules::{
    ignore_pattern_only_at_root, ignore_pattern_refused, ignore_pattern_without_effect,
    ignore_pattern_without_match, ignored_file_is_copied,
};
use crate::settings::{Choice, Settings};

/// A rule for `.dockerignore` files.
#[derive(Debug)]
pub struct IgnoreRule {
    /// Its code, its page and the like.
    pub rule: &'static Rule,
    /// Finds it.
    pub check: fn(&IgnoreView<'_>, &mut Findings),
}

/// Every rule for `.dockerignore` files, by code.
pub const IGNORE_REGISTRY: &[&IgnoreRule] = &[
    &ignore_pattern_only_at_root::IGNORE_RULE,
    &ignore_pattern_refused::IGNORE_RULE,
    &ignore_pattern_without_effect::IGNORE_RULE,
    &ignore_pattern_without_match::IGNORE_RULE,
    &ignored_file_is_copied::IGNORE_RULE,
];

/// A `.dockerignore` file with what is known around it.
#[derive(Debug, Clone, Copy)]
pub struct IgnoreInput<'a> {
    /// Its text.
    pub text: &'a str,
    /// The build context that it is for; absent where it was not read.
    pub context: Option<&'a ContextFacts>,
    /// What Dockerfiles copy from that context.
    pub copies: &'a [CopiedPath],
}

/// A path that a Dockerfile copies from its build context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedPath {
    /// The Dockerfile, for messages.
    pub dockerfile: String,
    /// The line of the instruction, from 1.
    pub line: u32,
    /// The path from the context's root, cleaned.
    pub path: String,
}

impl CopiedPath {
    /// What a Dockerfile of this name copies from its build context, in order.
    #[must_use]
    pub fn all_of(dockerfile: &str, model: &Model) -> Vec<Self> {
        let instructions = model.stages.iter().flat_map(|stage| &stage.instructions);
        let mut copied = Vec::new();
        for item in instructions {
            let Some(copy) = item.as_copy() else { continue };
            let line = item.instruction.line + 1;
            let paths = copy.context_paths();
            copied.extend(paths.map(|path| Self { dockerfile: dockerfile.to_owned(), line, path }));
        }
        copied
    }
}

/// What the rules look at.
#[derive(Debug)]
pub struct IgnoreView<'a> {
    pub(crate) ignore: Dockerignore,
    pub(crate) problems: Vec<Problem>,
    /// What the patterns do; absent where the context is not known.
    pub(crate) effects: Option<Effects>,
    pub(crate) copies: &'a [CopiedPath],
    /// What lies in the context, where all of it is known.
    pub(crate) names: Vec<&'a str>,
    text: &'a str,
}

impl<'a> IgnoreView<'a> {
    fn new(input: IgnoreInput<'a>) -> Self {
        let (ignore, problems) = Dockerignore::parse(input.text);
        let effects = input.context.map(|context| ignore.effects(context));
        let files = input.context.into_iter().flat_map(|context| context.files.keys());
        let names = files.map(String::as_str).collect();
        Self { ignore, problems, effects, copies: input.copies, names, text: input.text }
    }

    /// The place of the pattern on a line, from 1: without the white space around it.
    pub(crate) fn place(&self, line: u32) -> TextRange {
        place_of_pattern(self.text, line)
    }

    /// The pattern on a line as it stands there.
    pub(crate) fn raw(&self, line: u32) -> &'a str {
        let place = self.place(line);
        &self.text[place.start as usize..place.end as usize]
    }

    /// Takes a line out, with its end.
    pub(crate) fn removal(&self, line: u32) -> TextEdit {
        TextEdit { range: whole_line(self.text, line), new_text: String::new() }
    }

    /// Puts lines below another one, with the line ends of the file.
    pub(crate) fn insertion_below(&self, line: u32, lines: &[String]) -> TextEdit {
        let end = whole_line(self.text, line).end;
        let line_end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let is_ended = self.text[..end as usize].ends_with('\n');
        let mut new_text = String::new();
        for added in lines {
            let parts = if is_ended { [added.as_str(), line_end] } else { [line_end, added.as_str()] };
            new_text.extend(parts);
        }
        TextEdit { range: TextRange::empty(end), new_text }
    }

    /// The patterns after a change. What a fix promises is looked up there before it is offered.
    pub(crate) fn after(&self, edits: &[TextEdit]) -> (Dockerignore, Vec<Problem>) {
        Dockerignore::parse(&rewrites::apply(self.text, edits))
    }

    /// The pattern on a line, from 1.
    pub(crate) fn pattern(&self, line: u32) -> Option<&Pattern> {
        self.ignore.patterns().iter().find(|pattern| pattern.line == line)
    }
}

/// The place of the pattern on a line of an ignore file, from 1: without the white space around it.
#[must_use]
pub fn place_of_pattern(text: &str, line: u32) -> TextRange {
    let whole = whole_line(text, line);
    let content = &text[whole.start as usize..whole.end as usize];
    let unmarked = content.trim_start_matches('\u{feff}');
    let start = whole.start as usize + content.len() - unmarked.trim_start().len();
    TextRange::new(offset(start), offset(start + unmarked.trim().len()))
}

/// A line, from 1, with its end.
fn whole_line(text: &str, line: u32) -> TextRange {
    let lines = text.split_inclusive('\n');
    let number = line.saturating_sub(1) as usize;
    let start: usize = lines.clone().take(number).map(str::len).sum();
    let length = lines.clone().nth(number).unwrap_or_default().len();
    TextRange::new(offset(start), offset(start + length))
}

fn offset(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// A pattern as it is written, `!` included.
pub(crate) fn written(pattern: &Pattern) -> String {
    format!("{}{}", if pattern.exception { "!" } else { "" }, pattern.text)
}

/// What the rules find in a `.dockerignore`, by place, then by code, after settings.
#[must_use]
pub fn check_ignore_file(input: IgnoreInput<'_>, settings: &Settings) -> Vec<Finding> {
    let view = IgnoreView::new(input);
    let choice = Choice::new(settings);
    let mut kept = Vec::new();
    for one in IGNORE_REGISTRY.iter().filter(|one| choice.runs(one.rule)) {
        let mut findings = Findings::new(one.rule);
        (one.check)(&view, &mut findings);
        kept.extend(findings.into_vec().into_iter().filter_map(|finding| choice.keep(finding)));
    }
    kept.sort_by_key(|finding| (finding.range.start, finding.range.end, finding.code));
    kept
}

/// What a rule for ignore files finds in a Dockerfile.
pub(crate) fn nothing(_: &Input<'_>, _: &mut Findings) {}

#[cfg(test)]
pub(crate) mod tests {
    use semantic::facts::{FileFacts, FileKind};

    use super::*;

    /// A context of these files and all folders around them.
    pub(crate) fn context(paths: &[&str]) -> ContextFacts {
        let mut context = ContextFacts { complete: true, ..ContextFacts::default() };
        for path in paths {
            for (slash, _) in path.match_indices('/') {
                let folder = FileFacts { size: 0, kind: FileKind::Directory };
                context.files.insert(path[..slash].to_owned(), folder);
            }
            context.files.insert((*path).to_owned(), FileFacts { size: 1, kind: FileKind::File });
        }
        context
    }

    /// What the file is after each fix that one rule offers, with the fix's title.
    pub(crate) fn fixed(code: &str, text: &str, paths: &[&str], copies: &[CopiedPath]) -> Vec<String> {
        let context = context(paths);
        let settings = Settings { select: vec![code.to_owned()], ..Settings::default() };
        let input = IgnoreInput { text, context: Some(&context), copies };
        let found = check_ignore_file(input, &settings);
        let fixes = found.iter().flat_map(|finding| &finding.fixes);
        let shown = |fix: &rewrites::Fix| {
            let check = match &fix.applicability {
                rewrites::Applicability::Safe => String::new(),
                rewrites::Applicability::Unsafe { check } => format!(" (check: {check})"),
            };
            format!("{}{check}: {:?}", fix.title, rewrites::apply(text, &fix.edits))
        };
        fixes.map(shown).collect()
    }

    /// What one rule finds: the pattern pointed at, and the message.
    pub(crate) fn found(code: &str, text: &str, paths: &[&str], copies: &[CopiedPath]) -> Vec<String> {
        let context = context(paths);
        let settings = Settings { select: vec![code.to_owned()], ..Settings::default() };
        let input = IgnoreInput { text, context: Some(&context), copies };
        let found = check_ignore_file(input, &settings);
        let line = |finding: &Finding| {
            let place = &text[finding.range.start as usize..finding.range.end as usize];
            format!("{place} ({}): {}", finding.severity.as_str(), finding.message)
        };
        found.iter().map(line).collect()
    }

    #[test]
    fn places_are_those_of_the_patterns() {
        let text = "\u{feff}a\r\n# c\r\n  !größe  \n\n[";
        let view = IgnoreView::new(IgnoreInput { text, context: None, copies: &[] });
        let place = |line| {
            let range = view.place(line);
            &text[range.start as usize..range.end as usize]
        };
        assert_eq!([place(1), place(3), place(4), place(5), place(9)], ["a", "!größe", "", "[", ""]);
    }
}
