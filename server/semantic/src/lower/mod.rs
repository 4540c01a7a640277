//! From instructions to the model: one pass in file order, stage by stage.
//!
//! A stage knows the rest of the file by asking: for a stage of a name, a global ARG, a variable of the stage below it. What it
//! asked and what it was told is remembered ([`outside`]). A stage of the version before is taken over where its own instructions
//! are the same and all that it asked would be answered the same today; only its places move ([`carried`], [`moved`]). So a
//! keystroke costs its own stage and those that hear another answer because of it.

mod carried;
mod instructions;
mod moved;
mod outside;
mod references;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use syntax::{Document, Instruction, Keyword, LocalRange, Problem, TextRange, Word};

use crate::base::Base;
use crate::expand::{self, Expansion};
use crate::facts::Facts;
use crate::model::{Frontend, Model};
use crate::path::Place;
use crate::scope::{Definition, Origin, Parent, Scope, Scopes, Value};
use crate::stage::{Stage, StageInstruction, Text};

pub(crate) use carried::Carried;
pub use carried::StageIdentity;
use outside::Asked;

/// Builds the model of a document, with what may be taken over from another version's.
pub(crate) fn lower(document: &Document, facts: &Facts, before: Option<Model>) -> Model {
    let mut lowering = Lowering {
        facts,
        escape: document.escape(),
        scopes: Scopes::of_platform(facts.platform_arguments.clone()),
        names: HashMap::new(),
        stages: Vec::new(),
        preamble: Vec::new(),
        problems: Vec::new(),
        refused_words: RefCell::default(),
        asked: RefCell::default(),
        state: State::default(),
        carried: Vec::new(),
    };
    let instructions = document.instruction_list();
    let mut candidates = carried::Candidates::new(instructions, before);
    lowering.stages.reserve_exact(candidates.starts().len());
    lowering.carried.reserve_exact(candidates.starts().len());
    let first = candidates.starts().first().copied().unwrap_or(instructions.len());
    for (position, instruction) in instructions[..first].iter().enumerate() {
        lowering.take_before_stages(position, instruction.clone());
    }
    let preamble_problems = std::mem::take(&mut lowering.problems);
    let preamble_refused = lowering.refused_words.take();
    lowering.asked.take();
    for index in 0..candidates.starts().len() {
        let kept = candidates.take(index).is_some_and(|candidate| lowering.keep(candidate));
        if !kept {
            lowering.take_stage(&instructions[candidates.range(index)]);
        }
    }
    lowering.finish(document, preamble_problems, preamble_refused)
}

/// What is in force where the next instruction stands.
#[derive(Debug, Clone, Default)]
struct State {
    workdir: Place,
    user: Option<Text>,
    shell: Option<Vec<String>>,
}

/// Words that BuildKit refuses to expand, with the stage that they stand in. It reads the words of those stages alone that are built.
type RefusedWords = Vec<(Option<usize>, Problem)>;

struct Lowering<'a> {
    facts: &'a Facts,
    escape: char,
    scopes: Scopes,
    /// Lower-case stage names to the newest stage of that name, as BuildKit keeps them.
    names: HashMap<String, usize>,
    stages: Vec<Stage>,
    preamble: Vec<Instruction>,
    /// Of the stage at hand, until it is complete.
    problems: Vec<Problem>,
    /// Of the stage at hand, until it is complete.
    refused_words: RefCell<RefusedWords>,
    /// What the stage at hand asked of the rest.
    asked: RefCell<Vec<Asked>>,
    state: State,
    /// What else is known of each stage that is complete.
    carried: Vec<Carried>,
}

