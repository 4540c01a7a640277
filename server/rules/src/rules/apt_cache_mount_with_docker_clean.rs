//! A cache mount of apt's packages in an image that deletes them after each install.

use semantic::StageInstruction;
use syntax::{TextEdit, TextRange};

use crate::analysis::append::is_editable;
use crate::analysis::cache_mount::{calls_apt, of_run};
use crate::analysis::fixes::to_check;
use crate::analysis::official_image::is_debian;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "apt-cache-mount-with-docker-clean",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "apt's cache mount stays empty, for the image deletes packages after each install",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A RUN installs with apt and mounts a cache at `/var/cache/apt`, in an image that is made on Debian or Ubuntu, and nothing in the stage
removes `/etc/apt/apt.conf.d/docker-clean`.

## Why

These images have that file so that apt deletes each package right after its installation. The mount is emptied by the install that fills it,
and every build downloads all packages again.

## Bad

```dockerfile
FROM debian:12-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y --no-install-recommends gcc
```

## Good

```dockerfile
FROM debian:12-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y --no-install-recommends gcc
```

## When to ignore

When the mount is there only to keep what apt writes out of the layer.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let is_cache = |item: &StageInstruction| {
        item.as_run().is_some_and(|run| {
            of_run(run).any(|(_, target)| matches!(target, "/var/cache/apt" | "/var/cache/apt/archives"))
                && calls_apt(run)
        })
    };
    let Some(first) = input.stage.instructions.iter().find(|item| is_cache(item)) else { return };
    let model = input.file.model;
    let items = || model.lineage(input.stage.index).into_iter().flat_map(|stage| &stage.instructions);
    let is_settled = |item: &StageInstruction| {
        let source = &item.instruction.source;
        source.contains("docker-clean") || source.contains("apt.conf") || source.contains("Keep-Downloaded")
    };
    if !is_debian(model.root(input.stage.index)) || items().any(is_settled) {
        return;
    }
    let Some(run) = first.as_run() else { return };
    let Some((mount, target)) = of_run(run).find(|(_, target)| target.starts_with("/var/cache/apt")) else {
        return;
    };
    let message = format!(
        "The cache at `{target}` stays empty: `docker-clean` in this image has apt delete each package once it is installed. Remove `/etc/apt/apt.conf.d/docker-clean` first."
    );
    let finding = findings.add(mount.range, message);
    let Some(script) = run.script.as_deref().filter(|script| is_editable(first, script)) else { return };
    let Some(statement) = script.statements.first() else { return };
    let at = first.instruction.place(statement.range).start;
    let edit = TextEdit {
        range: TextRange::empty(at),
        new_text: "rm -f /etc/apt/apt.conf.d/docker-clean && ".to_owned(),
    };
    let check = "that other steps without the mount call `apt-get clean`";
    finding.fixes.push(to_check("Remove `docker-clean` in this step", check, vec![edit]));
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, no_findings, pointed_at};

    const CODE: &str = "apt-cache-mount-with-docker-clean";
    const MOUNT: &str = "--mount=type=cache,target=/var/cache/apt,sharing=locked";

    #[test]
    fn the_mount_is_pointed_at_and_the_file_removed() {
        check_fix_of(
            CODE,
            "
FROM python:3.13-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    apt-get update && apt-get install -y größe
",
            expect![[r"
                Remove `docker-clean` in this step (unsafe: that other steps without the mount call `apt-get clean`)
                FROM python:3.13-slim
                RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
                    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y größe
            "]],
        );
    }

    #[test]
    fn one_that_is_settled_and_other_images_are_fine() {
        for text in [
            format!(
                "FROM debian:12\nRUN rm /etc/apt/apt.conf.d/docker-clean\nRUN {MOUNT} apt-get install -y x\n"
            ),
            format!(
                "FROM debian:12\nRUN {MOUNT} rm -f /etc/apt/apt.conf.d/docker-clean; apt-get install -y x\n"
            ),
            format!("FROM debian:12\nCOPY keep /etc/apt/apt.conf.d/keep\nRUN {MOUNT} apt-get install -y x\n"),
            format!("FROM acme/base:1\nRUN {MOUNT} apt-get install -y x\n"),
            format!("FROM python:3.13-alpine\nRUN {MOUNT} apt-get install -y x\n"),
            format!(
                "FROM debian:12 AS a\nRUN rm -f /etc/apt/apt.conf.d/docker-clean\nFROM a\nRUN {MOUNT} apt-get install -y x\n"
            ),
            format!("FROM debian:12\nRUN {MOUNT} ls\n"),
            "FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n".to_owned(),
        ] {
            no_findings(CODE, &text);
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            format!("FROM debian\r\nRUN {MOUNT} \\\r\n  apt-get update\r\nRUN \r\n"),
            format!("# escape=`\nFROM ubuntu:24.04\nRUN {MOUNT} `\n  apt-get update\n"),
            format!("FROM debian\nRUN {MOUNT} <<EOF\napt-get update\nEOF\n"),
        ] {
            assert_eq!(pointed_at(CODE, &text), [MOUNT], "{text}");
        }
    }
}
