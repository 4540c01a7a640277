//! A RUN in an image that has no files, and so no shell and no program.

use semantic::{Base, Kind, MountKind, StageInstruction};

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "run-in-empty-image",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Error,
    on_by_default: true,
    summary: "A RUN in an image without any file has no shell to run it",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN stands in a stage on `scratch` before anything was copied into it, and mounts nothing that would bring a program.

## Why

`scratch` has no files: no shell, no `mkdir`, no `adduser`. The build fails with `exec: "/bin/sh": no such file or directory`.

## Bad

```dockerfile
FROM scratch
RUN mkdir /data
COPY app /app
ENTRYPOINT ["/app"]
```

## Good

```dockerfile
FROM scratch
WORKDIR /data
COPY app /app
ENTRYPOINT ["/app"]
```

## When to ignore

When every build puts another image in the place of `scratch`.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let model = input.file.model;
    if *model.root(input.stage.index) != Base::Scratch || input.stage.replaced.is_some() {
        return;
    }
    let below = model.lineage(input.stage.index).into_iter().filter(|stage| stage.index != input.stage.index);
    if below.flat_map(|stage| &stage.instructions).any(brings_files) {
        return;
    }
    for item in &input.stage.instructions {
        if brings_files(item) {
            return;
        }
        if item.as_run().is_some() {
            let message = "`scratch` has no files, and so no shell: this RUN fails. Do it in another stage and copy what it makes.";
            findings.add(item.instruction.keyword_range(), message);
            return;
        }
    }
}

/// Whether an instruction puts files into the image, or has some of another beside it while it runs.
fn brings_files(item: &StageInstruction) -> bool {
    match &item.kind {
        Kind::Copy(_) | Kind::Add(_) | Kind::Unknown | Kind::Onbuild => true,
        Kind::Run(run) => run
            .mounts
            .iter()
            .any(|mount| matches!(mount.kind, MountKind::Bind | MountKind::Cache | MountKind::Unknown)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, no_findings, pointed_at};

    const CODE: &str = "run-in-empty-image";

    #[test]
    fn the_first_run_is_pointed_at() {
        check(
            "
FROM scratch AS base
LABEL a=größe
FROM base
RUN mkdir /größe
#^^ run-in-empty-image: `scratch` has no files, and so no shell: this RUN fails. Do it in another stage and copy what it makes.
RUN ls
",
        );
    }

    #[test]
    fn what_has_files_is_fine() {
        for text in [
            "FROM scratch\nADD rootfs.tar.xz /\nRUN ls",
            "FROM scratch\nCOPY --from=busybox / /\nRUN ls",
            "FROM scratch\nRUN --mount=from=busybox,target=/b [\"/b/bin/sh\", \"-c\", \"x\"]",
            "FROM scratch AS b\nCOPY x /\nFROM b\nRUN ls",
            "FROM a\nRUN ls",
            "FROM $A\nRUN ls",
            "FROM scratch\nWORKDIR /x",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM scratch\r\nRUN <<E\r\né\r\nE\r\nRUN\r\n",
            "# escape=`\nFROM scratch\nRUN `\n  ls\n",
            "FROM scratch\nRUN [\"ls\"]\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["RUN"], "{text}");
        }
    }
}
