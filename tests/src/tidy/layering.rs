//! Who may import whom: the layering as data, checked against what `cargo metadata` says.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use super::{assert_none, tree};

/// One crate of the house.
struct Room {
    name: &'static str,
    /// Crates of ours that it may import, tests included.
    may_import: &'static [&'static str],
    /// Crates of others that it must not import, by themselves or as `prefix*`; see also [`OWNERS`].
    never: &'static [&'static str],
}

/// What makes code wait.
const ASYNC: &[&str] = &["tokio*", "futures*", "async-*", "hyper*", "tower*"];
/// What makes code wait, or reaches outside: files, addresses, settings, logs. The core does neither.
const OUTSIDE: &[&str] =
    &["tokio*", "futures*", "async-*", "hyper*", "tower*", "tracing*", "notify", "url", "toml"];
/// The same, less a reader of TOML texts: a Cargo.toml of the build context comes in as data.
const OUTSIDE_BUT_TOML: &[&str] =
    &["tokio*", "futures*", "async-*", "hyper*", "tower*", "tracing*", "notify", "url"];

/// The rooms, bottom-up.
const HOUSE: &[Room] = &[
    Room { name: "syntax", may_import: &[], never: OUTSIDE },
    Room { name: "semantic", may_import: &["syntax"], never: OUTSIDE_BUT_TOML },
    Room { name: "rewrites", may_import: &["syntax", "semantic"], never: OUTSIDE },
    Room { name: "rules", may_import: &["syntax", "semantic", "rewrites"], never: OUTSIDE },
    Room { name: "inner-loop", may_import: &["syntax", "semantic"], never: OUTSIDE },
    // Texts come in as values: a reader of files and variables is handed to it.
    Room { name: "callers", may_import: &["semantic"], never: OUTSIDE },
    Room {
        name: "ide",
        may_import: &["syntax", "semantic", "rewrites", "rules", "inner-loop"],
        never: OUTSIDE,
    },
    // It keeps what builds taught on disk, and reads the contents that plans of `inner-loop` ask for.
    Room { name: "workspace", may_import: &["syntax", "semantic", "inner-loop", "callers"], never: ASYNC },
    // It fills in what is known of images and matches `.dockerignore`, both of which are types of `semantic`.
    Room { name: "builder", may_import: &["semantic", "inner-loop", "workspace"], never: &["notify"] },
    // The core's types come through `ide`.
    Room { name: "lsp", may_import: &["ide", "inner-loop", "workspace"], never: &["hyper*", "notify"] },
    Room { name: "cli", may_import: EVERYTHING, never: &[] },
    Room { name: "test-support", may_import: &["syntax", "semantic", "inner-loop"], never: ASYNC },
    Room { name: "tests", may_import: EVERYTHING, never: &[] },
    Room { name: "benches", may_import: &[], never: &[] },
];

const EVERYTHING: &[&str] = &[
    "syntax",
    "semantic",
    "rewrites",
    "rules",
    "inner-loop",
    "callers",
    "ide",
    "workspace",
    "builder",
    "lsp",
];

/// Crates of others that live in one room alone. `tests` may use them to look at that room from outside.
const OWNERS: &[(&str, &str)] = &[
    ("ropey", "syntax"),
    ("tree-sitter*", "syntax"),
    ("dockerfile-parser", "rewrites"),
    ("regex", "rules"),
    ("roxmltree", "inner-loop"),
    ("saphyr*", "callers"),
    ("hcl*", "callers"),
    ("walkdir", "workspace"),
    ("notify", "workspace"),
    ("gix*", "workspace"),
    ("bollard*", "builder"),
    ("tonic*", "builder"),
    ("prost*", "builder"),
    ("tower-lsp*", "lsp"),
    ("lsp-types", "lsp"),
    ("ls-types", "lsp"),
    ("clap*", "cli"),
];

