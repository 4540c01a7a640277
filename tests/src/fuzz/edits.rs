//! After any edits a document says what a fresh parse of its text says, and every rule, fix and rewrite keeps its promises.

use rewrites::{Applicability, Fix, Input, apply};
use rules::Settings;
use semantic::{Facts, Model};
use syntax::{Document, TextRange};

use super::bytes::Choices;

/// Longer texts are cut off: what goes wrong does so in short ones, and those are tried more often.
const LONGEST: u32 = 4000;

/// Reads bytes as a text and edits of it, and checks after each.
pub(crate) fn check(data: &[u8]) {
    let mut choices = Choices::new(data);
    let mut document = Document::new(&choices.text(24));
    check_document(&document);
    while let Some(kind) = choices.byte() {
        let start = u32::try_from(choices.below(document.len() as usize + 1)).unwrap_or_default();
        let length = if kind < 96 { 0 } else { u32::from(kind) % 48 };
        let new_text = if document.len() > LONGEST { String::new() } else { choices.text(4) };
        let (before, range) = (document.text(), TextRange::new(start, start + length));
        document.edit(range, &new_text);
        check_equals_fresh(&document, &|| format!("{before:?} edited at {range:?} to {new_text:?}"));
    }
    check_document(&document);
}

fn check_equals_fresh(document: &Document, what: &dyn Fn() -> String) {
    let fresh = Document::new(&document.text());
    let said = |document: &Document| {
        let instructions = document.instructions().map(|item| {
            (
                item.start,
                item.line,
                item.keyword_range,
                item.flags.clone(),
                item.arguments.clone(),
                item.heredocs.clone(),
            )
        });
        (
            instructions.collect::<Vec<_>>(),
            document.directives().to_vec(),
            document.comments(),
            document.problems(),
        )
    };
    assert!(
        said(document) == said(&fresh),
        "{}\n{:#?}\nbut anew\n{:#?}",
        what(),
        said(document),
        said(&fresh)
    );
    assert_eq!(document.escape(), fresh.escape(), "{}", what());
}

fn check_document(document: &Document) {
    let text = document.text();
    let facts = Facts::default();
    let model = Model::new(document, &facts);
    let input = Input { model: &model, facts: &facts };
    let settings = Settings { select: vec!["all".to_owned()], ..Settings::default() };
    for finding in rules::check(&input, &settings) {
        check_range(&text, finding.range);
        for fix in &finding.fixes {
            check_fix(&text, fix);
        }
    }
    for (_, offers) in rewrites::offers(&input) {
        for rewrite in &offers.rewrites {
            check_fix(&text, &rewrite.fix);
        }
    }
}

fn check_range(text: &str, range: TextRange) {
    let is_inside = range.start <= range.end && text.get(range.start as usize..range.end as usize).is_some();
    assert!(is_inside, "{range:?} is not in {text:?}");
}

/// Edits are in order and inside the text, and what is safe makes nothing that the builder refuses.
fn check_fix(text: &str, fix: &Fix) {
    fix.edits.iter().for_each(|edit| check_range(text, edit.range));
    let is_ordered = fix.edits.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start);
    assert!(is_ordered, "{fix:?} of {text:?}");
    if fix.applicability == Applicability::Safe {
        let fixed = apply(text, &fix.edits);
        let n_problems = |text: &str| Document::new(text).problems().len();
        assert!(n_problems(&fixed) <= n_problems(text), "{} breaks {text:?}: {fixed:?}", fix.title);
        let is_written = |value: &str| fix.edits.iter().any(|edit| edit.new_text.contains(value));
        let before = Document::new(text);
        for directive in Document::new(&fixed).directives() {
            let is_known = before.directives().iter().any(|known| known.value == directive.value);
            assert!(is_known || is_written(&directive.value), "{} directs {text:?}: {fixed:?}", fix.title);
        }
    }
}
