//! One solve: what is asked of BuildKit, its status meanwhile, and how it ends.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bollard_buildkit_proto::moby::buildkit::v1::control_client::ControlClient;
use bollard_buildkit_proto::moby::buildkit::v1::{
    CacheOptions, CacheOptionsEntry, SolveRequest, StatusRequest,
};
use inner_loop::{BuildFailure, BuildRequest, CacheSpec, Export, is_remote};
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

use crate::connection::Connection;
use crate::failure;
use crate::gateway::{self, Look};
use crate::report::Reporter;
use crate::status::StatusReader;

/// How long the rest of the status may take once the solve is over.
const STATUS_DEADLINE: Duration = Duration::from_secs(2);
/// The same after a cancel, when people wait for nothing else.
const CANCEL_DEADLINE: Duration = Duration::from_millis(400);

/// How a solve ended.
pub(crate) enum Solved {
    /// With the exporter's answer, such as `containerimage.digest`.
    Done(HashMap<String, String>),
    /// It failed.
    Failed(BuildFailure),
    /// The connection was lost; `began` says whether anything was heard before.
    Lost { failure: BuildFailure, began: bool },
    /// It was stopped.
    Canceled,
}

/// Runs a solve to its end, passing its status on. What a failed step left is looked into where somebody wants that.
pub(crate) async fn solve(
    control: &ControlClient<Channel>,
    request: SolveRequest,
    dockerfile_text: &str,
    look: Option<&Look<'_>>,
    reporter: &Arc<Reporter>,
    cancel: &CancellationToken,
) -> Solved {
    let status_request = StatusRequest { r#ref: request.r#ref.clone() };
    let mut status_control = control.clone();
    let status_reporter = Arc::clone(reporter);
    let (done, mut is_done) = tokio::sync::oneshot::channel::<Duration>();
    let status = tokio::spawn(async move {
        let mut reader = StatusReader::new(status_reporter.seconds());
        let mut began = false;
        {
            let read = async {
                let Ok(answer) = status_control.status(status_request).await else { return };
                let mut messages = answer.into_inner();
                while let Ok(Some(message)) = messages.message().await {
                    began = true;
                    reader.read(message, &status_reporter);
                }
            };
            tokio::pin!(read);
            tokio::select! {
                () = &mut read => {}
                deadline = &mut is_done => {
                    let deadline = deadline.unwrap_or(CANCEL_DEADLINE);
                    let _ = tokio::time::timeout(deadline, &mut read).await;
                }
            }
        }
        (reader.failed_vertex(), began)
    });

    // Dropping the call is what stops the build.
    let mut control = control.clone();
    let answer = cancel.run_until_cancelled(async {
        match look {
            Some(look) => Box::pin(gateway::solve(&mut control, request, look)).await,
            None => control.solve(request).await,
        }
    });
    let answer = answer.await;
    let _ = done.send(if answer.is_some() { STATUS_DEADLINE } else { CANCEL_DEADLINE });
    let (failed_vertex, began) = status.await.unwrap_or_default();
    match answer {
        None => Solved::Canceled,
        Some(Ok(answer)) => Solved::Done(answer.into_inner().exporter_response),
        Some(Err(status)) => {
            let failure = failure::failure(&status, failed_vertex, dockerfile_text);
            if failure::is_connection_lost(&status) {
                Solved::Lost { failure, began }
            } else {
                Solved::Failed(failure)
            }
        }
    }
}

/// The name under which the Dockerfile is offered and built.
pub(crate) fn dockerfile_name(request: &BuildRequest) -> String {
    let name = request.dockerfile.file_name().map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "Dockerfile".to_owned())
}

