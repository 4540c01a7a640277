//! `textDocument/codeLens`: a `Build` lens on each FROM, one for each service or target that builds the stage, and `Test` on the test stage.

use serde_json::json;
use tower_lsp::ls_types::{CodeLens, CodeLensParams, Command, Uri};

use crate::commands::{BUILD, TEST};
use crate::main_loop::Context;
use crate::{from_proto, to_proto};

pub(crate) fn list(context: &Context, params: &CodeLensParams) -> Option<Vec<CodeLens>> {
    let uri = &params.text_document.uri;
    let id = from_proto::document_id(uri);
    let document = context.snapshot.document(&id)?;
    let to_protocol = |lens: ide::CodeLens| CodeLens {
        range: to_proto::range(document, lens.range, &context.profile),
        command: Some(command(uri, &lens)),
        data: None,
    };
    Some(context.snapshot.code_lenses(&id).into_iter().map(to_protocol).collect())
}

fn command(uri: &Uri, lens: &ide::CodeLens) -> Command {
    let argument = match &lens.caller {
        None => json!({"uri": uri, "target": lens.target}),
        Some(caller) => json!({"uri": uri, "target": lens.target, "caller": caller}),
    };
    let command = match lens.starts {
        ide::Starts::Build => BUILD,
        ide::Starts::Test => TEST,
    };
    Command { title: lens.title.clone(), command: command.to_owned(), arguments: Some(vec![argument]) }
}
