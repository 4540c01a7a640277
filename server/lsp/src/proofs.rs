//! Proofs of rewrites that the editor asked for: from the command to a message that says what came out of it.
//!
//! A proof changes nothing: neither the document nor what is shown of its builds.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use ide::DocumentId;
use ide::proof::{Given, proof_request, summary};
use inner_loop::BuildHandle;
use inner_loop::proof::{Proof, ProofEvent, ProofOutcome, ProofRequest};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::request::WorkDoneProgressCreate;
use tower_lsp::ls_types::{MessageType, NumberOrString, ProgressToken, WorkDoneProgressCreateParams};

use crate::commands::Arguments;
use crate::event::{Event, Reply};
use crate::from_proto;
use crate::main_loop::MainLoop;
use crate::progress::{Progress, Reported};

/// One proof of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ProofId(u64);

/// What is told of a proof.
#[derive(Debug)]
pub(crate) enum Told {
    /// The builder says something.
    Event(ProofEvent),
    /// The client made its progress token, or would not.
    ProgressCreated(bool),
    /// A held-back report of progress is due.
    ProgressDue,
}

/// The proofs that go on.
#[derive(Default)]
pub(crate) struct Proofs {
    last: u64,
    running: HashMap<ProofId, Running>,
    /// Progress that the client has not made a token for, or whose end it has not been told.
    progress: HashMap<ProofId, Progress>,
    /// Where it is said that the session may end: a proof that is stopped removes what it made on the engine first.
    shutdown: Option<Reply<()>>,
}

struct Running {
    document_id: DocumentId,
    /// The rewrite's id.
    rewrite: &'static str,
    handle: Option<Box<dyn BuildHandle>>,
}

/// The token of a proof.
fn token(id: ProofId) -> ProgressToken {
    NumberOrString::String(format!("layerwise/proof/{}", id.0))
}

impl MainLoop {
    /// Starts a proof of a document's rewrite: of the one that is named, else of the first that applies at the line, else of the first.
    pub(crate) fn prove(&mut self, arguments: Arguments) -> Result<()> {
        let document_id = from_proto::document_id(&arguments.uri);
        if self.proofs.running.values().any(|running| running.document_id == document_id) {
            return Err(Error::invalid_params(format!("a rewrite of {document_id} is being proved already")));
        }
        let snapshot = self.host.snapshot();
        let line = arguments.line.and_then(|line| {
            snapshot.document(&document_id).map(|document| from_proto::buildkit_line(document, line))
        });
        let wanted = arguments.rewrite.clone();
        // It is the whole file that is proved, whichever stage the line is in.
        let mut planned = self.plan(&Arguments { target: None, line: None, ..arguments })?;
        planned.request.target = None;
        let provable =
            snapshot.provable(&document_id, wanted.as_deref(), line).map_err(Error::invalid_params)?;
        self.proofs.last += 1;
        let id = ProofId(self.proofs.last);
        let given = Given {
            needs: provable.needs.as_deref(),
            run: None,
            number: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos(),
            variable: &|name| std::env::var(name).ok(),
        };
        let request = proof_request(planned.request, provable.after, given);
        self.start_proof(id, document_id, provable.rewrite, request);
        Ok(())
    }

    fn start_proof(
        &mut self,
        id: ProofId,
        document_id: DocumentId,
        rewrite: &'static str,
        request: ProofRequest,
    ) {
        if self.profile.work_done_progress {
            self.proofs.progress.insert(id, Progress::new(token(id), format!("Proving {rewrite}")));
            let params = WorkDoneProgressCreateParams { token: token(id) };
            self.client.request::<WorkDoneProgressCreate>(params, move |answer| {
                Event::Proof(id, Told::ProgressCreated(answer.is_ok()))
            });
        }
        self.proofs.running.insert(id, Running { document_id, rewrite, handle: None });
        let events = self.events.clone();
        let sink = Box::new(move |event| {
            // Each line that its builds print would be a turn of the loop, for nothing.
            if !matches!(event, ProofEvent::Build { .. }) {
                let _ = events.send(Event::Proof(id, Told::Event(event)));
            }
        });
        let handle = self.builds.builder().prove(request, sink);
        if let Some(running) = self.proofs.running.get_mut(&id) {
            running.handle = Some(handle);
        }
    }

