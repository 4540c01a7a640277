//! A document with `$0` at the cursor, and the one place that asks for completions.

use expect_test::Expect;
use semantic::facts::{ContextFacts, FileFacts, FileKind, IgnoreFile, ImageFacts};
use syntax::{Document, TextRange};

use crate::completion::Completions;
use crate::host::{DocumentId, Host};
use crate::kind::DocumentKind;
use crate::settings::Settings;
use semantic::Facts;

/// What lies around the document of a test.
#[derive(Default)]
pub(super) struct Around {
    pub(super) facts: Facts,
    pub(super) settings: Settings,
}

impl Around {
    /// A build context with these files and folders (`src/`), under this .dockerignore.
    pub(super) fn context(paths: &[&str], ignore: &str) -> Self {
        let mut context = ContextFacts { complete: true, ..ContextFacts::default() };
        for path in paths {
            let kind = if path.ends_with('/') { FileKind::Directory } else { FileKind::File };
            context.files.insert(path.trim_end_matches('/').to_owned(), FileFacts { size: 1, kind });
            for (slash, _) in path.trim_end_matches('/').match_indices('/') {
                context
                    .files
                    .insert(path[..slash].to_owned(), FileFacts { size: 0, kind: FileKind::Directory });
            }
        }
        let file = IgnoreFile { path: ".dockerignore".to_owned(), text: ignore.to_owned() };
        context.ignore_file = (!ignore.is_empty()).then_some(file);
        Self { facts: Facts { context: Some(context), ..Facts::default() }, ..Self::default() }
    }

    /// An image on the builder.
    pub(super) fn image(mut self, name: &str, image: ImageFacts) -> Self {
        self.facts.base_images.insert(name.to_owned(), image);
        self
    }
}

/// The text without its cursor, and the cursor.
pub(super) fn cursor(text: &str) -> (String, u32) {
    let at = text.find("$0").expect("a cursor");
    (text.replacen("$0", "", 1), u32::try_from(at).unwrap())
}

pub(super) fn complete(text: &str, offset: u32, around: &Around) -> Option<Completions> {
    complete_as(DocumentKind::Dockerfile, text, offset, around)
}

fn complete_as(kind: DocumentKind, text: &str, offset: u32, around: &Around) -> Option<Completions> {
    let mut host = Host::new();
    let id = DocumentId::new("file:///Dockerfile");
    host.open(id.clone(), kind, text);
    host.set_facts(&id, around.facts.clone());
    host.set_settings(around.settings.clone());
    host.snapshot().completions(&id, offset)
}

/// What is offered, one item a line: the word that is replaced, cut at the cursor, then label, text where it differs, and detail.
pub(super) fn shown(text: &str, around: &Around) -> String {
    shown_as(DocumentKind::Dockerfile, text, around)
}

/// The same in a document of another kind.
pub(super) fn shown_as(kind: DocumentKind, text: &str, around: &Around) -> String {
    let (text, offset) = cursor(text);
    let Some(found) = complete_as(kind, &text, offset, around) else { return "nothing\n".to_owned() };
    let document = Document::new(&text);
    let mut out = String::new();
    let mut word = None;
    for item in found.items {
        let typed = document.slice(item.typed);
        let behind = document.slice(TextRange::new(item.typed.end, item.replaced.end));
        assert_eq!((item.typed.end, item.typed.start), (offset, item.replaced.start), "{item:?}");
        let this = format!("{typed}|{behind}");
        if word.as_ref() != Some(&this) {
            out += &format!("[{this}]\n");
            word = Some(this);
        }
        out += &item.label;
        let written = item.snippet.unwrap_or(item.text);
        if written != item.label {
            out += &format!(" -> {}", written.replace('\r', "␍").replace('\n', "⏎"));
        }
        if !item.detail.is_empty() {
            out += &format!("  ({})", item.detail);
        }
        out.push('\n');
    }
    if found.is_incomplete {
        out += "and more\n";
    }
    out
}

#[track_caller]
pub(super) fn check(text: &str, expected: &Expect) {
    check_with(&Around::default(), text, expected);
}

#[track_caller]
pub(super) fn check_with(around: &Around, text: &str, expected: &Expect) {
    expected.assert_eq(&shown(text, around));
}

/// The labels alone, in order, on one line.
pub(super) fn labels(text: &str, around: &Around) -> String {
    let (text, offset) = cursor(text);
    let found = complete(&text, offset, around).map(|found| found.items).unwrap_or_default();
    found.into_iter().map(|item| item.label).collect::<Vec<_>>().join(" ")
}

#[track_caller]
pub(super) fn check_nothing(text: &str) {
    assert_eq!(labels(text, &Around::default()), "", "{text}");
}
