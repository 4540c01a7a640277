//! A cache mount that the RUN itself empties, or does not let its tool use.

use rewrites::statements::{take_statements, with_space};
use rewrites::{Fix, Input};
use semantic::commands::{Action, FileOperation, Manager, PackageCommand, Verb, meaning};
use semantic::path::{Place, is_within};
use semantic::{Lookup, Mount, Run, StageInstruction};
use syntax::shell::{Command, ShellWord};
use syntax::{TextEdit, TextRange};

use crate::analysis::append::is_editable;
use crate::analysis::cache_mount::{is_of_apt, of_run};
use crate::analysis::fixes::{safe, to_check};
use crate::analysis::image_path::{for_each_command, resolve};
use crate::analysis::text;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "cache-mount-emptied-in-same-run",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A RUN empties the cache that it mounts, or tells its tool not to use it",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A RUN mounts a cache and empties it (`rm -rf`, `apt-get clean`, `npm cache clean`), or its package manager is told to keep none
(`--no-cache-dir`, `--no-cache`, `PIP_NO_CACHE_DIR`).

## Why

What lies in a cache mount is in no layer: there is nothing to save. Emptied, the mount has nothing for the next build, which fetches
everything again.

## Bad

```dockerfile
FROM python:3.13-slim
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir -r requirements.txt
```

```dockerfile
FROM debian:12-slim
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*
```

## Good

```dockerfile
FROM python:3.13-slim
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
```

## When to ignore

When the mount is there only to keep a large download out of the layer.
";

/// A cache that a tool keeps in a folder and can be told not to use.
struct ToolCache {
    manager: Manager,
    /// How the path of its folder ends.
    folders: &'static [&'static str],
    /// What tells the tool not to use it.
    flags: &'static [&'static str],
    /// The same as a variable.
    variable: &'static str,
}

const TOOL_CACHES: [ToolCache; 5] = [
    ToolCache {
        manager: Manager::Pip,
        folders: &["/.cache/pip", "/.cache"],
        flags: &["--no-cache-dir"],
        variable: "PIP_NO_CACHE_DIR",
    },
    ToolCache {
        manager: Manager::Uv,
        folders: &["/.cache/uv", "/.cache"],
        flags: &["--no-cache", "--no-cache-dir"],
        variable: "UV_NO_CACHE",
    },
    ToolCache {
        manager: Manager::Apk,
        folders: &["/var/cache/apk", "/etc/apk/cache"],
        flags: &["--no-cache"],
        variable: "",
    },
    ToolCache {
        manager: Manager::Poetry,
        folders: &["/.cache/pypoetry", "/.cache"],
        flags: &["--no-cache"],
        variable: "",
    },
    ToolCache {
        manager: Manager::Composer,
        folders: &["/.cache/composer", "/.composer/cache", "/tmp/cache"],
        flags: &["--no-cache"],
        variable: "",
    },
];

/// What defeats a mount.
enum Defeat<'a> {
    /// A flag.
    Flag(&'a ShellWord),
    /// The variable of this name.
    Variable(&'static str),
    /// A whole command.
    Command,
}

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Some(run) = item.as_run() else { continue };
        let mounts: Vec<(&Mount, &str)> = of_run(run).collect();
        if mounts.is_empty() {
            continue;
        }
        for_each_command(item, |command, cwd| {
            if let Some((target, defeat)) = defeat(input.file, item, &mounts, command, cwd) {
                report(item, run, command, target, &defeat, findings);
            }
        });
    }
}

