//! A cache mount of apt's folders that two steps may use at once.

use crate::analysis::cache_mount::{calls_apt, is_of_apt, of_run, with_fields};
use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};
use syntax::TextRange;

pub(crate) static RULE: Rule = Rule {
    code: "apt-cache-mount-without-lock",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A cache mount of apt's folders is shared, and apt cannot share them",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A RUN that calls apt mounts a cache at `/var/cache/apt` or `/var/lib/apt`, and does not say `sharing=locked`.

## Why

apt locks these folders. A mount is shared unless it says otherwise, so that two stages, two platforms or two builds use it at once: one of
them fails with `Could not get lock`, now and then and for no reason that the log would tell. With `sharing=locked` the second one waits.

## Bad

```dockerfile
FROM debian:12-slim
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt \
    apt-get update && apt-get install -y --no-install-recommends gcc
```

## Good

```dockerfile
FROM debian:12-slim
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y --no-install-recommends gcc
```

## When to ignore

When only one step of one build ever uses the cache.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for run in input.stage.instructions.iter().filter_map(|item| item.as_run()) {
        let is_shared = |sharing: Option<&str>| matches!(sharing, None | Some("shared"));
        let shared =
            of_run(run).filter(|(mount, target)| is_of_apt(target) && is_shared(mount.sharing.as_deref()));
        let mut calls = None;
        for (mount, target) in shared {
            if !*calls.get_or_insert_with(|| calls_apt(run)) {
                break;
            }
            let message = format!(
                "apt locks `{target}`, and this mount lets two steps use it at once: one of them fails. Add `sharing=locked`."
            );
            let finding = findings.add(mount.range, message);
            let edit = match mount.sharing {
                None => with_fields(input.file, mount, "sharing=locked"),
                Some(_) => {
                    let written = input.file.model.document.slice(mount.range);
                    let at = written.find("sharing=shared").and_then(|at| u32::try_from(at).ok());
                    at.map(|at| {
                        let start = mount.range.start + at + 8;
                        replace(TextRange::new(start, start + 6), "locked")
                    })
                }
            };
            finding.fixes.extend(edit.map(|edit| safe("Add `sharing=locked`", vec![edit])));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "apt-cache-mount-without-lock";

    #[test]
    fn each_shared_mount_is_pointed_at_and_locked() {
        check(
            "
FROM example/größe:1
RUN --mount=type=cache,target=/var/lib/apt \\
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ apt-cache-mount-without-lock: apt locks `/var/lib/apt`, and this mount lets two steps use it at once: one of them fails. Add `sharing=locked`.
  apt-get update && apt-get install -y --no-install-recommends x
",
        );
        check_fix_of(
            CODE,
            "
FROM a:1
RUN --mount=type=cache,sharing=shared,target=/var/cache/apt sudo apt-get install -y x
",
            expect![[r"
                Add `sharing=locked` (safe)
                FROM a:1
                RUN --mount=type=cache,sharing=locked,target=/var/cache/apt sudo apt-get install -y x
            "]],
        );
    }

    #[test]
    fn locked_private_and_others_mounts_are_fine() {
        for text in [
            "RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update",
            "RUN --mount=type=cache,target=/var/lib/apt,sharing=private apt-get update",
            "RUN --mount=type=cache,target=/root/.cache apt-get update",
            "RUN --mount=type=cache,target=/var/cache/apt ls",
            "RUN --mount=type=tmpfs,target=/var/cache/apt apt-get update",
            "RUN --mount=type=cache,target=$X apt-get update",
            "RUN --mount=type=cache,target=/var/lib/apt,sharing=$S apt-get update",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN --mount=type=cache,target=/var/lib/apt \\\r\n  apt-get update # é\r\nRUN --mount=type=cache,target\r\n",
            "# escape=`\nFROM a:1\nRUN --mount=type=cache,target=/var/lib/apt `\n  apt-get update\n",
            "FROM a:1\nRUN --mount=type=cache,target=/var/lib/apt <<EOF\napt-get update\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["--mount=type=cache,target=/var/lib/apt"], "{text}");
        }
    }
}
