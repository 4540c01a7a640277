//! SSH that trusts whoever answers.

use semantic::{Kind, StageInstruction};
use syntax::shell::ShellWord;

use crate::analysis::run_calls::{calls_of, verifies};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "ssh-host-key-not-verified",
    aliases: &[],
    category: Category::Security,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "SSH trusts whatever host answers",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN or ENV switches SSH's check of host keys off (`StrictHostKeyChecking=no`), or a RUN asks the host itself for its key
(`ssh-keyscan`), which is an info. A RUN that holds the key against a fingerprint is left alone.

## Why

Whoever answers in the host's place is trusted, and what is fetched from there becomes part of the image. The keys of the usual hosts are
public: GitHub, GitLab and Bitbucket each list theirs.

## Bad

```dockerfile
FROM alpine:3.22
RUN --mount=type=ssh GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=no" git clone git@github.com:acme/private.git /src
```

## Good

```dockerfile
FROM alpine:3.22
COPY known_hosts /etc/ssh/ssh_known_hosts
RUN --mount=type=ssh git clone git@github.com:acme/private.git /src
```

## When to ignore

When the hosts are containers that know each other by nothing else, as on a cluster of one's own.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        match &item.kind {
            Kind::Run(_) => check_run(item, findings),
            Kind::Env(pairs) => {
                for (name, value) in pairs {
                    if value.value.as_deref().is_some_and(switches_off) {
                        findings.add(name.range.cover(value.range), MESSAGE);
                    }
                }
            }
            _ => {}
        }
    }
}

const MESSAGE: &str = "SSH then trusts whoever answers in the host's place. Copy the host's public key to /etc/ssh/ssh_known_hosts instead.";

fn check_run(item: &StageInstruction, findings: &mut Findings) {
    let Some(run) = item.as_run() else { return };
    let source = &item.instruction.source;
    if source.contains("tricthostkeychecking") || source.contains("trictHostKeyChecking") {
        let words = |word: &&ShellWord| switches_off(&word.text);
        for command in run.commands() {
            let values = command.assignments.iter().map(|assignment| &assignment.value);
            let alone = command.words.iter().chain(values).find(words);
            // `-o StrictHostKeyChecking no` and `echo StrictHostKeyChecking no` are two words.
            let pair = || {
                let mut pairs = command.words.windows(2);
                pairs
                    .find(|pair| switches_off(&format!("{} {}", pair[0].text, pair[1].text)))
                    .map(|pair| &pair[0])
            };
            if let Some(word) = alone.or_else(pair) {
                let is_said = matches!(command.program(), Some("echo" | "printf" | "sed" | "tee"));
                let finding = findings.add(item.instruction.place(word.range), MESSAGE);
                if is_said {
                    finding.severity = Severity::Info;
                }
            }
        }
    }
    if source.contains("ssh-keyscan") && !verifies(run) && !source.contains("ssh-keygen") {
        for call in calls_of(item).filter(|call| call.call.program == "ssh-keyscan") {
            let message = "The key is whatever answers at the time of the build. Copy the host's public key to /etc/ssh/ssh_known_hosts instead.";
            findings.add(call.range(), message).severity = Severity::Info;
        }
    }
}

/// Whether a text has the option that trusts any host.
fn switches_off(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.split("stricthostkeychecking").skip(1);
    rest.any(|rest| {
        let value = rest.trim_start_matches([' ', '=', '\t', '\\']);
        value.len() < rest.len()
            && ["no", "off"].iter().any(|off| {
                value
                    .strip_prefix(off)
                    .is_some_and(|after| !after.starts_with(|next: char| next.is_ascii_alphanumeric()))
            })
    })
}

#[cfg(test)]
mod tests {
    use crate::rule::Severity;
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "ssh-host-key-not-verified";

    #[test]
    fn every_way_to_trust_anyone_is_found() {
        for (line, severity) in [
            ("RUN ssh -o StrictHostKeyChecking=no e.com", Severity::Warning),
            ("RUN ssh -oStrictHostKeyChecking=off e.com", Severity::Warning),
            ("RUN GIT_SSH_COMMAND='ssh -o StrictHostKeyChecking=no' git fetch", Severity::Warning),
            ("RUN git -c core.sshCommand=\"ssh -o stricthostkeychecking=no\" fetch", Severity::Warning),
            ("ENV GIT_SSH_COMMAND=\"ssh -o StrictHostKeyChecking=no\"", Severity::Warning),
            ("RUN echo 'Host *\\n StrictHostKeyChecking no' > /etc/ssh/ssh_config", Severity::Info),
            ("RUN echo StrictHostKeyChecking no >> ~/.ssh/config", Severity::Info),
            ("RUN ssh-keyscan github.com >> ~/.ssh/known_hosts", Severity::Info),
        ] {
            let found = check_only(CODE, &format!("FROM a:1\n{line}\n"));
            assert_eq!(found.len(), 1, "{line}");
            assert_eq!(found[0].severity, severity, "{line}");
        }
    }

    #[test]
    fn verified_keys_are_fine() {
        for line in [
            "RUN ssh -o StrictHostKeyChecking=yes e.com",
            "RUN ssh -o StrictHostKeyChecking=accept-new e.com",
            "RUN ssh -o StrictHostKeyChecking=none e.com",
            "RUN ssh-keyscan e.com > k && echo 'abc  k' | sha256sum -c && mv k ~/.ssh/known_hosts",
            "RUN ssh-keyscan e.com > k && ssh-keygen -lf k | grep SHA256:x",
            "RUN echo ssh-keyscan",
            "ENV X=$Y",
            "RUN ssh -o StrictHostKeyChecking",
            "RUN ssh '",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{line}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM größe:1\r\nRUN ssh -o \\\r\n  StrictHostKeyChecking=no e.com\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN ssh -o `\n  StrictHostKeyChecking=no e.com\n",
            "FROM a:1\nRUN <<EOF\nssh -o StrictHostKeyChecking=no e.com\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["StrictHostKeyChecking=no"], "{text}");
        }
    }
}
