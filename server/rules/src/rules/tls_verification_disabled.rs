//! A download that takes any certificate.

mod variables;

use semantic::commands::{Action, DownloadTool, Flag, meaning};
use semantic::{Kind, StageInstruction};
use syntax::shell::ShellWord;
use syntax::{LocalRange, TextRange};

use crate::analysis::fixes::{replace, to_check};
use crate::analysis::run_calls::{RunCall, calls_of, verifies};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};
use variables::{Variable, variable};

pub(crate) static RULE: Rule = Rule {
    code: "tls-verification-disabled",
    aliases: &[
        "CKV2_DOCKER_2",
        "CKV2_DOCKER_3",
        "CKV2_DOCKER_4",
        "CKV2_DOCKER_5",
        "CKV2_DOCKER_6",
        "CKV2_DOCKER_12",
        "CKV2_DOCKER_13",
        "CKV2_DOCKER_14",
        "CKV2_DOCKER_15",
        "CKV2_DOCKER_16",
    ],
    category: Category::Security,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "Certificates are not verified when something is fetched",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A flag, a setting or a variable switches the verification of TLS certificates off: `curl -k`, `wget --no-check-certificate`,
`pip --trusted-host`, `npm config set strict-ssl false`, `git -c http.sslVerify=false`, `--setopt=sslverify=0` of dnf and yum, and
variables such as `NODE_TLS_REJECT_UNAUTHORIZED=0` and `GIT_SSL_NO_VERIFY`. What is fetched from this machine itself is left alone, and so
are downloads of a RUN that checks them against a checksum or a signature.

## Why

Whoever sits between the builder and the server can put anything into the image. A variable that ENV sets is also in force in every
container, for all that it fetches and sends.

## Bad

```dockerfile
FROM debian:12-slim
RUN curl -fsSLk https://example.com/tool -o /usr/local/bin/tool
```

```dockerfile
FROM node:22-slim
ENV NODE_TLS_REJECT_UNAUTHORIZED=0
```

## Good

```dockerfile
FROM debian:12-slim
COPY company-ca.crt /usr/local/share/ca-certificates/
RUN update-ca-certificates && curl -fsSL https://example.com/tool -o /usr/local/bin/tool
```

## When to ignore

When the network between the builder and the server is yours alone, and the server's certificate cannot be had.
"#;

const CHECK: &str =
    "that the image trusts the server's certificate: the package ca-certificates, or an own CA's file";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        match &item.kind {
            Kind::Run(_) => check_run(item, findings),
            Kind::Env(pairs) => {
                for (name, value) in pairs {
                    let place = name.range.cover(value.range);
                    check_value(&name.raw, value.value.as_deref(), place, input.is_shipped, findings);
                }
            }
            Kind::Arg(arguments) => {
                for (name, value) in arguments {
                    let default = value.as_ref().and_then(|value| value.value.as_deref());
                    let place = value.as_ref().map_or(name.range, |value| name.range.cover(value.range));
                    check_value(&name.raw, default, place, false, findings);
                }
            }
            _ => {}
        }
    }
}

fn check_run(item: &StageInstruction, findings: &mut Findings) {
    let Some(run) = item.as_run() else { return };
    let mut is_verified = None;
    for call in calls_of(item) {
        let Some(off) = switched_off(&call) else { continue };
        if *is_verified.get_or_insert_with(|| verifies(run)) {
            return;
        }
        let cure = "Leave it out; the certificate of an own CA can be added to the image.";
        let message = format!(
            "{} takes any certificate, so anyone on the way can replace what is fetched. {cure}",
            off.what
        );
        let finding = findings.add(off.place, message);
        finding.aliases = off.alias.into_iter().collect();
        finding.fixes.extend(off.fix);
    }
    for command in run.commands() {
        for assignment in &command.assignments {
            let place = item.instruction.place(assignment.range);
            check_value(&assignment.name, assignment.value.value.as_deref(), place, false, findings);
        }
        if command.program() == Some("export") {
            for word in command.words.iter().skip(1) {
                let Some((name, value)) = word.value.as_deref().and_then(|text| text.split_once('=')) else {
                    continue;
                };
                check_value(name, Some(value), item.instruction.place(word.range), false, findings);
            }
        }
    }
}

