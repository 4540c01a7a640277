//! Which folder is the context, where nobody says so.

use std::path::{Path, PathBuf};

/// The context of a Dockerfile: its folder or, where that lacks one of the COPY `sources`, the nearest folder above that has them all,
/// up to and including `limit` (the working directory or the workspace folder). Where no folder has them all, it is the Dockerfile's.
///
/// `sources` are paths from the context's root; of one with wildcards only what stands before them counts.
#[must_use]
pub fn locate(dockerfile: &Path, sources: &[String], limit: &Path) -> PathBuf {
    let folder = match dockerfile.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Links and relative paths are resolved, so that `limit` is found above.
    let (Ok(start), Ok(limit)) = (folder.canonicalize(), limit.canonicalize()) else {
        return folder.to_owned();
    };
    let has_all = |root: &Path| sources.iter().all(|source| has(root, source));
    if has_all(&start) || !start.starts_with(&limit) {
        return folder.to_owned();
    }
    let above = start.ancestors().skip(1).take_while(|above| above.starts_with(&limit));
    above.into_iter().find(|above| has_all(above)).map_or_else(|| folder.to_owned(), Path::to_owned)
}

/// Whether something lies at a COPY source, which never leaves the context: `../x` is `x`.
fn has(root: &Path, source: &str) -> bool {
    let mut path = Vec::new();
    for part in source.split('/') {
        match part {
            wild if wild.contains(['*', '?', '[', '\\']) => break,
            "" | "." => {}
            ".." => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    root.join(path.join("/")).symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_context_is_the_nearest_folder_that_has_all_sources() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for path in ["package.json", "deploy/docker/Dockerfile", "deploy/entry.sh", "deploy/docker/conf"] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), "").unwrap();
        }
        let check = |sources: &[&str], limit: &str, expected: &str| {
            let sources: Vec<_> = sources.iter().map(|source| (*source).to_owned()).collect();
            let found = locate(&root.join("deploy/docker/Dockerfile"), &sources, &root.join(limit));
            assert_eq!(found, root.join(expected), "{sources:?} up to {limit:?}");
        };
        check(&[], "", "deploy/docker");
        check(&["conf", "."], "", "deploy/docker");
        check(&["entry.sh"], "", "deploy");
        check(&["/package.json", "./deploy/entry.sh"], "", "");
        check(&["package.json"], "deploy", "deploy/docker");
        check(&["conf", "package.json"], "", "deploy/docker");
        check(&["../entry.sh", "*.nothing"], "", "deploy");
        check(&["docker/*/x"], "", "deploy");
    }

    #[test]
    fn a_limit_elsewhere_leaves_the_own_folder() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("x"), "").unwrap();
        let own = folder.path().join("a");
        assert_eq!(locate(&own.join("Dockerfile"), &["x".to_owned()], other.path()), own);
        assert_eq!(locate(Path::new("Dockerfile"), &[], Path::new(".")), Path::new("."));
    }
}
