//! A STOPSIGNAL that no program can answer.

use semantic::Kind;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "ungraceful-stop-signal",
    aliases: &[],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "STOPSIGNAL is a signal that no program can catch",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

STOPSIGNAL is SIGKILL or SIGSTOP.

## Why

No program can catch either. With SIGKILL each `docker stop` cuts requests and writes off in the middle; with SIGSTOP the container is
frozen until it is killed ten seconds later.

## Bad

```dockerfile
FROM debian:12-slim
STOPSIGNAL SIGKILL
CMD ["server"]
```

## Good

```dockerfile
FROM debian:12-slim
STOPSIGNAL SIGTERM
CMD ["server"]
```

## When to ignore

When the program has nothing to lose and ignores every other signal.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Kind::Stopsignal(signal) = &item.kind else { continue };
        let Some(value) = signal.value.as_deref() else { continue };
        let upper = value.to_ascii_uppercase();
        let message = match upper.strip_prefix("SIG").unwrap_or(&upper) {
            "KILL" | "9" => {
                "No program can catch SIGKILL: each stop cuts it off in the middle. Take the signal that it ends at, such as SIGTERM."
            }
            "STOP" | "19" => {
                "SIGSTOP only freezes the program, which is killed ten seconds later. Take the signal that it ends at, such as SIGTERM."
            }
            _ => continue,
        };
        findings.add(signal.range, message);
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, check_only, no_findings};

    const CODE: &str = "ungraceful-stop-signal";

    #[test]
    fn signals_that_nobody_catches_are_pointed_at() {
        check(
            "
FROM größe:1
STOPSIGNAL SIGKILL
#          ^^^^^^^ ungraceful-stop-signal: No program can catch SIGKILL: each stop cuts it off in the middle. Take the signal that it ends at, such as SIGTERM.
",
        );
        for signal in ["9", "kill", "SIGSTOP", "19"] {
            assert_eq!(
                check_only(CODE, &format!("FROM a:1\r\nSTOPSIGNAL {signal}\r\n")).len(),
                1,
                "{signal}"
            );
        }
        assert_eq!(check_only(CODE, "# escape=`\nFROM a:1\nARG S=9\nSTOPSIGNAL `\n  $S\n").len(), 1);
    }

    #[test]
    fn other_signals_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nSTOPSIGNAL SIGQUIT\nSTOPSIGNAL 15\nSTOPSIGNAL $X\nSTOPSIGNAL\nRUN <<EOF\nSTOPSIGNAL 9\nEOF\n",
        );
    }
}
