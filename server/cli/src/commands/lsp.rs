//! `layerwise lsp`: the language server on stdin and stdout.

use std::sync::Arc;

use crate::arguments::LspArguments;
use crate::exit::Outcome;
use crate::outside;

pub(crate) fn run(arguments: &LspArguments) -> anyhow::Result<Outcome> {
    let LspArguments { stdio: _, host } = arguments;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let builder = Arc::from(outside::builder(&runtime, host.as_deref()));
    let exit = runtime.block_on(lsp::run(tokio::io::stdin(), tokio::io::stdout(), builder));
    // Reading stdin blocks a thread that nobody can wake: leave without it.
    std::process::exit(exit.code().into())
}
