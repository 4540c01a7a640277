//! Whether a static program can run on `scratch`, and what must come along.

use semantic::{Kind, Stage};
use syntax::Form;

use super::Artefact;
use super::carry::final_user;

/// What the container needs beside the static program at `program`, as one sentence; nothing where `scratch` will do.
pub(super) fn obstacle(stage: &Stage, by_shell: bool, program: &str) -> Option<String> {
    if by_shell {
        return Some("CMD or ENTRYPOINT is in shell form, and scratch has no shell: write it as a list, such as CMD [\"/app\"]".to_owned());
    }
    let probe = stage.instructions.iter().rfind(|item| matches!(item.kind, Kind::Healthcheck))?;
    let arguments = &probe.instruction.arguments;
    let is_plain =
        arguments.form == Some(Form::Exec) && arguments.words.iter().any(|word| word.text == program);
    let is_none = arguments.text.trim().eq_ignore_ascii_case("none");
    (!is_plain && !is_none)
        .then(|| "HEALTHCHECK needs a shell or another program, which scratch does not have".to_owned())
}

/// The files by which a user's name becomes a number, where the file names one.
pub(super) fn users(stage: &Stage) -> Vec<Artefact> {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let by_name = final_user(stage).is_some_and(|user| !user.split(':').all(is_number));
    if by_name { user_files() } else { Vec::new() }
}

/// The lists of users and groups.
pub(super) fn user_files() -> Vec<Artefact> {
    ["/etc/passwd", "/etc/group"].into_iter().map(|path| Artefact::new(path, true)).collect()
}
