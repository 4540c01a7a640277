//! A large file that a COPY of a folder takes along.

use semantic::facts::{FileFacts, FileKind};

use crate::analysis::context_copy::Sent;
use crate::analysis::text::bytes;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "large-file-in-broad-copy",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A COPY of the whole context takes a dump, an archive or a recording of many megabytes along",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A COPY takes the whole build context, and in it lies a file of 50 MB or more that is a dump, an archive, a disk image, a log or a recording by its name, and no `.dockerignore` leaves it out.
What lies in `.git` and the like is the matter of `unwanted-files-in-broad-copy`.

## Why

The file goes to the builder whenever it changes, and into the layer: everyone who pushes or pulls the image pays for it.

## Bad

```dockerfile
# file: backup.sql.gz 300000000
# file: index.html
FROM alpine:3.22
COPY . /srv
```

## Good

```dockerfile
# .dockerignore: *.sql.gz
# file: backup.sql.gz 300000000
# file: index.html
FROM alpine:3.22
COPY . /srv
```

## When to ignore

When the image is there to carry the file.
"#;

/// Smaller files are not worth a word, in bytes.
const LIMIT: u64 = 50_000_000;

/// How files end that are seldom meant for an image.
const ENDINGS: [&str; 26] = [
    ".sql", ".sql.gz", ".dump", ".bak", ".tar", ".tar.gz", ".tgz", ".zip", ".7z", ".rar", ".iso", ".img",
    ".vmdk", ".qcow2", ".vdi", ".mp4", ".mov", ".mkv", ".avi", ".log", ".core", ".hprof", ".pcap", ".dmg",
    ".tar.xz", ".tar.zst",
];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let Some(context) = &input.file.facts.context else { return };
    for copy in input.stage.instructions.iter().filter_map(|item| item.as_copy()) {
        if !copy.takes_whole_context() || !copy.exclude.is_empty() {
            continue;
        }
        let sent = Sent::of(context);
        let is_large = |path: &str, file: FileFacts| {
            file.size >= LIMIT && file.kind == FileKind::File && ENDINGS.iter().any(|end| path.ends_with(end))
        };
        let large = sent.find(is_large);
        let Some((path, file)) = large.iter().max_by_key(|(_, file)| file.size) else { continue };
        let more = if large.len() > 1 {
            format!(" and {} more large files", large.len() - 1)
        } else {
            String::new()
        };
        let ignore = context.ignore_file.as_ref().map_or(".dockerignore", |file| file.path.as_str());
        let message = format!(
            "This copies `{path}` ({}){more}, to the builder and into the layer. Leave it out in {ignore}.",
            bytes(file.size)
        );
        if let Some(source) = copy.sources.first() {
            findings.add(source.text.range, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use semantic::facts::{FileFacts, FileKind, IgnoreFile};

    use crate::Settings;
    use crate::ignore::tests::context;
    use crate::tests::findings_of;

    const CODE: &str = "large-file-in-broad-copy";

    fn found(files: &[(&str, u64)], ignore: &str, text: &str) -> Vec<String> {
        let mut context = context(&[]);
        context.files.insert(".git".to_owned(), FileFacts { size: 0, kind: FileKind::Directory });
        for (path, size) in files {
            context.files.insert((*path).to_owned(), FileFacts { size: *size, kind: FileKind::File });
        }
        context.ignore_file = Some(IgnoreFile { path: ".dockerignore".to_owned(), text: ignore.to_owned() });
        let facts = Facts { context: Some(context), ..Facts::default() };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        findings_of(text, &facts, &settings).iter().map(|finding| finding.message.clone()).collect()
    }

    #[test]
    fn the_largest_is_named() {
        let files = [("größe/a.sql.gz", 300_000_000), ("b.zip", 60_000_000), ("c.zip", 1)];
        for text in
            ["FROM a\r\nCOPY \\\r\n . /x\r\nCOPY\r\n", "# escape=`\nFROM a\nCOPY `\n . /x\nRUN <<E\nE\n"]
        {
            assert_eq!(
                found(&files, "", text),
                [
                    "This copies `größe/a.sql.gz` (300 MB) and 1 more large files, to the builder and into the layer. Leave it out in .dockerignore."
                ]
            );
        }
    }

    #[test]
    fn small_ones_models_and_what_is_left_out_are_fine() {
        for (file, ignore, text) in [
            (("a.zip", 49_000_000), "", "COPY . /x"),
            (("model.safetensors", 900_000_000), "", "COPY . /x"),
            (("a.zip", 90_000_000), "*.zip", "COPY . /x"),
            (("a.zip", 90_000_000), "", "COPY a.zip /x"),
            (("a.zip", 90_000_000), "", "COPY --exclude=*.zip . /x"),
            ((".git/a.zip", 90_000_000), "", "COPY . /x"),
        ] {
            assert_eq!(found(&[file], ignore, &format!("FROM a\n{text}\n")), [""; 0], "{file:?} {text}");
        }
        assert!(findings_of("FROM a\nCOPY . /x\n", &Facts::default(), &Settings::default()).is_empty());
    }
}
