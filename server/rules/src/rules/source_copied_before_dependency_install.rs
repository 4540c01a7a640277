//! Sources are copied before the dependencies are installed, so that every edit installs them again.

mod need;

use rewrites::Input;
use semantic::path::Place;
use semantic::{Copy, MountKind, Run, StageInstruction};
use syntax::TextRange;

use crate::analysis::call::Call;
use crate::analysis::image_path::for_each_command;
use crate::analysis::install::{ProjectInstall, project_install};
use crate::analysis::text::{self, line};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "source-copied-before-dependency-install",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "Every edit installs all dependencies again, because sources are copied first",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A COPY or ADD brings all sources, or a folder of them, and a RUN behind it installs the project's dependencies (`npm ci`,
`pip install -r`, `go mod download` …) or compiles the project with all its dependencies, without a cache mount.

It says nothing where the dependencies were installed from their manifests before, where `--exclude` or `.dockerignore` leaves manifests
alone in the context, where an install script or a local package needs the sources, and where there are no dependencies.

## Why

A COPY is keyed on the contents of all its files. Any edit, be it in a comment, makes a new layer, and each step behind it runs again:
for most projects the installation is the slowest one.

## Bad

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY . .
RUN npm ci && npm cache clean --force
CMD ["node", "server.js"]
```

## Good

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci && npm cache clean --force
COPY . .
CMD ["node", "server.js"]
```

The rewrite `copy-manifests-first` makes this change.

## When to ignore

When the installation needs the sources in a way that the text does not show, or when the sources hardly ever change.
"#;

/// A COPY of sources, above.
#[derive(Debug, Clone)]
struct Copied {
    start: u32,
    range: TextRange,
    place: Place,
    what: What,
}

/// What it brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The whole context.
    Everything,
    /// Folders or files that are sources by their names.
    Sources,
    /// A folder, with all that lies in it.
    Folder,
}

/// What was done so far in a stage and in those below it.
#[derive(Debug, Clone, Default)]
struct State {
    copied: Vec<Copied>,
    /// Managers that installed before any sources came.
    installed: Vec<&'static str>,
}

/// More copies than this are not remembered.
const LIMIT: usize = 16;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, .. } = *input;
    let installs = |command| Call::of(command).is_some_and(|call| project_install(&call).is_some());
    if !stage.instructions.iter().filter_map(StageInstruction::as_run).flat_map(Run::commands).any(installs) {
        return;
    }
    let mut state = State::default();
    // What the stages below find is theirs.
    let mut below = Findings::new(&RULE);
    for other in file.model.lineage(stage.index) {
        let findings = if other.index == stage.index { &mut *findings } else { &mut below };
        for item in &other.instructions {
            if let Some(copy) = item.as_copy() {
                state.copied.extend(copied(item, copy).filter(|_| state.copied.len() < LIMIT));
            } else if item.as_run().is_some() {
                check_run(file, item, &mut state, findings);
            }
        }
    }
}

/// The sources that a COPY brings from the context.
fn copied(item: &StageInstruction, copy: &Copy) -> Option<Copied> {
    if !copy.reads_context() || !copy.exclude.is_empty() {
        return None;
    }
    let mut what = None;
    for path in copy.context_paths() {
        let name = path.rsplit('/').next().unwrap_or_default();
        let this = match path.as_str() {
            "." | "*" | "**" => Some(What::Everything),
            _ if is_source(name) => Some(What::Sources),
            _ if copy.sources.len() == 1 && !name.contains(['.', '*']) => Some(What::Folder),
            _ => None,
        };
        what = what.or(this);
    }
    let (first, last) = (copy.sources.first()?, copy.sources.last()?);
    let range = first.text.range.cover(last.text.range);
    what.map(|what| Copied { start: item.instruction.start, range, place: copy.place.clone(), what })
}

/// Whether a file or folder of this name holds sources, and no settings that an installation needs.
fn is_source(name: &str) -> bool {
    if matches!(
        name,
        "src"
            | "source"
            | "sources"
            | "cmd"
            | "internal"
            | "components"
            | "pages"
            | "test"
            | "tests"
            | "spec"
            | "static"
            | "templates"
            | "views"
    ) {
        return true;
    }
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let is_code = matches!(
        extension,
        "js" | "jsx"
            | "ts"
            | "tsx"
            | "mjs"
            | "cjs"
            | "vue"
            | "py"
            | "rs"
            | "go"
            | "rb"
            | "java"
            | "kt"
            | "php"
            | "cs"
            | "c"
            | "cc"
            | "cpp"
            | "html"
            | "css"
    );
    let is_setting = stem.ends_with("config")
        || stem.ends_with("rc")
        || matches!(stem, "setup" | "build" | "conftest" | "pnpmfile" | ".pnpmfile");
    is_code && !is_setting
}

