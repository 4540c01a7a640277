//! EXPOSE of the port of SSH.

use semantic::Kind;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "ssh-port-exposed",
    aliases: &["DS-0004", "CKV_DOCKER_1"],
    category: Category::Security,
    severity: Severity::Info,
    on_by_default: false,
    summary: "EXPOSE names port 22, so the image is meant to be logged into",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

EXPOSE names port 22, the port of SSH.

## Why

An SSH server in a container is a second way in, with accounts, keys and updates of its own to look after. `docker exec` and
`kubectl exec` open a shell without it, and are logged and authorised where the rest is.

## Bad

```dockerfile
FROM debian:12-slim
EXPOSE 80 22
```

## Good

```dockerfile
FROM debian:12-slim
EXPOSE 80
```

## When to ignore

When SSH is what the image is for: a git server, a bastion. It is off by default because the port is hardly ever named by accident.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Kind::Expose(ports) = &item.kind else { continue };
        for port in ports {
            let value = port.value.as_deref().unwrap_or_default();
            if matches!(value, "22" | "22/tcp") {
                findings.add(
                    port.range,
                    "Port 22 is for SSH: a second way into the container that must be looked after. `docker exec` opens a shell without it.",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "ssh-port-exposed";

    #[test]
    fn port_22_is_pointed_at() {
        assert_eq!(pointed_at(CODE, "FROM größe:1\r\nEXPOSE 80 \\\r\n  22\r\n"), ["22"]);
        assert_eq!(pointed_at(CODE, "# escape=`\nFROM a:1\nARG P=22\nEXPOSE `\n $P/tcp\n"), ["$P/tcp"]);
    }

    #[test]
    fn other_ports_are_fine() {
        no_findings(CODE, "FROM a:1\nEXPOSE 2222 22/udp 220 $X\nEXPOSE\nRUN <<EOF\nEXPOSE 22\nEOF\n");
    }
}
