//! Diagnostics: analysis is pulled where the client can pull and pushed where it cannot; what a build said is always pushed.
//!
//! The push channel of a document holds one list, so its layers are merged here, each time anew.

use ide::{Diagnostic, DocumentId, DocumentKind};
use tower_lsp::ls_types::{
    self as lsp, DocumentDiagnosticParams, DocumentDiagnosticReport, DocumentDiagnosticReportResult,
    FullDocumentDiagnosticReport, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport,
};

use crate::main_loop::Context;
use crate::{from_proto, settings_files, to_proto};

/// What goes over the push channel for a document.
pub(crate) fn pushed(context: &Context, id: &DocumentId) -> Vec<lsp::Diagnostic> {
    let analysis = if context.profile.pulls_diagnostics { Vec::new() } else { analysis(context, id) };
    let build = context.snapshot.build_diagnostics(id);
    to_protocol(context, id, analysis.into_iter().chain(build))
}

/// The answer to `textDocument/diagnostic`.
pub(crate) fn pull(context: &Context, params: &DocumentDiagnosticParams) -> DocumentDiagnosticReportResult {
    let id = from_proto::document_id(&params.text_document.uri);
    let result_id =
        context.snapshot.revision(&id).map(|(document, settings)| format!("{document}.{settings}"));
    if let Some(result_id) = &result_id
        && params.previous_result_id.as_ref() == Some(result_id)
    {
        return DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport {
                result_id: result_id.clone(),
            },
        })
        .into();
    }
    let items = to_protocol(context, &id, analysis(context, &id).into_iter());
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id, items },
    })
    .into()
}

/// What the analysis finds in a Dockerfile, or the schema in a file of settings.
fn analysis(context: &Context, id: &DocumentId) -> Vec<Diagnostic> {
    let snapshot = &context.snapshot;
    match (snapshot.kind(id), snapshot.document(id)) {
        (Some(DocumentKind::Settings), Some(document)) => settings_files::diagnostics(document),
        _ => snapshot.analysis_diagnostics(id),
    }
}

fn to_protocol(
    context: &Context,
    id: &DocumentId,
    diagnostics: impl Iterator<Item = Diagnostic>,
) -> Vec<lsp::Diagnostic> {
    let Some(document) = context.snapshot.document(id) else { return Vec::new() };
    diagnostics.map(|diagnostic| to_proto::diagnostic(document, diagnostic, &context.profile)).collect()
}
