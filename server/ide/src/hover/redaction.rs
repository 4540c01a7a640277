//! Secrets in texts: what looks like one is hidden wherever it stands, and so is what a name in front of it calls one.
//!
//! Which names of a Dockerfile hold secrets is `secrets`' business; here a text is all that there is.

use std::borrow::Cow;
use std::ops::Range;

use rules::secret_name::{is_address_with_password, is_reported_by_buildkit, is_secret};

/// What stands for a hidden value.
pub(crate) const MASK: &str = "••••••••";

/// How tokens of well-known makers begin.
const MAKERS: [&str; 22] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "npm_",
    "pypi-",
    "dckr_pat_",
    "hf_",
    "sk-",
    "sk_live_",
    "rk_live_",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "AKIA",
    "ASIA",
    "AIza",
    "SG.",
    "eyJ",
];

/// Whether a name of a variable, an option or a field speaks of a secret.
pub(crate) fn speaks_of_secret(name: &str) -> bool {
    let name = name.trim_start_matches(['-', '_', ':']).replace('-', "_");
    let lower = name.to_ascii_lowercase();
    is_secret(&name) || is_reported_by_buildkit(&name) || lower.ends_with("pass") || lower.ends_with("pwd")
}

/// Whether a value is an address with a password, a token of a known maker, or a private key.
pub(crate) fn looks_secret(value: &str) -> bool {
    is_address_with_password(value)
        || value.contains("-----BEGIN")
        || value.split(|letter: char| !is_of_token(letter)).any(is_token)
}

/// The text with what looks like a secret hidden; `is_named` says which names speak of one beside those that do by themselves.
pub(crate) fn text<'a>(text: &'a str, is_named: impl Fn(&str) -> bool) -> Cow<'a, str> {
    if text.contains("-----BEGIN") {
        return Cow::Borrowed(MASK);
    }
    let mut hidden: Vec<Range<usize>> = Vec::new();
    hidden.extend(logins(text));
    hidden.extend(values(text, is_named));
    let mut start = 0;
    for part in text.split(|letter: char| !is_of_token(letter)) {
        let at = part.as_ptr() as usize - text.as_ptr() as usize;
        if is_token(part) {
            hidden.push(at..at + part.len());
        }
    }
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    hidden.sort_by_key(|range| range.start);
    let mut shown = String::new();
    for range in hidden {
        if range.start < start {
            continue;
        }
        shown.push_str(&text[start..range.start]);
        shown.push_str(MASK);
        start = range.end;
    }
    shown.push_str(&text[start..]);
    Cow::Owned(shown)
}

/// The words of a command with every secret in them hidden, those too that an option hands over: `--token x`, `-u user:x`.
pub(crate) fn words<'a>(
    words: impl Iterator<Item = &'a str>,
    redact: impl Fn(&str) -> String,
) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    let mut before = "";
    let mut program = "";
    for word in words {
        let bare = word.trim_matches(['"', '\'', ',', '[', ']', '(', ')']);
        let name = bare.rsplit('/').next().unwrap_or(bare);
        if matches!(name, "redis-cli" | "sshpass") || name.starts_with("mysql") || name.starts_with("mariadb")
        {
            program = name;
        }
        let is_option = bare.starts_with('-');
        let hands_over = before.starts_with('-') && !before.contains('=') && speaks_of_secret(before)
            || matches!((program, before), ("redis-cli", "-a") | ("sshpass", "-p"))
            || before.eq_ignore_ascii_case("bearer")
            || before.eq_ignore_ascii_case("basic");
        let is_login = matches!(before, "-u" | "--user" | "--proxy-user");
        shown.push(match bare.split_once(':') {
            _ if hands_over && !is_option && !bare.starts_with('$') => MASK.to_owned(),
            Some((user, password)) if is_login && !password.is_empty() => format!("{user}:{MASK}"),
            _ if is_glued_password(program, bare) => format!("-p{MASK}"),
            _ => redact(word),
        });
        before = bare;
    }
    shown
}

/// `-psecret`, as the clients of MySQL take it.
fn is_glued_password(program: &str, word: &str) -> bool {
    let is_client = program.starts_with("mysql") || program.starts_with("mariadb");
    is_client && word.strip_prefix("-p").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('$'))
}

