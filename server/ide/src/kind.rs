//! Which documents are analysed as what.

/// What a document is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// Anything else: its text is kept in step, and nothing is said about it.
    Other,
}

/// Endings of templates: their text becomes a Dockerfile only once another program has run.
const TEMPLATES: &[&str] =
    &["j2", "jinja", "jinja2", "tmpl", "tpl", "template", "erb", "mustache", "hbs", "in"];

impl DocumentKind {
    /// The kind of a document by the editor's language id, which may be empty, and its path or URI.
    #[must_use]
    pub fn of(language_id: &str, path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        if ending.is_some_and(|ending| TEMPLATES.contains(&ending.as_str())) {
            return Self::Other;
        }
        let by_language =
            ["dockerfile", "containerfile"].iter().any(|id| language_id.eq_ignore_ascii_case(id));
        if by_language || is_dockerfile_name(name) { Self::Dockerfile } else { Self::Other }
    }
}

fn is_dockerfile_name(name: &str) -> bool {
    let named =
        |base: &str| name.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let ends = |ending: &str| name.strip_suffix(ending).is_some_and(|stem| !stem.is_empty());
    // `Dockerfile.dockerignore` lists what a build leaves out.
    !name.ends_with(".dockerignore")
        && (named("Dockerfile")
            || named("Containerfile")
            || ends(".Dockerfile")
            || ends(".dockerfile")
            || ends(".containerfile"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_language_or_by_name() {
        for (language_id, path) in [
            ("dockerfile", "file:///x/build"),
            ("Dockerfile", "untitled:1"),
            ("", "file:///x/Dockerfile"),
            ("plaintext", "/x/Dockerfile.dev"),
            ("", "/x/Containerfile"),
            ("", "C:\\x\\api.dockerfile"),
            ("containerfile", "x"),
        ] {
            assert_eq!(DocumentKind::of(language_id, path), DocumentKind::Dockerfile, "{language_id} {path}");
        }
    }

    #[test]
    fn templates_and_neighbours_are_none() {
        for (language_id, path) in [
            ("dockerfile", "/x/Dockerfile.j2"),
            ("", "/x/Dockerfile.tmpl"),
            ("", "/x/Dockerfile.dockerignore"),
            ("", "/x/MyDockerfile"),
            ("", "/x/.dockerfile"),
            ("yaml", "/x/compose.yaml"),
        ] {
            assert_eq!(DocumentKind::of(language_id, path), DocumentKind::Other, "{language_id} {path}");
        }
    }
}
