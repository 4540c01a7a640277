//! Flags and instructions that do nothing, or fail, in a Windows image.

use semantic::{Kind, MountKind};

use crate::analysis::windows::is_windows;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "flag-without-effect-on-windows",
    aliases: &[],
    category: Category::Portability,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A flag or an instruction does nothing in a Windows image",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A stage whose image is one for Windows, by its name, has `--chown` or `--chmod` at COPY or ADD, a secret or SSH mount at RUN, or a STOPSIGNAL.

## Why

Windows has no owners by number and no mode bits, so the files stay as they are; it has no signals, so a container is told to shut down whatever STOPSIGNAL says; and the builder mounts
neither secrets nor SSH sockets there.

## Bad

```dockerfile
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
COPY --chown=ContainerUser app.exe C:/app/
```

## Good

```dockerfile
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
COPY app.exe C:/app/
USER ContainerUser
```

## When to ignore

When the same Dockerfile is built for Linux as well, with another base image.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let model = input.file.model;
    let mut is_known = None;
    for item in &input.stage.instructions {
        let instruction = &item.instruction;
        let found: Vec<_> = match &item.kind {
            Kind::Copy(_) | Kind::Add(_) => ["chown", "chmod"]
                .into_iter()
                .filter_map(|name| Some((instruction.place(instruction.flag(name)?.range), "Windows has no such owners and modes, so the files stay as they are. Leave the flag out.")))
                .collect(),
            Kind::Stopsignal(signal) => {
                vec![(signal.range, "Windows has no signals: a container is told to shut down, whatever stands here. Leave it out.")]
            }
            Kind::Run(run) => {
                let is_special = |kind: MountKind| matches!(kind, MountKind::Secret | MountKind::Ssh);
                let mounts = run.mounts.iter().filter(|mount| is_special(mount.kind));
                mounts.map(|mount| (mount.range, "The builder mounts no secrets and no SSH sockets in Windows containers.")).collect()
            }
            _ => continue,
        };
        if found.is_empty() || !*is_known.get_or_insert_with(|| is_windows(model, input.stage)) {
            continue;
        }
        for (range, message) in found {
            findings.add(range, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "flag-without-effect-on-windows";

    #[test]
    fn what_does_nothing_is_pointed_at() {
        let image = "mcr.microsoft.com/windows/servercore:ltsc2022";
        for (text, place) in [
            (format!("# escape=`\r\nFROM {image}\r\nCOPY `\r\n --chown=größe a C:/b\r\n"), "--chown=größe"),
            (format!("FROM {image} AS x\nFROM x\nADD --chmod=755 a b\n"), "--chmod=755"),
            (format!("FROM {image}\nSTOPSIGNAL SIGTERM\n"), "SIGTERM"),
        ] {
            assert_eq!(pointed_at(CODE, &text), [place], "{text}");
        }
        let text = format!("FROM {image}\nRUN --mount=type=secret,id=x a\n");
        assert_eq!(pointed_at(CODE, &text).len(), 1);
    }

    #[test]
    fn linux_and_plain_instructions_are_fine() {
        for text in [
            "FROM debian:12\nCOPY --chown=1 a b\nSTOPSIGNAL 15\nRUN --mount=type=secret,id=x a",
            "FROM x:nanoserver\nCOPY a b\nRUN --mount=type=cache,target=/x a\nRUN <<E\nSTOPSIGNAL 1\nE\nCOPY",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }
}
