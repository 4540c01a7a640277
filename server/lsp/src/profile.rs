//! What the client can do, read once at `initialize`.

use ide::{Encoding, Markup};
use serde_json::Value;
use tower_lsp::ls_types::{ClientCapabilities, InitializeParams, MarkupKind, PositionEncodingKind};

use crate::{completion, signature_help};

/// The client's abilities.
#[derive(Debug, Clone, Default)]
pub(crate) struct Profile {
    /// How positions count characters in this session.
    pub(crate) encoding: Encoding,
    /// It asks for diagnostics itself, so that analysis is never pushed.
    pub(crate) pulls_diagnostics: bool,
    pub(crate) refreshes_diagnostics: bool,
    /// It shows places that a diagnostic has to do with.
    pub(crate) relates_diagnostics: bool,
    pub(crate) refreshes_inlay_hints: bool,
    /// It resolves a hint's tooltip when the user looks at it.
    pub(crate) resolves_hint_tooltips: bool,
    pub(crate) refreshes_code_lenses: bool,
    /// It resolves a code action's `edit` when the user picks it.
    pub(crate) resolves_edits: bool,
    /// How it reads hovers.
    pub(crate) hover_markup: Markup,
    /// It shows what a link says of its target.
    pub(crate) link_tooltips: bool,
    /// It takes definitions as links.
    pub(crate) definition_links: bool,
    pub(crate) declaration_links: bool,
    /// It asks whether a name can be changed before it asks for the new one.
    pub(crate) prepares_renames: bool,
    /// It shows symbols as a tree.
    pub(crate) shows_symbol_trees: bool,
    /// It folds whole lines alone.
    pub(crate) folds_lines_only: bool,
    /// How many folds of a document it wants at most.
    pub(crate) fold_limit: Option<usize>,
    /// It takes versioned edits.
    pub(crate) document_changes: bool,
    /// It shows an edit before it applies it, where the edit asks for that.
    pub(crate) previews_edits: bool,
    /// It makes files, where an edit says so.
    pub(crate) creates_files: bool,
    pub(crate) configuration: bool,
    pub(crate) registers_configuration: bool,
    pub(crate) watches_files: bool,
    pub(crate) work_done_progress: bool,
    /// It opens a file when it is asked to.
    pub(crate) shows_documents: bool,
    pub(crate) completion: completion::Abilities,
    pub(crate) signature_help: signature_help::Abilities,
}

impl Profile {
    pub(crate) fn new(params: &InitializeParams) -> Self {
        let capabilities = &params.capabilities;
        let document = capabilities.text_document.as_ref();
        let workspace = capabilities.workspace.as_ref();
        let action = document.and_then(|document| document.code_action.as_ref());
        let resolvable = action.and_then(|action| action.resolve_support.as_ref());
        let raw = serde_json::to_value(capabilities).unwrap_or_default();
        let flag = |pointer: &str| raw.pointer(pointer).and_then(Value::as_bool) == Some(true);
        let keeps_action_data = action.and_then(|action| action.data_support) == Some(true);
        Self {
            encoding: encoding(capabilities),
            pulls_diagnostics: document.is_some_and(|document| document.diagnostic.is_some()),
            refreshes_diagnostics: flag("/workspace/diagnostics/refreshSupport"),
            relates_diagnostics: flag("/textDocument/publishDiagnostics/relatedInformation"),
            refreshes_inlay_hints: flag("/workspace/inlayHint/refreshSupport"),
            resolves_hint_tooltips: raw
                .pointer("/textDocument/inlayHint/resolveSupport/properties")
                .and_then(Value::as_array)
                .is_some_and(|properties| properties.iter().any(|property| property == "tooltip")),
            refreshes_code_lenses: flag("/workspace/codeLens/refreshSupport"),
            resolves_edits: keeps_action_data
                && resolvable
                    .is_some_and(|support| support.properties.iter().any(|property| property == "edit")),
            link_tooltips: flag("/textDocument/documentLink/tooltipSupport"),
            hover_markup: document
                .and_then(|document| document.hover.as_ref())
                .and_then(|hover| hover.content_format.as_deref())
                .map(favourite_markup)
                .unwrap_or_default(),
            definition_links: flag("/textDocument/definition/linkSupport"),
            declaration_links: flag("/textDocument/declaration/linkSupport"),
            prepares_renames: flag("/textDocument/rename/prepareSupport"),
            shows_symbol_trees: flag("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            folds_lines_only: flag("/textDocument/foldingRange/lineFoldingOnly"),
            fold_limit: raw
                .pointer("/textDocument/foldingRange/rangeLimit")
                .and_then(Value::as_u64)
                .and_then(|limit| usize::try_from(limit).ok()),
            document_changes: workspace
                .and_then(|workspace| workspace.workspace_edit.as_ref())
                .and_then(|edit| edit.document_changes)
                == Some(true),
            previews_edits: raw
                .pointer("/workspace/workspaceEdit/changeAnnotationSupport")
                .is_some_and(Value::is_object),
            creates_files: flag("/workspace/workspaceEdit/documentChanges")
                && raw
                    .pointer("/workspace/workspaceEdit/resourceOperations")
                    .and_then(Value::as_array)
                    .is_some_and(|operations| operations.iter().any(|operation| operation == "create")),
            configuration: workspace.and_then(|workspace| workspace.configuration) == Some(true),
            registers_configuration: flag("/workspace/didChangeConfiguration/dynamicRegistration"),
            watches_files: flag("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            work_done_progress: flag("/window/workDoneProgress"),
            shows_documents: flag("/window/showDocument/support"),
            completion: completion::Abilities::new(&raw),
            signature_help: signature_help::Abilities::new(&raw),
        }
    }

    pub(crate) fn encoding_kind(&self) -> PositionEncodingKind {
        match self.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }
}

/// The first of the client's kinds of markup that we have. A client that names none reads plain text.
fn favourite_markup(formats: &[MarkupKind]) -> Markup {
    match formats.first() {
        Some(MarkupKind::Markdown) => Markup::Markdown,
        _ => Markup::PlainText,
    }
}

/// The first of the client's encodings that we have: all three, so it is the client's favourite.
fn encoding(capabilities: &ClientCapabilities) -> Encoding {
    let offered = capabilities.general.as_ref().and_then(|general| general.position_encodings.as_ref());
    let known = |kind: &PositionEncodingKind| match kind.as_str() {
        "utf-8" => Some(Encoding::Utf8),
        "utf-16" => Some(Encoding::Utf16),
        "utf-32" => Some(Encoding::Utf32),
        _ => None,
    };
    offered.into_iter().flatten().find_map(known).unwrap_or_default()
}
