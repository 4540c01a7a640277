//! ADD where COPY does.

use rewrites::{Applicability, Fix, Input};
use semantic::{Copy, CopySource, Kind, SourceKind};

use crate::analysis::fixes::replace;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "add-of-local-file",
    aliases: &["DL3020", "DS-0005", "CKV_DOCKER_4"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: true,
    summary: "ADD copies local files that COPY would copy",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

An ADD takes files or folders of the build context, and none of them is an archive that it unpacks.

## Why

ADD also fetches addresses and unpacks archives: readers must look twice, and a file that becomes an archive one day is silently unpacked.

## Bad

```dockerfile
FROM debian:12-slim
ADD app.conf /etc/app.conf
```

## Good

```dockerfile
FROM debian:12-slim
COPY app.conf /etc/app.conf
ADD rootfs.tar.xz /
```

## When to ignore

When the source is an archive under another name.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Kind::Add(copy) = &item.kind else { continue };
        let instruction = &item.instruction;
        let is_add_only = |name: &str| matches!(name, "keep-git-dir" | "checksum" | "unpack");
        if instruction.flags.iter().any(|flag| is_add_only(&flag.name))
            || !copy.sources.iter().all(is_plain)
            || copy.sources.is_empty()
        {
            continue;
        }
        let range = instruction.keyword_range();
        let message =
            "ADD also unpacks archives and fetches addresses, and these files need neither. Use COPY.";
        let keyword = instruction.keyword_range.of(&instruction.source);
        let new = if keyword == keyword.to_ascii_lowercase() { "copy" } else { "COPY" };
        let applicability = if is_certain(input.file, copy) {
            Applicability::Safe
        } else {
            Applicability::Unsafe { check: "that no source is an archive".to_owned() }
        };
        let fix = Fix { title: "Use COPY".to_owned(), applicability, edits: vec![replace(range, new)] };
        findings.add(range, message).fixes.push(fix);
    }
}

/// Whether a source is a path of the context, and no archive by its name.
fn is_plain(source: &CopySource) -> bool {
    let Some(value) = source.text.value.as_deref() else { return false };
    let lower = value.to_ascii_lowercase();
    let archives = [".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst", ".gz", ".bz2", ".xz", ".zst", ".lzma"];
    match source.kind {
        SourceKind::Path => !archives.iter().any(|end| lower.ends_with(end)) && !lower.contains(".tar"),
        SourceKind::Heredoc => true,
        SourceKind::Url | SourceKind::Git => false,
    }
}

/// Whether no source can be an archive: folders, and files of the endings that text has.
fn is_certain(input: &Input<'_>, copy: &Copy) -> bool {
    copy.context_paths().all(|path| {
        let files = input.facts.context.as_ref().map(|context| &context.files);
        let is_folder = files.is_some_and(|files| {
            files.get(&path).is_some_and(|file| file.kind == semantic::facts::FileKind::Directory)
        });
        let ending = path.rsplit('.').next().unwrap_or_default();
        let is_text = matches!(
            ending,
            "conf"
                | "css"
                | "html"
                | "ini"
                | "js"
                | "json"
                | "lock"
                | "md"
                | "py"
                | "rb"
                | "rs"
                | "sh"
                | "sql"
                | "toml"
                | "ts"
                | "txt"
                | "xml"
                | "yaml"
                | "yml"
                | "go"
        );
        path == "." || is_folder || is_text && !path.contains('*')
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "add-of-local-file";

    #[test]
    fn copy_takes_its_place() {
        check_fix(
            "
FROM a:1
ADD \\
  . /größe/
ADD thing /thing
",
            expect![[r"
                Use COPY (safe)
                FROM a:1
                COPY \
                  . /größe/
                ADD thing /thing
                Use COPY (unsafe: that no source is an archive)
                FROM a:1
                ADD \
                  . /größe/
                COPY thing /thing
            "]],
        );
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM a:1\r\nADD a `\r\n  /b\r\n").len(), 1);
        assert_eq!(check_only(CODE, "FROM a:1\nADD <<EOF /b\nx\nEOF\n").len(), 1);
    }

    #[test]
    fn archives_addresses_and_broken_text_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nADD a.tar.gz /\nADD https://x/y /y\nADD git@x:a/b.git /b\nADD rootfs.tgz a /b/\nADD $X /y\nADD\nCOPY a /b\nADD --unpack=true a /b\n",
        );
    }
}
