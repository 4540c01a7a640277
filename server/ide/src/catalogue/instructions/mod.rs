//! The instructions, in the order in which a Dockerfile usually has them.

mod commands;
mod files;
mod settings;

use super::{FormKind, Instruction, Parameter, SyntaxForm};

/// Every instruction.
pub const INSTRUCTIONS: &[Instruction] = &[
    settings::FROM,
    commands::RUN,
    files::COPY,
    files::WORKDIR,
    settings::ENV,
    settings::ARG,
    commands::CMD,
    commands::ENTRYPOINT,
    settings::EXPOSE,
    settings::USER,
    files::ADD,
    settings::LABEL,
    commands::HEALTHCHECK,
    files::VOLUME,
    commands::SHELL,
    settings::STOPSIGNAL,
    settings::ONBUILD,
    settings::MAINTAINER,
];

const fn form(text: &'static str, parameters: &'static [Parameter]) -> SyntaxForm {
    SyntaxForm { kind: FormKind::Plain, text, parameters }
}

const fn list(text: &'static str, parameters: &'static [Parameter]) -> SyntaxForm {
    SyntaxForm { kind: FormKind::List, text, parameters }
}

const fn heredoc(text: &'static str, parameters: &'static [Parameter]) -> SyntaxForm {
    SyntaxForm { kind: FormKind::Heredoc, text, parameters }
}

const fn one(label: &'static str, summary: &'static str) -> Parameter {
    Parameter { label, summary, repeats: false }
}

const fn many(label: &'static str, summary: &'static str) -> Parameter {
    Parameter { label, summary, repeats: true }
}
