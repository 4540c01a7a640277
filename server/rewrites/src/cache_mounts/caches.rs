//! The caches of package managers: where each lies, what moves it, what switches it off, and whether two may use it at once.

use semantic::commands::{Manager, PackageCommand, Verb};

/// A folder that a package manager keeps between its runs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cache {
    /// Where it lies, `~` for the home folder.
    pub(super) folder: &'static str,
    /// Variables that move it, the strongest first, each with the folder below its value.
    pub(super) moved_by: &'static [(&'static str, &'static str)],
    /// Variables and flags that switch it off.
    pub(super) off_variables: &'static [&'static str],
    pub(super) off_flags: &'static [&'static str],
    /// Flags that put it elsewhere.
    pub(super) moving_flags: &'static [&'static str],
    /// Whether its owner cannot bear a second one at the same time.
    pub(super) is_locked: bool,
    /// Whether more than the manager itself reads it: what runs or compiles later needs what is in it.
    pub(super) is_needed_later: bool,
}

const NONE: Cache = Cache {
    folder: "",
    moved_by: &[],
    off_variables: &[],
    off_flags: &[],
    moving_flags: &[],
    is_locked: false,
    is_needed_later: false,
};

const NPM: Cache = Cache {
    folder: "~/.npm",
    moved_by: &[("npm_config_cache", ""), ("NPM_CONFIG_CACHE", "")],
    moving_flags: &["--cache"],
    ..NONE
};
const PNPM: Cache = Cache {
    folder: "~/.local/share/pnpm/store",
    moved_by: &[("npm_config_store_dir", ""), ("PNPM_HOME", "store"), ("XDG_DATA_HOME", "pnpm/store")],
    moving_flags: &["--store-dir"],
    ..NONE
};
const BUN: Cache = Cache {
    folder: "~/.bun/install/cache",
    moved_by: &[("BUN_INSTALL_CACHE_DIR", ""), ("BUN_INSTALL", "install/cache")],
    off_flags: &["--no-cache"],
    moving_flags: &["--cache-dir"],
    ..NONE
};
const PIP: Cache = Cache {
    folder: "~/.cache/pip",
    moved_by: &[("PIP_CACHE_DIR", ""), ("XDG_CACHE_HOME", "pip")],
    off_variables: &["PIP_NO_CACHE_DIR"],
    off_flags: &["--no-cache-dir"],
    moving_flags: &["--cache-dir"],
    ..NONE
};
const UV: Cache = Cache {
    folder: "~/.cache/uv",
    moved_by: &[("UV_CACHE_DIR", ""), ("XDG_CACHE_HOME", "uv")],
    off_variables: &["UV_NO_CACHE"],
    off_flags: &["--no-cache", "-n"],
    moving_flags: &["--cache-dir"],
    ..NONE
};
/// Beside these two lie its virtual environments, which the program runs in: `python-poetry.org/docs/configuration/#cache-dir`.
const POETRY_METADATA: Cache = Cache {
    folder: "~/.cache/pypoetry/cache",
    moved_by: &[("POETRY_CACHE_DIR", "cache"), ("XDG_CACHE_HOME", "pypoetry/cache")],
    off_flags: &["--no-cache"],
    ..NONE
};
const POETRY_ARTIFACTS: Cache = Cache {
    folder: "~/.cache/pypoetry/artifacts",
    moved_by: &[("POETRY_CACHE_DIR", "artifacts"), ("XDG_CACHE_HOME", "pypoetry/artifacts")],
    ..POETRY_METADATA
};
/// Its lock lies outside of the two folders, so that other steps would not see it.
const CARGO_REGISTRY: Cache = Cache {
    folder: "~/.cargo/registry",
    moved_by: &[("CARGO_HOME", "registry")],
    is_locked: true,
    is_needed_later: true,
    ..NONE
};
const CARGO_GIT: Cache =
    Cache { folder: "~/.cargo/git", moved_by: &[("CARGO_HOME", "git")], ..CARGO_REGISTRY };
