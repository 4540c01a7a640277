//! `exec-form`: CMD and ENTRYPOINT start their program themselves, without a shell that keeps signals and arguments from it.

use semantic::image_reference::ImageReference;
use semantic::{Base, Kind, Model, Stage, StageInstruction};
use syntax::shell::StatementKind;
use syntax::{Form, LocalRange, TextEdit};

use crate::ground;
use crate::offer::{Input, Offers, Recipe, Refusal};
use crate::places::{self, Place};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Writes CMD and ENTRYPOINT as JSON lists, so that the program gets signals and arguments itself.",
    kind: "refactor.rewrite.exec-form",
    page: PAGE,
    search,
};

const ID: &str = "exec-form";

const PAGE: &str = r#"A CMD or ENTRYPOINT that is a text is run by a shell. The shell is then process 1 and does not pass signals on, and the arguments of
`docker run` do not reach an ENTRYPOINT. As a list it is started itself:

```dockerfile
FROM debian:12-slim
CMD ["server", "--port", "80"]
```

It is offered for one simple command whose words are certain: no variable, pattern, pipe, redirection or builtin of the shell, and no SHELL. Lines and
comments between the words stay.

It is *unsafe* where the list may mean another thing than the text: a CMD whose ENTRYPOINT gets its words one by one (that of a base image
too: it is known of official images of distributions and languages, and of those that the builder has), an ENTRYPOINT, behind which the words of CMD and of
the command line then come, what a shell has of its own beside a program (`echo`, `test`), and a script that may lack its `#!` line, which only a shell starts.
"#;

/// What only a shell knows.
const BUILTINS: [&str; 43] = [
    ".", ":", "[[", "alias", "bg", "break", "builtin", "cd", "command", "continue", "coproc", "declare",
    "dirs", "disown", "eval", "exec", "exit", "export", "fg", "getopts", "hash", "help", "jobs", "let",
    "local", "popd", "pushd", "read", "readonly", "return", "set", "shift", "shopt", "source", "suspend",
    "times", "trap", "type", "typeset", "ulimit", "umask", "unset", "wait",
];

/// What a shell has of its own, beside a program of that name.
const OWN: [&str; 6] = ["[", "echo", "kill", "printf", "test", "time"];

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let (mut places, mut refusals) = (Vec::new(), Vec::new());
    for stage in &input.model.stages {
        for item in in_force(stage).filter(|item| is_run_by_shell(item)) {
            let keyword = item.instruction.keyword;
            match place(input, stage, item) {
                Some(place) => places.push(place),
                None => refusals.push(Refusal {
                    place: item.instruction.range(),
                    reason: format!("{keyword} on line {} needs its shell", item.instruction.line + 1),
                }),
            }
        }
    }
    if places.is_empty() && refusals.is_empty() {
        let reason = "no CMD or ENTRYPOINT is run by a shell".to_owned();
        refusals.push(Refusal { place: ground::place(input.model), reason });
    }
    places::offers(ID, places, refusals, |count| format!("Write {count} commands as JSON lists"))
}

/// The CMD and the ENTRYPOINT of a stage: the last ones, for these replace those above.
fn in_force(stage: &Stage) -> impl Iterator<Item = &StageInstruction> {
    let last = |wanted: fn(&Kind) -> bool| stage.instructions.iter().rfind(move |item| wanted(&item.kind));
    let entrypoint = last(|kind| matches!(kind, Kind::Entrypoint));
    entrypoint.into_iter().chain(last(|kind| matches!(kind, Kind::Cmd)))
}

