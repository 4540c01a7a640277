//! Half-typed files: every rule on every prefix of every example. Places stay inside the text, and safe fixes break nothing.

use rewrites::Applicability;
use semantic::Facts;
use syntax::{Document, TextRange};

use super::fixture::findings_of;
use super::pages::examples;
use crate::catalogue::REGISTRY;
use crate::{Finding, Settings};

fn check_places(text: &str, finding: &Finding) {
    let is_inside = |range: TextRange| {
        range.start <= range.end && text.get(range.start as usize..range.end as usize).is_some()
    };
    assert!(is_inside(finding.range), "{text}\n{finding:?}");
    for fix in &finding.fixes {
        assert!(fix.edits.iter().all(|edit| is_inside(edit.range)), "{text}\n{fix:?}");
        let ordered = fix.edits.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start);
        assert!(ordered, "{text}\n{fix:?}");
        if fix.applicability == Applicability::Safe {
            let fixed = rewrites::offer::apply(text, &fix.edits);
            let problems = |text: &str| Document::new(text).problems().len();
            assert!(problems(&fixed) <= problems(text), "{} breaks\n{text}\n-- into --\n{fixed}", fix.title);
        }
    }
}

#[test]
fn every_prefix_of_every_example_is_checked() {
    let settings = Settings { select: vec!["all".to_owned()], ..Settings::default() };
    let texts = REGISTRY.iter().flat_map(|rule| [examples(rule, "Bad"), examples(rule, "Good")].concat());
    for text in texts {
        let text = text.replace("debian", "größe/debian").replace('\n', "\r\n");
        // Three letters at a time: every word is cut somewhere.
        for end in (0..=text.len()).rev().step_by(3).filter(|end| text.is_char_boundary(*end)) {
            let prefix = &text[..end];
            for finding in findings_of(prefix, &Facts::default(), &settings) {
                check_places(prefix, &finding);
            }
        }
    }
}
