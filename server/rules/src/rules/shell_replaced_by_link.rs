//! `/bin/sh` replaced by a link to another shell.

use crate::analysis::run_calls::run_calls;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "shell-replaced-by-link",
    aliases: &["DL4005"],
    category: Category::Shell,
    severity: Severity::Info,
    on_by_default: false,
    summary: "`/bin/sh` is replaced by a link, where SHELL would choose the shell",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN makes `/bin/sh` a link to another shell.

## Why

Every script of the distribution then runs in a shell that it was not tried with, and the next update of the package that owns `/bin/sh`
puts it back. SHELL changes the shell of the Dockerfile alone.

## Bad

```dockerfile
FROM debian:12-slim
RUN ln -sf /bin/bash /bin/sh
```

## Good

```dockerfile
FROM debian:12-slim
SHELL ["/bin/bash", "-c"]
```

## When to ignore

When programs in the image call `sh` and need another one. Some files do it for this reason, so the rule is off by default.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for call in run_calls(input.stage).filter(|call| call.call.program == "ln") {
        let is_shell = |word: &syntax::shell::ShellWord| {
            matches!(word.value.as_deref(), Some("/bin/sh" | "/usr/bin/sh"))
        };
        if call.call.arguments.last().is_some_and(is_shell) && call.call.arguments.len() > 1 {
            findings.add(call.range(), "Every script of the image then runs in another shell than it was written for. SHELL changes that of this file alone.");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "shell-replaced-by-link";

    #[test]
    fn a_link_is_pointed_at() {
        for text in [
            "FROM größe:1\r\nRUN ln -sf \\\r\n  /bin/bash /bin/sh\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN rm /bin/sh && `\n ln -s bash /bin/sh\n",
            "FROM a:1\nRUN <<EOF\nln -sf /bin/bash /usr/bin/sh\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn other_links_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nRUN ln -s /bin/sh /bin/x\nRUN echo ln -s x /bin/sh\nRUN ln /bin/sh\nRUN ln '\n",
        );
    }
}
