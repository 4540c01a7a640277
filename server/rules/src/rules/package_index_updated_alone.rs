//! Package lists that are fetched in one RUN and used in another.

use rewrites::merge_runs;
use rewrites::places::Place as RewritePlace;
use semantic::path::Place;
use semantic::{Mount, Run, StageInstruction};

use crate::analysis::call::Call;
use crate::analysis::install::{System, SystemCommand};
use crate::analysis::run_calls::{RunCall, calls_of};
use crate::analysis::text::line;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "package-index-updated-alone",
    aliases: &["DS-0017", "CKV_DOCKER_5"],
    category: Category::Cache,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "Package lists are fetched in one RUN and used in another, when they are old",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN fetches the package lists (`apt-get update`, `apk update`) and a later RUN of the stage installs without fetching them again.

## Why

The builder keeps the lists of the first RUN for as long as its line stays the same. A package that is added to the second RUN weeks later is
looked up in lists of then: it comes in an old version, or the download fails with `404 Not Found`.

## Bad

```dockerfile
FROM debian:12-slim
RUN apt-get update
RUN apt-get install -y curl
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
```

The rewrite `merge-runs` makes this change.

## When to ignore

When the build never uses a cache.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    // What was fetched last, by whom, and whether it was used since.
    let mut fetched: Vec<(System, RunCall<'_>)> = Vec::new();
    for item in &input.stage.instructions {
        let Some(run) = item.as_run() else { continue };
        let mut own: Vec<(System, RunCall<'_>)> = Vec::new();
        for call in calls_of(item) {
            let Some(command) = SystemCommand::of(call.call) else { continue };
            let system = command.system;
            if !matches!(system, System::Apt | System::Apk) {
                continue;
            }
            if command.subcommand == "update" {
                fetched.retain(|(other, _)| *other != system);
                own.retain(|(other, _)| *other != system);
                if !is_mounted(run) {
                    own.push((system, call));
                }
            } else if uses_lists(&command) {
                own.retain(|(other, _)| *other != system);
                if let Some(at) = fetched.iter().position(|(other, _)| *other == system) {
                    let (_, update) = fetched.swap_remove(at);
                    report(input, &update, item, findings);
                }
            }
        }
        own.retain(|(system, _)| !removes_lists(*system, run));
        fetched.append(&mut own);
    }
}

fn report(input: &StageInput<'_>, update: &RunCall<'_>, item: &StageInstruction, findings: &mut Findings) {
    let at = line(input.file, item.instruction.start);
    let message = format!(
        "These lists are kept as long as this line is, and the install on line {at} then looks packages up in old ones. Fetch and install in one RUN."
    );
    let Some(subcommand) = update.call.subcommand() else { return };
    let place = merge_runs::place(input.file, input.stage, update.item, input.is_shipped);
    let finding = findings.add(update.range_to(subcommand), message);
    finding.fixes.extend(place.map(RewritePlace::into_fix));
}

fn uses_lists(command: &SystemCommand<'_>) -> bool {
    match command.system {
        // With `--no-cache` or `--update-cache` apk fetches by itself.
        System::Apk => {
            (command.installs() || command.subcommand == "upgrade")
                && !command.call.has(&["--no-cache", "--update-cache", "--update", "-U", "-u"])
        }
        _ => {
            command.installs()
                || matches!(
                    command.subcommand,
                    "upgrade" | "dist-upgrade" | "full-upgrade" | "source" | "download"
                )
        }
    }
}

fn is_mounted(run: &Run) -> bool {
    let keeps = |mount: &Mount| match &mount.target {
        Place::Known(path) => path.starts_with("/var/lib/apt") || path == "/var/lib" || path.contains("/apk"),
        _ => true,
    };
    run.mounts.iter().any(keeps)
}

/// Whether the RUN takes the lists away again, so that it is about something else.
fn removes_lists(system: System, run: &Run) -> bool {
    let folder = if system == System::Apk { "/var/cache/apk" } else { "/var/lib/apt" };
    run.commands()
        .filter_map(Call::of)
        .any(|call| call.program == "rm" && call.arguments.iter().any(|word| word.text.contains(folder)))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "package-index-updated-alone";

    #[test]
    fn old_lists_are_told_and_the_runs_merged() {
        let text = "FROM a:1\nRUN apt-get update\nRUN apt-get install -y größe\n";
        assert_eq!(pointed_at(CODE, text), ["apt-get update"]);
        expect!["These lists are kept as long as this line is, and the install on line 3 then looks packages up in old ones. Fetch and install in one RUN."].assert_eq(&check_only(CODE, text)[0].message);
        check_fix_of(
            CODE,
            text,
            expect![[r"
                Merge 2 RUNs into one (safe)
                FROM a:1
                RUN apt-get update && apt-get install -y größe
            "]],
        );
    }

    #[test]
    fn other_ways_to_separate_them() {
        for text in [
            "RUN sudo apt-get -q update && echo x\nCOPY x /x\nRUN apt-get install -y x",
            "RUN apk update\nRUN apk add x",
            "RUN apt-get install -y y && apt-get update\nRUN apt-get install -y x",
            "RUN apt-get update\nRUN apt-get upgrade -y",
        ] {
            assert_eq!(check_only(CODE, &format!("FROM a:1\n{text}\n")).len(), 1, "{text}");
        }
    }

    #[test]
    fn fresh_lists_are_fine() {
        for text in [
            "RUN apt-get update && apt-get install -y x",
            "RUN apt-get update\nRUN apt-get update && apt-get install -y x",
            "RUN apt-get update\nRUN make",
            "RUN apt-get update && apt-get install -y x\nRUN apt-get install -y y",
            "RUN apk update\nRUN apk add --no-cache x",
            "RUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN apt-get install -y x",
            "RUN --mount=type=cache,target=/var/lib/apt apt-get update\nRUN --mount=type=cache,target=/var/lib/apt apt-get install -y x",
            "RUN apt-get update\nFROM b:1\nRUN apt-get install -y x",
            "RUN echo apt-get update\nRUN apt-get install -y x",
            "RUN yum makecache\nRUN yum install -y x",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN apt-get update \\\r\n  -q\r\nRUN apt-get install größe\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN apt-get update `\n -q\nRUN apt-get install x\n",
            "FROM a:1\nRUN <<EOF\napt-get update\nEOF\nRUN apt-get install x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["apt-get update"], "{text}");
        }
        no_findings(CODE, "FROM a:1\nRUN apt-get update '\nRUN apt-get\n");
    }
}
