//! Files of the context that a running program may open: neither sources that a build takes in, nor settings of tools, tests or documents.

use std::collections::BTreeMap;

use super::Ecosystem;
use crate::context::Context;

/// More places than this are not copied one by one.
const MAX_PLACES: usize = 8;

/// Folders whose files are found by path at run time, whatever they are.
const BY_PATH: [&str; 10] = [
    "migrations",
    "seeds",
    "seeders",
    "config",
    "views",
    "templates",
    "locales",
    "public",
    "static",
    "assets",
];

/// Folders that no running program opens.
const NEVER: [&str; 32] = [
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "spec",
    "e2e",
    "cypress",
    "coverage",
    "docs",
    "doc",
    "examples",
    "benches",
    "node_modules",
    "target",
    "fixtures",
    "bench",
    "benchmark",
    "benchmarks",
    "scripts",
    "vendor",
    "gradle",
    "testdata",
    "hack",
    "k8s",
    "kubernetes",
    "helm",
    "charts",
    "terraform",
    "ansible",
    "deploy",
    "deployment",
    "deployments",
];

/// Endings of what bundlers take in; a program of another language serves such files as they are.
const BUNDLED: [&str; 16] = [
    "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "css", "scss", "sass", "less",
    "styl", "coffee",
];

/// Endings of what compilers take in, and what belongs to it.
const COMPILED: [&str; 25] = [
    "map", "rs", "proto", "h", "c", "cc", "go", "cpp", "cxx", "hpp", "hh", "hxx", "o", "a", "s", "mk",
    "cmake", "am", "ac", "m4", "java", "kt", "kts", "groovy", "gradle",
];

/// Tools whose settings lie in `<tool>.config.js` and its like.
const CONFIGURED: [&str; 14] = [
    "babel",
    "eslint",
    "jest",
    "karma",
    "next",
    "nuxt",
    "playwright",
    "postcss",
    "prettier",
    "rollup",
    "tailwind",
    "vite",
    "vitest",
    "webpack",
];

/// Folders of sources, in which only what is no source may be opened; any other mixed folder may be served as it is.
const OF_SOURCES: [&str; 13] = [
    "src", "source", "lib", "server", "app", "packages", "apps", "libs", "cmd", "internal", "pkg", "api",
    "proto",
];

/// Endings of documents, which at the top are for people.
const DOCUMENTS: [&str; 4] = ["md", "markdown", "rst", "adoc"];

/// Names of manifests and of settings of tools, at any depth.
const SETTINGS: [&str; 54] = [
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "bun.lock",
    "bun.lockb",
    "lerna.json",
    "nx.json",
    "turbo.json",
    "jsconfig.json",
    "nodemon.json",
    "renovate.json",
    "tslint.json",
    "nest-cli.json",
    "biome.json",
    "vercel.json",
    "app.json",
    "Makefile",
    "Justfile",
    "justfile",
    "LICENSE",
    "NOTICE",
    "AUTHORS",
    "CHANGELOG",
    "README",
    "Procfile",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "clippy.toml",
    "deny.toml",
    "Vagrantfile",
    "sonar-project.properties",
    "go.mod",
    "go.sum",
    "go.work",
    "go.work.sum",
    "buf.yaml",
    "sqlc.yaml",
    "CMakeLists.txt",
    "configure",
    "meson.build",
    "GNUmakefile",
    "pom.xml",
    "mvnw",
    "mvnw.cmd",
    "gradlew",
    "gradlew.bat",
    "gradle.properties",
    "lombok.config",
];

/// The files and folders below `root` that a program may open, from the context's root; absent where they are too many to name.
pub(super) fn places(
    context: &Context<'_>,
    root: &str,
    except: &[String],
    ecosystem: Ecosystem,
) -> Option<Vec<String>> {
    let files: Vec<&str> = context.below(root).collect();
    let mut found = Vec::new();
    collect(root, &files, except, ecosystem, &mut found);
    (found.len() <= MAX_PLACES).then_some(found)
}

/// `files` are those below the folder.
fn collect(folder: &str, files: &[&str], except: &[String], ecosystem: Ecosystem, found: &mut Vec<String>) {
    let prefix = if folder == "." { String::new() } else { format!("{folder}/") };
    let mut entries: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files {
        let Some(rest) = file.strip_prefix(&prefix) else { continue };
        let (name, is_below) = rest.split_once('/').map_or((rest, false), |(name, _)| (name, true));
        let below = entries.entry(name).or_default();
        below.extend(is_below.then_some(*file));
    }
    for (name, below) in entries {
        let path = format!("{prefix}{name}");
        if except.iter().any(|covered| semantic::path::is_within(&path, covered)) {
            continue;
        }
        if below.is_empty() {
            if is_data(name, prefix.is_empty(), ecosystem) {
                found.push(path);
            }
            continue;
        }
        if NEVER.contains(&name) || name.starts_with('.') {
            continue;
        }
        let (data, sources) = below.iter().fold((0, 0), |(data, sources), file| {
            let name = semantic::path::file_name(file);
            let is_data = is_data(name, false, ecosystem);
            (data + usize::from(is_data), sources + usize::from(is_source(name, ecosystem)))
        });
        if BY_PATH.contains(&name) || (data > 0 && (sources == 0 || !OF_SOURCES.contains(&name))) {
            found.push(path);
        } else if data > 0 {
            collect(&path, &below, except, ecosystem, found);
        }
    }
}

