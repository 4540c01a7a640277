//! `textDocument/codeAction` and `codeAction/resolve`: fixes and rewrites as plain edits.
//!
//! A client that can resolve gets the titles at once and the edits of the one it picks; any other gets all edits at once.

use ide::code_actions::QUICK_FIX;
use ide::{Document, DocumentKind, TextEdit, TextRange};
use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, Diagnostic,
    NumberOrString, Uri, WorkspaceEdit,
};

use crate::main_loop::Context;
use crate::{caller_diagnostics, failed_shell, from_proto, to_proto};

/// What a client gives back to have an action's edits.
#[derive(Serialize, Deserialize)]
struct Unresolved {
    uri: Uri,
    start: u32,
    end: u32,
    revision: (u64, u64),
    key: String,
}

pub(crate) fn list(context: &Context, params: &CodeActionParams) -> Option<CodeActionResponse> {
    let uri = &params.text_document.uri;
    let id = from_proto::document_id(uri);
    let document = context.snapshot.document(&id)?;
    let revision = context.snapshot.revision(&id)?;
    let range = from_proto::range(document, params.range, context.profile.encoding);
    let wanted = params.context.only.as_deref();
    let mut actions = Vec::new();
    let asked_for =
        |kind: &str| wanted.is_none_or(|wanted| wanted.iter().any(|wanted| includes(wanted, kind)));
    if context.snapshot.kind(&id).is_some_and(DocumentKind::names_callers) && asked_for(QUICK_FIX) {
        // What such a file says is read anew for each request, so that there is nothing to come back to.
        let version = context.versions.get(&id).copied();
        let found = caller_diagnostics::fixes(context, &id, range).into_iter();
        return Some(
            found
                .map(|(action, edits)| {
                    let edit =
                        to_proto::workspace_edit(document, uri.clone(), version, edits, &context.profile);
                    protocol_action(context, document, params, action, Some(edit), None)
                })
                .collect(),
        );
    }
    let mut found = context.snapshot.code_actions_with_edits(&id, range, asked_for);
    found.retain(|(action, _)| action.creates.is_none() || context.profile.creates_files);
    for (action, edits) in found {
        let (edit, data) = if context.profile.resolves_edits {
            let unresolved = Unresolved {
                uri: uri.clone(),
                start: range.start,
                end: range.end,
                revision,
                key: action.key.clone(),
            };
            (None, serde_json::to_value(unresolved).ok())
        } else {
            (Some(edit_of(context, document, uri, &action, edits)), None)
        };
        actions.push(protocol_action(context, document, params, action, edit, data));
    }
    if asked_for(QUICK_FIX) {
        actions.extend(failed_shell::action(context, params, range).map(CodeActionOrCommand::CodeAction));
    }
    Some(actions)
}

/// An action with the diagnostics that it mends.
fn protocol_action(
    context: &Context,
    document: &Document,
    params: &CodeActionParams,
    action: ide::CodeAction,
    edit: Option<WorkspaceEdit>,
    data: Option<serde_json::Value>,
) -> CodeActionOrCommand {
    let mends = |diagnostic: &&Diagnostic| {
        action.mends.as_ref().is_some_and(|(code, place)| {
            diagnostic.code == Some(NumberOrString::String((*code).to_owned()))
                && diagnostic.range == to_proto::range(document, *place, &context.profile)
        })
    };
    let diagnostics: Vec<Diagnostic> = params.context.diagnostics.iter().filter(mends).cloned().collect();
    CodeActionOrCommand::CodeAction(CodeAction {
        title: action.title,
        kind: Some(CodeActionKind::new(action.kind)),
        diagnostics: (!diagnostics.is_empty()).then_some(diagnostics),
        edit,
        is_preferred: action.preferred.then_some(true),
        data,
        ..CodeAction::default()
    })
}

pub(crate) fn resolve(context: &Context, mut action: CodeAction) -> Result<CodeAction> {
    let Some(data) = action.data.clone() else { return Ok(action) };
    let unresolved: Unresolved = serde_json::from_value(data)
        .map_err(|error| Error::invalid_params(format!("data is not ours: {error}")))?;
    let id = from_proto::document_id(&unresolved.uri);
    let range = TextRange::new(unresolved.start, unresolved.end);
    if context.snapshot.revision(&id) != Some(unresolved.revision) {
        return Err(outdated());
    }
    action.edit = Some(edit(context, &unresolved.uri, range, &unresolved.key).ok_or_else(outdated)?);
    Ok(action)
}

fn edit(context: &Context, uri: &Uri, range: TextRange, key: &str) -> Option<WorkspaceEdit> {
    let id = from_proto::document_id(uri);
    let document = context.snapshot.document(&id)?;
    let (action, edits) = context.snapshot.resolve(&id, range, key)?;
    Some(edit_of(context, document, uri, &action, edits))
}

/// All that an action changes: the document, or a file that it makes as well.
fn edit_of(
    context: &Context,
    document: &Document,
    uri: &Uri,
    action: &ide::CodeAction,
    edits: Vec<TextEdit>,
) -> WorkspaceEdit {
    let version = context.versions.get(&from_proto::document_id(uri)).copied();
    let edit = to_proto::workspace_edit(document, uri.clone(), version, edits, &context.profile);
    match &action.creates {
        Some(file) => to_proto::with_new_file(edit, file),
        None if action.previewed && context.profile.previews_edits => {
            to_proto::with_preview(edit, &action.title)
        }
        None => edit,
    }
}

fn outdated() -> Error {
    let mut error = Error::new(ErrorCode::ContentModified);
    error.message = "the document has changed since; ask for the actions again".into();
    error
}

/// Whether a kind is `wanted` or below it: `refactor` includes `refactor.extract.stages`.
fn includes(wanted: &CodeActionKind, kind: &str) -> bool {
    let wanted = wanted.as_str();
    kind.strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || wanted.is_empty())
}
