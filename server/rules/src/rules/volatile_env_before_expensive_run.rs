//! An ENV that changes with each release makes an expensive RUN run again, although that RUN does not use it.

use rewrites::move_arg_down::names::{is_cache_buster, is_implicit, is_volatile};
use rewrites::move_arg_down::readers::{Class, Readers};
use semantic::{Kind, StageInstruction, Text};

use crate::analysis::call::Call;
use crate::analysis::install::is_expensive;
use crate::analysis::text::{self, line};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "volatile-env-before-expensive-run",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Info,
    on_by_default: true,
    summary: "An ENV that changes with each release makes an expensive RUN run again",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

An ENV whose name says that its value changes from release to release (`APP_VERSION`, `GIT_COMMIT`, `BUILD_DATE` …) stands before a RUN that installs packages or dependencies and does not use
it. An ENV that takes its value from an ARG is the matter of `arg-before-expensive-run`.

## Why

The value of every ENV is part of the cache key of each RUN behind it, used or not. A new version number alone downloads and installs everything again.

## Bad

```dockerfile
FROM python:3.13-slim
ENV APP_VERSION=2.4.1
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```

## Good

```dockerfile
FROM python:3.13-slim
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
ENV APP_VERSION=2.4.1
```

## When to ignore

When the RUN reads the variable in a way that the text does not show, or is meant to run again with each release.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let mut candidates: Vec<(usize, &Text)> = Vec::new();
    for (at, item) in input.stage.instructions.iter().enumerate() {
        if let Kind::Env(pairs) = &item.kind {
            let own =
                pairs.iter().filter(|(name, value)| is_candidate(&name.raw) && !value.raw.contains('$'));
            candidates.extend(own.map(|(name, _)| (at, name)));
        }
    }
    if candidates.is_empty() {
        return;
    }
    let names: Vec<&str> = candidates.iter().map(|(_, name)| name.raw.as_str()).collect();
    let readers = Readers::of(input.stage, &names);
    let first = |positions: &[usize], at: usize| positions.iter().copied().find(|position| *position > at);
    let (expensive, takers) = (readers.of_class(Class::Expensive), readers.of_class(Class::Taker));
    for (at, name) in candidates {
        let used = readers.behind(&name.raw, at).first().copied();
        let limit = [used, first(&takers, at)].into_iter().flatten().min();
        let wasted = first(&expensive, at).filter(|wasted| limit.is_none_or(|limit| *wasted < limit));
        let Some(run) = wasted.and_then(|wasted| input.stage.instructions.get(wasted)) else { continue };
        let message = format!(
            "Each new value of `{}` runs `{}` on line {} again, which does not use it. Move this ENV below.",
            name.raw,
            expensive_command(run),
            line(input.file, run.instruction.start)
        );
        findings.add(name.range, message);
    }
}

fn is_candidate(name: &str) -> bool {
    is_volatile(name) && !is_implicit(name) && !is_cache_buster(name)
}

fn expensive_command(item: &StageInstruction) -> String {
    let mut commands = item.as_run().into_iter().flat_map(semantic::Run::commands);
    let found = commands.find(|command| {
        Call::of(command).is_some_and(|call| is_expensive(call) && call.subcommand_text() != "update")
    });
    found.map_or_else(|| "RUN".to_owned(), |command| text::command(item, command))
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "volatile-env-before-expensive-run";

    #[test]
    fn the_name_is_pointed_at() {
        for text in [
            "FROM a\r\nENV É=1 BUILD_DATE=2026-01-01\r\nRUN apk add \\\r\n  é\r\nENV\r\n",
            "# escape=`\nFROM a\nENV `\n  BUILD_DATE 2026\nRUN apk add x\n",
            "FROM a\nENV BUILD_DATE=1\nRUN <<E\napk add x\nE\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["BUILD_DATE"], "{text}");
        }
        assert_eq!(
            check_only(CODE, "FROM a\nENV APP_VERSION=1\nRUN echo\nRUN apk update && apk add x\n")[0].message,
            "Each new value of `APP_VERSION` runs `apk add x` on line 4 again, which does not use it. Move this ENV below."
        );
    }

    #[test]
    fn what_is_used_derived_or_below_is_fine() {
        for text in [
            "ENV APP_VERSION=1\nRUN apk add x=$APP_VERSION",
            "ENV APP_VERSION=1\nRUN echo $APP_VERSION\nRUN apk add x",
            "ENV APP_VERSION=1\nRUN ./build.sh\nRUN apk add x",
            "ENV APP_VERSION=$V\nRUN apk add x",
            "RUN apk add x\nENV APP_VERSION=1",
            "ENV NODE_ENV=production\nRUN npm ci",
            "ENV NGINX_VERSION=1\nRUN apk add x",
            "ENV APP_VERSION=1\nRUN apk add '",
        ] {
            no_findings(CODE, &format!("FROM a\n{text}\n"));
        }
    }
}
