//! A pipe in which a failure that matters goes unnoticed.

use crate::analysis::pipes::{hidden, pipes};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "pipe-hides-failure",
    aliases: &["DL4006"],
    category: Category::Shell,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A download or build fails in a pipe, and the step succeeds all the same",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A download is piped into a shell, an interpreter or a file, or a build or test into `tee` and the like, and the shell does not have
`pipefail`. Pipes whose last command fails by itself when nothing comes (`tar`, `gpg --dearmor`) are left alone; `pipe-without-pipefail`
reports those too.

## Why

A shell takes the result of a pipe from its last command. `curl … | bash` runs nothing and succeeds when the server does not answer: the
step is cached as done, and what should be installed is missing when the container starts. `make | tee build.log` never fails at all.

## Bad

```dockerfile
FROM debian:12-slim
RUN curl -fsSL https://example.com/install.sh | bash
```

## Good

```dockerfile
FROM debian:12-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -fsSL https://example.com/install.sh | bash
```

```dockerfile
FROM alpine:3.22
RUN set -o pipefail && wget -qO- https://example.com/install.sh | sh
```

## When to ignore

When a later command of the same RUN fails where the pipe had no effect.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for pipe in pipes(input.stage) {
        let Some((what, effect)) = hidden(&pipe) else { continue };
        let message = format!("If `{what}` fails, {effect}. Set `pipefail` for this shell.");
        let finding = findings.add(pipe.range(), message);
        finding.fixes.extend(pipe.fix(input));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "pipe-hides-failure";

    #[test]
    fn failures_that_nobody_notices_are_pointed_at() {
        check(
            "
FROM größe:1
RUN curl -fsSL https://e.com/x | bash - && \\
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ pipe-hides-failure: If `curl` fails, nothing is run and the step succeeds all the same. Set `pipefail` for this shell.
    apt-get install -y --no-install-recommends nodejs
RUN make 2>&1 | tee /log
#   ^^^^^^^^^^^^^^^^^^^^ pipe-hides-failure: If `make` fails, the step succeeds all the same. Set `pipefail` for this shell.
",
        );
    }

    #[test]
    fn other_ways_to_hide_one() {
        for command in [
            "wget -qO- https://e.com | sh",
            "curl -sSL https://e.com | sudo -E bash -s -- -y",
            "curl -sSL https://e.com | python3 -",
            "curl -sS https://e.com/key | sudo tee /etc/apt/key.asc > /dev/null",
            "curl -s https://e.com | sed s/a/b/ > /etc/x",
            "curl -s https://e.com | sed s/a/b/ | sh",
            "npm test | tee log",
            "go build ./... | tail -n 5",
        ] {
            assert_eq!(check_only(CODE, &format!("FROM a:1\nRUN {command}\n")).len(), 1, "{command}");
        }
    }

    #[test]
    fn pipes_that_fail_or_are_looked_after_are_fine() {
        for text in [
            "RUN curl -fsSL https://e.com/x.tgz | tar xz",
            "RUN curl -fsSL https://e.com | gpg --dearmor -o /x",
            "RUN curl -fsSL https://e.com | apt-key add -",
            "RUN set -o pipefail && curl -fsSL https://e.com | bash",
            "RUN set -euxo pipefail; curl -fsSL https://e.com | bash",
            "SHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\nRUN curl -fsSL https://e.com | bash",
            "RUN bash -o pipefail -c 'curl -fsSL https://e.com | bash'",
            "RUN <<EOF\n#!/usr/bin/env -S bash -o pipefail\ncurl -fsSL https://e.com | bash\nEOF",
            "RUN curl -o x https://e.com | bash",
            "RUN echo x | bash",
            "RUN make | grep x",
            "RUN curl -s https://e.com | bash || exit 1",
            "RUN echo 'curl https://e.com | bash'",
            "SHELL [\"pwsh\"]\nRUN curl https://e.com | tee x",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }

    #[test]
    fn the_shell_is_told_to_notice() {
        check_fix_of(
            CODE,
            "
FROM alpine:3.22
RUN echo größe && wget -qO- https://e.com | sh
",
            expect![[r"
                Set `pipefail` in this RUN (unsafe: that no pipe in it is meant to fail, such as a `grep` that finds nothing)
                FROM alpine:3.22
                RUN set -o pipefail && echo größe && wget -qO- https://e.com | sh
            "]],
        );
        check_fix_of(
            CODE,
            "
FROM debian:12
RUN curl -fsSL https://e.com \\
  | sh
",
            expect![[r#"
                Run this and what follows in bash with `pipefail` (unsafe: that the image has /bin/bash, and that a CMD or ENTRYPOINT without a list may run in it)
                FROM debian:12
                SHELL ["/bin/bash", "-o", "pipefail", "-c"]
                RUN curl -fsSL https://e.com \
                  | sh
            "#]],
        );
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN curl https://e.com/größe | \\\r\n  sh\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN curl https://e.com `\n | sh\n",
            "FROM a:1\nRUN <<EOF\ncurl https://e.com | sh\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text).len(), 1, "{text}");
        }
        no_findings(CODE, "FROM a:1\nRUN curl '| sh\nRUN |\nRUN curl |\n");
    }
}
