//! A package, or a version of one, that its index does not have, or no longer.

use super::{Cause, Evidence, between, word_after};

const STALE: &str = "run `apt-get update` in the same RUN, before `apt-get install`: an index of another day names files that are gone";

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    if !evidence.is_run() {
        return None;
    }
    evidence
        .lines()
        .find_map(|line| apt(line).or_else(|| apk(line)).or_else(|| node(line)).or_else(|| others(line)))
}

fn apt(line: &str) -> Option<Cause> {
    if let Some(package) = word_after(line, "E: Unable to locate package ") {
        return Cause::new(
            format!("apt knows no package {package}: its index is not there, or lacks it"),
            "run `apt-get update` in the same RUN, before `apt-get install`; else see whether the distribution has it under this name",
        );
    }
    if let Some(package) = between(line, "E: Package '", "' has no installation candidate") {
        return Cause::new(
            format!("this distribution has no package {package} to install"),
            "look for its name there, or for another base image that has it",
        );
    }
    if line.contains("E: Version '") && line.contains("was not found") {
        let version = between(line, "Version '", "'").unwrap_or_default();
        let package = between(line, "for '", "'").unwrap_or("the package");
        return Cause::new(
            format!("the archive has no version {version} of {package} any more"),
            format!(
                "see `apt-cache policy {package}` in the base image for the one that it has; archives keep the newest alone"
            ),
        );
    }
    let is_gone = line.starts_with("E: Failed to fetch") && line.contains("404");
    is_gone.then(|| Cause {
        cause: "a file of the package index is gone from the archive".to_owned(),
        cure: STALE.to_owned(),
    })
}

fn apk(line: &str) -> Option<Cause> {
    let package = line.trim().strip_suffix(" (no such package):").filter(|name| !name.contains(' '))?;
    Cause::new(
        format!("Alpine has no package {package}, or its index was not fetched"),
        format!(
            "run `apk add --no-cache {package}`, which fetches it; else look for the name at pkgs.alpinelinux.org"
        ),
    )
}

fn node(line: &str) -> Option<Cause> {
    if line.contains("404 Not Found - GET ") && line.starts_with("npm") {
        let address = word_after(line, "404 Not Found - GET ").unwrap_or_default();
        return Cause::new(
            format!("npm's registry has nothing at {address}"),
            "see whether the name in package.json is right; a private package needs its registry and token in .npmrc, by a secret mount",
        );
    }
    let package = word_after(line, "No matching version found for ")?;
    Cause::new(
        format!("npm's registry has no version {package}"),
        "see `npm view` for the versions that there are, and correct package.json or the lock file",
    )
}

fn others(line: &str) -> Option<Cause> {
    if let Some(package) = word_after(line, "No matching distribution found for ") {
        return Cause::new(
            format!("pip finds no {package} for this version of Python"),
            "see whether name and version are right, and whether a newer base image is needed",
        );
    }
    if let Some(package) = between(line, "no matching package named `", "`") {
        return Cause::new(
            format!("cargo's registry has no package {package}"),
            "see whether its name in Cargo.toml is right; a path of the workspace must be copied before the build",
        );
    }
    let package = word_after(line, "No match for argument: ")
        .or_else(|| word_after(line, "Unable to find a match: "))?;
    Cause::new(
        format!("dnf knows no package {package}"),
        "see whether this release has it under this name, or in a repository that is to be enabled first",
    )
}
