//! `layerwise builder`: which builder was found, how, its version and abilities.

use inner_loop::BuilderDescription;
use semantic::FrontendFacts;

use crate::arguments::BuilderArguments;
use crate::exit::Outcome;
use crate::output::print;
use crate::outside;

pub(crate) fn run(arguments: &BuilderArguments) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let builder = outside::builder(&runtime, arguments.host.as_deref());
    let description = builder.describe().map_err(|reason| anyhow::anyhow!(reason))?;
    print(&page(&description))?;
    Ok(Outcome::Fine)
}

fn page(builder: &BuilderDescription) -> String {
    let FrontendFacts { heredocs, copy_link, run_network, secret_env, named_contexts, lint, copy_parents } =
        builder.frontend;
    let abilities = [
        ("heredocs", heredocs),
        ("COPY --link", copy_link),
        ("COPY --parents", copy_parents),
        ("RUN --network", run_network),
        ("secrets as environment variables", secret_env),
        ("named contexts", named_contexts),
        ("build checks", lint),
    ];
    let mut text = format!("{} {}\n", builder.kind, builder.version);
    text += &format!("  address      {}\n  found by     {}\n", builder.address, builder.found_by);
    text += &format!("  image store  {}\n", builder.store);
    for (index, (name, able)) in abilities.into_iter().enumerate() {
        let title = if index == 0 { "frontend" } else { "" };
        text += &format!("  {title:<12} {} {name}\n", if able { "yes" } else { "no " });
    }
    text
}
