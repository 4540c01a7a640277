//! A port that does not exist.

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};
use semantic::Kind;

pub(crate) static RULE: Rule = Rule {
    code: "port-out-of-range",
    aliases: &["DL3011", "DS-0008"],
    category: Category::Semantic,
    severity: Severity::Error,
    on_by_default: true,
    summary: "EXPOSE has a port that does not exist",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

An EXPOSE names a port above 65535, or something that is no port.

## Why

There is no such port: the builder refuses the file when it comes to this line.

## Bad

```dockerfile
FROM debian:12-slim
EXPOSE 80000
```

## Good

```dockerfile
FROM debian:12-slim
EXPOSE 8000
```

## When to ignore

Never: the build fails.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Kind::Expose(ports) = &item.kind else { continue };
        for port in ports {
            let Some(value) = port.value.as_deref().filter(|value| !value.is_empty()) else { continue };
            let container = value.rsplit(':').next().unwrap_or(value);
            let numbers = container.split('/').next().unwrap_or_default();
            if value.contains(char::is_whitespace)
                || numbers.splitn(2, '-').all(|number| number.parse::<u16>().is_ok())
            {
                continue;
            }
            let message =
                format!("`{numbers}` is no port, and the build fails here. Ports go from 0 to 65535.");
            findings.add(port.range, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings};

    const CODE: &str = "port-out-of-range";

    #[test]
    fn what_is_no_port_is_pointed_at() {
        for port in ["65536", "80000/tcp", "8000-70000", "http", "größe", "1:99999", "-1"] {
            assert_eq!(
                check_only(CODE, &format!("FROM a:1\r\nEXPOSE 80 \\\r\n  {port}\r\n")).len(),
                1,
                "{port}"
            );
        }
        assert_eq!(check_only(CODE, "# escape=`\nARG P=99999\nFROM a:1\nARG P\nEXPOSE `\n  $P\n").len(), 1);
    }

    #[test]
    fn ports_and_unknown_values_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nARG P\nEXPOSE 0 80 65535/udp 8000-8010 1:2 $P ${Q}\nEXPOSE\nRUN <<EOF\nEXPOSE x\nEOF\n",
        );
        no_findings(CODE, "FROM a:1\nENV PORTS=\"80 81\"\nEXPOSE $PORTS\n");
    }
}
