//! How codes are compared, and which name somebody may have meant.

/// A code, alias or category as it is compared: lower case, letters and digits alone, `AVD-DS-0031`, `DS031` and `DS-0031` alike.
pub(crate) fn normalized(name: &str) -> String {
    let mut text: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    if let Some(rest) = text.strip_prefix("avd").filter(|rest| rest.starts_with("ds")) {
        text = rest.to_owned();
    }
    match text.strip_prefix("ds").map(|digits| (digits, digits.parse::<u32>())) {
        Some((digits, Ok(number))) if digits.len() < 4 => format!("ds{number:04}"),
        _ => text,
    }
}

/// Whether two spellings name the same: `DL3008` and `dl3008`.
#[must_use]
pub fn is_same_name(left: &str, right: &str) -> bool {
    normalized(left) == normalized(right)
}

/// The candidate nearest to `name`, if one is near enough to be what was meant: at most two edits, and one for short names.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = if name.chars().count() <= 4 { 1 } else { 2 };
    candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= limit * 4)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(edits, _)| *edits <= limit)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to get from one name to the other, in any case.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.to_lowercase().chars().collect();
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut rows = vec![(0..=right.len()).collect::<Vec<usize>>()];
    for (row_idx, letter) in left.iter().enumerate() {
        let above = &rows[row_idx];
        let mut row = vec![row_idx + 1];
        for (column, other) in right.iter().enumerate() {
            let replaced = above[column] + usize::from(letter != other);
            let mut best = replaced.min(above[column + 1] + 1).min(row[column] + 1);
            if row_idx > 0 && column > 0 && left[row_idx - 1] == *other && *letter == right[column - 1] {
                best = best.min(rows[row_idx - 1][column - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_a_code_are_one() {
        for (left, right) in [
            ("DS-0031", "AVD-DS-0031"),
            ("DS031", "DS-0031"),
            ("dl3009", "DL3009"),
            ("CKV_DOCKER_3", "ckv-docker-3"),
        ] {
            assert_eq!(normalized(left), normalized(right), "{left} {right}");
        }
        assert_ne!(normalized("DS-0031"), normalized("DS-0003"));
    }

    #[test]
    fn a_slip_of_the_finger_is_near() {
        let stages = ["build", "runtime", "deps"];
        for (name, expected) in [
            ("biuld", Some("build")),
            ("builder", Some("build")),
            ("Runtim", Some("runtime")),
            ("dep", Some("deps")),
            ("node", None),
            ("assets", None),
        ] {
            assert_eq!(nearest(name, stages.into_iter()), expected, "{name}");
        }
    }
}
