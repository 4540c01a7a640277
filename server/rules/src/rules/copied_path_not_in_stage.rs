//! A path that a stage copies from another stage, in which nothing can have made it.

use rewrites::{Fix, Input};
use semantic::commands::{FileOperation, meaning};
use semantic::path::Place;
use semantic::{Base, Kind, Run, StageInstruction};

use crate::analysis::fixes::{replace, to_check};
use crate::analysis::official_image::{libc, official_name};
use crate::analysis::stage_copy::{self, StageCopy};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "copied-path-not-in-stage",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Error,
    on_by_default: true,
    summary: "A path is copied from a stage that has nothing there",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A COPY takes a path from another stage, which builds on an official image; that image has no such folder at its root, and nothing in the stage works there,
copies to it or names it.

What scripts do is not known. Where `make` or a script of the project runs, it is said as a warning, and only if a step names the rest of the path below the folder that
it works in. It is said only of folders directly below `/` that images do not have by themselves, such as `/app`, and only where each step works
in a folder of which the path is known.

## Why

The build fails with `not found`, after all that the stage does is done.

## Bad

```dockerfile
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o bin/app .

FROM alpine:3.22
COPY --from=build /app/bin/app /app
```

## Good

```dockerfile
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o bin/app .

FROM alpine:3.22
COPY --from=build /src/bin/app /app
```

## When to ignore

When a script of the stage puts the path there.
"#;

/// Programs that write where they work, where they are told, or into folders that images have.
const PLAIN_PROGRAMS: [&str; 46] = [
    "[", "addgroup", "adduser", "apk", "apt", "apt-get", "cargo", "cat", "cc", "cd", "chmod", "chown", "cp",
    "curl", "dnf", "echo", "export", "false", "g++", "gcc", "git", "go", "groupadd", "gunzip", "gzip",
    "install", "ln", "ls", "mkdir", "mv", "pip", "pip3", "printf", "rm", "rustc", "rustup", "sed", "set",
    "strip", "tar", "test", "touch", "true", "unzip", "useradd", "wget",
];

/// Folders at the root that images have, or that their programs make.
const ROOT_FOLDERS: [&str; 25] = [
    "bin", "boot", "config", "data", "dev", "etc", "go", "home", "lib", "lib32", "lib64", "libx32", "media",
    "mnt", "nix", "opt", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var",
];

fn check(input: &Input<'_>, findings: &mut Findings) {
    for copied in stage_copy::of_file(input) {
        let mut is_plain = None;
        for (source, path) in copied.sources() {
            let Some((folder, rest)) = path[1..].split_once('/') else { continue };
            if ROOT_FOLDERS.contains(&folder)
                || folder.contains(['*', '?', '[', '$'])
                || folder.starts_with("docker-")
            {
                continue;
            }
            if !*is_plain.get_or_insert_with(|| is_plain_image(input.model.root(copied.from.index))) {
                break;
            }
            let stages = input.model.lineage(copied.from.index);
            let items = || stages.iter().flat_map(|stage| &stage.instructions);
            if items().any(|item| may_make(item, folder)) {
                continue;
            }
            let name = copied.from.display_name();
            let near = near(copied, rest);
            let is_certain = items().filter_map(StageInstruction::as_run).all(stays_in_its_folder);
            if !is_certain && near.is_none() {
                continue;
            }
            let cure = near.as_ref().map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
            let message = format!(
                "Nothing in stage {name} makes `/{folder}`, so `{path}` is not there and the build fails.{cure}"
            );
            let fix = near.map(|near| to_near(source.text.range, &near));
            let finding = findings.add(source.text.range, message);
            finding.fixes.extend(fix);
            if !is_certain {
                finding.severity = Severity::Warning;
            }
        }
    }
}

/// Whether all that a RUN starts writes where it works or where it is told: what `make` or a script of the project does, nobody knows here.
fn stays_in_its_folder(run: &Run) -> bool {
    run.is_understood()
        && run.commands().all(|command| {
            let meaning = meaning(command);
            let verb = meaning.arguments.first().and_then(|word| word.value.as_deref()).unwrap_or_default();
            match meaning.program {
                "npm" | "pnpm" | "yarn" => matches!(verb, "ci" | "install"),
                program => PLAIN_PROGRAMS.contains(&program),
            }
        })
}

/// Whether a stage builds on an image of which the folders at the root are known.
fn is_plain_image(root: &Base) -> bool {
    match root {
        Base::Image(name) => {
            libc(root).is_some() && official_name(root).is_some() && !name.contains("onbuild")
        }
        _ => false,
    }
}

/// Whether an instruction may make something in a folder at the root.
fn may_make(item: &StageInstruction, folder: &str) -> bool {
    let source = &item.instruction.source;
    if names_absolutely(source, folder) {
        return true;
    }
    let works_in = |place: &Place| match place.known() {
        Some("/") | None => true,
        Some(path) => path[1..].split('/').next() == Some(folder),
    };
    match &item.kind {
        Kind::Workdir(_, place) => works_in_folder(place, folder),
        Kind::Copy(copy) | Kind::Add(copy) => {
            works_in(&copy.place)
                || copy.parents
                || copy.sources.iter().any(|source| source.text.raw.contains("$("))
        }
        Kind::Run(run) => {
            works_in(&item.workdir) && may_make_here(run, source, folder)
                || goes_to_root(source)
                || !run.is_understood() && works_in(&item.workdir)
        }
        Kind::Onbuild | Kind::Unknown => true,
        _ => false,
    }
}

fn works_in_folder(place: &Place, folder: &str) -> bool {
    match place.known() {
        Some(path) => path[1..].split('/').next() == Some(folder),
        None => true,
    }
}

