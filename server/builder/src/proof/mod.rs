//! A rewrite proved on an engine: both Dockerfiles built, both images looked at and run, everything removed again.
//!
//! What the differences mean is decided by `inner_loop::proof`. Whatever is made here has a name that is written down before it is made
//! (`left_over`), so that it goes also where the proof is stopped half-way.

mod built;
mod contents;
mod context_copy;
mod left_over;
mod pulled;
mod rebuilt;
mod secrets;

use std::time::Duration;

use inner_loop::proof::{
    Observed, Proof, ProofEvent, ProofOutcome, ProofRequest, ProofSink, Side, Sides, Withheld, checks,
    compare_configurations,
};
use inner_loop::{BuildRequest, Export};
use semantic::RuntimeSettings;
use tokio_util::sync::CancellationToken;

use crate::buildkit::Shared;
use crate::images::Images;
use crate::trial::{self, Observation, Trial};

use built::Built;
use contents::Contents;
use left_over::LeftOver;

pub(crate) use contents::configuration;

/// How long what was made is waited for to go.
const REMOVAL_LIMIT: Duration = Duration::from_secs(60);

/// Why a proof goes no further.
enum Stop {
    Canceled,
    NotBuilt(String),
}

/// Proves a rewrite. Everything but `Finished` goes out on the way.
pub(crate) async fn run(
    shared: &Shared,
    request: &ProofRequest,
    sink: &ProofSink,
    cancel: &CancellationToken,
) -> ProofOutcome {
    let connection = match cancel.run_until_cancelled(shared.connection()).await {
        None => return ProofOutcome::Canceled,
        Some(Err(message)) => return ProofOutcome::NoBuilder(message),
        Some(Ok(connection)) => connection,
    };
    let (Some(engine), Some(_)) = (&connection.engine, &connection.control) else {
        return ProofOutcome::NoBuilder(format!(
            "a proof builds with BuildKit and runs the images, which takes a Docker engine; {} is none: name one with --host",
            connection.name()
        ));
    };
    let images = Images { engine: engine.clone() };
    let left_over = LeftOver::default();
    let prover = Prover { shared, request, sink, cancel, images: &images, left_over: &left_over };
    let outcome = Box::pin(prover.prove(connection.name())).await;
    if tokio::time::timeout(REMOVAL_LIMIT, left_over.remove(&images)).await.is_err() {
        tracing::warn!("what a proof made was not removed in time");
    }
    match outcome {
        Ok(proof) => ProofOutcome::Compared(Box::new(proof)),
        Err(Stop::Canceled) => ProofOutcome::Canceled,
        Err(Stop::NotBuilt(reason)) => ProofOutcome::NotBuilt(reason),
    }
}

struct Prover<'a> {
    shared: &'a Shared,
    request: &'a ProofRequest,
    sink: &'a ProofSink,
    cancel: &'a CancellationToken,
    images: &'a Images,
    left_over: &'a LeftOver,
}

/// An image with all that was found out about it.
struct Examined {
    built: Built,
    contents: Contents,
    observed: Observed,
}

