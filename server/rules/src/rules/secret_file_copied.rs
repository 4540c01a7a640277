//! A file of credentials that COPY takes into the image.

use semantic::path::file_name;
use semantic::{Copy, CopySource, Kind, SourceKind};

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "secret-file-copied",
    aliases: &[],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "COPY takes a file of credentials into the image",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

COPY or ADD names a file or folder that holds credentials: a private key of SSH or TLS, `.netrc`, `.git-credentials`, `.pypirc`, `.aws`,
`.docker/config.json`, `.env`. `.npmrc` and `.yarnrc.yml` count where they are known to have a login in them. Examples and templates
(`.env.example`), public keys, and files of tests are left alone; in stages that are not shipped, so is `.env`.

## Why

The file is in the layer, for everyone who can pull the image. A later RUN that removes it only hides it.

## Bad

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY .npmrc .env ./
```

## Good

```dockerfile
FROM node:22-slim
WORKDIR /app
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
```

## When to ignore

When the file holds nothing but settings that everyone may read.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let (Kind::Copy(copy) | Kind::Add(copy)) = &item.kind else { continue };
        if copy.from.is_some() || is_for_public_keys(copy) {
            continue;
        }
        for source in copy.sources.iter().filter(|source| source.kind == SourceKind::Path) {
            let Some(what) = credentials(input, source) else { continue };
            if !input.is_shipped && what == What::Settings {
                continue;
            }
            let name = source.text.value.as_deref().map_or("", file_name);
            let where_to = if input.is_shipped {
                "everyone who can pull the image can read it"
            } else {
                "it stays in the cached stage"
            };
            let message = format!(
                "`{name}` holds credentials, and {where_to}. Mount it in the RUN that needs it (`--mount=type=secret`), or when the container starts."
            );
            let finding = findings.add(source.text.range, message);
            if !input.is_shipped {
                finding.severity = Severity::Info;
            }
        }
    }
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Nothing but credentials.
    Keys,
    /// Settings of the application, with credentials among them.
    Settings,
}

fn credentials(input: &StageInput<'_>, source: &CopySource) -> Option<What> {
    let path = source.text.value.as_deref()?.trim_end_matches('/');
    let lower = path.to_ascii_lowercase();
    if lower.split('/').any(is_for_tests) {
        return None;
    }
    let name = file_name(path);
    match name {
        "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" | ".netrc" | "_netrc" | ".pypirc"
        | ".git-credentials" | ".dockercfg" | ".pgpass" | ".my.cnf" | ".ssh" | ".aws" | ".gnupg"
        | ".kube" | ".htpasswd" | ".s3cfg" | ".boto" => Some(What::Keys),
        "config.json" if path.ends_with(".docker/config.json") => Some(What::Keys),
        "credentials" if path.ends_with(".aws/credentials") => Some(What::Keys),
        ".env" | ".env.local" => Some(What::Settings),
        ".npmrc" | ".yarnrc.yml" | ".yarnrc" => has_login(input, path).then_some(What::Settings),
        _ if is_private_key(&name.to_ascii_lowercase()) => Some(What::Keys),
        _ => None,
    }
}

/// Whether the file is known to have a login written out in it: a reference to a variable is none.
fn has_login(input: &StageInput<'_>, path: &str) -> bool {
    let context = input.file.facts.context.as_ref();
    let text = context.and_then(|context| context.manifest(&semantic::path::clean_context_path(path)));
    text.unwrap_or_default().lines().any(|line| {
        let line = line.trim();
        let key = ["_authToken", "_auth", "_password", "npmAuthToken", "npmAuthIdent"];
        let value = |key: &&str| {
            line.split_once(*key).map(|(_, value)| value.trim_start_matches([' ', '=', ':', '"']))
        };
        !line.starts_with(['#', ';'])
            && key.iter().find_map(value).is_some_and(|value| !value.is_empty() && !value.starts_with("${"))
    })
}

fn is_private_key(name: &str) -> bool {
    if let Some(stem) = name.strip_suffix(".key").or_else(|| name.strip_suffix(".pem")) {
        let mut words = stem.split(['.', '-', '_']);
        let is_public = words
            .clone()
            .any(|word| matches!(word, "public" | "pub" | "ca" | "cert" | "gpg" | "apt" | "archive"));
        let is_pem = name.ends_with(".pem");
        return !is_public
            && words.any(|word| {
                matches!(word, "private" | "priv" | "privkey" | "privatekey")
                    || !is_pem && matches!(word, "server" | "tls" | "ssl" | "client" | "localhost")
                    || is_pem && word == "key"
            });
    }
    [".p12", ".pfx", ".ppk"].iter().any(|ending| name.ends_with(ending))
        && !name.contains("trust")
        && !name.contains("ca.")
}

fn is_for_tests(part: &str) -> bool {
    part.split(['.', '-', '_']).any(|word| {
        matches!(
            word,
            "test"
                | "tests"
                | "testing"
                | "testdata"
                | "fixture"
                | "fixtures"
                | "example"
                | "examples"
                | "sample"
                | "samples"
                | "mock"
                | "mocks"
                | "dummy"
                | "template"
                | "dist"
                | "snakeoil"
        )
    })
}

/// Whether the destination is where public keys of packages go.
fn is_for_public_keys(copy: &Copy) -> bool {
    copy.place.known().is_some_and(|path| {
        [
            "/etc/apt",
            "/etc/apk",
            "/usr/share/keyrings",
            "/etc/pki/rpm-gpg",
            "/usr/local/share/ca-certificates",
        ]
        .iter()
        .any(|folder| path.starts_with(folder))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use semantic::facts::{ContextFacts, Facts};

    use crate::Settings;
    use crate::tests::{check, check_only, findings_of, no_findings, pointed_at};

    const CODE: &str = "secret-file-copied";

    #[test]
    fn files_of_credentials_are_pointed_at() {
        check(
            "
FROM größe:1
COPY package.json .env /app/
#                 ^^^^ secret-file-copied: `.env` holds credentials, and everyone who can pull the image can read it. Mount it in the RUN that needs it (`--mount=type=secret`), or when the container starts.
",
        );
        for source in [
            "id_rsa",
            "./keys/id_ed25519",
            "docker/.netrc",
            ".aws",
            ".ssh/",
            "certs/server.key",
            "privkey.pem",
            "tls-key.pem",
            "app.pfx",
            ".docker/config.json",
        ] {
            assert_eq!(check_only(CODE, &format!("FROM a:1\nCOPY {source} /x/\n")).len(), 1, "{source}");
        }
    }

    #[test]
    fn examples_public_keys_and_other_files_are_fine() {
        for source in [
            ".env.example",
            ".env.production",
            "id_rsa.pub",
            "tests/id_rsa",
            "test/fixtures/server.key",
            "ca.pem",
            "cert.pem",
            "fullchain.pem",
            "nodesource.key",
            "public.key",
            ".npmrc",
            "config.json",
            "keys",
            "*.pem",
            "$X/id_rsa.x",
            "--from=b id_rsa",
        ] {
            no_findings(CODE, &format!("FROM a:1\nCOPY {source} /x/\n"));
        }
        no_findings(
            CODE,
            "FROM a:1\nADD server.key /etc/apt/trusted.gpg.d/\nCOPY <<id_rsa /x/\nid_rsa\nCOPY .env\n",
        );
    }

    #[test]
    fn stages_that_are_not_shipped_keep_keys_in_their_cache() {
        let text = "FROM a:1\nCOPY .env /x/\nCOPY id_rsa /x/\nFROM b:1\n";
        assert_eq!(pointed_at(CODE, text), ["id_rsa"]);
        assert!(check_only(CODE, text)[0].message.contains("cached stage"));
    }

    #[test]
    fn a_login_in_npmrc_is_known_by_its_text() {
        let found = |npmrc: &str| {
            let manifests = BTreeMap::from([(".npmrc".to_owned(), npmrc.to_owned())]);
            let context = ContextFacts { manifests, ..ContextFacts::default() };
            let facts = Facts { context: Some(context), ..Facts::default() };
            let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
            findings_of("FROM a:1\nCOPY ./.npmrc /x/\n", &facts, &settings)
        };
        let leaked = found("//r/:_authToken=hunter2\n");
        assert_eq!(leaked.len(), 1);
        assert!(!leaked[0].message.contains("hunter2"));
        assert!(found("//r/:_authToken=${NPM_TOKEN}\n# _auth=x\nnode-linker=hoisted\n").is_empty());
    }

    #[test]
    fn crlf_and_another_escape() {
        assert_eq!(pointed_at(CODE, "# escape=`\r\nFROM a:1\r\nCOPY a `\r\n  id_rsa /x/\r\n"), ["id_rsa"]);
    }
}
