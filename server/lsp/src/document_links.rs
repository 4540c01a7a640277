//! `textDocument/documentLink`: images' pages, files, addresses and rules' pages.

use std::path::Path;

use ide::LinkTarget;
use tower_lsp::ls_types::{DocumentLink, DocumentLinkParams, Uri};

use crate::main_loop::Context;
use crate::{from_proto, to_proto};

pub(crate) fn list(context: &Context, params: &DocumentLinkParams) -> Option<Vec<DocumentLink>> {
    let id = from_proto::document_id(&params.text_document.uri);
    let document = context.snapshot.document(&id)?;
    let links = context.snapshot.document_links(&id).into_iter();
    let to_protocol = |link: ide::DocumentLink| {
        let target = match link.target {
            LinkTarget::Url(url) => url.parse().ok()?,
            LinkTarget::File(path) => Uri::from_file_path(Path::new(&path))?,
        };
        Some(DocumentLink {
            range: to_proto::range(document, link.range, &context.profile),
            target: Some(target),
            tooltip: context.profile.link_tooltips.then_some(link.tooltip),
            data: None,
        })
    };
    Some(links.filter_map(to_protocol).collect())
}