fn check_run(input: &Input<'_>, item: &StageInstruction, state: &mut State, findings: &mut Findings) {
    let has_cache =
        item.as_run().is_some_and(|run| run.mounts.iter().any(|mount| mount.kind == MountKind::Cache));
    for_each_command(item, |command, cwd| {
        let Some(call) = Call::of(command) else { return };
        let Some(install) =
            project_install(&call).filter(|install| !state.installed.contains(&install.manager))
        else {
            return;
        };
        state.installed.push(install.manager);
        let matters = |copied: &&Copied| copied.what != What::Folder || cwd.is_within(&copied.place);
        let Some(copied) = state.copied.iter().find(matters) else { return };
        if install.builds && has_cache || !need::is_worth_it(input, &call, &install) {
            return;
        }
        if copied.what == What::Everything && need::holds_only_manifests(input) {
            return;
        }
        // A program of single files has no dependencies to fetch.
        let is_file = |word: &syntax::shell::ShellWord| word.text.ends_with(".go");
        let is_copied_alone = input.model.document.slice(copied.range).ends_with(".go");
        if install.manager == "go"
            && install.builds
            && copied.what != What::Everything
            && (is_copied_alone || call.operands().any(is_file))
        {
            return;
        }
        let message = message(input, item, &call, &install, copied);
        let finding = findings.add(copied.range, message);
        // Their dependencies are fetched quickly, and may be none.
        if matches!(install.manager, "go" | "dotnet") && install.builds {
            finding.severity = Severity::Info;
        }
    });
}

