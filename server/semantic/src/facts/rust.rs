//! A Rust project in the context: its `Cargo.toml`, its lock file, its programs and workspace.
//!
//! What is broken or of another type than Cargo expects is left out, never guessed.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::{ContextFacts, join, patterns};

/// A `Cargo.toml`, as far as a Dockerfile cares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CargoManifest {
    /// The package's name; absent in a virtual manifest.
    pub package: Option<String>,
    /// `package.edition`
    pub edition: Option<String>,
    /// `package.default-run`
    pub default_run: Option<String>,
    /// `package.rust-version`
    pub rust_version: Option<String>,
    /// `package.build`, where it names a script.
    pub build_script: Option<String>,
    /// Whether `package.build = false`.
    pub no_build_script: bool,
    /// `[[bin]]`: name and path, where written.
    pub bins: Vec<(String, Option<String>)>,
    /// Whether programs are also found by their place; `package.autobins`.
    pub auto_bins: bool,
    /// Whether there is a `[lib]`.
    pub has_lib: bool,
    /// `[dependencies]`, those of targets included: the folder of each, where it has one.
    pub dependencies: BTreeMap<String, Option<String>>,
    /// `[build-dependencies]`
    pub build_dependencies: BTreeMap<String, Option<String>>,
    /// `[dev-dependencies]`
    pub dev_dependencies: BTreeMap<String, Option<String>>,
    /// `[features]`
    pub features: BTreeSet<String>,
    /// `[profile.…]`: the names.
    pub profiles: BTreeSet<String>,
    /// `[workspace]`, where there is one: patterns of its members.
    pub workspace_members: Option<Vec<String>>,
    /// `workspace.exclude`
    pub workspace_exclude: Vec<String>,
}

/// A folder of the context with a `Cargo.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CargoProject {
    /// The folder; `""` is the context's root.
    pub folder: String,
    /// Its `Cargo.toml`; absent where that is too long or broken.
    pub manifest: Option<CargoManifest>,
    /// Whether there is a `Cargo.lock`.
    pub has_lock: bool,
    /// The names of all packages in the lock file; absent without one, or where it is too long or broken.
    pub locked_packages: Option<BTreeSet<String>>,
    /// The channel that `rust-toolchain.toml` or `rust-toolchain` asks for.
    pub toolchain: Option<String>,
    /// The path of `.cargo/config.toml` or `.cargo/config`.
    pub config: Option<String>,
    /// The target that the configuration builds for.
    pub config_target: Option<String>,
    /// The programs that a build makes: name and path of the source. Those of workspace members are theirs.
    pub programs: Vec<(String, String)>,
    /// The path of the build script.
    pub build_script: Option<String>,
    /// Paths of the members' `Cargo.toml`.
    pub member_manifests: Vec<String>,
}

impl CargoManifest {
    /// Reads a `Cargo.toml`; nothing where it is no TOML.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let toml: Table = toml::from_str(text).ok()?;
        let package = toml.get("package").or_else(|| toml.get("project")).and_then(Value::as_table);
        let field = |name: &str| package.and_then(|package| package.get(name));
        let text = |name: &str| field(name).and_then(Value::as_str).map(str::to_owned);
        let bins =
            toml.get("bin").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
        let workspace = toml.get("workspace").and_then(Value::as_table);
        let names = |key: &str| {
            toml.get(key)
                .and_then(Value::as_table)
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect()
        };
        Some(Self {
            package: text("name"),
            edition: text("edition"),
            default_run: text("default-run"),
            rust_version: text("rust-version"),
            build_script: text("build"),
            no_build_script: field("build").and_then(Value::as_bool) == Some(false),
            bins: bins
                .filter_map(|bin| {
                    let path = bin.get("path").and_then(Value::as_str).map(str::to_owned);
                    Some((bin.get("name")?.as_str()?.to_owned(), path))
                })
                .collect(),
            auto_bins: field("autobins").and_then(Value::as_bool) != Some(false),
            has_lib: toml.contains_key("lib"),
            dependencies: dependencies(&toml, "dependencies"),
            build_dependencies: dependencies(&toml, "build-dependencies"),
            dev_dependencies: dependencies(&toml, "dev-dependencies"),
            features: names("features"),
            profiles: names("profile"),
            workspace_members: workspace.map(|workspace| list(workspace.get("members"))),
            workspace_exclude: workspace.map(|workspace| list(workspace.get("exclude"))).unwrap_or_default(),
        })
    }
}

