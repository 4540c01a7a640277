//! The cache mounts of a RUN: where they lie, and how a field is added to one.

use rewrites::Input;
use semantic::commands::{Action, Manager, Verb, meaning};
use semantic::path::is_within;
use semantic::{Mount, MountKind, Run};
use syntax::{TextEdit, TextRange};

/// The cache mounts of a RUN whose target is known, each with its target.
pub(crate) fn of_run(run: &Run) -> impl Iterator<Item = (&Mount, &str)> {
    let caches = run.mounts.iter().filter(|mount| mount.kind == MountKind::Cache);
    caches.filter_map(|mount| Some((mount, mount.target.known()?)))
}

/// Whether a folder is one that apt keeps packages or its index in.
pub(crate) fn is_of_apt(target: &str) -> bool {
    is_within(target, "/var/cache/apt") || is_within(target, "/var/lib/apt")
}

/// Whether a RUN has apt fetch packages or their index.
pub(crate) fn calls_apt(run: &Run) -> bool {
    run.commands().any(|command| {
        let Action::Package(package) = meaning(command).action else { return false };
        matches!(package.manager, Manager::AptGet | Manager::Apt | Manager::Aptitude)
            && matches!(package.verb, Verb::Install | Verb::Update | Verb::Upgrade)
    })
}

/// Adds fields to a mount, as `sharing=locked`; absent where it is written in a way that this would spoil.
pub(crate) fn with_fields(input: &Input<'_>, mount: &Mount, fields: &str) -> Option<TextEdit> {
    let written = input.model.document.slice(mount.range);
    let is_plain = !written.ends_with([',', '"', '\'']) && !written.contains(['\n', ' ']);
    is_plain.then(|| TextEdit { range: TextRange::empty(mount.range.end), new_text: format!(",{fields}") })
}
