//! A package manager's index or cache that stays in a layer of the image.

mod messages;
#[cfg(test)]
mod tests;

use rewrites::Input;
use rewrites::clean_package_index::{Cache, fix, last_install_without_update, left_behind};
use semantic::StageInstruction;
use syntax::TextRange;

use crate::analysis::call::Call;
use crate::analysis::shipped::shipped;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "package-index-left-in-image",
    aliases: &[
        "DL3009", "DL3019", "DL3032", "DL3036", "DL3040", "DL3042", "DL3060", "DS-0015", "DS-0019",
        "DS-0020", "DS-0025", "DS-0027",
    ],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A package manager's index or cache stays in the image",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A RUN of the final image installs packages and leaves the package manager's lists or downloads in its layer: apt's lists, and the caches
of apk, yum, dnf, zypper, pip, npm, Yarn and conda. A cache or tmpfs mount on that path is fine, and so is cleaning up in the same RUN. Stages
that are not shipped are left alone.

## Why

Nothing in the image ever reads them. apt's lists alone are about 20 MB; a later RUN that removes them only hides them.

## Bad

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl
```

```dockerfile
FROM alpine:3.22
RUN apk add curl
```

```dockerfile
FROM continuumio/miniconda3:25.3.1-1
RUN conda install -y numpy=2.2
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
```

```dockerfile
FROM alpine:3.22
RUN apk add --no-cache curl
```

```dockerfile
FROM python:3.13-slim
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
```

```dockerfile
FROM continuumio/miniconda3:25.3.1-1
RUN conda install -y numpy=2.2 && conda clean -afy
```

## When to ignore

In images whose users install packages themselves, such as a development container.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let mut reported = Vec::new();
    for stage in shipped(input.model) {
        for item in &stage.instructions {
            let Some(run) = item.as_run() else { continue };
            for left in left_behind(input, item, run) {
                reported.push((item, left));
            }
        }
    }
    if reported.is_empty() {
        return;
    }
    let needs_lists = last_install_without_update(input);
    for (item, left) in reported {
        let fix = fix(input, item, &left, needs_lists);
        let finding = findings.add(range(item, &left.first), messages::message(left.cache));
        finding.aliases = messages::aliases(left.cache).into();
        if left.cache == Cache::Npm {
            finding.severity = Severity::Info;
        }
        finding.fixes.extend(fix);
    }
}

/// From the program to its subcommand.
fn range(item: &StageInstruction, call: &Call<'_>) -> TextRange {
    let first = call.command.words.first().map_or(call.command.range, |word| word.range);
    let last = call.subcommand().map_or(first, |word| word.range);
    item.instruction.place(first).cover(item.instruction.place(last))
}