impl CargoProject {
    /// The project in a folder of the context (`""` for the root), if it has a `Cargo.toml`.
    #[must_use]
    pub fn at(context: &ContextFacts, folder: &str) -> Option<Self> {
        let path = join(folder, "Cargo.toml");
        if !context.has(&path) {
            return None;
        }
        let manifest = context.manifest(&path).and_then(CargoManifest::parse);
        let lock = join(folder, "Cargo.lock");
        let config = [".cargo/config.toml", ".cargo/config"]
            .map(|name| join(folder, name))
            .into_iter()
            .find(|path| context.has(path));
        let config_target = config.as_ref().and_then(|path| {
            let toml: Table = toml::from_str(context.manifest(path)?).ok()?;
            toml.get("build")?.get("target")?.as_str().map(str::to_owned)
        });
        let read = manifest.as_ref();
        Some(Self {
            has_lock: context.has(&lock),
            locked_packages: context.manifest(&lock).and_then(locked_packages),
            toolchain: toolchain(context, folder),
            config,
            config_target,
            programs: read.map(|manifest| programs(context, folder, manifest)).unwrap_or_default(),
            build_script: read.and_then(|manifest| build_script(context, folder, manifest)),
            member_manifests: read.map(|manifest| members(context, folder, manifest)).unwrap_or_default(),
            folder: folder.to_owned(),
            manifest,
        })
    }

    /// The program that `cargo run` would start, where that is certain.
    #[must_use]
    pub fn default_program(&self) -> Option<&str> {
        let default = self.manifest.as_ref().and_then(|manifest| manifest.default_run.as_deref());
        match (default, self.programs.as_slice()) {
            (Some(name), _) => Some(name),
            (None, [(name, _)]) => Some(name),
            _ => None,
        }
    }

    /// Whether a package of this name is among those that the lock file builds.
    #[must_use]
    pub fn locks(&self, package: &str) -> Option<bool> {
        self.locked_packages.as_ref().map(|packages| packages.contains(package))
    }
}

fn locked_packages(text: &str) -> Option<BTreeSet<String>> {
    let toml: Table = toml::from_str(text).ok()?;
    let packages = toml.get("package")?.as_array()?.iter();
    Some(packages.filter_map(|package| package.get("name")?.as_str().map(str::to_owned)).collect())
}

fn toolchain(context: &ContextFacts, folder: &str) -> Option<String> {
    for name in ["rust-toolchain", "rust-toolchain.toml"] {
        let Some(text) = context.manifest(&join(folder, name)) else { continue };
        if let Ok(toml) = toml::from_str::<Table>(text) {
            return toml.get("toolchain")?.get("channel")?.as_str().map(str::to_owned);
        }
        // The old form is the channel alone.
        let channel = text.trim();
        let is_channel =
            !channel.is_empty() && !channel.contains(char::is_whitespace) && name == "rust-toolchain";
        return is_channel.then(|| channel.to_owned());
    }
    None
}

/// The programs by name, those that Cargo finds by their place included.
fn programs(context: &ContextFacts, folder: &str, manifest: &CargoManifest) -> Vec<(String, String)> {
    let Some(package) = &manifest.package else { return Vec::new() };
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let main = join(folder, "src/main.rs");
    if manifest.auto_bins {
        if context.has(&main) {
            found.insert(package.clone(), main.clone());
        }
        let bin = join(folder, "src/bin");
        for (path, _) in context.below(&bin) {
            let Some(rest) = path.get(bin.len() + 1..) else { continue };
            let name = match rest.split_once('/') {
                None => rest.strip_suffix(".rs"),
                Some((name, "main.rs")) => Some(name),
                Some(_) => None,
            };
            found.extend(name.map(|name| (name.to_owned(), path.to_owned())));
        }
    }
    for (name, path) in &manifest.bins {
        let path = path.as_ref().map(|path| join(folder, path));
        let beside =
            [format!("src/bin/{name}.rs"), format!("src/bin/{name}/main.rs")].map(|path| join(folder, &path));
        let default = || beside.into_iter().find(|path| context.has(path)).unwrap_or_else(|| main.clone());
        let path = path.unwrap_or_else(default);
        found.retain(|_, other| *other != path);
        found.insert(name.clone(), path);
    }
    found.into_iter().collect()
}

fn build_script(context: &ContextFacts, folder: &str, manifest: &CargoManifest) -> Option<String> {
    if manifest.no_build_script {
        return None;
    }
    match &manifest.build_script {
        Some(path) => Some(join(folder, path)),
        None => Some(join(folder, "build.rs")).filter(|path| context.has(path)),
    }
}

fn members(context: &ContextFacts, folder: &str, manifest: &CargoManifest) -> Vec<String> {
    let Some(members) = &manifest.workspace_members else { return Vec::new() };
    let excluded = manifest.workspace_exclude.iter().map(|pattern| format!("!{pattern}"));
    let patterns: Vec<_> = members.iter().cloned().chain(excluded).collect();
    let prefix = if folder.is_empty() { 0 } else { folder.len() + 1 };
    let manifests =
        context.below(folder).filter_map(|(path, _)| path.get(prefix..)?.strip_suffix("/Cargo.toml"));
    let picked = patterns::pick(&patterns, manifests);
    picked.into_iter().map(|path| join(folder, &format!("{path}/Cargo.toml"))).collect()
}

