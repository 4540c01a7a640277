//! A repository fetched by SSH in a RUN that has no key.

use semantic::{Mount, MountKind, StageInstruction};
use syntax::shell::ShellWord;
use syntax::{TextEdit, TextRange};

use crate::analysis::fixes::to_check;
use crate::analysis::run_calls::{RunCall, calls_of};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "ssh-remote-without-ssh-mount",
    aliases: &[],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A RUN fetches by SSH and mounts no key to do it with",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN fetches a repository by SSH (`git@github.com:…`, `ssh://…`, `git+ssh://…`) and has neither a `--mount=type=ssh` nor a secret mount.
Where the stage brings a key or settings for SSH or git (`.ssh`, `GIT_SSH_COMMAND`, `insteadOf`), nothing is said.

## Why

A build has no key of its own: the step fails with `Permission denied (publickey)`. With `--mount=type=ssh` it uses the agent of whoever
builds, and no key gets near the image.

## Bad

```dockerfile
FROM alpine:3.22
RUN apk add --no-cache git openssh-client && git clone git@github.com:acme/private.git /src
```

## Good

```dockerfile
FROM alpine:3.22
RUN apk add --no-cache git openssh-client
RUN --mount=type=ssh git clone git@github.com:acme/private.git /src
```

## When to ignore

When the base image has a key that opens nothing but this.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let has_key =
            |mount: &Mount| matches!(mount.kind, MountKind::Ssh | MountKind::Secret | MountKind::Unknown);
        if item.as_run().is_none_or(|run| run.mounts.iter().any(has_key)) {
            continue;
        }
        let mut calls = calls_of(item);
        let Some((call, word)) = calls.find_map(|call| Some((call, remote(&call)?))) else { continue };
        if brings_key(input, item) {
            continue;
        }
        let finding = findings.add(
            call.place(word.range),
            "This is fetched by SSH, and the build has no key for it: the step fails. Add `--mount=type=ssh` and build with `--ssh default`.",
        );
        let at = TextRange::empty(item.instruction.keyword_range().end);
        let edit = TextEdit { range: at, new_text: " --mount=type=ssh".to_owned() };
        let check = "that the build is given `--ssh default`";
        finding.fixes.push(to_check("Add `--mount=type=ssh`", check, vec![edit]));
    }
}

/// The address that a call fetches from by SSH.
fn remote<'a>(call: &RunCall<'a>) -> Option<&'a ShellWord> {
    let own = call.call;
    let fetches = match own.program {
        "git" => matches!(own.subcommand_text(), "clone" | "fetch" | "pull" | "ls-remote" | "submodule"),
        "pip" | "pip3" => matches!(own.subcommand_text(), "install" | "download" | "wheel"),
        "npm" | "yarn" | "pnpm" => matches!(own.subcommand_text(), "install" | "i" | "add"),
        _ => false,
    };
    let is_ssh = |word: &&ShellWord| {
        let text = word.text.trim_matches(['"', '\'']);
        let scheme = ["ssh://", "git+ssh://"].iter().any(|scheme| text.contains(scheme));
        scheme || own.program == "git" && is_scp_like(text)
    };
    own.arguments.iter().find(|word| fetches && is_ssh(word))
}

/// `git@github.com:acme/app.git`
fn is_scp_like(text: &str) -> bool {
    let Some((login, path)) = text.split_once(':') else { return false };
    let Some((user, host)) = login.split_once('@') else { return false };
    let is_plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    is_plain(user) && is_plain(host) && !path.is_empty() && !path.starts_with("//")
}

/// Whether an instruction up to this one brings a key, or tells git to go another way.
fn brings_key(input: &StageInput<'_>, item: &StageInstruction) -> bool {
    let lineage = input.file.model.lineage(input.stage.index);
    let mut before = lineage
        .iter()
        .flat_map(|stage| &stage.instructions)
        .take_while(|other| other.instruction.start <= item.instruction.start);
    let marks = [
        ".ssh",
        "GIT_SSH",
        "insteadOf",
        "insteadof",
        "ssh-add",
        "ssh-agent",
        "id_rsa",
        "id_ed25519",
        "PRIVATE_KEY",
        ".gitconfig",
    ];
    before.any(|other| marks.iter().any(|mark| other.instruction.source.contains(mark)))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "ssh-remote-without-ssh-mount";

    #[test]
    fn a_missing_mount_is_told_and_added() {
        check_fix_of(
            CODE,
            "
FROM a:1
RUN echo größe && \\
    git clone --depth 1 git@github.com:acme/app.git /src
",
            expect![[r"
                Add `--mount=type=ssh` (unsafe: that the build is given `--ssh default`)
                FROM a:1
                RUN --mount=type=ssh echo größe && \
                    git clone --depth 1 git@github.com:acme/app.git /src
            "]],
        );
        for command in [
            "git clone ssh://git@e.com/x",
            "pip install git+ssh://git@github.com/acme/x.git@v1",
            "git clone \"git@e.com:${NAME}.git\"",
            "npm install git+ssh://git@github.com/acme/x.git",
        ] {
            assert_eq!(
                check_only(CODE, &format!("FROM a:1\nARG NAME\nRUN {command}\n")).len(),
                1,
                "{command}"
            );
        }
    }

    #[test]
    fn keys_and_other_addresses_are_fine() {
        for text in [
            "RUN --mount=type=ssh git clone git@e.com:a/b",
            "RUN --mount=type=secret,id=key,target=/root/.ssh/id_rsa git clone git@e.com:a/b",
            "COPY id_rsa /root/.ssh/\nRUN git clone git@e.com:a/b",
            "RUN git config --global url.https://e.com/.insteadOf git@e.com: && git clone git@e.com:a/b",
            "RUN git clone https://user@e.com:8443/a/b",
            "RUN git clone https://e.com/a",
            "RUN git remote add origin git@e.com:a/b",
            "RUN echo git clone git@e.com:a/b",
            "RUN git clone '",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM größe:1\r\nRUN git clone \\\r\n  git@e.com:a\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN git clone `\n  git@e.com:a\n",
            "FROM a:1\nRUN <<EOF\ngit clone git@e.com:a\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["git@e.com:a"], "{text}");
        }
    }
}
