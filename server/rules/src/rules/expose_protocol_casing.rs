//! The protocol of a port in capital letters.

use semantic::Kind;

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "expose-protocol-casing",
    aliases: &["ExposeProtoCasing"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: true,
    summary: "The protocol of an exposed port has capital letters",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

An EXPOSE has a protocol that is not lower case.

## Why

Tools compare the protocol as it is written, and `80/TCP` is then another port than `80/tcp`.

## Bad

```dockerfile
FROM debian:12-slim
EXPOSE 80/TCP
```

## Good

```dockerfile
FROM debian:12-slim
EXPOSE 80/tcp
```

## When to ignore

Never: the fix changes nothing else.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Kind::Expose(ports) = &item.kind else { continue };
        for port in ports {
            let value = port.value.as_deref().unwrap_or(&port.raw);
            let Some((_, protocol)) =
                value.split_once('/').filter(|(_, protocol)| *protocol != protocol.to_lowercase())
            else {
                continue;
            };
            let lower = protocol.to_lowercase();
            let finding = findings.add(
                port.range,
                format!("Protocols are lower case, and tools compare them as written. Write `/{lower}`."),
            );
            if port.raw == value && !port.raw.contains('$') {
                let text = value.replace(protocol, &lower);
                finding.fixes.push(safe(format!("Write `{text}`"), vec![replace(port.range, text)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "expose-protocol-casing";

    #[test]
    fn capital_letters_become_small() {
        check_fix(
            "
FROM a:1
EXPOSE 80/TCP 81/udp
",
            expect![[r"
                Write `80/tcp` (safe)
                FROM a:1
                EXPOSE 80/tcp 81/udp
            "]],
        );
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM a:1\r\nEXPOSE 80 `\r\n  81/Udp\r\n").len(), 1);
    }

    #[test]
    fn small_letters_and_broken_text_are_fine() {
        no_findings(CODE, "FROM a:1\nEXPOSE 80 81/tcp größe $P/tcp\nEXPOSE\nRUN <<EOF\nEXPOSE 80/TCP\nEOF\n");
    }
}
