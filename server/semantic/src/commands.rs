//! What a shell command does: packages, downloads, files, compilers, configuration, and what it writes where.
//!
//! [`meaning`] looks at one command; [`writes::of_statement`] at a statement, because a pipe carries what one command says into the
//! file of another. Only what is written in the script is read: which packages an install pulls in, or whether a file exists, is
//! not known here. A word with a variable in it stays a word; nothing is guessed from it.

pub mod configure;
pub mod downloads;
pub mod files;
mod grammars;
pub mod options;
pub mod packages;
pub mod tools;
mod wrappers;
pub mod writes;

#[cfg(test)]
mod tests;

use syntax::shell::{Command, ShellWord};

pub use configure::Configure;
pub use downloads::{Download, DownloadTool};
pub use files::{FileCommand, FileOperation};
pub use options::{Flag, Options};
pub use packages::{Ecosystem, Manager, PackageCommand, Verb};
pub use tools::{Tool, ToolKind};
pub use writes::Write;

/// A command, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning<'a> {
    /// The names of the programs around it, outermost first: `sudo`, `env`, `npx` …
    pub wrappers: Vec<&'a str>,
    /// The program that does the work, without its folder; empty where it is not known or there is none.
    pub program: &'a str,
    /// The words after the program.
    pub arguments: &'a [ShellWord],
    /// What it does.
    pub action: Action<'a>,
}

/// What a command does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action<'a> {
    /// A package manager's work, or a language's build through it.
    Package(PackageCommand<'a>),
    /// It fetches from the network to a file or to its output.
    Download(Download<'a>),
    /// It changes files.
    File(FileCommand<'a>),
    /// A compiler, bundler or build tool.
    Tool(Tool<'a>),
    /// It writes a setting or a credential to the place where a program keeps them.
    Configure(Configure<'a>),
    /// Anything else, or not known.
    Other,
}

/// What a command does.
#[must_use]
pub fn meaning(command: &Command) -> Meaning<'_> {
    let (wrappers, words) = wrappers::peel(&command.words);
    let Some((program, arguments)) = words.split_first() else {
        return Meaning { wrappers, program: "", arguments: &[], action: Action::Other };
    };
    let program = program_name(program);
    Meaning { wrappers, program, arguments, action: action(program, arguments) }
}

impl<'a> Meaning<'a> {
    /// The package manager's work, if it is that.
    #[must_use]
    pub const fn package(&self) -> Option<&PackageCommand<'a>> {
        match &self.action {
            Action::Package(package) => Some(package),
            _ => None,
        }
    }

    /// The change of files, if it is one.
    #[must_use]
    pub const fn file(&self) -> Option<&FileCommand<'a>> {
        match &self.action {
            Action::File(file) => Some(file),
            _ => None,
        }
    }

    /// Whether it compiles or bundles: by a tool, or by a package manager's build.
    #[must_use]
    pub fn builds(&self) -> bool {
        match &self.action {
            Action::Package(package) => package.verb == Verb::Build,
            Action::Tool(tool) => tool.kind != ToolKind::Test,
            _ => false,
        }
    }
}

fn action<'a>(program: &'a str, arguments: &'a [ShellWord]) -> Action<'a> {
    if let Some(configure) = configure::read(program, arguments) {
        return Action::Configure(configure);
    }
    if let Some(package) = packages::read(program, arguments) {
        return Action::Package(package);
    }
    if let Some(download) = downloads::read(program, arguments) {
        return Action::Download(download);
    }
    if let Some(file) = files::read(program, arguments) {
        return Action::File(file);
    }
    tools::read(program, arguments).map_or(Action::Other, Action::Tool)
}

/// A word as the shell passes it where that is known, else as written.
fn literal(word: &ShellWord) -> &str {
    word.value.as_deref().unwrap_or(&word.text)
}

fn program_name(word: &ShellWord) -> &str {
    crate::path::file_name(word.value.as_deref().unwrap_or_default())
}
