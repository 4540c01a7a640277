//! A credential in an address that a RUN or ADD fetches from.

use semantic::{Kind, MountKind, Run, SourceKind, StageInstruction, Text};
use syntax::shell::{Command, ShellWord};

use crate::analysis::call::Call;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "credential-in-address",
    aliases: &[],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "An address with a login in it, for everyone to read in the image's history",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN or ADD fetches from an address with a password or token in it (`https://user:password@host`), written out or as an ARG or ENV, be its
name as harmless as it may. What comes from a secret mount is left alone, and so are addresses of the machine itself and passwords that say
they are none (`user:password@`). What `git clone` and the like keep of such an address is `secret-written-to-layer`.

## Why

The command with the values of its ARGs stands in the image's history and in the build's record, for everyone who can pull the image. Tools also
write the address down: pip as the origin of a package, npm in the lock file.

## Bad

```dockerfile
FROM python:3.13-slim
ARG GH
RUN pip install --no-cache-dir "git+https://x-access-token:${GH}@github.com/acme/private.git"
```

## Good

```dockerfile
FROM python:3.13-slim
RUN --mount=type=secret,id=netrc,target=/root/.netrc pip install --no-cache-dir "git+https://github.com/acme/private.git"
```

## When to ignore

When the login opens nothing that is not public anyway.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        match &item.kind {
            Kind::Run(run) => check_run(input, item, run, findings),
            Kind::Add(copy) => {
                for source in copy
                    .sources
                    .iter()
                    .filter(|source| matches!(source.kind, SourceKind::Url | SourceKind::Git))
                {
                    check_source(&source.text, findings);
                }
            }
            _ => {}
        }
    }
}

fn check_run(input: &StageInput<'_>, item: &StageInstruction, run: &Run, findings: &mut Findings) {
    if !item.instruction.source.contains("://") || !item.instruction.source.contains('@') {
        return;
    }
    for command in run.commands() {
        // What git keeps of it is told by what it is written to.
        let is_kept = Call::of(command).is_some_and(|call| call.program == "git");
        for word in words(command) {
            let Some(login) = login(&word.text) else { continue };
            let message = match secret_of(login) {
                Secret::Written if is_kept || word.substitution => continue,
                Secret::Written => "A password stands in this address",
                Secret::Variable(name) => {
                    let is_mounted = run
                        .mounts
                        .iter()
                        .any(|mount| mount.kind == MountKind::Secret && mount.env.as_deref() == Some(name));
                    let is_declared = input.file.model.scopes.definition(item.scope, name).is_some();
                    if is_kept || is_mounted || !is_declared {
                        continue;
                    }
                    "A build argument or variable is the login of this address"
                }
                Secret::None => continue,
            };
            findings.add(item.instruction.place(word.range), told(message));
        }
    }
}

fn check_source(text: &Text, findings: &mut Findings) {
    let message = match login(&text.raw).map(secret_of) {
        Some(Secret::Written) => "A password stands in this address",
        Some(Secret::Variable(_)) => "A build argument or variable is the login of this address",
        _ => return,
    };
    findings.add(text.range, told(message));
}

fn told(what: &str) -> String {
    format!(
        "{what}, and everyone who can pull the image can read it in its history. Mount it: `--mount=type=secret`, as a `.netrc` for one."
    )
}

fn words(command: &Command) -> impl Iterator<Item = &ShellWord> {
    command.words.iter().chain(command.assignments.iter().map(|assignment| &assignment.value))
}

/// What stands before the `@` of an address that is not this machine's.
fn login(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#', ' ', '"', '\'']).next()?;
    let (login, host) = authority.rsplit_once('@')?;
    let is_own = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"].iter().any(|own| host.starts_with(own));
    (!is_own).then_some(login)
}

/// What of a login is secret.
enum Secret<'a> {
    /// A password that is written out.
    Written,
    /// A variable.
    Variable(&'a str),
    /// Nothing.
    None,
}

