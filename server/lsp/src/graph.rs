//! `layerwise.showGraph`: a picture of the stages and steps, as a file that the client opens.

use std::path::Path;

use ide::Drawing;
use inner_loop::BuildRequest;
use tower_lsp::jsonrpc::Error;
use tower_lsp::ls_types::LSPAny;
use workspace::foresight::Foresight;

use crate::backend::failed;
use crate::builds::NO_CACHE_FOLDER;
use crate::commands::{Arguments, SHOW_GRAPH};
use crate::event::{Event, Reply};
use crate::main_loop::MainLoop;
use crate::shown_file::{ShownFile, Told};

impl MainLoop {
    /// Draws the build that was last asked for, or that of a stage or caller of this name, as the document stands. A line chooses its stage.
    pub(crate) fn show_graph(&mut self, mut arguments: Arguments, reply: Reply<Option<LSPAny>>) {
        if arguments.line.is_none() {
            self.choose_as_last(&mut arguments);
        }
        let planned = match self.plan(&arguments) {
            Ok(planned) => planned,
            Err(error) => return drop(reply.send(Err(error))),
        };
        let Some((folder, recorder)) = self.builds.cache_folder.clone().zip(self.builds.recorder.as_ref())
        else {
            return drop(reply.send(Err(Error::invalid_params(NO_CACHE_FOLDER))));
        };
        let (events, kept) = (self.events.clone(), tokio::sync::oneshot::channel());
        // A build that has just ended may not have been kept yet.
        recorder.once_kept(move || {
            let _ = kept.0.send(());
        });
        let draw = move || {
            // Where the sender is gone nothing is being kept.
            let _ = kept.1.blocking_recv();
            drawn(&folder, &planned.request)
        };
        self.workers.look(draw, move |drawn| {
            let drawn = drawn.unwrap_or_else(|| Err(failed(SHOW_GRAPH).message.into_owned()));
            let _ = events.send(Event::File(Told::Written(drawn, reply)));
        });
    }
}

fn drawn(folder: &Path, request: &BuildRequest) -> Result<ShownFile, String> {
    let unusable = |error| format!("cannot write to {}: {error}", folder.display());
    let foresight = Foresight::open(folder).map_err(unusable)?;
    let drawing = Drawing::new(foresight.graph(request)?, request);
    let path = foresight.write_picture(request, &drawing.svg()).map_err(unusable)?;
    Ok(ShownFile { path, title: "The graph", line: None, is_picture: true })
}
