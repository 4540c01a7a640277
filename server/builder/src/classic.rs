//! Builds without BuildKit: `POST /build` of an engine's API, which is all that Podman has (buildah builds underneath).
//!
//! The context goes over whole, as a tar file (`context`); what comes back are lines of text (`call`), which are read as steps
//! (`lines`). Secrets, several platforms and results other than images have no place in that API; a request for them is refused, never
//! quietly built without. Source: `pkg/api/handlers/compat/images_build.go` of containers/podman.

mod call;
mod context;
mod lines;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use inner_loop::{BuildEvent, BuildFailure, BuildOutcome, BuildRequest, Export, Progress, is_remote};
use semantic::Model;
use semantic::mount::MountKind;
use tokio_util::sync::CancellationToken;

use crate::buildkit::Shared;
use crate::connection::Connection;
use crate::engine::Engine;
use crate::report::Reporter;
use crate::{image, reports, step_again, untagged};
use call::Answer;
use context::Archive;
use lines::Lines;

/// Why nothing can be told of what a builder of this kind takes from its cache.
pub(crate) fn untellable(name: &str) -> String {
    format!("{name} builds without BuildKit, and nobody can ask what it will take from its cache")
}

/// Runs a build. Everything but `Finished` goes out on the way; to drop the call is to stop the build.
pub(crate) async fn run(
    shared: &Shared,
    connection: &Connection,
    request: &BuildRequest,
    context: Option<&Path>,
    reporter: &Arc<Reporter>,
    cancel: &CancellationToken,
) -> BuildOutcome {
    reporter.send(BuildEvent::Started { builder: connection.name() });
    let model = request.model();
    let failed = |message| BuildOutcome::Failed(BuildFailure { message, ..BuildFailure::default() });
    let (Some(engine), Some(context)) = (&connection.engine, context) else {
        return failed(refusal(connection, &["contexts that the builder fetches".to_owned()]));
    };
    let asked = beyond(request, &model);
    if !asked.is_empty() {
        return failed(refusal(connection, &asked));
    }
    if !request.reports.is_empty() {
        reporter.follow(Progress::of(&model, request.target.clone()));
    }
    let mut lines = Lines::new(&model, request.target.as_deref());
    let built = cancel.run_until_cancelled(async {
        let existing = untagged::existing(engine).await;
        let built = build(shared, connection, request, context, &mut lines, reporter).await;
        built.map(|id| (id, existing))
    });
    let (id, existing) = match built.await {
        None => return BuildOutcome::Canceled,
        Some(Err(failure)) => {
            step_again::read_reports(shared, connection, request, &failure, reporter, cancel).await;
            return BuildOutcome::Failed(failure);
        }
        Some(Ok(built)) => built,
    };
    let exported = HashMap::from([("containerimage.config.digest".to_owned(), id)]);
    let image = image::inspect(engine, &exported).await;
    if let Some(image) = &image {
        reports::read_from_image(engine, &image.id, request, reporter).await;
    }
    // Where no image is wanted the newest stays all the same: here it is the cache.
    if let (Some(image), Some(folder), true) =
        (&image, &shared.surroundings.cache_folder, request.tags.is_empty())
    {
        untagged::Kind::of(request, context, folder).replace(engine, &image.id, &existing).await;
    }
    BuildOutcome::Succeeded { image: image.filter(|_| request.export == Export::Image) }
}

/// What the request asks for and this API has no place for.
fn beyond(request: &BuildRequest, model: &Model) -> Vec<String> {
    let target = request.target.as_deref().map_or_else(|| model.final_stage(), |name| model.target(name));
    let reached = target.map(|target| model.reachable(target.index)).unwrap_or_default();
    let kinds: Vec<MountKind> = reached
        .into_iter()
        .flat_map(|stage| &model.stages[stage].instructions)
        .filter_map(|item| item.as_run())
        .flat_map(|run| run.mounts.iter().map(|mount| mount.kind))
        .collect();
    let asked = [
        (is_remote(&request.context), "contexts that the builder fetches"),
        (kinds.contains(&MountKind::Secret), "secrets"),
        (kinds.contains(&MountKind::Ssh), "SSH agents"),
        (!request.named_contexts.is_empty(), "named contexts"),
        (request.platforms.len() > 1, "several platforms at once"),
        (!request.cache_from.is_empty() || !request.cache_to.is_empty(), "caches of others"),
        (!request.allow.is_empty(), "entitlements"),
        (matches!(request.export, Export::Directory(_) | Export::Tar(_)), "results that are no image"),
    ];
    asked.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, what)| what.to_owned()).collect()
}

fn refusal(connection: &Connection, asked: &[String]) -> String {
    format!(
        "{} builds without BuildKit, and Podman's Docker API has no {}; name a Docker engine or a buildkitd with --host, or use \
         `podman build`",
        connection.name(),
        asked.join(", no ")
    )
}

/// The id of the image.
async fn build(
    shared: &Shared,
    connection: &Connection,
    request: &BuildRequest,
    context: &Path,
    lines: &mut Lines,
    reporter: &Arc<Reporter>,
) -> Result<String, BuildFailure> {
    let failed = |message: String| BuildFailure { message, ..BuildFailure::default() };
    let (copied, root) = (request.clone(), context.to_owned());
    let archive = tokio::task::spawn_blocking(move || Archive::of(&copied, &root)).await;
    let archive = archive.unwrap_or_else(|error| Err(error.to_string())).map_err(failed)?;
    let path = call::path(request, archive.dockerfile());
    let login = call::logins(shared, &request.model()).await.map_err(failed)?;
    let (body, sent) = archive.stream();
    // What went wrong on our side ends the connection too, and then says more.
    let ours_or = |lost: String| failed(sent.problem().unwrap_or(lost));
    let mut answer = match Answer::ask(&connection.found.address, &path, login, body).await {
        Ok(answer) => answer,
        Err(error) => {
            // Another engine may be in its place by the next build.
            shared.forget_connection().await;
            return Err(ours_or(error));
        }
    };
    let mut id = None;
    loop {
        let message = match answer.next().await {
            Ok(Some(message)) => message,
            Ok(None) => break,
            Err(error) => {
                shared.forget_connection().await;
                return Err(ours_or(went_away(&error)));
            }
        };
        if let Some(totals) = sent.take_once() {
            reporter.send(BuildEvent::Context(totals));
        }
        id = message.aux.map(|aux| aux.id).or(id);
        if let Some(text) = message.stream {
            lines.take(&text, reporter.seconds()).into_iter().for_each(|event| reporter.send(event));
        }
        if let Some(error) = message.error {
            // What went wrong on our side comes back in the builder's words.
            let ours = sent.problem();
            let (events, failure) = lines.fail(&ours.unwrap_or(error), reporter.seconds());
            events.into_iter().for_each(|event| reporter.send(event));
            return Err(failure);
        }
    }
    lines.end(reporter.seconds()).into_iter().for_each(|event| reporter.send(event));
    if id.is_none() {
        shared.forget_connection().await;
    }
    id.ok_or_else(|| ours_or(went_away("its answer has no end")))
}

fn went_away(cause: &str) -> String {
    format!("the engine went away during the build ({cause}); see whether it still runs, then build again")
}

/// Whether an engine builds this way.
pub(crate) fn is_classic(engine: &Engine) -> bool {
    engine.kind == "podman"
}
