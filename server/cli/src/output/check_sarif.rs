//! `check --format sarif`: SARIF 2.1.0 (OASIS standard), as GitHub's code scanning and editors read it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rewrites::Fix;
use rules::{Finding, Rule, Severity};
use serde_json::{Value, json};
use syntax::{Document, TextRange};

use crate::output::checked::Checked;
use crate::output::place;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log of one run.
pub(crate) fn report(files: &[Checked]) -> String {
    let found = files.iter().flat_map(|file| match file {
        Checked::Findings { findings, suppressed, .. } => {
            findings.iter().chain(suppressed.iter().map(|suppressed| &suppressed.finding)).collect()
        }
        Checked::Unreadable { .. } => Vec::new(),
    });
    let codes: BTreeSet<&str> = found.map(|finding| finding.code).collect();
    let rules: Vec<&Rule> = codes.into_iter().filter_map(rules::find).collect();
    let mut results = Vec::new();
    let mut notifications = Vec::new();
    for file in files {
        match file {
            Checked::Findings { path, document, findings, suppressed, .. } => {
                let result = |finding| describe(&rules, path, document, finding);
                results.extend(findings.iter().map(result));
                results.extend(suppressed.iter().map(|suppressed| {
                    let mut result = describe(&rules, path, document, &suppressed.finding);
                    let mut suppression = json!({"kind": "inSource"});
                    if !suppressed.reason.is_empty() {
                        suppression["justification"] = json!(suppressed.reason);
                    }
                    result["suppressions"] = json!([suppression]);
                    result
                }));
            }
            Checked::Unreadable { path, error } => notifications.push(json!({
                "level": "error", "message": {"text": error},
                "locations": [{"physicalLocation": {"artifactLocation": artifact(path)}}],
            })),
        }
    }
    let driver = json!({
        "name": "Layerwise", "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|rule| describe_rule(rule)).collect::<Vec<_>>(),
    });
    let run = json!({
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{
            "executionSuccessful": notifications.is_empty(), "toolExecutionNotifications": notifications,
        }],
        "results": results,
    });
    format!("{}\n", json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}))
}

fn describe_rule(rule: &Rule) -> Value {
    let tags: Vec<&str> =
        std::iter::once(rule.category.as_str()).chain(rule.aliases.iter().copied()).collect();
    json!({
        "id": rule.code,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rules::docs::text(rule), "markdown": rules::docs::text(rule)},
        "helpUri": rules::docs::url(rule.code).to_string(),
        "defaultConfiguration": {"enabled": rule.on_by_default, "level": level(rule.severity)},
        "properties": {"tags": tags},
    })
}

fn describe(rules: &[&Rule], path: &str, document: &Document, finding: &Finding) -> Value {
    let location = json!({"artifactLocation": artifact(path), "region": region(document, finding.range)});
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location}],
    });
    if let Some(index) = rules.iter().position(|rule| rule.code == finding.code) {
        result["ruleIndex"] = json!(index);
    }
    if !finding.fixes.is_empty() {
        let fixes = finding.fixes.iter().map(|fix| describe_fix(path, document, fix));
        result["fixes"] = fixes.collect();
    }
    result
}

fn describe_fix(path: &str, document: &Document, fix: &Fix) -> Value {
    let replacements = fix.edits.iter().map(|edit| {
        json!({"deletedRegion": region(document, edit.range), "insertedContent": {"text": edit.new_text}})
    });
    let change =
        json!({"artifactLocation": artifact(path), "replacements": replacements.collect::<Vec<_>>()});
    json!({"description": {"text": fix.title}, "artifactChanges": [change]})
}

/// It has no hints.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "note",
    }
}

/// Lines and columns from 1; the end is exclusive.
fn region(document: &Document, range: TextRange) -> Value {
    let ((line, column), (end_line, end_column)) =
        (place::of(document, range.start), place::of(document, range.end));
    json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column})
}

/// A path as a URI (RFC 3986): relative to where the command runs, as code scanning wants it, or a `file:` one.
fn artifact(path: &str) -> Value {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    let mut uri = String::from(scheme);
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    json!({"uri": uri})
}
