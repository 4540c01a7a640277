//! A name that nobody could resolve: no network, or no DNS where the step runs.

use super::{Cause, Evidence, between, word_after};

/// In every cause of this family, and in no other.
pub(crate) const WORDS: &str = "could not be resolved";

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    let host = evidence.lines().find_map(host)?;
    let cause = match host {
        Some(host) => format!("the name {host} {WORDS}"),
        None => format!("a name {WORDS}"),
    };
    if evidence.instruction.contains("--network=none") {
        return Cause::new(
            cause,
            "the step has `--network=none`: take that away, or fetch in an earlier step",
        );
    }
    let cure = if evidence.is_run() {
        "see whether this machine is online; where it is, the containers of builds lack DNS: build with `--network host`, or set `dns` \
         in the engine's daemon.json"
    } else {
        "see whether this machine is online, and whether the name is right; behind a proxy, the engine needs it too"
    };
    Cause::new(cause, cure)
}

/// Whether a line says so, and the name where it says that too.
#[expect(clippy::option_option, reason = "a line may say so without the name")]
fn host(line: &str) -> Option<Option<&str>> {
    let named = [
        // Go: the engine, and programs written in it.
        between(line, "lookup ", ": no such host").or_else(|| {
            let is_lookup =
                ["server misbehaving", "Temporary failure in name resolution", "i/o timeout", "Try again"];
            is_lookup.iter().any(|text| line.contains(text)).then(|| word_after(line, "lookup "))?
        }),
        // curl, git, cargo.
        word_after(line, "Could not resolve host: "),
        word_after(line, "Could not resolve hostname: "),
        // apt.
        between(line, "Temporary failure resolving '", "'"),
        between(line, "Could not resolve '", "'"),
        // BusyBox.
        between(line, "bad address '", "'"),
        // Node.
        word_after(line, "getaddrinfo EAI_AGAIN "),
        word_after(line, "getaddrinfo ENOTFOUND "),
        // Wget.
        between(line, "unable to resolve host address ‘", "’"),
        between(line, "Failed to resolve '", "'"),
    ];
    if let Some(name) = named.into_iter().flatten().next() {
        // `lookup x on 127.0.0.1:53`: the server is no part of it.
        return Some(name.split_whitespace().next());
    }
    let unnamed = [
        "Temporary failure in name resolution",
        "Name or service not known",
        "Name does not resolve",
        "nodename nor servname provided",
    ];
    // apk names its own network errors so, and nothing else.
    let is_apk = line.contains("temporary error (try again later)") || line.contains("DNS: transient error");
    if is_apk {
        return Some(between(line, "://", "/"));
    }
    unnamed.iter().any(|text| line.contains(text)).then_some(None)
}
