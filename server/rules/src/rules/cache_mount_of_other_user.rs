//! A cache mount that the user who runs the step cannot write to.

use rewrites::Input;
use semantic::commands::{Options, meaning};
use semantic::path::is_within;
use semantic::{Mount, Run, Stage};
use syntax::shell::Command;

use crate::analysis::cache_mount::{of_run, with_fields};
use crate::analysis::fixes::to_check;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};
use rewrites::Fix;

pub(crate) static RULE: Rule = Rule {
    code: "cache-mount-of-other-user",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A cache mount belongs to root, and another user runs the step",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A RUN behind a USER that is not root mounts a cache without `uid=` or `mode=`, or mounts one in root's home folder.

## Why

A cache mount belongs to root and only root may write to it. The step fails, or its tool goes on without a cache and says so in a line that
nobody reads: every build fetches everything again.

## Bad

```dockerfile
FROM python:3.13-slim
RUN useradd -u 10001 -m app
USER app
WORKDIR /home/app
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install --user -r requirements.txt
```

```dockerfile
FROM node:22-slim
USER 1000
WORKDIR /home/node
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/home/node/.npm npm ci
```

## Good

```dockerfile
FROM python:3.13-slim
RUN useradd -u 10001 -m app
USER app
WORKDIR /home/app
COPY requirements.txt .
RUN --mount=type=cache,target=/home/app/.cache/pip,uid=10001 pip install --user -r requirements.txt
```

## When to ignore

When the step becomes root by itself, in a script that the text does not show, or an earlier step of root gave the cache away.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Some(run) = item.as_run() else { continue };
        let Some(user) = item.user.as_ref().and_then(|user| user.value.as_deref()) else { continue };
        let name = user.split(':').next().unwrap_or_default();
        if matches!(name, "" | "0" | "root") || becomes_root(run) {
            continue;
        }
        for (mount, target) in of_run(run) {
            if mount.uid.is_some() || has_mode(input.file, mount) {
                continue;
            }
            let is_roots_home = is_within(target, "/root");
            let message = if is_roots_home {
                format!(
                    "The step runs as `{name}`, which neither looks for its cache in `{target}` nor may write there. Mount it in the home folder of `{name}`, with `uid=`."
                )
            } else {
                format!(
                    "A cache mount belongs to root, and the step runs as `{name}`: it cannot write to `{target}`. Add `uid=`."
                )
            };
            let finding = findings.add(mount.range, message);
            if !is_roots_home {
                finding.fixes.extend(owned(input.file, input.stage, mount, user));
            }
        }
    }
}

fn becomes_root(run: &Run) -> bool {
    run.commands().any(|command| {
        meaning(command).wrappers.iter().any(|wrapper| matches!(*wrapper, "sudo" | "doas"))
            || matches!(command.program(), Some("sudo" | "doas" | "su"))
    })
}

/// Whether a mount says who may write to it, or begins with the files of another.
fn has_mode(input: &Input<'_>, mount: &Mount) -> bool {
    mount.from.is_some() || input.model.document.slice(mount.range).contains("mode=")
}

