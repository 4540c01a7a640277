//! Two stages that begin with the same steps.

use rewrites::Input;
use semantic::{Base, Stage, StageInstruction};

use crate::analysis::text::line;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "repeated-stage-prefix",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Hint,
    on_by_default: false,
    summary: "Two stages begin with the same steps, which are written twice",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

Two stages build on the same image and begin with the same instructions, a RUN among them.

## Why

BuildKit runs such steps once. But they are kept in two places: one day one of them is changed and the other is not, and from then on they are run and stored twice, and the two stages differ. It is off by
default, for it costs nothing as long as they agree.

## Bad

```dockerfile
FROM python:3.13-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir build==1.2.2

FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local /usr/local
```

## Good

```dockerfile
FROM python:3.13-slim AS base
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*

FROM base AS build
RUN pip install --no-cache-dir build==1.2.2

FROM base
COPY --from=build /usr/local /usr/local
```

## When to ignore

When the two are meant to go their own ways.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let stages = &input.model.stages;
    for (at, stage) in stages.iter().enumerate().filter(|(_, stage)| matches!(stage.base, Base::Image(_))) {
        let shared = stages[..at].iter().map(|other| (other, shared(other, stage)));
        let Some((other, count)) = shared.max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0)
        else {
            continue;
        };
        let last = &stage.instructions[count - 1];
        let message = format!(
            "Down to line {} this is the same as in stage {}. Put it into a stage of its own and build both on that.",
            line(input, last.instruction.range().end),
            other.display_name()
        );
        findings.add(stage.image.range, message);
    }
}

/// How many instructions two stages on the same image begin with alike; 0 where no RUN is among them.
fn shared(left: &Stage, right: &Stage) -> usize {
    let platform = |stage: &Stage| stage.platform.as_ref().map(|platform| platform.raw.clone());
    if left.base != right.base || platform(left) != platform(right) {
        return 0;
    }
    let pairs = left.instructions.iter().zip(&right.instructions);
    let same = pairs.take_while(|(left, right)| left.instruction.source == right.instruction.source);
    let is_run = |item: &StageInstruction| item.as_run().is_some();
    same.enumerate().filter(|(_, (item, _))| is_run(item)).last().map_or(0, |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "repeated-stage-prefix";

    #[test]
    fn the_second_stage_is_pointed_at() {
        for text in [
            "FROM a AS x\r\nENV É=1\r\nRUN y \\\r\n  z\r\nRUN z\r\nFROM a\r\nENV É=1\r\nRUN y \\\r\n  z\r\nRUN\r\n",
            "# escape=`\nFROM a AS x\nRUN y `\n  z\nFROM a\nRUN y `\n  z\n",
            "FROM a AS x\nRUN <<E\ny\nE\nFROM a\nRUN <<E\ny\nE\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["a"], "{text}");
        }
        let found = check_only(CODE, "FROM a AS x\nRUN y\nRUN z\nFROM a\nRUN y\nCOPY . .\n");
        assert_eq!(
            found[0].message,
            "Down to line 5 this is the same as in stage x. Put it into a stage of its own and build both on that."
        );
    }

    #[test]
    fn other_images_steps_and_settings_alone_are_fine() {
        for text in [
            "FROM a AS x\nRUN y\nFROM b\nRUN y",
            "FROM a AS x\nRUN y\nFROM a\nRUN z",
            "FROM a AS x\nENV A=1\nFROM a\nENV A=1",
            "FROM --platform=$BUILDPLATFORM a AS x\nRUN y\nFROM a\nRUN y",
            "FROM a AS x\nFROM x AS y\nRUN y\nFROM x\nRUN y",
            "FROM scratch AS x\nRUN y\nFROM scratch\nRUN y",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }
}
