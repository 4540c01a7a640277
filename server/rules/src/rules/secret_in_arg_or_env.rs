//! A secret in ARG or ENV.

use semantic::{Kind, Text};

use crate::analysis::secret_name::{
    is_address_with_password, is_harmless_value, is_reported_by_buildkit, is_reported_by_trivy, is_secret,
};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "secret-in-arg-or-env",
    aliases: &["SecretsUsedInArgOrEnv", "DL3064", "DS-0031"],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A secret is passed as ARG or set as ENV",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

An ARG or ENV has a name that speaks of a secret: a token, a password, a private key. Names are read word by word, so `GOPRIVATE` or
`KEYCLOAK_VERSION` are not meant, and neither are names that say that something else is held (`DB_PASSWORD_FILE`, `AUTH_URL`,
`PUBLIC_KEY`, `DB_USERNAME`), nor values that show it: a path, a switch, the fingerprint of a public key. An address with a password in
it is reported under any name. BuildKit's check knows the name alone and a few of these words, so it reports more of them (`CREDENTIAL_ID`, and before 0.26 `KEY_FILE`).

## Why

An ENV is part of the image's configuration: `docker inspect` shows it, and every process in every container sees it. The value of an ARG
is written into the image's history beside each RUN that it is in scope of, and into the build's record. Removing it later removes nothing.

## Bad

```dockerfile
FROM node:22-slim
ARG NPM_TOKEN
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci && npm cache clean --force
```

