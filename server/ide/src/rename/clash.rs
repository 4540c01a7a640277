//! Whether a new name would be taken for something else, or something else for it.

use semantic::occurrences::ScriptNames;
use semantic::{Base, Model, Occurrences, Origin, Role, Spelling, Stage, StageInstruction, Symbol, SymbolId};
use syntax::{Document, TextRange};

use super::reach::Reach;
use crate::host::DocumentState;

/// Refuses a name that something else has where the symbol is seen.
pub(super) fn check(state: &DocumentState, symbol: SymbolId, new_name: &str) -> Result<(), String> {
    match state.occurrences().symbol(symbol) {
        Symbol::Stage(index) => {
            twins(state, *index)?;
            stage(state.model(), *index, new_name)
        }
        Symbol::Variable { name, definitions } => {
            let reach = Reach::of(state.model(), definitions);
            other_variables(state, &reach, new_name)?;
            scripts(state, &reach, symbol, name, new_name)
        }
        Symbol::Heredoc { body, .. } => heredoc(&state.document, *body, new_name),
        Symbol::Outside { .. } => Ok(()),
    }
}

fn line(document: &Document, range: TextRange) -> u32 {
    document.buildkit_line(range.start) + 1
}

/// Two stages of one name, and uses of it: which of the two is meant would change.
fn twins(state: &DocumentState, index: usize) -> Result<(), String> {
    let (model, occurrences) = (state.model(), state.occurrences());
    let name = model.stages[index].lower_name();
    let is_twin = |other: &Stage| other.lower_name() == name;
    let Some(twin) = model.stages.iter().find(|other| other.index != index && is_twin(other)) else {
        return Ok(());
    };
    let is_used = occurrences.all().iter().any(|one| {
        let stage = match occurrences.symbol(one.symbol) {
            Symbol::Stage(stage) => &model.stages[*stage],
            _ => return false,
        };
        one.role == Role::Read && one.spelling == Spelling::Name && is_twin(stage)
    });
    if is_used {
        let line = line(&model.document, twin.from.range());
        return Err(format!(
            "the stage in line {line} has this name too: give one of them another by hand first"
        ));
    }
    Ok(())
}

fn stage(model: &Model, index: usize, new_name: &str) -> Result<(), String> {
    let others = model.stages.iter().filter(|other| other.index != index);
    if let Some(name) =
        others.filter_map(|other| other.name.as_ref()).find(|name| name.raw.eq_ignore_ascii_case(new_name))
    {
        return Err(format!("line {} has a stage `{new_name}` already", line(&model.document, name.range)));
    }
    let is_it = |base: &Base| matches!(base, Base::Image(image) if image.eq_ignore_ascii_case(new_name));
    let later = model.stages.iter().filter(|later| later.index > index && is_it(&later.base));
    let from = later.map(|later| later.image.range);
    let references =
        model.stages.iter().flat_map(|stage| &stage.instructions).flat_map(StageInstruction::references);
    let referred = references.filter(|reference| is_it(&reference.target)).map(|reference| reference.range());
    match from.chain(referred).next() {
        Some(range) => Err(format!(
            "line {} takes `{new_name}` for an image, and would get this stage instead",
            line(&model.document, range)
        )),
        None => Ok(()),
    }
}

fn stage_of(model: &Model, range: TextRange) -> Option<usize> {
    model.stages.partition_point(|stage| stage.from.start <= range.start).checked_sub(1)
}

/// Other variables of that name: those of the stages that see this one, and what an ARG would take over from a global one.
fn other_variables(state: &DocumentState, reach: &Reach, new_name: &str) -> Result<(), String> {
    let (model, occurrences) = (state.model(), state.occurrences());
    for (id, symbol) in occurrences.symbols() {
        let (Symbol::Variable { name, .. } | Symbol::Outside { name }) = symbol else { continue };
        if name != new_name {
            continue;
        }
        for occurrence in occurrences.of_symbol(id) {
            let stage = stage_of(model, occurrence.range);
            let in_from =
                stage.is_none_or(|stage| model.stages[stage].from.range().contains(occurrence.range));
            let origin =
                occurrence.defines.and_then(|id| model.scopes.get(id)).map(|definition| definition.origin);
            let is_seen = match (stage, origin) {
                (Some(stage), None) if !in_from => reach.is_visible(model, stage, occurrence.range),
                (Some(stage), Some(origin)) if !in_from => {
                    reach.related[stage] || (reach.global && origin == Origin::Arg)
                }
                _ => reach.global,
            };
            if is_seen {
                let line = line(&state.document, occurrence.range);
                return Err(match origin {
                    Some(_) => format!("line {line} defines {new_name} already"),
                    None => format!("line {line} uses {new_name} already, and means another variable"),
                });
            }
        }
    }
    Ok(())
}

/// Scripts that have the new name for something of their own, and those in which the old one cannot be found for certain.
fn scripts(
    state: &DocumentState,
    reach: &Reach,
    symbol: SymbolId,
    name: &str,
    new_name: &str,
) -> Result<(), String> {
    let model = state.model();
    let stages = model.stages.iter().filter(|stage| reach.seen[stage.index]);
    let items = stages.flat_map(|stage| stage.instructions.iter().map(|item| (stage.index, item)));
    for (stage, item) in items {
        let range = item.instruction.range();
        let Some(names) = ScriptNames::of(item).filter(|_| reach.is_visible(model, stage, range)) else {
            continue;
        };
        let number = line(&state.document, range);
        let n_known = mentions(state.occurrences(), symbol, range);
        if names.guessed_uses(name) > n_known {
            return Err(format!(
                "the command in line {number} has {name} in it and cannot be read: rename it there first"
            ));
        }
        if names.reads(new_name) || (names.sets(new_name) && n_known > 0) {
            return Err(format!("the command in line {number} has a variable {new_name} of its own"));
        }
    }
    Ok(())
}

/// How often an instruction mentions the symbol.
fn mentions(occurrences: &Occurrences, symbol: SymbolId, instruction: TextRange) -> usize {
    occurrences.of_symbol(symbol).filter(|occurrence| instruction.contains(occurrence.range)).count()
}

fn heredoc(document: &Document, body: TextRange, new_name: &str) -> Result<(), String> {
    let Some(instruction) = document.instruction_at(body.start) else { return Ok(()) };
    let of_body = instruction.heredocs.iter().find(|heredoc| instruction.place(heredoc.body) == body);
    let Some(heredoc) = of_body else { return Ok(()) };
    if instruction.heredocs.iter().any(|other| other.marker != heredoc.marker && other.name == new_name) {
        return Err(format!("another heredoc of this instruction is called {new_name} already"));
    }
    let ends_it = |line: &str| line.trim_end_matches(['\r', '\n']).trim_start_matches('\t') == new_name;
    match heredoc.body.of(&instruction.source).lines().position(ends_it) {
        Some(index) => {
            let first = line(document, body);
            Err(format!(
                "line {} of the text is `{new_name}`, and would end it",
                first + u32::try_from(index).unwrap_or(u32::MAX)
            ))
        }
        None => Ok(()),
    }
}
