//! The protocol's methods. They only forward: an event is sent before the first await, so the main loop sees the wire's order.

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::request::{GotoDeclarationParams, GotoDeclarationResponse};
use tower_lsp::ls_types::{
    CodeAction, CodeActionParams, CodeActionResponse, CodeLens, CodeLensParams, CompletionItem,
    CompletionParams, CompletionResponse, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentDiagnosticParams,
    DocumentDiagnosticReportResult, DocumentFormattingParams, DocumentHighlight, DocumentHighlightParams,
    DocumentLink, DocumentLinkParams, DocumentOnTypeFormattingParams, DocumentRangeFormattingParams,
    DocumentSymbolParams, DocumentSymbolResponse, ExecuteCommandParams, FoldingRange, FoldingRangeParams,
    GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverParams, InitializeParams, InitializeResult,
    InitializedParams, InlayHint, InlayHintParams, LSPAny, Location, PrepareRenameResponse, ReferenceParams,
    RenameParams, SelectionRange, SelectionRangeParams, SemanticTokensDeltaParams,
    SemanticTokensFullDeltaResult, SemanticTokensParams, SemanticTokensRangeParams,
    SemanticTokensRangeResult, SemanticTokensResult, SignatureHelp, SignatureHelpParams,
    TextDocumentPositionParams, TextEdit, Uri, WorkDoneProgressCancelParams, WorkspaceEdit,
    WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

use crate::main_loop::{Context, Event, Notice, Reading};
use crate::{
    code_actions, code_lens, completion, definition, diagnostics, document_links, document_symbol,
    folding_range, formatting, from_proto, hover, inlay_hints, references, rename, selection_range,
    semantic_tokens, signature_help, workspace_symbol,
};

/// Forwards to the main loop.
pub(crate) struct Backend {
    events: UnboundedSender<Event>,
}

/// The error of a request whose handler failed. The panic's own text stays in no message: it may quote a document.
pub(crate) fn failed(method: &str) -> Error {
    let mut error = Error::internal_error();
    error.message = format!("{method} failed; the session goes on").into();
    error
}

impl Backend {
    pub(crate) fn new(events: UnboundedSender<Event>) -> Self {
        Self { events }
    }

    /// Not in tower-lsp's trait yet.
    pub(crate) async fn work_done_progress_cancel(&self, params: WorkDoneProgressCancelParams) {
        self.notify(Notice::CancelProgress(params.token));
    }

    fn notify(&self, notice: Notice) {
        let _ = self.events.send(Event::Notice(notice));
    }

    /// Runs a job on a worker, with the snapshot of this very moment.
    async fn read<T: Send + 'static>(
        &self,
        method: &'static str,
        job: impl FnOnce(&Context) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.answer(method, job, Event::Read).await
    }

    /// The same once it is known what lies around the document, for answers that say nothing right before.
    async fn read_with_surroundings<T: Send + 'static>(
        &self,
        method: &'static str,
        uri: &Uri,
        job: impl FnOnce(&Context) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let id = from_proto::document_id(uri);
        self.answer(method, job, |reading| Event::ReadWithSurroundings(id, reading)).await
    }

    async fn answer<T: Send + 'static>(
        &self,
        method: &'static str,
        job: impl FnOnce(&Context) -> Result<T> + Send + 'static,
        event: impl FnOnce(Reading) -> Event,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let run = Box::new(move |context: Context| {
            // Nobody waits for what was cancelled.
            if reply.is_closed() {
                return;
            }
            let answer = job(&context);
            // The next key follows the answer, and finds nobody who still holds the version before.
            drop(context);
            let _ = reply.send(answer);
        });
        let _ = self.events.send(event(Reading { method, run }));
        answer.await.unwrap_or_else(|_| Err(failed(method)))
    }

    async fn ask<T>(
        &self,
        method: &'static str,
        event: impl FnOnce(oneshot::Sender<Result<T>>) -> Event,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let _ = self.events.send(event(reply));
        answer.await.unwrap_or_else(|_| Err(failed(method)))
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        self.ask("initialize", |reply| Event::Initialize(Box::new(params), reply)).await
    }

    async fn initialized(&self, _: InitializedParams) {
        self.notify(Notice::Initialized);
    }

    async fn shutdown(&self) -> Result<()> {
        self.ask("shutdown", Event::Shutdown).await
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.notify(Notice::DidOpen(params));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.notify(Notice::DidChange(params));
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.notify(Notice::DidSave(params));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.notify(Notice::DidClose(params));
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.notify(Notice::DidChangeConfiguration(params));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.notify(Notice::DiskChanged(params));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.notify(Notice::FoldersChanged(params));
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let report = move |context: &Context| Ok(diagnostics::pull(context, &params));
        let report = self.read("textDocument/diagnostic", report).await?;
        crate::ready_answer::leave(report, diagnostics::stand_in())
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let uri = params.text_document.uri.clone();
        let list = move |context: &Context| Ok(code_actions::list(context, &params));
        self.read_with_surroundings("textDocument/codeAction", &uri, list).await
    }

    async fn code_action_resolve(&self, params: CodeAction) -> Result<CodeAction> {
        self.read("codeAction/resolve", move |context| code_actions::resolve(context, params)).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.read("textDocument/documentLink", move |context| Ok(document_links::list(context, &params)))
            .await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.read("textDocument/hover", move |context| Ok(hover::at(context, &params))).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        self.read("textDocument/inlayHint", move |context| Ok(inlay_hints::list(context, &params))).await
    }

    async fn inlay_hint_resolve(&self, params: InlayHint) -> Result<InlayHint> {
        self.read("inlayHint/resolve", move |context| Ok(inlay_hints::resolve(context, params))).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.read("textDocument/codeLens", move |context| Ok(code_lens::list(context, &params))).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.read("textDocument/formatting", move |context| Ok(formatting::document(context, &params))).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.read("textDocument/rangeFormatting", move |context| Ok(formatting::range(context, &params)))
            .await
    }

    async fn on_type_formatting(
        &self,
        params: DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        self.read("textDocument/onTypeFormatting", move |context| Ok(formatting::on_type(context, &params)))
            .await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        let events = self.events.clone();
        let remember = move |event| drop(events.send(event));
        self.read("textDocument/semanticTokens/full", move |context| {
            Ok(semantic_tokens::full(context, &params, remember))
        })
        .await
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        let events = self.events.clone();
        let remember = move |event| drop(events.send(event));
        self.read("textDocument/semanticTokens/full/delta", move |context| {
            Ok(semantic_tokens::full_delta(context, &params, remember))
        })
        .await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        self.read("textDocument/semanticTokens/range", move |context| {
            Ok(semantic_tokens::range(context, &params))
        })
        .await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let uri = params.text_document_position.text_document.uri.clone();
        let list = move |context: &Context| Ok(completion::list(context, &params));
        self.read_with_surroundings("textDocument/completion", &uri, list).await
    }

    async fn completion_resolve(&self, params: CompletionItem) -> Result<CompletionItem> {
        self.read("completionItem/resolve", move |context| Ok(completion::resolve(context, params))).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        self.read("textDocument/signatureHelp", move |context| Ok(signature_help::show(context, &params)))
            .await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let uri = params.text_document_position_params.text_document.uri.clone();
        let list = move |context: &Context| Ok(definition::definition(context, &params));
        self.read_with_surroundings("textDocument/definition", &uri, list).await
    }

    async fn goto_declaration(
        &self,
        params: GotoDeclarationParams,
    ) -> Result<Option<GotoDeclarationResponse>> {
        self.read("textDocument/declaration", move |context| Ok(definition::declaration(context, &params)))
            .await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        self.read("textDocument/references", move |context| Ok(references::references(context, &params)))
            .await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let highlights = move |context: &Context| Ok(references::highlights(context, &params));
        self.read("textDocument/documentHighlight", highlights).await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        self.read("textDocument/prepareRename", move |context| rename::prepare(context, &params)).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        self.read("textDocument/rename", move |context| rename::rename(context, &params)).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let list = move |context: &Context| Ok(document_symbol::list(context, &params));
        self.read("textDocument/documentSymbol", list).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        self.read("workspace/symbol", move |context| Ok(workspace_symbol::list(context, &params))).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let list = move |context: &Context| Ok(folding_range::list(context, &params));
        self.read("textDocument/foldingRange", list).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        let list = move |context: &Context| Ok(selection_range::list(context, &params));
        self.read("textDocument/selectionRange", list).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        self.ask("workspace/executeCommand", |reply| Event::Execute(params, reply)).await
    }
}