/// Whether the build of an ecosystem takes a file of this name in.
pub(super) fn is_source(name: &str, ecosystem: Ecosystem) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ecosystem {
        // What is interpreted is opened at run time.
        Ecosystem::Python => false,
        Ecosystem::Node => COMPILED.contains(&ending) || BUNDLED.contains(&ending),
        _ => COMPILED.contains(&ending),
    }
}

/// Whether a file is the setting of a tool, such as `vite.config.ts`.
fn is_tool_setting(name: &str) -> bool {
    name.split_once(".config.").is_some_and(|(tool, _)| CONFIGURED.contains(&tool))
}

fn is_data(name: &str, is_top: bool, ecosystem: Ecosystem) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_document = ["README", "CHANGELOG", "CONTRIBUTING", "LICENSE"].contains(&stem)
        || (is_top && DOCUMENTS.contains(&ending))
        || (SETTINGS.contains(&stem) && matches!(ending, "txt" | ""));
    let is_setting = SETTINGS.contains(&name)
        || is_tool_setting(name)
        || name.starts_with("tsconfig")
        || name.starts_with("LICENSE")
        || name.starts_with("docker-compose")
        || name.starts_with("compose.")
        || name.ends_with("ockerfile")
        || name.ends_with("ontainerfile")
        || name.starts_with("Dockerfile.")
        || name.ends_with(".dockerignore")
        || name.ends_with(".iml")
        || name.ends_with(".sh");
    let is_hidden = name.starts_with('.') && !name.starts_with(".env");
    !(is_source(name, ecosystem) || is_document || is_setting || is_hidden || name == ".env.example")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::facts;

    fn check(files: &[&str]) -> Option<Vec<String>> {
        check_of(Ecosystem::Node, files)
    }

    fn check_of(ecosystem: Ecosystem, files: &[&str]) -> Option<Vec<String>> {
        let files: Vec<(&str, &str)> = files.iter().map(|path| (*path, "")).collect();
        let facts = facts(&files);
        places(&Context::of(&facts).unwrap(), ".", &["dist".to_owned()], ecosystem)
    }

    #[test]
    fn pages_are_sources_of_a_bundler_alone() {
        let files = ["main.go", "server.config.yaml", "web/app.js", "web/app.css", "tailwind.config.js"];
        let expected = ["server.config.yaml", "web"].map(str::to_owned);
        assert_eq!(check_of(Ecosystem::Go, &files), Some(expected.to_vec()));
        assert_eq!(check(&["src/web/app.js", "a.config.json"]), Some(vec!["a.config.json".to_owned()]));
    }

    #[test]
    fn sources_settings_tests_and_documents_are_no_data() {
        let files = [
            "package.json",
            "src/a.ts",
            "src/b/c.tsx",
            "test/fixture.json",
            "README.md",
            "LICENSE",
            "tsconfig.build.json",
            ".eslintrc.json",
            "vite.config.ts",
            "Dockerfile",
            ".github/x.yml",
            "dist/index.html",
            "jest.config.js",
            "docs/a.html",
        ];
        assert_eq!(check(&files), Some(Vec::new()));
    }

    #[test]
    fn what_a_program_may_open_is_named_by_the_folder_that_holds_nothing_else() {
        let files = [
            "src/a.js",
            "src/views/a.ejs",
            "public/a.js",
            "data/x.json",
            ".env",
            "config/default.js",
            "words.txt",
        ];
        let expected = [".env", "config", "data", "public", "src/views", "words.txt"].map(str::to_owned);
        assert_eq!(check(&files), Some(expected.to_vec()));
    }

    #[test]
    fn contents_and_pages_are_data() {
        let files = [
            "src/a.js",
            "src/README.md",
            "notes/welcome.md",
            "www/index.html",
            "www/app.js",
            "src/web/page.html",
            "src/web/page.js",
        ];
        let expected = ["notes", "src/web", "www"].map(str::to_owned);
        assert_eq!(check(&files), Some(expected.to_vec()));
    }
}