fn check_value(name: &str, value: Option<&str>, place: TextRange, stays: bool, findings: &mut Findings) {
    let Some(Variable { alias, of, .. }) = value.and_then(|value| variable(name, value)) else { return };
    let reach = if stays { ", here and in every container" } else { "" };
    let message = format!(
        "`{name}` makes {of} take any certificate{reach}, so anyone on the way can replace what is fetched. Leave it out; the certificate of an own CA can be added to the image."
    );
    findings.add(place, message).aliases = alias.iter().copied().collect();
}

/// A flag or setting that switches verification off.
struct Off {
    what: String,
    place: TextRange,
    alias: Option<&'static str>,
    fix: Option<rewrites::Fix>,
}

fn switched_off(call: &RunCall<'_>) -> Option<Off> {
    let command = call.call.command;
    let off = |what: &str, word: &ShellWord, alias: Option<&'static str>| Off {
        what: format!("`{what}`"),
        place: call.place(word.range),
        alias,
        fix: None,
    };
    let words = call.call.arguments;
    let find =
        |flags: &[&str]| words.iter().find(|word| flags.contains(&word.value.as_deref().unwrap_or("")));
    match call.call.program {
        "curl" | "wget" => {
            let meaning = meaning(command);
            let Action::Download(download) = meaning.action else { return None };
            if download.urls.iter().any(|url| is_own_machine(&url.text)) {
                return None;
            }
            let is_curl = download.tool == DownloadTool::Curl;
            let flag = download.options.flags.iter().find(|flag| match is_curl {
                true => flag.name == "--insecure" || has_letter(flag, 'k'),
                false => flag.name == "--no-check-certificate",
            })?;
            let (what, alias) = match is_curl {
                true => ("curl -k", "CKV2_DOCKER_2"),
                false => ("wget --no-check-certificate", "CKV2_DOCKER_3"),
            };
            Some(Off { fix: without_flag(call, flag), ..off(what, flag.word, Some(alias)) })
        }
        "pip" | "pip3" => {
            let at = words.iter().position(|word| word.text.starts_with("--trusted-host"))?;
            let host = words[at].text.strip_prefix("--trusted-host=");
            let host = host.or_else(|| words.get(at + 1).map(|word| word.text.as_str()))?;
            if is_own_machine(host) {
                return None;
            }
            let mut gone = vec![&words[at]];
            gone.extend(words.get(at + 1).filter(|_| !words[at].text.contains('=')));
            let fix = call.without(&gone).map(|edits| to_check("Leave `--trusted-host` out", CHECK, edits));
            Some(Off { fix, ..off("pip --trusted-host", &words[at], Some("CKV2_DOCKER_4")) })
        }
        "npm" | "yarn" | "pnpm" => {
            let (program, alias) = (call.call.program, Some("CKV2_DOCKER_13"));
            let word = find(&["--strict-ssl=false", "--no-strict-ssl", "strict-ssl=false"])
                .or_else(|| setting(words, &["strict-ssl", "enableStrictSsl"]))?;
            Some(off(&format!("{program} strict-ssl=false"), word, alias))
        }
        "git" => {
            let is_off = |value: &str| {
                let lower = value.to_ascii_lowercase();
                lower.split_once('=').is_some_and(|(key, value)| is_git_key(key) && is_false(value))
            };
            let inline = words.iter().find(|word| word.value.as_deref().is_some_and(is_off));
            let pair = words.windows(2).find_map(|pair| {
                let (key, value) =
                    (pair[0].value.as_deref()?.to_ascii_lowercase(), pair[1].value.as_deref()?);
                (is_git_key(&key) && is_false(value)).then_some(&pair[0])
            });
            Some(off("git http.sslVerify=false", inline.or(pair)?, None))
        }
        "yum" | "dnf" | "microdnf" | "tdnf" | "yum-config-manager" | "dnf-3" | "dnf5" => {
            let is_off = |word: &&ShellWord| {
                let value = word.value.as_deref().unwrap_or_default();
                value.rsplit_once("sslverify=").is_some_and(|(_, value)| is_false(value))
            };
            let word = words.iter().find(is_off)?;
            Some(off(&format!("{} sslverify=0", call.call.program), word, Some("CKV2_DOCKER_15")))
        }
        "apt-get" | "apt" => {
            let is_off = |word: &&ShellWord| {
                let value = word.value.as_deref().unwrap_or_default().to_ascii_lowercase();
                value.split_once('=').is_some_and(|(key, value)| {
                    key.trim_start_matches("-o").starts_with("acquire::https")
                        && key.contains("::verify-")
                        && is_false(value)
                })
            };
            Some(off("Acquire::https::Verify-Peer=false", words.iter().find(is_off)?, None))
        }
        "conda" | "mamba" | "micromamba" => {
            let word = setting(words, &["ssl_verify"]).or_else(|| find(&["--insecure", "-k"]))?;
            Some(off("conda ssl_verify=false", word, None))
        }
        "composer" => {
            let at = words.iter().position(|word| word.value.as_deref() == Some("disable-tls"))?;
            let is_on = words.get(at + 1)?.value.as_deref().is_some_and(|value| !is_false(value));
            is_on.then(|| off("composer disable-tls", &words[at], None))
        }
        "skopeo" | "podman" | "buildah" => {
            let word = find(&["--tls-verify=false", "--src-tls-verify=false", "--dest-tls-verify=false"])?;
            Some(off("--tls-verify=false", word, None))
        }
        "helm" | "kubectl" | "oc" => {
            let word = find(&["--insecure-skip-tls-verify", "--insecure-skip-tls-verify=true"])?;
            Some(off("--insecure-skip-tls-verify", word, None))
        }
        _ => None,
    }
}

