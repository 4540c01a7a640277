//! The `layerwise` program: arguments to commands, and printers. Nothing here that an editor needs too.

mod arguments;
mod commands;
mod exit;
mod input;
mod interrupts;
mod output;
mod outside;
mod settings;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::exit::Outcome;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return exit::usage(&error),
    };
    log_to_stderr(&arguments);
    match run(arguments.command) {
        Ok(outcome) => outcome.into(),
        Err(error) => exit::failure(&error),
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Lsp(arguments) => commands::lsp::run(&arguments),
        Command::Check(arguments) => commands::check::run(&arguments),
        Command::Fix(arguments) => commands::fix::run(&arguments),
        Command::Format(arguments) => commands::format::run(&arguments),
        Command::Syntax(arguments) => commands::syntax::run(&arguments),
        Command::Rewrite(arguments) => commands::rewrite::run(&arguments),
        Command::Rules(arguments) => commands::rules::run(&arguments),
        Command::Build(arguments) => commands::build::run(*arguments),
        Command::Test(arguments) => commands::test::run(*arguments),
        Command::Predict(arguments) => commands::predict::run(*arguments),
        Command::Watch(arguments) => commands::watch::run(*arguments),
        Command::Run(arguments) => commands::run::run(*arguments),
        Command::Why(arguments) => commands::why::run(*arguments),
        Command::Graph(arguments) => commands::graph::run(arguments),
        Command::Inspect(arguments) => commands::inspect::run(&arguments),
        Command::Builder(arguments) => commands::builder::run(&arguments),
        Command::Demo(arguments) => commands::demo::run(&arguments),
    }
}

/// Logs go to stderr, and only what `LAYERWISE_LOG` asks for: warnings without it in the language server, nothing in commands.
fn log_to_stderr(arguments: &Arguments) {
    use tracing_subscriber::EnvFilter;
    let default = if matches!(arguments.command, Command::Lsp(_)) { "warn" } else { "off" };
    let filter = EnvFilter::try_from_env("LAYERWISE_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}
