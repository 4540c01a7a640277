//! `layerwise run`: builds, starts what was built with its declared ports on 127.0.0.1, shows its log and its health, stops and removes it.

use std::sync::Arc;

use anyhow::{Context, bail};
use builder::{Ended, Images, Surroundings};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::arguments::BuildArguments;
use crate::commands::build::{Built, Session};
use crate::exit::{self, Outcome};
use crate::output::running::Running;

pub(crate) fn run(arguments: BuildArguments) -> anyhow::Result<Outcome> {
    if let Some(output) = &arguments.request.output {
        bail!("run starts an image, and --output {output} makes none: leave it out");
    }
    let host = arguments.request.host.clone();
    let running = Running::new(arguments.progress);
    let session = Session::open(host.as_deref())?;
    let Built { outcome, image, .. } = session.build(arguments)?;
    if outcome != Outcome::Fine {
        return Ok(outcome);
    }
    let image =
        image.context("the builder made no image that could be started: run needs a Docker engine")?;
    // The first interrupt stops the program, the second one kills it; so does a reader of its output that goes away.
    let (stop, stops) = watch::channel(0);
    let stop = Arc::new(stop);
    let more = |stop: &Arc<watch::Sender<u32>>| {
        let stop = Arc::clone(stop);
        move || stop.send_modify(|count| *count += 1)
    };
    let _listening = session.interrupts.tell(more(&stop));
    let terminated = more(&stop);
    let unread = more(&stop);
    let served = session.runtime.block_on(async {
        if let Ok(mut signals) = signal(SignalKind::terminate()) {
            tokio::spawn(async move {
                while signals.recv().await.is_some() {
                    terminated();
                }
            });
        }
        let images = Images::connect(host.as_deref(), &Surroundings::of_process()).await?;
        let tell = |happening| {
            if running.tell(&happening).is_err() {
                unread();
            }
        };
        images.serve(&image, stops, &tell).await
    });
    match served.map_err(anyhow::Error::msg)? {
        Ended::Stopped => Ok(Outcome::Interrupted),
        Ended::ByItself(0) => Ok(Outcome::Fine),
        Ended::ByItself(status) => {
            exit::say(&format!("the program ended with status {status}"));
            Ok(Outcome::Findings)
        }
    }
}
