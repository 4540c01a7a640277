//! Files that a second COPY brings into the image once more.

use semantic::{Copy, SourceKind, StageInstruction};
use syntax::{TextEdit, TextRange};

use crate::analysis::fixes::to_check;
use crate::analysis::text::{bytes, line};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "files-copied-twice",
    aliases: &[],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "COPY brings large files that an earlier COPY has put there already",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

COPY takes the whole build context, and an earlier COPY of the same image has put a part of it, of a megabyte or more, in the same place.
Where the build context is not known, the name must say that it is large: `models`, `node_modules`, an archive. Manifests that are copied
first, to install dependencies, are small and left alone.

## Why

The second COPY writes all files anew into a layer of its own: those of the first are in the image twice.

## Bad

```dockerfile
FROM alpine:3.22
WORKDIR /srv
COPY models ./models
COPY . .
```

## Good

```dockerfile
FROM alpine:3.22
WORKDIR /srv
COPY models ./models
COPY --exclude=models . .
```

## When to ignore

When RUNs in between need the files and the image's size does not matter.
"#;

/// Files above this size, in bytes, are worth a word.
const LARGE: u64 = 1_000_000;

/// So many earlier COPYs are compared with one.
const COMPARED: usize = 32;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    if !input.is_shipped {
        return;
    }
    let mut before: Vec<(&StageInstruction, &Copy)> = Vec::new();
    for item in &input.stage.instructions {
        let Some(copy) = item.as_copy().filter(|copy| copy.from.is_none()) else { continue };
        if copy.takes_whole_context() && copy.exclude.is_empty() && !copy.parents {
            if let Some((first, path, size)) = repeated(input, copy, &before) {
                report(input, item, first, &path, size, findings);
            }
        } else {
            before.push((item, copy));
        }
    }
}

/// What an earlier COPY brought to the place where this one brings it, and its bytes where they are known.
fn repeated<'a>(
    input: &StageInput<'_>,
    copy: &Copy,
    before: &[(&'a StageInstruction, &Copy)],
) -> Option<(&'a StageInstruction, String, Option<u64>)> {
    let last = before.iter().rev().take(COMPARED);
    last.flat_map(|(item, other)| other.sources.iter().map(move |source| (*item, *other, source))).find_map(
        |(item, other, source)| {
            let path = semantic::path::clean_context_path(source.text.value.as_deref()?);
            if source.kind != SourceKind::Path || path == "." || path.contains(['*', '?', '[']) {
                return None;
            }
            let name = semantic::path::file_name(&path);
            let lands = copy.place.join(&path);
            let is_same = other.place == lands || other.into_directory && other.place.join(name) == lands;
            let size = size(input, &path);
            let is_large = size.map_or_else(|| sounds_large(name), |size| size >= LARGE);
            (is_same && is_large).then_some((item, path, size))
        },
    )
}

/// Bytes of a path of the build context, where all of it is known.
fn size(input: &StageInput<'_>, path: &str) -> Option<u64> {
    let context = input.file.facts.context.as_ref().filter(|context| context.complete)?;
    match context.files.get(path).filter(|file| file.kind != semantic::facts::FileKind::Directory) {
        Some(file) => Some(file.size),
        None => Some(context.below(path).map(|(_, file)| file.size).sum()),
    }
}

fn sounds_large(name: &str) -> bool {
    const FOLDERS: [&str; 8] =
        ["models", "weights", "checkpoints", "datasets", "node_modules", "media", "assets", "videos"];
    const ENDINGS: [&str; 12] = [
        ".tar",
        ".gz",
        ".tgz",
        ".xz",
        ".zip",
        ".jar",
        ".war",
        ".onnx",
        ".pt",
        ".safetensors",
        ".gguf",
        ".iso",
    ];
    FOLDERS.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn report(
    input: &StageInput<'_>,
    item: &StageInstruction,
    first: &StageInstruction,
    path: &str,
    size: Option<u64>,
    findings: &mut Findings,
) {
    let size = size.map(|size| format!(" ({})", bytes(size))).unwrap_or_default();
    let at = line(input.file, first.instruction.start);
    let message = format!(
        "`{path}` is here since line {at}, and this COPY puts it into the image once more{size}. Leave it out: `--exclude={path}`."
    );
    let finding = findings.add(item.instruction.place(item.instruction.arguments.range), message);
    if path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_')) {
        let at = TextRange::empty(item.instruction.keyword_range().end);
        let edit = TextEdit { range: at, new_text: format!(" --exclude={path}") };
        let check = "that the builder knows `--exclude`";
        finding.fixes.push(to_check(format!("Leave `{path}` out"), check, vec![edit]));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::expect;
    use semantic::facts::{ContextFacts, Facts, FileFacts, FileKind};

    use crate::Settings;
    use crate::tests::{check_fix_of, check_only, findings_of, no_findings};

    const CODE: &str = "files-copied-twice";

    #[test]
    fn the_second_copy_leaves_them_out() {
        check_fix_of(
            CODE,
            "
FROM größe:1
WORKDIR /srv
COPY models ./models
COPY . \\
  .
",
            expect![[r"
                Leave `models` out (unsafe: that the builder knows `--exclude`)
                FROM größe:1
                WORKDIR /srv
                COPY models ./models
                COPY --exclude=models . \
                  .
            "]],
        );
        for text in [
            "COPY node_modules /app/node_modules\nCOPY . /app",
            "COPY lib/a.jar /app/lib/\nADD ./ /app/",
            "WORKDIR /app\nCOPY a.zip .\nRUN x\nCOPY . .",
        ] {
            assert_eq!(check_only(CODE, &format!("FROM a:1\n{text}\n")).len(), 1, "{text}");
        }
    }

    #[test]
    fn sizes_decide_where_they_are_known() {
        let found = |size: u64| {
            let files = BTreeMap::from([("src/x".to_owned(), FileFacts { size, kind: FileKind::File })]);
            let context = ContextFacts { files, complete: true, ..ContextFacts::default() };
            let facts = Facts { context: Some(context), ..Facts::default() };
            let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
            findings_of("FROM a:1\nCOPY src /app/src\nCOPY . /app\n", &facts, &settings)
        };
        assert!(found(2_000_000)[0].message.contains("once more (2 MB)"));
        assert!(found(2_000).is_empty());
    }

    #[test]
    fn small_files_other_places_and_stages_are_fine() {
        for text in [
            "COPY package.json package-lock.json /app/\nCOPY . /app",
            "COPY src /app/src\nCOPY . /app",
            "COPY models /data/models\nCOPY . /app",
            "COPY models /app/models\nCOPY --exclude=models . /app",
            "COPY . /app\nCOPY models /app/models",
            "COPY --from=b models /app/models\nCOPY . /app",
            "COPY models /app/models\nCOPY . /app\nFROM b:1",
            "COPY models /app/models\nFROM b:1\nCOPY . /app",
            "COPY <<models /app/models\nmodels\nCOPY . /app",
            "COPY models /app/models\nCOPY",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }

    #[test]
    fn crlf_and_another_escape() {
        let text = "# escape=`\r\nFROM a:1\r\nCOPY models `\r\n  /app/models\r\nCOPY . /app\r\n";
        assert_eq!(check_only(CODE, text).len(), 1);
    }
}
