//! Which names of variables speak of a secret. Names are taken apart into words, so that `GOPRIVATE`, `KEYCLOAK_VERSION` and
//! `TOKENIZERS_PARALLELISM` are none, and a word that says what the variable really holds (`_FILE`, `_URL`, `_USERNAME`) wins.

use std::ops::ControlFlow;

/// The words that BuildKit's check knows, between underscores or the ends of a name.
const BUILDKIT_WORDS: [&str; 10] =
    ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];

/// The words that make a name harmless for BuildKit's check.
const BUILDKIT_HARMLESS: [&str; 3] = ["public", "file", "version"];

/// Words that speak of a secret by themselves, wherever they stand.
const STRONG: [&str; 17] = [
    "apikey",
    "apitoken",
    "accesskey",
    "accesstoken",
    "authtoken",
    "credential",
    "credentials",
    "passphrase",
    "password",
    "passwords",
    "passwd",
    "privatekey",
    "pword",
    "secret",
    "secretkey",
    "secrets",
    "token",
];

/// Endings of a word run together with another: `PGPASSWORD`, `NPMTOKEN`.
const STRONG_ENDINGS: [&str; 4] = ["password", "passwd", "token", "secret"];

/// What the last word of a name says that the variable holds instead of a secret.
const HOLDS_SOMETHING_ELSE: [&str; 71] = [
    "addr",
    "address",
    "algorithm",
    "alias",
    "arn",
    "audience",
    "backend",
    "bits",
    "class",
    "comment",
    "count",
    "dir",
    "directory",
    "disabled",
    "domain",
    "email",
    "enabled",
    "endpoint",
    "engine",
    "example",
    "expiration",
    "expires",
    "expiry",
    "fifo",
    "file",
    "files",
    "fingerprint",
    "format",
    "header",
    "host",
    "hostname",
    "issuer",
    "length",
    "lifetime",
    "limit",
    "location",
    "login",
    "md5",
    "method",
    "mode",
    "module",
    "mount",
    "name",
    "path",
    "paths",
    "plugin",
    "policy",
    "port",
    "prefix",
    "provider",
    "realm",
    "region",
    "registry",
    "required",
    "ring",
    "scheme",
    "scope",
    "scopes",
    "server",
    "service",
    "sha",
    "sha256",
    "size",
    "sock",
    "store",
    "strategy",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
];

/// More of them, for users and versions.
const HOLDS_NO_SECRET: [&str; 8] =
    ["user", "username", "users", "version", "versions", "website", "checksum", "server"];

/// Words before `KEY` that make it a key of another kind.
const OTHER_KEYS: [&str; 17] = [
    // What a page shows to everyone, as of a captcha.
    "site",
    // What a signature is checked with, or its fingerprint.
    "gpg",
    "pgp",
    "public",
    "pub",
    "cache",
    "primary",
    "foreign",
    "sort",
    "partition",
    "hot",
    "object",
    "group",
    "index",
    "map",
    "apt",
    "row",
];

/// Whether a variable of this name is likely to hold a secret.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 10] =
        ["pass", "pwd", "pword", "secret", "token", "key", "auth", "cred", "pat", "private"];
    let lower = name.to_ascii_lowercase();
    if !PARTS.iter().any(|part| lower.contains(part)) {
        return false;
    }
    let words = words(name);
    let Some(last) = words.last().map(String::as_str) else { return false };
    let has = |word: &str| words.iter().any(|other| other == word);
    let ends =
        |ending: &[&str]| words.ends_with(&ending.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    if HOLDS_SOMETHING_ELSE.contains(&last)
        || HOLDS_NO_SECRET.contains(&last)
        || has("public")
        || has("dummy")
    {
        return false;
    }
    if last == "id" {
        return ends(&["access", "key", "id"]) || ends(&["secret", "id"]);
    }
    let is_strong = |word: &String| {
        STRONG.contains(&word.as_str())
            || STRONG_ENDINGS.iter().any(|ending| word.len() > ending.len() && word.ends_with(ending))
    };
    if words.iter().any(is_strong) {
        return true;
    }
    let has_key = words
        .iter()
        .enumerate()
        .any(|(at, word)| word == "key" && (at == 0 || !OTHER_KEYS.contains(&words[at - 1].as_str())));
    if has_key {
        return true;
    }
    match last {
        "pass" | "pwd" => words.len() > 1 && !has("old"),
        "pat" => words.len() > 1 || name == "PAT",
        "auth" => {
            !["disable", "enable", "no", "require", "skip", "use", "allow"].iter().any(|word| has(word))
        }
        _ => has("auth") && words.first().is_some_and(|first| first == "auth") && words.len() == 2,
    }
}

/// Whether BuildKit's `SecretsUsedInArgOrEnv` reports this name.
#[must_use]
pub fn is_reported_by_buildkit(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let has = |known: &[&str]| lower.split('_').any(|word| known.contains(&word));
    has(&BUILDKIT_WORDS) && !has(&BUILDKIT_HARMLESS)
}