fn secret_of(login: &str) -> Secret<'_> {
    let (user, password) = match login.split_once(':') {
        Some((user, password)) => (user, password),
        // A token alone is a login too, but a name is none.
        None if login.starts_with('$') && is_token(variable(login)) => {
            return Secret::Variable(variable(login));
        }
        None => return Secret::None,
    };
    // `$TOKEN:x-oauth-basic@`
    if user.starts_with('$') && matches!(password, "x-oauth-basic" | "" | "x") {
        return Secret::Variable(variable(user));
    }
    if password.starts_with('$') {
        return Secret::Variable(variable(password));
    }
    let lower = password.to_ascii_lowercase();
    let says_nothing = lower.is_empty()
        || lower == user.to_ascii_lowercase()
        || lower.starts_with(['<', '{', '*', '['])
        || lower.contains(['$', '`', '\\', '%'])
        || lower.chars().all(|letter| matches!(letter, 'x' | '.' | '-'))
        || [
            "password",
            "pass",
            "pwd",
            "secret",
            "token",
            "dummy",
            "fake",
            "test",
            "example",
            "changeme",
            "placeholder",
            "user",
            "username",
            "postgres",
            "anonymous",
            "guest",
        ]
        .contains(&lower.as_str())
        || lower.starts_with("your");
    if says_nothing { Secret::None } else { Secret::Written }
}

fn is_token(name: &str) -> bool {
    crate::analysis::secret_name::is_secret(name) || name.ends_with("_PAT") || name == "PAT"
}

/// The name behind `$` or `${`.
fn variable(text: &str) -> &str {
    let bare = text.trim_start_matches('$').trim_start_matches('{');
    let end =
        bare.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(bare.len());
    &bare[..end]
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "credential-in-address";

    #[test]
    fn logins_are_found_and_never_shown() {
        for line in [
            "RUN pip install git+https://x-access-token:${GH}@github.com/acme/x.git",
            "RUN curl -fsSLO https://app:hunter2@e.com/x",
            "RUN curl https://$API_TOKEN@e.com/x",
            "RUN npm install \"git+https://$GH:x-oauth-basic@github.com/a/b\"",
            "RUN wget -q ftp://app:hunter2@e.com/x",
            "RUN PIP_INDEX_URL=https://u:${GH}@r/simple pip install x",
            "ADD https://app:hunter2@e.com/x.tgz /",
            "ADD https://x:${GH}@e.com/x.tgz /",
        ] {
            let found = check_only(CODE, &format!("FROM a:1\nARG GH API_TOKEN\n{line}\n"));
            assert_eq!(found.len(), 1, "{line}");
            assert!(!found[0].message.contains("hunter2"));
        }
    }

    #[test]
    fn other_addresses_are_fine() {
        for line in [
            "RUN --mount=type=secret,id=gh,env=GH curl https://x:${GH}@e.com/x",
            "RUN GH=$(cat /x) && curl https://x:${OWN}@e.com/x",
            "RUN git clone https://x:${GH}@e.com/x",
            "RUN DATABASE_URL=postgres://app:hunter2@localhost/db rails assets:precompile",
            "RUN DATABASE_URL=postgres://user:password@db/db make",
            "RUN curl https://user@e.com/x",
            "RUN curl https://$OWNER@e.com/x",
            "RUN curl https://e.com:8443/@scope/x",
            "RUN curl https://<user>:<password>@e.com",
            "RUN npm install @a/b@1",
            "RUN curl 'https://a:b@",
            "ADD https://e.com/x /",
        ] {
            no_findings(CODE, &format!("FROM a:1\nARG OWNER\n{line}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM größe:1\r\nRUN curl \\\r\n  https://a:hunter2@e.com\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN curl `\n  https://a:hunter2@e.com\n",
            "FROM a:1\nRUN <<EOF\ncurl https://a:hunter2@e.com\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["https://a:hunter2@e.com"], "{text}");
        }
    }
}
