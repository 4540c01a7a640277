//! The protocol's values as ours. Nothing else turns LSP positions into offsets.

use ide::{Document, DocumentId, DocumentKind, Encoding, Position, TextRange};
use tower_lsp::ls_types::{self as lsp, Uri};
use workspace::callers;
use workspace::dockerfiles::{is_dockerfile_in_editor, is_ignore_file_name};

pub(crate) fn document_id(uri: &Uri) -> DocumentId {
    DocumentId::new(uri.as_str())
}

/// The kind of a document by what the editor takes it for and by the last part of its URI.
pub(crate) fn document_kind(language_id: &str, uri: &Uri) -> DocumentKind {
    let path = uri.path().decode().to_string_lossy();
    let name = path.rsplit('/').next().unwrap_or(&path);
    if name == workspace::settings::FILE_NAME {
        return DocumentKind::Settings;
    }
    // An editor may take `Dockerfile.dockerignore` for a Dockerfile.
    if is_ignore_file_name(name) {
        return DocumentKind::Ignore;
    }
    if is_dockerfile_in_editor(language_id, name) {
        DocumentKind::Dockerfile
    } else if callers::is_compose_name(name) {
        DocumentKind::Compose
    } else if callers::is_bake_name(name) {
        DocumentKind::Bake
    } else if callers::is_devcontainer_name(name) {
        DocumentKind::Devcontainer
    } else {
        DocumentKind::Other
    }
}

/// Positions outside the text are moved into it, and a range whose ends are swapped is turned round.
pub(crate) fn range(document: &Document, range: lsp::Range, encoding: Encoding) -> TextRange {
    let start = offset(document, range.start, encoding);
    let end = offset(document, range.end, encoding);
    TextRange::new(start.min(end), start.max(end))
}

/// BuildKit's line (from 0) of an LSP line: the two count line ends differently.
pub(crate) fn buildkit_line(document: &Document, line: u32) -> u32 {
    document.buildkit_line(document.offset(Position { line, character: 0 }, Encoding::Utf8))
}

pub(crate) fn offset(document: &Document, position: lsp::Position, encoding: Encoding) -> u32 {
    document.offset(Position { line: position.line, character: position.character }, encoding)
}
