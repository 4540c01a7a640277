//! `no-install-recommends`: apt installs what is asked for and what that needs, and not what is only recommended beside it.

use semantic::StageInstruction;
use syntax::shell::ShellWord;
use syntax::{Form, TextEdit, TextRange};

use crate::analysis::call::Call;
use crate::analysis::install::{System, SystemCommand};
use crate::ground;
use crate::offer::{Input, Offers, Recipe};
use crate::places::{self, Place};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Installs packages with apt without those that are only recommended.",
    kind: "refactor.rewrite.no-install-recommends",
    page: PAGE,
    search,
};

const ID: &str = "no-install-recommends";

const FLAG: &str = "--no-install-recommends";

const PAGE: &str = r#"apt installs what a package recommends beside what it needs: documentation, fonts, a mail server. In an image they are hardly ever wanted:

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
```

It is always *unsafe*: what was recommended may be what a program needs after all, as `ca-certificates` beside `curl` or `openssh-client` beside
`git`. Build it (`--prove`), and name such packages in the install.

It is not offered where the file sets `APT::Install-Recommends` by itself.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let refuse = |reason: &str| Offers::refused(ground::place(input.model), reason);
    let items = || input.model.stages.iter().flat_map(|stage| &stage.instructions);
    let is_set = |item: &StageInstruction| item.instruction.source.contains("Install-Recommends");
    if let Some(item) = items().find(|item| is_set(item)) {
        let line = item.instruction.line + 1;
        return Offers::refused(
            item.instruction.range(),
            format!("line {line} sets APT::Install-Recommends"),
        );
    }
    let places: Vec<Place> = items().flat_map(places).collect();
    if places.is_empty() {
        return refuse("every install with apt leaves out what is only recommended, or there is none");
    }
    places::offers(ID, places, Vec::new(), |count| {
        format!("Leave out what is only recommended in {count} installs")
    })
}

/// The installs of an instruction to which the flag can be added.
fn places(item: &StageInstruction) -> Vec<Place> {
    let Some(run) = item.as_run().filter(|run| run.is_understood()) else { return Vec::new() };
    if item.instruction.arguments.form == Some(Form::Exec) {
        return Vec::new();
    }
    run.commands().filter_map(Call::of).filter_map(|call| place(item, &call)).collect()
}

/// Whether it is an install with apt that brings what is only recommended.
#[must_use]
pub fn brings_recommended(call: &Call<'_>) -> bool {
    SystemCommand::of(*call)
        .is_some_and(|command| command.system == System::Apt && command.subcommand == "install")
        && call.program != "aptitude"
        && !call.has(&[FLAG, "--install-recommends", "--install-suggests"])
}

/// The flag added to an install that brings what is only recommended: behind the flags that follow `install`.
#[must_use]
pub fn place(item: &StageInstruction, call: &Call<'_>) -> Option<Place> {
    let subcommand = call.subcommand().filter(|_| brings_recommended(call))?;
    let source = &item.instruction.source;
    let behind = call.arguments.iter().skip_while(|word| word.range.start <= subcommand.range.start);
    let mut last = subcommand;
    for word in behind {
        let between = source.get(last.range.end as usize..word.range.start as usize)?;
        if between.contains('\n') || !is_plain_flag(word) {
            break;
        }
        last = word;
    }
    let range = item.instruction.range();
    let edit = TextEdit {
        range: TextRange::empty(item.instruction.start + last.range.end),
        new_text: format!(" {FLAG}"),
    };
    Some(Place {
        range,
        edits: vec![edit],
        title: "Leave out what is only recommended".to_owned(),
        check: Some("that nothing needs a package that was only recommended".to_owned()),
    })
}

/// Whether a word is a flag without a value of its own.
fn is_plain_flag(word: &ShellWord) -> bool {
    word.value.as_deref().is_some_and(|value| {
        value.starts_with('-')
            && (value.contains('=') || !matches!(value, "-t" | "-o" | "-c" | "--target-release" | "--option"))
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::RECIPE;
    use crate::fixture::{facts, render};

    #[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
    fn check(dockerfile: &str, expected: Expect) {
        expected.assert_eq(&render(&RECIPE, dockerfile, &facts(&[])));
    }

    #[test]
    fn the_flag_comes_behind_the_others() {
        check(
            "FROM debian:bookworm\nRUN apt-get update && apt-get install -y -qq curl\nRUN apt-get -y install \\\n  # why\n  git -t backports\nRUN sudo apt install -t backports x\n",
            expect![[r#"
                unsafe: Leave out what is only recommended in 3 installs
                check that nothing needs a package that was only recommended
                ---
                FROM debian:bookworm
                RUN apt-get update && apt-get install -y -qq --no-install-recommends curl
                RUN apt-get -y install --no-install-recommends \
                  # why
                  git -t backports
                RUN sudo apt install --no-install-recommends -t backports x
            "#]],
        );
    }

    #[test]
    fn heredocs_line_ends_escapes_and_other_letters() {
        check(
            "# escape=`\r\nFROM debian:bookworm\r\nRUN <<EOF\r\napt-get install -y größe # 🐳\r\nEOF\r\nRUN apt-get install -y `\r\n  x\r\n",
            expect![[r#"
                unsafe: Leave out what is only recommended in 2 installs
                check that nothing needs a package that was only recommended
                ---
                # escape=`␍
                FROM debian:bookworm␍
                RUN <<EOF␍
                apt-get install -y --no-install-recommends größe # 🐳␍
                EOF␍
                RUN apt-get install -y --no-install-recommends `␍
                  x␍
            "#]],
        );
    }

    #[test]
    fn what_is_asked_for_or_not_apt_is_left_alone() {
        for run in [
            "apt-get install -y --no-install-recommends curl",
            "apt-get install -y --install-recommends curl",
            "apt-get update",
            "apk add curl",
            "aptitude install x",
            "apt-get install -o APT::Install-Recommends=0 x",
            "echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/x && apt-get install y",
            "[\"apt-get\", \"install\", \"x\"]",
            "apt-get install '",
        ] {
            let result = render(&RECIPE, &format!("FROM debian:bookworm\nRUN {run}\n"), &facts(&[]));
            assert!(result.starts_with("refused: "), "{run}\n{result}");
        }
    }
}
