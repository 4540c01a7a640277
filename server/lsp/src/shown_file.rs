//! Files that are written for the user: the client opens them, or says where they are.

use std::path::PathBuf;

use tower_lsp::jsonrpc::Error;
use tower_lsp::ls_types::request::ShowDocument;
use tower_lsp::ls_types::{LSPAny, MessageType, Position, Range, ShowDocumentParams, Uri};

use crate::event::{Event, Reply};
use crate::main_loop::MainLoop;

/// A file that was written.
pub(crate) struct ShownFile {
    pub(crate) path: PathBuf,
    /// What it is, as a sentence begins: `The build's log`.
    pub(crate) title: &'static str,
    /// The line at which it is opened, from 0.
    pub(crate) line: Option<u32>,
    /// Whether it is opened by what shows pictures on the user's machine, not in the editor.
    pub(crate) is_picture: bool,
}

/// What the main loop hears of such a file.
pub(crate) enum Told {
    /// It was written, or why not; and who waits for it.
    Written(Result<ShownFile, String>, Reply<Option<LSPAny>>),
    /// Whether the client has opened it.
    Opened(ShownFile, bool),
}

impl MainLoop {
    pub(crate) fn file_told(&mut self, told: Told) {
        match told {
            Told::Written(Err(message), reply) => drop(reply.send(Err(Error::invalid_params(message)))),
            Told::Written(Ok(file), reply) => {
                let _ = reply.send(Ok(None));
                match Uri::from_file_path(&file.path).filter(|_| self.profile.shows_documents) {
                    Some(uri) => self.open_file(uri, file),
                    None => self.say_where(&file),
                }
            }
            Told::Opened(_, true) => {}
            Told::Opened(file, false) => self.say_where(&file),
        }
    }

    fn open_file(&self, uri: Uri, file: ShownFile) {
        let start = file.line.map(|line| Position { line, character: 0 });
        let selection = start.map(|start| Range { start, end: start });
        let external = file.is_picture.then_some(true);
        let params = ShowDocumentParams { uri, external, take_focus: Some(true), selection };
        self.client.request::<ShowDocument>(params, |answer| {
            Event::File(Told::Opened(file, answer.is_ok_and(|answer| answer.success)))
        });
    }

    fn say_where(&self, file: &ShownFile) {
        self.client.show(MessageType::INFO, format!("{} is in {}", file.title, file.path.display()));
    }
}
