//! ADD of an address whose content is not checked.

use semantic::{Kind, SourceKind};

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "remote-file-without-checksum",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Info,
    on_by_default: false,
    summary: "ADD takes whatever a server answers, for it names no checksum",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

An ADD takes a file from `http://` or `https://` without `--checksum`.

## Why

The builder asks the server at each build, and takes what it answers: another file than yesterday's makes another layer, and nobody is told. With a checksum the build
stops instead, and needs not ask where the file is cached. It is off by default, for a file that is meant to be the newest one has no checksum.

## Bad

```dockerfile
FROM alpine:3.22
ADD https://example.com/tool-1.2.3.tar.gz /tmp/tool.tar.gz
```

## Good

```dockerfile
FROM alpine:3.22
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/tool-1.2.3.tar.gz /tmp/tool.tar.gz
```

## When to ignore

When the newest file is always meant.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Kind::Add(add) = &item.kind else { continue };
        if item.instruction.flag("checksum").is_some() {
            continue;
        }
        for source in add.sources.iter().filter(|source| source.kind == SourceKind::Url) {
            let message =
                "Whatever the server answers goes into the image. Name what is meant: `--checksum=sha256:…`.";
            findings.add(source.text.range, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "remote-file-without-checksum";

    #[test]
    fn the_address_is_pointed_at() {
        for text in [
            "FROM a\r\nADD https://x/größe \\\r\n  /x\r\nADD\r\n",
            "# escape=`\nFROM a\nADD `\n  https://x/größe /x\n",
            "FROM a\nADD --chmod=644 https://x/größe <<E /x/\na\nE\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["https://x/größe"], "{text}");
        }
        let message =
            "Whatever the server answers goes into the image. Name what is meant: `--checksum=sha256:…`.";
        assert_eq!(check_only(CODE, "FROM a\nADD http://x/y /x\n")[0].message, message);
    }

    #[test]
    fn checked_files_and_others_are_fine() {
        no_findings(
            CODE,
            "FROM a\nADD --checksum=sha256:0 https://x/y /x\nADD x.tgz /x\nADD https://github.com/x/y.git#v1 /x\nCOPY https://x/y /x\nADD https://x/y\n",
        );
    }
}
