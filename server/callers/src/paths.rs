//! Paths as text: callers name folders of this machine, by absolute paths or from a folder.

/// Whether a context is fetched by the builder: an address, a git repository, an image.
pub(crate) fn is_remote(context: &str) -> bool {
    context.contains("://") || context.starts_with("git@") || context.starts_with("github.com/")
}

/// A path from a folder, without `.` and `..`.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The same, with `~` for the home folder.
pub(crate) fn join_home(folder: &str, path: &str, home: Option<&str>) -> String {
    match (path.strip_prefix('~'), home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            join(home, rest.trim_start_matches('/'))
        }
        _ => join(folder, path),
    }
}

/// The folder of a file.
pub(crate) fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(end) => &path[..end],
        None => "",
    }
}

/// The last part of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_without_dots() {
        for (folder, path, joined) in [
            ("/a/b", ".", "/a/b"),
            ("/a/b", "../c//d/", "/a/c/d"),
            ("/a", "/x/./y", "/x/y"),
            ("/", "../..", "/"),
            ("/a", "", "/a"),
        ] {
            assert_eq!(join(folder, path), joined);
        }
        assert_eq!(join_home("/a", "~/x", Some("/home/u")), "/home/u/x");
        assert_eq!(join_home("/a", "~x", Some("/home/u")), "/a/~x");
        assert_eq!((folder("/a/b"), folder("/a"), name("/a/b")), ("/a", "/", "b"));
        assert!(is_remote("https://x/y.git") && is_remote("git@h:x") && !is_remote("./git"));
    }
}