/// Gives the mount to the user, where the user's number is known.
fn owned(input: &Input<'_>, stage: &Stage, mount: &Mount, user: &str) -> Option<Fix> {
    let (name, group) = user.split_once(':').map_or((user, None), |(name, group)| (name, Some(group)));
    let number = match is_number(name) {
        true => name.to_owned(),
        false => number_of(input, stage, name)?,
    };
    let group =
        group.filter(|group| is_number(group)).map(|group| format!(",gid={group}")).unwrap_or_default();
    let fields = format!("uid={number}{group}");
    let edit = with_fields(input, mount, &fields)?;
    let check = "that the cache is empty so far: what root wrote stays root's";
    Some(to_check(format!("Add `{fields}`"), check, vec![edit]))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number that `useradd -u` or `adduser -u` gives to a user, in the stage or in those below.
fn number_of(input: &Input<'_>, stage: &Stage, name: &str) -> Option<String> {
    let stages = input.model.lineage(stage.index);
    let runs = stages.into_iter().flat_map(|stage| &stage.instructions).filter_map(|item| item.as_run());
    runs.flat_map(Run::commands).filter_map(|command| made(command, name)).last()
}

fn made(command: &Command, name: &str) -> Option<String> {
    let meaning = meaning(command);
    if !matches!(meaning.program, "useradd" | "adduser") {
        return None;
    }
    let values =
        ["-u", "--uid", "-g", "--gid", "-G", "--groups", "-d", "--home", "-h", "-s", "--shell", "-c"];
    let options = Options::read(meaning.arguments, &values);
    let is_made = options.operands.iter().any(|word| word.value.as_deref() == Some(name));
    let number = options.value(&["-u", "--uid"]).filter(|number| is_made && is_number(number))?;
    Some(number.to_owned())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "cache-mount-of-other-user";

    #[test]
    fn the_mount_is_pointed_at() {
        check(
            "
FROM example/größe:1
USER app
RUN --mount=type=cache,target=/root/.cache/x \\
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ cache-mount-of-other-user: The step runs as `app`, which neither looks for its cache in `/root/.cache/x` nor may write there. Mount it in the home folder of `app`, with `uid=`.
    --mount=type=cache,target=/home/app/.y \\
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ cache-mount-of-other-user: A cache mount belongs to root, and the step runs as `app`: it cannot write to `/home/app/.y`. Add `uid=`.
  make
",
        );
    }

    #[test]
    fn the_number_is_taken_from_where_the_user_is_made() {
        check_fix_of(
            CODE,
            "
FROM a:1 AS base
RUN useradd --uid 10001 -m app
FROM base
USER app
RUN --mount=type=cache,target=/c make
USER 7:8
RUN --mount=type=cache,target=/d make
",
            expect![[r"
                Add `uid=10001` (unsafe: that the cache is empty so far: what root wrote stays root's)
                FROM a:1 AS base
                RUN useradd --uid 10001 -m app
                FROM base
                USER app
                RUN --mount=type=cache,target=/c,uid=10001 make
                USER 7:8
                RUN --mount=type=cache,target=/d make
                Add `uid=7,gid=8` (unsafe: that the cache is empty so far: what root wrote stays root's)
                FROM a:1 AS base
                RUN useradd --uid 10001 -m app
                FROM base
                USER app
                RUN --mount=type=cache,target=/c make
                USER 7:8
                RUN --mount=type=cache,target=/d,uid=7,gid=8 make
            "]],
        );
        assert!(
            check_only(CODE, "FROM a:1\nUSER x\nRUN --mount=type=cache,target=/c make\n")[0].fixes.is_empty()
        );
    }

    #[test]
    fn root_and_mounts_that_say_whose_they_are_are_fine() {
        for text in [
            "RUN --mount=type=cache,target=/root/.npm npm ci",
            "USER root\nRUN --mount=type=cache,target=/root/.npm npm ci",
            "USER 0:0\nRUN --mount=type=cache,target=/root/.npm npm ci",
            "USER $APP\nRUN --mount=type=cache,target=/root/.npm npm ci",
            "USER app\nRUN --mount=type=cache,target=/c,uid=1000 npm ci",
            "USER app\nRUN --mount=type=cache,mode=0777,target=/c npm ci",
            "USER app\nRUN --mount=type=cache,target=/var/cache/apt sudo apt-get update",
            "USER app\nRUN --mount=type=secret,id=x,target=/c npm ci",
            "USER app\nUSER root\nRUN --mount=type=cache,target=/c npm ci",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nUSER größe\r\nRUN --mount=type=cache,target=/c \\\r\n  make\r\nUSER\r\n",
            "# escape=`\nFROM a:1\nUSER x\nRUN --mount=type=cache,target=/c `\n  make\n",
            "FROM a:1\nUSER x\nRUN --mount=type=cache,target=/c <<EOF\nmake\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["--mount=type=cache,target=/c"], "{text}");
        }
        no_findings(CODE, "FROM a:1\nUSER x\nRUN --mount=type=cache,target=\n");
    }
}
