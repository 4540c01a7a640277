//! A password or token written out in a command.

use semantic::{Kind, StageInstruction};
use syntax::shell::{Command, ShellWord};

use crate::analysis::call::Call;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "secret-in-command",
    aliases: &[],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A command has a password or token written out among its arguments",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN, CMD, ENTRYPOINT or HEALTHCHECK gives a command a password or token that is written out: `--password x`, `--requirepass x`,
`redis-cli -a x`, `curl -u user:x`, `sshpass -p x`, `docker login -p x`. Variables, paths, and values that say they are none (`changeme`, `<token>`) are
left alone; in a RUN, so are the usual passwords of databases that run there for a moment.

## Why

CMD, ENTRYPOINT and HEALTHCHECK are part of the image's configuration and RUN is part of its history: everyone who can pull the image can
read the value. Inside a container, every process sees the arguments of the others.

## Bad

```dockerfile
FROM redis:8
HEALTHCHECK CMD ["redis-cli", "-a", "hunter2", "ping"]
CMD ["redis-server", "--requirepass", "hunter2"]
```

## Good

```dockerfile
FROM redis:8
HEALTHCHECK CMD ["redis-cli", "ping"]
CMD ["redis-server", "/run/secrets/redis.conf"]
```

## When to ignore

When the value opens nothing but a container that is gone with its test.
"#;

/// Flags whose value is a password or a token, whatever the program.
const FLAGS: [&str; 18] = [
    "--password",
    "--passwd",
    "--pass",
    "--requirepass",
    "--masterauth",
    "--token",
    "--auth-token",
    "--access-token",
    "--api-token",
    "--api-key",
    "--apikey",
    "--secret",
    "--secret-key",
    "--client-secret",
    "--http-password",
    "--ftp-password",
    "--db-password",
    "--admin-password",
];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let is_run = matches!(item.kind, Kind::Run(_));
        if !is_run && !matches!(item.kind, Kind::Cmd | Kind::Entrypoint | Kind::Healthcheck)
            || !item.has_posix_shell()
        {
            continue;
        }
        let script = match item.as_run() {
            Some(run) => run.script.as_deref(),
            None => item.instruction.shell().map(|script| &**script),
        };
        let statements = script.into_iter().flat_map(|script| &script.statements);
        for command in statements.flat_map(|statement| &statement.commands) {
            if let Some(word) = secret(command, is_run) {
                report(item, word, is_run, findings);
            }
        }
    }
}

fn report(item: &StageInstruction, word: &ShellWord, is_run: bool, findings: &mut Findings) {
    let message = if is_run {
        "A password or token stands in this command, and everyone who can pull the image can read it in its history. Mount it: `--mount=type=secret`."
    } else {
        "A password or token stands in this command, and everyone who can pull or inspect the image can read it. Give it when the container starts, as a file or variable."
    };
    findings.add(item.instruction.place(word.range), message);
}

/// The word of a command in front of a secret, or with one in it.
fn secret(command: &Command, is_run: bool) -> Option<&ShellWord> {
    // What accounts and their passwords are made with is another rule's.
    let call = Call::of(command);
    let program = call.map_or("", |call| call.program);
    if matches!(
        program,
        "useradd" | "usermod" | "adduser" | "chpasswd" | "passwd" | "echo" | "printf" | "grep" | "sed"
    ) {
        return None;
    }
    let words = &command.words;
    let holds = |value: &str| is_secret_value(value, is_run);
    words.iter().enumerate().find_map(|(at, word)| {
        let text = word.value.as_deref()?;
        if let Some((flag, value)) = text.split_once('=') {
            return (FLAGS.contains(&flag) && holds(value)).then_some(word);
        }
        let takes = FLAGS.contains(&text)
            || match program {
                "redis-cli" => matches!(text, "-a" | "--pass"),
                "sshpass" => text == "-p",
                "docker" | "podman" | "buildah" | "skopeo" | "helm" | "crane" => {
                    text == "-p" && words[..at].iter().any(|word| word.text == "login")
                }
                _ => false,
            };
        let next = words.get(at + 1).and_then(|next| next.value.as_deref());
        if takes && next.is_some_and(|value| !value.starts_with('-') && holds(value)) {
            return Some(word);
        }
        let login = match program {
            "curl" => text == "-u" || text == "--user",
            _ => false,
        };
        let password =
            next.filter(|_| login).and_then(|login| login.split_once(':')).map(|(_, password)| password);
        if password.is_some_and(holds) {
            return Some(word);
        }
        let attached = match program {
            "sshpass" => text.strip_prefix("-p"),
            "mysql" | "mysqladmin" | "mysqldump" | "mariadb" if !is_run => text.strip_prefix("-p"),
            _ => None,
        };
        attached.is_some_and(|value| !value.is_empty() && holds(value)).then_some(word)
    })
}

