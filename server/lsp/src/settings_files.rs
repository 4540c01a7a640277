//! `layerwise.toml`, and `.hadolint.yaml` where the profile is hadolint's: read by `workspace` off the loop for each open Dockerfile, and checked where it is open itself.

use std::path::Path;

use ide::settings::{self, Layer, Reading, hadolint};
use ide::{Diagnostic, Document, DocumentId, DocumentKind, Settings, Severity, TextRange};
use tower_lsp::ls_types::MessageType;
use workspace::settings::{SettingsFile, parse, read_all, read_hadolint};

use crate::main_loop::{Event, MainLoop};
use crate::surroundings::file_path;

impl MainLoop {
    /// Reads on a worker the settings files that speak for a Dockerfile; once at a time for each.
    pub(crate) fn read_settings_files(&mut self, id: &DocumentId) {
        let kind = self.host.snapshot().kind(id);
        let is_checked = |kind: DocumentKind| {
            matches!(kind, DocumentKind::Dockerfile | DocumentKind::Ignore) || kind.names_callers()
        };
        if !kind.is_some_and(is_checked) {
            return;
        }
        let Some(dockerfile) = self.open.get(id).and_then(|open| file_path(&open.uri)) else { return };
        let boundary = self.boundary(&dockerfile).to_owned();
        let Some(folder) = dockerfile.parent().map(ToOwned::to_owned) else { return };
        let (untrusted, client_settings) = (self.untrusted, self.client_settings.clone());
        let Some(open) = self.open.get_mut(id) else { return };
        if !open.reading_settings.start() {
            return;
        }
        let (events, id) = (self.events.clone(), id.clone());
        let read = move || {
            let verdict = |reading: Reading, folder: &Path| {
                let layer = reading.layer.in_folder(folder);
                let layer = if untrusted { layer.without_builds() } else { layer };
                let problems = reading.problems.into_iter().map(|problem| (problem.at, problem.message));
                (layer, problems.collect())
            };
            let mut files =
                read_all(&folder, &boundary, |values, folder| verdict(settings::read(values), folder));
            let layers = files.iter().map(|file| &file.layer);
            if Settings::merged(layers.chain([&client_settings])).reads_hadolint() {
                let read = |values: &_, folder: &Path| verdict(hadolint::read(values), folder);
                files.extend(read_hadolint(&folder, &boundary, read));
            }
            files
        };
        self.workers.disk(read, move |files| drop(events.send(Event::SettingsFiles { id, files })));
    }

    /// The settings files of a document have been read; nothing where that failed. What is wrong in them is shown once.
    pub(crate) fn settings_files_read(&mut self, id: &DocumentId, files: Option<Vec<SettingsFile<Layer>>>) {
        let Some(open) = self.open.get_mut(id) else { return };
        let again = open.reading_settings.finish();
        if let Some(files) = files.filter(|files| *files != open.settings_files) {
            let told: Vec<&String> = self
                .open
                .values()
                .flat_map(|open| &open.settings_files)
                .flat_map(|file| &file.problems)
                .collect();
            let problems = files.iter().flat_map(|file| &file.problems);
            let new: Vec<&str> =
                problems.filter(|problem| !told.contains(problem)).map(String::as_str).collect();
            if !new.is_empty() {
                self.client.show(MessageType::WARNING, new.join("\n"));
            }
            if let Some(open) = self.open.get_mut(id) {
                open.settings_files = files;
            }
            if self.merge_settings(id) {
                self.follow_inputs(id);
                self.ask_shellcheck_soon(id);
                self.forecast_soon(id);
                self.diagnose(id);
                self.refresh_diagnostics();
            }
        }
        if again {
            self.read_settings_files(id);
        }
    }

    /// Merges the files' settings with the client's for a document: the files, the nearest first, then the client, so that the editor
    /// says what `layerwise check` says. Whether that changed anything.
    pub(crate) fn merge_settings(&mut self, id: &DocumentId) -> bool {
        let Some(open) = self.open.get(id) else { return false };
        let files = open.settings_files.iter().map(|file| &file.layer);
        let merged = Settings::merged(files.chain([&self.client_settings]));
        if *self.host.snapshot().settings(id) == merged {
            return false;
        }
        self.host.set_document_settings(id, merged);
        true
    }
}

/// What is wrong in a file of settings that is open.
pub(crate) fn diagnostics(document: &Document) -> Vec<Diagnostic> {
    let text = document.text();
    let parsed = parse(&text);
    let wrong = settings::read(&parsed.values).problems.into_iter();
    let wrong = wrong.map(|problem| (parsed.place(&problem.at), problem.message, Severity::Warning));
    let broken = parsed.problems.iter().cloned().map(|(place, message)| (place, message, Severity::Error));
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    broken
        .chain(wrong)
        .map(|(place, message, severity)| Diagnostic {
            layer: ide::Layer::Syntax,
            range: TextRange::new(offset(place.start), offset(place.end)),
            severity,
            code: None,
            message,
        })
        .collect()
}
