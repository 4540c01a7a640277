//! A command that changes the owner or the mode of files.

use semantic::StageInstruction;
use semantic::path::Place;
use syntax::shell::{Command, ShellWord};

use crate::analysis::call::Call;
use crate::analysis::image_path::{ImagePath, resolve};
use crate::offer::Input;

/// A `chown`, `chgrp` or `chmod`.
#[derive(Debug)]
pub struct Change<'a> {
    /// The program.
    pub program: &'a str,
    /// The owner or the mode.
    pub to: &'a ShellWord,
    /// The flags that make it go down into folders.
    pub recursive: Vec<&'a ShellWord>,
    /// What it changes, as far as that is known.
    pub paths: Vec<ImagePath>,
    /// Whether all that it changes is known.
    pub is_complete: bool,
}

impl<'a> Change<'a> {
    /// The change that a command makes where `cwd` is the working directory.
    #[must_use]
    pub fn of(input: &Input<'_>, item: &StageInstruction, command: &'a Command, cwd: &Place) -> Option<Self> {
        let call = Call::of(command).filter(|call| matches!(call.program, "chown" | "chmod" | "chgrp"))?;
        let is_flag = |text: &str| {
            text.starts_with("--")
                || text.starts_with('-') && text[1..].bytes().all(|byte| b"RHLPvcfh".contains(&byte))
        };
        let mut words = call.arguments.iter().filter(|word| !is_flag(&word.text));
        let to = words.next()?;
        let named: Vec<&ShellWord> = words.collect();
        let recursive = call.arguments.iter().filter(|word| {
            word.value.as_deref().is_some_and(|value| {
                value == "--recursive" || is_flag(value) && !value.starts_with("--") && value.contains('R')
            })
        });
        let paths: Vec<_> = named.iter().filter_map(|word| resolve(input, item, cwd, word)).collect();
        let is_complete = paths.len() == named.len();
        Some(Self { program: call.program, to, recursive: recursive.collect(), paths, is_complete })
    }

    /// Whether it goes down into folders.
    #[must_use]
    pub fn is_recursive(&self) -> bool {
        !self.recursive.is_empty()
    }
}

/// Whether a mode is one that `--chmod` takes.
#[must_use]
pub fn is_octal(mode: &str) -> bool {
    (3..=4).contains(&mode.len()) && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte))
}
