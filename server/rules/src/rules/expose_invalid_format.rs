//! An address or a host port in EXPOSE.

use semantic::Kind;

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "expose-invalid-format",
    aliases: &["ExposeInvalidFormat"],
    category: Category::Syntax,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "EXPOSE has an address or a port of the host",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

An EXPOSE names an IP address or a port of the host (`8080:80`).

## Why

EXPOSE only says which port the container listens on: the rest is dropped today, and will be an error in a future BuildKit. Ports are published by `docker run -p`.

## Bad

```dockerfile
FROM debian:12-slim
EXPOSE 127.0.0.1:8080:80
```

## Good

```dockerfile
FROM debian:12-slim
EXPOSE 80
```

## When to ignore

Never: the fix leaves what counts.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Kind::Expose(ports) = &item.kind else { continue };
        for port in ports {
            let value = port.value.as_deref().unwrap_or(&port.raw);
            if value.contains('$') {
                continue;
            }
            let Some((_, container)) = value.rsplit_once(':').filter(|(_, container)| !container.is_empty())
            else {
                continue;
            };
            let message = format!(
                "EXPOSE takes the container's port alone; the rest will be an error in a future BuildKit. Write `{container}`."
            );
            let finding = findings.add(port.range, message);
            if port.raw == value {
                finding
                    .fixes
                    .push(safe(format!("Write `{container}`"), vec![replace(port.range, container)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "expose-invalid-format";

    #[test]
    fn the_containers_port_is_left() {
        check_fix(
            "
FROM a:1
EXPOSE [::1]:8080:80/tcp 443
",
            expect![[r"
                Write `80/tcp` (safe)
                FROM a:1
                EXPOSE 80/tcp 443
            "]],
        );
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM a:1\r\nEXPOSE `\r\n  8080:80\r\n").len(), 1);
    }

    #[test]
    fn ports_ranges_and_broken_text_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nEXPOSE 80 8000-8010/tcp ${P:-80} größe\nEXPOSE\nRUN <<EOF\nEXPOSE 1:2\nEOF\n",
        );
    }
}
