//! A unified diff of a Dockerfile before and after.

use similar::TextDiff;

/// The diff, with three lines of context, coloured for terminals.
pub(crate) fn unified(path: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let plain = diff.unified_diff().context_radius(3).header(path, path).to_string();
    plain.lines().map(|line| format!("{}\n", colour(line))).collect()
}

fn colour(line: &str) -> String {
    let code = match line.as_bytes().first() {
        Some(b'+') => "32",
        Some(b'-') => "31",
        Some(b'@') => "36",
        _ => return line.to_owned(),
    };
    format!("\u{1b}[{code}m{line}\u{1b}[0m")
}
