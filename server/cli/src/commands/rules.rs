//! `layerwise rules`: the catalogue, or the page of one rule.

use rules::Rule;
use serde_json::{Value, json};

use crate::arguments::{AnswerFormat, RulesArguments};
use crate::exit::Outcome;
use crate::output::print;

pub(crate) fn run(arguments: &RulesArguments) -> anyhow::Result<Outcome> {
    let text = match (&arguments.code, arguments.format) {
        (Some(code), format) => {
            // Several rules may share an alias, where a peer has one for all of them.
            let found: Vec<_> = rules::find_all(code).collect();
            match (format, found.as_slice()) {
                (_, []) => anyhow::bail!("there is no rule {code}: `layerwise rules` lists them"),
                (AnswerFormat::Text, found) => {
                    found.iter().map(|rule| page(rule)).collect::<Vec<_>>().join("\n")
                }
                (AnswerFormat::Json, [rule]) => format!("{}\n", describe(rule)),
                (AnswerFormat::Json, found) => catalogue(found),
            }
        }
        (None, AnswerFormat::Text) => rules::REGISTRY.iter().map(|rule| row(rule)).collect(),
        (None, AnswerFormat::Json) => catalogue(rules::REGISTRY),
    };
    print(&text)?;
    Ok(Outcome::Fine)
}

fn row(rule: &Rule) -> String {
    let aliases =
        if rule.aliases.is_empty() { String::new() } else { format!(" ({})", rule.aliases.join(", ")) };
    let default = if rule.on_by_default { "on" } else { "off" };
    format!("{:<40} {:<8} {default:<3} {}{aliases}\n", rule.code, rule.severity.as_str(), rule.summary)
}

fn page(rule: &Rule) -> String {
    let page = rules::docs::page(rule);
    // The first line is a note for those who read the source.
    page.split_once("\n\n").map_or(page.clone(), |(_, page)| page.to_owned())
}

fn catalogue(rules: &[&Rule]) -> String {
    let rules: Vec<_> = rules.iter().map(|rule| describe(rule)).collect();
    format!("{}\n", json!({"version": 1, "rules": rules}))
}

fn describe(rule: &Rule) -> Value {
    json!({
        "code": rule.code, "aliases": rule.aliases, "category": rule.category.as_str(), "severity": rule.severity.as_str(),
        "on_by_default": rule.on_by_default, "summary": rule.summary, "page": rules::docs::text(rule), "docs": rules::docs::url(rule.code).to_string(),
    })
}
