//! Logins for registries, from where docker keeps them: `config.json`, `credsStore`, `credHelpers`.
//!
//! Values are handed to the builder that asks and to nobody else: nothing here can be printed.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::docker_config::{AuthEntry, DockerConfig};

/// A helper may have to ask a keychain, never a person.
const HELPER_DEADLINE: Duration = Duration::from_secs(20);
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// A login. Has no `Debug`, so that it cannot be logged. Both are empty for an anonymous one.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    /// A password, or a token where the user name is empty.
    pub(crate) secret: String,
}

/// The login for a registry's host, as the builder names it. Anonymous where there is none.
///
/// # Errors
/// One line, without any value, where docker's configuration or a helper fails.
pub(crate) async fn lookup(config_folder: Option<PathBuf>, host: &str) -> Result<Credentials, String> {
    let config = DockerConfig::read(config_folder.as_deref())?;
    let server = if host == "registry-1.docker.io" || host == "docker.io" { DOCKER_HUB } else { host };
    let helper = config.cred_helpers.get(server).or(config.creds_store.as_ref());
    if let Some(helper) = helper.filter(|helper| !helper.is_empty())
        && let Some(credentials) = ask_helper(helper, server).await?
    {
        return Ok(credentials);
    }
    let entry = config.auths.get(server).or_else(|| {
        let same_host = |(key, _): &(&String, &AuthEntry)| host_of(key) == host_of(server);
        config.auths.iter().find(same_host).map(|(_, entry)| entry)
    });
    Ok(entry.map(from_entry).unwrap_or_default())
}

/// `https://host/v1/` and `host` are the same registry to docker.
fn host_of(server: &str) -> &str {
    let server = server.strip_prefix("https://").or(server.strip_prefix("http://")).unwrap_or(server);
    server.split('/').next().unwrap_or(server)
}

fn from_entry(entry: &AuthEntry) -> Credentials {
    if let Some(token) =
        entry.identitytoken.as_ref().or(entry.registrytoken.as_ref()).filter(|token| !token.is_empty())
    {
        return Credentials { username: String::new(), secret: token.clone() };
    }
    let decoded = entry
        .auth
        .as_ref()
        .and_then(|auth| base64::engine::general_purpose::STANDARD.decode(auth.trim()).ok());
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some((username, secret)) = decoded.as_deref().and_then(|text| text.split_once(':')) {
        // Docker's client pads with zero bytes.
        return Credentials {
            username: username.to_owned(),
            secret: secret.trim_end_matches('\0').to_owned(),
        };
    }
    Credentials {
        username: entry.username.clone().unwrap_or_default(),
        secret: entry.password.clone().unwrap_or_default(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HelperAnswer {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

/// Speaks the helpers' protocol: the server's name in, JSON out. None where the helper has no login for it.
async fn ask_helper(helper: &str, server: &str) -> Result<Option<Credentials>, String> {
    let program = format!("docker-credential-{helper}");
    if helper.contains('/') {
        return Err(format!("`{helper}` in docker's config.json is no name of a credential helper"));
    }
    let mut command = Command::new(&program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            return Err(format!(
                "{program}, which docker's config.json names, cannot be started: {error}; install it, or log in again"
            ));
        }
    };
    let talk = async {
        if let Some(mut stdin) = child.stdin.take() {
            // A helper may answer without reading.
            let _ = stdin.write_all(server.as_bytes()).await;
        }
        child.wait_with_output().await
    };
    let output = match tokio::time::timeout(HELPER_DEADLINE, talk).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(format!("{program} failed: {error}")),
        Err(_) => {
            return Err(format!("{program} gives no answer; run `echo {server} | {program} get` to see why"));
        }
    };
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stdout);
        return if text.contains("credentials not found") {
            Ok(None)
        } else {
            Err(format!("{program} failed; run `echo {server} | {program} get` to see why"))
        };
    }
    let answer: HelperAnswer =
        serde_json::from_slice(&output.stdout).map_err(|_| format!("{program} does not answer with JSON"))?;
    let username = if answer.username == "<token>" { String::new() } else { answer.username };
    Ok(Some(Credentials { username, secret: answer.secret }))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(config: &str, host: &str, expected: (&str, &str)) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), config).unwrap();
        let found = lookup(Some(folder.path().to_owned()), host).await.unwrap();
        assert_eq!((found.username.as_str(), found.secret.as_str()), expected);
    }

    #[tokio::test]
    async fn logins_are_found_under_every_spelling_of_the_server() {
        let auth = r#"{"auths": {"https://reg.example/v1/": {"auth": "bWU6cGE6c3M="}, "https://index.docker.io/v1/": {"identitytoken": "tok"}}}"#;
        check(auth, "reg.example", ("me", "pa:ss")).await;
        check(auth, "registry-1.docker.io", ("", "tok")).await;
        check(auth, "other.example", ("", "")).await;
        check(r#"{"auths": {"h:5000": {"username": "u", "password": "p"}}}"#, "h:5000", ("u", "p")).await;
        check("{}", "h", ("", "")).await;
    }

    #[tokio::test]
    async fn a_broken_configuration_is_an_error_that_quotes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), r#"{"auths": {"h": {"auth": "c2VjcmV0" "#).unwrap();
        let error = lookup(Some(folder.path().to_owned()), "h").await.err().unwrap();
        assert!(error.contains("no valid JSON") && !error.contains("c2Vj"), "{error}");
    }

    #[tokio::test]
    async fn a_helper_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), r#"{"credsStore": "layerwise-none"}"#).unwrap();
        let error = lookup(Some(folder.path().to_owned()), "h").await.err().unwrap();
        assert!(
            error.contains("docker-credential-layerwise-none") && error.contains("log in again"),
            "{error}"
        );
    }
}
