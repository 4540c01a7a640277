//! A RUN that sets something in a shell which ends with it.

use semantic::StageInstruction;
use syntax::shell::{Command, StatementKind};
use syntax::{Form, LocalRange};

use crate::analysis::call::{Call, is_name};
use crate::analysis::fixes::{replace, to_check};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "shell-state-lost",
    aliases: &["DL3001", "DL3003", "DS-0013"],
    category: Category::Shell,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A RUN changes only the state of its shell, which ends with it",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

The last thing that a RUN does is to set something that lives in its shell alone: `export`, `alias`, `source ~/.bashrc`, starting a
service; or changing the directory is all that it does.

## Why

Each RUN has a shell of its own. When it ends, its variables, its directory and its processes are gone: the next instruction and the
container see nothing of them. Only files stay.

## Bad

```dockerfile
FROM debian:12-slim
RUN cd /srv/app
RUN export PATH=/opt/tool/bin:$PATH
RUN service postgresql start
```

## Good

```dockerfile
FROM debian:12-slim
WORKDIR /srv/app
ENV PATH=/opt/tool/bin:$PATH
RUN service postgresql start && createdb app
```

## When to ignore

When the command is there only to see whether it succeeds.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Some(script) = item.as_run().and_then(|run| run.script.as_deref()) else { continue };
        let Some((last, before)) = script.statements.split_last() else { continue };
        if !script.clean || last.kind != StatementKind::Command {
            continue;
        }
        let Some(command) = last.commands.iter().find(|command| command.top_level) else { continue };
        let Some(lost) = lost(command) else { continue };
        // `cd` and `set` at the end of real work are a habit that harms nobody.
        let is_alone = || {
            before
                .iter()
                .flat_map(|statement| &statement.commands)
                .all(|command| Call::of(command).is_some_and(|call| matches!(call.program, "cd" | "set")))
        };
        if lost.is_directory && (!is_alone() || !command.redirections.is_empty()) {
            continue;
        }
        let Lost { what, cure, aliases, .. } = lost;
        let message = format!("{what} with this RUN: the next instruction sees nothing of it. {cure}");
        let finding = findings.add(item.instruction.place(command.range), message);
        finding.aliases = aliases.into();
        finding.fixes.extend(instead(input, item, command, before.is_empty()));
    }
}

/// What is lost with the shell.
struct Lost {
    /// What ends, with the verb.
    what: &'static str,
    is_directory: bool,
    cure: &'static str,
    aliases: &'static [&'static str],
}

fn lost(command: &Command) -> Option<Lost> {
    let lost = |what, cure| Lost { what, is_directory: false, cure, aliases: &[] };
    let call = Call::of(command)?;
    if call.command.words.first().is_some_and(|word| word.text == "sudo") && call.program != "service" {
        return None;
    }
    let first = call.arguments.first().map(|word| word.text.trim_matches(['"', '\'']));
    match call.program {
        "cd" => Some(Lost {
            what: "The change of directory ends",
            is_directory: true,
            cure: "Write WORKDIR.",
            aliases: &["DL3003", "DS-0013"],
        }),
        "export" if first.is_some_and(|word| !word.starts_with('-')) => {
            Some(lost("The exported variables end", "Write ENV, or set them in the RUN that needs them."))
        }
        "alias" if first.is_some() => Some(lost(
            "The alias ends",
            "Write a script into the image, or the alias into a file that shells read.",
        )),
        "source" | "." if first.is_some_and(is_profile) => {
            Some(lost("What this file sets ends", "Write ENV, or read it in the RUN that needs it."))
        }
        "service" if matches!(second(&call), Some("start" | "restart")) => Some(service()),
        "systemctl" if matches!(call.subcommand_text(), "start" | "restart") => Some(service()),
        _ if starts_script(command) && matches!(first, Some("start" | "restart")) => Some(service()),
        _ => None,
    }
}

fn service() -> Lost {
    Lost {
        what: "The service ends",
        is_directory: false,
        cure: "Start it in the RUN that needs it, or when the container starts.",
        aliases: &["DL3001"],
    }
}

fn second<'a>(call: &Call<'a>) -> Option<&'a str> {
    call.arguments.get(1)?.value.as_deref()
}

/// Whether the program is a script of `/etc/init.d`.
fn starts_script(command: &Command) -> bool {
    let mut words = command.words.iter().filter_map(|word| word.value.as_deref());
    words.find(|word| *word != "sudo").is_some_and(|program| program.starts_with("/etc/init.d/"))
}

/// Files that only set something in the shell which reads them.
fn is_profile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let names = [
        ".bashrc",
        ".profile",
        ".bash_profile",
        ".zshrc",
        ".zprofile",
        "profile",
        "bash.bashrc",
        "activate",
        "nvm.sh",
        "environment",
    ];
    names.contains(&name) || path.ends_with(".cargo/env") || path.starts_with("/etc/profile.d/")
}

