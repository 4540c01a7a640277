//! `cd` in a RUN.

use crate::analysis::run_calls::{RunCall, calls_of};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "directory-changed-in-run",
    aliases: &["DL3003", "DS-0013"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: false,
    summary: "A RUN begins with `cd`, where WORKDIR would say it",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN begins with `cd` to a directory and goes on with other commands there. A `cd` further on, in a subshell, and one that is all that a
RUN does, are not meant; the last is `shell-state-lost`.

## Why

WORKDIR makes the directory where it is missing, holds for the instructions below, and is seen where the file is read.

## Bad

```dockerfile
FROM debian:12-slim
RUN cd /srv/app && make
```

## Good

```dockerfile
FROM debian:12-slim
WORKDIR /srv/app
RUN make
```

## When to ignore

When only this one command runs there. It is a matter of taste, so the rule is off by default.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let mut calls = calls_of(item);
        let is_set = |call: &RunCall<'_>| call.call.program == "set";
        let Some(first) = calls.find(|call| !is_set(call)) else { continue };
        let goes_on = calls.any(|call| call.call.program != "cd");
        if first.call.program == "cd" && first.call.command.top_level && goes_on {
            findings.add(
                first.range(),
                "WORKDIR says where this runs, for the instructions below too, and makes the directory.",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "directory-changed-in-run";

    #[test]
    fn a_run_that_begins_elsewhere_is_pointed_at() {
        for (text, place) in [
            ("FROM a:1\nRUN cd /größe && make\n", "cd /größe"),
            ("FROM a:1\nRUN set -ex; cd /a; make\n", "cd /a"),
            ("# escape=`\r\nFROM a:1\r\nRUN cd a `\r\n && make\r\n", "cd a"),
            ("FROM a:1\nRUN <<EOF\ncd a\nmake\nEOF\n", "cd a"),
        ] {
            assert_eq!(pointed_at(CODE, text), [place], "{text}");
        }
    }

    #[test]
    fn others_are_fine() {
        for run in ["make && cd a && make", "cd /a", "(cd a && make)", "echo cd a && make", "cd '", ""] {
            no_findings(CODE, &format!("FROM a:1\nRUN {run}\n"));
        }
    }
}
