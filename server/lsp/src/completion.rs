//! `textDocument/completion` and `completionItem/resolve`: what may be written, as the client takes it.
//!
//! Documentation goes out when the client asks for an item's, never with the list.

use ide::{CompletionKind, Document, DocumentKind, Topic};
use serde_json::Value;
use tower_lsp::ls_types::{
    CompletionItem, CompletionItemKind, CompletionItemTag, CompletionList, CompletionOptions,
    CompletionParams, CompletionResponse, CompletionTextEdit, Documentation, InsertReplaceEdit,
    InsertTextFormat, MarkupContent, MarkupKind, TextEdit,
};

use crate::main_loop::Context;
use crate::profile::Profile;
use crate::{caller_completion, from_proto, to_proto};

/// What the client takes of a completion item.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Abilities {
    snippets: bool,
    insert_replace: bool,
    deprecated_tag: bool,
    markdown: bool,
}

impl Abilities {
    /// Reads them out of the client's capabilities.
    pub(crate) fn new(capabilities: &Value) -> Self {
        let item = capabilities.pointer("/textDocument/completion/completionItem");
        let flag = |name: &str| item.and_then(|item| item.get(name)).and_then(Value::as_bool) == Some(true);
        let lists = |pointer: &str, value: &Value| {
            let list = item.and_then(|item| item.pointer(pointer)).and_then(Value::as_array);
            list.is_some_and(|list| list.contains(value))
        };
        Self {
            snippets: flag("snippetSupport"),
            insert_replace: flag("insertReplaceSupport"),
            deprecated_tag: lists("/tagSupport/valueSet", &Value::from(1)),
            markdown: lists("/documentationFormat", &Value::from("markdown")),
        }
    }
}

/// What is announced at `initialize`.
pub(crate) fn options() -> CompletionOptions {
    let triggers = ["$", "{", "-", "=", ",", "<", "\"", "/", ":", " "];
    CompletionOptions {
        resolve_provider: Some(true),
        trigger_characters: Some(triggers.map(str::to_owned).to_vec()),
        ..CompletionOptions::default()
    }
}

pub(crate) fn list(context: &Context, params: &CompletionParams) -> Option<CompletionResponse> {
    let place = &params.text_document_position;
    let id = from_proto::document_id(&place.text_document.uri);
    let document = context.snapshot.document(&id)?;
    let offset = from_proto::offset(document, place.position, context.profile.encoding);
    let found = match context.snapshot.kind(&id)? {
        DocumentKind::Compose | DocumentKind::Bake => {
            caller_completion::completions(context, &place.text_document.uri, document, offset)?
        }
        _ => context.snapshot.completions(&id, offset)?,
    };
    let items = found.items.into_iter().enumerate();
    let items = items.map(|(rank, item)| to_protocol(document, item, rank, &context.profile)).collect();
    Some(CompletionResponse::List(CompletionList { is_incomplete: found.is_incomplete, items }))
}

/// Adds the documentation. An item that is none of ours comes back as it is.
pub(crate) fn resolve(context: &Context, mut item: CompletionItem) -> CompletionItem {
    let topic = item.data.as_ref().and_then(Value::as_str).and_then(Topic::from_name);
    if let Some(text) = topic.and_then(Topic::documentation) {
        item.documentation = Some(if context.profile.completion.markdown {
            Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: text })
        } else {
            Documentation::String(text)
        });
    }
    item
}

fn to_protocol(
    document: &Document,
    item: ide::CompletionItem,
    rank: usize,
    profile: &Profile,
) -> CompletionItem {
    let abilities = profile.completion;
    let snippet = item.snippet.filter(|_| abilities.snippets);
    let format = if snippet.is_some() { InsertTextFormat::SNIPPET } else { InsertTextFormat::PLAIN_TEXT };
    let new_text = snippet.unwrap_or(item.text);
    let replace = to_proto::range(document, item.replaced, profile);
    let text_edit = if abilities.insert_replace {
        let insert = to_proto::range(document, item.typed, profile);
        CompletionTextEdit::InsertAndReplace(InsertReplaceEdit { new_text, insert, replace })
    } else {
        CompletionTextEdit::Edit(TextEdit { range: replace, new_text })
    };
    let deprecated = item.is_deprecated && abilities.deprecated_tag;
    CompletionItem {
        label: item.label,
        kind: Some(kind(item.kind)),
        detail: Some(item.detail).filter(|detail| !detail.is_empty()),
        tags: deprecated.then(|| vec![CompletionItemTag::DEPRECATED]),
        // Editors sort by text: the order of the list is kept by its numbers.
        sort_text: Some(format!("{rank:04}")),
        insert_text_format: Some(format),
        text_edit: Some(text_edit),
        data: item.topic.map(|topic| Value::from(topic.name())),
        ..CompletionItem::default()
    }
}

const fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
        CompletionKind::Property => CompletionItemKind::PROPERTY,
        CompletionKind::Value => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Variable => CompletionItemKind::VARIABLE,
        CompletionKind::Stage => CompletionItemKind::CLASS,
        CompletionKind::Image => CompletionItemKind::MODULE,
        CompletionKind::File => CompletionItemKind::FILE,
        CompletionKind::Folder => CompletionItemKind::FOLDER,
        CompletionKind::User => CompletionItemKind::CONSTANT,
        CompletionKind::Rule => CompletionItemKind::EVENT,
        CompletionKind::Phrase => CompletionItemKind::SNIPPET,
    }
}
