//! `textDocument/codeLens`: a `Build` lens on each FROM.

use serde_json::json;
use tower_lsp::ls_types::{CodeLens, CodeLensParams, Command};

use crate::commands::BUILD;
use crate::main_loop::Context;
use crate::{from_proto, to_proto};

pub(crate) fn list(context: &Context, params: &CodeLensParams) -> Option<Vec<CodeLens>> {
    let uri = &params.text_document.uri;
    let id = from_proto::document_id(uri);
    let document = context.snapshot.document(&id)?;
    let to_protocol = |lens: ide::CodeLens| CodeLens {
        range: to_proto::range(document, lens.range, &context.profile),
        command: Some(Command {
            title: "Build".to_owned(),
            command: BUILD.to_owned(),
            arguments: Some(vec![json!({"uri": uri, "target": lens.target})]),
        }),
        data: None,
    };
    Some(context.snapshot.code_lenses(&id).into_iter().map(to_protocol).collect())
}
