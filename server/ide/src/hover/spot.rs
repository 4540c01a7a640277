//! Which part of an instruction a cursor is on.

use semantic::{Kind, Stage, StageInstruction};
use syntax::{Flag, Instruction, InstructionNode, Keyword, LocalRange, TextRange, Word};

use super::card::Card;
use super::{View, copy, from, heredoc, is_on, keyword, mount, run, setting, start, variable};

/// A place in an instruction, with what is in force there.
pub(crate) struct Spot<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) instruction: Instruction,
    /// Absent before the first FROM.
    pub(crate) stage: Option<&'a Stage>,
    /// Absent for FROM, and before the first one.
    pub(crate) item: Option<&'a StageInstruction>,
    /// In the document.
    pub(crate) offset: u32,
}

/// What is found: its place, and what to say.
pub(crate) type Found = Option<(TextRange, Card)>;

impl<'a> Spot<'a> {
    /// The place at an offset, where an instruction is there.
    pub(crate) fn at(view: &'a View<'a>, offset: u32) -> Option<Self> {
        let instruction = view.model.document.instruction_at(offset)?;
        let stages = &view.model.stages;
        let n_before = stages.partition_point(|stage| stage.from.start <= instruction.start);
        let stage = n_before.checked_sub(1).and_then(|index| stages.get(index));
        let item = stage.and_then(|stage| {
            let items = &stage.instructions;
            let found = items.binary_search_by_key(&instruction.start, |item| item.instruction.start);
            found.ok().map(|index| &items[index])
        });
        Some(Self { view, instruction, stage, item, offset })
    }

    /// What is known of it. A more special thing comes before what holds it.
    pub(crate) fn hover(&self) -> Found {
        if self.is_on(self.instruction.keyword_range) {
            return keyword::instruction(self, &self.instruction);
        }
        if let Some(trigger) = &self.instruction.trigger {
            return self.trigger(trigger);
        }
        if let Some(found) = heredoc::at(self) {
            return Some(found);
        }
        if let Some(found) = variable::use_at(self) {
            return Some(found);
        }
        if let Some(flag) = self.instruction.flags.iter().find(|flag| self.is_on(flag.range)) {
            return self.flag(flag);
        }
        self.argument()
    }

    /// Whether a part of the instruction is under the cursor.
    pub(crate) fn is_on(&self, range: LocalRange) -> bool {
        is_on(self.instruction.place(range), self.offset)
    }

    /// The place of a part of the instruction.
    pub(crate) fn place(&self, range: LocalRange) -> TextRange {
        self.instruction.place(range)
    }

    /// The word under the cursor.
    pub(crate) fn word(&self) -> Option<(usize, &Word)> {
        let mut words = self.instruction.arguments.words.iter().enumerate();
        words.find(|(_, word)| self.is_on(word.range))
    }

    /// ONBUILD's trigger runs in another build, of which nothing is known: only the language's own words are explained.
    fn trigger(&self, trigger: &InstructionNode) -> Found {
        if self.is_on(trigger.keyword_range) {
            return keyword::instruction(self, trigger);
        }
        let flag = trigger.flags.iter().find(|flag| self.is_on(flag.range))?;
        keyword::flag(self, trigger.keyword, flag)
    }

    fn flag(&self, flag: &Flag) -> Found {
        let on_value = flag.value.as_ref().filter(|value| self.is_on(value.range));
        let Some(value) = on_value else { return keyword::flag(self, self.instruction.keyword, flag) };
        let special = match (self.instruction.keyword, flag.name.as_str()) {
            (Keyword::Run, "mount") => return mount::at(self, value),
            (Keyword::Copy | Keyword::Add, "from") => copy::from_flag(self, value),
            (Keyword::Copy | Keyword::Add, "chown") => copy::owner(self, value),
            (Keyword::Copy | Keyword::Add, "chmod") => copy::permissions(self, value),
            (Keyword::Healthcheck, _) => setting::health_flag(self, flag, value),
            _ => None,
        };
        special.or_else(|| keyword::flag_value(self, self.instruction.keyword, flag, value))
    }

    fn argument(&self) -> Found {
        if self.instruction.keyword == Keyword::From {
            return from::at(self);
        }
        if self.instruction.keyword == Keyword::Arg {
            return variable::definition_at(self);
        }
        let item = self.item?;
        match &item.kind {
            Kind::Env(_) => variable::definition_at(self),
            Kind::Copy(copied) | Kind::Add(copied) => copy::at(self, copied),
            Kind::Run(_) => run::at(self),
            Kind::Cmd | Kind::Entrypoint => start::at(self),
            Kind::Healthcheck => setting::health(self),
            Kind::Workdir(_, place) => setting::workdir(self, item, place),
            Kind::User(user) => setting::user(self, user),
            Kind::Expose(ports) => setting::port(self, ports),
            Kind::Volume(paths) => setting::volume(self, item, paths),
            Kind::Stopsignal(signal) => setting::signal(self, signal),
            Kind::Shell(words) => setting::shell(self, words),
            Kind::Label(_) => setting::label(self),
            _ => None,
        }
    }
}
