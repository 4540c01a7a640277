//! A `# layerwise ignore=…` that suppresses nothing.

use rewrites::{Applicability, Fix, Input};
use syntax::{TextEdit, TextRange};

use crate::analysis::text::whole_lines;
use crate::catalogue::find_all;
use crate::rule::{Category, Check, Finding, Findings, Rule, Severity};
use crate::settings::{is_known, suggestion};
use crate::suppress::{SuppressedCode, Suppression, Suppressions};

pub(crate) static RULE: Rule = Rule {
    code: "unused-suppression",
    aliases: &[],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: true,
    summary: "A suppression comment suppresses nothing",
    page: PAGE,
    check: Check::File(|_, _| {}),
};

const PAGE: &str = r#"
## What

A `# layerwise ignore=…` comment names a rule that finds nothing there, or no rule at all. Comments for other programs are left alone,
and so are rules that are switched off.

## Why

The comment hides nothing today, and will silently hide the next real problem in that place.

## Bad

```dockerfile
FROM debian:12-slim
# layerwise ignore=unknown-stage
COPY app /app
```

## Good

```dockerfile
FROM debian:12-slim
COPY app /app
```

## When to ignore

When the same file is checked with several settings, and only some of them find something.
"#;

/// What of our own suppressions was not used by the rules that ran. Other than the rules, this one looks at what they found.
pub(crate) fn find(input: &Input<'_>, suppressions: &Suppressions, active: &[&'static Rule]) -> Vec<Finding> {
    let mut findings = Findings::new(&RULE);
    for suppression in suppressions.own() {
        for code in suppression.codes.iter().filter(|code| !code.used) {
            let Some(message) = message(&code.name, active) else { continue };
            let fix = fix(input, suppression, code);
            findings.add(code.range, message).fixes.push(fix);
        }
    }
    findings.into_vec()
}

fn message(name: &str, active: &[&'static Rule]) -> Option<String> {
    if !is_known(name) {
        let hint = suggestion(name).map_or_else(String::new, |near| format!("; `{near}` is one"));
        return Some(format!(
            "There is no rule `{name}`{hint}. This comment suppresses nothing: correct or remove it."
        ));
    }
    let mut rules = find_all(name).peekable();
    // Rules that did not run could have found something; names of many rules are held to be used.
    let ran = rules.peek().is_some()
        && rules.all(|rule| active.iter().any(|other| other.code == rule.code) && rule.code != RULE.code);
    ran.then(|| {
        format!("`{name}` finds nothing here, so this comment would hide only a future problem. Remove it.")
    })
}

fn fix(input: &Input<'_>, suppression: &Suppression, code: &SuppressedCode) -> Fix {
    let applicability = Applicability::Safe;
    if let [_] = suppression.codes.as_slice() {
        let range = whole_lines(input, suppression.range);
        let edits = vec![TextEdit { range, new_text: String::new() }];
        return Fix { title: "Remove the comment".to_owned(), applicability, edits };
    }
    let at = suppression.codes.iter().position(|other| other.range == code.range).unwrap_or_default();
    let range = match suppression.codes.get(at + 1) {
        Some(next) => TextRange::new(code.range.start, next.range.start),
        None => TextRange::new(suppression.codes[at - 1].range.end, code.range.end),
    };
    let edits = vec![TextEdit { range, new_text: String::new() }];
    Fix { title: format!("Remove `{}` from the comment", code.name), applicability, edits }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix};

    #[test]
    fn what_suppresses_nothing_is_reported() {
        check(
            "
FROM debian:12-slim
# layerwise ignore=unknown-stage reason: moved
#                  ^^^^^^^^^^^^^ unused-suppression: `unknown-stage` finds nothing here, so this comment would hide only a future problem. Remove it.
COPY app /app
# layerwise ignore=secret-in-arg-or-enf
#                  ^^^^^^^^^^^^^^^^^^^^ unused-suppression: There is no rule `secret-in-arg-or-enf`; `secret-in-arg-or-env` is one. This comment suppresses nothing: correct or remove it.
COPY lib /lib
",
        );
    }

    #[test]
    fn what_suppresses_something_is_not() {
        check(
            "
FROM debian:12-slim
# layerwise ignore=SecretsUsedInArgOrEnv reason: a test image
ENV API_TOKEN=x
# hadolint ignore=DL3022
COPY app /app
",
        );
    }

    #[test]
    fn removed_alone_or_from_the_list() {
        check_fix(
            "
FROM debian:12-slim
# layerwise ignore=unknown-stage
COPY app /app
",
            expect![[r"
                Remove the comment (safe)
                FROM debian:12-slim
                COPY app /app
            "]],
        );
        check_fix(
            "
FROM debian:12-slim
# layerwise ignore=secret-in-arg-or-env,unknown-stage
ENV API_TOKEN=x
",
            expect![[r"
                Remove `unknown-stage` from the comment (safe)
                FROM debian:12-slim
                # layerwise ignore=secret-in-arg-or-env
                ENV API_TOKEN=x
            "]],
        );
    }
}
