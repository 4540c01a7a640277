//! `layerwise.showBuildLog`: what the steps of the last build wrote, as a file that the client opens.

use std::path::{Path, PathBuf};

use inner_loop::BuildRequest;
use tower_lsp::jsonrpc::Error;
use tower_lsp::ls_types::request::ShowDocument;
use tower_lsp::ls_types::{LSPAny, MessageType, Position, Range, ShowDocumentParams, Uri};
use workspace::foresight::{Foresight, WrittenLog};

use crate::builds::NO_CACHE_FOLDER;
use crate::commands::Arguments;
use crate::event::{Event, Reply};
use crate::from_proto;
use crate::main_loop::MainLoop;

/// What the main loop hears of a log.
pub(crate) enum Told {
    /// It was written, or why not; and who waits for it.
    Written(Result<WrittenLog, String>, Reply<Option<LSPAny>>),
    /// Whether the client has opened it.
    Opened(PathBuf, bool),
}

impl MainLoop {
    /// Writes the log of the build that was last asked for, or of the stage or caller of this name. `line` is the step that is looked for.
    pub(crate) fn show_build_log(&mut self, mut arguments: Arguments, reply: Reply<Option<LSPAny>>) {
        let line = arguments.line.take();
        if arguments.target.is_none() && arguments.caller.is_none() {
            let id = from_proto::document_id(&arguments.uri);
            (arguments.target, arguments.caller) = self.forecasts.chosen(&id);
        }
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
            let _ = events.send(Event::BuildLog(Told::Written(written, reply)));
        });
    }

    pub(crate) fn build_log_told(&mut self, told: Told) {
        match told {
            Told::Written(Err(message), reply) => drop(reply.send(Err(Error::invalid_params(message)))),
            Told::Written(Ok(WrittenLog { path, line }), reply) => {
                let _ = reply.send(Ok(None));
                match Uri::from_file_path(&path).filter(|_| self.profile.shows_documents) {
                    Some(uri) => self.open_log(uri, path, line),
                    None => self.say_where(&path),
                }
            }
            Told::Opened(_, true) => {}
            Told::Opened(path, false) => self.say_where(&path),
        }
    }

    fn open_log(&self, uri: Uri, path: PathBuf, line: Option<u32>) {
        let start = line.map(|line| Position { line, character: 0 });
        let selection = start.map(|start| Range { start, end: start });
        let params = ShowDocumentParams { uri, external: None, take_focus: Some(true), selection };
        self.client.request::<ShowDocument>(params, |answer| {
            Event::BuildLog(Told::Opened(path, answer.is_ok_and(|answer| answer.success)))
        });
    }

    fn say_where(&self, path: &Path) {
        self.client.show(MessageType::INFO, format!("The build's log is in {}", path.display()));
    }
}

fn written(folder: &Path, request: &BuildRequest, line: Option<u32>) -> Result<WrittenLog, String> {
    let unusable = |error| format!("cannot write to {}: {error}", folder.display());
    let foresight = Foresight::open(folder).map_err(unusable)?;
    let written = foresight.write_build_log(request, line).map_err(unusable)?;
    written.ok_or_else(|| {
        let target = request.target.as_ref().map(|target| format!("stage {target} of ")).unwrap_or_default();
        format!("no build of {target}{} is kept yet: build it once", request.dockerfile.display())
    })
}
