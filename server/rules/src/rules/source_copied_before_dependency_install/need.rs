//! Whether an installation can do without the sources, as far as the context's manifests tell.

use rewrites::Input;
use semantic::dockerignore::Dockerignore;

use crate::analysis::call::Call;
use crate::analysis::install::ProjectInstall;

/// Whether installing before the sources come is possible and saves something. Where nothing is known, it is.
pub(super) fn is_worth_it(input: &Input<'_>, call: &Call<'_>, install: &ProjectInstall) -> bool {
    let Some(context) = &input.facts.context else { return true };
    let manifest = |name: &str| context.manifests.get(name).map(String::as_str);
    match install.manager {
        "npm" | "yarn" | "pnpm" | "bun" => manifest("package.json").is_none_or(|text| {
            let is_local = ["\"file:", "\"link:", "\"portal:"].iter().any(|kind| text.contains(kind));
            let has_some = ["ependencies\"", "\"workspaces\""].iter().any(|key| text.contains(key));
            let runs_sources = !call.has(&["--ignore-scripts"]) && runs_sources(text);
            has_some && !is_local && !runs_sources
        }),
        "go" => {
            let vendored = context.files.keys().any(|path| path.starts_with("vendor/"));
            !vendored && manifest("go.mod").is_none_or(|text| text.contains("require"))
        }
        "cargo" => manifest("Cargo.toml")
            .is_none_or(|text| text.contains("dependencies") || text.contains("[workspace")),
        "pip" | "uv" => manifest("requirements.txt").is_none_or(|text| {
            let is_local = |line: &str| {
                matches!(line.trim(), "." | "-e .") || line.starts_with("-e ./") || line.starts_with("./")
            };
            !text.lines().any(is_local)
        }),
        "bundler" => manifest("Gemfile")
            .is_none_or(|text| !text.lines().any(|line| line.trim_start().starts_with("gemspec"))),
        _ => true,
    }
}

/// Whether a script that the installation runs may need sources: one that does more than set up git hooks.
fn runs_sources(package_json: &str) -> bool {
    const HARMLESS: [&str; 5] = ["husky", "lefthook", "simple-git-hooks", "is-ci", "only-allow"];
    ["\"preinstall\"", "\"install\"", "\"postinstall\"", "\"prepare\""].iter().any(|key| {
        let Some(at) = package_json.find(key) else { return false };
        let value = package_json[at + key.len()..].trim_start().trim_start_matches(':').trim_start();
        let script = value.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or_default();
        !script.is_empty() && !HARMLESS.iter().any(|tool| script.split_whitespace().any(|word| word == *tool))
    })
}

/// Whether the context, as `.dockerignore` leaves it, has nothing but manifests.
pub(super) fn holds_only_manifests(input: &Input<'_>) -> bool {
    /// More files than this are not looked at: so large a context has sources.
    const LIMIT: usize = 2000;
    let Some(context) =
        input.facts.context.as_ref().filter(|context| context.complete && context.files.len() <= LIMIT)
    else {
        return false;
    };
    let text = context.ignore_file.as_ref().map_or("", |file| file.text.as_str());
    let (ignore, _) = Dockerignore::parse(text);
    let mut left = context.files.iter().filter(|(path, file)| {
        file.kind != semantic::facts::FileKind::Directory
            && !is_manifest(path)
            && Some(*path) != context.dockerfile.as_ref()
    });
    !context.files.is_empty() && !left.any(|(path, _)| !ignore.is_ignored(path))
}

fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".lock")
        || name.starts_with("requirements")
        || name.starts_with("Dockerfile")
        || name.ends_with("ignore")
        || matches!(
            name,
            "package.json"
                | "package-lock.json"
                | "npm-shrinkwrap.json"
                | "pnpm-lock.yaml"
                | "pnpm-workspace.yaml"
                | ".npmrc"
                | ".yarnrc.yml"
                | "go.mod"
                | "go.sum"
                | "Cargo.toml"
                | "Pipfile"
                | "pyproject.toml"
                | "Gemfile"
                | "composer.json"
                | "pom.xml"
                | "bun.lockb"
        )
}
