//! Permission bits in words: `0755` is `rwxr-xr-x`.

/// What octal bits mean, as `ls` shows them; nothing where the text is not octal.
pub(super) fn letters(mode: &str) -> Option<String> {
    let digits = mode.strip_prefix("0o").unwrap_or(mode);
    let is_octal =
        (1..=5).contains(&digits.len()) && digits.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
    let bits = u32::from_str_radix(digits, 8).ok().filter(|bits| is_octal && *bits <= 0o7777)?;
    let mut shown = String::new();
    for (who, (special, marks)) in
        [(0o4000, ('s', 'S')), (0o2000, ('s', 'S')), (0o1000, ('t', 'T'))].into_iter().enumerate()
    {
        let own = bits >> (6 - 3 * who) & 7;
        shown.push(if own & 4 != 0 { 'r' } else { '-' });
        shown.push(if own & 2 != 0 { 'w' } else { '-' });
        shown.push(match (bits & special != 0, own & 1 != 0) {
            (true, true) => marks.0,
            (true, false) => marks.1,
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    Some(shown)
}

/// What the bits allow whom, in a sentence without its full stop.
pub(super) fn sentence(mode: &str) -> Option<String> {
    let shown = letters(mode)?;
    let who = ["the owner", "the group", "others"];
    let parts: Vec<(String, &str)> = who
        .into_iter()
        .enumerate()
        .map(|(index, who)| (may(shown.get(index * 3..index * 3 + 3).unwrap_or_default()), who))
        .collect();
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for (may, who) in parts {
        match said.iter_mut().find(|(other, _)| *other == may) {
            Some((_, whos)) => whos.push(who),
            None => said.push((may, vec![who])),
        }
    }
    let sentences: Vec<String> =
        said.into_iter().map(|(may, who)| format!("{} may {may}", who.join(" and "))).collect();
    Some(sentences.join("; "))
}

/// What symbolic permissions change, clause by clause; nothing where the text is none. `u=rwX,go-w`
pub(super) fn changes(text: &str) -> Option<Vec<String>> {
    text.split(',').map(change).collect()
}

fn change(clause: &str) -> Option<String> {
    let at = clause.find(['+', '-', '='])?;
    let (who, rest) = clause.split_at(at);
    let (operator, what) = rest.split_at(1);
    let who: Vec<&str> = match who {
        "" | "a" => vec!["everybody"],
        who => who
            .chars()
            .map(|letter| match letter {
                'u' => Some("the owner"),
                'g' => Some("the group"),
                'o' => Some("others"),
                _ => None,
            })
            .collect::<Option<_>>()?,
    };
    let what: Vec<&str> = what
        .chars()
        .map(|letter| match letter {
            'r' => Some("read"),
            'w' => Some("write"),
            'x' => Some("run or enter"),
            'X' => Some("enter folders, and run what anybody may run"),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let may = match operator {
        "+" => "may also",
        "-" => "may no longer",
        _ => "may only",
    };
    (!what.is_empty()).then(|| format!("{} {may} {}", who.join(" and "), what.join(" and ")))
}

fn may(letters: &str) -> String {
    let mut can = Vec::new();
    for (letter, verb) in letters.chars().zip(["read", "write", "run or enter"]) {
        if !matches!(letter, '-' | 'S' | 'T') {
            can.push(verb);
        }
    }
    match can.as_slice() {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_bits_are_read_as_ls_shows_them() {
        for (mode, expected) in [
            ("755", "rwxr-xr-x"),
            ("0644", "rw-r--r--"),
            ("4755", "rwsr-xr-x"),
            ("1777", "rwxrwxrwt"),
            ("2640", "rw-r-S---"),
            ("0", "---------"),
        ] {
            assert_eq!(letters(mode).as_deref(), Some(expected), "{mode}");
        }
        for mode in ["", "8", "u+x", "777777", "17777"] {
            assert_eq!(letters(mode), None, "{mode}");
        }
    }

    #[test]
    fn who_may_what() {
        assert_eq!(
            sentence("755").unwrap(),
            "the owner may read, write and run or enter; the group and others may read and run or enter"
        );
        assert_eq!(
            sentence("600").unwrap(),
            "the owner may read and write; the group and others may nothing"
        );
    }
}
