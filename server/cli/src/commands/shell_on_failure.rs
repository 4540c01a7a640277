//! `layerwise build --shell-on-failure`: a shell in the state before the step that failed, on the user's terminal. Nothing of it is left.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::bail;
use builder::{Images, Shell, Surroundings, Terminal};
use inner_loop::BuildRequest;
use inner_loop::failed_step::BeforeStep;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::commands::build::{Session, run_build};
use crate::output::tell;
use crate::terminal;

/// Fails where there is no terminal.
pub(super) fn check_terminal() -> anyhow::Result<()> {
    if terminal::is_there() {
        return Ok(());
    }
    bail!(
        "--shell-on-failure opens a shell, and there is no terminal to open it on: run it from one, or leave it out"
    )
}

/// Opens a shell in the state before the step at a line of the Dockerfile, and waits until it ends.
pub(super) fn open(
    session: &Session,
    request: &BuildRequest,
    line: u32,
    host: Option<&str>,
) -> anyhow::Result<()> {
    let mut before = BeforeStep::of(request, line).map_err(anyhow::Error::msg)?;
    let image = new_name();
    before.request.tags = vec![image.clone()];
    let images = session.runtime.block_on(Images::connect(host, &Surroundings::of_process()));
    let images = images.map_err(anyhow::Error::msg)?;
    let built = run_build(&session.interrupts, session.builder.as_ref(), before.request.clone(), |_| Ok(()))?;
    if !built.ok {
        bail!("the state before line {line} could not be made an image, so no shell can be opened in it");
    }
    let (binds, missing) = before.binds.into_iter().partition::<Vec<_>, _>(|(path, _)| path.exists());
    before.absent.extend(missing.into_iter().map(|(_, target)| format!("the mount at {target}")));
    let shell = Shell {
        image,
        words: vec![before.shell.clone()],
        environment: before.arguments.iter().map(|(name, value)| format!("{name}={value}")).collect(),
        binds: binds.iter().map(|(path, target)| format!("{}:{target}:ro", absolute(path))).collect(),
        tmpfs: before.tmpfs,
        network: before.network,
    };
    tell(&introduction(line, &before.instruction, &before.absent))?;
    let stops = Arc::new(watch::channel(0).0);
    let (interrupted, mut ended) = (Arc::clone(&stops), Vec::new());
    let _listening = session.interrupts.tell(move || interrupted.send_modify(|count| *count += 1));
    let (resized, size) = watch::channel(terminal::size());
    let result = session.runtime.block_on(async {
        for kind in [SignalKind::terminate(), SignalKind::hangup()] {
            let stops = Arc::clone(&stops);
            let mut signals = signal(kind)?;
            ended.push(tokio::spawn(async move {
                while signals.recv().await.is_some() {
                    stops.send_modify(|count| *count += 1);
                }
            }));
        }
        let mut changes = signal(SignalKind::window_change())?;
        ended.push(tokio::spawn(async move {
            while changes.recv().await.is_some() {
                resized.send_replace(terminal::size());
            }
        }));
        let show = |bytes: &[u8]| {
            let mut stdout = io::stdout().lock();
            stdout.write_all(bytes)?;
            stdout.flush()
        };
        let terminal =
            Terminal { typed: terminal::typed(), size, show: Box::new(show), stops: stops.subscribe() };
        let opened = match terminal::Raw::enter() {
            Ok(_raw) => images.shell(&shell, terminal).await,
            Err(error) => Err(format!("the terminal cannot be handed over: {error}")),
        };
        images.remove(&shell.image).await;
        opened.map_err(anyhow::Error::msg)
    });
    ended.iter().for_each(tokio::task::JoinHandle::abort);
    result?;
    tell("the shell has ended; its container and its image are removed\n")
}

/// What the user is told before the prompt.
fn introduction(line: u32, instruction: &str, absent: &[String]) -> String {
    let instruction = ide::plain::harmless(instruction);
    let absent = match absent {
        [] => String::new(),
        absent => format!("not here: {}\n", ide::plain::plain(&absent.join(", "))),
    };
    format!("\na shell in the state before line {line}: {instruction}\n{absent}leave it with `exit`\n\n")
}

/// A name that no image has.
fn new_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos());
    format!("layerwise-shell:{}-{now}", std::process::id())
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