## Good

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci && npm cache clean --force
```

Build it with `--secret id=NPM_TOKEN,env=NPM_TOKEN`. The rewrite `mount-secrets` makes this change.

## When to ignore

When the value is a stand-in that opens nothing, such as the password of a database in a test image.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        match &item.kind {
            Kind::Arg(arguments) => {
                for (name, default) in arguments {
                    check_variable(input, name, default.as_ref(), findings, Instruction::Arg);
                }
            }
            Kind::Env(pairs) => {
                for (name, value) in pairs {
                    check_variable(input, name, Some(value), findings, Instruction::Env);
                }
            }
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instruction {
    Arg,
    Env,
}

fn check_variable(
    input: &StageInput<'_>,
    name: &Text,
    value: Option<&Text>,
    findings: &mut Findings,
    instruction: Instruction,
) {
    let StageInput { file, stage, is_shipped, .. } = *input;
    let raw = name.value.as_deref().unwrap_or(&name.raw);
    let known = value.and_then(|value| value.value.as_deref());
    let holds_password = known.is_some_and(is_address_with_password);
    let is_named_so = is_secret(raw) && !known.is_some_and(is_harmless_value);
    if !is_named_so && !holds_password {
        return;
    }
    let what = if is_named_so { format!("`{raw}`") } else { format!("The password in the address `{raw}`") };
    let leak = match (instruction, is_shipped) {
        (Instruction::Env, true) => {
            "is in the image's configuration, for everyone who can pull or inspect it".to_owned()
        }
        (Instruction::Arg, true) => "stays in the image's history, for everyone who can pull it".to_owned(),
        (_, false) => format!("stays in the build's record and in the cached stage {}", stage.display_name()),
    };
    let cure = match instruction {
        Instruction::Env if is_shipped => {
            "Set it when the container starts, or mount it where the build needs it: `RUN --mount=type=secret`."
        }
        _ => "Mount it where it is needed instead: `RUN --mount=type=secret` (rewrite mount-secrets).",
    };
    let is_last = stage.index + 1 == file.model.stages.len();
    let mut aliases = Vec::new();
    if is_reported_by_buildkit(raw) {
        aliases.push("SecretsUsedInArgOrEnv");
    }
    if is_named_so {
        aliases.push("DL3064");
    }
    if is_last && is_reported_by_trivy(raw) {
        aliases.push("DS-0031");
    }
    findings.add(name.range, format!("{what} {leak}. {cure}")).aliases = aliases.into();
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, check_only, no_findings};

    #[test]
    fn arguments_and_environment_are_reported_by_name() {
        check(
            r#"
FROM debian:12-slim
ARG NPM_TOKEN
#   ^^^^^^^^^ secret-in-arg-or-env: `NPM_TOKEN` stays in the image's history, for everyone who can pull it. Mount it where it is needed instead: `RUN --mount=type=secret` (rewrite mount-secrets).
ENV A=1 DB_PASSWORD="hünter2" \
#       ^^^^^^^^^^^ secret-in-arg-or-env: `DB_PASSWORD` is in the image's configuration, for everyone who can pull or inspect it. Set it when the container starts, or mount it where the build needs it: `RUN --mount=type=secret`.
  API_KEY=x
# ^^^^^^^ secret-in-arg-or-env: `API_KEY` is in the image's configuration, for everyone who can pull or inspect it. Set it when the container starts, or mount it where the build needs it: `RUN --mount=type=secret`.
ENV secret legacy value
#   ^^^^^^ legacy-key-value-format: The old form `ENV name value` takes the whole line for one value. Write `ENV secret=…`.
#   ^^^^^^ secret-in-arg-or-env: `secret` is in the image's configuration, for everyone who can pull or inspect it. Set it when the container starts, or mount it where the build needs it: `RUN --mount=type=secret`.
"#,
        );
    }

    #[test]
    fn a_stage_that_is_not_shipped_says_where_it_stays() {
        check(
            "
FROM debian:12-slim AS build
ARG NPM_TOKEN
#   ^^^^^^^^^ secret-in-arg-or-env: `NPM_TOKEN` stays in the build's record and in the cached stage build. Mount it where it is needed instead: `RUN --mount=type=secret` (rewrite mount-secrets).
FROM debian:12-slim
",
        );
    }

    #[test]
    fn a_password_in_an_address_is_found_and_never_shown() {
        let found =
            check_only("secret-in-arg-or-env", "FROM a:1\nENV DATABASE_URL=postgres://app:hunter2@db/app\n");
        assert_eq!(found.len(), 1);
        assert!(!found[0].message.contains("hunter2"));
        assert!(found[0].aliases.is_empty());
    }

    #[test]
    fn aliases_are_those_that_report_this_very_thing() {
        let aliases = |text: &str| check_only("secret-in-arg-or-env", text)[0].aliases.to_vec();
        assert_eq!(aliases("FROM a:1\nARG GITHUB_TOKEN\n"), ["SecretsUsedInArgOrEnv", "DL3064", "DS-0031"]);
        assert_eq!(aliases("FROM a:1\nARG NPM_TOKEN\n"), ["SecretsUsedInArgOrEnv", "DL3064"]);
        assert_eq!(aliases("FROM a:1\nARG PGPASSWORD\n"), ["DL3064"]);
    }

    #[test]
    fn harmless_names_and_values_are_not() {
        let text = "ARG GLOBAL_TOKEN\nFROM a:1\nARG GOPRIVATE\nARG TOKEN_FILE=/x\nENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305\n\
            ENV USE_AUTH=true PUBLIC_KEY=abc DB_USERNAME=app SESSION_SECRET_FILE=/run/s\nENV TOKEN=/run/secrets/token\n\
            RUN --mount=type=secret,id=t,env=TOKEN ./x\nONBUILD ARG X\n";
        no_findings("secret-in-arg-or-env", text);
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        let count = |text: &str| check_only("secret-in-arg-or-env", text).len();
        assert_eq!(count("FROM a:1\r\nARG API_KEY\r\nENV\r\nARG\r\n"), 1);
        assert_eq!(count("# escape=`\nFROM a:1\nENV A=1 `\n  API_KEY=2\n"), 1);
        assert_eq!(count("FROM a:1\nRUN <<EOF\nARG API_KEY\nENV API_KEY=1\nEOF\n"), 0);
        assert_eq!(count("ARG API_KEY\n"), 0);
    }
}