fn message(
    input: &Input<'_>,
    item: &StageInstruction,
    call: &Call<'_>,
    install: &ProjectInstall,
    copied: &Copied,
) -> String {
    debug_assert!(copied.start <= copied.range.start);
    let what = text::command(item, call.command);
    let at = line(input, item.instruction.start + call.command.range.start);
    let manifests = install.manifests;
    let rewrite = if matches!(install.manager, "npm" | "yarn" | "pnpm" | "cargo") {
        " (rewrite copy-manifests-first)"
    } else {
        ""
    };
    if install.builds {
        format!(
            "After every edit `{what}` on line {at} fetches and compiles all dependencies again, because the sources are copied before. Copy {manifests} first and fetch the dependencies, or mount a cache{rewrite}."
        )
    } else {
        format!(
            "After every edit `{what}` on line {at} runs again, because the sources are copied before it. Copy {manifests} first, install, then copy the rest{rewrite}."
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use semantic::facts::{ContextFacts, Facts, FileFacts, FileKind, IgnoreFile};

    use crate::tests::{check, check_only, findings_of, no_findings};
    use crate::{Finding, Settings};

    const CODE: &str = "source-copied-before-dependency-install";

    #[test]
    fn the_copy_is_pointed_at() {
        check(
            "
FROM python:3.13-slim
WORKDIR /größe
COPY \\
  . .
# ^ source-copied-before-dependency-install: After every edit `pip install --no-cache-dir -r …` on line 5 runs again, because the sources are copied before it. Copy `requirements.txt` first, install, then copy the rest.
RUN pip install --no-cache-dir -r requirements.txt
",
        );
    }

    #[test]
    fn every_ecosystem_is_known() {
        for command in [
            "npm ci",
            "npm install",
            "npm i --omit=dev",
            "yarn",
            "yarn install --frozen-lockfile",
            "pnpm install",
            "bun install",
            "pip install -r requirements.txt",
            "python3 -m pip install -rrequirements.txt",
            "poetry install",
            "uv sync",
            "pipenv sync",
            "bundle install",
            "composer install --no-dev",
            "go mod download",
            "go build -o /a .",
            "cargo build --release",
            "mvn -B package",
            "gradle build",
            "dotnet restore",
            "mix deps.get",
            "cd sub && npm ci",
            "sudo npm ci",
            "set -e; npm ci",
        ] {
            assert_eq!(
                check_only(CODE, &format!("FROM a:1\nWORKDIR /a\nADD . ./\nRUN {command}\n")).len(),
                1,
                "{command}"
            );
        }
    }

    #[test]
    fn folders_of_sources_count_too() {
        for copy in [
            "COPY src ./src",
            "COPY package.json server.js ./",
            "COPY frontend/ ./",
            "COPY backend /a",
            "COPY ./ ./",
            "COPY * ./",
        ] {
            assert_eq!(
                check_only(CODE, &format!("FROM a:1\nWORKDIR /a\n{copy}\nRUN npm ci\n")).len(),
                1,
                "{copy}"
            );
        }
    }

    #[test]
    fn a_copy_in_a_stage_below_counts() {
        let text = "FROM a:1 AS base\nCOPY . /a\nFROM base\nRUN npm ci\n";
        let found = check_only(CODE, text);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].range.start as usize..found[0].range.end as usize], ".");
    }

    #[test]
    fn the_right_order_and_what_needs_sources_are_fine() {
        for text in [
            "COPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build",
            "COPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm ci --omit=dev",
            "COPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build .",
            "COPY . .\nRUN --mount=type=cache,target=/a/target cargo build",
            "COPY --from=planner /a/recipe.json .\nRUN cargo chef cook --recipe-path recipe.json\nCOPY . .\nRUN cargo build",
            "COPY . .\nRUN npm install -g pnpm",
            "COPY . .\nRUN pip install .",
            "COPY . .\nRUN pip install -r requirements.txt -e .",
            "COPY . .\nRUN npm run build",
            "COPY . .\nRUN yarn build",
            "COPY --exclude=src . .\nRUN npm ci",
            "COPY --from=b . .\nRUN npm ci",
            "COPY prisma ./prisma\nRUN npm ci",
            "COPY scripts vite.config.ts package.json ./\nRUN npm ci",
            "COPY packages ./packages\nRUN pnpm install",
            "COPY . .\nRUN echo npm ci",
            "RUN npm ci\nCOPY . .",
        ] {
            no_findings(CODE, &format!("FROM a:1\nWORKDIR /a\n{text}\n"));
        }
        no_findings(CODE, "FROM a:1 AS x\nCOPY . .\nFROM a:1\nRUN npm ci\n");
    }

    fn with_context(files: &[&str], manifests: &[(&str, &str)], ignore: &str, run: &str) -> Vec<Finding> {
        let file = FileFacts { size: 1, kind: FileKind::File };
        let context = ContextFacts {
            files: files.iter().map(|path| ((*path).to_owned(), file)).collect::<BTreeMap<_, _>>(),
            complete: true,
            manifests: manifests
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
            ignore_file: Some(IgnoreFile { path: ".dockerignore".to_owned(), text: ignore.to_owned() }),
            ..ContextFacts::default()
        };
        let facts = Facts { context: Some(context), ..Facts::default() };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        findings_of(&format!("FROM a:1\nWORKDIR /a\nCOPY . .\nRUN {run}\n"), &facts, &settings)
    }

    #[test]
    fn the_context_knows_better() {
        let files = ["package.json", "package-lock.json", "src/a.js"];
        let plain = r#"{"dependencies": {"express": "5"}}"#;
        assert_eq!(with_context(&files, &[("package.json", plain)], "", "npm ci").len(), 1);
        for (manifest, ignore, run) in [
            (plain, "*\n!package*.json", "npm ci"),
            (r#"{"dependencies": {"a": "1"}, "scripts": {"postinstall": "node src/a.js"}}"#, "", "npm ci"),
            (r#"{"dependencies": {"a": "file:./packages/a"}}"#, "", "npm ci"),
            (r#"{"name": "x"}"#, "", "npm ci"),
        ] {
            assert_eq!(
                with_context(&files, &[("package.json", manifest)], ignore, run),
                [],
                "{manifest} {ignore}"
            );
        }
        let husky = r#"{"dependencies": {"a": "1"}, "scripts": {"prepare": "husky"}}"#;
        assert_eq!(with_context(&files, &[("package.json", husky)], "", "npm ci").len(), 1);
        assert_eq!(
            with_context(&["go.mod", "main.go"], &[("go.mod", "module x\n\ngo 1.25\n")], "", "go build ."),
            []
        );
        assert_eq!(
            with_context(
                &["requirements.txt", "a.py"],
                &[("requirements.txt", "-e .\nflask\n")],
                "",
                "pip install -r requirements.txt"
            ),
            []
        );
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nCOPY . \\\r\n  .\r\nRUN npm ci\r\nCOPY\r\n",
            "# escape=`\nFROM a:1\nCOPY . `\n  .\nRUN npm ci\n",
            "FROM a:1\nCOPY . .\nRUN <<EOF\nset -e\nnpm ci\nEOF\n",
            "FROM a:1\nCOPY . .\nRUN [\"npm\", \"ci\"]\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
        no_findings(CODE, "FROM a:1\nCOPY .\nRUN npm ci\n");
    }

    #[test]
    fn a_go_program_of_single_files_has_no_dependencies() {
        no_findings(CODE, "FROM golang:1 AS b\nCOPY main.go .\nRUN go build -o /app main.go\n");
        no_findings(CODE, "FROM golang:1 AS b\nCOPY main.go .\nRUN go build -o /app .\n");
        let all = "FROM golang:1 AS b\nCOPY . .\nRUN go build -o /app main.go\n";
        assert_eq!(check_only(CODE, all).len(), 1);
    }
}
