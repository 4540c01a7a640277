//! A pipe in a shell without `pipefail`.

use crate::analysis::pipes::{hidden, pipes};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "pipe-without-pipefail",
    aliases: &["DL4006"],
    category: Category::Shell,
    severity: Severity::Info,
    on_by_default: false,
    summary: "A pipe succeeds where its last command does, whatever happens before",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN has a pipe, and its shell does not have `pipefail`. Those of which it is certain that a failure goes unnoticed are
`pipe-hides-failure`; these are the others. Where `||` follows, nothing is said.

## Why

A shell takes the result of a pipe from its last command alone.

## Bad

```dockerfile
FROM debian:12-slim
RUN ls /srv | wc -l > /count
```

## Good

```dockerfile
FROM debian:12-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN ls /srv | wc -l > /count
```

## When to ignore

When the command in front cannot fail, or when the last one fails with it, as `tar` does when nothing comes. Most pipes are of this kind, so
the rule is off by default. The `sh` of Debian and Ubuntu has no `pipefail`; bash and the one of Alpine have.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for pipe in pipes(input.stage) {
        let before = pipe.before.iter().filter_map(|command| command.program());
        if before.clone().all(|program| matches!(program, "echo" | "printf" | "yes" | "true"))
            || hidden(&pipe).is_some()
        {
            continue;
        }
        let first = before.clone().next().unwrap_or_default();
        let message = format!(
            "A failure of `{first}` goes unnoticed, for the pipe succeeds where its last command does. Set `pipefail` for this shell."
        );
        let finding = findings.add(pipe.range(), message);
        finding.fixes.extend(pipe.fix(input));
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "pipe-without-pipefail";

    #[test]
    fn pipes_are_pointed_at() {
        for text in [
            "FROM a:1\r\nRUN echo größe && ls | \\\r\n  wc -l\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN ls `\n | wc -l\n",
            "FROM a:1\nRUN <<EOF\nls | wc -l\nEOF\n",
            "FROM a:1\nRUN curl https://e.com | tar x\n",
        ] {
            assert_eq!(pointed_at(CODE, text).len(), 1, "{text}");
        }
        let crlf = &check_only(CODE, "FROM a:1\r\nRUN ls | wc\r\n")[0].fixes[0].edits[0];
        assert!(crlf.new_text.ends_with("]\r\n"));
    }

    #[test]
    fn others_are_fine() {
        for text in [
            "RUN echo x | wc -l",
            "RUN ls | wc -l || true",
            "RUN set -o pipefail; ls | wc -l",
            "RUN curl https://e.com | sh",
            "RUN ls",
            "RUN echo 'ls | wc'",
            "RUN ls |",
            "RUN |",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }
}
