//! `layerwise.showBuildLog`: what the steps of the last build wrote, as a file that the client opens.

use std::path::Path;

use inner_loop::BuildRequest;
use tower_lsp::jsonrpc::Error;
use tower_lsp::ls_types::LSPAny;
use workspace::foresight::Foresight;

use crate::builds::NO_CACHE_FOLDER;
use crate::commands::Arguments;
use crate::event::{Event, Reply};
use crate::from_proto;
use crate::main_loop::MainLoop;
use crate::shown_file::{ShownFile, Told};

impl MainLoop {
    /// Writes the log of the build that was last asked for, or of the stage or caller of this name. `line` is the step that is looked for.
    pub(crate) fn show_build_log(&mut self, mut arguments: Arguments, reply: Reply<Option<LSPAny>>) {
        let line = arguments.line.take();
        self.choose_as_last(&mut arguments);
        let planned = match self.plan(&arguments) {
            Ok(planned) => planned,
            Err(error) => return drop(reply.send(Err(error))),
        };
        let line = line.map(|line| from_proto::buildkit_line(&planned.document, line) + 1);
        let Some((folder, recorder)) = self.builds.cache_folder.clone().zip(self.builds.recorder.as_ref())
        else {
            return drop(reply.send(Err(Error::invalid_params(NO_CACHE_FOLDER))));
        };
        let events = self.events.clone();
        // A build that has just ended may not have been kept yet.
        recorder.once_kept(move || {
            let written = written(&folder, &planned.request, line);
            let _ = events.send(Event::File(Told::Written(written, reply)));
        });
    }

    /// Names the build that the user last asked for, where a command names none.
    pub(crate) fn choose_as_last(&self, arguments: &mut Arguments) {
        if arguments.target.is_none() && arguments.caller.is_none() {
            let id = from_proto::document_id(&arguments.uri);
            (arguments.target, arguments.caller) = self.forecasts.chosen(&id);
        }
    }
}

fn written(folder: &Path, request: &BuildRequest, line: Option<u32>) -> Result<ShownFile, String> {
    let unusable = |error| format!("cannot write to {}: {error}", folder.display());
    let foresight = Foresight::open(folder).map_err(unusable)?;
    let written = foresight.write_build_log(request, line).map_err(unusable)?;
    let written = written.ok_or_else(|| {
        let target = request.target.as_ref().map(|target| format!("stage {target} of ")).unwrap_or_default();
        format!("no build of {target}{} is kept yet: build it once", request.dockerfile.display())
    })?;
    Ok(ShownFile { path: written.path, title: "The build's log", line: written.line, is_picture: false })
}
