//! Who reads an ARG: the instructions that name it, and the RUNs that may take it from their environment.

use semantic::{Kind, Stage, StageInstruction};

use crate::analysis::call::Call;
use crate::analysis::install::{SystemCommand, is_expensive, is_harmless};

/// What a RUN does with variables that it does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It installs, for a long time, and takes none.
    Expensive,
    /// It is quick, and takes none.
    Harmless,
    /// It may take them from its environment.
    Taker,
}

impl Class {
    /// The class of an instruction that runs something.
    fn of(item: &StageInstruction) -> Option<Self> {
        let run = match &item.kind {
            Kind::Run(run) => run,
            Kind::Onbuild => return Some(Self::Taker),
            _ => return None,
        };
        if !run.is_understood() {
            return Some(Self::Taker);
        }
        let mut class = Self::Harmless;
        for command in run.commands() {
            match Call::of(command) {
                Some(call) if is_expensive(call) => class = Self::Expensive,
                Some(call) if is_harmless(call.program) || is_of_cache(call) => {}
                None if command.words.is_empty() => {}
                _ => return Some(Self::Taker),
            }
        }
        Some(class)
    }
}

/// Whether a command is about a package manager's own cache.
fn is_of_cache(call: Call<'_>) -> bool {
    call.subcommand_text() == "cache" && matches!(call.program, "npm" | "pip" | "pip3" | "pnpm" | "yarn")
}

/// Whether a RUN installs what a language's package manager knows: packages of that kind come with scripts, and settings name variables.
#[must_use]
pub fn installs_for_a_language(item: &StageInstruction) -> bool {
    let calls = item.as_run().into_iter().flat_map(semantic::Run::commands).filter_map(Call::of);
    calls.filter(|call| is_expensive(*call)).any(|call| SystemCommand::of(call).is_none())
}

/// Who reads the variables of a stage.
#[derive(Debug)]
pub struct Readers {
    uses: Uses,
    /// By the instruction's position.
    classes: Vec<Option<Class>>,
}

impl Readers {
    /// Reads each instruction of the stage once, whatever the number of names.
    #[must_use]
    pub fn of(stage: &Stage, names: &[&str]) -> Self {
        Self { uses: Uses::of(stage, names), classes: stage.instructions.iter().map(Class::of).collect() }
    }

    /// The positions of the instructions behind one that hold the name, in order.
    #[must_use]
    pub fn behind(&self, name: &str, position: usize) -> &[usize] {
        self.uses.behind(name, position)
    }

    /// The positions of the RUNs of a class, in order.
    #[must_use]
    pub fn of_class(&self, wanted: Class) -> Vec<usize> {
        (0..self.classes.len()).filter(|position| self.class(*position) == Some(wanted)).collect()
    }

    /// The class of an instruction that runs something.
    #[must_use]
    pub fn class(&self, position: usize) -> Option<Class> {
        self.classes.get(position).copied().flatten()
    }

    /// Whether an instruction holds the name, or may take the variable from its environment.
    pub(super) fn may_read(&self, name: &str, position: usize) -> bool {
        self.class(position) == Some(Class::Taker) || self.names(name, position)
    }

    /// Whether an instruction holds the name.
    pub(super) fn names(&self, name: &str, position: usize) -> bool {
        self.uses.all(name).binary_search(&position).is_ok()
    }
}

/// Where the names of a stage's ARGs stand in its instructions: as `$NAME`, and in shell text as a word.
#[derive(Debug)]
struct Uses {
    /// By name, the positions of the instructions that hold it, in order.
    uses: Vec<(String, Vec<usize>)>,
}

impl Uses {
    /// Reads each instruction of the stage once.
    fn of(stage: &Stage, names: &[&str]) -> Self {
        let mut uses: Vec<(String, Vec<usize>)> =
            names.iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
        uses.sort();
        uses.dedup();
        // Most words are ruled out by their first letter and length.
        let mut lengths = [0_u64; 256];
        for (name, _) in &uses {
            if let Some(first) = name.as_bytes().first() {
                lengths[usize::from(*first)] |= 1 << (name.len() % 64);
            }
        }
        let may_be_name = |word: &str| {
            word.as_bytes()
                .first()
                .is_some_and(|first| lengths[usize::from(*first)] & (1 << (word.len() % 64)) != 0)
        };
        for (position, item) in stage.instructions.iter().enumerate() {
            for word in identifiers(&item.instruction.source).filter(|word| may_be_name(word)) {
                if let Ok(at) = uses.binary_search_by(|(name, _)| name.as_str().cmp(word))
                    && uses[at].1.last() != Some(&position)
                {
                    uses[at].1.push(position);
                }
            }
        }
        Self { uses }
    }

    /// The positions of the instructions that hold the name, in order.
    fn all(&self, name: &str) -> &[usize] {
        let found = self.uses.binary_search_by(|(other, _)| other.as_str().cmp(name));
        found.map_or(&[], |at| self.uses[at].1.as_slice())
    }

    /// The positions of the instructions behind one that hold the name, in order.
    fn behind(&self, name: &str, position: usize) -> &[usize] {
        let positions = self.all(name);
        &positions[positions.partition_point(|other| *other <= position)..]
    }
}

/// The words of a text that could be names of variables.
fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.split(move |letter| !is_part(letter)).filter(|word| !word.is_empty())
}
