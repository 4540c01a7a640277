//! Finds the builder: what was asked for, else docker's configuration, else the usual sockets.
//!
//! What was asked for is never replaced by something else: an engine that was named and does not answer is an error.

use std::path::PathBuf;

use crate::address::{Address, Certificates};
use crate::buildx;
use crate::dial::{self, DialError};
use crate::docker_config::{self, DockerConfig};
use crate::surroundings::Surroundings;

/// A builder that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub address: Address,
    /// How it was found: `--host`, `DOCKER_HOST`, `docker context "colima"`, `usual socket`.
    pub found_by: String,
}

/// Finds a builder and makes sure that its socket takes connections.
///
/// # Errors
/// One line that says what was tried and what to do.
pub(crate) async fn find(host: Option<&str>, surroundings: &Surroundings) -> Result<Found, String> {
    if let Some(found) = named(host, surroundings)? {
        return match dial::dial(&found.address).await {
            Ok(_) => Ok(found),
            Err(error) => Err(format!("{} ({}): {}", found.address, found.found_by, advice(&error))),
        };
    }
    let mut refused = Vec::new();
    for socket in usual_sockets(surroundings) {
        let address = Address::Unix(socket);
        match dial::dial(&address).await {
            Ok(_) => return Ok(Found { address, found_by: "usual socket".to_owned() }),
            Err(DialError::Absent(_)) => {}
            Err(error) => refused.push(format!("{address}: {}", advice(&error))),
        }
    }
    Err(match refused.into_iter().next() {
        Some(refused) => refused,
        None => nothing_found(surroundings),
    })
}

/// The builder that is named by an option, a variable or a docker context.
pub(crate) fn named(host: Option<&str>, surroundings: &Surroundings) -> Result<Option<Found>, String> {
    let with_tls = |address: Address| {
        let folder = surroundings.docker_cert_path.as_ref().or(surroundings.docker_config.as_ref());
        match folder.filter(|_| surroundings.docker_tls) {
            Some(folder) => address.with_tls(Certificates::in_folder(folder)),
            None => address,
        }
    };
    let found = |address, found_by: &str| Ok(Some(Found { address, found_by: found_by.to_owned() }));
    if let Some(host) = host {
        return found(with_tls(Address::parse(host)?), "--host");
    }
    if let Some(name) = surroundings.buildx_builder.as_deref().filter(|name| *name != "default") {
        let address = buildx::address(surroundings.docker_config.as_deref(), name)?;
        return found(address, &format!("BUILDX_BUILDER \"{name}\""));
    }
    if let Some(host) = &surroundings.docker_host {
        let address = Address::parse(host).map_err(|error| format!("DOCKER_HOST: {error}"))?;
        return found(with_tls(address), "DOCKER_HOST");
    }
    if let Some(folder) = &surroundings.docker_config {
        let name = match &surroundings.docker_context {
            Some(name) => Some(name.clone()),
            None => DockerConfig::read(Some(folder))?.current_context,
        };
        if let Some(name) = name.filter(|name| !matches!(name.as_str(), "" | "default")) {
            let address = docker_config::context_address(folder, &name)?;
            return found(address, &format!("docker context \"{name}\""));
        }
    }
    match &surroundings.buildkit_host {
        Some(host) => {
            let address = Address::parse(host).map_err(|error| format!("BUILDKIT_HOST: {error}"))?;
            found(address.of_buildkitd(), "BUILDKIT_HOST")
        }
        None => Ok(None),
    }
}

/// Sockets of Docker, Podman and BuildKit, the likeliest first.
pub(crate) fn usual_sockets(surroundings: &Surroundings) -> Vec<PathBuf> {
    let mut sockets =
        vec![surroundings.root.join("var/run/docker.sock"), surroundings.root.join("run/docker.sock")];
    if let Some(runtime) = &surroundings.runtime_folder {
        sockets.push(runtime.join("docker.sock"));
    }
    if let Some(home) = &surroundings.home {
        for socket in [
            ".docker/run/docker.sock",
            ".docker/desktop/docker.sock",
            ".orbstack/run/docker.sock",
            ".colima/default/docker.sock",
            ".colima/docker.sock",
            ".config/colima/default/docker.sock",
            ".rd/docker.sock",
        ] {
            sockets.push(home.join(socket));
        }
    }
    if let Some(runtime) = &surroundings.runtime_folder {
        sockets.push(runtime.join("buildkit/buildkitd.sock"));
    }
    sockets.push(surroundings.root.join("run/buildkit/buildkitd.sock"));
    if let Some(runtime) = &surroundings.runtime_folder {
        sockets.push(runtime.join("podman/podman.sock"));
    }
    sockets.push(surroundings.root.join("run/podman/podman.sock"));
    sockets
}

fn advice(error: &DialError) -> String {
    match error {
        DialError::Absent(_) => {
            "there is no such socket; start the engine, or name another with --host".to_owned()
        }
        DialError::NoPermission => {
            "no permission on the socket; add yourself to its group (`sudo usermod -aG docker $USER`, \
             then log in again), or use a rootless engine"
                .to_owned()
        }
        DialError::Refused => {
            "nothing answers there; the engine is not running: start it (`sudo systemctl start docker`), \
             or name another with --host"
                .to_owned()
        }
        DialError::TimedOut => {
            "no answer in time; see whether the engine hangs or the host is down, or name another with --host"
                .to_owned()
        }
        DialError::Other(message) => message.clone(),
    }
}

