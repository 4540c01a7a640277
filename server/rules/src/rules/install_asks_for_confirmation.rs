//! A package manager that asks a question which nobody answers.

use semantic::commands::{Manager, PackageCommand, Verb, meaning};
use semantic::{Lookup, Run, StageInstruction};
use syntax::shell::{Command, ShellWord, Statement, StatementKind};
use syntax::{TextEdit, TextRange};

use crate::analysis::call::Call;
use crate::analysis::fixes::{safe, to_check};
use crate::analysis::run_calls::{RunCall, run_calls};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "install-asks-for-confirmation",
    aliases: &["DL3014", "DS-0021", "DL3030", "DL3034", "DL3038"],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A package manager asks before it installs, and nobody can answer in a build",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

`apt-get`, `dnf`, `yum`, `zypper`, `pacman` or `conda` installs or removes packages without the flag that says yes. What says yes otherwise
counts too: `-qq` of apt, an answer that is piped in, `APT::Get::Assume-Yes` and `assumeyes` in settings that the file writes,
`CONDA_ALWAYS_YES`. microdnf and apk never ask.

## Why

There is no terminal in a build: the question is answered with no, and the step fails with `Abort`. apt asks only where it has to install
more than what was named, so the same line may work today and fail with the next version of a package. Files (`./x.deb`) are left alone, for
what they need is not known.

