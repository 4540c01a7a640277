//! `layerwise predict`: which steps the next build would run, and why; or what the last commits would have cost. Nothing is built.

use anyhow::Context;

use crate::arguments::{AnswerFormat, PredictArguments};
use crate::commands::{price_history, request};
use crate::exit::Outcome;
use crate::output::{predict_text, print};
use crate::outside;

pub(crate) fn run(arguments: PredictArguments) -> anyhow::Result<Outcome> {
    let host = arguments.request.host.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let builder = outside::builder(&runtime, host.as_deref());
    // It is reached while the disk is searched for the Dockerfile's callers.
    builder.prepare();
    let (request, notice) = request::from_arguments(arguments.request)?;
    if let Some(count) = arguments.history {
        let count = usize::from(count);
        let text = price_history::report(&request, builder.as_ref(), count, arguments.format, notice)?;
        runtime.shutdown_background();
        print(&text).context("cannot write to stdout")?;
        return Ok(Outcome::Fine);
    }
    let forecast = outside::foresight()?.forecast(&request, Ok(builder.as_ref()));
    let mut forecast = forecast.map_err(anyhow::Error::msg)?;
    forecast.notices.splice(0..0, notice);
    let text = match arguments.format {
        AnswerFormat::Json => format!("{}\n", forecast.to_json()),
        AnswerFormat::Text => predict_text::table(&forecast),
    };
    // What a builder far away still says is not waited for.
    runtime.shutdown_background();
    print(&text).context("cannot write to stdout")?;
    Ok(Outcome::Fine)
}