/// Whether a command in shell form begins with `exec`, which gives the program the shell's place.
#[must_use]
pub fn hands_over(item: &StageInstruction) -> bool {
    let text = item.instruction.arguments.text.trim_start();
    text.strip_prefix("exec").is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// Whether this is a CMD or ENTRYPOINT that the default shell runs.
#[must_use]
pub fn is_run_by_shell(item: &StageInstruction) -> bool {
    matches!(item.kind, Kind::Cmd | Kind::Entrypoint)
        && item.instruction.arguments.form == Some(Form::Shell)
        && item.shell.is_none()
        && !item.instruction.arguments.text.is_empty()
}

/// The change of one command into a list; nothing where it needs its shell.
#[must_use]
pub fn place(input: &Input<'_>, stage: &Stage, item: &StageInstruction) -> Option<Place> {
    if !is_run_by_shell(item) {
        return None;
    }
    let words = words(item)?;
    let instruction = &item.instruction;
    let last = words.len() - 1;
    let edits = words.iter().enumerate().map(|(at, (value, range))| {
        let quoted = serde_json::Value::from(value.as_str());
        let (open, close) = (if at == 0 { "[" } else { "" }, if at == last { "]" } else { "," });
        TextEdit { range: instruction.place(*range), new_text: format!("{open}{quoted}{close}") }
    });
    Some(Place {
        range: instruction.range(),
        edits: edits.collect(),
        title: "Write a JSON list".to_owned(),
        check: check(input, stage, item, &words[0].0),
    })
}

/// The words of a command that a shell would start as they are, each with its place; nothing where the shell does more than that.
fn words(item: &StageInstruction) -> Option<Vec<(String, LocalRange)>> {
    let instruction = &item.instruction;
    let script = instruction.shell()?;
    let [statement] = script.statements.as_slice() else { return None };
    let [command] = statement.commands.as_slice() else { return None };
    let is_simple = script.clean
        && statement.kind == StatementKind::Command
        && command.assignments.is_empty()
        && command.redirections.is_empty()
        && !command.words.is_empty();
    if !is_simple || command.words[0].value.as_deref().is_none_or(|program| BUILTINS.contains(&program)) {
        return None;
    }
    // Between the words and around them is white space alone: a `;` or `&` at the end is no part of a list.
    let mut end = instruction.arguments.range.start;
    let mut words = Vec::new();
    for word in &command.words {
        let value = word.value.clone().filter(|value| !value.chars().any(char::is_control))?;
        if !is_blank(item, LocalRange::new(end, word.range.start)) {
            return None;
        }
        end = word.range.end;
        words.push((value, word.range));
    }
    is_blank(item, LocalRange::new(end, instruction.arguments.range.end)).then_some(words)
}

/// Whether a part of an instruction is nothing but white space, comments, and escape characters at the ends of lines.
fn is_blank(item: &StageInstruction, range: LocalRange) -> bool {
    let instruction = &item.instruction;
    let mut lines = range.of(&instruction.source).lines();
    let is_blank =
        |line: &str| line.chars().all(|letter| letter.is_whitespace() || letter == instruction.escape);
    lines.next().is_none_or(is_blank)
        && lines.all(|line| line.trim_start().starts_with('#') || is_blank(line))
}

/// What is to be checked, as the settings beside it and those of the base image tell.
fn check(input: &Input<'_>, stage: &Stage, item: &StageInstruction, program: &str) -> Option<String> {
    let has =
        |stage: &Stage, wanted: fn(&Kind) -> bool| stage.instructions.iter().any(|other| wanted(&other.kind));
    if matches!(item.kind, Kind::Entrypoint) {
        // A CMD may stand in a stage that starts from this one, too; that is not this stage's to know.
        let whose = match has(stage, |kind| matches!(kind, Kind::Cmd)) {
            true => "of CMD",
            false => "that the container is started with",
        };
        return Some(format!("that the program takes the words {whose} as its arguments"));
    }
    if OWN.contains(&program) {
        return Some(format!("that the image's {program} does what the shell's own does"));
    }
    if program.contains('/') {
        return Some(format!("that {program} begins with #! if it is a script"));
    }
    let lineage = input.model.lineage(stage.index);
    if lineage.iter().any(|stage| has(stage, |kind| matches!(kind, Kind::Entrypoint))) {
        return Some("that ENTRYPOINT takes the command as words".to_owned());
    }
    match input.model.root(stage.index) {
        Base::Scratch => None,
        Base::Image(name) => match input.facts.base_image(name) {
            Some(image) if !image.shell.is_empty() => Some(format!("that the shell of {name} is not needed")),
            Some(image) => {
                let program = image.entrypoint.first()?;
                Some(format!("that {program}, the ENTRYPOINT of {name}, takes the command as words"))
            }
            None if has_no_entrypoint(name) => None,
            None => Some(format!("that {name} has no ENTRYPOINT, or one that takes the command as words")),
        },
        _ => Some("that the base image has no ENTRYPOINT, or one that takes the command as words".to_owned()),
    }
}

/// Whether an image is one of the official ones that set no ENTRYPOINT, as far as all their tags go.
fn has_no_entrypoint(name: &str) -> bool {
    const IMAGES: [&str; 20] = [
        "almalinux",
        "alpine",
        "amazonlinux",
        "archlinux",
        "buildpack-deps",
        "busybox",
        "debian",
        "elixir",
        "erlang",
        "fedora",
        "gcc",
        "golang",
        "oraclelinux",
        "perl",
        "python",
        "pypy",
        "rockylinux",
        "ruby",
        "rust",
        "ubuntu",
    ];
    let reference = ImageReference::parse(name);
    reference.is_ok_and(|image| image.is_official() && IMAGES.contains(&image.short_name()))
}

/// Whether two files start their final images by the same CMD or ENTRYPOINT (`wanted` says which): as written, or as a list of the words that
/// the shell got.
pub(crate) fn is_same(before: &Model, after: &Model, wanted: fn(&Kind) -> bool) -> bool {
    let find = |model: &Model| -> Option<StageInstruction> {
        let last = model.final_stage()?.index;
        let lineage = model.lineage(last);
        let mut items = lineage.into_iter().flat_map(|stage| &stage.instructions);
        items.rfind(|item| wanted(&item.kind)).cloned()
    };
    let (Some(one), Some(other)) = (find(before), find(after)) else { return false };
    let listed: Option<Vec<String>> = serde_json::from_str(&other.instruction.arguments.text).ok();
    let (Some(words), Some(listed)) = (words(&one), listed) else { return false };
    is_run_by_shell(&one) && words.into_iter().map(|(word, _)| word).eq(listed)
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
    fn words_are_quoted_where_they_stand() {
        check(
            "FROM debian:bookworm\nCMD server --name 'größe \"x\"' a\\ b\n",
            expect![[r#"
            safe: Write a JSON list
            ---
            FROM debian:bookworm
            CMD ["server", "--name", "größe \"x\"", "a b"]
        "#]],
        );
        check(
            "# escape=`\r\nfrom debian:bookworm\r\ncmd server `\r\n  # 🐳 the port\r\n  --port  80\r\n",
            expect![[r#"
                safe: Write a JSON list
                ---
                # escape=`␍
                from debian:bookworm␍
                cmd ["server", `␍
                  # 🐳 the port␍
                  "--port",  "80"]␍
            "#]],
        );
        check(
            "FROM debian:bookworm\nENTRYPOINT server\n",
            expect![[r#"
            unsafe: Write a JSON list
            check that the program takes the words that the container is started with as its arguments
            ---
            FROM debian:bookworm
            ENTRYPOINT ["server"]
        "#]],
        );
    }

    #[test]
    fn an_entry_point_of_another_stage_and_a_script_are_to_be_checked() {
        for (text, expected) in [
            (
                "FROM debian:12 AS b\nENTRYPOINT server\nFROM b\nCMD [\"--x\"]\n",
                "check that the program takes the words that the container is started with as its arguments",
            ),
            (
                "FROM debian:12\nCOPY run.sh /\nCMD /run.sh\n",
                "check that /run.sh begins with #! if it is a script",
            ),
        ] {
            let result = render(&RECIPE, text, &facts(&[]));
            assert!(result.starts_with("unsafe: ") && result.contains(expected), "{text}\n{result}");
        }
        for command in ["[[ -f /x ]]", "times", "coproc x"] {
            let text = format!("FROM fedora:40\nCMD {command}\n");
            let result = render(&RECIPE, &text, &facts(&[]));
            assert!(result.starts_with("refused: "), "{text}\n{result}");
        }
    }

    #[test]
    fn what_may_mean_another_thing_is_to_be_checked() {
        check(
            "FROM debian:bookworm\nENTRYPOINT server\nCMD [\"--port\"]\n",
            expect![[r#"
            unsafe: Write a JSON list
            check that the program takes the words of CMD as its arguments
            ---
            FROM debian:bookworm
            ENTRYPOINT ["server"]
            CMD ["--port"]
        "#]],
        );
        check(
            "FROM debian:bookworm\nENTRYPOINT [\"tini\"]\nCMD server\n",
            expect![[r#"
            unsafe: Write a JSON list
            check that ENTRYPOINT takes the command as words
            ---
            FROM debian:bookworm
            ENTRYPOINT ["tini"]
            CMD ["server"]
        "#]],
        );
        check(
            "FROM example/unknown\nCMD server\n",
            expect![[r#"
            unsafe: Write a JSON list
            check that example/unknown has no ENTRYPOINT, or one that takes the command as words
            ---
            FROM example/unknown
            CMD ["server"]
        "#]],
        );
        check(
            "FROM debian:bookworm AS base\nENTRYPOINT [\"tini\"]\nFROM base\nCMD server\n",
            expect![[r#"
            unsafe: Write a JSON list
            check that ENTRYPOINT takes the command as words
            ---
            FROM debian:bookworm AS base
            ENTRYPOINT ["tini"]
            FROM base
            CMD ["server"]
        "#]],
        );
    }

    #[test]
    fn what_needs_a_shell_keeps_it() {
        for command in [
            "CMD a && b",
            "CMD server;",
            "CMD server &",
            "CMD (server)",
            "CMD cd /app",
            "CMD exec server",
            "CMD A=1 server",
            "CMD server > /log",
            "CMD server $PORT",
            "CMD server *.conf",
            "CMD ~/server",
            "CMD server `date`",
            "CMD server | tee x",
            "CMD server 'x",
            "CMD [\"server\"]",
            "SHELL [\"/bin/bash\", \"-c\"]\nCMD server",
            "HEALTHCHECK CMD server",
        ] {
            let result = render(&RECIPE, &format!("FROM debian:bookworm\n{command}\n"), &facts(&[]));
            assert!(result.starts_with("refused: "), "{command}\n{result}");
        }
    }
}
