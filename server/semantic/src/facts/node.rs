//! A Node project in the context: its `package.json`, its lock file, its workspaces.
//!
//! What is broken or of another type than npm expects is left out, never guessed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{ContextFacts, join, patterns};

/// A `package.json`, as far as a Dockerfile cares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackageJson {
    /// `name`
    pub name: Option<String>,
    /// `version`
    pub version: Option<String>,
    /// `main`
    pub main: Option<String>,
    /// Whether `type` is `module`.
    pub is_module: bool,
    /// `bin`: programs by name; a single one has the package's name.
    pub bin: BTreeMap<String, String>,
    /// `scripts`
    pub scripts: BTreeMap<String, String>,
    /// `dependencies`: ranges by name.
    pub dependencies: BTreeMap<String, String>,
    /// `devDependencies`
    pub dev_dependencies: BTreeMap<String, String>,
    /// `optionalDependencies`
    pub optional_dependencies: BTreeMap<String, String>,
    /// `peerDependencies`
    pub peer_dependencies: BTreeMap<String, String>,
    /// `engines`
    pub engines: BTreeMap<String, String>,
    /// `workspaces`: patterns of folders.
    pub workspaces: Vec<String>,
    /// `packageManager`, such as `pnpm@9.1.0`: the name and the version without its hash.
    pub package_manager: Option<(String, String)>,
    /// Patches that the install applies (`pnpm.patchedDependencies`), from the project's folder.
    pub patches: Vec<String>,
}

/// Which lock file a project has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LockFile {
    /// `package-lock.json`
    Npm,
    /// `npm-shrinkwrap.json`
    NpmShrinkwrap,
    /// `yarn.lock` of Yarn 1
    YarnClassic,
    /// `yarn.lock` of Yarn 2 and later
    YarnBerry,
    /// `yarn.lock` of a version that cannot be told
    Yarn,
    /// `pnpm-lock.yaml`
    Pnpm,
    /// `bun.lock`
    Bun,
    /// `bun.lockb`
    BunBinary,
}

impl LockFile {
    /// Its name.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Npm => "package-lock.json",
            Self::NpmShrinkwrap => "npm-shrinkwrap.json",
            Self::YarnClassic | Self::YarnBerry | Self::Yarn => "yarn.lock",
            Self::Pnpm => "pnpm-lock.yaml",
            Self::Bun => "bun.lock",
            Self::BunBinary => "bun.lockb",
        }
    }

    /// The package manager that reads it.
    #[must_use]
    pub const fn program(self) -> &'static str {
        match self {
            Self::Npm | Self::NpmShrinkwrap => "npm",
            Self::YarnClassic | Self::YarnBerry | Self::Yarn => "yarn",
            Self::Pnpm => "pnpm",
            Self::Bun | Self::BunBinary => "bun",
        }
    }
}

/// A folder of the context with a `package.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeProject {
    /// The folder; `""` is the context's root.
    pub folder: String,
    /// Its `package.json`; absent where that is too long or broken.
    pub package: Option<PackageJson>,
    /// Its lock files; more than one is a mistake that only people can resolve.
    pub lock_files: Vec<LockFile>,
    /// Paths of the files beside `package.json` that an install reads: lock files, `.npmrc`, `.yarnrc.yml`, `pnpm-workspace.yaml` …
    pub install_files: Vec<String>,
    /// Paths of the workspaces' `package.json`.
    pub workspace_manifests: Vec<String>,
}

/// Names, beside the lock files, that an install reads from the project's folder.
const INSTALL_FILES: [&str; 8] = [
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    "pnpm-workspace.yaml",
    ".pnpmfile.cjs",
    "bunfig.toml",
    ".node-version",
    ".nvmrc",
];

/// Scripts that every install runs by itself.
const INSTALL_SCRIPTS: [&str; 6] =
    ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];

