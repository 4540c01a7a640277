//! A label whose key is not of the form that Docker recommends.

use semantic::Kind;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "label-key-invalid",
    aliases: &["DL3048"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: false,
    summary: "A label's key is not of the form that Docker recommends, or is reserved",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

The key of a LABEL has other letters than `a-z`, `0-9`, `.`, `-`, `_` and `/`, does not begin with a letter, does not end with a letter or a digit, has two
separators behind each other, or begins with what Docker keeps for itself: `com.docker.`, `io.docker.`, `org.dockerproject.`. A key with a variable is left alone.

## Why

Builders take any key. Tools that filter by labels, on a command line or in a URL, do not find such a one or need it quoted.

## Bad

```dockerfile
FROM debian:12-slim
LABEL Build-Date="2026-01-31"
```

## Good

```dockerfile
FROM debian:12-slim
LABEL com.example.build-date="2026-01-31"
```

## When to ignore

When a tool wants exactly this key. The rule is off by default because no build and no container is worse for it.
"#;

const RESERVED: [&str; 3] = ["com.docker.", "io.docker.", "org.dockerproject."];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Kind::Label(pairs) = &item.kind else { continue };
        for (key, _) in pairs {
            let Some(name) = key.value.as_deref().filter(|_| !key.raw.contains('$')) else { continue };
            if let Some(wrong) = complaint(name) {
                findings.add(key.range, wrong);
            }
        }
    }
}

fn complaint(key: &str) -> Option<String> {
    if let Some(reserved) = RESERVED.into_iter().find(|reserved| key.starts_with(reserved)) {
        return Some(format!("`{reserved}` is kept for Docker's own labels. Begin with a domain of yours."));
    }
    let is_end = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_one = |letter: char| is_end(letter) || matches!(letter, '.' | '-' | '_' | '/');
    let starts = key.starts_with(|first: char| first.is_ascii_lowercase());
    let is_good = starts
        && key.ends_with(is_end)
        && key.chars().all(is_one)
        && !key.contains("..")
        && !key.contains("--");
    (!is_good).then(|| {
        "Docker recommends keys of a-z, 0-9 and single dots, dashes, underscores and slashes, from a letter to a letter or digit.".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "label-key-invalid";

    #[test]
    fn keys_of_another_form_are_pointed_at() {
        for (text, place) in [
            ("FROM a:1\r\nLABEL a.b=1 \\\r\n größe=2\r\n", "größe"),
            ("FROM a:1\nLABEL Version 1\n", "Version"),
            ("# escape=`\nFROM a:1\nLABEL `\n a..b=1\n", "a..b"),
            ("FROM a:1\nLABEL a--b=1\n", "a--b"),
            ("FROM a:1\nLABEL 1a=1\n", "1a"),
            ("FROM a:1\nLABEL a-=1\n", "a-"),
            ("FROM a:1\nLABEL com.docker.x=1\n", "com.docker.x"),
            ("FROM a:1\nLABEL \"a b\"=1\n", "\"a b\""),
        ] {
            assert_eq!(pointed_at(CODE, text), [place], "{text}");
        }
    }

    #[test]
    fn keys_of_the_form_variables_and_broken_text_are_fine() {
        for text in [
            "LABEL a=1 org.opencontainers.image.source=x a-b_c/d9=2",
            "LABEL \"a.b\"=1",
            "LABEL a.$B=1",
            "LABEL",
            "RUN <<E\nLABEL A=1\nE",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }
}