    /// Takes in what is told of a proof.
    pub(crate) fn proof_told(&mut self, id: ProofId, told: Told) {
        match told {
            Told::Event(ProofEvent::Doing { text }) => self.report_proof(id, text),
            Told::Event(ProofEvent::Build { .. }) => {}
            Told::Event(ProofEvent::Finished(outcome)) => self.proof_finished(id, outcome),
            Told::ProgressCreated(ok) => {
                let Some(progress) = self.proofs.progress.get_mut(&id) else { return };
                if !ok || progress.begin(&self.client) {
                    self.proofs.progress.remove(&id);
                }
            }
            Told::ProgressDue => {
                if let Some(progress) = self.proofs.progress.get_mut(&id) {
                    progress.flush(&self.client);
                }
            }
        }
    }

    fn report_proof(&mut self, id: ProofId, message: String) {
        let Some(progress) = self.proofs.progress.get_mut(&id) else { return };
        if let Reported::Later(time) = progress.report(&self.client, message) {
            let events = self.events.clone();
            tokio::spawn(async move {
                tokio::time::sleep(time).await;
                let _ = events.send(Event::Proof(id, Told::ProgressDue));
            });
        }
    }

    fn proof_finished(&mut self, id: ProofId, outcome: ProofOutcome) {
        let Some(Running { rewrite, .. }) = self.proofs.running.remove(&id) else { return };
        let (ended, shown) = match outcome {
            ProofOutcome::Compared(proof) => (ended(&proof), Some((kind(&proof), summary(rewrite, &proof)))),
            ProofOutcome::NotBuilt(reason) => {
                ("not proved", Some((MessageType::ERROR, format!("{rewrite} is not proved: {reason}"))))
            }
            ProofOutcome::NoBuilder(reason) => ("not proved", Some((MessageType::ERROR, reason))),
            ProofOutcome::Canceled => ("stopped", None),
        };
        if let Some(progress) = self.proofs.progress.get_mut(&id)
            && progress.end(&self.client, ended.to_owned())
        {
            self.proofs.progress.remove(&id);
        }
        if let Some((kind, message)) = shown {
            self.client.show(kind, message);
        }
        if self.proofs.running.is_empty()
            && let Some(reply) = self.proofs.shutdown.take()
        {
            let _ = reply.send(Ok(()));
        }
    }

    /// Stops a document's proof, where one goes on.
    pub(crate) fn cancel_proof(&mut self, document_id: &DocumentId) {
        for running in self.proofs.running.values().filter(|running| running.document_id == *document_id) {
            running.cancel();
        }
    }

    /// The user pressed the button of a proof's progress.
    pub(crate) fn cancel_proof_of(&mut self, progress: &ProgressToken) {
        for (_, running) in self.proofs.running.iter().filter(|(id, _)| token(**id) == *progress) {
            running.cancel();
        }
    }

    /// Stops all proofs, and says when nothing of them is left.
    pub(crate) fn end_proofs(&mut self, reply: Reply<()>) {
        self.proofs.running.values().for_each(Running::cancel);
        match self.proofs.running.is_empty() {
            true => drop(reply.send(Ok(()))),
            false => self.proofs.shutdown = Some(reply),
        }
    }
}

impl Running {
    fn cancel(&self) {
        if let Some(handle) = &self.handle {
            handle.cancel();
        }
    }
}

fn ended(proof: &Proof) -> &'static str {
    match (proof.reasons().is_empty(), proof.unproven()) {
        (true, None) => "proved",
        (true, Some(_)) => "unproven",
        (false, _) => "not proved",
    }
}

fn kind(proof: &Proof) -> MessageType {
    match (proof.reasons().is_empty(), proof.unproven()) {
        (true, None) => MessageType::INFO,
        (true, Some(_)) => MessageType::WARNING,
        (false, _) => MessageType::ERROR,
    }
}
