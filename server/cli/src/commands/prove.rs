//! `layerwise rewrite --prove`: the rewrite built and run beside the Dockerfile as it is, with a report on what was gained.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::mpsc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use ide::proof::{Given, proof_request};
use inner_loop::Builder;
use inner_loop::proof::{ProofEvent, ProofOutcome, ProofRequest, command_words};
use rewrites::Rewrite;

use crate::arguments::{AnswerFormat, ProofArguments, RequestArguments, RewriteArguments};
use crate::commands::request;
use crate::exit::{self, Outcome};
use crate::interrupts::Interrupts;
use crate::output::{print, proof_json, proof_text, tell};
use crate::outside;

/// A rewrite that is to be proved.
pub(super) struct Subjects<'a> {
    /// Its id.
    pub(super) id: &'a str,
    /// The Dockerfile.
    pub(super) file: &'a Path,
    /// The build context that the rewrite was made for, where it is known.
    pub(super) root: Option<&'a str>,
    /// The rewrite.
    pub(super) rewrite: &'a Rewrite,
    /// The text after it.
    pub(super) after: &'a str,
}

/// Proves a rewrite, and reports. Anything but [`Outcome::Fine`] means that it must not be applied.
pub(super) fn prove(subjects: &Subjects<'_>, arguments: &RewriteArguments) -> anyhow::Result<Outcome> {
    let request = proof(subjects, arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let interrupts = Interrupts::of(&runtime);
    let builder = outside::builder(&runtime, arguments.host.as_deref());
    let outcome = follow(&interrupts, builder.as_ref(), request)?;
    let proof = match outcome {
        ProofOutcome::Compared(proof) => proof,
        ProofOutcome::Canceled => return Ok(Outcome::Interrupted),
        ProofOutcome::NoBuilder(reason) => {
            exit::say(&reason);
            return Ok(Outcome::Unreadable);
        }
        ProofOutcome::NotBuilt(reason) => {
            exit::say(&format!("{} is not proved: {reason}", subjects.id));
            return Ok(Outcome::Findings);
        }
    };
    match arguments.proof.format {
        AnswerFormat::Json => print(&proof_json::report(subjects.id, &proof))?,
        AnswerFormat::Text => tell(&proof_text::report(subjects.id, &proof))?,
    }
    let reasons = proof.reasons();
    for reason in &reasons {
        exit::say(&format!("{} is not proved: {reason}", subjects.id));
    }
    Ok(if reasons.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

fn proof(subjects: &Subjects<'_>, arguments: &RewriteArguments) -> anyhow::Result<ProofRequest> {
    let ProofArguments { run, build_arg, secret, ssh, build_context, platform, network, allow, .. } =
        &arguments.proof;
    let run = run.as_deref().map(command_words).transpose();
    let run = run.map_err(|reason| anyhow::anyhow!("--run cannot be read: {reason}"))?;
    let flags = RequestArguments {
        file: Some(subjects.file.to_owned()),
        context: arguments.context.as_ref().map(|context| context.display().to_string()),
        build_arg: build_arg.clone(),
        secret: secret.clone(),
        ssh: ssh.clone(),
        build_context: build_context.clone(),
        platform: platform.iter().cloned().collect(),
        network: network.clone(),
        allow: allow.clone(),
        ..RequestArguments::default()
    };
    let (mut before, notice) = request::from_arguments(flags)?;
    // The rewrite was made for the file as it will be shipped: as a whole, in the context that its COPY sources tell.
    before.target = None;
    if let (None, Some(root)) = (&arguments.context, subjects.root) {
        let root = std::path::absolute(root).with_context(|| format!("cannot find the context {root}"))?;
        before.context = root.display().to_string();
    }
    if let Some(notice) = notice {
        tell(&format!("note: {notice}\n"))?;
    }
    let given = Given {
        needs: subjects.rewrite.needs.as_deref(),
        run,
        number: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos(),
        variable: &|name| std::env::var(name).ok(),
    };
    Ok(proof_request(before, subjects.after.to_owned(), given))
}

enum Message {
    Event(ProofEvent),
    Interrupted,
}

/// Follows a proof to its end. An interrupt stops it, and what it made on the engine goes before this returns.
fn follow(
    interrupts: &Interrupts,
    builder: &dyn Builder,
    request: ProofRequest,
) -> anyhow::Result<ProofOutcome> {
    let (sender, receiver) = mpsc::channel();
    let interrupted = sender.clone();
    let _listening = interrupts.tell(move || drop(interrupted.send(Message::Interrupted)));
    let handle = builder.prove(request, Box::new(move |event| drop(sender.send(Message::Event(event)))));
    let mut status = Status::default();
    loop {
        match receiver
            .recv()
            .context("the proof ended without a result; run it again with LAYERWISE_LOG=debug")?
        {
            Message::Event(ProofEvent::Finished(outcome)) => {
                status.clear()?;
                return Ok(outcome);
            }
            Message::Event(ProofEvent::Doing { text }) => status.show(&text)?,
            Message::Event(ProofEvent::Build { .. }) => {}
            Message::Interrupted => handle.cancel(),
        }
    }
}

/// One line on a terminal that says what is done now; nothing elsewhere.
#[derive(Default)]
struct Status {
    is_shown: bool,
}

impl Status {
    fn show(&mut self, text: &str) -> anyhow::Result<()> {
        if !std::io::stderr().is_terminal() {
            return Ok(());
        }
        self.clear()?;
        self.is_shown = true;
        tell(&format!("\u{1b}[2m{text} …\u{1b}[0m"))
    }

    fn clear(&mut self) -> anyhow::Result<()> {
        if std::mem::take(&mut self.is_shown) { tell("\r\u{1b}[K") } else { Ok(()) }
    }
}
