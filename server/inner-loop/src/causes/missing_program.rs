//! A program that is not there: no shell on scratch, no loader for a dynamic program, no such command.

use super::{Cause, Evidence, between};

const SHELLS: [&str; 4] = ["/bin/sh", "/bin/bash", "sh", "bash"];

pub(super) fn find(evidence: &Evidence<'_>) -> Option<Cause> {
    if let Some(program) = evidence.lines().find_map(not_started) {
        if SHELLS.contains(&program) {
            return Cause::new(
                format!("the image has no {program}: a RUN in shell form needs a shell"),
                "write the command as a list (`RUN [\"/program\", \"argument\"]`), or run it in an earlier stage and COPY the result",
            );
        }
        if program.starts_with('/') {
            return Cause::new(
                format!(
                    "{program} cannot be started: it is not there, or the loader or interpreter that it needs is not"
                ),
                "on scratch and other images without libc link it statically, or COPY it into an image like the one it was built in",
            );
        }
        return Cause::new(
            format!("the image has no program {program} in its PATH"),
            format!("install {program} in an earlier RUN, or call it by its whole path"),
        );
    }
    if evidence.exit_code != Some(127) {
        return None;
    }
    let program = evidence.lines().find_map(not_found)?;
    Cause::new(
        format!("the image has no command {program}"),
        format!("install it in an earlier RUN, or build on an image that has {program}"),
    )
}

/// The program that a runtime could not start.
fn not_started(line: &str) -> Option<&str> {
    if let Some(rest) = line.split_once("exec: \"").map(|(_, rest)| rest) {
        let (program, why) = rest.split_once('"')?;
        let is_absent =
            why.contains("no such file or directory") || why.contains("executable file not found");
        return is_absent.then_some(program);
    }
    // What runc's child says: `exec /app: no such file or directory`.
    between(line, "exec ", ": no such file or directory").filter(|program| !program.contains(' '))
}

/// The command that a shell did not find: `/bin/sh: 1: foo: not found`, `bash: line 1: foo: command not found`.
fn not_found(line: &str) -> Option<&str> {
    let before = line.strip_suffix(": command not found").or_else(|| line.strip_suffix(": not found"))?;
    let name = before.rsplit(": ").next()?;
    (!name.is_empty() && !name.contains(char::is_whitespace)).then_some(name)
}
