//! `layerwise.builder`: which builder was found and how, as an answer.

use serde_json::json;
use tower_lsp::jsonrpc::Error;
use tower_lsp::ls_types::LSPAny;

use crate::backend::failed;
use crate::commands::BUILDER;
use crate::event::Reply;
use crate::main_loop::MainLoop;

impl MainLoop {
    /// Has a worker find the builder and ask it what it is. Where none answers, that is the error, which says what to do.
    pub(crate) fn answer_builder(&self, reply: Reply<Option<LSPAny>>) {
        let builder = self.builds.builder();
        self.workers.look(
            move || builder.describe(),
            |described| {
                let answer = described.map(|described| {
                    let found = described.map_err(Error::invalid_params)?;
                    Ok(Some(json!({
                        "kind": found.kind, "version": found.version, "address": found.address,
                        "found_by": found.found_by, "store": found.store,
                    })))
                });
                let _ = reply.send(answer.unwrap_or_else(|| Err(failed(BUILDER))));
            },
        );
    }
}
