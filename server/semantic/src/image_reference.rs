//! The name of an image, taken apart as Docker does (`distribution/reference`): registry, repository, tag, digest.
//!
//! Whether such an image exists is not known here.

/// Docker's own registry, which a name without one means.
pub const DOCKER_HUB: &str = "docker.io";

/// A reference such as `ghcr.io/acme/app:1.2@sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageReference {
    /// The registry with its port; [`DOCKER_HUB`] where the name has none.
    pub registry: String,
    /// The repository in it, `library/` of Docker's official images included.
    pub repository: String,
    /// The tag, where written.
    pub tag: Option<String>,
    /// The digest with its algorithm (`sha256:…`), where written.
    pub digest: Option<String>,
}

impl ImageReference {
    /// Takes a reference apart.
    ///
    /// # Errors
    /// Says what Docker would refuse in it. `scratch` is no reference: ask [`is_scratch`] first.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        if name.is_empty() {
            return Err(format!("`{text}` names no image"));
        }
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(format!("`{tag}` is no tag: letters, digits, `_`, `.` and `-`, at most 128"));
        }
        if let Some(digest) = digest.filter(|digest| !is_digest(digest)) {
            return Err(format!("`{digest}` is no digest: `sha256:` and 64 hexadecimal digits"));
        }
        let (registry, path) = match name.split_once('/') {
            Some((first, path)) if is_registry(first) => (first, path),
            _ => (DOCKER_HUB, name),
        };
        let registry = if registry == "index.docker.io" { DOCKER_HUB } else { registry };
        if path.chars().any(|character| character.is_ascii_uppercase()) {
            return Err(format!("`{path}` must be lower case"));
        }
        if let Some(part) = path.split('/').find(|part| !is_path_component(part)) {
            return Err(format!(
                "`{part}` is no part of an image's name: lower-case letters and digits, with `.`, `_`, `__` or `-` between them"
            ));
        }
        let is_official = registry == DOCKER_HUB && !path.contains('/');
        Ok(Self {
            registry: registry.to_owned(),
            repository: if is_official { format!("library/{path}") } else { path.to_owned() },
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// The name as people write it: without `docker.io/` and `library/`, without tag and digest.
    #[must_use]
    pub fn familiar_name(&self) -> String {
        if self.registry != DOCKER_HUB {
            return format!("{}/{}", self.registry, self.repository);
        }
        let official = self.repository.strip_prefix("library/").filter(|name| !name.contains('/'));
        official.unwrap_or(&self.repository).to_owned()
    }

    /// The last part of the repository: `node` for `docker.io/library/node`.
    #[must_use]
    pub fn short_name(&self) -> &str {
        crate::path::file_name(&self.repository)
    }

    /// Whether it is one of Docker's official images.
    #[must_use]
    pub fn is_official(&self) -> bool {
        self.registry == DOCKER_HUB && self.repository.starts_with("library/")
    }

    /// The tag that is pulled: `latest` where neither tag nor digest is written; absent where the digest alone decides.
    #[must_use]
    pub fn effective_tag(&self) -> Option<&str> {
        match (&self.tag, &self.digest) {
            (Some(tag), _) => Some(tag),
            (None, None) => Some("latest"),
            (None, Some(_)) => None,
        }
    }
}

/// Whether a FROM of this name starts from nothing.
#[must_use]
pub fn is_scratch(text: &str) -> bool {
    text == "scratch"
}

/// A first part is a registry where it cannot be a part of a repository: it has a dot, a port or capitals, or is `localhost`.
fn is_registry(text: &str) -> bool {
    let looks_like_one = text.contains(['.', ':'])
        || text == "localhost"
        || text.chars().any(|character| character.is_ascii_uppercase());
    let host = match text.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some((host, _)) if host.starts_with('[') => text,
        Some(_) => return false,
        None => text,
    };
    let is_address = host.starts_with('[') && host.ends_with(']');
    let is_name = host.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    looks_like_one && (is_name || is_address)
}