/// `KEY false` among the words, or `KEY=false`.
fn setting<'a>(words: &'a [ShellWord], keys: &[&str]) -> Option<&'a ShellWord> {
    words.windows(2).find_map(|pair| {
        let (key, value) = (pair[0].value.as_deref()?, pair[1].value.as_deref()?);
        (keys.contains(&key) && is_false(value)).then_some(&pair[0])
    })
}

fn is_git_key(key: &str) -> bool {
    key.starts_with("http.") && key.ends_with(".sslverify")
}

fn is_false(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off")
}

/// Whether a group of short flags has this one.
fn has_letter(flag: &Flag<'_>, letter: char) -> bool {
    flag.name.strip_prefix('-').is_some_and(|letters| {
        !letters.starts_with('-')
            && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
            && letters.contains(letter)
    })
}

/// The change that takes a flag out, or its letter out of a group.
fn without_flag(call: &RunCall<'_>, flag: &Flag<'_>) -> Option<rewrites::Fix> {
    let title = if flag.name.starts_with("--") {
        format!("Leave `{}` out", flag.name)
    } else {
        "Leave `-k` out".to_owned()
    };
    let text = flag.word.value.as_deref().filter(|value| *value == flag.word.text)?;
    if text == flag.name && (text.starts_with("--") || text == "-k") {
        return Some(to_check(title, CHECK, call.without(&[flag.word])?));
    }
    if !call.is_editable() {
        return None;
    }
    let at = u32::try_from(text.find('k')?).ok()?;
    let start = flag.word.range.start + at;
    let letter = call.place(LocalRange::new(start, start + 1));
    Some(to_check(title, CHECK, vec![replace(letter, "")]))
}

fn is_own_machine(address: &str) -> bool {
    let bare = address.trim_matches(['"', '\'']);
    let host = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].iter().any(|own| {
        host.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
    })
}

#[cfg(test)]
mod tests;