/// Whether a script in the root folder may make a folder of this name there: it names it, or it unpacks or runs what is not known.
fn may_make_here(run: &Run, source: &str, folder: &str) -> bool {
    source.contains(folder)
        || run.commands().any(|command| {
            let meaning = meaning(command);
            let unpacks = meaning.file().is_some_and(|file| file.operation == FileOperation::Extract);
            unpacks || meaning.program.is_empty() || meaning.builds()
        })
}

/// Whether a text has `cd /`, `..` or `-C /`: then it may work anywhere.
fn goes_to_root(source: &str) -> bool {
    ["cd /", "-C /", "-d /", "--prefix=/"].into_iter().any(|start| {
        source.match_indices(start).any(|(at, _)| {
            !source[at + start.len()..].starts_with(|letter: char| letter.is_ascii_alphanumeric())
        })
    }) || source.contains("../")
        || source.contains("cd ..")
        || source.contains("cd $")
}

/// Whether a text names a folder at the root: `/app`, and not `bin/app`. What stands behind a variable may be the root.
fn names_absolutely(source: &str, folder: &str) -> bool {
    source.match_indices(folder).any(|(at, _)| {
        let Some(before) = source[..at].strip_suffix('/') else { return false };
        let after = source[at + folder.len()..].chars().next();
        let is_whole = !after.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'));
        let word = before
            .rsplit([' ', '\t', '\n', '=', '"', '\'', ':', ',', '(', ';', '>'])
            .next()
            .unwrap_or_default();
        is_whole
            && (word.is_empty()
                || word.contains('$')
                || word.ends_with('/')
                || word == "."
                || word.contains(".."))
    })
}

/// The same path below the folder that the stage works in at its end, where a RUN there names the rest.
fn near(copied: StageCopy<'_>, rest: &str) -> Option<String> {
    let workdir = copied.from.instructions.iter().rev().find_map(|item| item.workdir.known())?;
    let names = |item: &&StageInstruction| item.as_run().is_some() && item.instruction.source.contains(rest);
    copied.from.instructions.iter().find(names)?;
    (workdir != "/").then(|| format!("{workdir}/{rest}"))
}

fn to_near(range: syntax::TextRange, near: &str) -> Fix {
    let check = format!("that {near} is the file that is meant");
    to_check(format!("Change to `{near}`"), check, vec![replace(range, near)])
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "copied-path-not-in-stage";

    #[test]
    fn a_folder_that_nothing_makes_is_pointed_at() {
        check(
            "
FROM golang:1.25 AS build
WORKDIR /src
RUN go build .
FROM alpine:3.22
COPY --from=build \\
  /build/größe /größe
# ^^^^^^^^^^^^ copied-path-not-in-stage: Nothing in stage build makes `/build`, so `/build/größe` is not there and the build fails.
",
        );
    }

    #[test]
    fn the_folder_that_the_stage_works_in_is_offered() {
        check_fix_of(
            CODE,
            "
FROM node:22 AS b
WORKDIR /src
RUN npm ci && npm run build -- --out dist
FROM nginx:1.29
COPY --from=b /app/dist /x
",
            expect![[r"
                Change to `/src/dist` (unsafe: that /src/dist is the file that is meant)
                FROM node:22 AS b
                WORKDIR /src
                RUN npm ci && npm run build -- --out dist
                FROM nginx:1.29
                COPY --from=b /src/dist /x
            "]],
        );
    }

    #[test]
    fn what_may_be_there_is_fine() {
        for text in [
            "golang AS b\nWORKDIR /app\nRUN make",
            "golang AS b\nWORKDIR /src\nCOPY . /app",
            "golang AS b\nWORKDIR /src\nRUN make DESTDIR=/app install",
            "golang AS b\nWORKDIR /src\nCOPY . .\nRUN ./build.sh",
            "golang AS b\nWORKDIR /src\nRUN go build . && make release",
            "node AS b\nWORKDIR /src\nRUN npm ci && npm run build",
            "golang AS b\nWORKDIR /src\nRUN make --prefix=$X/app",
            "golang AS b\nRUN mkdir app",
            "golang AS b\nWORKDIR /\nRUN tar xzf x.tgz",
            "golang AS b\nWORKDIR /src\nCOPY . /",
            "golang AS b\nWORKDIR /src\nRUN cd / && git clone https://x/app",
            "golang AS b\nENV HOME=/app\nWORKDIR /src",
            "golang AS b\nWORKDIR $X",
            "acme/go AS b\nWORKDIR /src",
            "scratch AS b\nWORKDIR /src",
            "composer AS b\nWORKDIR /src",
            "node:22-onbuild AS b\nWORKDIR /src",
            "golang AS a\nWORKDIR /app\nFROM a AS b\nWORKDIR /src",
        ] {
            no_findings(CODE, &format!("FROM {text}\nFROM alpine\nCOPY --from=b /app/x /x\n"));
        }
        no_findings(CODE, "FROM golang AS b\nWORKDIR /src\nFROM alpine\nCOPY --from=b /usr/x /go/x /x /x/\n");
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM golang AS b\r\nWORKDIR /s\r\nRUN <<E\r\nls é\r\nE\r\nFROM a\r\nCOPY --from=b /app/x \\\r\n  /x\r\nCOPY --from=b\r\n",
            "# escape=`\nFROM golang AS b\nWORKDIR /s\nFROM a\nCOPY --from=b `\n /app/x /x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["/app/x"], "{text}");
        }
        no_findings(CODE, "FROM golang AS b\nWORKDIR /s\nFROM a\nCOPY --from=b /app/x\n");
    }
}