/// Lower-case letters and digits; between them one `.`, one or two `_`, or any number of `-`.
fn is_path_component(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends_are_plain =
        text.bytes().next().is_some_and(is_plain) && text.bytes().last().is_some_and(is_plain);
    let separators =
        text.split(|character: char| character.is_ascii_lowercase() || character.is_ascii_digit());
    ends_are_plain
        && separators.filter(|separator| !separator.is_empty()).all(|separator| {
            matches!(separator, "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-')
        })
}

fn is_tag(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(is_word)
        && text.bytes().all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

fn is_digest(text: &str) -> bool {
    let Some((algorithm, hex)) = text.split_once(':') else { return false };
    let expected = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => {
            return !algorithm.is_empty()
                && hex.len() >= 32
                && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        }
    };
    hex.len() == expected && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, String, Option<String>, String) {
        let image = ImageReference::parse(text).unwrap();
        let name = image.familiar_name();
        (image.registry, image.repository, image.tag, name)
    }

    #[track_caller]
    fn check(text: &str, registry: &str, repository: &str, tag: Option<&str>, familiar: &str) {
        let expected =
            (registry.to_owned(), repository.to_owned(), tag.map(str::to_owned), familiar.to_owned());
        assert_eq!(parts(text), expected);
    }

    #[test]
    fn names_with_and_without_a_registry() {
        check("node", DOCKER_HUB, "library/node", None, "node");
        check("node:22-slim", DOCKER_HUB, "library/node", Some("22-slim"), "node");
        check("docker.io/library/node:22", DOCKER_HUB, "library/node", Some("22"), "node");
        check("index.docker.io/node", DOCKER_HUB, "library/node", None, "node");
        check("acme/app", DOCKER_HUB, "acme/app", None, "acme/app");
        check("ghcr.io/acme/app/web:v1", "ghcr.io", "acme/app/web", Some("v1"), "ghcr.io/acme/app/web");
        check("localhost/app", "localhost", "app", None, "localhost/app");
        check("localhost:5000/app:1", "localhost:5000", "app", Some("1"), "localhost:5000/app");
        check("[::1]:5000/app", "[::1]:5000", "app", None, "[::1]:5000/app");
        check("Registry/app", "Registry", "app", None, "Registry/app");
        check("a__b/c--d/e.f_g", DOCKER_HUB, "a__b/c--d/e.f_g", None, "a__b/c--d/e.f_g");
    }

    #[test]
    fn digests_and_the_tag_that_is_pulled() {
        let hex = "0123456789abcdef".repeat(4);
        let both = ImageReference::parse(&format!("node:22@sha256:{hex}")).unwrap();
        assert_eq!((both.tag.as_deref(), both.effective_tag()), (Some("22"), Some("22")));
        let digest = ImageReference::parse(&format!("r.io:1/node@sha256:{hex}")).unwrap();
        assert_eq!(
            (digest.short_name(), digest.effective_tag(), digest.is_official()),
            ("node", None, false)
        );
        let neither = ImageReference::parse("node").unwrap();
        assert_eq!((neither.effective_tag(), neither.is_official()), (Some("latest"), true));
    }

    #[test]
    fn what_docker_refuses_is_refused() {
        for text in [
            "",
            ":1",
            "Node",
            "a//b",
            "/a",
            "a/",
            "a:",
            "a:b c",
            "a:-x",
            "-a",
            "a___b",
            "a..b",
            "a_",
            "a@sha256:12",
            "a@x",
            "ü",
        ] {
            assert!(ImageReference::parse(text).is_err(), "{text}");
        }
        assert_eq!(ImageReference::parse("acme/App").unwrap_err(), "`acme/App` must be lower case");
        assert!(ImageReference::parse(&format!("a:{}", "x".repeat(129))).is_err());
    }

    #[test]
    fn scratch_is_no_image() {
        assert!(is_scratch("scratch"));
        assert!(!is_scratch("Scratch"));
    }
}
