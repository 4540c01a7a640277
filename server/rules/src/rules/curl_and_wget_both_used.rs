//! curl and wget in one image.

use semantic::Stage;

use crate::analysis::install::SystemCommand;
use crate::analysis::run_calls::{RunCall, run_calls};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "curl-and-wget-both-used",
    aliases: &["DL4001", "DS-0014"],
    category: Category::Size,
    severity: Severity::Info,
    on_by_default: false,
    summary: "curl and wget are both installed for what one of them does",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

The RUNs of one stage that is shipped download with curl and with wget, and at least one of the two is installed there. Stages that are not
shipped are left alone, and so are two stages of which each has one.

## Why

Each brings libraries of its own, a few megabytes, and each wants to be kept up to date.

## Bad

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl wget && rm -rf /var/lib/apt/lists/*
RUN curl -fsSLO https://example.com/a
RUN wget https://example.com/b
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
RUN curl -fsSLO https://example.com/a
RUN curl -fsSLO https://example.com/b
```

## When to ignore

When the image is meant to have both. It saves little, so the rule is off by default.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    if !input.is_shipped {
        return;
    }
    let first = |program: &str| run_calls(input.stage).find(|call| call.call.program == program);
    let (Some(curl), Some(wget)) = (first("curl"), first("wget")) else { return };
    if !installs_one(input.stage) {
        return;
    }
    let is_later = |call: &RunCall<'_>| (call.item.instruction.start, call.call.command.range.start);
    let (second, other) = if is_later(&curl) > is_later(&wget) { (curl, "wget") } else { (wget, "curl") };
    let Some(word) = second.program_word() else { return };
    let message = format!("`{other}` is used above for the same. Use one of them, and install no other.");
    findings.add(second.place(word.range), message);
}

fn installs_one(stage: &Stage) -> bool {
    let mut commands = run_calls(stage).filter_map(|call| SystemCommand::of(call.call));
    commands.any(|command| {
        command.installs()
            && command.packages().any(|word| matches!(word.value.as_deref(), Some("curl" | "wget")))
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "curl-and-wget-both-used";

    #[test]
    fn the_second_one_is_pointed_at() {
        for (text, place) in [
            (
                "FROM a:1\r\nRUN apk add curl && curl https://e.com/größe\r\nRUN true && \\\r\n wget https://e.com\r\n",
                "wget",
            ),
            (
                "# escape=`\nFROM a:1\nRUN apk add curl\nRUN wget `\n https://e.com\nRUN curl https://e.com\n",
                "curl",
            ),
            ("FROM a:1\nRUN <<EOF\napk add curl\ncurl a\nwget b\nEOF\n", "wget"),
        ] {
            assert_eq!(pointed_at(CODE, text), [place], "{text}");
        }
    }

    #[test]
    fn others_are_fine() {
        for text in [
            "FROM a:1\nRUN apk add curl && curl a",
            "FROM a:1\nRUN curl a && wget b",
            "FROM a:1\nRUN apk add curl && curl a && echo wget b",
            "FROM a:1\nRUN apk add curl && curl a && wget b\nFROM b:1",
            "FROM a:1\nRUN apk add curl && curl a\nFROM b:1\nRUN wget b",
            "FROM a:1\nRUN apk add curl\nRUN wget '",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }
}
