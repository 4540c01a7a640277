//! A command that was killed for its memory.

use super::{Cause, Evidence};

/// 128 and the number of SIGKILL.
const KILLED: i32 = 137;

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    if evidence.line_with(&["JavaScript heap out of memory"]).is_some() {
        return Cause::new(
            "Node used up the heap that it allows itself",
            "give it more with `ENV NODE_OPTIONS=--max-old-space-size=4096`, within what the engine's machine has",
        );
    }
    let is_killed = evidence.exit_code == Some(KILLED)
        || evidence
            .line_with(&[
                "signal: 9, SIGKILL",
                "signal: killed",
                "cannot allocate memory",
                "Cannot allocate memory",
            ])
            .is_some();
    is_killed.then(|| Cause {
        cause: "the step was killed, most likely because the machine had no memory left".to_owned(),
        cure: "let fewer jobs run at once (`make -j2`, `cargo build -j2`), or give the engine's machine more memory".to_owned(),
    })
}
