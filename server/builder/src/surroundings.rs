//! What of the process's surroundings decides which builder is found: variables and folders, read once.

use std::env;
use std::path::{Path, PathBuf};

/// Variables and folders that Docker's own client reads too.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `DOCKER_HOST`.
    pub docker_host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub docker_context: Option<String>,
    /// `BUILDX_BUILDER`: a builder of buildx, by name.
    pub buildx_builder: Option<String>,
    /// `BUILDKIT_HOST`.
    pub buildkit_host: Option<String>,
    /// `DOCKER_CONFIG`, else `~/.docker`.
    pub docker_config: Option<PathBuf>,
    /// `DOCKER_TLS_VERIFY` is set and not empty.
    pub docker_tls: bool,
    /// `DOCKER_CERT_PATH`.
    pub docker_cert_path: Option<PathBuf>,
    /// `HOME`.
    pub home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime_folder: Option<PathBuf>,
    /// `$XDG_CACHE_HOME/layerwise`, else `~/.cache/layerwise`.
    pub cache_folder: Option<PathBuf>,
    /// Root of the file system; another one in tests.
    pub root: PathBuf,
    /// Folders of `PATH`.
    pub path: Vec<PathBuf>,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        let variable = |name| env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
        let home = variable("HOME").map(PathBuf::from);
        let cache = variable("XDG_CACHE_HOME").map(PathBuf::from);
        Self {
            docker_host: variable("DOCKER_HOST"),
            docker_context: variable("DOCKER_CONTEXT"),
            buildx_builder: variable("BUILDX_BUILDER"),
            buildkit_host: variable("BUILDKIT_HOST"),
            docker_config: variable("DOCKER_CONFIG")
                .map(PathBuf::from)
                .or(home.as_ref().map(|home| home.join(".docker"))),
            docker_tls: variable("DOCKER_TLS_VERIFY").is_some(),
            docker_cert_path: variable("DOCKER_CERT_PATH").map(PathBuf::from),
            runtime_folder: variable("XDG_RUNTIME_DIR").map(PathBuf::from),
            cache_folder: cache
                .or(home.as_ref().map(|home| home.join(".cache")))
                .map(|cache| cache.join("layerwise")),
            home,
            root: PathBuf::from("/"),
            path: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
        }
    }

    /// Whether a program of this name is installed, in `PATH` or where daemons lie.
    pub(crate) fn has_program(&self, name: &str) -> bool {
        let daemons = ["usr/sbin", "usr/bin", "usr/local/bin"].map(|folder| self.root.join(folder));
        self.path
            .iter()
            .map(PathBuf::as_path)
            .chain(daemons.iter().map(PathBuf::as_path))
            .any(|folder: &Path| folder.join(name).is_file())
    }
}
