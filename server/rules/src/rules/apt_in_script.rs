//! `apt` in a RUN.

use crate::analysis::append::is_editable;
use crate::analysis::call::is;
use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "apt-in-script",
    aliases: &["DL3027", "CKV_DOCKER_9"],
    category: Category::Shell,
    severity: Severity::Info,
    on_by_default: true,
    summary: "`apt` is for people at a terminal; scripts take `apt-get`",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A RUN calls `apt`.

## Why

apt's own page says that its options and output may change between versions: it is meant for people at a terminal. `apt-get` and `apt-cache` stay as they are.

## Bad

```dockerfile
FROM debian:12-slim
RUN apt update && apt install -y curl && rm -rf /var/lib/apt/lists/*
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
```

## When to ignore

When a feature is needed that only `apt` has.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Some(run) = item.as_run() else { continue };
        for command in run.commands() {
            // Behind `sudo` and the like too, but not as a word of `echo`.
            let Some(call) = crate::analysis::call::Call::of(command).filter(|call| call.program == "apt")
            else {
                continue;
            };
            let at = command.words.len() - call.arguments.len();
            let Some(word) = at.checked_sub(1).and_then(|at| command.words.get(at)) else { continue };
            let range = item.instruction.place(word.range);
            let message = "`apt` is meant for people, and its options may change with its next version. Call `apt-get`.";
            let finding = findings.add(range, message);
            let is_same = matches!(
                call.subcommand_text(),
                "install"
                    | "update"
                    | "upgrade"
                    | "remove"
                    | "purge"
                    | "autoremove"
                    | "clean"
                    | "autoclean"
                    | "build-dep"
            );
            let editable = run.script.as_deref().is_some_and(|script| is_editable(item, script));
            if is(word, "apt") && word.text == "apt" && is_same && editable {
                finding.fixes.push(safe("Call `apt-get`", vec![replace(range, "apt-get")]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "apt-in-script";

    #[test]
    fn apt_get_takes_its_place() {
        check_fix(
            "
FROM a:1
RUN echo größe && \\
    sudo apt install -y x
",
            expect![[r"
                Call `apt-get` (safe)
                FROM a:1
                RUN echo größe && \
                    sudo apt-get install -y x
            "]],
        );
    }

    #[test]
    fn other_forms_have_no_fix() {
        for text in [
            "RUN apt list",
            "RUN <<EOF\napt install x\nEOF",
            "RUN [\"apt\", \"install\", \"x\"]",
            "RUN /usr/bin/apt install x",
        ] {
            let found = check_only(CODE, &format!("# escape=`\r\nFROM a:1\r\n{text}\n"));
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].fixes.is_empty(), "{text}");
        }
    }

    #[test]
    fn other_words_and_broken_text_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nRUN apt-get update\nRUN echo apt\nRUN rm -rf /var/lib/apt\nRUN apt-cache x\nRUN '\n",
        );
    }
}
