//! Paths inside the image: absolute, cleaned, and known or not.

/// A path inside the image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place {
    /// An absolute, cleaned path.
    Known(String),
    /// Relative to the base image's working directory, which is not known; cleaned.
    Relative(String),
    /// It depends on a variable without a known value.
    #[default]
    Unknown,
}

impl Place {
    /// The absolute path, where it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(path) => Some(path),
            _ => None,
        }
    }

    /// The place of `path` when this is the working directory.
    #[must_use]
    pub fn join(&self, path: &str) -> Self {
        if path.starts_with('/') {
            return Self::Known(clean(path));
        }
        match self {
            Self::Known(base) => Self::Known(clean(&format!("{base}/{path}"))),
            Self::Relative(base) => Self::Relative(clean(&format!("{base}/{path}"))),
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether this is `directory` or lies below it; false where either is not known.
    #[must_use]
    pub fn is_within(&self, directory: &Self) -> bool {
        match (self, directory) {
            (Self::Known(path), Self::Known(directory))
            | (Self::Relative(path), Self::Relative(directory)) => is_within(path, directory),
            _ => false,
        }
    }
}

/// Whether `path` is `directory` or lies below it; both cleaned.
#[must_use]
pub fn is_within(path: &str, directory: &str) -> bool {
    if directory == "/" || directory == "." || directory.is_empty() {
        return true;
    }
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The last part of a path: a file's name, or a program's.
#[must_use]
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The shortest equal path: no `.`, no empty part, no `..` that can be resolved; `.` for the empty path.
#[must_use]
pub fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if absolute => {}
                _ => parts.push(".."),
            },
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// A source of COPY as a path in the build context: `/` and `./` in front mean the context's root, which is `.`.
#[must_use]
pub fn clean_context_path(path: &str) -> String {
    let cleaned = clean(&format!("/{path}"));
    if cleaned == "/" { ".".to_owned() } else { cleaned[1..].to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_go_cleans_them() {
        for (path, expected) in [
            ("", "."),
            ("/", "/"),
            ("/a//b/./c/", "/a/b/c"),
            ("/a/../../b", "/b"),
            ("../a/..", ".."),
            ("a/b/../c", "a/c"),
            ("./", "."),
        ] {
            assert_eq!(clean(path), expected, "{path:?}");
        }
    }

    #[test]
    fn a_working_directory_joins_relative_paths() {
        let app = Place::Known("/app".to_owned());
        assert_eq!(app.join("src/../dist"), Place::Known("/app/dist".to_owned()));
        assert_eq!(app.join("/etc"), Place::Known("/etc".to_owned()));
        assert_eq!(Place::Unknown.join("x"), Place::Unknown);
        assert!(app.join("x").is_within(&app));
        assert!(!Place::Known("/apple".to_owned()).is_within(&app));
    }

    #[test]
    fn context_paths_are_relative_to_the_root() {
        for (path, expected) in
            [("/", "."), ("./src/", "src"), ("../up", "up"), (".", "."), ("*.json", "*.json")]
        {
            assert_eq!(clean_context_path(path), expected, "{path:?}");
        }
    }
}
