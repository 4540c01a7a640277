//! Several folders copied at once: their contents land in one.

use rewrites::{Fix, Input};
use semantic::facts::FileKind;
use semantic::path::file_name;
use semantic::{Copy, CopySource, SourceKind, StageInstruction};
use syntax::{TextEdit, TextRange};

use crate::analysis::fixes::to_check;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "folders-flattened",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "Several folders are copied at once, and their contents land in one",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A COPY names several folders of the build context as its sources. Which sources are folders is known where the context is known.

## Why

COPY takes what is in a folder and not the folder itself: the contents of all of them lie side by side, and of files with the same name the last one wins. `cp -r` would have kept the
folders, and that is what the line reads like.

## Bad

```dockerfile
# file: src/index.js
# file: tests/index.js
FROM alpine:3.22
COPY src tests /app/
```

## Good

```dockerfile
# file: src/index.js
# file: tests/index.js
FROM alpine:3.22
COPY src /app/src
COPY tests /app/tests
```

## When to ignore

When the contents are meant to lie side by side.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let Some(context) = &input.file.facts.context else { return };
    for item in &input.stage.instructions {
        let Some(copy) = item.as_copy().filter(|copy| copy.from.is_none() && !copy.parents) else { continue };
        let is_folder = |source: &&CopySource| {
            let path = source.text.value.as_deref().map(semantic::path::clean_context_path);
            let path = path.filter(|path| source.kind == SourceKind::Path && path != ".");
            // With a `/` at its end the contents are asked for.
            path.and_then(|path| context.files.get(&path))
                .is_some_and(|file| file.kind == FileKind::Directory)
                && !source.text.raw.ends_with(['/', '.'])
        };
        let folders: Vec<&CopySource> = copy.sources.iter().filter(is_folder).collect();
        let ([first, .., last], 2..) = (folders.as_slice(), copy.sources.len()) else { continue };
        let names: Vec<String> = folders.iter().map(|source| format!("`{}`", source.text.raw)).collect();
        let message = format!(
            "COPY takes what is in {} and not the folders: all of it lands side by side in `{}`. Copy each folder to a place of its own.",
            names.join(" and "),
            copy.destination.raw
        );
        let range = first.text.range.cover(last.text.range);
        findings.add(range, message).fixes.extend(parted(input.file, item, copy, &folders));
    }
}

/// An instruction for each folder.
fn parted(input: &Input<'_>, item: &StageInstruction, copy: &Copy, folders: &[&CopySource]) -> Option<Fix> {
    let instruction = &item.instruction;
    let source = &instruction.source;
    // Another layout than one line, and other sources between, are left to the author.
    if folders.len() != copy.sources.len() || source.contains(['\n', '"', '[']) {
        return None;
    }
    let first = folders.first()?;
    let head = input.model.document.slice(TextRange::new(instruction.start, first.text.range.start));
    let place = copy.destination.raw.trim_end_matches('/');
    let line = |folder: &&CopySource| {
        let name = file_name(folder.text.raw.trim_end_matches('/'));
        format!("{head}{} {place}/{name}", folder.text.raw)
    };
    let document = &input.model.document;
    let line_range = document.buildkit_line_range(instruction.line);
    let next = document.buildkit_line_range(instruction.line + 1).start;
    let is_crlf =
        document.slice(TextRange::new(line_range.start, next.max(line_range.end))).ends_with("\r\n");
    let new_text = folders.iter().map(line).collect::<Vec<_>>().join(if is_crlf { "\r\n" } else { "\n" });
    let edit = TextEdit { range: instruction.range(), new_text };
    Some(to_check("Copy each folder to one of its name", "that the image expects the folders", vec![edit]))
}

#[cfg(test)]
mod tests {
    use semantic::Facts;

    use crate::Settings;
    use crate::ignore::tests::context;
    use crate::tests::findings_of;

    const CODE: &str = "folders-flattened";

    fn found(text: &str) -> Vec<(String, Option<String>)> {
        let facts = Facts {
            context: Some(context(&["src/größe.js", "tests/a.js", "package.json"])),
            ..Facts::default()
        };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        let found = findings_of(text, &facts, &settings);
        let fixed = |finding: &crate::Finding| Some(rewrites::apply(text, &finding.fixes.first()?.edits));
        found.iter().map(|finding| (finding.message.clone(), fixed(finding))).collect()
    }

    #[test]
    fn each_folder_gets_its_place() {
        assert_eq!(
            found("FROM a\r\nCOPY --chown=1 src ./tests /é/\r\nRUN x\r\n"),
            [(
                "COPY takes what is in `src` and `./tests` and not the folders: all of it lands side by side in `/é/`. Copy each folder to a place of its own.".to_owned(),
                Some("FROM a\r\nCOPY --chown=1 src /é/src\r\nCOPY --chown=1 ./tests /é/tests\r\nRUN x\r\n".to_owned())
            )]
        );
    }

    #[test]
    fn other_layouts_have_no_fix() {
        for text in [
            "# escape=`\nFROM a\nCOPY src `\n  tests /x/\n",
            "FROM a\nCOPY src package.json tests /x/\n",
            "FROM a\nCOPY [\"src\", \"tests\", \"/x/\"]\n",
        ] {
            assert!(matches!(found(text).as_slice(), [(_, None)]), "{text}");
        }
    }

    #[test]
    fn one_folder_contents_and_other_stages_are_fine() {
        for text in [
            "COPY src /x/",
            "COPY src package.json /x/",
            "COPY src/ tests/ /x/",
            "COPY src/. tests/. /x/",
            "COPY lib other /x/",
            "COPY --parents src tests /x/",
            "COPY --from=b src tests /x/",
            "COPY src tests",
            "COPY <<E src /x/\na\nE",
        ] {
            assert_eq!(found(&format!("FROM a AS b\nFROM a\n{text}\n")), [], "{text}");
        }
    }
}
