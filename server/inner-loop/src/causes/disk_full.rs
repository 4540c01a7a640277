//! No room left.

use super::{Cause, Evidence};

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    let line = evidence.line_with(&[
        "no space left on device",
        "No space left on device",
        "ENOSPC",
        "Disk quota exceeded",
        "disk quota exceeded",
        "You don't have enough free space in",
    ])?;
    // npm and others watch files; their limit goes by the same name as a full disk.
    if line.contains("file watchers") {
        return Cause::new(
            "the system watches no more files",
            "raise the limit on the engine's machine: `sudo sysctl fs.inotify.max_user_watches=524288`",
        );
    }
    if evidence.instruction.contains("type=tmpfs") {
        return Cause::new(
            "the step's file system is full; it has a `--mount=type=tmpfs`",
            "give the mount more room with `size=`, or see `docker system df` for the engine's disk",
        );
    }
    Cause::new(
        "the engine's disk is full",
        "see `docker system df`; `docker builder prune` and `docker image prune` free what nobody uses; where these fail too, restart the engine",
    )
}
