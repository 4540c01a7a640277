//! `layerwise predict --history N`: what the last commits would have cost, with the Dockerfile as it is and with its manifests copied first.

use std::path::Path;

use inner_loop::{BuildRequest, Builder};
use rewrites::Input;
use semantic::Model;
use syntax::Document;
use workspace::foresight::{Foresight, Priced, PricedCommits};
use workspace::git_history::Commit;

use crate::arguments::AnswerFormat;
use crate::output::{history_json, history_text};
use crate::outside;

/// The rewrite that changes the order of steps.
pub(crate) const REWRITE: &str = "copy-manifests-first";

/// Offers of the rewrite that are taken one after the other, at most.
const MOST_OFFERS: usize = 16;

/// Commits with their prices, the newest first.
pub(crate) struct PricedHistory {
    pub(crate) commits: Vec<Commit>,
    /// With the Dockerfile as it is.
    pub(crate) written: Priced,
    /// With the rewrite, where it changes anything.
    pub(crate) rewritten: Option<Priced>,
    pub(crate) notices: Vec<String>,
}

/// The report as it is printed.
pub(crate) fn report(
    request: &BuildRequest,
    builder: &dyn Builder,
    count: usize,
    format: AnswerFormat,
    notice: Option<String>,
) -> anyhow::Result<String> {
    let priced = price(&outside::foresight()?, request, builder, count, notice)?;
    Ok(match format {
        AnswerFormat::Json => format!("{}\n", history_json::value(&priced)),
        AnswerFormat::Text => history_text::table(&priced),
    })
}

fn price(
    foresight: &Foresight,
    request: &BuildRequest,
    builder: &dyn Builder,
    count: usize,
    notice: Option<String>,
) -> anyhow::Result<PricedHistory> {
    let rewritten = rewritten(request, builder)?;
    let rewritten = rewritten.map(|text| BuildRequest { dockerfile_text: text, ..request.clone() });
    let requests: Vec<&BuildRequest> = std::iter::once(request).chain(&rewritten).collect();
    let PricedCommits { commits, priced } =
        foresight.price_commits(&requests, count).map_err(anyhow::Error::msg)?;
    let mut priced = priced.into_iter();
    let written = priced.next().unwrap_or_default();
    let mut notices: Vec<String> = notice.into_iter().collect();
    if written.known_build.is_none() {
        notices.push(
            "nothing is known of this build yet, so that no step has a price: build it once".to_owned(),
        );
    }
    Ok(PricedHistory { commits, written, rewritten: priced.next(), notices })
}

/// The Dockerfile with every offer of the rewrite taken; nothing where there is none. The rewrite changes the order of steps alone, so the disk
/// and the builder are asked once.
fn rewritten(request: &BuildRequest, builder: &dyn Builder) -> anyhow::Result<Option<String>> {
    let mut text = request.dockerfile_text.clone();
    let document = Document::new(&text);
    let context = Some(Path::new(&request.context));
    let mut facts = outside::facts(&document, Some(&request.dockerfile), context)?;
    builder.add_facts(&Model::new(&document, &facts).base_images(), &mut facts);
    for _ in 0..MOST_OFFERS {
        let model = Model::new(&Document::new(&text), &facts);
        let offers = rewrites::offers(&Input { model: &model, facts: &facts });
        let mut offers = offers.iter().filter(|(recipe, _)| recipe.id == REWRITE);
        let Some(offer) = offers.find_map(|(_, offers)| offers.rewrites.first()) else { break };
        text = rewrites::apply(&text, &offer.fix.edits);
    }
    Ok((text != request.dockerfile_text).then_some(text))
}