impl PackageJson {
    /// Reads a `package.json`; nothing where it is no JSON object.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let Ok(Value::Object(json)) = serde_json::from_str(text) else { return None };
        let name = string(&json, "name");
        let bin = match json.get("bin") {
            Some(Value::String(path)) => {
                let program = name.as_deref().map(crate::path::file_name);
                program.map(|program| (program.to_owned(), path.clone())).into_iter().collect()
            }
            _ => strings(&json, "bin"),
        };
        let workspaces = match json.get("workspaces") {
            Some(Value::Object(object)) => object.get("packages"),
            other => other,
        };
        let manager = string(&json, "packageManager");
        let pnpm = json.get("pnpm").and_then(Value::as_object);
        Some(Self {
            version: string(&json, "version"),
            main: string(&json, "main"),
            is_module: string(&json, "type").as_deref() == Some("module"),
            bin,
            scripts: strings(&json, "scripts"),
            dependencies: strings(&json, "dependencies"),
            dev_dependencies: strings(&json, "devDependencies"),
            optional_dependencies: strings(&json, "optionalDependencies"),
            peer_dependencies: strings(&json, "peerDependencies"),
            engines: strings(&json, "engines"),
            workspaces: list(workspaces),
            package_manager: manager.as_deref().and_then(|text| {
                let (name, version) = text.split_once('@')?;
                Some((name.to_owned(), version.split('+').next().unwrap_or(version).to_owned()))
            }),
            patches: pnpm
                .map(|pnpm| strings(pnpm, "patchedDependencies"))
                .unwrap_or_default()
                .into_values()
                .collect(),
            name,
        })
    }

    /// The scripts that an install runs by itself, in its order: they may need the sources.
    #[must_use]
    pub fn install_scripts(&self) -> Vec<&str> {
        INSTALL_SCRIPTS.into_iter().filter(|name| self.scripts.contains_key(*name)).collect()
    }

    /// Folders and archives of the context that dependencies point to (`file:…`, `link:…`, `portal:…`), from the project's folder.
    pub fn local_dependencies(&self) -> impl Iterator<Item = &str> {
        let all = self
            .dependencies
            .values()
            .chain(self.dev_dependencies.values())
            .chain(self.optional_dependencies.values());
        all.filter_map(|range| {
            ["file:", "link:", "portal:"].iter().find_map(|scheme| range.strip_prefix(scheme))
        })
    }
}

impl NodeProject {
    /// The project in a folder of the context (`""` for the root), if it has a `package.json`.
    #[must_use]
    pub fn at(context: &ContextFacts, folder: &str) -> Option<Self> {
        let manifest = join(folder, "package.json");
        if !context.has(&manifest) {
            return None;
        }
        let package = context.manifest(&manifest).and_then(PackageJson::parse);
        let lock_files = lock_files(context, folder, package.as_ref());
        let names = lock_files.iter().map(|lock_file| lock_file.file_name()).chain(INSTALL_FILES);
        let install_files = names.map(|name| join(folder, name)).filter(|path| context.has(path)).collect();
        let mut patterns = package.as_ref().map(|package| package.workspaces.clone()).unwrap_or_default();
        if let Some(text) = context.manifest(&join(folder, "pnpm-workspace.yaml")) {
            patterns = pnpm_workspaces(text);
        }
        let workspace_manifests = workspaces(context, folder, &patterns);
        Some(Self { folder: folder.to_owned(), package, lock_files, install_files, workspace_manifests })
    }

