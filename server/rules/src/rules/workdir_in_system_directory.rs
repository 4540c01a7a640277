//! A WORKDIR where the container mounts something of its own.

use std::borrow::Cow;

use semantic::Kind;
use semantic::path::is_within;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "workdir-in-system-directory",
    aliases: &["DS-0030"],
    category: Category::Security,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "WORKDIR is a directory that the system has for itself",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

WORKDIR names `/proc`, `/sys`, `/dev` or `/boot`, or a directory below one of them.

## Why

The first three are mounted over in every container and in every RUN: what lies there in the image is never seen, what is written there is
in no layer, and a program that takes a working directory in `/proc` for its own can be led out of the container.

## Bad

```dockerfile
FROM debian:12-slim
WORKDIR /proc/app
COPY . .
```

## Good

```dockerfile
FROM debian:12-slim
WORKDIR /srv/app
COPY . .
```

## When to ignore

When the program only reads there.
";

/// What the system has for itself, and the codes under which Trivy knows it.
const DIRECTORIES: [(&str, bool); 6] = [
    ("/proc", true),
    ("/sys", false),
    ("/dev", true),
    ("/boot", true),
    ("/initrd", true),
    ("/lost+found", true),
];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Kind::Workdir(text, place) = &item.kind else { continue };
        let Some(path) = place.known() else { continue };
        let Some((directory, is_known)) =
            DIRECTORIES.iter().find(|(directory, _)| is_within(path, directory))
        else {
            continue;
        };
        let message = format!(
            "`{directory}` belongs to the system, which puts its own files there in every container. Take a directory of the image's own, such as /app."
        );
        let finding = findings.add(text.range, message);
        let below = text.raw.trim_matches('"').strip_prefix(directory);
        if !is_known || !below.is_some_and(|below| below.starts_with('/')) {
            finding.aliases = Cow::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, check_only, no_findings};

    const CODE: &str = "workdir-in-system-directory";

    #[test]
    fn directories_of_the_system_are_pointed_at() {
        check(
            "
FROM debian:12-slim
WORKDIR /proc/größe
#       ^^^^^^^^^^^ workdir-in-system-directory: `/proc` belongs to the system, which puts its own files there in every container. Take a directory of the image's own, such as /app.
",
        );
        for (line, alias) in [
            ("WORKDIR /dev/shm", "DS-0030"),
            ("WORKDIR /sys/x", ""),
            ("WORKDIR /boot", ""),
            ("WORKDIR /\nWORKDIR proc/x", ""),
        ] {
            let found = check_only(CODE, &format!("FROM a:1\n{line}\n"));
            assert_eq!(found.len(), 1, "{line}");
            assert_eq!(found[0].aliases.join(" "), alias, "{line}");
        }
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM a:1\r\nWORKDIR `\r\n  /dev\r\n").len(), 1);
    }

    #[test]
    fn other_directories_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nWORKDIR /\nWORKDIR /development\nWORKDIR /app/proc\nWORKDIR $X/proc\nWORKDIR\nRUN <<EOF\nWORKDIR /proc\nEOF\n",
        );
    }
}
