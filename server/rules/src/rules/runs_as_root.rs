//! An image whose containers run as root.

use std::borrow::Cow;

use semantic::Kind;

use crate::analysis::user::{User, user};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "runs-as-root",
    aliases: &["DL3002", "DS-0002", "CKV_DOCKER_3", "CKV_DOCKER_8"],
    category: Category::Security,
    severity: Severity::Info,
    on_by_default: false,
    summary: "Containers of the image run as root",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

The last USER of the final stage is root, or there is none and the base image leaves root in place. Where only the base image knows the
user, nothing is said; stages that are not shipped are left alone.

## Why

Whoever takes over the process is root in the container: one flaw in the kernel or one folder of the host that is mounted, and root on the
host. Kubernetes refuses such images where `runAsNonRoot` is set.

## Bad

```dockerfile
FROM debian:12-slim
COPY server /usr/local/bin/
CMD ["server"]
```

## Good

```dockerfile
FROM debian:12-slim
COPY server /usr/local/bin/
USER 10001
CMD ["server"]
```

## When to ignore

When the program gives its rights away by itself (nginx, PostgreSQL's entrypoint), or when the user is set where the container is started.
It is off by default because a Dockerfile alone does not tell.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, .. } = *input;
    if stage.index + 1 != file.model.stages.len() {
        return;
    }
    let lineage = file.model.lineage(stage.index);
    let mut users = lineage.iter().rev().flat_map(|stage| stage.instructions.iter().rev());
    let last = users.find_map(|item| match &item.kind {
        Kind::User(user) => Some(user),
        _ => None,
    });
    if user(file, stage, last) != User::Root {
        return;
    }
    let message = "Containers of this image run as root: whoever takes over the process has all rights in it. End the stage with USER and an account of its own.";
    let own = last.filter(|last| stage.range.contains(last.range));
    let finding = findings.add(own.map_or(stage.image.range, |own| own.range), message);
    finding.aliases = match last {
        Some(_) => Cow::Borrowed(&["DL3002", "DS-0002", "CKV_DOCKER_8"]),
        None => Cow::Borrowed(&["DS-0002", "CKV_DOCKER_3"]),
    };
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "runs-as-root";

    #[test]
    fn root_is_pointed_at_in_what_is_shipped() {
        for (text, place, aliases) in [
            ("FROM a:1\nUSER größe\nUSER root\n", "root", "DL3002 DS-0002 CKV_DOCKER_8"),
            ("FROM a:1\nUSER 0:0\r\n", "0:0", "DL3002 DS-0002 CKV_DOCKER_8"),
            ("FROM debian:12\nRUN x\n", "debian:12", "DS-0002 CKV_DOCKER_3"),
            ("FROM scratch\nCOPY x /\n", "scratch", "DS-0002 CKV_DOCKER_3"),
            ("FROM a:1 AS b\nUSER root\nFROM b\n", "b", "DL3002 DS-0002 CKV_DOCKER_8"),
            ("# escape=`\nFROM a:1\nUSER `\n  root\n", "root", "DL3002 DS-0002 CKV_DOCKER_8"),
        ] {
            assert_eq!(pointed_at(CODE, text), [place], "{text}");
            assert_eq!(check_only(CODE, text)[0].aliases.join(" "), aliases, "{text}");
        }
    }

    #[test]
    fn other_users_unknown_ones_and_other_stages_are_fine() {
        for text in [
            "FROM debian:12\nUSER app\n",
            "FROM example/app:1\n",
            "FROM gcr.io/distroless/static:nonroot\n",
            "FROM debian:12 AS build\nUSER root\nFROM a:1\nUSER 1000\n",
            "FROM debian:12\nUSER $U\n",
            "FROM debian:12 AS base\nUSER app\nFROM base\n",
            "FROM debian:12\nUSER app\nRUN <<EOF\nUSER root\nEOF\n",
            "FROM\nUSER\n",
        ] {
            no_findings(CODE, text);
        }
    }
}
