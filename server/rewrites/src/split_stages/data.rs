//! Files of the context that a running program may open: neither sources that a build takes in, nor settings of tools, tests or documents.

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

/// Endings of sources and of what compilers and bundlers take in.
const SOURCES: [&str; 41] = [
    "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "css", "scss", "sass", "less",
    "styl", "map", "rs", "coffee", "proto", "h", "c", "cc", "go", "cpp", "cxx", "hpp", "hh", "hxx", "o", "a",
    "s", "mk", "cmake", "am", "ac", "m4", "java", "kt", "kts", "groovy", "gradle",
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
pub(super) fn places(context: &Context<'_>, root: &str, except: &[String]) -> Option<Vec<String>> {
    let files: Vec<&str> = context.below(root).collect();
    let mut found = Vec::new();
    collect(root, &files, except, &mut found);
    (found.len() <= MAX_PLACES).then_some(found)
}

fn collect(folder: &str, files: &[&str], except: &[String], found: &mut Vec<String>) {
    let prefix = if folder == "." { String::new() } else { format!("{folder}/") };
    let mut names: Vec<&str> =
        files.iter().filter_map(|path| path.strip_prefix(&prefix)?.split('/').next()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let path = format!("{prefix}{name}");
        let inside = format!("{path}/");
        let is_folder = files.iter().any(|file| file.starts_with(&inside));
        if except.iter().any(|covered| semantic::path::is_within(&path, covered)) {
            continue;
        }
        if !is_folder {
            if is_data(name, prefix.is_empty()) {
                found.push(path);
            }
            continue;
        }
        if NEVER.contains(&name) || name.starts_with('.') {
            continue;
        }
        let below: Vec<&str> = files.iter().copied().filter(|file| file.starts_with(&inside)).collect();
        let (data, sources) = below.iter().fold((0, 0), |(data, sources), file| {
            let name = file.rsplit('/').next().unwrap_or(file);
            (data + usize::from(is_data(name, false)), sources + usize::from(is_source(name)))
        });
        if BY_PATH.contains(&name) || (data > 0 && (sources == 0 || !OF_SOURCES.contains(&name))) {
            found.push(path);
        } else if data > 0 {
            collect(&path, files, except, found);
        }
    }
}

fn is_source(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| SOURCES.contains(&ending))
}

fn is_data(name: &str, is_top: bool) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_document = ["README", "CHANGELOG", "CONTRIBUTING", "LICENSE"].contains(&stem)
        || (is_top && DOCUMENTS.contains(&ending))
        || (SETTINGS.contains(&stem) && matches!(ending, "txt" | ""));
    let is_setting = SETTINGS.contains(&name)
        || name.contains(".config.")
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
    !(is_source(name) || is_document || is_setting || is_hidden || name == ".env.example")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::facts;

    fn check(files: &[&str]) -> Option<Vec<String>> {
        let files: Vec<(&str, &str)> = files.iter().map(|path| (*path, "")).collect();
        let facts = facts(&files);
        places(&Context::of(&facts).unwrap(), ".", &["dist".to_owned()])
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
