//! `layerwise.openShell`: the command line that opens a shell in the state before a failed step. A terminal is the client's to open, or the user's.

use inner_loop::{BuildRequest, SecretSource};
use serde_json::json;
use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionParams, Command, Diagnostic, LSPAny, MessageType,
};

use crate::commands::{Arguments, OPEN_SHELL};
use crate::event::Reply;
use crate::from_proto;
use crate::main_loop::{Context, MainLoop};
use crate::to_proto;

/// What the action is called, and the terminal.
const TITLE: &str = "Open a shell in the state before this step";

/// The action on the step at which the last build failed, where a range touches it.
pub(crate) fn action(
    context: &Context,
    params: &CodeActionParams,
    range: ide::TextRange,
) -> Option<CodeAction> {
    let uri = &params.text_document.uri;
    let id = from_proto::document_id(uri);
    let document = context.snapshot.document(&id)?;
    let step = context.snapshot.failed_step(&id)?;
    if step.end < range.start || range.end < step.start {
        return None;
    }
    let place = to_proto::range(document, step, &context.profile);
    let argument = json!({"uri": uri, "line": place.start.line});
    let command =
        Command { title: TITLE.to_owned(), command: OPEN_SHELL.to_owned(), arguments: Some(vec![argument]) };
    let is_of_build = |diagnostic: &&Diagnostic| diagnostic.source.as_deref() == Some(to_proto::BUILD);
    let diagnostics: Vec<Diagnostic> =
        params.context.diagnostics.iter().filter(is_of_build).cloned().collect();
    Some(CodeAction {
        title: TITLE.to_owned(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: (!diagnostics.is_empty()).then_some(diagnostics),
        command: Some(command),
        ..CodeAction::default()
    })
}

impl MainLoop {
    /// Answers the program and its arguments; a client that opens no terminals by itself has the user told them.
    pub(crate) fn open_shell(&mut self, mut arguments: Arguments, reply: Reply<Option<LSPAny>>) {
        // It is the build that failed which is done again, up to the step, and not one of the step's stage.
        arguments.line = None;
        self.choose_as_last(&mut arguments);
        let planned = match self.plan(&arguments) {
            Ok(planned) => planned,
            Err(error) => return drop(reply.send(Err(error))),
        };
        let program = match std::env::current_exe() {
            Ok(program) => program.to_string_lossy().into_owned(),
            Err(_) => "layerwise".to_owned(),
        };
        let request = &planned.request;
        if !self.opens_terminals {
            let line = shell_line(&program, &words(request, |name, _| name.to_owned()));
            let variables: Vec<&str> = request.build_args.keys().map(String::as_str).collect();
            let place = match variables.as_slice() {
                [] => "in a terminal".to_owned(),
                names => format!("in a terminal that has {} in its environment", names.join(", ")),
            };
            self.client.show(MessageType::INFO, format!("To open the shell, run this {place}: {line}"));
        }
        let words = words(request, |name, value| format!("{name}={value}"));
        let _ = reply.send(Ok(Some(json!({"title": TITLE, "program": program, "arguments": words}))));
    }
}

/// The words behind the program: the same build, with a shell where it fails.
fn words(request: &BuildRequest, argument: impl Fn(&str, &str) -> String) -> Vec<String> {
    let mut words = vec!["build".to_owned(), request.context.clone()];
    let mut add = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
    add("--file", request.dockerfile.to_string_lossy().into_owned());
    request.target.iter().for_each(|target| add("--target", target.clone()));
    request.build_args.iter().for_each(|(name, value)| add("--build-arg", argument(name, value)));
    for secret in &request.secrets {
        add(
            "--secret",
            match &secret.source {
                SecretSource::Environment(name) => format!("id={},env={name}", secret.id),
                SecretSource::File(path) => format!("id={},src={}", secret.id, path.display()),
                // It is in no command line; the step says that it misses it.
                SecretSource::Value(_) => continue,
            },
        );
    }
    request.ssh.iter().for_each(|agent| add("--ssh", agent.clone()));
    request.named_contexts.iter().for_each(|(name, at)| add("--build-context", format!("{name}={at}")));
    request.platforms.iter().for_each(|platform| add("--platform", platform.clone()));
    request.network.iter().for_each(|network| add("--network", network.clone()));
    words.push("--shell-on-failure".to_owned());
    words
}

/// A command line for a shell of POSIX.
fn shell_line(program: &str, words: &[String]) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:=,@%+".contains(letter);
    let quoted = |word: &str| match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    };
    let words = words.iter().map(|word| quoted(word));
    let line: Vec<String> = std::iter::once(quoted(program)).chain(words).collect();
    ide::plain::harmless(&line.join(" "))
}
