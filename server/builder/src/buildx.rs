//! Builders that buildx was told of: `buildx/instances/NAME` in docker's configuration folder. Read, never written.
//!
//! Source: `store.NodeGroup` of docker/buildx.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::address::{Address, Certificates};
use crate::docker_config;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    #[serde(default)]
    driver: String,
    #[serde(default)]
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Node {
    #[serde(default)]
    name: String,
    #[serde(default)]
    endpoint: String,
    /// Absent as `null`, too.
    driver_opts: Option<HashMap<String, String>>,
}

/// The address of a builder by its name. Of several nodes it is the first's.
///
/// # Errors
/// One line: there is no such builder, or it is of a kind that cannot be reached from here.
pub(crate) fn address(docker_config: Option<&Path>, name: &str) -> Result<Address, String> {
    let unknown = || format!("there is no builder `{name}` (BUILDX_BUILDER); see `docker buildx ls`");
    let folder = docker_config.ok_or_else(unknown)?;
    if !is_name(name) {
        return Err(unknown());
    }
    let path = folder.join("buildx/instances").join(name);
    let Ok(bytes) = std::fs::read(&path) else {
        // Every docker context is a builder too.
        return docker_config::context_address(folder, name).map_err(|_| unknown());
    };
    let instance: Instance = serde_json::from_slice(&bytes)
        .map_err(|error| format!("{} is not as expected: {error}", path.display()))?;
    let node = instance.nodes.first().ok_or_else(|| format!("the builder `{name}` has no node"))?;
    let options = node.driver_opts.clone().unwrap_or_default();
    match instance.driver.as_str() {
        "docker" => engine(folder, &node.endpoint),
        "docker-container" => {
            let engine =
                Some(node.endpoint.clone()).filter(|engine| !matches!(engine.as_str(), "" | "default"));
            Ok(Address::Container { name: format!("buildx_buildkit_{}", node.name), engine })
        }
        "remote" => {
            let address = Address::parse(&node.endpoint)?.of_buildkitd();
            Ok(match certificates(&options) {
                Some(certificates) => address.with_tls(certificates),
                None => address,
            })
        }
        driver => Err(format!(
            "the builder `{name}` has the driver {driver}, which Layerwise does not speak; choose one with docker, docker-container or remote"
        )),
    }
}

/// A docker context, or an address.
fn engine(folder: &Path, endpoint: &str) -> Result<Address, String> {
    if endpoint.contains("://") {
        return Address::parse(endpoint);
    }
    match endpoint {
        "" | "default" => Address::parse("unix:///var/run/docker.sock"),
        context => docker_config::context_address(folder, context),
    }
}

fn certificates(options: &HashMap<String, String>) -> Option<Certificates> {
    let path = |name: &str| options.get(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    Some(Certificates {
        ca: path("cacert")?,
        own: path("cert").zip(path("key")),
        server_name: options.get("servername").cloned(),
    })
}

/// Builders' names are no paths.
fn is_name(name: &str) -> bool {
    let is_plain = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_' | '.');
    name.chars().all(is_plain) && name.starts_with(|ch: char| ch.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(instance: &str) -> Result<Address, String> {
        let folder = tempfile::tempdir().unwrap();
        let instances = folder.path().join("buildx/instances");
        std::fs::create_dir_all(&instances).unwrap();
        std::fs::write(instances.join("mine"), instance).unwrap();
        address(Some(folder.path()), "mine")
    }

    #[test]
    fn a_remote_builder_is_a_buildkitd_with_its_certificates() {
        let found = check(
            r#"{"Name": "mine", "Driver": "remote", "Nodes": [{"Name": "mine0", "Endpoint": "tcp://far:1234", "Platforms": null,
                "DriverOpts": {"cacert": "/c/ca.pem", "cert": "/c/cert.pem", "key": "/c/key.pem", "servername": "near"}, "Flags": null}]}"#,
        )
        .unwrap();
        assert!(found.is_buildkitd());
        assert_eq!(found.to_string(), "tcp://far:1234");
        let Address::Buildkitd(inner) = found else { panic!("{found:?}") };
        let Address::Tcp { tls: Some(certificates), .. } = *inner else { panic!("{inner:?}") };
        assert_eq!(certificates.own, Some(("/c/cert.pem".into(), "/c/key.pem".into())));
        assert_eq!(certificates.server_name.as_deref(), Some("near"));
        let found =
            check(r#"{"Driver": "remote", "Nodes": [{"Endpoint": "tcp://far:1234", "DriverOpts": null}]}"#);
        assert!(matches!(found, Ok(Address::Buildkitd(_))), "{found:?}");
    }

    #[test]
    fn a_builder_in_a_container_is_reached_through_its_engine() {
        let found = check(
            r#"{"Driver": "docker-container", "Nodes": [{"Name": "mine0", "Endpoint": "unix:///var/run/docker.sock"}]}"#,
        );
        let engine = Some("unix:///var/run/docker.sock".to_owned());
        assert_eq!(found, Ok(Address::Container { name: "buildx_buildkit_mine0".to_owned(), engine }));
    }

    #[test]
    fn the_docker_driver_is_the_engine_itself() {
        let found =
            check(r#"{"Driver": "docker", "Nodes": [{"Name": "a", "Endpoint": "tcp://[::1]:2375"}]}"#);
        assert_eq!(found.unwrap().to_string(), "tcp://[::1]:2375");
    }

    #[test]
    fn what_cannot_be_reached_is_said() {
        assert!(check(r#"{"Driver": "kubernetes", "Nodes": [{}]}"#).unwrap_err().contains("kubernetes"));
        assert!(check(r#"{"Driver": "remote", "Nodes": []}"#).unwrap_err().contains("no node"));
        assert!(check("{").unwrap_err().contains("not as expected"));
        for name in ["other", "../mine", ""] {
            let folder = tempfile::tempdir().unwrap();
            assert!(address(Some(folder.path()), name).unwrap_err().contains("docker buildx ls"), "{name}");
        }
    }
}
