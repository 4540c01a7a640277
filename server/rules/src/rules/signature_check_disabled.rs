//! A package manager that installs what nobody has signed.

use semantic::Run;
use syntax::shell::ShellWord;

use crate::analysis::call::Call;
use crate::analysis::fixes::to_check;
use crate::analysis::run_calls::{RunCall, run_calls, verifies};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "signature-check-disabled",
    aliases: &["CKV2_DOCKER_7", "CKV2_DOCKER_8", "CKV2_DOCKER_9", "CKV2_DOCKER_10", "CKV2_DOCKER_11"],
    category: Category::Security,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A package manager installs packages without checking their signatures",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A package manager is told not to check signatures: `apk --allow-untrusted`, `apt-get --allow-unauthenticated` and `--force-yes`,
`--nogpgcheck` of dnf and yum, `rpm --nosignature`, `zypper --no-gpg-checks`.

A package that the build did not fetch in this RUN (one that COPY brought, or an earlier stage built) is left alone, and so is a RUN that
checks what it fetched against a checksum or a signature.

## Why

Signatures are all that stands between a mirror, a proxy or whoever sits on the way, and programs that run as root in the image. With
`--force-yes`, apt also downgrades and removes packages that others need.

## Bad

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --allow-unauthenticated tool && rm -rf /var/lib/apt/lists/*
```

## Good

```dockerfile
FROM debian:12-slim
COPY tool-archive-keyring.gpg /usr/share/keyrings/
RUN apt-get update && apt-get install -y tool && rm -rf /var/lib/apt/lists/*
```

## When to ignore

When the packages come from a repository of your own that signs nothing.
"#;

/// A flag that switches the check off.
struct Flag {
    programs: &'static [&'static str],
    flags: &'static [&'static str],
    alias: Option<&'static str>,
}

const FLAGS: &[Flag] = &[
    Flag { programs: &["apk"], flags: &["--allow-untrusted"], alias: Some("CKV2_DOCKER_7") },
    Flag {
        programs: &["apt-get", "apt", "aptitude"],
        flags: &["--allow-unauthenticated"],
        alias: Some("CKV2_DOCKER_8"),
    },
    Flag { programs: &["apt-get", "apt"], flags: &["--force-yes"], alias: Some("CKV2_DOCKER_11") },
    Flag {
        programs: &["yum", "dnf", "dnf5", "tdnf"],
        flags: &["--nogpgcheck", "--no-gpgchecks"],
        alias: Some("CKV2_DOCKER_9"),
    },
    Flag { programs: &["microdnf"], flags: &["--nogpgcheck", "--no-gpgchecks"], alias: None },
    Flag {
        programs: &["rpm"],
        flags: &["--nosignature", "--nodigest", "--noverify", "--nofiledigest"],
        alias: Some("CKV2_DOCKER_10"),
    },
    Flag { programs: &["zypper"], flags: &["--no-gpg-checks", "--no-gpg-check"], alias: None },
];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for call in run_calls(input.stage) {
        let Some((flag, word)) = flag_of(&call) else { continue };
        if installs_own_files(&call) || verifies(call.run) {
            continue;
        }
        let text = &word.text;
        let message = format!(
            "`{text}` installs packages that nobody has signed, or that were changed on the way. Leave it out, and add the key of the repository instead."
        );
        let finding = findings.add(call.place(word.range), message);
        finding.aliases = flag.alias.into_iter().collect();
        let check = "that the image has the keys of the repositories";
        finding
            .fixes
            .extend(call.without(&[word]).map(|edits| to_check(format!("Leave `{text}` out"), check, edits)));
    }
}

fn flag_of<'a>(call: &RunCall<'a>) -> Option<(&'static Flag, &'a ShellWord)> {
    let mut flags = FLAGS.iter().filter(|flag| flag.programs.contains(&call.call.program));
    flags.find_map(|flag| {
        let is_it =
            |word: &&ShellWord| word.value.as_deref().is_some_and(|value| flag.flags.contains(&value));
        call.call.arguments.iter().find(is_it).map(|word| (flag, word))
    })
}

/// Whether all that is installed are files that this RUN did not fetch.
fn installs_own_files(call: &RunCall<'_>) -> bool {
    let is_file = |word: &ShellWord| {
        let text = word.text.trim_matches(['"', '\'']);
        !text.contains("://")
            && (text.contains('/') || [".apk", ".deb", ".rpm"].iter().any(|ending| text.ends_with(ending)))
    };
    let skipped = usize::from(call.call.program != "rpm");
    let mut operands = call.call.operands().skip(skipped).peekable();
    operands.peek().is_some() && operands.all(is_file) && !fetches(call.run)
}

fn fetches(run: &Run) -> bool {
    let is_fetch = |call: Call<'_>| matches!(call.program, "curl" | "wget" | "aria2c" | "scp" | "git");
    run.commands().filter_map(Call::of).any(is_fetch)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "signature-check-disabled";

    #[test]
    fn each_flag_has_its_own_alias() {
        for (command, alias) in [
            ("apk add --no-cache --allow-untrusted x", "CKV2_DOCKER_7"),
            ("wget https://e.com/glibc.apk && apk add --allow-untrusted glibc.apk", "CKV2_DOCKER_7"),
            ("apt-get install -y --allow-unauthenticated x", "CKV2_DOCKER_8"),
            ("sudo apt-get install -y --force-yes x", "CKV2_DOCKER_11"),
            ("yum install -y --nogpgcheck x", "CKV2_DOCKER_9"),
            ("dnf --nogpgcheck install -y https://e.com/x.rpm", "CKV2_DOCKER_9"),
            ("rpm -i --nosignature https://e.com/x.rpm", "CKV2_DOCKER_10"),
            ("zypper --no-gpg-checks in -y x", ""),
        ] {
            let found = check_only(CODE, &format!("FROM a:1\nRUN {command}\n"));
            assert_eq!(found.len(), 1, "{command}");
            assert_eq!(found[0].aliases.join(" "), alias, "{command}");
            assert!(found[0].message.contains("nobody has signed"));
        }
    }

    #[test]
    fn the_flag_is_taken_out() {
        check_fix_of(
            CODE,
            "
FROM a:1
RUN echo größe && apt-get install -y --force-yes \\
  x
",
            expect![[r#"
                Leave `--force-yes` out (unsafe: that the image has the keys of the repositories)
                FROM a:1
                RUN echo größe && apt-get install -y \
                  x
            "#]],
        );
    }

    #[test]
    fn own_packages_and_verified_ones_are_fine() {
        for command in [
            "apk add --allow-untrusted /packages/x.apk",
            "apk add --allow-untrusted ./*.apk",
            "yum localinstall -y --nogpgcheck /tmp/x.rpm",
            "wget https://e.com/x.apk && echo 'abc  x.apk' | sha256sum -c && apk add --allow-untrusted x.apk",
            "apt-get install -y x",
            "echo apt-get --force-yes",
            "rpm -i x.rpm",
        ] {
            no_findings(CODE, &format!("FROM a:1\nRUN {command}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN yum install größe \\\r\n  --nogpgcheck\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN yum install x `\n  --nogpgcheck\n",
            "FROM a:1\nRUN <<EOF\nyum install x --nogpgcheck\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["--nogpgcheck"], "{text}");
        }
        no_findings(CODE, "FROM a:1\nRUN apt-get install '--force-yes\nRUN rpm\n");
    }
}
