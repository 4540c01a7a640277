//! `sudo` in a RUN.

use crate::analysis::fixes::{replace, to_check};
use crate::analysis::run_calls::{RunCall, run_calls};
use crate::analysis::user::{User, user};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "sudo-in-run",
    aliases: &["DL3004", "DS-0010", "CKV2_DOCKER_1"],
    category: Category::Security,
    severity: Severity::Info,
    on_by_default: true,
    summary: "`sudo` is called by root, or opens root to the user of the container",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A RUN calls `sudo`: as root, where it does nothing; or, in a stage that is shipped, as a user that USER set, who can then become root in
the container too. Where only the base image knows the user, nothing is said; nor where `sudo -u` gives rights away.

## Why

As root it only needs a package and changes the environment: `sudo` clears variables that ENV set. A user who can call it without a
password is root for whoever takes over the container's process.

## Bad

```dockerfile
FROM debian:12-slim
RUN sudo apt-get update
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update
```

```dockerfile
FROM debian:12-slim
RUN useradd app
USER app
RUN make
USER root
RUN make install
USER app
```

## When to ignore

In development containers, whose users are meant to install what they need.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, is_shipped, .. } = *input;
    for call in run_calls(stage) {
        let words = &call.call.command.words;
        let Some(sudo) = words.first().filter(|word| word.text == "sudo" || word.text == "/usr/bin/sudo")
        else {
            continue;
        };
        if call.call.program == "sudo" || gives_rights_away(&call) {
            continue;
        }
        let is_root = match user(file, stage, call.item.user.as_ref()) {
            User::Root => true,
            User::Other if is_shipped => false,
            _ => continue,
        };
        let message = if is_root {
            "`sudo` does nothing here, for this runs as root already, but clear variables that ENV set. Leave it out."
        } else {
            "`sudo` lets this user become root in every container too. Write `USER root` before this RUN and the user's USER after it."
        };
        let finding = findings.add(call.place(sudo.range), message);
        finding.fixes.extend(without_sudo(&call).filter(|_| is_root));
    }
}

/// Whether it runs the command as somebody else than root.
fn gives_rights_away(call: &RunCall<'_>) -> bool {
    let until = call.call.command.words.len() - call.call.arguments.len();
    call.call.command.words[..until].iter().any(|word| {
        word.text.starts_with("-u") || word.text.starts_with("--user") || word.text.starts_with("-g")
    })
}

fn without_sudo(call: &RunCall<'_>) -> Option<rewrites::Fix> {
    let [sudo, next, ..] = call.call.command.words.as_slice() else { return None };
    let gap = syntax::LocalRange::new(sudo.range.start, next.range.start);
    let is_plain = call.is_editable()
        && next.range == call.program_word()?.range
        && !gap.of(&call.item.instruction.source).contains('\n');
    let check = "that nothing relies on the environment that sudo sets";
    is_plain.then(|| to_check("Leave `sudo` out", check, vec![replace(call.place(gap), "")]))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "sudo-in-run";

    #[test]
    fn roots_sudo_is_taken_out() {
        check_fix_of(
            CODE,
            "
FROM debian:12
RUN echo größe && \\
    sudo apt-get update
RUN sudo -E make
",
            expect![[r"
                Leave `sudo` out (unsafe: that nothing relies on the environment that sudo sets)
                FROM debian:12
                RUN echo größe && \
                    apt-get update
                RUN sudo -E make
            "]],
        );
    }

    #[test]
    fn a_user_who_becomes_root_is_pointed_at_in_what_is_shipped() {
        let text = "FROM a:1\nUSER app\nRUN sudo make install\n";
        assert!(check_only(CODE, text)[0].message.contains("become root"));
        no_findings(CODE, &format!("{text}FROM a:2\n"));
        assert_eq!(check_only(CODE, "FROM a:1\nUSER root\nRUN sudo make\nFROM a:2\n").len(), 1);
    }

    #[test]
    fn unknown_users_and_other_words_are_fine() {
        for text in [
            "FROM a:1\nRUN sudo make",
            "FROM a:1\nUSER $U\nRUN sudo make",
            "FROM debian:12\nRUN sudo -u app make",
            "FROM debian:12\nRUN echo sudo make",
            "FROM debian:12\nRUN apt-get install sudo",
            "FROM debian:12\nRUN sudo '",
            "FROM debian:12\nRUN sudo",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM debian:12\r\nRUN echo größe && \\\r\n  sudo make\r\nRUN\r\n",
            "# escape=`\nFROM debian:12\nRUN true && `\n  sudo make\n",
            "FROM debian:12\nRUN <<EOF\nsudo make\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["sudo"], "{text}");
        }
    }
}
