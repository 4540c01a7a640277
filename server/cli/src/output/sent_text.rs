//! What a build sent of its context, for people: a line a file, with the reason why the builder asked for it.

use inner_loop::Sent;

/// A paragraph.
pub(crate) fn text(sent: &Sent) -> String {
    let Sent { files, bytes, of_files, named } = sent;
    let mut text = format!("sent {files} of {of_files} files ({}):\n", ide::bytes(*bytes));
    let width = named.iter().map(|file| file.path.chars().count()).max().unwrap_or(0);
    for file in named {
        text += &format!("  {:<width$}  {}\n", file.path, file.reason);
    }
    match sent.n_unnamed() {
        0 => {}
        more => text += &format!("  … and {more} more\n"),
    }
    text
}

#[cfg(test)]
mod tests {
    use inner_loop::sent::{SentFile, SentReason};

    use super::*;

    #[test]
    fn files_are_named_with_their_reasons_and_the_rest_is_counted() {
        let file = |path: &str, reason| SentFile { path: path.to_owned(), reason };
        let named = vec![file("größe", SentReason::Content), file("a", SentReason::New)];
        let sent = Sent { files: 3, bytes: 1_500, of_files: 812, named };
        assert_eq!(
            text(&sent),
            "sent 3 of 812 files (1.5 kB):\n  größe  content changed\n  a      new\n  … and 1 more\n"
        );
    }
}