/// The logins of addresses: what stands between `://` and `@`, but for the user that everybody has.
fn logins(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices("://").filter_map(|(at, _)| {
        let start = at + 3;
        let rest = &text[start..];
        let authority = &rest[..rest.find(['/', '?', '#', ' ', '"', '\'']).unwrap_or(rest.len())];
        let login = &authority[..authority.rfind('@')?];
        let is_public = login.is_empty() || login == "git" || login.starts_with('$') || login == MASK;
        (!is_public).then_some(start..start + login.len())
    })
}

/// The values that a name in front calls secrets: `token=x`, `"password": "x"`.
fn values(text: &str, is_named: impl Fn(&str) -> bool) -> impl Iterator<Item = Range<usize>> {
    text.match_indices(['=', ':']).filter_map(move |(at, sign)| {
        let before = text[..at].trim_end_matches(['"', '\'']);
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
        let name_start = before
            .rfind(|letter| !is_of_name(letter))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let name = &before[name_start..];
        let after = &text[at + 1..];
        // A colon means a field only where it is written as one: `token:1` may be an image.
        let is_field = sign == "=" || before.len() < at || after.starts_with([' ', '"', '\'']);
        if name.is_empty() || !is_field || !(speaks_of_secret(name) || is_named(name)) {
            return None;
        }
        let start = at + 1 + (after.len() - after.trim_start_matches([' ', '"', '\'']).len());
        let end = text[start..]
            .find(['"', '\'', '&', ';', ',', ' ', '#', '}'])
            .map_or(text.len(), |end| start + end);
        let value = &text[start..end];
        let is_open = value.starts_with(['$', '<', '…']) || value.starts_with(MASK) || is_switch(value);
        (!is_open).then_some(start..end)
    })
}

/// Values that tell nothing.
pub(crate) fn is_switch(value: &str) -> bool {
    matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "0" | "1"
    )
}

fn is_of_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_-.+".contains(letter)
}

fn is_token(word: &str) -> bool {
    word.len() >= 16
        && MAKERS.iter().any(|maker| word.starts_with(maker))
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_texts_are_hidden_and_the_rest_stays() {
        for (given, expected) in [
            ("postgres://app:hunter2@db/app", "postgres://•@db/app"),
            ("https://abc123@github.com/a/b", "https://•@github.com/a/b"),
            ("ssh://git@github.com/a/b", "ssh://git@github.com/a/b"),
            ("https://x.test/?a=1&api_key=zzz&b=2", "https://x.test/?a=1&api_key=•&b=2"),
            ("Server=db;Password=zzz;Port=1", "Server=db;Password=•;Port=1"),
            ("-Dspring.datasource.password=zzz -Xmx1g", "-Dspring.datasource.password=• -Xmx1g"),
            (r#"{"password": "zzz", "port": 1}"#, r#"{"password": "•", "port": 1}"#),
            ("//npm.test/:_authToken=zzz", "//npm.test/:_authToken=•"),
            ("token ghp_0123456789abcdefABCDEF here", "token • here"),
            ("acme/token:1.2", "acme/token:1.2"),
            ("TOKEN=$TOKEN", "TOKEN=$TOKEN"),
            ("--build-arg NPM_TOKEN=…", "--build-arg NPM_TOKEN=…"),
            ("ü=ü password=ü", "ü=ü password=•"),
            ("sk-learn-compatible-name", "sk-learn-compatible-name"),
            ("-----BEGIN RSA PRIVATE KEY-----", "•"),
        ] {
            let shown = text(given, |_| false).replace(MASK, "•");
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn options_hand_secrets_over() {
        for (given, expected) in [
            ("app --token abc --db-password=xyz --port=80", "app --token • --db-password=• --port=80"),
            ("curl -H 'Authorization: Bearer zzz'", "curl -H 'Authorization: Bearer •"),
            ("curl -u app:zzz https://x.test", "curl -u app:• https://x.test"),
            ("redis-server --requirepass zzz", "redis-server --requirepass •"),
            ("mysqladmin ping -pzzz -h db", "mysqladmin ping -p• -h db"),
            ("redis-cli -a zzz ping", "redis-cli -a • ping"),
            ("app --token $TOKEN", "app --token $TOKEN"),
        ] {
            let redact = |word: &str| text(word, |_| false).into_owned();
            let shown = words(given.split(' '), redact).join(" ").replace(MASK, "•");
            assert_eq!(shown, expected);
        }
    }
}
