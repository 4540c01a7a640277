//! The members of the workspace stand bottom-up: the list itself shows the layering.

use cargo_metadata::DependencyKind;

use super::{assert_none, layering, tree};

/// What one member imports, as folders of the workspace.
struct Member {
    folder: String,
    imports: Vec<String>,
}

fn problems(listed: &[String], members: &[Member]) -> Vec<String> {
    let place = |folder: &str| listed.iter().position(|other| other == folder);
    let mut problems = Vec::new();
    for member in members {
        let Some(own) = place(&member.folder) else {
            problems.push(format!("{} is no member of the workspace by name", member.folder));
            continue;
        };
        for import in &member.imports {
            if place(import).is_none_or(|other| other > own) {
                problems
                    .push(format!("{} stands above {import} in Cargo.toml, but imports it", member.folder));
            }
        }
    }
    problems
}

/// The strings of `members = […]`, in order.
fn listed_members(manifest: &str) -> Vec<String> {
    let list =
        manifest.split("members = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn members_are_listed_bottom_up() {
    let metadata = layering::metadata();
    let root = &metadata.workspace_root;
    let relative = |path: &cargo_metadata::camino::Utf8Path| {
        path.strip_prefix(root).map(ToString::to_string).unwrap_or_default()
    };
    let members: Vec<_> = metadata
        .workspace_packages()
        .into_iter()
        .map(|package| Member {
            folder: package.manifest_path.parent().map(relative).unwrap_or_default(),
            imports: package
                .dependencies
                .iter()
                // `test-support` knows the core and is used by the core's own tests.
                .filter(|dependency| dependency.kind != DependencyKind::Development)
                .filter_map(|dependency| dependency.path.as_deref().map(relative))
                .collect(),
        })
        .collect();
    let manifest =
        std::fs::read_to_string(tree::root().join("Cargo.toml")).expect("the workspace has a manifest");
    assert!(members.len() > 10, "only {} members were found", members.len());
    assert_none(&problems(&listed_members(&manifest), &members));
}

#[test]
fn a_member_above_what_it_imports_is_named() {
    let manifest =
        "[workspace]\nmembers = [\n  \"server/rules\",\n  \"server/syntax\",\n]\ndefault-members = [\"x\"]\n";
    let rules = Member { folder: "server/rules".to_owned(), imports: vec!["server/syntax".to_owned()] };
    assert_eq!(
        problems(&listed_members(manifest), &[rules]),
        ["server/rules stands above server/syntax in Cargo.toml, but imports it"]
    );
}
