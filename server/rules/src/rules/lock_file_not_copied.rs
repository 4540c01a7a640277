//! A manifest is copied without its lock file, and the installation needs that or should have it.

use rewrites::{Fix, Input};
use semantic::commands::{Action, Manager, PackageCommand, meaning};
use semantic::path::Place;
use semantic::{Copy, SourceKind, StageInstruction};
use syntax::shell::Command;
use syntax::{TextEdit, TextRange};

use crate::analysis::context_copy::Sent;
use crate::analysis::fixes::to_check;
use crate::analysis::image_path::for_each_command;
use crate::analysis::text::{self, line};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "lock-file-not-copied",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A manifest is copied without its lock file before the dependencies are installed",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A COPY brings a manifest (`package.json`, `Pipfile`, `pyproject.toml`, `Gemfile`, `composer.json`), nothing brings the lock file, and a RUN installs from it: by a command that fails without a lock
file (`npm ci`, `pnpm install --frozen-lockfile`, `uv sync --locked`), or by any other where the build context is known to have one.

## Why

Without the lock file `npm ci` fails. Others install the newest versions that the manifest allows: another build has other ones. And a change of the lock file alone installs nothing, for the layer is
keyed on the manifest.

## Bad

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json ./
RUN npm ci
COPY . .
```

## Good

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
```

## When to ignore

When the newest versions are wanted.
"#;

/// A manager with its manifest and its lock files, the usual one first.
struct Locks {
    manager: Manager,
    manifest: &'static str,
    locks: &'static [&'static str],
}

const LOCKS: [Locks; 8] = [
    Locks {
        manager: Manager::Npm,
        manifest: "package.json",
        locks: &["package-lock.json", "npm-shrinkwrap.json"],
    },
    Locks { manager: Manager::Yarn, manifest: "package.json", locks: &["yarn.lock"] },
    Locks { manager: Manager::Pnpm, manifest: "package.json", locks: &["pnpm-lock.yaml"] },
    Locks { manager: Manager::Pipenv, manifest: "Pipfile", locks: &["Pipfile.lock"] },
    Locks { manager: Manager::Poetry, manifest: "pyproject.toml", locks: &["poetry.lock"] },
    Locks { manager: Manager::Uv, manifest: "pyproject.toml", locks: &["uv.lock"] },
    Locks { manager: Manager::Bundler, manifest: "Gemfile", locks: &["Gemfile.lock", "gems.locked"] },
    Locks { manager: Manager::Composer, manifest: "composer.json", locks: &["composer.lock"] },
];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let mut copies: Vec<(&StageInstruction, &Copy)> = Vec::new();
    let mut told = Vec::new();
    for item in &input.stage.instructions {
        copies.extend(item.as_copy().map(|copy| (item, copy)));
        if copies.is_empty() {
            continue;
        }
        for_each_command(item, |command, cwd| {
            let Action::Package(package) = meaning(command).action else { return };
            let Some(locks) = LOCKS.iter().find(|locks| locks.manager == package.manager) else { return };
            if !package.installs_project() || told.contains(&locks.manager.as_str()) {
                return;
            }
            if let Some(copy) = lonely_manifest(input.file, &copies, locks, cwd) {
                told.push(locks.manager.as_str());
                report(input.file, item, command, &package, locks, copy, findings);
            }
        });
    }
}

/// The COPY that brings the manifest to the folder of the installation, where no COPY so far may have brought a lock file.
fn lonely_manifest<'a>(
    input: &Input<'_>,
    copies: &[(&StageInstruction, &'a Copy)],
    locks: &Locks,
    cwd: &Place,
) -> Option<&'a Copy> {
    let mut found = None;
    for (_, copy) in copies {
        if copy.from.is_some() && copy.place != Place::Unknown && !cwd.is_within(&copy.place) {
            continue;
        }
        // Of another stage, or to a place that is not known, it may bring anything.
        if copy.from.is_some() || copy.place == Place::Unknown {
            return None;
        }
        for source in &copy.sources {
            let value = source.text.value.as_deref().filter(|_| source.kind == SourceKind::Path)?;
            let path = semantic::path::clean_context_path(value);
            let name = path.rsplit('/').next().unwrap_or_default();
            if name == locks.manifest && !path.contains('*') && copy.place == *cwd {
                found = Some(*copy);
            } else if may_bring(input, &path, name, locks) {
                return None;
            }
        }
    }
    found
}

/// Whether a source may bring a lock file: by its name, as a pattern, or as a folder.
fn may_bring(input: &Input<'_>, path: &str, name: &str, locks: &Locks) -> bool {
    let is_known_file = input
        .facts
        .context
        .as_ref()
        .and_then(|context| context.files.get(path))
        .is_some_and(|file| file.kind == semantic::facts::FileKind::File);
    let is_lock = locks.locks.contains(&name) || name.contains("lock");
    let is_pattern = path.contains(['*', '?', '[', '$']);
    let is_file = is_known_file
        || name.trim_start_matches('.').contains('.') && name != ".."
        || name.starts_with('.') && name.len() > 1;
    is_lock || is_pattern || !is_file
}

