//! Where secrets are defined: ARG and ENV with the name of one.

use semantic::{Kind, Model};
use syntax::{Instruction, TextRange};

use crate::secret;

/// A secret of the file.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    /// The variable.
    pub(super) name: String,
    /// Where it is first defined.
    pub(super) place: TextRange,
    /// All that define it.
    pub(super) definitions: Vec<Definition>,
}

/// An ARG or ENV that defines it.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    /// The instruction.
    pub(super) instruction: Instruction,
    /// Position of the pair in it.
    pub(super) pair: usize,
    /// Whether it is an ENV.
    pub(super) is_env: bool,
}

/// The secrets of a file, in order of place.
pub(super) fn find(model: &Model) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    let preamble = model.preamble.iter().map(|instruction| (instruction, false));
    let stages = model.stages.iter().flat_map(|stage| {
        stage.instructions.iter().filter_map(|item| match item.kind {
            Kind::Arg(_) => Some((&item.instruction, false)),
            Kind::Env(_) => Some((&item.instruction, true)),
            _ => None,
        })
    });
    for (instruction, is_env) in preamble.chain(stages) {
        for (position, pair) in instruction.arguments.pairs.iter().enumerate() {
            let name = &pair.key.text;
            if !secret::is_secret(name) {
                continue;
            }
            let definition = Definition { instruction: instruction.clone(), pair: position, is_env };
            match found.iter_mut().find(|secret| secret.name == *name) {
                Some(secret) => secret.definitions.push(definition),
                None => found.push(Secret {
                    name: name.clone(),
                    place: instruction.place(pair.key.range),
                    definitions: vec![definition],
                }),
            }
        }
    }
    found
}
