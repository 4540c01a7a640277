//! A registry that has had enough of this address for now.

use super::{Cause, Evidence};

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    let line = evidence.line_with(&[
        "toomanyrequests",
        "429 Too Many Requests",
        "You have reached your pull rate limit",
    ])?;
    let is_docker_hub =
        line.contains("docker.io") || line.contains("docker.com") || line.contains("pull rate limit");
    if evidence.is_run() {
        return Cause::new(
            "a server refuses more requests from this address for now (429)",
            "wait some minutes, or use a mirror",
        );
    }
    if is_docker_hub {
        return Cause::new(
            "Docker Hub gives out no more images to this address for now (429)",
            "log in with `docker login`, wait, or name a mirror in the engine's `registry-mirrors`",
        );
    }
    Cause::new(
        "the registry gives out no more to this address for now (429)",
        "log in with `docker login`, wait some minutes, or use a mirror",
    )
}
