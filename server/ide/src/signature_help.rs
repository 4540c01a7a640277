//! How the instruction at a cursor is written, and which of its parts the cursor is in.

use std::ops::Range;

use semantic::Frontend;
use syntax::{Keyword, mount};

use crate::catalogue::{self, Flag, FormKind, Instruction, SyntaxForm, ValueKind};
use crate::cursor::{Argument, Cursor, InInstruction, Part};
use crate::host::{DocumentId, Snapshot};

#[cfg(test)]
mod tests;

/// The ways in which an instruction may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHelp {
    /// One for each way.
    pub signatures: Vec<Signature>,
    /// Which of them the cursor's instruction uses.
    pub active: usize,
}

/// One way to write an instruction or a mount.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signature {
    /// All of it on one line.
    pub label: String,
    /// What it does, as Markdown.
    pub documentation: String,
    /// Its parts, in order.
    pub parameters: Vec<SignatureParameter>,
    /// The part that the cursor is in.
    pub active_parameter: usize,
}

/// A part of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureParameter {
    /// Its place in the label, in bytes.
    pub label: Range<usize>,
    /// What it is, as Markdown.
    pub documentation: String,
}

/// Why the editor asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The user wants to see it.
    Invoked,
    /// A character was typed: behind the first word of a shell command that is no reason to show anything.
    Typed,
}

impl Snapshot {
    /// How the instruction at an offset is written; nothing in a keyword, a comment, a heredoc's body and between instructions.
    #[must_use]
    pub fn signature_help(&self, id: &DocumentId, offset: u32, reason: Reason) -> Option<SignatureHelp> {
        let state = self.dockerfile(id)?;
        if matches!(Frontend::of(&state.document), Frontend::Foreign(_)) {
            return None;
        }
        let Cursor::Instruction(at) = Cursor::new(&state.document, offset.min(state.document.len()))? else {
            return None;
        };
        match &at.read.part {
            Part::Keyword if at.read.is_trigger => {
                of_instruction(catalogue::instruction(Keyword::Onbuild)?, 0, 0)
            }
            Part::Keyword => None,
            Part::FlagName { start } => {
                let instruction = catalogue::instruction(at.read.keyword)?;
                let behind = at.after.split(|char: char| char.is_whitespace() || char == '=').next()?;
                let name = format!("{}{behind}", at.text_from(*start).trim_start_matches('-'));
                of_instruction(instruction, 0, flag_index(instruction, &name).unwrap_or(0))
            }
            Part::FlagValue { name, start, .. } => {
                let instruction = catalogue::instruction(at.read.keyword)?;
                let index = flag_index(instruction, name)?;
                if instruction.flags.get(index)?.value == ValueKind::Mount {
                    return of_mount(&at, *start);
                }
                of_instruction(instruction, 0, index)
            }
            Part::Argument(argument) => of_argument(&at, argument, reason),
        }
    }
}

/// The flag of a name, or the first that begins so.
fn flag_index(instruction: &Instruction, name: &str) -> Option<usize> {
    let exact = instruction.flags.iter().position(|flag| flag.name == name);
    exact.or_else(|| instruction.flags.iter().position(|flag| flag.name.starts_with(name)))
}

fn of_argument(at: &InInstruction, argument: &Argument, reason: Reason) -> Option<SignatureHelp> {
    let keyword = at.read.keyword;
    let instruction = catalogue::instruction(keyword)?;
    if argument.behind_list {
        return None;
    }
    let command_starts = match keyword {
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => Some(0),
        Keyword::Healthcheck => Some(1),
        _ => None,
    };
    let in_command = command_starts.is_some_and(|start| argument.index > start && argument.element.is_none());
    if in_command && reason == Reason::Typed {
        return None;
    }
    let form = form_index(at, argument, instruction);
    let part = instruction.forms.get(form).map_or(0, |form| part_index(at, argument, form));
    of_instruction(instruction, form, instruction.flags.len() + part)
}

/// The form that what is typed so far is written in.
fn form_index(at: &InInstruction, argument: &Argument, instruction: &Instruction) -> usize {
    let text = at.text_from(argument.first);
    let find = |wanted: FormKind| instruction.forms.iter().position(|form| form.kind == wanted);
    let first_word = text.split_whitespace().next().unwrap_or_default();
    let found = if argument.element.is_some() {
        find(FormKind::List)
    } else if text.is_empty() {
        Some(0)
    } else if text.split_whitespace().any(|word| word.starts_with("<<")) {
        find(FormKind::Heredoc).or_else(|| find(FormKind::Plain))
    } else if first_word.eq_ignore_ascii_case("NONE") {
        find(FormKind::Keyword("NONE")).or_else(|| find(FormKind::Plain))
    } else if instruction.keyword == Keyword::From && argument.index > 0 {
        instruction.forms.iter().rposition(|form| form.kind == FormKind::Plain)
    } else {
        find(FormKind::Plain)
    };
    found.unwrap_or(0)
}