impl Lowering<'_> {
    fn take_before_stages(&mut self, position: usize, instruction: Instruction) {
        match instruction.keyword {
            Keyword::Arg => {
                let arguments = self.arguments(&instruction, self.scopes.global_end());
                self.define_arguments(None, position, &arguments);
            }
            Keyword::Unknown => {}
            keyword => {
                let message =
                    format!("{keyword} before the first FROM belongs to no stage: put a FROM above it");
                self.problem(instruction.keyword_range(), message);
            }
        }
        self.preamble.push(instruction);
    }

    /// A FROM and what follows it.
    fn take_stage(&mut self, instructions: &[Instruction]) {
        let Some((from, rest)) = instructions.split_first() else { return };
        self.take_from(from.clone());
        // A stage is kept for as long as its file is open.
        self.stages.last_mut().into_iter().for_each(|stage| stage.instructions.reserve_exact(rest.len()));
        let asked_by_from = self.asked.borrow().len();
        for instruction in rest {
            self.take_instruction(instruction.clone());
        }
        let mut asked = self.asked.take();
        asked.shrink_to_fit();
        self.carried.push(Carried {
            identity: StageIdentity::default(),
            instructions: instructions.len(),
            asked,
            asked_by_from,
            end: std::mem::take(&mut self.state),
            problems: std::mem::take(&mut self.problems),
            refused_words: self.refused_words.take(),
        });
    }

    fn take_from(&mut self, instruction: Instruction) {
        let scope = self.scopes.global_end();
        let words = &instruction.arguments.words;
        let image = words.first().map(|word| self.text(&instruction, word, scope)).unwrap_or_default();
        let named = words.get(1).is_some_and(|word| word.text.eq_ignore_ascii_case("as"));
        let name = words.get(2).filter(|_| named).map(|word| self.literal(&instruction, word));
        let platform = self.flag_text(&instruction, "platform", scope);
        let base = self.base(&image);
        if image.value.as_deref() == Some("") && !image.raw.is_empty() {
            let message = format!(
                "{} expands to nothing: give its ARG above the first FROM a default, or name the image",
                image.raw
            );
            self.problem(image.range, message);
        }
        let index = self.stages.len();
        let base_replaced = match &base {
            Base::Stage(below) => self.stages[*below].lower_name().map(Cow::into_owned),
            Base::Image(name) => Some(name.clone()),
            Base::Scratch | Base::Unknown => None,
        };
        let base_replaced = base_replaced.and_then(|name| self.replacement(&name));
        let replaced = name.as_ref().and_then(|name| self.replacement(&name.raw.to_lowercase()));
        self.enter_stage(base_replaced.as_ref().map_or(&base, |replacement| &replacement.settings));
        if let Some(name) = &name {
            self.names.insert(name.raw.to_lowercase(), index);
        }
        let range = instruction.range();
        let end_line = instruction.end_line();
        self.stages.push(Stage {
            index,
            from: instruction,
            image,
            name,
            platform,
            base,
            base_replaced,
            replaced,
            instructions: Vec::new(),
            range,
            end_line,
        });
    }

    fn base(&self, image: &Text) -> Base {
        match image.value.as_deref() {
            None | Some("") => Base::Unknown,
            Some("scratch") => Base::Scratch,
            // BuildKit looks the name up as it stands among names made lower case.
            Some(name) => self.stage_named(name).map_or_else(|| Base::Image(name.to_owned()), Base::Stage),
        }
    }

    fn enter_stage(&mut self, base: &Base) {
        let (parent, state) = match base {
            Base::Stage(index) => (Parent::Stage(*index), self.end_of(*index)),
            Base::Scratch => {
                (Parent::Nothing, State { workdir: Place::Known("/".to_owned()), ..State::default() })
            }
            Base::Image(name) => match self.base_image(name) {
                Some(image) => {
                    let workdir = Place::Known(if image.workdir.is_empty() {
                        "/".to_owned()
                    } else {
                        image.workdir.clone()
                    });
                    let user = (!image.user.is_empty()).then(|| Text {
                        raw: image.user.clone(),
                        value: Some(image.user.clone()),
                        range: TextRange::default(),
                    });
                    let shell = (!image.shell.is_empty()).then(|| image.shell.clone());
                    (Parent::Image(Some(image.environment.clone())), State { workdir, user, shell })
                }
                None => (
                    Parent::Image(None),
                    State { workdir: Place::Relative(".".to_owned()), ..State::default() },
                ),
            },
            Base::Unknown => {
                (Parent::Image(None), State { workdir: Place::Relative(".".to_owned()), ..State::default() })
            }
        };
        self.scopes.add_stage(parent);
        self.state = state;
    }

    fn take_instruction(&mut self, instruction: Instruction) {
        let index = self.stages.len() - 1;
        let scope = self.scopes.end(index);
        let kind = self.kind(&instruction, scope);
        let position = self.stages[index].instructions.len();
        match &kind {
            crate::stage::Kind::Arg(arguments) => self.define_arguments(Some(index), position, arguments),
            crate::stage::Kind::Env(pairs) => {
                for (name, value) in pairs {
                    let value = value.value.clone().map_or(Value::Unknown, Value::Known);
                    let name_text = name.value.clone().unwrap_or_else(|| name.raw.clone());
                    let definition = Definition {
                        name: name_text,
                        value,
                        origin: Origin::Env,
                        range: name.range,
                        instruction: position,
                    };
                    self.scopes.define(Some(index), definition);
                }
            }
            _ => {}
        }
        let State { workdir, user, shell } = self.state.clone();
        self.state.apply(&kind);
        let stage = &mut self.stages[index];
        stage.range.end = instruction.range().end;
        stage.end_line = instruction.end_line();
        stage.instructions.push(StageInstruction { instruction, kind, scope, workdir, user, shell });
    }

    fn define_arguments(
        &mut self,
        stage: Option<usize>,
        position: usize,
        arguments: &[(Text, Option<Text>)],
    ) {
        let origin = if stage.is_some() { Origin::Arg } else { Origin::GlobalArg };
        for (name, default) in arguments {
            let value = match default {
                Some(text) => text.value.clone().map_or(Value::Unknown, Value::Known),
                None => self.inherited(stage, &name.raw),
            };
            let value = self.given(&name.raw, value);
            let definition = Definition {
                name: name.raw.clone(),
                value,
                origin,
                range: name.range,
                instruction: position,
            };
            self.scopes.define(stage, definition);
        }
    }

    /// The value of an ARG that its callers override: theirs where it comes to the same for all of them, else it cannot be told.
    fn given_by_callers(&self, name: &str, own: Value) -> Value {
        let mut values = self.facts.callers.iter().map(|caller| match caller.arg(name) {
            Some(Some(value)) => Value::Known(value.to_owned()),
            Some(None) => Value::Unknown,
            None => own.clone(),
        });
        let Some(first) = values.next() else { return own };
        if values.all(|value| value == first) { first } else { Value::Unknown }
    }

    /// What an ARG without a default takes over.
    fn inherited(&self, stage: Option<usize>, name: &str) -> Value {
        match self.global_value(name) {
            Some(value) if stage.is_some() => value,
            _ if crate::scope::is_platform_argument(name) => self.platform_argument(name),
            _ => Value::Unset,
        }
    }

    fn finish(
        mut self,
        document: &Document,
        preamble_problems: Vec<Problem>,
        preamble_refused: RefusedWords,
    ) -> Model {
        self.problems = preamble_problems;
        self.problems.extend(self.carried.iter().flat_map(|stage| &stage.problems).cloned());
        // A file without any instruction is a problem of its syntax already.
        if self.stages.is_empty() && !document.instruction_list().is_empty() {
            let end = TextRange::empty(0);
            let place = self.preamble.last().map_or(end, Instruction::keyword_range);
            self.problem(
                place,
                "there is no FROM: a Dockerfile needs at least one stage, such as `FROM debian:12-slim`"
                    .to_owned(),
            );
        }
        self.check_references();
        let mut refused_words = preamble_refused;
        refused_words.extend(self.carried.iter().flat_map(|stage| &stage.refused_words).cloned());
        let mut model = Model {
            document: document.clone(),
            frontend: frontend(document),
            preamble: self.preamble,
            stages: self.stages,
            scopes: self.scopes,
            problems: self.problems,
            carried: self.carried,
        };
        if !refused_words.is_empty() {
            let built = model.reachable(model.stages.len().saturating_sub(1));
            let read = refused_words
                .into_iter()
                .filter(|(stage, _)| stage.is_none_or(|stage| built.contains(&stage)));
            model.problems.extend(read.map(|(_, problem)| problem));
        }
        model.problems.sort_by_key(|problem| problem.range);
        model
    }

    fn problem(&mut self, range: TextRange, message: String) {
        self.problems.push(Problem { range, message });
    }

    /// A word with its variables expanded.
    fn text(&self, instruction: &Instruction, word: &Word, scope: Scope) -> Text {
        self.expanded(word.text.clone(), instruction.place(word.range), scope)
    }

    /// The whole of an instruction's arguments as one text.
    fn whole(&self, instruction: &Instruction, scope: Scope) -> Text {
        let arguments = &instruction.arguments;
        self.expanded(arguments.text.clone(), instruction.place(arguments.range), scope)
    }

    fn expanded(&self, raw: String, range: TextRange, scope: Scope) -> Text {
        if !raw.contains(['$', '"', '\'', self.escape]) {
            return Text { value: Some(raw.clone()), raw, range };
        }
        let Expansion { value, error, .. } =
            expand::expand_word(&raw, self.escape, |name| self.look_up(scope, name));
        if let Some(message) = error {
            self.refused_words.borrow_mut().push((scope.stage, Problem { range, message }));
        }
        Text { raw, value, range }
    }

    /// A word that BuildKit does not expand.
    fn literal(&self, instruction: &Instruction, word: &Word) -> Text {
        Text { raw: word.text.clone(), value: Some(word.text.clone()), range: instruction.place(word.range) }
    }

    fn flag_text(&self, instruction: &Instruction, name: &str, scope: Scope) -> Option<Text> {
        let value = instruction.flag(name)?.value.as_ref()?;
        Some(self.text(instruction, value, scope))
    }

    /// The flag's value as written; an empty text at the flag's end where it has none.
    fn flag_literal(&self, instruction: &Instruction, name: &str) -> Option<Text> {
        let flag = instruction.flag(name)?;
        Some(match &flag.value {
            Some(value) => self.literal(instruction, value),
            None => Text {
                range: instruction.place(LocalRange::new(flag.range.end, flag.range.end)),
                ..Text::default()
            },
        })
    }
}

