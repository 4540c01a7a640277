//! A first WORKDIR that is relative.

use rewrites::Input;
use semantic::Kind;

use crate::analysis::fixes::{replace, to_check};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "relative-workdir",
    aliases: &["WorkdirRelativePath", "DL3000", "DS-0009", "CKV_DOCKER_10"],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "The first WORKDIR is relative, so the base image decides where it leads",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

The first WORKDIR of a stage is a relative path. Later ones, and those in stages that build on a stage with a WORKDIR, are fine.

## Why

Where it leads depends on the working directory of the base image, which may change with the next version of it.

## Bad

```dockerfile
FROM debian:12-slim
WORKDIR app
```

## Good

```dockerfile
FROM debian:12-slim
WORKDIR /app
WORKDIR src
```

## When to ignore

When the working directory of the base image is part of its contract, as with ONBUILD images.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    let mut is_set = Vec::with_capacity(input.model.stages.len());
    for stage in &input.model.stages {
        let mut set = stage.base.stage().and_then(|base| is_set.get(base).copied()).unwrap_or(false);
        for item in &stage.instructions {
            let Kind::Workdir(text, _) = &item.kind else { continue };
            let was_set = std::mem::replace(&mut set, true);
            let Some(path) =
                text.value.as_deref().filter(|path| !was_set && !path.is_empty() && !is_absolute(path))
            else {
                continue;
            };
            let message = format!(
                "Where `{path}` leads depends on the working directory of the base image. Write it from `/` on."
            );
            let finding = findings.add(text.range, message);
            if text.raw == path {
                let absolute = format!("/{}", path.trim_start_matches("./"));
                let check = "that the base image's working directory is `/`";
                finding.fixes.push(to_check(
                    format!("Write `{absolute}`"),
                    check,
                    vec![replace(text.range, absolute)],
                ));
            }
        }
        is_set.push(set);
    }
}

/// Whether a path is absolute, on Windows too.
fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '\\']) || path.as_bytes().get(1) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, check_only, no_findings};

    const CODE: &str = "relative-workdir";

    #[test]
    fn the_first_relative_one_is_pointed_at() {
        check(
            "
FROM a:1 AS other
WORKDIR größe
#       ^^^^^ relative-workdir: Where `größe` leads depends on the working directory of the base image. Write it from `/` on.
WORKDIR src
FROM a:1
ARG D=x
WORKDIR $D
#       ^^ relative-workdir: Where `x` leads depends on the working directory of the base image. Write it from `/` on.
RUN echo \"$D\"
",
        );
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM a:1\r\nWORKDIR `\r\n  app\r\n").len(), 1);
    }

    #[test]
    fn absolute_unknown_and_later_ones_are_fine() {
        no_findings(
            CODE,
            "FROM a:1 AS x\nWORKDIR /a\nWORKDIR b\nFROM x\nWORKDIR c\nFROM a:1\nWORKDIR $UNKNOWN\nFROM a:1\nWORKDIR c:/x\nFROM a:1\nWORKDIR\nRUN <<EOF\nWORKDIR x\nEOF\n",
        );
    }
}