/// The crate of the house that a package is.
fn room_of(package: &str) -> Option<&'static Room> {
    let name = match package {
        "layerwise" => "cli",
        other => other.strip_prefix("layerwise-")?,
    };
    HOUSE.iter().find(|room| room.name == name)
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

/// What is wrong with one import.
fn problem_of_import(room: &Room, import: &str, kind: DependencyKind) -> Option<String> {
    let name = room.name;
    if let Some(imported) = room_of(import) {
        let for_tests = imported.name == "test-support" && kind == DependencyKind::Development;
        let allowed = for_tests || room.may_import.contains(&imported.name);
        return (!allowed).then(|| {
            format!("`{name}` imports `{}`, and may import {:?} only", imported.name, room.may_import)
        });
    }
    if import.starts_with("layerwise") {
        return Some(format!("`{name}` imports `{import}`, which the table of rooms does not know"));
    }
    if name == "tests" {
        return None;
    }
    if let Some((_, owner)) =
        OWNERS.iter().find(|(pattern, owner)| matches(pattern, import) && *owner != name)
    {
        return Some(format!("`{name}` imports {import}, which lives in `{owner}` alone"));
    }
    let owned = OWNERS.iter().any(|(pattern, owner)| matches(pattern, import) && *owner == name);
    let never = room.never.iter().any(|pattern| matches(pattern, import));
    (never && !owned).then(|| format!("`{name}` imports {import}, which it must never do"))
}

fn problems_of_package(package: &Package) -> Vec<String> {
    let Some(room) = room_of(&package.name) else {
        return vec![format!("the package {} is in no room of the table", package.name)];
    };
    package
        .dependencies
        .iter()
        .filter_map(|dependency| problem_of_import(room, &dependency.name, dependency.kind))
        .collect()
}

pub(super) fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(tree::root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .expect("cargo describes the workspace")
}

#[test]
fn crates_import_only_what_their_room_may() {
    let metadata = metadata();
    let problems: Vec<_> = metadata.workspace_packages().into_iter().flat_map(problems_of_package).collect();
    assert_none(&problems);
}

#[test]
fn every_room_of_the_table_is_a_package() {
    let metadata = metadata();
    for room in HOUSE {
        let found = metadata
            .workspace_packages()
            .into_iter()
            .any(|package| room_of(&package.name).is_some_and(|found| found.name == room.name));
        assert!(found, "no package is the room `{}`", room.name);
    }
}

#[test]
fn imports_across_the_layering_are_named() {
    let said = |package: &str, import: &str, kind| {
        problem_of_import(room_of(package).expect("a room"), import, kind).unwrap_or_default()
    };
    let normal = |package, import| said(package, import, DependencyKind::Normal);
    assert_eq!(
        normal("layerwise-semantic", "layerwise-rules"),
        "`semantic` imports `rules`, and may import [\"syntax\"] only"
    );
    assert_eq!(
        normal("layerwise-lsp", "layerwise-new"),
        "`lsp` imports `layerwise-new`, which the table of rooms does not know"
    );
    assert_eq!(normal("layerwise-lsp", "bollard"), "`lsp` imports bollard, which lives in `builder` alone");
    assert_eq!(
        normal("layerwise-ide", "tower-lsp-server"),
        "`ide` imports tower-lsp-server, which lives in `lsp` alone"
    );
    assert_eq!(
        normal("layerwise-inner-loop", "tokio-util"),
        "`inner-loop` imports tokio-util, which it must never do"
    );
    assert_eq!(
        normal("layerwise-ide", "layerwise-test-support"),
        "`ide` imports `test-support`, and may import [\"syntax\", \"semantic\", \"rewrites\", \"rules\", \"inner-loop\"] only"
    );
    assert_eq!(said("layerwise-ide", "layerwise-test-support", DependencyKind::Development), "");
    assert_eq!(normal("layerwise-lsp", "tower-lsp-server"), "");
    assert_eq!(normal("layerwise-syntax", "tree-sitter-bash"), "");
}
