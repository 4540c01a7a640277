//! `layerwise lsp`: the language server on stdin and stdout.

use builder::Surroundings;

use crate::arguments::LspArguments;
use crate::exit::Outcome;
use crate::outside;

pub(crate) fn run(arguments: &LspArguments) -> anyhow::Result<Outcome> {
    let LspArguments { stdio: _, host } = arguments;
    log_panics();
    // A session has one thread, beside its workers: each hand-over to another would cost a keystroke some wake-ups. Builds have
    // their own, so that no context that is being sent holds up a keystroke.
    let builds = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let session = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let builder = outside::editor_builder(&builds, host.as_deref());
    let folder = Surroundings::of_process().cache_folder;
    let exit = session.block_on(lsp::run(tokio::io::stdin(), tokio::io::stdout(), builder, folder));
    // Reading stdin blocks a thread that nobody can wake: leave without it.
    std::process::exit(exit.code().into())
}

/// A panic costs one answer, and the log says where it was. Its own text is written nowhere: it may quote a Dockerfile.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("something failed at {place}; please report it");
    }));
}
