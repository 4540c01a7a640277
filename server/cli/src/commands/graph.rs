//! `layerwise graph`: the stages and steps of a Dockerfile as a tree, a picture, or for another program. Nothing is built, no builder is asked.

use std::path::Path;

use anyhow::Context;
use ide::Drawing;
use inner_loop::BuildRequest;
use workspace::foresight;
use workspace::surroundings::{context_root, copied_paths};

use crate::arguments::{GraphArguments, GraphFormat, RequestArguments};
use crate::commands::request;
use crate::exit::Outcome;
use crate::output::{print, tell};
use crate::outside;

pub(crate) fn run(arguments: GraphArguments) -> anyhow::Result<Outcome> {
    let GraphArguments { file, format, target, context, build_arg, build_context, platform } = arguments;
    let names_context = context.is_some();
    let arguments = RequestArguments {
        context,
        file: Some(file),
        target,
        build_arg,
        build_context,
        platform: platform.into_iter().collect(),
        ..RequestArguments::default()
    };
    let (request, notice) = request::from_arguments(arguments)?;
    if let Some(notice) = notice {
        tell(&format!("note: {notice}\n"))?;
    }
    let foresight = outside::foresight().ok();
    let built = foresight.as_ref().and_then(|foresight| {
        builds(&request, names_context).into_iter().find(|request| foresight.has_record(request))
    });
    let graph = match (&foresight, &built) {
        (Some(foresight), Some(request)) => foresight.graph(request, None),
        _ => foresight::graph(&request),
    };
    let drawing = Drawing::new(graph.map_err(anyhow::Error::msg)?, &request);
    let text = match format {
        GraphFormat::Text => drawing.text(),
        GraphFormat::Dot => drawing.dot(),
        GraphFormat::Mermaid => drawing.mermaid(),
        GraphFormat::Svg => drawing.svg(),
        GraphFormat::Json => format!("{}\n", drawing.json()),
    };
    print(&text).context("cannot write to stdout")?;
    Ok(Outcome::Fine)
}

/// The builds of the same stage that may be on record, the likeliest first: with the context that editors choose and with the Dockerfile's own
/// folder, where none is named; and with the last stage by its name, which may have been asked for.
fn builds(request: &BuildRequest, names_context: bool) -> Vec<BuildRequest> {
    let mut contexts = vec![request.context.clone()];
    let path = std::path::absolute(&request.dockerfile).ok();
    if let Some(path) = path.filter(|path| !names_context && path.is_file()) {
        let copied = copied_paths(&request.model());
        let located = context_root(&copied, &path, &std::env::current_dir().unwrap_or_default());
        let own = path.parent().map(Path::to_path_buf);
        contexts.extend(own.into_iter().chain([located]).map(|folder| folder.display().to_string()));
    }
    let mut targets = vec![request.target.clone()];
    let model = request.model();
    if let Some(last) = model.final_stage() {
        let is_last = |name: &String| model.target(name).is_some_and(|stage| stage.index == last.index);
        match &request.target {
            None => targets.push(last.name.as_ref().map(|name| name.raw.clone())),
            Some(name) if is_last(name) => targets.push(None),
            Some(_) => {}
        }
    }
    let with = |context: &String, target: &Option<String>| BuildRequest {
        context: context.clone(),
        target: target.clone(),
        ..request.clone()
    };
    targets.iter().flat_map(|target| contexts.iter().map(move |context| with(context, target))).collect()
}
