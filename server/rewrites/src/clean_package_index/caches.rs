//! The caches of package managers: what fills them, what cleans them, where they lie.

use semantic::path::{Place, is_within};
use semantic::{Mount, MountKind};

use crate::analysis::call::Call;
use crate::analysis::install::{System, SystemCommand};

/// An index or cache that an installation leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    /// The lists of `apt-get update`.
    Apt,
    /// The index of `apk add`.
    Apk,
    /// What `apk update` leaves, whatever `apk add` does.
    ApkIndex,
    /// Metadata and packages of `dnf`.
    Dnf,
    /// The same of `microdnf`.
    Microdnf,
    /// The same of `yum`.
    Yum,
    /// The same of `zypper`.
    Zypper,
    /// The downloads of `pip`.
    Pip,
    /// The downloads of `npm`.
    Npm,
    /// The downloads of Yarn.
    Yarn,
    /// The archives and unpacked packages of `conda` and `mamba`.
    Conda,
    /// The same of `micromamba`.
    Micromamba,
}

impl Cache {
    /// The cache that a command fills and leaves.
    pub(super) fn filled_by(call: &Call<'_>) -> Option<Self> {
        if let Some(command) = SystemCommand::of(*call) {
            let fetches = command.installs()
                || matches!(command.subcommand, "update" | "upgrade" | "makecache" | "refresh" | "up");
            return match command.system {
                System::Apt => (command.subcommand == "update").then_some(Self::Apt),
                System::Apk if call.has(&["--no-cache"]) => None,
                System::Apk if command.installs() => Some(Self::Apk),
                System::Apk => (command.subcommand == "update").then_some(Self::ApkIndex),
                System::Dnf => fetches.then_some(Self::Dnf),
                System::Microdnf => fetches.then_some(Self::Microdnf),
                System::Yum => fetches.then_some(Self::Yum),
                System::Zypper => fetches.then_some(Self::Zypper),
            };
        }
        let subcommand = call.subcommand_text();
        match call.program {
            "pip" | "pip3" => (subcommand == "install" && !call.has(&["--no-cache-dir", "--cache-dir"]))
                .then_some(Self::Pip),
            "npm" => {
                let installs = matches!(subcommand, "ci" | "install" | "i" | "add" | "clean-install");
                (installs && !call.has(&["--cache"])).then_some(Self::Npm)
            }
            "yarn" => {
                let installs = matches!(subcommand, "install" | "add")
                    || subcommand.is_empty() && !call.has(&["--version", "-v", "--help", "-h"]);
                (installs && !call.has(&["--cache-folder"])).then_some(Self::Yarn)
            }
            "conda" | "mamba" | "micromamba" => {
                let second = || call.operands().nth(1).and_then(|word| word.value.as_deref());
                let installs = matches!(subcommand, "install" | "create" | "update" | "upgrade")
                    || subcommand == "env" && matches!(second(), Some("create" | "update"));
                let cache = if call.program == "micromamba" { Self::Micromamba } else { Self::Conda };
                (installs && !call.has(&["--dry-run", "-d"])).then_some(cache)
            }
            _ => None,
        }
    }

    /// Whether a command empties it.
    pub(super) fn is_cleaned_by(self, call: &Call<'_>) -> bool {
        match call.program {
            "rm" | "find" | "truncate" => {
                call.arguments.iter().any(|word| self.lies_in(word.value.as_deref().unwrap_or(&word.text)))
            }
            "npm" => self == Self::Npm && call.subcommand_text() == "cache",
            "yarn" => self == Self::Yarn && call.subcommand_text() == "cache",
            "pip" | "pip3" => self == Self::Pip && call.subcommand_text() == "cache",
            "conda" | "mamba" | "micromamba" => {
                matches!(self, Self::Conda | Self::Micromamba) && call.subcommand_text() == "clean"
            }
            _ => SystemCommand::of(*call).is_some_and(|command| match (self, command.system) {
                (Self::Apt, System::Apt) => matches!(command.subcommand, "distclean" | "dist-clean"),
                (Self::Apk | Self::ApkIndex, System::Apk) => command.subcommand == "cache",
                (Self::Dnf | Self::Microdnf | Self::Yum, System::Dnf | System::Microdnf | System::Yum)
                | (Self::Zypper, System::Zypper) => matches!(command.subcommand, "clean" | "cc"),
                _ => false,
            }),
        }
    }

