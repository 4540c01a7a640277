//! The file is read by another frontend than Docker's: nothing here applies to it.

use rewrites::Input;
use semantic::Frontend;

use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "foreign-frontend",
    aliases: &[],
    category: Category::Syntax,
    severity: Severity::Info,
    on_by_default: true,
    summary: "The file is written for another frontend than Docker's, and is not analysed",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

The `# syntax=` line names a frontend that is neither `docker/dockerfile` nor a copy of it under another registry. Such a frontend
reads a language of its own.

## Why

What Layerwise would say about the file could be wrong, so it says nothing but this. No other rule runs on the file.

## Bad

```dockerfile
# syntax=example.com/team/buildfile:2
FROM debian:12-slim
```

## Good

```dockerfile
# syntax=docker/dockerfile:1
FROM debian:12-slim
```

## When to ignore

When the other frontend is meant: there is nothing to mend.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let Frontend::Foreign(frontend) = &input.model.frontend else { return };
    let directive = input.model.document.directives().iter().find(|directive| directive.name == "syntax");
    let range = directive.map(|directive| directive.value_range).unwrap_or_default();
    findings.add(range, format!("The frontend `{frontend}` reads this file, and Layerwise knows Docker's language alone. Analysis is off here."));
}

#[cfg(test)]
mod tests {
    use crate::tests::check;

    #[test]
    fn analysis_is_off_and_says_so_once() {
        check(
            "
# syntax=example.com/team/buildfile:2
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-frontend: The frontend `example.com/team/buildfile:2` reads this file, and Layerwise knows Docker's language alone. Analysis is off here.
FROM debian:12-slim
ARG NPM_TOKEN
",
        );
    }

    #[test]
    fn a_copy_of_dockers_is_no_stranger() {
        check(
            "
# syntax=mirror.example.com/docker/dockerfile:1.7
FROM debian:12-slim
",
        );
    }
}
