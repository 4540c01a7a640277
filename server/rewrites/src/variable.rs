//! Uses of variables in a text, whoever expands them.

/// Whether a text uses a variable.
pub(crate) fn uses(text: &str, name: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        rest.strip_prefix(name).is_some_and(|after| {
            !after.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::uses;

    #[test]
    fn a_name_is_whole() {
        assert!(uses("a $B", "B") && uses("${B:-x}", "B") && uses("\"$B\"", "B"));
        assert!(!uses("$BC ${B_}", "B") && !uses("B", "B"));
    }
}
