//! `check --format json`.

use std::fmt::Write as _;

use rewrites::{Applicability, Fix};
use rules::Finding;
use serde_json::{Value, json};
use syntax::Document;

use crate::output::checked::Checked;
use crate::output::place;

/// The whole answer.
pub(crate) fn report(files: &[Checked]) -> String {
    // File by file: values of all of them at once would take several times the memory of their text.
    let mut text = "{\"version\":1,\"files\":[".to_owned();
    for (index, file) in files.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        match file {
            Checked::Unreadable { path, error } => {
                let file = json!({"path": path, "error": error, "findings": []});
                let _ = write!(text, "{file}");
            }
            Checked::Findings { path, document, findings, .. } => {
                let findings: Vec<Value> =
                    findings.iter().map(|finding| describe(document, finding)).collect();
                let _ = write!(text, "{}", json!({"path": path, "findings": findings}));
            }
        }
    }
    text.push_str("]}\n");
    text
}

fn describe(document: &Document, finding: &Finding) -> Value {
    json!({
        "code": finding.code,
        "aliases": finding.aliases,
        "category": finding.category.as_str(),
        "severity": finding.severity.as_str(),
        "message": finding.message,
        "docs": rules::docs::url(finding.code).to_string(),
        "range": place::range(document, finding.range),
        "fixes": finding.fixes.iter().map(|fix| describe_fix(document, fix)).collect::<Vec<_>>(),
    })
}

fn describe_fix(document: &Document, fix: &Fix) -> Value {
    let edits = fix
        .edits
        .iter()
        .map(|edit| json!({"range": place::range(document, edit.range), "new_text": edit.new_text}));
    let applicability = match fix.applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe { .. } => "unsafe",
    };
    json!({"title": fix.title, "applicability": applicability, "edits": edits.collect::<Vec<_>>()})
}
