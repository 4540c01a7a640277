//! What BuildKit refuses to read or to build.

use std::borrow::Cow;

use rewrites::Input;
use semantic::Base;

use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "syntax-problem",
    aliases: &["DL3023", "DS-0006", "DL3061", "DL3043"],
    category: Category::Syntax,
    severity: Severity::Error,
    on_by_default: true,
    summary: "The builder refuses the file",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

The file has something that BuildKit refuses: an unknown instruction, a flag that does not exist, a heredoc or a list without its end,
no stage at all, a stage that copies from itself.

## Why

The build fails before its first step, or at this step. Every other rule still looks at the rest of the file.

## Bad

```dockerfile
FROM debian:12-slim
RUM apt-get update
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && rm -rf /var/lib/apt/lists/*
```

## When to ignore

Never for Docker's frontend. For a file in another language, name its frontend with `# syntax=`.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    for problem in input.model.document.problems() {
        let is_trigger = problem.message.starts_with("ONBUILD cannot trigger");
        findings.add(problem.range, problem.message).aliases =
            if is_trigger { Cow::Borrowed(&["DL3043"]) } else { Cow::default() };
    }
    if input.model.problems.is_empty() {
        return;
    }
    let mut own = Vec::new();
    let mut elsewhere = Vec::new();
    for stage in &input.model.stages {
        for reference in stage.instructions.iter().flat_map(semantic::StageInstruction::references) {
            match reference.target {
                Base::Stage(index) if index == stage.index => own.push(reference.range()),
                // A stage that is not there, or not yet: `unknown-stage` has more to say about it.
                Base::Stage(_) | Base::Image(_) => elsewhere.push(reference.range()),
                Base::Scratch | Base::Unknown => {}
            }
        }
    }
    for problem in
        input.model.problems.iter().filter(|problem| elsewhere.binary_search(&problem.range).is_err())
    {
        let finding = findings.add(problem.range, problem.message.clone());
        if own.contains(&problem.range) {
            finding.aliases = Cow::Borrowed(&["DL3023", "DS-0006"]);
        } else if problem.message.contains("before the first FROM") {
            finding.aliases = Cow::Borrowed(&["DL3061"]);
        } else {
            finding.aliases = Cow::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, errors};

    #[test]
    fn unknown_words_and_open_ends_are_errors() {
        expect_test::expect![[r"
            2:1 syntax-problem
        "]]
        .assert_eq(&errors("FROM debian:12-slim\nRUM apt-get update\n"));
        assert!(!errors("FROM debian:12-slim\nCOPY\n").is_empty());
        assert!(!errors("FROM debian:12-slim\nRUN <<EOF\necho\n").is_empty());
        assert!(!errors("").is_empty());
    }

    #[test]
    fn a_whole_file_has_none() {
        assert_eq!(errors("FROM debian:12-slim\r\nRUN <<EOF\r\necho grüß\r\nEOF\r\n"), "");
        assert_eq!(errors("# escape=`\nFROM debian:12-slim\nRUN echo `\n  a\n"), "");
    }

    #[test]
    fn what_a_peer_reports_too_has_its_code() {
        let aliases = |text: &str| check_only("syntax-problem", text)[0].aliases.to_vec();
        assert_eq!(aliases("FROM debian:12-slim\nONBUILD FROM x\n"), ["DL3043"]);
        assert_eq!(aliases("RUN true\nFROM debian:12-slim\n"), ["DL3061"]);
        assert!(aliases("FROM debian:12-slim\nRUM x\n").is_empty());
    }

    #[test]
    fn a_stage_that_copies_from_itself_has_the_peers_codes() {
        let found = check_only("syntax-problem", "FROM debian:12-slim AS a\nCOPY --from=a /x /y\n");
        assert_eq!(found.len(), 1);
        assert_eq!(*found[0].aliases, ["DL3023", "DS-0006"]);
    }
}
