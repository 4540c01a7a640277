//! A command line as words, where it is no more than that; else the shell that understands it.

/// The words of a command as a POSIX shell splits them; where it uses more of a shell than quotes, the shell itself runs it.
///
/// # Errors
/// A quote that is not closed, or no word at all.
pub fn command_words(text: &str) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_in_word = false;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if let (None, ' ' | '\t' | '\n') = (quote, letter) {
            is_in_word = false;
            continue;
        }
        if !is_in_word {
            words.push(String::new());
            is_in_word = true;
        }
        let Some(word) = words.last_mut() else { continue };
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None, '\\') => word.extend(letters.next()),
            (Some('"'), '\\') => match letters.next() {
                Some(escaped @ ('"' | '\\' | '$' | '`')) => word.push(escaped),
                other => word.extend(['\\'].into_iter().chain(other)),
            },
            (None | Some('"'), '$' | '`')
            | (None, '|' | '&' | ';' | '<' | '>' | '(' | ')' | '*' | '?' | '~' | '#') => {
                return Ok(vec!["/bin/sh".to_owned(), "-c".to_owned(), text.to_owned()]);
            }
            _ => word.push(letter),
        }
    }
    match (quote, words.is_empty()) {
        (Some(_), _) => Err("a quote is not closed".to_owned()),
        (None, true) => Err("it is empty".to_owned()),
        (None, false) => Ok(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_does_it() {
        let words = |text: &str| command_words(text).unwrap().join("|");
        assert_eq!(words("/app --version"), "/app|--version");
        assert_eq!(
            words(r#"  node -e 'console.log("ü")'  "" a\ b "c\"d\n""#),
            r#"node|-e|console.log("ü")||a b|c"d\n"#
        );
        for shell in ["a | b", "a && b", "echo $HOME", "echo \"$HOME\"", "a > b", "ls *.js"] {
            assert_eq!(words(shell), format!("/bin/sh|-c|{shell}"));
        }
        assert_eq!(words("echo '$HOME' 'a|b'"), "echo|$HOME|a|b");
        assert!(command_words("echo 'a").is_err() && command_words(" ").is_err());
    }
}
