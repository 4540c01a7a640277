//! Files that everyone may write.

use semantic::commands::{Action, FileOperation, Flag, meaning};
use semantic::{Kind, StageInstruction};
use syntax::shell::ShellWord;

use crate::analysis::fixes::{replace, to_check};
use crate::analysis::run_calls::{RunCall, calls_of};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "world-writable-file",
    aliases: &[],
    category: Category::Security,
    severity: Severity::Info,
    on_by_default: false,
    summary: "Files or directories of the image can be changed by everyone in it",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

`chmod 777`, `chmod a+w`, `mkdir -m 777` or `COPY --chmod=777` gives everyone in the container the right to change a file or directory of
an image that is shipped. Directories with the sticky bit (`1777`), and `/tmp` and `/var/tmp`, are left alone.

## Why

USER keeps a program from changing itself only as long as the files belong to somebody else. A script that everyone may write is run by
root at the next start, and by whoever put something into it.

## Bad

```dockerfile
FROM debian:12-slim
COPY entrypoint.sh /
RUN chmod 777 /entrypoint.sh
```

## Good

```dockerfile
FROM debian:12-slim
COPY --chmod=755 entrypoint.sh /
```

## When to ignore

When the container runs as a user that is not known beforehand and has to write there. On OpenShift, which gives such users the group 0,
`chgrp -R 0 DIR && chmod -R g=u DIR` is enough. Such directories are often meant, so the rule is off by default.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    if !input.is_shipped {
        return;
    }
    for item in &input.stage.instructions {
        match &item.kind {
            Kind::Run(_) => check_run(item, findings),
            Kind::Copy(copy) | Kind::Add(copy) => {
                let Some(mode) = &copy.chmod else { continue };
                if mode.value.as_deref().is_some_and(is_open) {
                    let finding = findings.add(mode.range, message(&mode.raw));
                    let instead = narrower(&mode.raw);
                    finding.fixes.extend(instead.map(|instead| {
                        let check = "that only the owner has to write there";
                        to_check(format!("Write `{instead}`"), check, vec![replace(mode.range, instead)])
                    }));
                }
            }
            _ => {}
        }
    }
}

fn check_run(item: &StageInstruction, findings: &mut Findings) {
    for call in calls_of(item).filter(|call| matches!(call.call.program, "chmod" | "mkdir" | "install")) {
        let meaning = meaning(call.call.command);
        let Action::File(file) = &meaning.action else { continue };
        let mode = match file.operation {
            FileOperation::ChangeMode => file.setting,
            FileOperation::MakeDirectory | FileOperation::Copy => file
                .options
                .flags
                .iter()
                .find(|flag| matches!(flag.name, "-m" | "--mode"))
                .and_then(|flag: &Flag<'_>| flag.value_word),
            _ => None,
        };
        let Some(mode) = mode.filter(|mode| mode.value.as_deref().is_some_and(is_open)) else { continue };
        if !file.paths.is_empty() && file.paths.iter().all(|path| is_for_everyone(path)) {
            continue;
        }
        let finding = findings.add(call.place(mode.range), message(&mode.text));
        finding.fixes.extend(fix(&call, mode));
    }
}

fn message(mode: &str) -> String {
    format!(
        "`{mode}` lets everyone in the container change these files, what root runs included. Let only their owner write."
    )
}

fn fix(call: &RunCall<'_>, mode: &ShellWord) -> Option<rewrites::Fix> {
    let instead = narrower(&mode.text).filter(|_| call.is_editable())?;
    let check = "that only the owner has to write there";
    Some(to_check(format!("Write `{instead}`"), check, vec![replace(call.place(mode.range), instead)]))
}

/// Whether a mode lets others write, and has no sticky bit.
fn is_open(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte)) {
        let Ok(bits) = u32::from_str_radix(mode, 8) else { return false };
        return bits & 0o002 != 0 && bits & 0o1000 == 0;
    }
    let parts = || mode.split(',');
    let opens = parts().any(|part| {
        part.split_once(['+', '=']).is_some_and(|(who, what)| who.contains(['a', 'o']) && what.contains('w'))
    });
    opens && !parts().any(|part| part.split_once(['+', '=']).is_some_and(|(_, what)| what.contains('t')))
}

/// The mode without the right to write of all but the owner.
fn narrower(mode: &str) -> Option<&'static str> {
    match mode.trim_start_matches('0') {
        "777" => Some("755"),
        "666" => Some("644"),
        "a+rwx" | "ugo+rwx" => Some("755"),
        _ => None,
    }
}

/// Whether the directory is meant for everyone anyway.
fn is_for_everyone(path: &ShellWord) -> bool {
    let path = path.text.trim_matches(['"', '\'']).trim_end_matches('/');
    matches!(path, "/tmp" | "/var/tmp" | "/dev/shm") || path.starts_with("/dev/")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, no_findings, pointed_at};

    const CODE: &str = "world-writable-file";

    #[test]
    fn modes_that_let_everyone_write_are_pointed_at() {
        for (line, place) in [
            ("RUN chmod 777 /x", "777"),
            ("RUN chmod -R 0777 /größe", "0777"),
            ("RUN chmod a+rwx /x", "a+rwx"),
            ("RUN chmod o+w /x", "o+w"),
            ("RUN mkdir -p -m 777 /x", "777"),
            ("RUN sudo chmod 666 /x", "666"),
            ("COPY --chmod=777 a /b", "777"),
            ("RUN chmod 777 /tmp /x", "777"),
        ] {
            assert_eq!(pointed_at(CODE, &format!("FROM a:1\n{line}\n")), [place], "{line}");
        }
    }

    #[test]
    fn the_owner_alone_keeps_the_right() {
        check_fix_of(
            CODE,
            "
FROM a:1
COPY --chmod=777 größe /
RUN chmod -R \\
    0666 /x
",
            expect![[r"
                Write `755` (unsafe: that only the owner has to write there)
                FROM a:1
                COPY --chmod=755 größe /
                RUN chmod -R \
                    0666 /x
                Write `644` (unsafe: that only the owner has to write there)
                FROM a:1
                COPY --chmod=777 größe /
                RUN chmod -R \
                    644 /x
            "]],
        );
    }

    #[test]
    fn other_modes_places_and_stages_are_fine() {
        for text in [
            "FROM a:1\nRUN chmod 755 /x",
            "FROM a:1\nRUN chmod 1777 /x",
            "FROM a:1\nRUN chmod a+rwxt /x",
            "FROM a:1\nRUN chmod 777 /tmp /var/tmp/",
            "FROM a:1\nRUN chmod +x /x",
            "FROM a:1\nRUN chmod g=u /etc/passwd",
            "FROM a:1\nRUN chmod $M /x",
            "FROM a:1\nRUN echo chmod 777 /x",
            "FROM a:1\nRUN chmod 777 /x\nFROM b:1",
            "FROM a:1\nCOPY --chmod=$M a b",
            "FROM a:1\nRUN chmod\nRUN chmod '\nCOPY --chmod= a b",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN echo größe && \\\r\n  chmod 777 /x\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN chmod `\n  777 /x\n",
            "FROM a:1\nRUN <<EOF\nchmod 777 /x\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["777"], "{text}");
        }
    }
}
