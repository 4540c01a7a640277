//! What decides whether the builder takes steps from its cache: which builder it is, the images that it has, the results that it keeps.

use std::collections::BTreeMap;

use bollard_buildkit_proto::google::protobuf::Timestamp;
use bollard_buildkit_proto::moby::buildkit::v1::{DiskUsageRequest, ListWorkersRequest, UsageRecord};
use bollard_buildkit_proto::pb::Platform;
use futures::future::join_all;
use inner_loop::{BuilderState, CacheResult, ResultName};

use crate::buildkit::Shared;
use crate::classic;
use crate::connection::Connection;
use crate::docker_config::DockerConfig;
use crate::images::Images;

impl Shared {
    /// Asks the builder. Nothing is pulled and nothing is built.
    pub(crate) async fn state(&self, images: &[String]) -> Result<BuilderState, String> {
        let connection = self.connection().await?;
        let proxies = DockerConfig::read(self.surroundings.docker_config.as_deref())
            .map(|config| config.proxy_arguments(&connection.found.address.to_string()))
            .unwrap_or_default();
        let untellable = connection.control.is_none().then(|| classic::untellable(&connection.name()));
        let ((id, platform), images) = futures::join!(worker(&connection), known_images(&connection, images));
        Ok(BuilderState {
            id: match &untellable {
                Some(_) => String::new(),
                None => id.ok_or("it does not say which builder it is")?,
            },
            untellable,
            platform,
            frontend: connection.frontend,
            images,
            proxies: proxies.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        })
    }
}

impl Shared {
    /// The results of these names in the builder's cache. It looks through all that it has, but tells of these alone: telling takes longer.
    pub(crate) async fn results(&self, names: &[ResultName]) -> Option<Vec<CacheResult>> {
        let mut control = self.connection().await.ok()?.control?;
        let filter = names.iter().map(filter).collect();
        let answer = control.disk_usage(DiskUsageRequest { filter, age_limit: 0 }).await.ok()?;
        Some(answer.into_inner().record.into_iter().map(result).collect())
    }
}

/// A name as containerd's filters spell it.
fn filter(name: &ResultName) -> String {
    match name {
        ResultName::Id(id) => format!("id=={}", quoted(id)),
        ResultName::Description(description) => format!("description=={}", quoted(description)),
    }
}

/// A text in quotes, as Go reads them.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            other if other.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn result(record: UsageRecord) -> CacheResult {
    let seconds =
        |time: Option<Timestamp>| time.map_or(0.0, |time| time.seconds as f64 + f64::from(time.nanos) / 1e9);
    let mut parents = record.parents;
    #[expect(deprecated, reason = "builders before 0.10 say it here")]
    if parents.is_empty() && !record.parent.is_empty() {
        parents.push(record.parent);
    }
    CacheResult { id: record.id, description: record.description, parents, made: seconds(record.created_at) }
}

/// The name of the builder's worker, which stays for as long as its cache does, and the platform that it builds for by itself.
async fn worker(connection: &Connection) -> (Option<String>, String) {
    let Some(mut control) = connection.control.clone() else { return (None, String::new()) };
    let Ok(answer) = control.list_workers(ListWorkersRequest::default()).await else {
        return (None, String::new());
    };
    let Some(worker) = answer.into_inner().record.into_iter().next() else { return (None, String::new()) };
    let platform = worker.platforms.first().map(platform_text).unwrap_or_default();
    (Some(worker.id).filter(|id| !id.is_empty()), platform)
}

fn platform_text(platform: &Platform) -> String {
    let parts = [&platform.os, &platform.architecture, &platform.variant];
    parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("/")
}

async fn known_images(connection: &Connection, names: &[String]) -> BTreeMap<String, semantic::ImageFacts> {
    let Some(engine) = &connection.engine else { return BTreeMap::new() };
    let images = Images { engine: engine.clone() };
    let found = join_all(names.iter().map(|name| images.facts(name))).await;
    names.iter().cloned().zip(found).filter_map(|(name, image)| Some((name, image?))).collect()
}