## Bad

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install curl && rm -rf /var/lib/apt/lists/*
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
```

## When to ignore

When the base image's own settings say yes.
"#;

/// How a package manager is told to say yes.
struct Asker {
    manager: Manager,
    /// The flags that say yes; the first one is what a fix adds.
    yes: &'static [&'static str],
    /// The flags with which nothing is installed, or that answer otherwise.
    other: &'static [&'static str],
    /// The peers' codes, for installations alone.
    aliases: &'static [&'static str],
}

const ASKERS: &[Asker] = &[
    Asker {
        manager: Manager::AptGet,
        yes: &["-y", "--yes", "--assume-yes", "-qq", "--quiet=2", "-q=2", "--force-yes", "--trivial-only"],
        other: &[
            "-s",
            "--simulate",
            "--just-print",
            "--dry-run",
            "--recon",
            "--no-act",
            "--print-uris",
            "--help",
            "--version",
            "--assume-no",
        ],
        aliases: &["DL3014", "DS-0021"],
    },
    Asker {
        manager: Manager::Apt,
        yes: &["-y", "--yes", "--assume-yes", "-qq", "--quiet=2", "-q=2"],
        other: &["-s", "--simulate", "--dry-run", "--print-uris", "--help", "--assume-no"],
        aliases: &[],
    },
    Asker {
        manager: Manager::Yum,
        yes: &["-y", "--assumeyes"],
        other: &["--assumeno", "--help", "--version"],
        aliases: &["DL3030"],
    },
    Asker {
        manager: Manager::Dnf,
        yes: &["-y", "--assumeyes"],
        other: &["--assumeno", "--help", "--version"],
        aliases: &["DL3038"],
    },
    Asker {
        manager: Manager::Tdnf,
        yes: &["-y", "--assumeyes"],
        other: &["--assumeno", "--help"],
        aliases: &[],
    },
    Asker {
        manager: Manager::Zypper,
        yes: &["-y", "-n", "--no-confirm", "--non-interactive"],
        other: &["-D", "--dry-run", "--help"],
        aliases: &["DL3034"],
    },
    Asker {
        manager: Manager::Pacman,
        yes: &["--noconfirm"],
        other: &["-p", "--print", "--help", "--confirm"],
        aliases: &[],
    },
    Asker {
        manager: Manager::Conda,
        yes: &["-y", "--yes"],
        other: &["-d", "--dry-run", "--help", "-h", "--version"],
        aliases: &[],
    },
];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for call in run_calls(input.stage) {
        // Most programs are no package managers, and their words need not be read.
        if !may_ask(call.call.program) {
            continue;
        }
        let meaning = meaning(call.call.command);
        let Some(package) = meaning.package() else { continue };
        let Some(asker) = ASKERS.iter().find(|asker| asker.manager == package.manager) else { continue };
        let aliases = match asks(package) {
            Some(is_install) => {
                if is_install && call.call.program != "apt" {
                    asker.aliases
                } else {
                    &[]
                }
            }
            None => continue,
        };
        // What packages in files need is not known, and may be there already.
        let is_file = |word: &&ShellWord| word.text.ends_with(".deb") || word.text.starts_with("./");
        if package.verb == Verb::Install
            && !package.packages.is_empty()
            && package.packages.iter().all(is_file)
        {
            continue;
        }
        if says_yes(asker, &call) || is_answered(&call) || is_set(input, call.item, &call) {
            continue;
        }
        let flag = asker.yes[0];
        let program = call.call.program;
        let asks = match asker.manager {
            Manager::AptGet | Manager::Apt => "asks where it has to change more than is named here",
            _ => "asks before it goes on",
        };
        let message =
            format!("`{program}` {asks}, and nobody answers in a build: the step fails. Add `{flag}`.");
        let subcommand = call.call.subcommand();
        let place = subcommand.map_or_else(|| call.range(), |word| call.range_to(word));
        let fix = fix(&call, flag);
        let finding = findings.add(place, message);
        finding.aliases = aliases.into();
        finding.fixes.extend(fix);
    }
}

fn may_ask(program: &str) -> bool {
    matches!(
        program,
        "apt-get" | "apt" | "yum" | "dnf" | "dnf5" | "tdnf" | "zypper" | "pacman" | "conda" | "mamba"
    )
}

/// Whether the command asks, and whether it installs.
fn asks(package: &PackageCommand<'_>) -> Option<bool> {
    match package.manager {
        // What creates an environment asks too, but `env create` does not.
        Manager::Conda => {
            matches!(package.subcommand.as_str(), "install" | "create" | "update" | "upgrade").then_some(true)
        }
        _ => match package.verb {
            Verb::Install => Some(true),
            Verb::Upgrade | Verb::Remove => Some(false),
            _ => None,
        },
    }
}

fn says_yes(asker: &Asker, call: &RunCall<'_>) -> bool {
    let is_conda = asker.manager == Manager::Conda;
    call.call.arguments.iter().any(|word| {
        let Some(text) = word.value.as_deref() else {
            // A variable may hold the flag.
            return word.text.starts_with('$') || word.text.starts_with("\"$") && word.text.contains("OPT");
        };
        let is_cluster = |letter: char| {
            text.strip_prefix('-').is_some_and(|letters| {
                !letters.starts_with('-')
                    && letters.len() <= 5
                    && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
                    && letters.contains(letter)
            })
        };
        asker.yes.contains(&text)
            || asker.other.contains(&text)
            || text.to_ascii_lowercase().contains("assume-yes")
            || text.to_ascii_lowercase().contains("assumeyes")
            || !is_conda && is_cluster('y') && asker.manager != Manager::Pacman
            || matches!(asker.manager, Manager::AptGet | Manager::Apt)
                && text
                    .strip_prefix('-')
                    .is_some_and(|letters| letters.matches('q').count() >= 2 && !letters.starts_with('-'))
    })
}

/// Whether something is piped or redirected into the command.
fn is_answered(call: &RunCall<'_>) -> bool {
    let own = call.call.command;
    if own.redirections.iter().any(|redirection| redirection.operator.starts_with('<')) {
        return true;
    }
    let is_fed = |statement: &Statement| {
        statement.kind != StatementKind::Command
            && statement.range.start <= own.range.start
            && own.range.end <= statement.range.end
            && statement.commands.iter().any(|other: &Command| {
                other.range.end <= own.range.start
                    && Call::of(other)
                        .is_some_and(|call| matches!(call.program, "yes" | "echo" | "printf" | "cat"))
            })
    };
    call.run.script.as_deref().is_some_and(|script| script.statements.iter().any(is_fed))
}

/// Whether a setting that an earlier instruction or the RUN itself writes, or a variable, says yes.
fn is_set(input: &StageInput<'_>, item: &StageInstruction, call: &RunCall<'_>) -> bool {
    if matches!(call.call.program, "conda" | "mamba") {
        let is_set = matches!(input.file.model.lookup(item.scope, "CONDA_ALWAYS_YES"), Lookup::Value(value) if value != "false");
        if is_set {
            return true;
        }
    }
    let writes = |run: &Run| {
        run.commands().flat_map(|command| &command.words).any(|word| {
            let lower = word.text.to_ascii_lowercase();
            lower.contains("assume-yes") || lower.contains("assumeyes") || lower.contains("always_yes")
        })
    };
    let lineage = input.file.model.lineage(input.stage.index);
    let mut before = lineage
        .iter()
        .flat_map(|stage| &stage.instructions)
        .take_while(|other| other.instruction.start <= item.instruction.start);
    before.any(|other| match other.as_copy() {
        // What is copied there may say so.
        Some(copy) => copy.place.known().is_some_and(|path| {
            path.starts_with("/etc/apt/apt.conf")
                || path.ends_with("/yum.conf")
                || path.ends_with("/dnf.conf")
        }),
        None => other.as_run().is_some_and(writes),
    })
}

/// The flag comes behind the subcommand, or behind pacman's `-S`.
fn fix(call: &RunCall<'_>, flag: &str) -> Option<rewrites::Fix> {
    if !call.is_editable() {
        return None;
    }
    let behind = match call.call.program {
        "pacman" => call.call.arguments.first()?,
        _ => call.call.subcommand()?,
    };
    let at = TextRange::empty(call.place(behind.range).end);
    let edits = vec![TextEdit { range: at, new_text: format!(" {flag}") }];
    let title = format!("Add `{flag}`");
    // Where the RUN fails with the question, it can only have been built where there was none.
    Some(if call.decides() {
        safe(title, edits)
    } else {
        to_check(title, "that it is wanted: so far the RUN went on without it", edits)
    })
}

#[cfg(test)]
mod tests;
