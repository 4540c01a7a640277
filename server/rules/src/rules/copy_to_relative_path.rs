//! COPY to a path that only the base image knows.

use semantic::Kind;
use semantic::path::Place;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "copy-to-relative-path",
    aliases: &["DL3045"],
    category: Category::Semantic,
    severity: Severity::Info,
    on_by_default: false,
    summary: "COPY to a relative path without WORKDIR: the base image decides where it leads",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

COPY or ADD has a relative destination, and neither this stage nor one that it builds on sets WORKDIR. Where the builder has the base image
and knows its working directory, nothing is said.

## Why

The files land wherever the base image's working directory is: in `/`, among those of the system, for most images, and elsewhere when the
base changes.

## Bad

```dockerfile
FROM debian:12-slim
COPY server.conf conf/
```

## Good

```dockerfile
FROM debian:12-slim
WORKDIR /srv/app
COPY server.conf conf/
```

## When to ignore

When the base image is your own and made for it. The rule is off by default because many are.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let (Kind::Copy(copy) | Kind::Add(copy)) = &item.kind else { continue };
        if !matches!((&copy.place, &item.workdir), (Place::Relative(_), Place::Relative(directory)) if directory == ".")
        {
            continue;
        }
        // Windows begins paths with a drive.
        let written = copy.destination.value.as_deref().unwrap_or_default();
        if written.contains('\\') || written.as_bytes().get(1) == Some(&b':') {
            continue;
        }
        let message = format!(
            "Where `{}` leads depends on the working directory of the base image. Set WORKDIR, or write it from `/` on.",
            copy.destination.raw
        );
        findings.add(copy.destination.range, message);
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "copy-to-relative-path";

    #[test]
    fn relative_destinations_are_pointed_at() {
        for (text, place) in [
            ("FROM a:1\r\nCOPY größe \\\r\n  x/\r\n", "x/"),
            ("# escape=`\nFROM a:1\nADD a `\n  .\n", "."),
            ("FROM a:1\nCOPY <<EOF x\n1\nEOF\n", "x"),
        ] {
            assert_eq!(pointed_at(CODE, text), [place], "{text}");
        }
    }

    #[test]
    fn known_ones_are_fine() {
        for text in [
            "FROM a:1\nWORKDIR /app\nCOPY a .",
            "FROM a:1 AS b\nWORKDIR /app\nFROM b\nCOPY a .",
            "FROM a:1\nCOPY a /b",
            "FROM a:1\nCOPY a C:/b\nCOPY a C:\\b\\",
            "FROM scratch\nCOPY a b",
            "FROM a:1\nWORKDIR app\nCOPY a b",
            "FROM a:1\nCOPY a $X",
            "FROM a:1\nCOPY",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }
}
