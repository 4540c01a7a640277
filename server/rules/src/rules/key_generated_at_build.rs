//! A private key that a RUN makes, the same for everyone.

use semantic::path::Place;
use semantic::{Mount, StageInstruction};

use crate::analysis::call::Call;
use crate::analysis::run_calls::{RunCall, calls_of};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "key-generated-at-build",
    aliases: &[],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A RUN makes a private key, which every container then shares",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN of an image that is shipped makes a private key: `openssl req -newkey`, `openssl genrsa`, `ssh-keygen`, `keytool -genkeypair`,
`gpg --quick-generate-key`. A key that the same RUN removes, or writes into a mount, is left alone.

## Why

The key is in a layer, for everyone who can pull the image, and it is the same in every container: whoever has it can read what the others
encrypt, or pass for them. A build from the cache never makes a new one.

## Bad

```dockerfile
FROM alpine:3.22
RUN openssl req -x509 -newkey rsa:2048 -nodes -keyout /etc/ssl/key.pem -out /etc/ssl/cert.pem -subj /CN=app
```

## Good

```dockerfile
FROM alpine:3.22
COPY --chmod=0755 make-cert-then-run.sh /usr/local/bin/
ENTRYPOINT ["make-cert-then-run.sh"]
```

## When to ignore

When the image is for tests, and the key protects nothing.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    if !input.is_shipped {
        return;
    }
    for item in &input.stage.instructions {
        for call in calls_of(item).filter(|call| makes_key(&call.call)) {
            if !stays(item, &call) {
                continue;
            }
            findings.add(
                call.range(),
                "The private key that this makes is the same in every container, and everyone who can pull the image has it. Make it when the container starts.",
            );
        }
    }
}

fn makes_key(call: &Call<'_>) -> bool {
    let has = |flags: &[&str]| call.values().any(|value| flags.contains(&value));
    let first = call.arguments.first().and_then(|word| word.value.as_deref()).unwrap_or_default();
    match call.program {
        "openssl" => match first {
            "req" => has(&["-newkey"]) || has(&["-new", "-x509"]) && has(&["-keyout"]),
            "genrsa" | "genpkey" | "gendsa" => true,
            "ecparam" => has(&["-genkey"]),
            _ => false,
        },
        "ssh-keygen" => {
            let asks = ["-l", "-lf", "-y", "-R", "-F", "-e", "-i", "-Y", "-s", "-H"];
            !call.arguments.is_empty() && !has(&asks)
        }
        "keytool" => has(&["-genkey", "-genkeypair"]),
        "gpg" | "gpg2" => has(&[
            "--gen-key",
            "--generate-key",
            "--full-gen-key",
            "--full-generate-key",
            "--quick-gen-key",
            "--quick-generate-key",
        ]),
        "make-ssl-cert" => true,
        "dpkg-reconfigure" => has(&["openssh-server", "ssl-cert"]),
        _ => false,
    }
}

/// Whether the key is still there when the RUN ends.
fn stays(item: &StageInstruction, call: &RunCall<'_>) -> bool {
    let own = call.call;
    let outputs = ["-keyout", "-out", "-f", "-keystore", "--homedir"];
    let mut files = own.arguments.windows(2).filter_map(|pair| {
        let flag = pair[0].value.as_deref()?;
        outputs.contains(&flag).then_some(pair[1].text.trim_matches(['"', '\'']))
    });
    if files.clone().any(|file| file.starts_with("/dev/")) {
        return false;
    }
    let is_mounted = |file: &str| {
        let place = item.workdir.join(file);
        let holds = |mount: &Mount| mount.target == Place::Unknown || place.is_within(&mount.target);
        call.run.mounts.iter().any(holds)
    };
    if files.clone().any(is_mounted) {
        return false;
    }
    let start = own.command.range.start;
    let removed = |other: &RunCall<'_>| {
        matches!(other.call.program, "rm" | "shred") && other.call.command.range.start > start
    };
    let names = |word: &str, file: &str| {
        let word = word.trim_matches(['"', '\'']).trim_end_matches(['*', '/']);
        word.len() > 1 && (file.starts_with(word) || file.ends_with(word.trim_start_matches("./")))
    };
    let removals: Vec<_> = calls_of(item).filter(removed).collect();
    !files.any(|file| {
        removals.iter().flat_map(|removal| removal.call.arguments).any(|word| names(&word.text, file))
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "key-generated-at-build";

    #[test]
    fn every_way_to_make_a_key_is_found() {
        for command in [
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout /k.pem -out /c.pem -subj /CN=x",
            "openssl req -new -x509 -nodes -keyout /k -out /c",
            "openssl genrsa -out /größe 2048",
            "openssl genpkey -algorithm ed25519 > /k",
            "openssl ecparam -name x -genkey -out /k",
            "ssh-keygen -A",
            "ssh-keygen -q -t rsa -N '' -f /root/.ssh/id_rsa",
            "sudo ssh-keygen -t ed25519 -f /k",
            "keytool -genkeypair -alias x -keystore /k",
            "gpg --batch --gen-key x",
            "dpkg-reconfigure openssh-server",
        ] {
            assert_eq!(check_only(CODE, &format!("FROM a:1\nRUN {command}\n")).len(), 1, "{command}");
        }
    }

    #[test]
    fn keys_that_go_and_other_uses_are_fine() {
        for text in [
            "RUN openssl genrsa -out /tmp/k 2048 && make && rm /tmp/k",
            "RUN openssl genrsa -out /tmp/k 2048 && make && rm -rf /tmp/*",
            "RUN --mount=type=tmpfs,target=/k openssl genrsa -out /k/x",
            "RUN openssl req -new -key /k -out /csr",
            "RUN openssl rand -hex 32",
            "RUN openssl dhparam -out /dh 2048",
            "RUN openssl version",
            "RUN ssh-keygen -lf k",
            "RUN ssh-keygen -R host",
            "RUN ssh-keygen",
            "RUN keytool -importcert -file x",
            "RUN gpg --verify x",
            "RUN echo openssl genrsa",
            "RUN openssl genrsa 2048\nFROM b:1",
            "CMD openssl genrsa",
            "RUN openssl '",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM größe:1\r\nRUN true && \\\r\n  ssh-keygen -A\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN true && `\n  ssh-keygen -A\n",
            "FROM a:1\nRUN <<EOF\nssh-keygen -A\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["ssh-keygen -A"], "{text}");
        }
    }
}
