//! A program for another processor.

use super::{Cause, Evidence};

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    let line = evidence.line_with(&["exec format error", "Exec format error"])?;
    // `/bin/sh: 1: /app: Exec format error`: the nearest before it.
    let before =
        line.to_lowercase().find("exec format").map_or(line, |start| line.get(..start).unwrap_or(line));
    let mut words =
        before.split_whitespace().rev().map(|word| word.trim_matches(|ch| matches!(ch, '"' | '\'' | ':')));
    let program = words.find(|word| word.starts_with('/')).unwrap_or("a program");
    Cause::new(
        format!(
            "{program} is not for this machine's processor, or is a script without `#!` in its first line"
        ),
        "build on `FROM --platform=$BUILDPLATFORM` and cross-compile, or install emulation: \
         `docker run --privileged --rm tonistiigi/binfmt --install all`",
    )
}
