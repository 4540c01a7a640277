//! Docker's client configuration: `config.json` and the contexts beside it. Read, never written.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::address::{Address, Certificates};

/// The parts of `config.json` that count here. Unknown keys are passed over.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct DockerConfig {
    pub(crate) auths: HashMap<String, AuthEntry>,
    pub(crate) creds_store: Option<String>,
    pub(crate) cred_helpers: HashMap<String, String>,
    pub(crate) current_context: Option<String>,
    pub(crate) proxies: HashMap<String, Proxies>,
}

/// A login as `docker login` stores it. Has no `Debug`, so that it cannot be logged.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AuthEntry {
    pub(crate) auth: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) identitytoken: Option<String>,
    pub(crate) registrytoken: Option<String>,
}

/// Proxies that builds get as build arguments.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Proxies {
    pub(crate) http_proxy: Option<String>,
    pub(crate) https_proxy: Option<String>,
    pub(crate) ftp_proxy: Option<String>,
    pub(crate) no_proxy: Option<String>,
    pub(crate) all_proxy: Option<String>,
}

impl DockerConfig {
    /// Reads `config.json` in the folder. No file is an empty configuration.
    ///
    /// # Errors
    /// One line, where the file is there and cannot be read.
    pub(crate) fn read(folder: Option<&Path>) -> Result<Self, String> {
        let Some(path) = folder.map(|folder| folder.join("config.json")) else { return Ok(Self::default()) };
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                // The error of a JSON reader may quote what it read; its place is enough.
                format!(
                    "{} is no valid JSON (line {}, column {})",
                    path.display(),
                    error.line(),
                    error.column()
                )
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
        }
    }

    /// The proxies as the build arguments that Docker's client passes, for an engine at this address.
    pub(crate) fn proxy_arguments(&self, address: &str) -> Vec<(&'static str, String)> {
        let Some(proxies) = self.proxies.get(address).or_else(|| self.proxies.get("default")) else {
            return Vec::new();
        };
        let both = [
            (["HTTP_PROXY", "http_proxy"], &proxies.http_proxy),
            (["HTTPS_PROXY", "https_proxy"], &proxies.https_proxy),
            (["FTP_PROXY", "ftp_proxy"], &proxies.ftp_proxy),
            (["NO_PROXY", "no_proxy"], &proxies.no_proxy),
            (["ALL_PROXY", "all_proxy"], &proxies.all_proxy),
        ];
        let set = both.into_iter().filter_map(|(names, value)| Some((names, value.clone()?)));
        set.flat_map(|(names, value)| names.map(|name| (name, value.clone()))).collect()
    }
}

#[derive(Deserialize)]
struct ContextMeta {
    #[serde(rename = "Endpoints", default)]
    endpoints: HashMap<String, Endpoint>,
}

#[derive(Deserialize)]
struct Endpoint {
    #[serde(rename = "Host", default)]
    host: String,
}

/// The engine's address in a docker context.
///
/// # Errors
/// One line: no such context, or one that names no Docker engine.
pub(crate) fn context_address(folder: &Path, name: &str) -> Result<Address, String> {
    let id: String = Sha256::digest(name.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let path = folder.join("contexts/meta").join(&id).join("meta.json");
    let bytes = std::fs::read(&path).map_err(|_| {
        format!("the docker context `{name}` does not exist; see `docker context ls`, or set DOCKER_HOST")
    })?;
    let meta: ContextMeta = serde_json::from_slice(&bytes)
        .map_err(|error| format!("{} is not as expected: {error}", path.display()))?;
    let endpoint = meta.endpoints.get("docker").ok_or_else(|| {
        format!(
            "the docker context `{name}` names no Docker engine; choose another with `docker context use`"
        )
    })?;
    let address = Address::parse(&endpoint.host)?;
    let certificates: PathBuf = folder.join("contexts/tls").join(&id).join("docker");
    Ok(if certificates.is_dir() { address.with_tls(Certificates::in_folder(&certificates)) } else { address })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_become_build_arguments_in_both_spellings() {
        let config: DockerConfig = serde_json::from_str(
            r#"{"proxies": {"default": {"httpProxy": "http://proxy:1"}, "tcp://far:2375": {"noProxy": "far"}}}"#,
        )
        .unwrap();
        let arguments = |address: &str| config.proxy_arguments(address);
        assert_eq!(
            arguments("unix:///var/run/docker.sock"),
            [("HTTP_PROXY", "http://proxy:1".to_owned()), ("http_proxy", "http://proxy:1".to_owned())]
        );
        assert_eq!(
            arguments("tcp://far:2375"),
            [("NO_PROXY", "far".to_owned()), ("no_proxy", "far".to_owned())]
        );
    }

    #[test]
    fn a_folder_without_a_configuration_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let config = DockerConfig::read(Some(folder.path())).unwrap();
        assert!(config.auths.is_empty() && config.current_context.is_none());
        assert!(DockerConfig::read(None).is_ok());
    }
}
