//! One build from request to outcome: connection, session, solve, image.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use inner_loop::{
    BuildEvent, BuildFailure, BuildOutcome, BuildRequest, BuiltImage, ContextTransfer, Export, Progress,
};
use semantic::dockerignore::Dockerignore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use workspace::context::{self, Selection};

use crate::buildkit::Shared;
use crate::classic;
use crate::connection::Connection;
use crate::docker_config::DockerConfig;
use crate::failure;
use crate::gateway::Look;
use crate::image;
use crate::report::Reporter;
use crate::reports;
use crate::session::{self, MemoryFile, Offer, Session, Source, Sources};
use crate::solve::{self, Solved};
use crate::step_again;
use crate::untagged;

/// Runs a build. Everything but `Finished` goes out on the way.
pub(crate) async fn run(
    shared: &Shared,
    request: &BuildRequest,
    reporter: &Arc<Reporter>,
    cancel: &CancellationToken,
) -> BuildOutcome {
    let request = &*inner_loop::target::with_named_target(request);
    let place = match Place::of(request) {
        Ok(place) => place,
        Err(message) => return failed(message),
    };
    match cancel.run_until_cancelled(shared.connection()).await {
        None => return BuildOutcome::Canceled,
        Some(Ok(connection)) if connection.control.is_none() => {
            return classic::run(shared, &connection, request, place.context.as_deref(), reporter, cancel)
                .await;
        }
        Some(Err(message)) => return BuildOutcome::Failed(no_builder(message)),
        Some(Ok(_)) => {}
    }
    let mut is_started = false;
    // A connection that was kept may be dead without our knowing: once more, with a new one.
    for is_last_try in [false, true] {
        let prepared = cancel.run_until_cancelled(prepare(shared, request, &place, reporter)).await;
        let Prepared { connection, session, existing } = match prepared {
            None => return BuildOutcome::Canceled,
            Some(Ok(prepared)) => prepared,
            Some(Err(failure)) => {
                if shared.forget_connection().await && !is_last_try {
                    continue;
                }
                return BuildOutcome::Failed(failure);
            }
        };
        let Some(control) = &connection.control else {
            return failed(format!("{} has no BuildKit any more; build again", connection.name()));
        };
        if !is_started {
            reporter.send(BuildEvent::Started { builder: connection.name() });
            is_started = true;
            if let Some(notice) = shared.notice_of_old_builder(&connection) {
                reporter.notice(notice);
            }
        }
        let proxies = match DockerConfig::read(shared.surroundings.docker_config.as_deref()) {
            Ok(config) => config.proxy_arguments(&connection.found.address.to_string()),
            Err(message) => return failed(message),
        };
        let solve_request =
            solve::solve_request(request, &connection, &session.id, session::new_id(), proxies);
        // Engines before those that lint keep nothing of a step that failed.
        let channel = connection.channel.clone().filter(|_| connection.frontend.lint);
        if channel.is_none() && !request.reports.is_empty() {
            reporter.follow(Progress::of(&request.model(), request.target.clone()));
        }
        let look = channel.filter(|_| !request.reports.is_empty()).map(|channel| Look {
            channel,
            reports: &request.reports,
            secrets: &request.secrets,
            reporter,
        });
        let text = &request.dockerfile_text;
        match solve::solve(control, solve_request, text, look.as_ref(), reporter, cancel).await {
            Solved::Canceled => return BuildOutcome::Canceled,
            Solved::Lost { began: false, .. } if !is_last_try => {
                shared.forget_connection().await;
            }
            Solved::Lost { failure, .. } => {
                shared.forget_connection().await;
                return BuildOutcome::Failed(failure);
            }
            // The builder's own mishap: it went on with a step that another build had begun and given up.
            Solved::Failed(failure) if !is_last_try && failure::is_mishap(&failure) => {}
            Solved::Failed(mut failure) => {
                if look.is_none() {
                    step_again::read_reports(shared, &connection, request, &failure, reporter, cancel).await;
                }
                report_context(&session, None, reporter).await;
                if let Some(message) = session.explain(&failure) {
                    failure.message = message;
                }
                return BuildOutcome::Failed(failure);
            }
            Solved::Done(exported) => {
                report_context(
                    &session,
                    place.context.as_deref().map(|context| (context, request)),
                    reporter,
                )
                .await;
                let image = exported_image(shared, &connection, request, &place, &exported, existing).await;
                if let (Some(engine), Some(image)) = (&connection.engine, &image) {
                    reports::read_from_image(engine, &image.id, request, reporter).await;
                }
                return BuildOutcome::Succeeded { image };
            }
        }
    }
    failed(
        "the engine does not keep its connections; see whether it restarts over and over, then build again"
            .to_owned(),
    )
}

fn failed(message: String) -> BuildOutcome {
    BuildOutcome::Failed(BuildFailure { message, ..BuildFailure::default() })
}

fn no_builder(message: String) -> BuildFailure {
    BuildFailure { message, no_builder: true, ..BuildFailure::default() }
}