fn nothing_found(surroundings: &Surroundings) -> String {
    let tried = "no builder found (tried DOCKER_HOST, docker contexts, and the sockets of Docker, Podman and BuildKit)";
    if surroundings.has_program("dockerd") {
        format!(
            "{tried}; Docker is installed but not running: start it with `sudo systemctl start docker`, or `sudo dockerd &`"
        )
    } else if surroundings.has_program("dockerd-rootless.sh") {
        format!(
            "{tried}; a rootless Docker is installed but not running: start it with `systemctl --user start docker`, or \
             `dockerd-rootless.sh &`"
        )
    } else if surroundings.has_program("buildkitd") {
        format!("{tried}; BuildKit is installed but not running: start it with `sudo buildkitd &`")
    } else if surroundings.has_program("podman") {
        format!(
            "{tried}; Podman is installed, but its service does not run: start it with `systemctl --user start podman.socket`, or \
             `podman system service --time=0 &`; it builds without BuildKit"
        )
    } else {
        format!(
            "{tried}; install Docker (Debian: `sudo apt install docker.io`), or name an engine with --host"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use tokio::net::UnixListener;

    use super::*;

    /// A home and a root of their own, with nothing in them.
    fn nowhere(root: &Path) -> Surroundings {
        Surroundings {
            home: Some(root.join("home")),
            docker_config: Some(root.join("home/.docker")),
            runtime_folder: Some(root.join("run/user/1000")),
            root: root.to_owned(),
            ..Surroundings::default()
        }
    }

    fn listen(path: &Path) -> UnixListener {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        UnixListener::bind(path).unwrap()
    }

    fn context(surroundings: &Surroundings, name: &str, host: &str) {
        use sha2::{Digest, Sha256};
        let id: String = Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = surroundings.docker_config.as_ref().unwrap().join("contexts/meta").join(id);
        fs::create_dir_all(&folder).unwrap();
        let meta = format!(
            r#"{{"Name":"{name}","Metadata":{{}},"Endpoints":{{"docker":{{"Host":"{host}","SkipTLSVerify":false}}}}}}"#
        );
        fs::write(folder.join("meta.json"), meta).unwrap();
    }

    #[tokio::test]
    async fn the_option_comes_before_the_variable_the_context_and_the_usual_sockets() {
        let root = tempfile::tempdir().unwrap();
        let mut surroundings = nowhere(root.path());
        let usual = listen(&root.path().join("var/run/docker.sock"));
        let other = root.path().join("other.sock");
        let _other = listen(&other);
        let other = format!("unix://{}", other.display());
        let found = |surroundings: Surroundings, host: Option<String>| async move {
            find(host.as_deref(), &surroundings)
                .await
                .map(|found| (found.address.to_string(), found.found_by))
        };
        let usual_address = format!("unix://{}", root.path().join("var/run/docker.sock").display());
        assert_eq!(found(surroundings.clone(), None).await, Ok((usual_address, "usual socket".to_owned())));
        context(&surroundings, "colima", &other);
        fs::write(root.path().join("home/.docker/config.json"), r#"{"currentContext": "colima"}"#).unwrap();
        let by = "docker context \"colima\"".to_owned();
        assert_eq!(found(surroundings.clone(), None).await, Ok((other.clone(), by)));
        surroundings.docker_context = Some("default".to_owned());
        assert_eq!(found(surroundings.clone(), None).await.unwrap().1, "usual socket");
        surroundings.docker_host = Some(other.clone());
        assert_eq!(found(surroundings.clone(), None).await, Ok((other.clone(), "DOCKER_HOST".to_owned())));
        assert_eq!(found(surroundings, Some(other.clone())).await, Ok((other, "--host".to_owned())));
        drop(usual);
    }

    #[tokio::test]
    async fn rootless_sockets_are_found() {
        let root = tempfile::tempdir().unwrap();
        let surroundings = nowhere(root.path());
        for socket in
            ["home/.rd/docker.sock", "home/.colima/default/docker.sock", "run/user/1000/docker.sock"]
        {
            let path = root.path().join(socket);
            let _listener = listen(&path);
            assert_eq!(find(None, &surroundings).await.unwrap().address, Address::Unix(path));
        }
    }

    #[tokio::test]
    async fn a_named_engine_that_does_not_answer_is_not_replaced() {
        let root = tempfile::tempdir().unwrap();
        let mut surroundings = nowhere(root.path());
        let _usual = listen(&root.path().join("var/run/docker.sock"));
        surroundings.docker_host = Some(format!("unix://{}/gone.sock", root.path().display()));
        let error = find(None, &surroundings).await.unwrap_err();
        assert!(error.contains("gone.sock (DOCKER_HOST): there is no such socket"), "{error}");
        surroundings.docker_host = None;
        surroundings.docker_context = Some("missing".to_owned());
        let error = find(None, &surroundings).await.unwrap_err();
        assert!(error.contains("`missing` does not exist"), "{error}");
    }

    #[tokio::test]
    async fn where_nothing_answers_the_next_step_is_named() {
        let root = tempfile::tempdir().unwrap();
        let surroundings = nowhere(root.path());
        assert!(find(None, &surroundings).await.unwrap_err().contains("install Docker"));
        fs::create_dir_all(root.path().join("usr/sbin")).unwrap();
        fs::write(root.path().join("usr/sbin/dockerd"), "").unwrap();
        assert!(find(None, &surroundings).await.unwrap_err().contains("installed but not running"));
        drop(listen(&root.path().join("var/run/docker.sock")));
        let error = find(None, &surroundings).await.unwrap_err();
        assert!(error.contains("var/run/docker.sock: nothing answers there"), "{error}");
        assert!(advice(&DialError::NoPermission).contains("usermod -aG docker"));
    }
}
