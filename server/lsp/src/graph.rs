//! `layerwise.graph` and `layerwise.showGraph`: the stages and steps as an answer, and as a picture that the client opens.

use std::path::Path;

use ide::Drawing;
use inner_loop::{BuildRequest, Builder};
use serde::Deserialize;
use tower_lsp::jsonrpc::Error;
use tower_lsp::ls_types::LSPAny;
use workspace::foresight::{self, Foresight};

use crate::backend::failed;
use crate::builds::NO_CACHE_FOLDER;
use crate::commands::{Arguments, GRAPH, SHOW_GRAPH};
use crate::event::{Event, Reply};
use crate::main_loop::MainLoop;
use crate::shown_file::{ShownFile, Told};

/// What a graph is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum GraphFormat {
    /// One object.
    #[default]
    Json,
    /// The language of Graphviz.
    Dot,
    /// The language of Mermaid.
    Mermaid,
    /// A picture.
    Svg,
}

impl MainLoop {
    /// Draws the build that was last asked for, or that of a stage or caller of this name, as the document stands. A line chooses its stage.
    pub(crate) fn show_graph(&mut self, arguments: Arguments, reply: Reply<Option<LSPAny>>) {
        let Some(folder) = self.builds.cache_folder.clone() else {
            return drop(reply.send(Err(Error::invalid_params(NO_CACHE_FOLDER))));
        };
        let events = self.events.clone();
        let draw = move |drawing: Result<Drawing, String>, request: &BuildRequest| {
            let unusable = |error| format!("cannot write to {}: {error}", folder.display());
            let foresight = Foresight::open(&folder).map_err(unusable)?;
            let path = foresight.write_picture(request, &drawing?.svg()).map_err(unusable)?;
            Ok(ShownFile { path, title: "The graph", line: None, is_picture: true })
        };
        self.with_drawing(arguments, reply, draw, move |drawn, reply| {
            let drawn = drawn.unwrap_or_else(|| Err(failed(SHOW_GRAPH).message.into_owned()));
            let _ = events.send(Event::File(Told::Written(drawn, reply)));
        });
    }

    /// Answers the same drawing in the format that is asked for.
    pub(crate) fn answer_graph(&mut self, arguments: Arguments, reply: Reply<Option<LSPAny>>) {
        let format = arguments.format.unwrap_or_default();
        let write = move |drawing: Result<Drawing, String>, _: &BuildRequest| {
            let drawing = drawing?;
            Ok(match format {
                GraphFormat::Json => drawing.json(),
                GraphFormat::Dot => drawing.dot().into(),
                GraphFormat::Mermaid => drawing.mermaid().into(),
                GraphFormat::Svg => drawing.svg().into(),
            })
        };
        self.with_drawing(arguments, reply, write, |written: Option<Result<LSPAny, String>>, reply| {
            let answer = written.map(|written| written.map(Some).map_err(Error::invalid_params));
            let _ = reply.send(answer.unwrap_or_else(|| Err(failed(GRAPH))));
        });
    }

    /// Has a worker draw, once what has just been built is kept, and make something of the drawing.
    fn with_drawing<T: Send + 'static>(
        &mut self,
        mut arguments: Arguments,
        reply: Reply<Option<LSPAny>>,
        make: impl FnOnce(Result<Drawing, String>, &BuildRequest) -> Result<T, String> + Send + 'static,
        then: impl FnOnce(Option<Result<T, String>>, Reply<Option<LSPAny>>) + Send + 'static,
    ) {
        if arguments.line.is_none() {
            self.choose_as_last(&mut arguments);
        }
        let planned = match self.plan(&arguments) {
            Ok(planned) => planned,
            Err(error) => return drop(reply.send(Err(error))),
        };
        let (kept, once_kept) = tokio::sync::oneshot::channel::<()>();
        // A build that has just ended may not have been kept yet.
        if let Some(recorder) = &self.builds.recorder {
            recorder.once_kept(move || drop(kept));
        }
        let (folder, builder) = (self.builds.cache_folder.clone(), self.builds.builder());
        let is_trusted = !self.untrusted;
        let draw = move || {
            // The sender is dropped when all is kept, and where nothing is.
            let _ = once_kept.blocking_recv();
            let builder = Some(builder.as_ref()).filter(|builder| is_trusted && builder.is_near());
            make(drawing(folder.as_deref(), &planned.request, builder), &planned.request)
        };
        self.workers.look(draw, move |made| then(made, reply));
    }
}

/// The drawing with what is kept of builds, where anything is.
fn drawing(
    folder: Option<&Path>,
    request: &BuildRequest,
    builder: Option<&dyn Builder>,
) -> Result<Drawing, String> {
    let graph = match folder {
        Some(folder) => {
            let unusable = |error| format!("cannot read {}: {error}", folder.display());
            Foresight::open(folder).map_err(unusable)?.graph(request, builder)
        }
        None => foresight::graph(request),
    };
    Ok(Drawing::new(graph?, request))
}
