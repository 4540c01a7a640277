//! An image for several platforms, and a store that holds one for each name.

use super::{Cause, Evidence};

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    // The words of moby's exporter (`builder-next/exporter/mobyexporter/export.go`).
    evidence.line_with(&["exporting multiple references to image store is currently unsupported"])?;
    Cause::new(
        "this engine's image store holds images of one platform alone",
        "build for one platform at a time, write the results to a folder with `--output DIR`, or switch the engine to its containerd image store",
    )
}
