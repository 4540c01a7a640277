//! The pages of the rules and their index, as they stand under `server/docs`.

use std::fmt;

use crate::catalogue::REGISTRY;
use crate::rule::{Category, Rule};

const NOTE: &str =
    "<!-- Made from the code by `UPDATE_DOCS=1 cargo test -p layerwise-rules`; do not edit. -->";

/// Where the pages are read.
const HOME: &str = "https://github.com/layerwise/layerwise/blob/main/server/docs/rules";

/// The address of a rule's page.
#[must_use]
pub const fn url(code: &str) -> PageUrl<'_> {
    PageUrl(code)
}

/// The address of a rule's page, written where it is needed: long files have thousands of findings.
#[derive(Debug, Clone, Copy)]
pub struct PageUrl<'a>(&'a str);

impl fmt::Display for PageUrl<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{HOME}/{}.md", self.0)
    }
}

/// The page of a rule, in Markdown.
#[must_use]
pub fn page(rule: &Rule) -> String {
    let Rule { code, summary, .. } = rule;
    let (category, severity) = (rule.category.as_str(), rule.severity.as_str());
    let on = if rule.on_by_default { "on by default" } else { "off unless selected" };
    let aliases = match rule.aliases {
        [] => String::new(),
        aliases => format!(" · also known as {}", aliases.join(", ")),
    };
    format!(
        "{NOTE}\n\n# {code}\n\n{summary}\n\n*{category} · {severity} · {on}{aliases}*\n\n{}\n",
        text(rule)
    )
}

/// What a page says, in Markdown: without its head, and without what its examples tell the tests.
#[must_use]
pub fn text(rule: &Rule) -> String {
    without_marks(rule.page).trim().to_owned()
}

/// What the examples of a page tell the tests about the Dockerfile beside them: nothing that a reader would write.
const MARKS: [&str; 3] = ["# stage: ", "# argument: ", "# dockerfile: "];

/// A page as it is read: the examples without their marks.
fn without_marks(page: &str) -> String {
    let lines = page.split_inclusive('\n');
    lines.filter(|line| !MARKS.iter().any(|mark| line.starts_with(mark))).collect()
}

/// The list of all rules by category, in Markdown.
#[must_use]
pub fn index() -> String {
    let mut text = format!(
        "{NOTE}\n\n# Rules\n\nEvery code and every alias works in `--select`, in settings, in suppression comments and in `layerwise rules CODE`. \
         Profiles ([settings](settings.md)) choose what runs; [findings](findings.md) is how far the default one is worth reading.\n\n\
         There are no rules for single ecosystems as tally has them (GPU images, Ruby, PHP, PowerShell) and none about the order and grouping of labels; layout is `layerwise format`.\n"
    );
    for category in Category::ALL {
        let rules: Vec<_> = REGISTRY.iter().filter(|rule| rule.category == *category).collect();
        if rules.is_empty() {
            continue;
        }
        text += &format!(
            "\n## {}\n\n| rule | says | severity | also known as |\n| --- | --- | --- | --- |\n",
            category.as_str()
        );
        for Rule { code, summary, severity, aliases, on_by_default, .. } in rules {
            let off = if *on_by_default { "" } else { ", off" };
            let aliases = aliases.join(", ");
            text += &format!(
                "| [`{code}`](rules/{code}.md) | {summary} | {}{off} | {aliases} |\n",
                severity.as_str()
            );
        }
    }
    text
}
