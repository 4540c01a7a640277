//! `textDocument/semanticTokens/…`: full, as a delta to what was sent last, and of a range.
//!
//! What was sent last is remembered by the main loop. A worker tells it before its answer goes out, so that a client which names a
//! result has it remembered.

mod delta;
mod encode;

use std::sync::Arc;

use ide::SemanticKind;
use tower_lsp::ls_types::{
    SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensDelta,
    SemanticTokensDeltaParams, SemanticTokensFullDeltaResult, SemanticTokensFullOptions,
    SemanticTokensLegend, SemanticTokensOptions, SemanticTokensParams, SemanticTokensRangeParams,
    SemanticTokensRangeResult, SemanticTokensResult, SemanticTokensServerCapabilities, Uri,
};

use crate::from_proto;
use crate::main_loop::{Context, Event};

/// What was sent for a document last.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// Different for every state of every document.
    result_id: String,
    data: Arc<Vec<SemanticToken>>,
}

pub(crate) fn capability() -> SemanticTokensServerCapabilities {
    let legend = SemanticTokensLegend {
        token_types: SemanticKind::ALL.map(name).to_vec(),
        token_modifiers: encode::MODIFIERS.map(SemanticTokenModifier::new).to_vec(),
    };
    let full = Some(SemanticTokensFullOptions::Delta { delta: Some(true) });
    SemanticTokensOptions { legend, full, range: Some(true), ..SemanticTokensOptions::default() }.into()
}

/// The protocol's own names, which every colour theme knows.
fn name(kind: SemanticKind) -> SemanticTokenType {
    match kind {
        SemanticKind::Keyword => SemanticTokenType::KEYWORD,
        SemanticKind::Comment => SemanticTokenType::COMMENT,
        SemanticKind::String => SemanticTokenType::STRING,
        SemanticKind::Number => SemanticTokenType::NUMBER,
        SemanticKind::Operator => SemanticTokenType::OPERATOR,
        SemanticKind::Variable => SemanticTokenType::VARIABLE,
        SemanticKind::Property => SemanticTokenType::PROPERTY,
        SemanticKind::Flag => SemanticTokenType::PARAMETER,
        SemanticKind::Command => SemanticTokenType::FUNCTION,
        SemanticKind::Image => SemanticTokenType::NAMESPACE,
        SemanticKind::Stage => SemanticTokenType::CLASS,
        SemanticKind::Choice => SemanticTokenType::ENUM_MEMBER,
        SemanticKind::Marker => SemanticTokenType::MACRO,
    }
}

pub(crate) fn full(
    context: &Context,
    params: &SemanticTokensParams,
    remember: impl FnOnce(Event),
) -> Option<SemanticTokensResult> {
    let sent = send(context, &params.text_document.uri, remember)?;
    Some(SemanticTokensResult::Tokens(whole(&sent)))
}

pub(crate) fn full_delta(
    context: &Context,
    params: &SemanticTokensDeltaParams,
    remember: impl FnOnce(Event),
) -> Option<SemanticTokensFullDeltaResult> {
    let uri = &params.text_document.uri;
    let sent = send(context, uri, remember)?;
    let before = context.sent_tokens.get(&from_proto::document_id(uri));
    Some(match before.filter(|before| before.result_id == params.previous_result_id) {
        Some(before) => SemanticTokensFullDeltaResult::TokensDelta(SemanticTokensDelta {
            result_id: Some(sent.result_id),
            edits: delta::edits(&before.data, &sent.data),
        }),
        None => SemanticTokensFullDeltaResult::Tokens(whole(&sent)),
    })
}

pub(crate) fn range(
    context: &Context,
    params: &SemanticTokensRangeParams,
) -> Option<SemanticTokensRangeResult> {
    let id = from_proto::document_id(&params.text_document.uri);
    let document = context.snapshot.document(&id)?;
    let range = from_proto::range(document, params.range, context.profile.encoding);
    let tokens = context.snapshot.semantic_tokens(&id, Some(range));
    let data = encode::encode(document, &tokens, context.profile.encoding);
    Some(SemanticTokensRangeResult::Tokens(SemanticTokens { result_id: None, data }))
}

/// Computes the tokens of a document, and has them remembered.
fn send(context: &Context, uri: &Uri, remember: impl FnOnce(Event)) -> Option<Sent> {
    let id = from_proto::document_id(uri);
    let document = context.snapshot.document(&id)?;
    let (revision, settings) = context.snapshot.revision(&id)?;
    let tokens = context.snapshot.semantic_tokens(&id, None);
    let data = Arc::new(encode::encode(document, &tokens, context.profile.encoding));
    let sent = Sent { result_id: format!("{revision}.{settings}"), data };
    remember(Event::TokensSent { id, sent: sent.clone() });
    Some(sent)
}

fn whole(sent: &Sent) -> SemanticTokens {
    SemanticTokens { result_id: Some(sent.result_id.clone()), data: sent.data.as_ref().clone() }
}