impl State {
    fn apply(&mut self, kind: &crate::stage::Kind) {
        match kind {
            crate::stage::Kind::Workdir(_, place) => self.workdir = place.clone(),
            crate::stage::Kind::User(user) => self.user = Some(user.clone()),
            crate::stage::Kind::Shell(words) => self.shell = Some(words.clone()),
            _ => {}
        }
    }
}

/// Who reads the file: `docker/dockerfile`, a copy of it under any registry, or something else.
pub(crate) fn frontend(document: &Document) -> Frontend {
    let Some(directive) = document.directives().iter().find(|directive| directive.name == "syntax") else {
        return Frontend::BuiltIn;
    };
    let reference = directive.value.split_whitespace().next().unwrap_or_default();
    let without_digest = reference.split('@').next().unwrap_or_default();
    let last_slash = without_digest.rfind('/').map_or(0, |at| at + 1);
    let name_end = without_digest[last_slash..].find(':').map_or(without_digest.len(), |at| last_slash + at);
    let name = &without_digest[..name_end];
    let is_docker = ["docker/dockerfile", "docker/dockerfile-upstream"]
        .iter()
        .any(|known| name == *known || name.ends_with(&format!("/{known}")));
    if is_docker { Frontend::Docker(reference.to_owned()) } else { Frontend::Foreign(reference.to_owned()) }
}

#[cfg(test)]
mod tests;
