//! Manifests of several folders copied by a pattern: the folders are lost.

use rewrites::Fix;
use semantic::{Copy, CopySource, SourceKind, StageInstruction};
use syntax::{TextEdit, TextRange};

use crate::analysis::fixes::to_check;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "manifests-flattened",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A pattern copies the manifests of several folders into one",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A COPY takes manifests by a pattern with a folder in it (`*/*.csproj`, `packages/*/package.json`), without `--parents`, and no RUN behind it moves them back.

## Why

COPY keeps the names of the files and not their folders. Manifests of the same name overwrite each other, and those of another name lie where no tool looks for them: the installation that follows
misses projects, or fails.

## Bad

```dockerfile
FROM mcr.microsoft.com/dotnet/sdk:9.0
WORKDIR /src
COPY */*.csproj ./
RUN dotnet restore
```

## Good

```dockerfile
# syntax=docker/dockerfile:1.20
FROM mcr.microsoft.com/dotnet/sdk:9.0
WORKDIR /src
COPY --parents */*.csproj ./
RUN dotnet restore
```

## When to ignore

When the manifests are only read where they lie, and have names of their own.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let items = &input.stage.instructions;
    for (at, item) in items.iter().enumerate() {
        let Some(copy) = item.as_copy().filter(|copy| copy.from.is_none() && !copy.parents) else { continue };
        let Some(source) = copy.sources.iter().find(|source| is_pattern_of_manifests(source)) else {
            continue;
        };
        if items[at + 1..].iter().any(moves_back) {
            continue;
        }
        let message = format!(
            "`{}` brings the files without their folders: they all lie in `{}`, and those of one name overwrite each other. Use `COPY --parents`, or copy each one to its folder.",
            source.text.raw, copy.destination.raw
        );
        findings.add(source.text.range, message).fixes.extend(with_parents(input, item, copy));
    }
}

/// Whether a source is a pattern with a folder that is a pattern too, and ends with the name of a manifest.
fn is_pattern_of_manifests(source: &CopySource) -> bool {
    let Some(value) = source.text.value.as_deref().filter(|_| source.kind == SourceKind::Path) else {
        return false;
    };
    let Some((folders, name)) = value.rsplit_once('/') else { return false };
    let is_manifest =
        [".csproj", ".fsproj", ".vbproj", ".vcxproj"].into_iter().any(|end| name.ends_with(end))
            || matches!(
                name,
                "package.json"
                    | "package*.json"
                    | "Cargo.toml"
                    | "go.mod"
                    | "pom.xml"
                    | "pyproject.toml"
                    | "build.gradle"
                    | "build.gradle.kts"
                    | "composer.json"
            );
    folders.contains('*') && is_manifest
}

/// Whether a RUN puts files into folders that it makes for them, as is done with the manifests of .NET.
fn moves_back(item: &StageInstruction) -> bool {
    let source = &item.instruction.source;
    item.as_run().is_some() && source.contains("mkdir") && (source.contains("mv ") || source.contains("cp "))
}

/// Keeps the folders, where the builder's own frontend is known to understand that.
fn with_parents(input: &StageInput<'_>, item: &StageInstruction, copy: &Copy) -> Option<Fix> {
    let known = input.file.facts.frontend.is_some_and(|frontend| frontend.copy_parents);
    let is_built_in = matches!(input.file.model.frontend, semantic::Frontend::BuiltIn);
    let first = copy.sources.first().filter(|_| known && is_built_in && item.instruction.flags.is_empty())?;
    let edit =
        TextEdit { range: TextRange::empty(first.text.range.start), new_text: "--parents ".to_owned() };
    Some(to_check("Add `--parents`", "that the files are looked for in their folders", vec![edit]))
}

#[cfg(test)]
mod tests {
    use semantic::{Facts, FrontendFacts};

    use crate::Settings;
    use crate::tests::{check, findings_of, no_findings, pointed_at};

    const CODE: &str = "manifests-flattened";

    #[test]
    fn the_pattern_is_pointed_at() {
        check(
            "
FROM example/größe:1
COPY package.json \\
  größe/*/package.json ./
# ^^^^^^^^^^^^^^^^^^^^ manifests-flattened: `größe/*/package.json` brings the files without their folders: they all lie in `./`, and those of one name overwrite each other. Use `COPY --parents`, or copy each one to its folder.
",
        );
    }

    #[test]
    fn folders_are_kept_where_the_builder_can() {
        let facts = Facts {
            frontend: Some(FrontendFacts { copy_parents: true, ..FrontendFacts::default() }),
            ..Facts::default()
        };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        let text = "FROM a\nCOPY */*.csproj ./\n";
        let found = findings_of(text, &facts, &settings);
        assert_eq!(rewrites::apply(text, &found[0].fixes[0].edits), "FROM a\nCOPY --parents */*.csproj ./\n");
        assert!(findings_of(text, &Facts::default(), &settings)[0].fixes.is_empty());
    }

    #[test]
    fn other_patterns_and_files_that_are_moved_back_are_fine() {
        for text in [
            "COPY *.csproj ./",
            "COPY api/*.csproj ./",
            "COPY */*.conf /etc/",
            "COPY --parents */*.csproj ./",
            "COPY --from=b */package.json ./",
            "COPY */*.csproj ./\nRUN for f in *.csproj; do mkdir -p ${f%.*} && mv $f ${f%.*}/; done",
            "COPY */*.csproj",
        ] {
            no_findings(CODE, &format!("FROM a AS b\nFROM a\n{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a\r\nCOPY <<E */go.mod \\\r\n  /é/\r\né\r\nE\r\nCOPY\r\n",
            "# escape=`\nFROM a\nCOPY `\n  */go.mod /x/\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["*/go.mod"], "{text}");
        }
    }
}