/// Words a build as BuildKit's Dockerfile frontend takes it.
pub(crate) fn solve_request(
    request: &BuildRequest,
    connection: &Connection,
    session_id: &str,
    build_id: String,
    proxies: Vec<(&'static str, String)>,
) -> SolveRequest {
    let mut attrs = HashMap::from([("filename".to_owned(), dockerfile_name(request))]);
    let mut set = |name: &str, value: &str| drop(attrs.insert(name.to_owned(), value.to_owned()));
    if is_remote(&request.context) {
        set("context", &request.context);
        set("dockerfilekey", "dockerfile");
    }
    if let Some(target) = &request.target {
        set("target", target);
    }
    for (name, value) in proxies {
        set(&format!("build-arg:{name}"), &value);
    }
    for (name, value) in &request.build_args {
        set(&format!("build-arg:{name}"), value);
    }
    if request.no_cache {
        set("no-cache", "");
    }
    if !request.platforms.is_empty() {
        set("platform", &request.platforms.join(","));
    }
    if let Some(network) = request.network.as_deref().filter(|network| *network != "default") {
        set("force-network-mode", network);
    }
    if !request.named_contexts.is_empty() {
        set("frontend.caps", "moby.buildkit.frontend.contexts+forward");
    }
    for (name, place) in &request.named_contexts {
        let place = if is_remote(place) { place.clone() } else { format!("local:{name}") };
        set(&format!("context:{name}"), &place);
    }

    let mut exporter_attrs = HashMap::new();
    let exporter = match &request.export {
        Export::Image => {
            if !request.tags.is_empty() {
                exporter_attrs.insert("name".to_owned(), request.tags.join(","));
            }
            if connection.engine.is_some() { "moby" } else { "image" }
        }
        Export::Nothing => "",
        Export::Directory(_) => "local",
        Export::Tar(_) => "tar",
    };
    // Both spellings, for old frontends know the first alone (`parseCacheOptions` in BuildKit's client).
    let of_registries: Vec<&str> = request.cache_from.iter().filter_map(reference).collect();
    if !of_registries.is_empty() {
        attrs.insert("cache-from".to_owned(), of_registries.join(","));
    }
    if !request.cache_from.is_empty() {
        let entry = |cache: &CacheSpec| serde_json::json!({"Type": cache.kind, "Attrs": cache.attributes});
        let imports: Vec<_> = request.cache_from.iter().map(entry).collect();
        attrs.insert("cache-imports".to_owned(), serde_json::Value::from(imports).to_string());
    }
    let export = |cache: &CacheSpec| CacheOptionsEntry {
        r#type: cache.kind.clone(),
        attrs: cache.attributes.clone().into_iter().collect(),
    };
    let exports = request.cache_to.iter().map(export).collect();
    let is_host = request.network.as_deref() == Some("host");
    SolveRequest {
        r#ref: build_id,
        session: session_id.to_owned(),
        frontend: "dockerfile.v0".to_owned(),
        frontend_attrs: attrs,
        // The field that Docker 20.10 knows too.
        exporter_deprecated: exporter.to_owned(),
        exporter_attrs_deprecated: exporter_attrs,
        cache: Some(CacheOptions { exports, ..CacheOptions::default() }),
        // Not written into the engine's build history: people's own builds stay there longer, and a build with nothing
        // changed takes a third of the time.
        internal: true,
        entitlements: request
            .allow
            .iter()
            .cloned()
            .chain(is_host.then(|| "network.host".to_owned()))
            .collect(),
        ..Default::default()
    }
}

/// The image that a registry's cache is.
fn reference(cache: &CacheSpec) -> Option<&str> {
    cache.attributes.get("ref").map(String::as_str).filter(|_| cache.kind == "registry")
}

/// The key under which the builder keeps a context's files between builds: by the folder alone, whatever is built in it.
pub(crate) fn shared_key(context: &Path) -> String {
    use sha2::{Digest, Sha256};
    use std::os::unix::ffi::OsStrExt;
    let mut hasher = Sha256::new();
    hasher.update(b"layerwise context\0");
    hasher.update(context.as_os_str().as_bytes());
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