    /// Whether removing a path, as a shell word names it, removes the cache.
    fn lies_in(self, word: &str) -> bool {
        let path = word.trim_matches(['"', '\'']);
        let path = path.strip_suffix("/*").unwrap_or(path).trim_end_matches('/');
        let starts = |start: &str| path.starts_with(start);
        let all_caches = path == "/var/cache";
        match self {
            Self::Apt => starts("/var/lib/apt/lists") || path == "/var/lib/apt",
            Self::Apk | Self::ApkIndex => starts("/var/cache/apk") || all_caches,
            Self::Dnf | Self::Microdnf | Self::Yum => {
                ["/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5"].into_iter().any(starts)
                    || all_caches
            }
            Self::Zypper => starts("/var/cache/zypp") || all_caches,
            Self::Pip => path.ends_with("/.cache") || path.ends_with("/.cache/pip"),
            Self::Npm => path.ends_with("/.npm") || path.contains("/.npm/_cacache"),
            Self::Conda | Self::Micromamba => path.ends_with("/pkgs") || path.contains("/pkgs/"),
            Self::Yarn => {
                path.ends_with("/.cache") || path.contains("/.cache/yarn") || path.contains(".yarn/cache")
            }
        }
    }

    /// Whether a cache or tmpfs mount keeps it out of the layer.
    pub(super) fn is_mounted(self, mounts: &[Mount]) -> bool {
        let keeps_out =
            |mount: &&Mount| matches!(mount.kind, MountKind::Cache | MountKind::Tmpfs | MountKind::Unknown);
        mounts.iter().filter(keeps_out).any(|mount| match &mount.target {
            Place::Unknown => true,
            Place::Known(target) | Place::Relative(target) => self.is_below(target),
        })
    }

    fn is_below(self, target: &str) -> bool {
        let holds = |path: &str| is_within(path, target);
        match self {
            Self::Apt => holds("/var/lib/apt/lists"),
            Self::Apk | Self::ApkIndex => holds("/var/cache/apk") || holds("/etc/apk/cache"),
            Self::Dnf | Self::Microdnf => {
                holds("/var/cache/dnf") || holds("/var/cache/libdnf5") || holds("/var/cache/yum")
            }
            Self::Yum => holds("/var/cache/yum") || holds("/var/cache/dnf"),
            Self::Zypper => holds("/var/cache/zypp"),
            Self::Pip => target.ends_with(".cache") || target.ends_with("pip"),
            Self::Npm => target.ends_with(".npm") || target.contains("npm"),
            Self::Yarn => target.ends_with(".cache") || target.contains("yarn"),
            Self::Conda | Self::Micromamba => target.ends_with("/pkgs"),
        }
    }

    /// The variables that switch it off or move it.
    pub(super) const fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Pip => &["PIP_NO_CACHE_DIR", "PIP_CACHE_DIR"],
            Self::Npm => &["npm_config_cache", "NPM_CONFIG_CACHE"],
            Self::Yarn => &["YARN_CACHE_FOLDER"],
            Self::Conda | Self::Micromamba => &["CONDA_PKGS_DIRS"],
            _ => &[],
        }
    }

    /// Whether it is a distribution's, not a language's.
    pub(super) const fn is_system(self) -> bool {
        !matches!(self, Self::Pip | Self::Npm | Self::Yarn | Self::Conda | Self::Micromamba)
    }

    /// The flag that keeps it empty.
    pub(super) const fn flag(self) -> Option<&'static str> {
        match self {
            Self::Apk => Some("--no-cache"),
            Self::Pip => Some("--no-cache-dir"),
            _ => None,
        }
    }

    /// The command that empties it.
    pub(super) const fn cleanup(self) -> &'static str {
        match self {
            Self::Apt => "rm -rf /var/lib/apt/lists/*",
            Self::Apk | Self::ApkIndex => "rm -rf /var/cache/apk/*",
            Self::Dnf => "dnf clean all",
            Self::Microdnf => "microdnf clean all",
            Self::Yum => "yum clean all",
            Self::Zypper => "zypper clean --all",
            Self::Pip => "pip cache purge",
            Self::Npm => "npm cache clean --force",
            Self::Yarn => "yarn cache clean",
            Self::Conda => "conda clean -afy",
            Self::Micromamba => "micromamba clean -afy",
        }
    }
}
