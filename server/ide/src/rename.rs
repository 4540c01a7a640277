//! Another name for a stage, a variable or a heredoc, everywhere at once; and why not, where it cannot be.
//!
//! A rename never changes what a build does: a name that would catch others, or that is not this file's to change, is refused with
//! a reason. A stage's number stays as it is, for it is no name.

mod clash;
mod grammar;
mod reach;

use semantic::{Base, Occurrence, Spelling, StageInstruction, Symbol};
use syntax::{TextEdit, TextRange};

use crate::catalogue;
use crate::host::{DocumentId, DocumentState, Snapshot};

/// A name that can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamable {
    /// Its place.
    pub range: TextRange,
    /// The name as it stands there.
    pub name: String,
}

impl Snapshot {
    /// The name at an offset, where it can be changed; nothing where there is none.
    ///
    /// # Errors
    /// Why it cannot be changed, in one line.
    pub fn prepare_rename(&self, id: &DocumentId, offset: u32) -> Result<Option<Renamable>, String> {
        let Some(state) = self.dockerfile(id) else { return Ok(None) };
        let Some(occurrence) = state.occurrences().at(offset) else {
            return image_at(state, offset).map_or(Ok(None), Err);
        };
        renamable(state, occurrence)?;
        let range = occurrence.range;
        Ok(Some(Renamable { range, name: state.document.slice(range) }))
    }

    /// The edits that give what stands at an offset another name.
    ///
    /// # Errors
    /// Why it cannot be, in one line.
    pub fn rename(&self, id: &DocumentId, offset: u32, new_name: &str) -> Result<Vec<TextEdit>, String> {
        let nothing = || "there is no stage, variable or heredoc of this file here".to_owned();
        let state = self.dockerfile(id).ok_or_else(nothing)?;
        let Some(occurrence) = state.occurrences().at(offset) else {
            return Err(image_at(state, offset).unwrap_or_else(nothing));
        };
        renamable(state, occurrence)?;
        let occurrences = state.occurrences();
        let symbol = occurrences.symbol(occurrence.symbol);
        grammar::check(symbol, new_name)?;
        let renamed = occurrences.of_symbol(occurrence.symbol).filter(|one| one.spelling == Spelling::Name);
        let renamed: Vec<&Occurrence> = renamed.collect();
        if renamed.iter().all(|one| state.document.slice(one.range) == new_name) {
            return Ok(Vec::new());
        }
        clash::check(state, occurrence.symbol, new_name)?;
        Ok(renamed
            .into_iter()
            .map(|one| TextEdit { range: one.range, new_text: new_name.to_owned() })
            .collect())
    }
}

/// Whether an occurrence, and the symbol that it stands for, can be renamed.
fn renamable(state: &DocumentState, occurrence: &Occurrence) -> Result<(), String> {
    let occurrences = state.occurrences();
    let symbol = occurrences.symbol(occurrence.symbol);
    let line = |range: TextRange| state.document.buildkit_line(range.start) + 1;
    if occurrence.spelling == Spelling::Number {
        let number = state.document.slice(occurrence.range);
        return Err(format!("stage {number} is given by its number here: rename it where it has its name"));
    }
    match symbol {
        Symbol::Outside { name } if catalogue::variable(name).is_some() => return Err(predefined(name)),
        Symbol::Outside { name } => {
            return Err(format!(
                "nothing before this place defines {name}: it is the base image's, or nobody's"
            ));
        }
        Symbol::Variable { name, .. } if catalogue::variable(name).is_some() => return Err(predefined(name)),
        Symbol::Variable { name, definitions } => {
            let overlaid = definitions
                .iter()
                .filter_map(|id| id.stage)
                .any(|stage| state.model().scopes.base_image_sets(stage, name));
            if overlaid {
                return Err(format!("{name} is set by the base image too, which would keep the old name"));
            }
        }
        Symbol::Stage(_) | Symbol::Heredoc { .. } => {}
    }
    let mut all = occurrences.of_symbol(occurrence.symbol);
    match all.find(|one| one.spelling == Spelling::Indirect) {
        Some(indirect) if matches!(symbol, Symbol::Stage(_)) => Err(format!(
            "line {} names this stage through a variable: write the name itself there first",
            line(indirect.range)
        )),
        Some(indirect) => {
            Err(format!("line {} writes this name in pieces: write it whole first", line(indirect.range)))
        }
        None => Ok(()),
    }
}

fn predefined(name: &str) -> String {
    format!("{name} is the builder's own variable: its name is fixed")
}

/// Why the image at an offset cannot be renamed, where one stands there.
fn image_at(state: &DocumentState, offset: u32) -> Option<String> {
    let model = state.model();
    let is_here = |range: TextRange| range.touches(offset);
    let from = model.stages.iter().filter(|stage| is_here(stage.image.range)).map(|stage| &stage.base);
    let references =
        model.stages.iter().flat_map(|stage| &stage.instructions).flat_map(StageInstruction::references);
    let referred =
        references.filter(|reference| is_here(reference.range())).map(|reference| &reference.target);
    match from.chain(referred).next()? {
        Base::Image(name) => {
            Some(format!("{name} is an image: it has its name from a registry, not from this file"))
        }
        Base::Scratch => Some("scratch is the builder's own name for an empty image".to_owned()),
        Base::Stage(_) | Base::Unknown => None,
    }
}

#[cfg(test)]
mod tests;