/// The instruction that keeps it, where it is all that the RUN does.
fn instead(
    input: &StageInput<'_>,
    item: &StageInstruction,
    command: &Command,
    is_only: bool,
) -> Option<rewrites::Fix> {
    let is_plain = is_only
        && item.instruction.flags.is_empty()
        && item.instruction.heredocs.is_empty()
        && item.instruction.arguments.form == Some(Form::Shell)
        && command.redirections.is_empty();
    let [program, argument] = command.words.as_slice() else { return None };
    if !is_plain {
        return None;
    }
    let (start, end) = (item.instruction.keyword_range, argument.range);
    let place = item.instruction.place(LocalRange::new(start.start, end.end));
    let title = |keyword: &str| format!("Write {keyword}");
    match program.value.as_deref()? {
        "cd" => {
            let path = argument
                .value
                .as_deref()
                .filter(|path| *path != "-" && !path.contains(char::is_whitespace))?;
            let check = "that all instructions after it are meant to run there";
            Some(to_check(title("WORKDIR"), check, vec![replace(place, format!("WORKDIR {path}"))]))
        }
        "export" => {
            let (name, value) = argument.text.split_once('=')?;
            let defined =
                |name: &str| name == "PATH" || input.file.model.scopes.definition(item.scope, name).is_some();
            let is_same = is_name(name)
                && !argument.substitution
                && !value.contains(['~', '\n', '\\', '*'])
                && argument.variables.iter().all(|variable| defined(&variable.name));
            let check = "that containers may see the variable too";
            is_same.then(|| {
                to_check(title("ENV"), check, vec![replace(place, format!("ENV {}", argument.text))])
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, check_only, no_findings};

    const CODE: &str = "shell-state-lost";

    #[test]
    fn what_ends_with_the_run_is_pointed_at() {
        check(
            "
FROM debian:12-slim
RUN cd /größe
#   ^^^^^^^^^ shell-state-lost: The change of directory ends with this RUN: the next instruction sees nothing of it. Write WORKDIR.
RUN tool --setup \\
 && export PATH=/opt/bin:$PATH
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^ shell-state-lost: The exported variables end with this RUN: the next instruction sees nothing of it. Write ENV, or set them in the RUN that needs them.
RUN . ~/.bashrc
#   ^^^^^^^^^^^ shell-state-lost: What this file sets ends with this RUN: the next instruction sees nothing of it. Write ENV, or read it in the RUN that needs it.
RUN /etc/init.d/mysql start
#   ^^^^^^^^^^^^^^^^^^^^^^^ shell-state-lost: The service ends with this RUN: the next instruction sees nothing of it. Start it in the RUN that needs it, or when the container starts.
",
        );
    }

    #[test]
    fn aliases_are_those_of_the_command() {
        for (command, aliases) in [
            ("cd /app", "DL3003 DS-0013"),
            ("export A=1", ""),
            ("sudo service ssh start", "DL3001"),
            ("systemctl start ssh", "DL3001"),
            ("alias ll='ls -l'", ""),
        ] {
            let found = check_only(CODE, &format!("FROM a:1\nRUN {command}\n"));
            assert_eq!(found.len(), 1, "{command}");
            assert_eq!(found[0].aliases.join(" "), aliases, "{command}");
        }
    }

    #[test]
    fn the_instruction_that_stays_takes_its_place() {
        check_fix_of(
            CODE,
            "
FROM a:1
RUN cd /srv/app
RUN export PATH=\"/opt/größe:$PATH\"
RUN export HERE=$UNKNOWN
",
            expect![[r#"
                Write WORKDIR (unsafe: that all instructions after it are meant to run there)
                FROM a:1
                WORKDIR /srv/app
                RUN export PATH="/opt/größe:$PATH"
                RUN export HERE=$UNKNOWN
                Write ENV (unsafe: that containers may see the variable too)
                FROM a:1
                RUN cd /srv/app
                ENV PATH="/opt/größe:$PATH"
                RUN export HERE=$UNKNOWN
            "#]],
        );
    }

    #[test]
    fn what_is_used_or_stays_is_fine() {
        for command in [
            "cd /app && make",
            "make && cd /",
            "export A=1 && make",
            "service mysql start && mysql < /init.sql",
            "service mysql stop",
            "systemctl enable ssh",
            ". /install.sh",
            "source /opt/setup.sh",
            "if true; then export A=1; fi",
            "(cd /app)",
            "echo cd /app",
            "echo 'export A=1' >> ~/.bashrc",
            "set -e",
            "A=1",
        ] {
            no_findings(CODE, &format!("FROM a:1\nRUN {command}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN echo größe && \\\r\n  export A=1\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN true `\n && export A=1\n",
            "FROM a:1\nRUN <<EOF\nmake\nexport A=1\nEOF\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
        no_findings(CODE, "FROM a:1\nRUN export 'A\nRUN export\nRUN alias\n");
    }
}
