//! A user by name in an image that has no list of users.

use rewrites::Input;
use semantic::{Base, Kind, SourceKind, Stage, StageInstruction};

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "user-without-passwd",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Error,
    on_by_default: true,
    summary: "A USER by name in an image without /etc/passwd cannot be found",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A USER names a user in a stage on `scratch`, into which nothing was copied that may hold `/etc/passwd`.

## Why

A name is looked up in the image's own `/etc/passwd`. Without it the container does not start: `unable to find user app: no matching entries in passwd file`. A
number needs no list.

## Bad

```dockerfile
FROM scratch
COPY app /app
USER app
ENTRYPOINT ["/app"]
```

## Good

```dockerfile
FROM scratch
COPY app /app
USER 10001
ENTRYPOINT ["/app"]
```

```dockerfile
FROM alpine:3.22 AS build
RUN adduser -D -u 10001 app

FROM scratch
COPY --from=build /etc/passwd /etc/passwd
COPY app /app
USER app
ENTRYPOINT ["/app"]
```

## When to ignore

When a copied folder brings the list along in a way that the text does not show.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let model = input.file.model;
    let users = || {
        input.stage.instructions.iter().filter_map(|item| match &item.kind {
            Kind::User(user) => Some((item, user)),
            _ => None,
        })
    };
    if users().next().is_none() || *model.root(input.stage.index) != Base::Scratch {
        return;
    }
    if may_have_list(input.file, input.stage) {
        return;
    }
    for (_, user) in users() {
        let Some(value) = user.value.as_deref() else { continue };
        let name = value.split(':').next().unwrap_or_default();
        if name.is_empty() || name.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        // The runtime knows this one without a list.
        if name == "root" && !value.contains(':') {
            continue;
        }
        let message = format!(
            "This image has no /etc/passwd in which `{name}` could be found, so the container does not start. Write the user's number, or copy the list."
        );
        findings.add(user.range, message);
    }
}

/// Whether anything was put into the image that may hold the list of users.
fn may_have_list(input: &Input<'_>, stage: &Stage) -> bool {
    let stages = input.model.lineage(stage.index);
    stages.into_iter().flat_map(|stage| &stage.instructions).any(|item: &StageInstruction| match &item.kind {
        Kind::Copy(copy) | Kind::Add(copy) => {
            let is_list = |path: &str| path == "/" || path == "/etc" || path == "/etc/passwd";
            let is_unpacked = matches!(item.kind, Kind::Add(_));
            let names = copy.sources.iter().any(|source| {
                source.kind != SourceKind::Heredoc
                    && (source.text.raw.contains("passwd") || source.text.raw.contains("etc"))
            });
            // A single program that goes to the root brings no folder.
            let place = copy.place.known();
            let is_one_file =
                place == Some("/") && copy.sources.iter().all(|source| is_program(&source.text.raw));
            copy.parents || names || is_unpacked || place.is_none_or(|path| is_list(path) && !is_one_file)
        }
        Kind::Run(_) | Kind::Unknown | Kind::Onbuild => true,
        _ => false,
    })
}

/// Whether a path ends with a plain name that may be a program's, and is no folder by its looks.
fn is_program(path: &str) -> bool {
    path.contains("/bin/") && !path.ends_with('/') && !path.contains('*')
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, no_findings, pointed_at};

    const CODE: &str = "user-without-passwd";

    #[test]
    fn the_name_is_pointed_at() {
        check(
            "
FROM scratch
COPY größe \\
  /app
USER größe
#    ^^^^^ user-without-passwd: This image has no /etc/passwd in which `größe` could be found, so the container does not start. Write the user's number, or copy the list.
",
        );
    }

    #[test]
    fn numbers_lists_and_other_images_are_fine() {
        for text in [
            "FROM scratch\nUSER 1000:1000",
            "FROM scratch\nUSER root",
            "FROM scratch\nUSER $X",
            "FROM scratch\nCOPY --from=a /etc/passwd /etc/passwd\nUSER x",
            "FROM scratch\nCOPY passwd /etc/\nUSER x",
            "FROM scratch\nCOPY --from=a / /\nUSER x",
            "FROM scratch\nCOPY --from=a /rootfs /\nUSER x",
            "FROM scratch\nADD rootfs.tar /\nUSER x",
            "FROM scratch AS b\nCOPY rootfs /\nFROM b\nUSER x",
            "FROM alpine\nUSER x",
            "FROM $A\nUSER x",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM scratch\r\nCOPY <<E /é\r\né\r\nE\r\nUSER x\r\nUSER\r\n",
            "# escape=`\nFROM scratch\nUSER `\n  x\n",
            "FROM scratch\nCOPY --from=b /go/bin/app /\nUSER x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["x"], "{text}");
        }
    }
}
