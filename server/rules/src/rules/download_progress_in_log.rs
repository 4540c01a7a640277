//! wget fills the build's log with its progress.

use crate::analysis::fixes::to_check;
use crate::analysis::run_calls::{RunCall, run_calls};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "download-progress-in-log",
    aliases: &["DL3047"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: false,
    summary: "wget writes a line into the log for each 50 kB that it downloads",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN calls `wget` with neither `--progress`, `-q`, `-nv` nor a file for its messages.

## Why

In a build wget draws its progress in dots, a line for each 50 kB: a download of 100 MB puts 2,000 lines between you and the error that you look for.

## Bad

```dockerfile
FROM debian:12-slim
RUN wget https://example.com/tool.tar.gz
```

## Good

```dockerfile
FROM debian:12-slim
RUN wget --progress=dot:giga https://example.com/tool.tar.gz
```

```dockerfile
FROM alpine:3.22
RUN wget -q https://example.com/tool.tar.gz
```

## When to ignore

When what is downloaded is small. It costs nothing but reading, so the rule is off by default.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for call in run_calls(input.stage).filter(|call| call.call.program == "wget" && is_loud(call)) {
        let Some(program) = call.program_word() else { continue };
        let message = "wget writes a line into the log for each 50 kB. Add `-q`, or `--progress=dot:giga` where it is GNU's.";
        let finding = findings.add(call.place(program.range), message);
        if call.is_editable() {
            let at = syntax::TextRange::empty(call.place(program.range).end);
            let edit = syntax::TextEdit { range: at, new_text: " -nv".to_owned() };
            finding.fixes.push(to_check(
                "Add `-nv`",
                "that this is GNU's wget, and not BusyBox's",
                vec![edit],
            ));
        }
    }
}

fn is_loud(call: &RunCall<'_>) -> bool {
    // A variable by itself may hold the flag.
    let may_be_flag = |word: &syntax::shell::ShellWord| {
        word.value.is_none() && word.text.starts_with('$') && word.text.contains("FLAG")
    };
    let is_quiet = |text: &str| match text.strip_prefix("--") {
        Some(long) => {
            let name = long.split('=').next().unwrap_or_default();
            matches!(
                name,
                "progress"
                    | "quiet"
                    | "no-verbose"
                    | "output-file"
                    | "append-output"
                    | "show-progress"
                    | "spider"
            )
        }
        None => text.strip_prefix('-').is_some_and(|short| {
            // `-O` takes the rest of its word.
            let flags = short.split(['O', 'P', 'U', 'T', 't']).next().unwrap_or_default();
            flags.contains(['q', 'o', 'a']) || flags.contains("nv")
        }),
    };
    call.call.operands().next().is_some()
        && !call.call.arguments.iter().any(|word| may_be_flag(word) || is_quiet(&word.text))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, no_findings, pointed_at};

    const CODE: &str = "download-progress-in-log";

    #[test]
    fn a_loud_wget_is_pointed_at() {
        check_fix_of(
            CODE,
            "
FROM a:1
RUN true && wget \\
  https://example.com/größe
",
            expect![[r"
                Add `-nv` (unsafe: that this is GNU's wget, and not BusyBox's)
                FROM a:1
                RUN true && wget -nv \
                  https://example.com/größe
            "]],
        );
        for text in [
            "# escape=`\r\nFROM a:1\r\nRUN wget `\r\n -O quiet.tar https://e.com\r\n",
            "FROM a:1\nRUN <<E\nwget https://e.com\nE\n",
            "FROM a:1\nRUN wget -O- \"$URL\" | tar xz\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["wget"], "{text}");
        }
    }

    #[test]
    fn quiet_ones_are_fine() {
        for flags in
            ["-q", "-nv", "-qO- ", "--progress=dot:giga", "-o /log", "--quiet", "--output-file=/l", "$FLAGS"]
        {
            no_findings(CODE, &format!("FROM a:1\nRUN wget {flags} https://e.com\n"));
        }
        no_findings(CODE, "FROM a:1\nRUN wget --version\nRUN echo wget x\nRUN wget '\nRUN\n");
    }
}
