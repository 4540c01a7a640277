//! Which COPY and ADD instructions of the build the run-time stage needs again.

use semantic::path::{self, Place};
use semantic::{Copy, Kind, SourceKind, Stage, StageInstruction};

use super::base::working_directory;
use super::effect::is_credentials;
use super::{Plan, data};
use crate::context::{absolute, is_archive};

/// Whether the run-time stage needs what a COPY or ADD brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Need {
    /// It is of the build, or comes from there.
    No,
    /// The run-time stage copies it too.
    Again,
    /// It is not known; the rest of "check …".
    Unknown(String),
}

/// Decides for a COPY or ADD of the build.
pub(super) fn need(copy: &Copy, item: &StageInstruction, stage: &Stage, plan: &Plan) -> Need {
    let Some(place) = absolute(&copy.place, working_directory(stage)) else { return Need::No };
    if is_credentials(&place) || copy.sources.iter().any(|source| is_credentials(&source.text.raw)) {
        return Need::No;
    }
    if place.split('/').any(|part| part == "node_modules") || copy.takes_whole_context() {
        return Need::No;
    }
    let is_outside = match &plan.application {
        _ if copy.from.is_some() => true,
        Some(application) => {
            let is_above = path::is_within(application, &place) && copy.into_directory;
            !is_above && !path::is_within(&place, application)
        }
        None => matches!(item.workdir, Place::Known(_)) && copy.destination.raw.starts_with('/'),
    };
    let is_taken =
        || plan.artefacts.iter().any(|artefact| !artefact.is_file && path::is_within(&place, &artefact.path));
    if is_outside {
        Need::Again
    } else if is_taken() {
        Need::No
    } else {
        beside_the_context(copy, item, plan)
    }
}

/// What comes to lie among the program's files and is no file of the context, which would be looked for there.
fn beside_the_context(copy: &Copy, item: &StageInstruction, plan: &Plan) -> Need {
    let mut need = Need::No;
    for source in &copy.sources {
        let text = source.text.value.as_ref().unwrap_or(&source.text.raw);
        let name = match (source.kind, copy.into_directory) {
            (SourceKind::Heredoc, false) => path::file_name(&copy.destination.raw),
            _ => path::file_name(text.split(['?', '#']).next().unwrap_or(text)),
        };
        let unpacks = matches!(item.kind, Kind::Add(_)) && is_archive(text);
        match source.kind {
            SourceKind::Path if !unpacks => {}
            SourceKind::Url | SourceKind::Heredoc if data::is_source(name, plan.ecosystem) => {}
            SourceKind::Heredoc => need = Need::Again,
            SourceKind::Url if !is_archive(name) && !name.ends_with(".zip") => need = Need::Again,
            SourceKind::Url | SourceKind::Git | SourceKind::Path => {
                let line = item.instruction.line + 1;
                return Need::Unknown(format!(
                    "that the program needs nothing of what ADD on line {line} brings"
                ));
            }
        }
    }
    need
}
