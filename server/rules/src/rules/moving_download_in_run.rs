//! A RUN downloads from an address that means another file tomorrow.

use semantic::commands::{Action, meaning};
use syntax::shell::ShellWord;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "moving-download-in-run",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Info,
    on_by_default: false,
    summary: "A RUN downloads what is newest, and the cache keeps what was newest then",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN downloads from an address that names no version: `releases/latest/download`, `…/latest/…`, or a file of the branch `main` or `master`.

## Why

The step is keyed on its text. It downloads once, and from then on each builder keeps what was newest when it first ran: two machines have two versions, and a rebuild gets neither. It is off by
default, for some installers have no other address.

## Bad

```dockerfile
FROM alpine:3.22
RUN wget -qO /usr/local/bin/tool https://github.com/acme/tool/releases/latest/download/tool-linux-amd64
```

## Good

```dockerfile
FROM alpine:3.22
ARG TOOL_VERSION=1.4.2
RUN wget -qO /usr/local/bin/tool https://github.com/acme/tool/releases/download/v${TOOL_VERSION}/tool-linux-amd64
```

## When to ignore

When it does not matter which version a machine has.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Some(run) = item.as_run() else { continue };
        for command in run.commands() {
            let Action::Download(download) = meaning(command).action else { continue };
            // What is downloaded only to be read, such as the number of the newest version, is not kept.
            if download.to_output() && !command.top_level {
                continue;
            }
            for word in download.urls.iter().filter(|word| is_moving(word)) {
                let message = "This is another file whenever a new one is published, and the cache keeps what was newest when the step first ran. Name the version.";
                findings.add(item.instruction.place(word.range), message);
            }
        }
    }
}

/// Whether an address has no version in it, and says so.
fn is_moving(word: &ShellWord) -> bool {
    let text = word.value.as_deref().unwrap_or(&word.text);
    let Some((_, path)) = text.split_once("://") else { return false };
    let mut parts = path.split(['/', '?']);
    let host = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    let is_raw = matches!(host, "raw.githubusercontent.com" | "raw.github.com");
    let names_branch =
        parts.get(2..4).is_some_and(|parts| matches!(parts, ["main" | "master", _] | ["HEAD", _]));
    parts.contains(&"latest") || is_raw && names_branch
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "moving-download-in-run";

    #[test]
    fn the_address_is_pointed_at() {
        for text in [
            "FROM a\r\nRUN curl -o é \\\r\n  https://x/latest/y\r\nRUN\r\n",
            "# escape=`\nFROM a\nRUN wget `\n  https://x/latest/y\n",
            "FROM a\nRUN <<E\ncurl https://x/latest/y | sh\nE\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["https://x/latest/y"], "{text}");
        }
        let found =
            check_only(CODE, "FROM a\nRUN curl https://raw.githubusercontent.com/x/y/master/z.sh | sh\n");
        assert_eq!(
            found[0].message,
            "This is another file whenever a new one is published, and the cache keeps what was newest when the step first ran. Name the version."
        );
    }

    #[test]
    fn versions_and_numbers_that_are_only_read_are_fine() {
        for text in [
            "RUN curl -O https://x/download/v1/y",
            "RUN curl -O https://raw.githubusercontent.com/x/y/v1/z.sh",
            "RUN curl -O https://x/main/z",
            "RUN V=$(curl -s https://api.github.com/repos/x/y/releases/latest) && curl -O https://x/$V",
            "RUN echo https://x/latest/y",
            "RUN curl '",
        ] {
            no_findings(CODE, &format!("FROM a\n{text}\n"));
        }
    }
}
