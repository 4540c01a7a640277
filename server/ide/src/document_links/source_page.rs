//! Where a browser finds what an ADD fetches: a file by its address, a git repository by the page of its host.

/// The address of a URL or a git source; nothing where it names a login, or a host whose pages are not known.
pub(crate) fn of(source: &str) -> Option<String> {
    let (repository, fragment) = source.split_once('#').unwrap_or((source, ""));
    let base = match repository.split_once("://") {
        Some(("http" | "https", rest)) => {
            let authority = rest.split('/').next().unwrap_or_default();
            if authority.contains('@') || authority.is_empty() {
                return None;
            }
            repository.to_owned()
        }
        Some(("git" | "ssh", rest)) => on_known_host(rest.strip_prefix("git@").unwrap_or(rest))?,
        Some(_) => return None,
        // `git@github.com:acme/app.git`
        None => on_known_host(&repository.strip_prefix("git@")?.replacen(':', "/", 1))?,
    };
    let Some(base) = base.strip_suffix(".git") else {
        return Some(if fragment.is_empty() { base } else { format!("{base}#{fragment}") });
    };
    let (revision, folder) = fragment.split_once(':').unwrap_or((fragment, ""));
    let folder = folder.trim_matches('/');
    let tree = if base.contains("://gitlab.com/") { "/-/tree/" } else { "/tree/" };
    let has_trees = base.contains("://github.com/") || base.contains("://gitlab.com/");
    Some(match (revision, folder) {
        (revision, _) if revision.is_empty() || !has_trees => base.to_owned(),
        (revision, "") => format!("{base}{tree}{revision}"),
        (revision, folder) => format!("{base}{tree}{revision}/{folder}"),
    })
}

fn on_known_host(rest: &str) -> Option<String> {
    let host = rest.split('/').next()?;
    matches!(host, "github.com" | "gitlab.com" | "bitbucket.org" | "codeberg.org")
        .then(|| format!("https://{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_have_pages_where_a_browser_finds_one() {
        for (source, expected) in [
            ("https://example.com/a.tgz", Some("https://example.com/a.tgz")),
            ("https://example.com/a#b", Some("https://example.com/a#b")),
            ("https://github.com/acme/app.git", Some("https://github.com/acme/app")),
            ("https://github.com/acme/app.git#v1:docs", Some("https://github.com/acme/app/tree/v1/docs")),
            ("git@github.com:acme/app.git#main", Some("https://github.com/acme/app/tree/main")),
            ("ssh://git@gitlab.com/acme/app.git#v2", Some("https://gitlab.com/acme/app/-/tree/v2")),
            ("git://codeberg.org/acme/app.git#v2", Some("https://codeberg.org/acme/app")),
            ("git@git.example.com:acme/app.git", None),
            ("https://user:word@example.com/a.tgz", None),
            ("https://", None),
            ("ftp://example.com/a", None),
            ("src/", None),
        ] {
            assert_eq!(of(source).as_deref(), expected, "{source}");
        }
    }
}