/// Where a build's files are.
struct Place {
    /// The main context's canonical folder; none where the builder fetches it.
    context: Option<PathBuf>,
}

impl Place {
    fn of(request: &BuildRequest) -> Result<Self, String> {
        if inner_loop::is_remote(&request.context) {
            return Ok(Self { context: None });
        }
        Ok(Self { context: Some(folder(&request.context, "the build context")?) })
    }

    fn sources(&self, request: &BuildRequest) -> Result<Sources, String> {
        let mut sources = Sources::new();
        if let Some(context) = &self.context {
            sources.insert("context".to_owned(), Source::Folder { root: context.clone(), is_main: true });
        }
        let name = solve::dockerfile_name(request);
        let own = context::own_ignore_file(&request.dockerfile).map_err(|error| error.to_string())?;
        let mut files: Vec<MemoryFile> = own
            .map(|file| MemoryFile { name: format!("{name}.dockerignore"), data: file.text.into_bytes() })
            .into_iter()
            .collect();
        files.push(MemoryFile { name, data: request.dockerfile_text.clone().into_bytes() });
        sources.insert("dockerfile".to_owned(), Source::Memory(files));
        for (name, place) in &request.named_contexts {
            if !inner_loop::is_remote(place) {
                let root = folder(place, &format!("the context `{name}`"))?;
                sources.insert(name.clone(), Source::Folder { root, is_main: false });
            }
        }
        Ok(sources)
    }
}

fn folder(path: &str, what: &str) -> Result<PathBuf, String> {
    let path = Path::new(path);
    let canonical =
        path.canonicalize().map_err(|error| format!("{what} {} cannot be read: {error}", path.display()))?;
    if canonical.is_dir() {
        Ok(canonical)
    } else {
        Err(format!("{what} {} is no folder; name one", path.display()))
    }
}

struct Prepared {
    connection: Connection,
    session: Session,
    /// Ids of the images before the build, where they matter.
    existing: Option<JoinHandle<HashSet<String>>>,
}

async fn prepare(
    shared: &Shared,
    request: &BuildRequest,
    place: &Place,
    reporter: &Arc<Reporter>,
) -> Result<Prepared, BuildFailure> {
    let sources =
        place.sources(request).map_err(|message| BuildFailure { message, ..BuildFailure::default() })?;
    let connection = shared.connection().await.map_err(no_builder)?;
    let key = place.context.clone().unwrap_or_else(|| PathBuf::from(&request.context));
    let offer = Offer {
        shared_key: solve::shared_key(&key),
        sources,
        secrets: request.secrets.clone(),
        ssh: request.ssh.clone(),
        docker_config: shared.surroundings.docker_config.clone(),
        export: request.export.clone(),
        reporter: Arc::clone(reporter),
    };
    let session = Session::open(&connection, offer).await.map_err(no_builder)?;
    let engine = connection.engine.clone().filter(|_| leaves_untagged(request));
    // Slow on some stores, so it runs beside the build; what it lists was there when the build began.
    let existing = engine.map(|engine| tokio::spawn(async move { untagged::existing(&engine).await }));
    Ok(Prepared { session, existing, connection })
}

fn leaves_untagged(request: &BuildRequest) -> bool {
    request.tags.is_empty() && request.export == Export::Image
}

/// Sends the one event about the main context. After a success without any sync, its files are counted here.
async fn report_context(session: &Session, context: Option<(&Path, &BuildRequest)>, reporter: &Reporter) {
    if let Some((context, request)) = context
        && let Ok(ignore_file) = context::ignore_file(context, &request.dockerfile)
    {
        let patterns = ignore_file.map(|file| Dockerignore::parse(&file.text).0).unwrap_or_default();
        session.totals.start_counting_if_unknown(context, Selection::without(patterns));
    }
    if let Some((files_total, bytes_total)) = session.totals.all().await {
        let (files_sent, bytes_sent) = session.totals.sent();
        let first = session.totals.first_sent();
        if !first.is_empty() {
            reporter.send(BuildEvent::Sent { first });
        }
        reporter.send(BuildEvent::Context(ContextTransfer {
            files_sent,
            bytes_sent,
            files_total,
            bytes_total,
        }));
    }
}

async fn exported_image(
    shared: &Shared,
    connection: &Connection,
    request: &BuildRequest,
    place: &Place,
    exported: &std::collections::HashMap<String, String>,
    existing: Option<JoinHandle<HashSet<String>>>,
) -> Option<BuiltImage> {
    if request.export != Export::Image {
        return None;
    }
    let engine = connection.engine.as_ref()?;
    let image = image::inspect(engine, exported).await?;
    if let Some(existing) = existing
        && let Ok(existing) = existing.await
        && let Some(cache_folder) = &shared.surroundings.cache_folder
    {
        let context = place.context.clone().unwrap_or_else(|| PathBuf::from(&request.context));
        untagged::Kind::of(request, &context, cache_folder).replace(engine, &image.id, &existing).await;
    }
    Some(image)
}
