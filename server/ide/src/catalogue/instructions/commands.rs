//! Instructions that hold commands: RUN, CMD, ENTRYPOINT, HEALTHCHECK, SHELL.

use syntax::Keyword;

use super::super::{FormKind, Instruction, SyntaxForm, flags};
use super::{form, heredoc, list, many, one};

pub(super) const RUN: Instruction = Instruction {
    keyword: Keyword::Run,
    summary: "Runs a command and keeps the files that it changes as a layer",
    details: "What a later `RUN` removes still takes its room in the layer that made it.",
    forms: &[
        form("command", &[one("command", "A command for the shell: `/bin/sh -c`, or what SHELL says")]),
        list(
            r#"["program", "argument", …]"#,
            &[
                one("\"program\"", "The program, started without a shell"),
                many("\"argument\", …", "Its arguments; the shell's variables are not expanded"),
            ],
        ),
        heredoc("<<EOF", &[one("<<EOF", "The lines below, up to EOF, are a script for the shell")]),
    ],
    flags: flags::RUN,
    anchor: "run",
};

pub(super) const CMD: Instruction = Instruction {
    keyword: Keyword::Cmd,
    summary: "Says what a container runs when nothing else is asked for",
    details: "With an `ENTRYPOINT` as a list it is that program's arguments. Only the last one of a stage counts. As a list it \
gets signals itself; behind a shell it often does not.",
    forms: &[
        list(
            r#"["program", "argument", …]"#,
            &[
                one("\"program\"", "The program, or the entry point's first argument"),
                many("\"argument\", …", "Its arguments"),
            ],
        ),
        form(
            "command",
            &[one("command", "A command for the shell, which then is the container's first process")],
        ),
    ],
    flags: &[],
    anchor: "cmd",
};

pub(super) const ENTRYPOINT: Instruction = Instruction {
    keyword: Keyword::Entrypoint,
    summary: "Says which program a container is",
    details: "What is written behind the image's name in `docker run`, or else `CMD`, becomes its arguments. The shell form takes \
no arguments and keeps signals from the program. It resets a `CMD` that comes from the base image.",
    forms: &[
        list(
            r#"["program", "argument", …]"#,
            &[
                one("\"program\"", "The program"),
                many("\"argument\", …", "Arguments that always stand first"),
            ],
        ),
        form("command", &[one("command", "A command for the shell; CMD is ignored then")]),
    ],
    flags: &[],
    anchor: "entrypoint",
};

pub(super) const HEALTHCHECK: Instruction = Instruction {
    keyword: Keyword::Healthcheck,
    summary: "Says how to find out whether a container works",
    details: "The command runs inside the container: 0 is healthy, 1 is not. The program that it calls must be in the image. Only \
the last one of a stage counts.",
    forms: &[
        form(
            "CMD command",
            &[
                one("CMD", "A command follows"),
                one("command", "A command for the shell: 0 is healthy, 1 is not"),
            ],
        ),
        list(
            r#"CMD ["program", "argument", …]"#,
            &[
                one("CMD", "A list follows"),
                one("\"program\"", "The program, started without a shell"),
                many("\"argument\", …", "Its arguments"),
            ],
        ),
        SyntaxForm {
            kind: FormKind::Keyword("NONE"),
            text: "NONE",
            parameters: &[one("NONE", "No check, even where the base image has one")],
        },
    ],
    flags: flags::HEALTHCHECK,
    anchor: "healthcheck",
};

pub(super) const SHELL: Instruction = Instruction {
    keyword: Keyword::Shell,
    summary: "Says which shell runs the commands that are no lists",
    details: "It holds for `RUN`, `CMD`, `ENTRYPOINT` and `HEALTHCHECK` below it, and for containers of the image. Without it \
it is `/bin/sh -c`, on Windows `cmd /S /C`.",
    forms: &[list(
        r#"["program", "argument", …]"#,
        &[
            one("\"program\"", "The shell"),
            many("\"argument\", …", "Its arguments; the command is added as the last one, so end with `-c`"),
        ],
    )],
    flags: &[],
    anchor: "shell",
};
