//! A registry that lets nobody in without a login, or not with this one.

use super::{Cause, Evidence, between};

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    // Commands ask servers of their own, with logins that are theirs.
    if evidence.is_run() {
        return None;
    }
    let line = evidence.line_with(&[
        "401 Unauthorized",
        "403 Forbidden",
        "pull access denied",
        "insufficient_scope",
        "authorization failed",
        "authentication required",
        "no basic auth credentials",
        "denied: requested access",
    ])?;
    let image = between(line, "pull access denied for ", ",")
        .or_else(|| line.split_whitespace().next())
        .map(|image| image.trim_end_matches(':'))
        .filter(|image| image.contains(['/', ':']));
    let registry = image.map_or("the registry", registry_of);
    let cure = match (line.contains("403"), registry) {
        (true, _) => format!("see whether your login at {registry} may pull it"),
        (false, "the registry") => "log in with `docker login`, and see whether the name is right".to_owned(),
        (false, "docker.io") => {
            "see whether the name is right; for a private image log in with `docker login`".to_owned()
        }
        (false, registry) => {
            format!("log in with `docker login {registry}`, and see whether the name is right")
        }
    };
    let what = image.map_or_else(|| "the image".to_owned(), ToOwned::to_owned);
    Cause::new(format!("{registry} does not give out {what}: it is private, or does not exist"), cure)
}

fn registry_of(image: &str) -> &str {
    match image.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => first,
        _ => "docker.io",
    }
}
