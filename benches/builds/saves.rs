//! The editor's way: a save in a language server that builds on save, to the end of its build.

use std::time::{Duration, Instant};

use measuring::Session;
use serde_json::json;

use crate::context::Context;

/// Saves of a Dockerfile whose comment has changed, each built to its end: from the save to the report that its build has begun, and to the
/// one that it has ended.
pub(crate) fn measure(
    program: &str,
    context: &mut Context,
    rounds: usize,
) -> Result<Vec<(Duration, Duration)>, String> {
    let folder = context.folder().display().to_string();
    let command = [program.to_owned(), "lsp".to_owned()];
    let (mut session, _) = Session::start_in(&folder, &command, &json!({"build": {"onSave": true}}))?;
    let mut edit =
        || context.edit_comment().map_err(|error| format!("the Dockerfile cannot be edited: {error}"));
    session.open(&edit()?)?;
    let mut taken = Vec::new();
    // The first build connects; the later ones find the connection open.
    for round in 0..=rounds {
        let text = edit()?;
        let saved = Instant::now();
        session.save(&text)?;
        let started = session.progress(|value| value["kind"] == "begin")?;
        let ended = session.progress(|value| value["kind"] == "end")?;
        if round > 0 {
            taken.push((started - saved, ended - saved));
        }
    }
    session.end();
    Ok(taken)
}