/// The part of a form that the cursor is in.
fn part_index(at: &InInstruction, argument: &Argument, form: &SyntaxForm) -> usize {
    let last = form.parameters.len().saturating_sub(1);
    let index = argument.element.map_or(argument.index, |element| element.index);
    match at.read.keyword {
        // The last of several words is the destination, as long as nothing follows it.
        Keyword::Copy | Keyword::Add => {
            let node = &*at.instruction.node;
            let node = node.trigger.as_deref().filter(|_| at.read.is_trigger).unwrap_or(node);
            let is_last = index + 1 >= node.arguments.words.len();
            usize::from(index > 0 && is_last).min(last)
        }
        Keyword::Healthcheck => (index + usize::from(argument.element.is_some())).min(last),
        _ => index.min(last),
    }
}

/// An instruction with its flags, once for each of its forms.
fn of_instruction(
    instruction: &Instruction,
    active: usize,
    active_parameter: usize,
) -> Option<SignatureHelp> {
    let documentation = format!("{}.\n\n{}", instruction.summary, instruction.details);
    let signatures = instruction.forms.iter().map(|form| {
        let mut signature = Signature { documentation: documentation.clone(), ..Signature::default() };
        signature.label += instruction.keyword.as_str();
        for flag in instruction.flags {
            signature.label += " [";
            signature.part(&flag.usage(), flag_documentation(flag));
            signature.label += if flag.repeats { "]…" } else { "]" };
        }
        signature.label.push(' ');
        let mut rest = form.text;
        for parameter in form.parameters {
            let (before, behind) = rest.split_once(parameter.label).unwrap_or((rest, ""));
            signature.label += before;
            signature.part(parameter.label, format!("{}.", parameter.summary));
            rest = behind;
        }
        signature.label += rest;
        signature.active_parameter = active_parameter.min(signature.parameters.len().saturating_sub(1));
        signature
    });
    let signatures: Vec<_> = signatures.collect();
    (active < signatures.len()).then_some(SignatureHelp { signatures, active })
}

fn flag_documentation(flag: &Flag) -> String {
    let mut text = format!("{}.", flag.summary);
    if !flag.default.is_empty() {
        text += &format!(" Default: {}.", flag.default);
    }
    if let Some(since) = flag.since {
        text += &format!(" Since {since}.");
    }
    text
}

/// A mount of the type that is written, with its keys.
fn of_mount(at: &InInstruction, start: usize) -> Option<SignatureHelp> {
    let node = &*at.instruction.node;
    let node = node.trigger.as_deref().filter(|_| at.read.is_trigger).unwrap_or(node);
    let place = at.place(start)?.checked_sub(at.instruction.start)?;
    let values = node.flags.iter().filter_map(|flag| flag.value.as_ref());
    let value = values.into_iter().find(|value| value.range.start <= place && place <= value.range.end);
    let fields = value.map(mount::fields).unwrap_or_default();
    let written = fields.iter().find(|field| field.key.eq_ignore_ascii_case("type"));
    let kind = written.and_then(|field| catalogue::mount_type(&field.value));
    let mut signature = Signature { label: "--mount=".to_owned(), ..Signature::default() };
    let types: Vec<_> = catalogue::MOUNT_TYPES.iter().map(|kind| kind.name).collect();
    match kind {
        Some(kind) => signature.part(&format!("type={}", kind.name), format!("{}.", kind.summary)),
        None => signature.part(
            &format!("type={}", types.join("|")),
            "What is mounted; without it, files of the build context or of a stage.".to_owned(),
        ),
    }
    let kind = kind.or_else(|| catalogue::mount_type("bind"))?;
    signature.documentation = format!("{}.\n\n{}", kind.summary, kind.details);
    let keys: Vec<_> =
        kind.keys.iter().filter(|key| !(kind.name == "secret" && key.name == "source")).collect();
    for key in &keys {
        let equals = if key.placeholder.is_empty() { "" } else { "=" };
        signature.label += "[,";
        let default =
            if key.default.is_empty() { String::new() } else { format!(" Default: {}.", key.default) };
        signature
            .part(&format!("{}{equals}{}", key.name, key.placeholder), format!("{}.{default}", key.summary));
        signature.label.push(']');
    }
    let field = at.text_from(start).rsplit(',').next().unwrap_or_default();
    let behind = at
        .after
        .split(|char: char| char.is_whitespace() || matches!(char, ',' | '='))
        .next()
        .unwrap_or_default();
    let key = field.split_once('=').map_or_else(|| format!("{field}{behind}"), |(key, _)| key.to_owned());
    let is_used = |key: &catalogue::MountKey| {
        fields.iter().any(|field| key.spellings().any(|spelling| spelling.eq_ignore_ascii_case(&field.key)))
    };
    let position = |found: Option<usize>| found.map(|index| index + 1);
    signature.active_parameter = if key.eq_ignore_ascii_case("type") || written.is_none() && key.is_empty() {
        0
    } else {
        let exact = keys
            .iter()
            .position(|known| known.spellings().any(|spelling| spelling.eq_ignore_ascii_case(&key)));
        let begun = || keys.iter().position(|known| !key.is_empty() && known.name.starts_with(&key));
        let next = || keys.iter().position(|known| !is_used(known));
        position(exact.or_else(begun).or_else(next)).unwrap_or(0)
    };
    Some(SignatureHelp { signatures: vec![signature], active: 0 })
}

impl Signature {
    fn part(&mut self, label: &str, documentation: String) {
        let start = self.label.len();
        self.label += label;
        self.parameters.push(SignatureParameter { label: start..self.label.len(), documentation });
    }
}