fn defeat<'a, 'm>(
    input: &Input<'_>,
    item: &StageInstruction,
    mounts: &[(&Mount, &'m str)],
    command: &'a Command,
    cwd: &Place,
) -> Option<(&'m str, Defeat<'a>)> {
    match meaning(command).action {
        Action::Package(package) if package.verb == Verb::Clean => {
            let emptied = mounts.iter().find(|(_, target)| is_emptied(&package, target))?;
            Some((emptied.1, Defeat::Command))
        }
        Action::Package(package) => {
            let cache = TOOL_CACHES.iter().find(|cache| cache.manager == package.manager)?;
            let is_own = |target: &&str| cache.folders.iter().any(|folder| target.ends_with(folder));
            let target = mounts.iter().map(|(_, target)| *target).find(is_own)?;
            let installs = matches!(package.verb, Verb::Install | Verb::Fetch | Verb::Upgrade | Verb::Build);
            if !installs {
                return None;
            }
            let flag = package.options.flags.iter().find(|flag| cache.flags.contains(&flag.name));
            // `--no-cache-dir=off` is as good as none.
            if let Some(flag) = flag.filter(|flag| flag.value.is_none()) {
                return Some((target, Defeat::Flag(flag.word)));
            }
            is_switched_off(input, item, cache).then_some((target, Defeat::Variable(cache.variable)))
        }
        Action::File(file) if file.operation == FileOperation::Remove => {
            let paths: Vec<_> =
                file.paths.iter().filter_map(|word| resolve(input, item, cwd, word)).collect();
            if paths.is_empty() || paths.len() != file.paths.len() {
                return None;
            }
            let empties = |target: &str| {
                paths.iter().all(|path| {
                    let Some(place) = path.place.known() else { return false };
                    let is_everything = path.pattern.as_deref().is_none_or(|pattern| pattern == "*");
                    let is_lists = is_within(target, "/var/lib/apt")
                        && is_within(place, "/var/lib/apt/lists")
                        || is_within(target, "/var/cache/apt") && is_within(place, "/var/cache/apt/archives");
                    place == target && is_everything || is_lists && is_within(place, target)
                })
            };
            let target = mounts.iter().map(|(_, target)| *target).find(|target| empties(target))?;
            Some((target, Defeat::Command))
        }
        _ => None,
    }
}

/// Whether a clean command of a package manager empties what lies at a mount.
fn is_emptied(package: &PackageCommand<'_>, target: &str) -> bool {
    match package.manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => {
            package.subcommand == "clean" && is_of_apt(target) && is_within(target, "/var/cache/apt")
        }
        Manager::Dnf | Manager::Microdnf | Manager::Tdnf => is_within(target, "/var/cache/dnf"),
        Manager::Yum => is_within(target, "/var/cache/yum"),
        Manager::Npm => target.ends_with("/.npm"),
        Manager::Pip => target.ends_with("/.cache/pip"),
        Manager::Uv => target.ends_with("/.cache/uv") && package.subcommand.ends_with("clean"),
        Manager::Yarn => target.contains("/yarn") || target.contains("/.yarn"),
        Manager::Go => {
            package.options.has(&["-modcache"]) && target.ends_with("/pkg/mod")
                || package.options.has(&["-cache"]) && target.ends_with("/go-build")
        }
        _ => false,
    }
}

fn is_switched_off(input: &Input<'_>, item: &StageInstruction, cache: &ToolCache) -> bool {
    let model = input.model;
    !cache.variable.is_empty()
        && matches!(model.lookup(item.scope, cache.variable), Lookup::Value(value)
            if !matches!(value.to_ascii_lowercase().as_str(), "" | "0" | "off" | "false" | "no"))
}

fn report(
    item: &StageInstruction,
    run: &Run,
    command: &Command,
    target: &str,
    defeat: &Defeat<'_>,
    findings: &mut Findings,
) {
    let place = |words: &[ShellWord]| {
        let all = words.iter().map(|word| item.instruction.place(word.range)).reduce(TextRange::cover);
        all.unwrap_or_else(|| item.instruction.place(command.range))
    };
    match defeat {
        Defeat::Flag(word) => {
            let message = format!(
                "`{}` leaves the cache mounted at `{target}` empty. It is in no layer anyway: remove the flag.",
                word.text
            );
            let finding = findings.add(item.instruction.place(word.range), message);
            finding.fixes.extend(without_word(item, run, word, target));
        }
        Defeat::Variable(name) => {
            let message = format!(
                "`{name}` leaves the cache mounted at `{target}` empty, for every build to fetch all again. Do not set it for this step."
            );
            findings.add(place(&command.words), message);
        }
        Defeat::Command => {
            let what = text::command(item, command);
            let message = format!(
                "`{what}` empties the cache mounted at `{target}`, so the next build fetches all again. It is in no layer anyway: remove this."
            );
            let finding = findings.add(place(&command.words), message);
            finding.fixes.extend(without_command(item, run, command));
        }
    }
}

fn without_word(item: &StageInstruction, run: &Run, word: &ShellWord, target: &str) -> Option<Fix> {
    run.script.as_deref().filter(|script| is_editable(item, script))?;
    let range = item.instruction.place(with_space(&item.instruction, word.range));
    let edit = TextEdit { range, new_text: String::new() };
    let check = format!("that the cache of this step lies at {target}");
    Some(to_check(format!("Remove `{}`", word.text), check, vec![edit]))
}

/// Takes a command out that empties a mount: with it or without it, no layer holds what lies there.
fn without_command(item: &StageInstruction, run: &Run, command: &Command) -> Option<Fix> {
    let script = run.script.as_deref().filter(|script| is_editable(item, script))?;
    let holds = |range: syntax::LocalRange| range == command.range;
    let at = script.statements.iter().position(|statement| holds(statement.range))?;
    let edits = take_statements(&item.instruction, script, &[at])?;
    Some(safe(format!("Remove `{}`", text::command(item, command)), edits))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "cache-mount-emptied-in-same-run";

    #[test]
    fn flags_and_commands_are_pointed_at() {
        check(
            "
FROM example/größe:1
RUN --mount=type=cache,target=/root/.cache/pip \\
  pip install --no-cache-dir größe
#             ^^^^^^^^^^^^^^ cache-mount-emptied-in-same-run: `--no-cache-dir` leaves the cache mounted at `/root/.cache/pip` empty. It is in no layer anyway: remove the flag.
RUN --mount=type=cache,target=/root/.npm npm ci && npm cache clean --force
#                                                  ^^^^^^^^^^^^^^^^^^^^^^^ cache-mount-emptied-in-same-run: `npm cache clean --force` empties the cache mounted at `/root/.npm`, so the next build fetches all again. It is in no layer anyway: remove this.
",
        );
    }

    #[test]
    fn what_defeats_it_is_taken_out() {
        check_fix_of(
            CODE,
            "
FROM a:1
RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update \\
  && apt-get install -y x \\
  && rm -rf /var/lib/apt/lists/*
RUN --mount=type=cache,target=/root/.cache pip install --no-cache-dir \\
    x
",
            expect![[r"
                Remove `rm -rf /var/lib/apt/lists/*` (safe)
                FROM a:1
                RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update \
                  && apt-get install -y x
                RUN --mount=type=cache,target=/root/.cache pip install --no-cache-dir \
                    x
                Remove `--no-cache-dir` (unsafe: that the cache of this step lies at /root/.cache)
                FROM a:1
                RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update \
                  && apt-get install -y x \
                  && rm -rf /var/lib/apt/lists/*
                RUN --mount=type=cache,target=/root/.cache pip install \
                    x
            "]],
        );
    }

    #[test]
    fn variables_count_too() {
        let text = "FROM a:1\nENV PIP_NO_CACHE_DIR=1\nRUN --mount=type=cache,target=/root/.cache/pip pip install x\n";
        assert_eq!(pointed_at(CODE, text), ["pip install x"]);
        assert!(check_only(CODE, text)[0].fixes.is_empty());
        no_findings(CODE, &text.replace("DIR=1", "DIR=off"));
    }

    #[test]
    fn other_caches_and_parts_of_one_are_fine() {
        for text in [
            "RUN --mount=type=cache,target=/root/.npm pip install --no-cache-dir x",
            "RUN --mount=type=cache,target=/root/.cache/pip pip install x",
            "RUN --mount=type=cache,target=/src/target rm -rf target/release/deps/app* && cargo build",
            "WORKDIR /src\nRUN --mount=type=cache,target=/src/target rm -rf target/release && cargo build",
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get install x && rm -rf /var/lib/apt/lists/*",
            "RUN --mount=type=cache,target=/c rm -rf \"$X\"",
            "RUN --mount=type=tmpfs,target=/root/.npm npm cache clean --force",
            "RUN pip install --no-cache-dir x",
            "RUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir=off x",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN --mount=type=cache,target=/c/größe \\\r\n  make && \\\r\n  rm -rf /c/größe/*\r\nRUN --mount\r\n",
            "# escape=`\nFROM a:1\nRUN --mount=type=cache,target=/c make && `\n  rm -rf /c\n",
            "FROM a:1\nRUN --mount=type=cache,target=/c <<EOF\nmake\nrm -rf /c\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text).len(), 1, "{text}");
        }
        no_findings(CODE, "FROM a:1\nRUN --mount=type=cache,target=/c rm -rf '\n");
    }
}
