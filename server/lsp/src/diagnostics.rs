//! Diagnostics: analysis is pulled where the client can pull and pushed where it cannot; what a build said is always pushed.
//!
//! The push channel of a document holds one list, so its layers are merged here, each time anew. Lists are written as JSON on the
//! worker that finds them: a long file has thousands, and the main loop has other things to do.

use ide::{Diagnostic, DocumentId, DocumentKind};
use serde::{Serialize, Serializer as _};
use tower_lsp::ls_types::{
    self as lsp, DocumentDiagnosticParams, DocumentDiagnosticReport, DocumentDiagnosticReportResult,
    PublishDiagnosticsParams, RelatedFullDocumentDiagnosticReport, Uri,
};

use crate::main_loop::Context;
use crate::{caller_diagnostics, from_proto, settings_files, to_proto};

/// More bytes than most diagnostics have in JSON.
const DIAGNOSTIC_LENGTH: usize = 512;

/// The list of a document without diagnostics.
pub(crate) const NONE: &str = "[]";

/// What goes over the push channel for a document: a JSON list. `said` is what tools in builds say of it as a file of theirs.
pub(crate) fn pushed(context: &Context, id: &DocumentId, said: &[lsp::Diagnostic]) -> String {
    let analysis = if context.profile.pulls_diagnostics { Vec::new() } else { analysis(context, id) };
    let build = context.snapshot.build_diagnostics(id);
    let own = list(context, id, analysis.iter().chain(&build));
    // Mostly there is nothing, and a list of thousands is not copied for it.
    if said.is_empty() {
        return own;
    }
    let said = json(&said);
    match own.as_str() {
        NONE => said,
        own => format!("{},{}", own.trim_end_matches(']'), said.trim_start_matches('[')),
    }
}

/// The parameters of `textDocument/publishDiagnostics`, around a list.
pub(crate) fn publication(uri: &Uri, list: &str, version: Option<i32>) -> String {
    let empty = PublishDiagnosticsParams { uri: uri.clone(), diagnostics: Vec::new(), version };
    let around = json(&empty);
    // An address holds no such text: quotes are escaped in it.
    match around.split_once(r#""diagnostics":[]"#) {
        Some((before, after)) => [before, r#""diagnostics":"#, list, after].concat(),
        None => around,
    }
}

/// The answer to `textDocument/diagnostic`, as JSON.
pub(crate) fn pull(context: &Context, params: &DocumentDiagnosticParams) -> String {
    let id = from_proto::document_id(&params.text_document.uri);
    // What a file of callers is told depends on what lies on disk, and is read anew each time.
    let is_of_revision = !context.snapshot.kind(&id).is_some_and(DocumentKind::names_callers);
    let revision = context.snapshot.revision(&id).filter(|_| is_of_revision);
    let result_id = revision.map(|(document, settings)| format!("{document}.{settings}"));
    if let Some(result_id) = &result_id
        && params.previous_result_id.as_ref() == Some(result_id)
    {
        return format!(r#"{{"kind":"unchanged","resultId":{}}}"#, json(result_id));
    }
    let result_id =
        result_id.map(|result_id| format!(r#""resultId":{},"#, json(&result_id))).unwrap_or_default();
    let before = format!(r#"{{"kind":"full",{result_id}"items":"#);
    list_behind(before, context, &id, analysis(context, &id).iter()) + "}"
}

/// What stands in the place of an answer that is JSON already.
pub(crate) fn stand_in() -> DocumentDiagnosticReportResult {
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport::default()).into()
}

/// What the analysis finds, as a JSON list.
pub(crate) fn analysed(context: &Context, id: &DocumentId) -> String {
    list(context, id, analysis(context, id).iter())
}

/// What the analysis finds in a Dockerfile, or the schema in a file of settings.
fn analysis(context: &Context, id: &DocumentId) -> Vec<Diagnostic> {
    let snapshot = &context.snapshot;
    match (snapshot.kind(id), snapshot.document(id)) {
        (Some(DocumentKind::Settings), Some(document)) => settings_files::diagnostics(document),
        (Some(kind), Some(_)) if kind.names_callers() => caller_diagnostics::diagnostics(context, id),
        _ => snapshot.analysis_diagnostics(id),
    }
}

/// Diagnostics as a JSON list.
fn list<'a>(context: &Context, id: &DocumentId, diagnostics: impl Iterator<Item = &'a Diagnostic>) -> String {
    list_behind(String::new(), context, id, diagnostics)
}

/// The same behind other JSON.
fn list_behind<'a>(
    before: String,
    context: &Context,
    id: &DocumentId,
    diagnostics: impl Iterator<Item = &'a Diagnostic>,
) -> String {
    let Some(document) = context.snapshot.document(id) else { return before + NONE };
    let mut json = before.into_bytes();
    json.reserve(diagnostics.size_hint().0 * DIAGNOSTIC_LENGTH);
    let mut positions = document.positions(context.profile.encoding);
    let written = diagnostics.map(|diagnostic| to_proto::diagnostic(&mut positions, diagnostic));
    // Numbers and texts: nothing here has no JSON.
    let _ = serde_json::Serializer::new(&mut json).collect_seq(written);
    String::from_utf8(json).unwrap_or_default()
}

/// Numbers, texts and lists of them: nothing here has no JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