fn report(
    input: &Input<'_>,
    item: &StageInstruction,
    command: &Command,
    package: &PackageCommand<'_>,
    locks: &Locks,
    copy: &Copy,
    findings: &mut Findings,
) {
    let what = text::command(item, command);
    let at = line(input, item.instruction.start + command.range.start);
    let context = input.facts.context.as_ref().filter(|context| context.complete).map(Sent::of);
    let manifest = copy.sources.iter().find(|source| source.text.raw.ends_with(locks.manifest));
    let Some(manifest) = manifest else { return };
    let written = semantic::path::clean_context_path(&manifest.text.raw);
    let folder = written.strip_suffix(locks.manifest).unwrap_or_default();
    let there = context
        .as_ref()
        .and_then(|sent| locks.locks.iter().copied().find(|lock| sent.has(&format!("{folder}{lock}"))));
    let usual = there.or_else(|| locks.locks.first().copied()).unwrap_or_default();
    let message = if fails_without(package) {
        format!(
            "`{what}` on line {at} fails without a lock file, and nothing copies one. Copy `{folder}{usual}` too."
        )
    } else if let Some(lock) = there {
        format!(
            "`{what}` on line {at} runs without `{folder}{lock}`: it installs other versions than the lock file says, and a change of that file installs nothing. Copy it too."
        )
    } else {
        return;
    };
    let finding = findings.add(manifest.text.range, message);
    if fails_without(package) {
        finding.severity = Severity::Error;
    }
    finding.fixes.extend(with_lock(copy, manifest.text.range, &manifest.text.raw, locks, usual));
}

/// Whether a command fails where there is no lock file.
fn fails_without(package: &PackageCommand<'_>) -> bool {
    match package.manager {
        Manager::Npm => package.is_locked(),
        Manager::Pnpm => package.options.has(&["--frozen-lockfile"]),
        Manager::Yarn => package.options.has(&["--immutable"]),
        Manager::Uv => package.options.has(&["--locked", "--frozen"]),
        Manager::Pipenv => package.options.has(&["--deploy"]) || package.subcommand == "sync",
        _ => false,
    }
}

/// Copies the lock file along, where the COPY goes into a folder.
fn with_lock(copy: &Copy, range: TextRange, raw: &str, locks: &Locks, lock: &str) -> Option<Fix> {
    let prefix = raw.strip_suffix(locks.manifest)?;
    if !copy.into_directory || raw.contains(['"', '$']) {
        return None;
    }
    let edit = TextEdit { range: TextRange::empty(range.end), new_text: format!(" {prefix}{lock}") };
    Some(to_check(format!("Copy `{lock}` too"), format!("that {lock} lies in the build context"), vec![edit]))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use semantic::Facts;

    use crate::Settings;
    use crate::ignore::tests::context;
    use crate::tests::{check, check_fix_of, findings_of, no_findings, pointed_at};

    const CODE: &str = "lock-file-not-copied";

    #[test]
    fn the_manifest_is_pointed_at() {
        check(
            "
FROM example/größe:1
WORKDIR /größe
COPY \\
  package.json .npmrc ./
# ^^^^^^^^^^^^ lock-file-not-copied: `npm ci` on line 5 fails without a lock file, and nothing copies one. Copy `package-lock.json` too.
RUN npm ci && npm cache clean --force
",
        );
    }

    #[test]
    fn the_lock_file_is_copied_too() {
        check_fix_of(
            CODE,
            "
FROM a:1
WORKDIR /web
COPY web/package.json ./
RUN pnpm install --frozen-lockfile
",
            expect![[r"
                Copy `pnpm-lock.yaml` too (unsafe: that pnpm-lock.yaml lies in the build context)
                FROM a:1
                WORKDIR /web
                COPY web/package.json web/pnpm-lock.yaml ./
                RUN pnpm install --frozen-lockfile
            "]],
        );
    }

    #[test]
    fn the_context_tells_of_a_lock_file() {
        let found = |files: &[&str]| {
            let facts = Facts { context: Some(context(files)), ..Facts::default() };
            let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
            let text = "FROM a\nWORKDIR /a\nCOPY package.json ./\nRUN npm install\n";
            findings_of(text, &facts, &settings)
                .into_iter()
                .map(|finding| finding.message)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found(&["package.json", "package-lock.json"]),
            [
                "`npm install` on line 4 runs without `package-lock.json`: it installs other versions than the lock file says, and a change of that file installs nothing. Copy it too."
            ]
        );
        assert_eq!(found(&["package.json"]), [""; 0]);
    }

    #[test]
    fn what_brings_one_or_may_is_fine() {
        for text in [
            "COPY package.json package-lock.json ./\nRUN npm ci",
            "COPY package*.json ./\nRUN npm ci",
            "COPY package.json ./\nCOPY package-lock.json ./\nRUN npm ci",
            "COPY package.json npm-shrinkwrap.json ./\nRUN npm ci",
            "COPY package.json ./\nCOPY . .\nRUN npm ci",
            "COPY package.json ./\nCOPY --from=b /a /a\nRUN npm ci",
            "COPY package.json ./\nCOPY locks ./\nRUN npm ci",
            "COPY package.json ./\nRUN npm install",
            "COPY package.json ./\nRUN cd other && npm ci",
            "COPY package.json ./\nRUN npm install -g x",
            "COPY package.json $X\nRUN npm ci",
            "COPY requirements.txt ./\nRUN pip install -r requirements.txt",
            "COPY package.json ./\nRUN yarn install --frozen-lockfile",
        ] {
            no_findings(CODE, &format!("FROM a:1 AS b\nFROM a:1\nWORKDIR /a\n{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a\r\nWORKDIR /é\r\nCOPY package.json .\r\nRUN <<E\r\nnpm ci\r\nE\r\nCOPY\r\n",
            "# escape=`\nFROM a\nWORKDIR /a\nCOPY `\n  package.json ./\nRUN npm ci\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["package.json"], "{text}");
        }
        no_findings(CODE, "FROM a\nWORKDIR /a\nCOPY package.json\nRUN npm ci\n");
    }
}
