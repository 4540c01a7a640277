//! An account whose number makes a login log of gigabytes.

use semantic::commands::Options;

use crate::analysis::fixes::to_check;
use crate::analysis::run_calls::{RunCall, run_calls};
use crate::analysis::text::bytes;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "sparse-login-log",
    aliases: &["DL3046"],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "useradd with a high number writes a huge, sparse login log into the layer",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

`useradd` makes an account with a number of six digits or more and without `--no-log-init`.

## Why

`/var/log/lastlog` has 292 bytes for each possible number, so useradd makes it as long as the number says: 29 MB for 100000, 292 GB for
1000000000. On disk the file has holes, but not in a layer: the build becomes slow or fills the disk.

## Bad

```dockerfile
FROM debian:12-slim
RUN useradd --uid 1000000 app
```

## Good

```dockerfile
FROM debian:12-slim
RUN useradd --no-log-init --uid 1000000 app
```

## When to ignore

On distributions that have given `lastlog` up.
"#;

const RECORD: u64 = 292;

const VALUES: [&str; 26] = [
    "-u",
    "--uid",
    "-g",
    "--gid",
    "-G",
    "--groups",
    "-d",
    "--home-dir",
    "--home",
    "-s",
    "--shell",
    "-c",
    "--comment",
    "-p",
    "--password",
    "-k",
    "--skel",
    "-K",
    "--key",
    "-b",
    "--base-dir",
    "-e",
    "--expiredate",
    "-f",
    "--inactive",
    "-R",
];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for call in run_calls(input.stage).filter(|call| call.call.program == "useradd") {
        let options = Options::read_clustered(call.call.arguments, &VALUES);
        let uid = options.flags.iter().rev().find(|flag| matches!(flag.name, "-u" | "--uid"));
        let number = uid.and_then(|flag| flag.value?.parse::<u64>().ok());
        let Some((flag, number)) = uid.zip(number).filter(|(_, number)| *number >= 100_000) else { continue };
        if options.has(&["--no-log-init", "-l"]) {
            continue;
        }
        let message = format!(
            "useradd writes a login log of {} for this number, and a layer keeps it without its holes. Add `--no-log-init`.",
            bytes(number.saturating_mul(RECORD))
        );
        let range = flag.value_word.map_or(flag.word.range, |value| flag.word.range.cover(value.range));
        let finding = findings.add(call.place(range), message);
        finding.fixes.extend(fix(&call));
    }
}

fn fix(call: &RunCall<'_>) -> Option<rewrites::Fix> {
    let program = call.program_word().filter(|_| call.is_editable())?;
    let at = syntax::TextRange::empty(call.place(program.range).end);
    let edit = syntax::TextEdit { range: at, new_text: " --no-log-init".to_owned() };
    Some(to_check("Add `--no-log-init`", "that nothing asks when this account last logged in", vec![edit]))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, check_only, no_findings};

    const CODE: &str = "sparse-login-log";

    #[test]
    fn high_numbers_are_pointed_at() {
        check(
            "
FROM a:1
RUN echo größe && \\
    useradd -m -u 1000000000 app
#              ^^^^^^^^^^^^^ sparse-login-log: useradd writes a login log of 292 GB for this number, and a layer keeps it without its holes. Add `--no-log-init`.
",
        );
        for command in ["useradd --uid=100000 a", "useradd -mu 200000 a", "sudo useradd -u200000 a"] {
            assert_eq!(check_only(CODE, &format!("FROM a:1\nRUN {command}\n")).len(), 1, "{command}");
        }
    }

    #[test]
    fn the_log_is_left_alone() {
        check_fix_of(
            CODE,
            "
FROM a:1
RUN useradd \\
  -u 100000 größe
",
            expect![[r"
                Add `--no-log-init` (unsafe: that nothing asks when this account last logged in)
                FROM a:1
                RUN useradd --no-log-init \
                  -u 100000 größe
            "]],
        );
    }

    #[test]
    fn low_numbers_and_other_programs_are_fine() {
        for command in [
            "useradd -u 10001 app",
            "useradd -l -u 1000000 app",
            "useradd -ml -u 1000000 app",
            "useradd --no-log-init -u 1000000 app",
            "adduser -u 1000000 app",
            "groupadd -g 1000000 app",
            "useradd -u $ID app",
            "useradd -g 1000000 app",
            "echo useradd -u 1000000",
            "useradd '",
        ] {
            no_findings(CODE, &format!("FROM a:1\nRUN {command}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN useradd \\\r\n  -u 100000 größe\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN useradd `\n -u 100000 a\n",
            "FROM a:1\nRUN <<EOF\nuseradd -u 100000 a\nEOF\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
    }
}
