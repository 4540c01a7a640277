//! Shells: what a script does that the shell cannot.
//!
//! A script of the Dockerfile itself has no name but the shell's (`/bin/sh: 2: x: not found`). dash writes the line alone, bash and
//! BusyBox write the word `line` before it.

use crate::problems::tool::{Innermost, Rule, Tool};

const SCRIPTS: &[&str] = &[".sh", ".bash", ".zsh", ".ksh"];

/// Other programs count lines in the same words (`awk: line 1: …`, `yaml: line 3: …`): a script is one by its name or its folder, and the
/// names of all shells end so.
const RUN: &[&str] = &["/", "sh"];

pub(crate) const SHELL: Tool = Tool {
    name: "sh",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::tells("{file}: line {line}: {message}").of(RUN),
        Rule::tells("{file}: {line}: Syntax error: {message}").saying("Syntax error: "),
        Rule::tells("{file}: {line}: {message}").of(SCRIPTS),
        Rule::tells("{file}: {line}: {message}").of(&["/sh", "/bash", "/dash", "/ash"]),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn scripts_and_the_shells_own_commands() {
        check(
            r#"
start
build.sh: 3: frobnicate: not found
start
./build.sh: line 3: frobnicate: command not found
syntax.sh: 3: Syntax error: end of file unexpected (expecting "fi")
syntax.sh: line 3: syntax error: unexpected end of file
sh: 1: frob: not found
bash: line 1: frob: command not found

/srv/run: line 7: größe: command not found
/bin/sh: 2: /srv/x.sh: Permission denied
"#,
            expect![[r#"
                build.sh:3
                  error (sh): frobnicate: not found
                ./build.sh:3
                  error (sh): frobnicate: command not found
                syntax.sh:3
                  error (sh): Syntax error: end of file unexpected (expecting "fi")
                syntax.sh:3
                  error (sh): syntax error: unexpected end of file
                bash:1
                  error (sh): frob: command not found
                /srv/run:7
                  error (sh): größe: command not found
                /bin/sh:2
                  error (sh): /srv/x.sh: Permission denied
            "#]],
        );
    }

    #[test]
    fn lines_with_numbers_are_nothing() {
        is_silent(
            r#"
step: 3: done
warning: line 3 is long
a.txt: 3: x
main.py: 3: x
build.sh: done
line 3: x
"#,
        );
    }
}
