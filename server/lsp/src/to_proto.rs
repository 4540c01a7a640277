//! Our values as the protocol's. Nothing else turns offsets into LSP positions.

use std::fmt::Display;

use ide::code_actions::CreatedFile;
use ide::{Diagnostic, Document, Layer, PageUrl, Position, Positions, Severity, TextEdit, TextRange};
use serde::{Serialize, Serializer};
use tower_lsp::ls_types::{self as lsp, DiagnosticSeverity, Uri};

use crate::profile::Profile;

/// Source of what the analysis says.
const ANALYSIS: &str = "layerwise";

/// Source of what a build said.
pub(crate) const BUILD: &str = "layerwise build";

pub(crate) fn position(document: &Document, offset: u32, profile: &Profile) -> lsp::Position {
    of_protocol(document.position(offset, profile.encoding))
}

fn of_protocol(Position { line, character }: Position) -> lsp::Position {
    lsp::Position { line, character }
}

pub(crate) fn range(document: &Document, range: TextRange, profile: &Profile) -> lsp::Range {
    lsp::Range {
        start: position(document, range.start, profile),
        end: position(document, range.end, profile),
    }
}

/// The protocol's diagnostic, with what it borrows of ours: it is written as JSON at once.
#[derive(Serialize)]
pub(crate) struct DiagnosticJson<'a> {
    range: lsp::Range,
    severity: DiagnosticSeverity,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(rename = "codeDescription", skip_serializing_if = "Option::is_none")]
    code_description: Option<PageJson<'a>>,
    source: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct PageJson<'a> {
    #[serde(serialize_with = "as_text")]
    href: PageUrl<'a>,
}

fn as_text<S: Serializer>(text: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(text)
}

pub(crate) fn diagnostic<'a>(
    positions: &mut Positions<'_>,
    diagnostic: &'a Diagnostic,
) -> DiagnosticJson<'a> {
    let TextRange { start, end } = diagnostic.range;
    DiagnosticJson {
        range: lsp::Range { start: of_protocol(positions.at(start)), end: of_protocol(positions.at(end)) },
        severity: severity(diagnostic.severity),
        code: diagnostic.code,
        code_description: diagnostic.page().map(|href| PageJson { href }),
        source: if diagnostic.layer == Layer::Build { BUILD } else { ANALYSIS },
        message: &diagnostic.message,
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
        Severity::Hint => DiagnosticSeverity::HINT,
    }
}

pub(crate) fn text_edit(document: &Document, edit: TextEdit, profile: &Profile) -> lsp::TextEdit {
    lsp::TextEdit { range: range(document, edit.range, profile), new_text: edit.new_text }
}

/// Edits of one open document, tied to its version where the client can check that.
pub(crate) fn workspace_edit(
    document: &Document,
    uri: Uri,
    version: Option<i32>,
    edits: Vec<TextEdit>,
    profile: &Profile,
) -> lsp::WorkspaceEdit {
    let edits = edits.into_iter().map(|edit| text_edit(document, edit, profile));
    if !profile.document_changes {
        let changes = [(uri, edits.collect())].into_iter().collect();
        return lsp::WorkspaceEdit { changes: Some(changes), ..lsp::WorkspaceEdit::default() };
    }
    let text_document = lsp::OptionalVersionedTextDocumentIdentifier { uri, version };
    let edits = edits.map(lsp::OneOf::Left).collect();
    let changes = vec![lsp::TextDocumentEdit { text_document, edits }];
    lsp::WorkspaceEdit {
        document_changes: Some(lsp::DocumentChanges::Edits(changes)),
        ..lsp::WorkspaceEdit::default()
    }
}

/// The same as an edit that the client shows, and applies when the user agrees. For clients that annotate changes.
pub(crate) fn with_preview(mut edit: lsp::WorkspaceEdit, label: &str) -> lsp::WorkspaceEdit {
    const ID: &str = "previewed";
    let Some(lsp::DocumentChanges::Edits(documents)) = &mut edit.document_changes else { return edit };
    for edit in documents.iter_mut().flat_map(|document| &mut document.edits) {
        if let lsp::OneOf::Left(text_edit) = edit {
            let text_edit = text_edit.clone();
            *edit = lsp::OneOf::Right(lsp::AnnotatedTextEdit { text_edit, annotation_id: ID.to_owned() });
        }
    }
    let annotation =
        lsp::ChangeAnnotation { label: label.to_owned(), needs_confirmation: Some(true), description: None };
    edit.change_annotations = Some([(ID.to_owned(), annotation)].into_iter().collect());
    edit
}

/// The same with a file that is made. It is not written over one that is there. For clients that take changes in order.
pub(crate) fn with_new_file(edit: lsp::WorkspaceEdit, file: &CreatedFile) -> lsp::WorkspaceEdit {
    let Some(uri) = Uri::from_file_path(&file.path) else { return edit };
    let create = lsp::CreateFile { uri: uri.clone(), options: None, annotation_id: None };
    let text = lsp::TextEdit { range: lsp::Range::default(), new_text: file.text.clone() };
    let text_document = lsp::OptionalVersionedTextDocumentIdentifier { uri, version: None };
    let content = lsp::TextDocumentEdit { text_document, edits: vec![lsp::OneOf::Left(text)] };
    let mut operations = vec![
        lsp::DocumentChangeOperation::Op(lsp::ResourceOp::Create(create)),
        lsp::DocumentChangeOperation::Edit(content),
    ];
    if let Some(lsp::DocumentChanges::Edits(edits)) = edit.document_changes {
        let edits = edits.into_iter().filter(|edit| !edit.edits.is_empty());
        operations.extend(edits.map(lsp::DocumentChangeOperation::Edit));
    }
    let document_changes = Some(lsp::DocumentChanges::Operations(operations));
    lsp::WorkspaceEdit { document_changes, ..lsp::WorkspaceEdit::default() }
}