/// The dependencies in a table of this name, at the top and below `[target.…]`.
fn dependencies(toml: &Table, kind: &str) -> BTreeMap<String, Option<String>> {
    let targets = toml.get("target").and_then(Value::as_table).into_iter().flatten();
    let tables = targets.filter_map(|(_, target)| target.get(kind)).chain(toml.get(kind));
    let entries = tables.filter_map(Value::as_table).flatten();
    entries
        .map(|(name, value)| (name.clone(), value.get("path").and_then(Value::as_str).map(str::to_owned)))
        .collect()
}

fn list(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::context;
    use super::*;

    #[test]
    fn a_package_is_read() {
        let files = [
            (
                "Cargo.toml",
                "[package]\nname = 'server'\nedition = '2024'\ndefault-run = 'server'\n[lib]\n[dependencies]\naxum = '1'\nlib = { path = 'lib' }\n\
                 [target.'cfg(unix)'.dependencies]\nopenssl = { version = '1' }\n[build-dependencies]\ncc = '1'\n[profile.release]\nlto = true\n\
                 [[bin]]\nname = 'admin'\npath = 'src/admin.rs'\n",
            ),
            (
                "Cargo.lock",
                "version = 4\n[[package]]\nname = 'openssl-sys'\nversion = '1'\n[[package]]\nname = 'server'\n",
            ),
            ("src/main.rs", ""),
            ("src/bin/tool.rs", ""),
            ("src/bin/multi/main.rs", ""),
            ("src/bin/multi/other.rs", ""),
            ("build.rs", ""),
            ("rust-toolchain.toml", "[toolchain]\nchannel = '1.90'\n"),
            (".cargo/config.toml", "[build]\ntarget = 'x86_64-unknown-linux-musl'\n"),
        ];
        let project = CargoProject::at(&context(&files), "").unwrap();
        let manifest = project.manifest.as_ref().unwrap();
        assert_eq!(manifest.package.as_deref(), Some("server"));
        assert!(manifest.has_lib);
        assert_eq!(manifest.dependencies["lib"].as_deref(), Some("lib"));
        assert_eq!(manifest.dependencies["openssl"], None);
        assert_eq!(manifest.profiles.iter().collect::<Vec<_>>(), ["release"]);
        let names: Vec<_> =
            project.programs.iter().map(|(name, path)| (name.as_str(), path.as_str())).collect();
        let expected = [
            ("admin", "src/admin.rs"),
            ("multi", "src/bin/multi/main.rs"),
            ("server", "src/main.rs"),
            ("tool", "src/bin/tool.rs"),
        ];
        assert_eq!(names, expected);
        assert_eq!(project.default_program(), Some("server"));
        assert_eq!((project.locks("openssl-sys"), project.locks("ring")), (Some(true), Some(false)));
        assert_eq!(project.toolchain.as_deref(), Some("1.90"));
        assert_eq!(project.config_target.as_deref(), Some("x86_64-unknown-linux-musl"));
        assert_eq!(project.build_script.as_deref(), Some("build.rs"));
    }

    #[test]
    fn a_program_may_have_another_name_than_its_package() {
        let files = [
            ("a/Cargo.toml", "[package]\nname = 'a'\nbuild = false\n[[bin]]\nname = 'b'\n"),
            ("a/src/main.rs", ""),
            ("a/build.rs", ""),
        ];
        let project = CargoProject::at(&context(&files), "a").unwrap();
        assert_eq!(project.programs, [("b".to_owned(), "a/src/main.rs".to_owned())]);
        assert_eq!((project.default_program(), project.build_script.as_deref()), (Some("b"), None));
        assert_eq!((project.has_lock, project.locks("a")), (false, None));
    }

    #[test]
    fn members_of_a_workspace_are_found() {
        let files = [
            ("Cargo.toml", "[workspace]\nmembers = ['crates/*', 'tool']\nexclude = ['crates/old']\n"),
            ("crates/a/Cargo.toml", ""),
            ("crates/old/Cargo.toml", ""),
            ("tool/Cargo.toml", ""),
            ("rust-toolchain", "nightly-2026-01-01\n"),
        ];
        let project = CargoProject::at(&context(&files), "").unwrap();
        assert_eq!(project.member_manifests, ["crates/a/Cargo.toml", "tool/Cargo.toml"]);
        assert_eq!(project.programs, []);
        assert_eq!(project.toolchain.as_deref(), Some("nightly-2026-01-01"));
    }

    #[test]
    fn broken_manifests_are_unknown() {
        assert_eq!(CargoManifest::parse("[package"), None);
        let odd = CargoManifest::parse(
            "package = 1\nbin = {}\ndependencies = 'x'\nworkspace = []\ntarget = { x = 1 }",
        )
        .unwrap();
        assert_eq!(odd, CargoManifest { auto_bins: true, ..CargoManifest::default() });
        let files = [
            ("Cargo.toml", "]"),
            ("Cargo.lock", "["),
            ("rust-toolchain.toml", "a b"),
            (".cargo/config", "="),
        ];
        let project = CargoProject::at(&context(&files), "").unwrap();
        assert_eq!((project.manifest, project.locked_packages, project.toolchain), (None, None, None));
        assert_eq!(project.config.as_deref(), Some(".cargo/config"));
    }
}