impl Prover<'_> {
    async fn prove(&self, builder: String) -> Result<Proof, Stop> {
        let withheld = secrets::withheld(self.request);
        let before = self.build(Side::Before, &self.request.before).await?;
        let after = self.build(Side::After, &self.request.after).await?;
        let before = Box::pin(self.examine("the old image", before, &withheld)).await?;
        let after = Box::pin(self.examine("the new image", after, &withheld)).await?;
        let mut compared = checks(&before.observed, &after.observed, None);
        if compared.iter().any(|check| check.reason().is_some()) {
            self.doing("running the old image once more, to see what differs from run to run");
            let again = self.observe(&before.built, &before.contents, &withheld).await?;
            compared = checks(&before.observed, &after.observed, Some(&again));
        }
        let written = |request: &BuildRequest| {
            let model = request.model();
            let stage =
                request.target.as_deref().map_or_else(|| model.final_stage(), |name| model.target(name));
            stage.map(|stage| RuntimeSettings::of(&model, stage.index)).unwrap_or_default()
        };
        let settings = compare_configurations(
            (&before.contents.configuration, &written(&self.request.before)),
            (&after.contents.configuration, &written(&self.request.after)),
        );
        let files = before.contents.files.as_ref().zip(after.contents.files.as_ref());
        let packages = before.contents.packages.changes(&after.contents.packages);
        let secrets = self.search(&withheld, &before.built, &after.built).await?;
        Ok(Proof {
            builder,
            size: Sides { before: before.built.image.size, after: after.built.image.size },
            settings,
            checks: compared,
            files: files.map(|(old, new)| old.changes(new)),
            packages,
            secrets,
            takes_secrets_out: self.request.takes_secrets_out,
            rebuild: Box::pin(self.rebuild(&before.built, &after.built)).await?,
        })
    }

    fn doing(&self, text: &str) {
        (self.sink)(ProofEvent::Doing { text: text.to_owned() });
    }

    /// Waits, unless the user stops it.
    async fn unless_canceled<T>(&self, work: impl Future<Output = T>) -> Result<T, Stop> {
        self.cancel.run_until_cancelled(work).await.ok_or(Stop::Canceled)
    }

    async fn build(&self, side: Side, request: &BuildRequest) -> Result<Built, Stop> {
        let what = match side {
            Side::Before => "the Dockerfile as it is",
            Side::After => "the rewritten Dockerfile",
        };
        self.doing(&format!("building {what}"));
        let tag = self.left_over.new_tag();
        // It is named like nothing else and stays on the engine, whatever the user's own builds do with theirs.
        let request = BuildRequest { tags: vec![tag], export: Export::Image, ..request.clone() };
        let built = built::build(self.shared, request, side, self.sink, self.cancel).await;
        built.map_err(|stop| match stop {
            Stop::NotBuilt(reason) => Stop::NotBuilt(format!("{what} cannot be built: {reason}")),
            Stop::Canceled => Stop::Canceled,
        })
    }

    async fn examine(&self, name: &str, built: Built, withheld: &Withheld) -> Result<Examined, Stop> {
        self.doing(&format!("looking at {name}"));
        let contents = Box::pin(self.images.contents(&built.image.id, self.left_over));
        let contents = self.unless_canceled(contents).await?;
        let contents =
            contents.map_err(|reason| Stop::NotBuilt(format!("{name} cannot be looked at: {reason}")))?;
        self.doing(&format!("running {name}"));
        let observed = self.observe(&built, &contents, withheld).await?;
        Ok(Examined { built, contents, observed })
    }

    async fn observe(
        &self,
        built: &Built,
        contents: &Contents,
        withheld: &Withheld,
    ) -> Result<Observed, Stop> {
        let (container, second_container) = (self.left_over.new_container(), self.left_over.new_container());
        let ports = contents.configuration.tcp_ports();
        let trial = Trial { name: &container, image: &built.image.id, ports: &ports, command: None };
        let observation = Observation {
            image: &built.image.id,
            configuration: &contents.configuration,
            container: &container,
            second_container: &second_container,
            run: self.request.run.as_deref(),
            withheld,
        };
        let work = async {
            // What the engine says of a container that it cannot make, it says of one that it cannot start too.
            let _ = self.images.create_trial(&trial).await;
            let observed = trial::observe(self.images, &observation).await;
            self.images.remove_trial(&container).await;
            observed
        };
        self.unless_canceled(work).await
    }

    async fn search(
        &self,
        withheld: &Withheld,
        before: &Built,
        after: &Built,
    ) -> Result<Option<Sides<Vec<String>>>, Stop> {
        if withheld.is_empty() {
            return Ok(None);
        }
        self.doing("looking for secrets in both images");
        let work = async {
            Ok::<_, String>(Sides {
                before: secrets::search(self.images, withheld, before).await?,
                after: secrets::search(self.images, withheld, after).await?,
            })
        };
        let found = self.unless_canceled(work).await?;
        found
            .map(Some)
            .map_err(|reason| Stop::NotBuilt(format!("the images cannot be searched for secrets: {reason}")))
    }
}