    /// The lock file, where there is exactly one.
    #[must_use]
    pub fn lock_file(&self) -> Option<LockFile> {
        match self.lock_files.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

fn lock_files(context: &ContextFacts, folder: &str, package: Option<&PackageJson>) -> Vec<LockFile> {
    let all = [
        LockFile::Npm,
        LockFile::NpmShrinkwrap,
        LockFile::Yarn,
        LockFile::Pnpm,
        LockFile::Bun,
        LockFile::BunBinary,
    ];
    let found = all.into_iter().filter(|lock_file| context.has(&join(folder, lock_file.file_name())));
    found
        .map(|lock_file| if lock_file == LockFile::Yarn { yarn(context, folder, package) } else { lock_file })
        .collect()
}

/// Which Yarn wrote a `yarn.lock`: the file itself says so, else the pinned version, else the settings file of the later one.
fn yarn(context: &ContextFacts, folder: &str, package: Option<&PackageJson>) -> LockFile {
    if let Some(text) = context.manifest(&join(folder, "yarn.lock")) {
        if text.lines().any(|line| line == "__metadata:") {
            return LockFile::YarnBerry;
        }
        if text.contains("# yarn lockfile v1") {
            return LockFile::YarnClassic;
        }
    }
    match package.and_then(|package| package.package_manager.as_ref()) {
        Some((name, version)) if name == "yarn" && version.starts_with("1.") => LockFile::YarnClassic,
        Some((name, _)) if name == "yarn" => LockFile::YarnBerry,
        _ if context.has(&join(folder, ".yarnrc.yml")) => LockFile::YarnBerry,
        _ => LockFile::Yarn,
    }
}

fn workspaces(context: &ContextFacts, folder: &str, patterns: &[String]) -> Vec<String> {
    if patterns.is_empty() {
        return Vec::new();
    }
    let prefix = if folder.is_empty() { 0 } else { folder.len() + 1 };
    let manifests =
        context.below(folder).filter_map(|(path, _)| path.get(prefix..)?.strip_suffix("/package.json"));
    let folders = manifests.filter(|path| !path.split('/').any(|name| name == "node_modules"));
    let picked = patterns::pick(patterns, folders);
    picked.into_iter().map(|path| join(folder, &format!("{path}/package.json"))).collect()
}

/// The list under `packages:` in a `pnpm-workspace.yaml`, as people write it: one a line, or in brackets.
fn pnpm_workspaces(text: &str) -> Vec<String> {
    let mut patterns = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let content = line.split(" #").next().unwrap_or(line).trim_end();
        let item = content.trim_start();
        if item.is_empty() || item.starts_with('#') {
            continue;
        }
        if let Some(rest) = content.strip_prefix("packages:") {
            inside = true;
            let rest = rest.trim().trim_start_matches('[').trim_end_matches(']');
            patterns.extend(rest.split(',').map(unquoted).filter(|pattern| !pattern.is_empty()));
        } else if let Some(pattern) = item.strip_prefix("- ").filter(|_| inside) {
            patterns.push(unquoted(pattern));
        } else if !content.starts_with([' ', '\t']) {
            inside = false;
        }
    }
    patterns
}

fn unquoted(text: &str) -> String {
    text.trim().trim_matches(['\'', '"']).to_owned()
}

fn string(json: &Map<String, Value>, key: &str) -> Option<String> {
    json.get(key)?.as_str().map(str::to_owned)
}

fn strings(json: &Map<String, Value>, key: &str) -> BTreeMap<String, String> {
    let entries = json.get(key).and_then(Value::as_object).into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
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
        let text = r#"{"name": "@acme/web", "version": "1.0.0", "type": "module", "main": "./dist/server.js", "bin": "cli.js",
            "scripts": {"build": "esbuild src/server.js", "prepare": "husky", "postinstall": "node x"},
            "dependencies": {"express": "^4", "lib": "file:../lib"}, "devDependencies": {"esbuild": "1"},
            "packageManager": "pnpm@9.1.0+sha512.abc", "engines": {"node": ">=20", "odd": 1}, "workspaces": {"packages": ["a/*", 7]},
            "pnpm": {"patchedDependencies": {"x@1": "patches/x.patch"}}}"#;
        let package = PackageJson::parse(text).unwrap();
        assert_eq!(package.name.as_deref(), Some("@acme/web"));
        assert!(package.is_module);
        assert_eq!(package.bin["web"], "cli.js");
        assert_eq!(package.install_scripts(), ["postinstall", "prepare"]);
        assert_eq!(package.local_dependencies().collect::<Vec<_>>(), ["../lib"]);
        assert_eq!(package.package_manager, Some(("pnpm".to_owned(), "9.1.0".to_owned())));
        assert_eq!(package.engines.len(), 1);
        assert_eq!(package.workspaces, ["a/*"]);
        assert_eq!(package.patches, ["patches/x.patch"]);
    }

    #[test]
    fn broken_manifests_are_unknown() {
        for text in ["", "{", "[]", "null", "{\"name\": }"] {
            assert_eq!(PackageJson::parse(text), None, "{text}");
        }
        let odd = r#"{"name": 1, "scripts": [], "bin": 2, "workspaces": "x", "packageManager": "yarn", "dependencies": null}"#;
        assert_eq!(PackageJson::parse(odd), Some(PackageJson::default()));
        let project = NodeProject::at(&context(&[("package.json", "{")]), "").unwrap();
        assert_eq!(project.package, None);
    }

    #[test]
    fn the_lock_file_says_which_package_manager_it_is_of() {
        let lock_file = |files: &[(&str, &str)]| {
            let mut files = files.to_vec();
            files.push(("web/package.json", "{}"));
            NodeProject::at(&context(&files), "web").unwrap().lock_file()
        };
        assert_eq!(lock_file(&[]), None);
        assert_eq!(lock_file(&[("web/package-lock.json", "{}")]), Some(LockFile::Npm));
        assert_eq!(lock_file(&[("web/yarn.lock", "# yarn lockfile v1\n")]), Some(LockFile::YarnClassic));
        assert_eq!(
            lock_file(&[("web/yarn.lock", "# x\n\n__metadata:\n  version: 8\n")]),
            Some(LockFile::YarnBerry)
        );
        assert_eq!(lock_file(&[("web/yarn.lock", "")]), Some(LockFile::Yarn));
        assert_eq!(lock_file(&[("web/yarn.lock", ""), ("web/.yarnrc.yml", "")]), Some(LockFile::YarnBerry));
        assert_eq!(lock_file(&[("web/pnpm-lock.yaml", "")]), Some(LockFile::Pnpm));
        assert_eq!(lock_file(&[("web/bun.lock", "")]), Some(LockFile::Bun));
        assert_eq!(lock_file(&[("web/bun.lock", ""), ("web/yarn.lock", "")]), None);
        assert_eq!(lock_file(&[("package-lock.json", "{}")]), None);
    }

    #[test]
    fn workspaces_and_install_files_are_found() {
        let files = [
            ("package.json", r#"{"workspaces": ["packages/*"]}"#),
            ("package-lock.json", "{}"),
            (".npmrc", ""),
            ("packages/a/package.json", "{}"),
            ("packages/a/node_modules/x/package.json", "{}"),
            ("packages/b/src/index.js", ""),
            ("packages/c/package.json", "{}"),
        ];
        let project = NodeProject::at(&context(&files), "").unwrap();
        assert_eq!(project.workspace_manifests, ["packages/a/package.json", "packages/c/package.json"]);
        assert_eq!(project.install_files, ["package-lock.json", ".npmrc"]);
        assert_eq!(NodeProject::at(&context(&files), "packages"), None);
    }

    #[test]
    fn pnpm_names_its_workspaces_in_a_file_of_its_own() {
        let workspaces = |text: &str| {
            let files = [
                ("w/package.json", "{}"),
                ("w/pnpm-workspace.yaml", text),
                ("w/a/package.json", ""),
                ("w/b/c/package.json", ""),
            ];
            NodeProject::at(&context(&files), "w").unwrap().workspace_manifests
        };
        assert_eq!(
            workspaces("packages:\n  # all\n  - 'a' # one\n- \"b/**\"\ncatalog:\n  - x\n"),
            ["w/a/package.json", "w/b/c/package.json"]
        );
        assert_eq!(workspaces("packages: ['b/*', \"!a\"]\n"), ["w/b/c/package.json"]);
        assert_eq!(workspaces(": : ["), [""; 0]);
    }
}
