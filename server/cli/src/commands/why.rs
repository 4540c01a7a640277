//! `layerwise why`: of the last build, why each step ran again, or what its steps wrote. Nothing is built, and no builder is asked.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use inner_loop::BuildRequest;
use inner_loop::why::{Chain, Stale, chains, stale};
use semantic::{Facts, Model};
use syntax::Document;
use workspace::foresight::{Foresight, LastBuild};

use crate::arguments::{AnswerFormat, WhyArguments};
use crate::commands::request;
use crate::exit::Outcome;
use crate::output::{print, why_json, why_text};
use crate::outside;

/// The last build, explained.
pub(crate) struct Explained {
    pub(crate) last: LastBuild,
    pub(crate) chains: Vec<Chain>,
    pub(crate) stale: Vec<Stale>,
}

pub(crate) fn run(arguments: WhyArguments) -> anyhow::Result<Outcome> {
    let (request, notice) = request::from_arguments(arguments.request)?;
    if let Some(line) = arguments.log {
        print(&log(&outside::foresight()?, &request, line)).context("cannot write to stdout")?;
        return Ok(Outcome::Fine);
    }
    let explained = explain(&outside::foresight()?, &request);
    let text = match arguments.format {
        AnswerFormat::Json => format!("{}\n", why_json::value(explained.as_ref(), notice.as_deref())),
        AnswerFormat::Text => why_text::text(explained.as_ref(), notice.as_deref()),
    };
    print(&text).context("cannot write to stdout")?;
    Ok(Outcome::Fine)
}

/// What the last build's steps wrote: all of them, or the one at a line.
fn log(foresight: &Foresight, request: &BuildRequest, line: Option<u32>) -> String {
    let Some(log) = foresight.build_log(request) else {
        return "nothing is known of this build yet: build it once\n".to_owned();
    };
    match line {
        None => log.text(),
        Some(line) => {
            log.of_line(line).unwrap_or_else(|| format!("no output of a step at line {line} is kept\n"))
        }
    }
}

fn explain(foresight: &Foresight, request: &BuildRequest) -> Option<Explained> {
    let last = foresight.last_build(request)?;
    let model = Model::new(&Document::new(&request.dockerfile_text), &Facts::default());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let before = last.before.as_ref();
    Some(Explained {
        chains: chains(&last.build, before),
        stale: stale(&last.build, before, &model, &last.steps, now),
        last,
    })
}
