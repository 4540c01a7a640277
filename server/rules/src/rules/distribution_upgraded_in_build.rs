//! A distribution brought to its next release by a RUN.

use crate::analysis::run_calls::run_calls;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "distribution-upgraded-in-build",
    aliases: &["DL3035", "DS-0024"],
    category: Category::Portability,
    severity: Severity::Info,
    on_by_default: false,
    summary: "A RUN upgrades the whole distribution instead of its base image",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A RUN calls `apt-get dist-upgrade`, `apt full-upgrade`, `zypper dist-upgrade`, `dnf distro-sync` or `do-release-upgrade`.

## Why

Every package that changes is in the image twice, once in the base image's layers and once in this one, and what comes out depends on the
day. `dist-upgrade` may also remove packages to get its way. A newer base image holds the same fixes once.

## Bad

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get dist-upgrade -y && rm -rf /var/lib/apt/lists/*
```

## Good

```dockerfile
FROM debian:12.12-slim
```

## When to ignore

When the base image's makers are slower than the distribution with fixes that cannot wait.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for call in run_calls(input.stage) {
        let subcommand = call.call.subcommand_text();
        let aliases: &[&'static str] = match (call.call.program, subcommand) {
            ("apt-get", "dist-upgrade") => &["DS-0024"],
            ("zypper", "dist-upgrade" | "dup") => &["DL3035"],
            ("apt" | "apt-get" | "aptitude", "full-upgrade" | "dist-upgrade")
            | ("dnf" | "yum", "distro-sync")
            | ("do-release-upgrade", _) => &[],
            _ => continue,
        };
        let place = call.call.subcommand().map_or_else(|| call.range(), |word| call.range_to(word));
        let message = "What is upgraded is in the image twice, and what comes out depends on the day. Take a newer base image.";
        findings.add(place, message).aliases = aliases.into();
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "distribution-upgraded-in-build";

    #[test]
    fn upgrades_of_everything_are_pointed_at() {
        for (command, aliases) in [
            ("apt-get -y dist-upgrade", "DS-0024"),
            ("zypper --non-interactive dup", "DL3035"),
            ("apt full-upgrade -y", ""),
            ("dnf distro-sync -y", ""),
            ("do-release-upgrade", ""),
        ] {
            let found = check_only(CODE, &format!("FROM a:1\nRUN {command}\n"));
            assert_eq!(found.len(), 1, "{command}");
            assert_eq!(found[0].aliases.join(" "), aliases, "{command}");
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM größe:1\r\nRUN true && \\\r\n  apt-get dist-upgrade\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN true && `\n  apt-get dist-upgrade\n",
            "FROM a:1\nRUN <<EOF\napt-get dist-upgrade\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["apt-get dist-upgrade"], "{text}");
        }
    }

    #[test]
    fn other_commands_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nRUN apt-get upgrade -y\nRUN zypper up\nRUN echo apt-get dist-upgrade\nRUN apt-get '\n",
        );
    }
}
