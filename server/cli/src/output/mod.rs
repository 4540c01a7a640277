//! Printers: the only place that writes to stdout.

pub(crate) mod build_text;
pub(crate) mod check_checkstyle;
pub(crate) mod check_github;
pub(crate) mod check_json;
pub(crate) mod check_sarif;
pub(crate) mod check_text;
pub(crate) mod checked;
pub(crate) mod diff;
pub(crate) mod events;
pub(crate) mod history_json;
pub(crate) mod history_text;
pub(crate) mod inspect_json;
pub(crate) mod inspect_text;
pub(crate) mod place;
pub(crate) mod predict_text;
pub(crate) mod proof_json;
pub(crate) mod proof_text;
pub(crate) mod running;
pub(crate) mod sent_text;
pub(crate) mod source_text;
pub(crate) mod tests_json;
pub(crate) mod tests_text;
pub(crate) mod units;
pub(crate) mod why_json;
pub(crate) mod why_text;

use std::io::Write;

/// Writes a text to stderr at once, colours only where a terminal takes them: what stands beside a result.
pub(crate) fn tell(text: &str) -> anyhow::Result<()> {
    let mut stderr = anstream::stderr().lock();
    stderr.write_all(text.as_bytes())?;
    Ok(stderr.flush()?)
}

/// Writes a text to stdout at once, colours only where a terminal takes them.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(())
}
