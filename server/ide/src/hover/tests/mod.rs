//! Dockerfiles with a cursor in, hovers out.

mod callers;
mod files;
mod ignore_files;
mod images;
mod language;
mod runs;
mod secrecy;
mod settings;
mod stages;
mod variables;

use std::path::Path;

use expect_test::Expect;
use semantic::facts::{ContextFacts, FileFacts, FileKind, IgnoreFile};
use semantic::{Caller, CallerBuild, CallerKind, Facts, ImageFacts, Setting};

use super::Markup;
use crate::build_record::LastBuild;
use crate::forecast::Forecast;
use crate::host::{DocumentId, Host, Snapshot};
use crate::kind::DocumentKind;

/// What a test gives beside the text.
#[derive(Debug, Clone, Default)]
struct Outside {
    facts: Facts,
    last_build: Option<LastBuild>,
    forecast: Option<Forecast>,
    settings: crate::settings::Settings,
}

impl Outside {
    fn new() -> Self {
        Self::default()
    }

    /// A build context of these files, ten bytes each; folders end with `/`.
    fn files(mut self, files: &[&str], ignore: &str) -> Self {
        let mut context =
            ContextFacts { root: "/project".to_owned(), complete: true, ..ContextFacts::default() };
        for path in files {
            for folder in Path::new(path).ancestors().skip(1).filter(|folder| folder.as_os_str() != "") {
                let folder = folder.display().to_string();
                context.files.insert(folder, FileFacts { size: 0, kind: FileKind::Directory });
            }
            context.files.insert((*path).to_owned(), FileFacts { size: 10, kind: FileKind::File });
        }
        if !ignore.is_empty() {
            let (path, text) = (".dockerignore".to_owned(), ignore.to_owned());
            context.ignore_file = Some(IgnoreFile { path, text });
        }
        self.facts.context = Some(context);
        self
    }

    /// A service of `compose.yaml` with these build arguments and contexts; `?` is a value that cannot be told.
    fn caller(mut self, name: &str, args: &[(&str, &str)], contexts: &[(&str, &str)]) -> Self {
        let setting = |(name, value): &(&str, &str)| {
            let setting = match *value {
                "?" => Setting::Unknown("${X} is not known".to_owned()),
                value => Setting::Known(value.to_owned()),
            };
            ((*name).to_owned(), setting)
        };
        self.facts.callers.push(Caller {
            kind: CallerKind::Compose,
            file: "/project/compose.yaml".to_owned(),
            shown_file: "compose.yaml".to_owned(),
            line: 1,
            name: name.to_owned(),
            build: CallerBuild {
                args: args.iter().map(setting).collect(),
                contexts: contexts.iter().map(setting).collect(),
                ..CallerBuild::default()
            },
        });
        self
    }

    fn image(mut self, name: &str, image: ImageFacts) -> Self {
        self.facts.base_images.insert(name.to_owned(), image);
        self
    }
}

fn snapshot(kind: DocumentKind, text: &str, outside: Outside) -> (Snapshot, DocumentId) {
    let id = DocumentId::new("file:///project/Dockerfile");
    let mut host = Host::new();
    host.set_settings(outside.settings);
    host.open(id.clone(), kind, text);
    host.set_facts(&id, outside.facts);
    if let Some(last_build) = outside.last_build {
        host.set_last_build(&id, last_build);
    }
    host.set_forecast(&id, outside.forecast);
    (host.snapshot(), id)
}

/// The hover at the `$0` of a text: what it is about, and what it says.
fn hover(text: &str, outside: Outside) -> String {
    hover_in(DocumentKind::Dockerfile, text, outside)
}

fn hover_in(kind: DocumentKind, text: &str, outside: Outside) -> String {
    let at = text.find("$0").expect("a cursor");
    let text = text.replacen("$0", "", 1);
    let (snapshot, id) = snapshot(kind, &text, outside);
    match snapshot.hover(&id, u32::try_from(at).unwrap(), Markup::Markdown) {
        Some(hover) => {
            let about = snapshot.document(&id).unwrap().slice(hover.range).replace('\r', "");
            format!("[{about}]\n{}\n", hover.text)
        }
        None => "nothing\n".to_owned(),
    }
}

#[track_caller]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&hover(text, Outside::new()));
}

#[track_caller]
fn check_with(text: &str, outside: Outside, expected: Expect) {
    expected.assert_eq(&hover(text, outside));
}

#[track_caller]
fn check_nothing(text: &str) {
    assert_eq!(hover(text, Outside::new()), "nothing\n", "{text:?}");
}
