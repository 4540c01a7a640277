//! ADD where COPY does.

use rewrites::add_to_copy;

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
        let Some(place) = add_to_copy::place(input.file, item) else { continue };
        let message =
            "ADD also unpacks archives and fetches addresses, and these files need neither. Use COPY.";
        findings.add(place.range, message).fixes.push(place.into_fix());
    }
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
