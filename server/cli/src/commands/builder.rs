//! `layerwise builder`: which builder was found, how, its version and abilities; and what of ours is on it, removed on request.

use inner_loop::{BuilderDescription, Pruned};
use semantic::FrontendFacts;

use crate::arguments::BuilderArguments;
use crate::exit::Outcome;
use crate::output::print;
use crate::outside;

pub(crate) fn run(arguments: &BuilderArguments) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let builder = outside::builder(&runtime, arguments.host.as_deref());
    if arguments.prune {
        let pruned = builder.prune().map_err(|reason| anyhow::anyhow!(reason))?;
        print(&freed(&pruned))?;
        return Ok(Outcome::Fine);
    }
    let description = builder.describe().map_err(|reason| anyhow::anyhow!(reason))?;
    print(&page(&description))?;
    Ok(Outcome::Fine)
}

/// What was freed, and what stays.
fn freed(pruned: &Pruned) -> String {
    let Pruned { images, image_bytes, images_kept, files, file_bytes } = *pruned;
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let mut text = format!(
        "removed {}, {} that no other image has\n",
        count(images, "unnamed image"),
        ide::bytes(image_bytes)
    );
    text += &format!("removed {} of records, {}\n", count(files, "file"), ide::bytes(file_bytes));
    if images_kept > 0 {
        text += &format!(
            "kept {} that something uses, or that another engine has\n",
            count(images_kept, "image")
        );
    }
    text += "the builder's cache stays: it does not tell whose it is; `docker builder prune` empties it\n";
    text
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
    if builder.kind == "podman" {
        text += "  builds       without BuildKit: images alone, no secrets, and no prediction\n";
    }
    for (index, (name, able)) in abilities.into_iter().enumerate() {
        let title = if index == 0 { "frontend" } else { "" };
        text += &format!("  {title:<12} {} {name}\n", if able { "yes" } else { "no " });
    }
    text
}