/// Whether Trivy's `DS-0031` reports this name, in the last stage.
pub(crate) fn is_reported_by_trivy(name: &str) -> bool {
    let bare = name.strip_prefix("VITE_").or_else(|| name.strip_prefix("REACT_APP_")).unwrap_or(name);
    matches!(
        bare,
        "AWS_ACCESS_KEY_ID"
            | "AWS_SECRET_ACCESS_KEY"
            | "AWS_SESSION_TOKEN"
            | "AZURE_CLIENT_ID"
            | "AZURE_CLIENT_SECRET"
            | "GITHUB_TOKEN"
            | "OPENAI_API_KEY"
            | "HF_TOKEN"
    )
}

/// Whether a value shows that the variable holds no secret, whatever its name: a switch, a path, a key's fingerprint.
#[must_use]
pub fn is_harmless_value(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let is_switch = matches!(
        lower.as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "disabled" | "enabled"
    );
    let is_path = value.starts_with('/') || value.starts_with("~/") || value.starts_with("file:");
    is_switch || is_path || is_fingerprint(value)
}

/// Whether a value is one or more fingerprints of OpenPGP keys: groups of 16, 32 or 40 hexadecimal digits, or such a group in fours.
fn is_fingerprint(value: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits: usize = value.split_whitespace().map(str::len).sum();
    let all_hex = value.split_whitespace().all(|part| is_hex(part.trim_start_matches("0x")));
    let bare = value.trim_start_matches("0x");
    all_hex
        && (bare.len() == 40
            || digits > 40 && digits.is_multiple_of(40)
            || digits == 40 && value.contains(' '))
}

/// Whether a value is an address with a password in it: `https://user:password@host`.
#[must_use]
pub fn is_address_with_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .and_then(|(login, _)| login.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty())
}

/// The words of a name in lower case: split at `_`, `-`, `.` and between small and capital letters.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        let step = match letter {
            '_' | '-' | '.' => {
                words.push(String::new());
                was_small = false;
                ControlFlow::Break(())
            }
            letter if letter.is_ascii_uppercase() && was_small => {
                words.push(String::new());
                ControlFlow::Continue(letter)
            }
            letter => ControlFlow::Continue(letter),
        };
        let ControlFlow::Continue(letter) = step else { continue };
        was_small = letter.is_ascii_lowercase();
        if let Some(word) = words.last_mut() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for name in [
            "NPM_TOKEN",
            "npmToken",
            "GITHUB_TOKEN",
            "PASSWORD",
            "PGPASSWORD",
            "MYSQL_ROOT_PASSWORD",
            "DB_PASS",
            "MYSQL_PWD",
            "apikey",
            "API_KEY",
            "SSH_PRIVATE_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "CLIENT_SECRET",
            "GH_PAT",
            "SECRET_PASSPHRASE",
            "super_Secret",
            "git_key",
            "auth",
            "NPM_AUTH",
            "auth_tok",
            "SECRET_KEY_BASE",
            "VAULT_SECRET_ID",
            "CREDENTIALS",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn other_names_are_no_secrets() {
        for name in [
            "GOPRIVATE",
            "KEYCLOAK_VERSION",
            "TOKENIZERS_PARALLELISM",
            "MAX_TOKENS",
            "PUBLIC_KEY",
            "SSH_PUBLIC_KEY",
            "POSTGRES_PASSWORD_FILE",
            "DB_USERNAME",
            "AUTH_URL",
            "SSH_AUTH_SOCK",
            "TOKEN_TTL",
            "SECRET_NAME",
            "KEY_ID",
            "CLIENT_ID",
            "MONKEY",
            "KEYBOARD",
            "AUTHOR",
            "BYPASS",
            "PWD",
            "OLDPWD",
            "CACHE_KEY",
            "AUTH_MODULE_VERSION",
            "DISABLE_AUTH",
            "COMPASS",
            "PATH",
            "SECRET_KEY_BASE_DUMMY",
            "PASSWORD_LENGTH",
            "KEYRING_PATH",
            "AUTH_ENABLED",
            "SECRETARY",
            "PATTERN",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn values_tell_what_names_do_not() {
        assert!(is_harmless_value("7169605F62C751356D054A26A821E680E5FA6305"));
        assert!(is_harmless_value("/run/secrets/token"));
        assert!(is_harmless_value("false"));
        assert!(!is_harmless_value("hunter2"));
        assert!(is_address_with_password("postgres://app:hunter2@db:5432/app"));
        assert!(!is_address_with_password("https://registry.example.com:8443/@scope"));
        assert!(!is_address_with_password("https://app@example.com/"));
    }

    #[test]
    fn keys_of_signatures_are_public() {
        assert!(
            !is_secret("JENKINS_GPG_KEY")
                && !is_secret("GPG_KEY")
                && !is_secret("SITE_KEY")
                && is_secret("GPG_PRIVATE_KEY")
        );
    }
}
