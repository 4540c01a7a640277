//! A credential that stands in the Dockerfile itself.

use std::sync::LazyLock;

use regex::Regex;
use syntax::LocalRange;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "credential-in-dockerfile",
    aliases: &[],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A token or private key of a well-known kind stands in the Dockerfile",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

An instruction has a token of a well-known maker in it, known by how it begins and how long it is (GitHub, GitLab, npm, PyPI, Docker Hub, AWS,
Google, Stripe, Slack, Hugging Face), or a private key.

## Why

The file is in version control and the instruction in the image's history: everyone who can see either has the credential. Taking it out is
not enough, for it stays in both; it must be revoked.

## Bad

```dockerfile
FROM debian:12-slim
RUN curl -H "Authorization: Bearer glpat-aaaaaaaaaaaaaaaaaaaa" -fsSLO https://gitlab.example.com/api/v4/projects/1/packages
```

## Good

```dockerfile
FROM debian:12-slim
RUN --mount=type=secret,id=gitlab,env=TOKEN curl -H "Authorization: Bearer $TOKEN" -fsSLO https://gitlab.example.com/api/v4/projects/1/packages
```

## When to ignore

When the token was revoked and stands there as an example.
"#;

/// The kinds, in the order of the groups of [`SHAPES`].
const KINDS: [&str; 11] = [
    "GitHub token",
    "GitLab token",
    "npm token",
    "PyPI token",
    "Docker Hub token",
    "AWS access key",
    "Google API key",
    "Stripe key",
    "Slack token",
    "Hugging Face token",
    "private key",
];

/// How credentials begin and go on, as their makers document it.
static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?:",
        r"(gh[pousr]_[0-9A-Za-z]{36}\b|github_pat_[0-9A-Za-z_]{82}\b)",
        r"|(glpat-[0-9A-Za-z_-]{20,})",
        r"|(npm_[0-9A-Za-z]{36}\b)",
        r"|(pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{50,})",
        r"|(dckr_pat_[0-9A-Za-z_-]{24,})",
        r"|((?:AKIA|ASIA)[0-9A-Z]{16}\b)",
        r"|(AIza[0-9A-Za-z_-]{35})",
        r"|([sr]k_live_[0-9A-Za-z]{24,})",
        r"|(xox[bp]-[0-9A-Za-z-]{40,})",
        r"|(hf_[A-Za-z]{34}\b)",
        r")|(-----BEGIN (?:RSA |EC |DSA |OPENSSH )?PRIVATE KEY-----(?:\\n|\\|\s)*[0-9A-Za-z+/]{48})",
    ))
    .ok()
});

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let Some(shapes) = SHAPES.as_ref() else { return };
    for item in &input.stage.instructions {
        for found in shapes.captures_iter(&item.instruction.source) {
            let mut groups = found.iter().skip(1).enumerate();
            let Some((kind, hit)) = groups.find_map(|(group, hit)| Some((*KINDS.get(group)?, hit?))) else {
                continue;
            };
            // The ones that Amazon's own pages show.
            if hit.as_str().ends_with("EXAMPLE") {
                continue;
            }
            let offset = |at: usize| u32::try_from(at).unwrap_or_default();
            let range = LocalRange::new(offset(hit.start()), offset(hit.end()));
            let article = if kind.starts_with('A') || kind.starts_with('n') { "An" } else { "A" };
            let message = format!(
                "{article} {kind} stands here, for everyone who can see the file or pull the image. Revoke it, and mount the new one in the RUN that needs it: `--mount=type=secret`."
            );
            findings.add(item.instruction.place(range), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings};

    const CODE: &str = "credential-in-dockerfile";

    #[test]
    fn credentials_are_found_by_their_shape_and_never_shown() {
        let of = |letter: &str, count: usize| letter.repeat(count);
        for (kind, secret) in [
            ("GitHub token", format!("ghp_{}", of("a", 36))),
            ("GitLab token", format!("glpat-{}", of("a", 20))),
            ("npm token", format!("npm_{}", of("a", 36))),
            ("Docker Hub token", format!("dckr_pat_{}", of("a", 27))),
            ("AWS access key", format!("AKIA{}", of("A", 16))),
            ("Google API key", format!("AIza{}", of("a", 35))),
            ("Stripe key", format!("sk_live_{}", of("a", 24))),
            ("Slack token", format!("xoxb-{}", of("1", 40))),
            ("Hugging Face token", format!("hf_{}", of("a", 34))),
            ("private key", format!("-----BEGIN RSA PRIVATE KEY-----\\n{}", of("a", 64))),
        ] {
            for text in [
                format!("FROM a:1\nENV X=\"{secret}\"\n"),
                format!("# escape=`\r\nFROM größe:1\r\nRUN echo `\r\n  \"größe {secret}\" | x\r\n"),
                format!("FROM a:1\nCOPY <<EOF /x\n{secret}\nEOF\n"),
            ] {
                let found = check_only(CODE, &text);
                assert_eq!(found.len(), 1, "{text}");
                assert!(found[0].message.contains(kind) && !found[0].message.contains("aaaa"), "{kind}");
            }
        }
    }

    #[test]
    fn what_only_looks_alike_is_fine() {
        for text in [
            "ENV X=ghp_short",
            "ENV X=xghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "ENV X=ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "ENV X=AKIAIOSFODNN7EXAMPLE",
            "RUN grep -e '-----BEGIN PRIVATE KEY-----' /x",
            "ENV X=npm_config_cache",
            "# ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "ENV",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }
}
