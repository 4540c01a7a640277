//! Which files an install of Node's package managers reads, and what it runs.

use crate::context::Context;
use crate::node::package::{Package, parse_script};
use crate::node::{Manager, NodeCommand, command};

/// Scripts that an install runs.
const HOOKS: [&str; 7] =
    ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];

/// Commands of such scripts that read no source.
const HARMLESS: [&str; 16] = [
    "husky",
    "is-ci",
    "true",
    "echo",
    "exit",
    ":",
    "patch-package",
    "prisma",
    "only-allow",
    "simple-git-hooks",
    "lefthook",
    "test",
    "[",
    "check-node-version",
    "opencollective",
    "opencollective-postinstall",
];

/// The files at the top that an install reads, with the folder they belong in.
pub(super) fn files(context: &Context<'_>, package: &Package, manager: Manager) -> (Vec<String>, String) {
    let names: &[&str] = match manager {
        Manager::Npm => &["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"],
        Manager::Yarn => {
            &["package.json", "yarn.lock", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pnp.cjs", ".pnp.loader.mjs"]
        }
        Manager::Pnpm => &[
            "package.json",
            "pnpm-lock.yaml",
            "pnpm-workspace.yaml",
            ".npmrc",
            ".pnpmfile.cjs",
            "pnpmfile.js",
        ],
    };
    let found = names.iter().filter(|name| context.has_file(name)).map(|name| (*name).to_owned());
    (found.collect(), package.directory.clone())
}

/// The folders that an install reads.
pub(super) fn folders(
    context: &Context<'_>,
    package: &Package,
    manager: Manager,
) -> impl Iterator<Item = String> {
    let depends_on = |name: &str| {
        ["dependencies", "devDependencies"]
            .iter()
            .any(|kind| package.dependencies(kind).any(|(dependency, _)| dependency == name))
    };
    let has_schema = context.has_file("prisma/schema.prisma");
    let candidates = [
        (".yarn", manager == Manager::Yarn),
        ("patches", true),
        // Its own install script generates the client from the schema.
        ("prisma", has_schema && (depends_on("@prisma/client") || depends_on("prisma"))),
    ];
    let wanted = candidates.into_iter().filter(|(folder, wanted)| *wanted && context.has_directory(folder));
    wanted.map(|(folder, _)| folder.to_owned()).collect::<Vec<_>>().into_iter()
}

/// Whether the scripts that an install runs are known to read no source.
pub(super) fn scripts_need_no_sources(package: &Package) -> Result<(), String> {
    for hook in HOOKS {
        let Some(text) = package.script(hook) else { continue };
        let commands = parse_script(text).map(|script| {
            script.statements.into_iter().flat_map(|statement| statement.commands).collect::<Vec<_>>()
        });
        let is_harmless = commands.is_some_and(|commands| {
            commands.iter().all(|found| {
                let words: Vec<String> = found
                    .words
                    .iter()
                    .map(|word| word.value.clone().unwrap_or_else(|| word.text.clone()))
                    .collect();
                let tool = match command::of_words(&words) {
                    Some(NodeCommand::Tool(tool)) => tool,
                    _ => words,
                };
                let program = command::strip_environment(&tool).first().cloned().unwrap_or_default();
                HARMLESS.contains(&program.as_str())
            })
        });
        if !is_harmless {
            let path = crate::node::package::in_directory(&package.directory, "package.json");
            return Err(format!(
                "the {hook} script of {path} runs `{text}` with the install, which may need the sources"
            ));
        }
    }
    Ok(())
}

/// Whether no dependency is a folder of the sources.
pub(super) fn no_local_dependencies(package: &Package) -> Result<(), String> {
    for kind in ["dependencies", "devDependencies", "optionalDependencies"] {
        let local = package.dependencies(kind).find(|(_, version)| {
            ["file:", "link:", "portal:", "./", "../"].iter().any(|prefix| version.starts_with(prefix))
        });
        if let Some((name, version)) = local {
            return Err(format!(
                "the dependency {name} is {version}, which the install takes from the sources"
            ));
        }
    }
    Ok(())
}

/// The patterns of `pnpm-workspace.yaml`: a list of plain or quoted texts under `packages:`.
pub(super) fn pnpm_workspaces(context: &Context<'_>) -> Vec<String> {
    let text = context.manifest("pnpm-workspace.yaml").unwrap_or_default();
    let list = text.lines().skip_while(|line| line.trim_end() != "packages:").skip(1);
    let items = list.take_while(|line| line.starts_with([' ', '-', '#']) || line.trim().is_empty());
    let texts = items.filter_map(|line| line.trim().strip_prefix("- "));
    texts
        .map(|text| text.split(" #").next().unwrap_or(text).trim().trim_matches(['"', '\'']).to_owned())
        .collect()
}