const GO_MODULES: Cache = Cache {
    folder: "~/go/pkg/mod",
    moved_by: &[("GOMODCACHE", ""), ("GOPATH", "pkg/mod")],
    is_needed_later: true,
    ..NONE
};
const GO_BUILD: Cache = Cache {
    folder: "~/.cache/go-build",
    moved_by: &[("GOCACHE", ""), ("XDG_CACHE_HOME", "go-build")],
    ..NONE
};
const MAVEN: Cache = Cache {
    folder: "~/.m2/repository",
    moving_flags: &["-Dmaven.repo.local"],
    is_locked: true,
    is_needed_later: true,
    ..NONE
};
const GRADLE: Cache = Cache {
    folder: "~/.gradle/caches",
    moved_by: &[("GRADLE_USER_HOME", "caches")],
    moving_flags: &["-g", "--gradle-user-home"],
    is_locked: true,
    is_needed_later: true,
    ..NONE
};
const NUGET: Cache = Cache {
    folder: "~/.nuget/packages",
    moved_by: &[("NUGET_PACKAGES", "")],
    moving_flags: &["--packages"],
    is_locked: true,
    is_needed_later: true,
    ..NONE
};
const COMPOSER: Cache = Cache {
    folder: "~/.cache/composer",
    moved_by: &[("COMPOSER_CACHE_DIR", ""), ("COMPOSER_HOME", "cache"), ("XDG_CACHE_HOME", "composer")],
    off_flags: &["--no-cache"],
    ..NONE
};

/// The caches that a command fills and reads. Not Yarn's and not apk's: Yarn may run a project from its cache, and apk keeps one only
/// where a folder in the image tells it so.
pub(super) fn of_command(package: &PackageCommand<'_>) -> &'static [&'static Cache] {
    let verb = package.verb;
    let installs = matches!(verb, Verb::Install | Verb::Fetch | Verb::Upgrade);
    let compiles = installs || matches!(verb, Verb::Build | Verb::Test | Verb::Run);
    match package.manager {
        Manager::Npm if installs => &[&NPM],
        Manager::Pnpm if installs => &[&PNPM],
        Manager::Bun if installs => &[&BUN],
        Manager::Pip if installs || verb == Verb::Build => &[&PIP],
        Manager::Poetry if installs => &[&POETRY_METADATA, &POETRY_ARTIFACTS],
        Manager::Uv if installs => &[&UV],
        Manager::Cargo if compiles => &[&CARGO_REGISTRY, &CARGO_GIT],
        Manager::Go if verb == Verb::Fetch => &[&GO_MODULES],
        Manager::Go if compiles => &[&GO_MODULES, &GO_BUILD],
        Manager::Maven if compiles => &[&MAVEN],
        Manager::Gradle if compiles => &[&GRADLE],
        Manager::Dotnet if compiles => &[&NUGET],
        Manager::Composer if installs => &[&COMPOSER],
        _ => &[],
    }
}

/// Whether a command of this manager empties the cache.
pub(super) fn is_emptied_by(cache: &Cache, package: &PackageCommand<'_>) -> bool {
    if package.verb != Verb::Clean {
        return false;
    }
    match package.manager {
        Manager::Npm => *cache == NPM,
        Manager::Pnpm => *cache == PNPM,
        Manager::Bun => *cache == BUN,
        Manager::Pip => *cache == PIP,
        Manager::Uv => *cache == UV,
        Manager::Poetry => *cache == POETRY_METADATA || *cache == POETRY_ARTIFACTS,
        Manager::Composer => *cache == COMPOSER,
        Manager::Go => {
            (*cache == GO_MODULES && package.options.has(&["-modcache"]))
                || (*cache == GO_BUILD && package.options.has(&["-cache"]))
        }
        _ => false,
    }
}

/// What official images set, for where an image itself is not known: repository, variable, value.
pub(super) const OFFICIAL_VARIABLES: &[(&str, &str, &str)] = &[
    ("golang", "GOPATH", "/go"),
    ("rust", "CARGO_HOME", "/usr/local/cargo"),
    ("composer", "COMPOSER_HOME", "/tmp"),
];

/// Users of official images beside root: repository, name, home folder, number.
pub(super) const OFFICIAL_USERS: &[(&str, &str, &str, &str)] =
    &[("node", "node", "/home/node", "1000"), ("gradle", "gradle", "/home/gradle", "1000")];