/// Whether a value is likely to open something.
fn is_secret_value(value: &str, is_run: bool) -> bool {
    let lower = value.to_ascii_lowercase();
    let says_nothing = [
        "true",
        "false",
        "none",
        "null",
        "yes",
        "no",
        "on",
        "off",
        "changeme",
        "change-me",
        "placeholder",
        "dummy",
        "example",
        "fake",
        "prompt",
        "stdin",
        "file",
        "env",
        "xxx",
        "redacted",
        "default",
    ];
    let usual = [
        "password", "passwd", "pass", "root", "postgres", "admin", "test", "testing", "secret", "mysql",
        "travis", "ci", "guest", "token", "user", "1234", "12345", "123456",
    ];
    let is_stand_in = says_nothing.contains(&lower.as_str())
        || lower.starts_with("your")
        || lower.chars().all(|letter| matches!(letter, 'x' | '*' | '.' | '-'));
    let is_something_else = value.starts_with(['/', '.', '@', '<', '{', '[', '*', '-', '%', '$', '~', ':'])
        || value.contains(['$', '`', '\n'])
        || value.contains("://");
    let is_for_a_moment = is_run && usual.contains(&lower.as_str());
    value.len() >= 3 && !is_stand_in && !is_something_else && !is_for_a_moment
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "secret-in-command";

    #[test]
    fn secrets_are_found_and_never_shown() {
        for (line, place) in [
            ("CMD [\"redis-server\", \"--requirepass\", \"hunter2\"]", "\"--requirepass\""),
            ("HEALTHCHECK CMD redis-cli -a hunter2 ping", "-a"),
            ("HEALTHCHECK --interval=5s CMD [\"redis-cli\", \"-a\", \"hunter2\", \"ping\"]", "\"-a\""),
            ("ENTRYPOINT server --password=hunter2", "--password=hunter2"),
            ("CMD [\"--token\", \"hunter2\"]", "\"--token\""),
            ("CMD mysqladmin ping -phunter2", "-phunter2"),
            ("RUN curl -u app:hunter2 https://e.com", "-u"),
            ("RUN sshpass -p hunter2 scp a b", "-p"),
            ("RUN docker login -u app -p hunter2", "-p"),
            ("RUN tool --api-key hunter2", "--api-key"),
        ] {
            let text = format!("FROM a:1\n{line}\n");
            assert_eq!(pointed_at(CODE, &text), [place], "{line}");
            assert!(!check_only(CODE, &text)[0].message.contains("hunter2"));
        }
    }

    #[test]
    fn variables_files_and_stand_ins_are_fine() {
        for line in [
            "CMD redis-server --requirepass $PASSWORD",
            "CMD [\"server\", \"--password\", \"\"]",
            "CMD [\"server\", \"--password\", \"/run/secrets/x\"]",
            "CMD [\"server\", \"--password\", \"--verbose\"]",
            "CMD [\"jupyter\", \"--NotebookApp.token=''\"]",
            "CMD [\"server\", \"--token=changeme\"]",
            "CMD [\"server\", \"--password-file\", \"x\"]",
            "RUN mysql -uroot -proot",
            "RUN psql --password password",
            "RUN curl -u app: https://e.com",
            "RUN curl -u $U:$P https://e.com",
            "RUN useradd --password hunter2 x",
            "RUN echo --password hunter2",
            "RUN tool --token",
            "CMD [\"server\", \"--token",
            "SHELL [\"pwsh\"]\nRUN tool --password hunter2",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{line}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM größe:1\r\nRUN tool \\\r\n  --token hunter2\r\nRUN\r\nCMD\r\n",
            "# escape=`\nFROM a:1\nRUN tool `\n  --token hunter2\n",
            "FROM a:1\nRUN <<EOF\ntool --token hunter2\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["--token"], "{text}");
        }
    }
}
