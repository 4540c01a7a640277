//! `textDocument/signatureHelp`: how the instruction at the cursor is written.

use ide::{Reason, Signature};
use serde_json::Value;
use tower_lsp::ls_types::{
    Documentation, MarkupContent, MarkupKind, ParameterInformation, ParameterLabel, SignatureHelp,
    SignatureHelpOptions, SignatureHelpParams, SignatureHelpTriggerKind, SignatureInformation,
};

use crate::from_proto;
use crate::main_loop::Context;

/// What the client takes of a signature.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Abilities {
    label_offsets: bool,
    markdown: bool,
}

impl Abilities {
    /// Reads them out of the client's capabilities.
    pub(crate) fn new(capabilities: &Value) -> Self {
        let of = |pointer: &str| {
            capabilities.pointer(&format!("/textDocument/signatureHelp/signatureInformation{pointer}"))
        };
        let formats = of("/documentationFormat").and_then(Value::as_array);
        Self {
            label_offsets: of("/parameterInformation/labelOffsetSupport") == Some(&Value::Bool(true)),
            markdown: formats.is_some_and(|formats| formats.contains(&Value::from("markdown"))),
        }
    }

    fn documentation(self, text: String) -> Option<Documentation> {
        Some(if self.markdown {
            Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: text })
        } else {
            Documentation::String(text)
        })
    }
}

/// What is announced at `initialize`.
pub(crate) fn options() -> SignatureHelpOptions {
    SignatureHelpOptions {
        trigger_characters: Some([" ", "[", ",", "="].map(str::to_owned).to_vec()),
        ..SignatureHelpOptions::default()
    }
}

pub(crate) fn show(context: &Context, params: &SignatureHelpParams) -> Option<SignatureHelp> {
    let place = &params.text_document_position_params;
    let id = from_proto::document_id(&place.text_document.uri);
    let document = context.snapshot.document(&id)?;
    let offset = from_proto::offset(document, place.position, context.profile.encoding);
    let invoked = |asked: &tower_lsp::ls_types::SignatureHelpContext| {
        asked.trigger_kind == SignatureHelpTriggerKind::INVOKED
    };
    let reason = if params.context.as_ref().is_none_or(invoked) { Reason::Invoked } else { Reason::Typed };
    let found = context.snapshot.signature_help(&id, offset, reason)?;
    let abilities = context.profile.signature_help;
    let active_parameter =
        found.signatures.get(found.active).map(|signature| number(signature.active_parameter));
    Some(SignatureHelp {
        signatures: found.signatures.into_iter().map(|signature| to_protocol(signature, abilities)).collect(),
        active_signature: Some(number(found.active)),
        active_parameter,
    })
}

fn to_protocol(signature: Signature, abilities: Abilities) -> SignatureInformation {
    let label = signature.label;
    let parameters = signature.parameters.into_iter().map(|parameter| {
        let text = label.get(parameter.label.clone()).unwrap_or_default();
        // Labels count in UTF-16, whatever positions count in.
        let units = |end: usize| number(label.get(..end).unwrap_or_default().encode_utf16().count());
        let label = if abilities.label_offsets {
            ParameterLabel::LabelOffsets([units(parameter.label.start), units(parameter.label.end)])
        } else {
            ParameterLabel::Simple(text.to_owned())
        };
        ParameterInformation { label, documentation: abilities.documentation(parameter.documentation) }
    });
    let parameters = parameters.collect();
    SignatureInformation {
        parameters: Some(parameters),
        documentation: abilities.documentation(signature.documentation),
        active_parameter: Some(number(signature.active_parameter)),
        label,
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
