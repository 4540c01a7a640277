//! What changed from one answer to the next, as one edit: a keystroke moves what follows it by nothing but the first distance.

use tower_lsp::ls_types::{SemanticToken, SemanticTokensEdit};

/// Numbers of each token.
const NUMBERS: usize = 5;

/// The edit that makes `after` of `before`; none where they are the same. It counts numbers, not tokens.
pub(super) fn edits(before: &[SemanticToken], after: &[SemanticToken]) -> Vec<SemanticTokensEdit> {
    let same = |(before, after): &(&SemanticToken, &SemanticToken)| before == after;
    let head = before.iter().zip(after).take_while(same).count();
    let (old, new) = (before.get(head..).unwrap_or_default(), after.get(head..).unwrap_or_default());
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (deleted, data) = (old.len() - tail, new.get(..new.len() - tail).unwrap_or_default());
    if deleted == 0 && data.is_empty() {
        return Vec::new();
    }
    let numbers = |tokens: usize| u32::try_from(tokens * NUMBERS).unwrap_or(u32::MAX);
    let data = (!data.is_empty()).then(|| data.to_vec());
    vec![SemanticTokensEdit { start: numbers(head), delete_count: numbers(deleted), data }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(lengths: &[u32]) -> Vec<SemanticToken> {
        let token = |length: &u32| SemanticToken { length: *length, ..SemanticToken::default() };
        lengths.iter().map(token).collect()
    }

    #[track_caller]
    fn check(before: &[u32], after: &[u32], expected: &str) {
        let (before, after) = (tokens(before), tokens(after));
        let edits = edits(&before, &after);
        let show = |edit: &SemanticTokensEdit| {
            let data = edit.data.iter().flatten().map(|token| token.length).collect::<Vec<_>>();
            format!("{}-{}+{data:?}", edit.start, edit.delete_count)
        };
        assert_eq!(edits.iter().map(show).collect::<String>(), expected);
        let mut patched = before;
        for edit in edits {
            let start = edit.start as usize / NUMBERS;
            patched
                .splice(start..start + edit.delete_count as usize / NUMBERS, edit.data.unwrap_or_default());
        }
        assert_eq!(patched, after);
    }

    #[test]
    fn what_is_the_same_at_both_ends_stays() {
        check(&[1, 2, 3], &[1, 2, 3], "");
        check(&[1, 2, 3], &[1, 9, 3], "5-5+[9]");
        check(&[1, 3], &[1, 2, 3], "5-0+[2]");
        check(&[1, 2, 3], &[1, 3], "5-5+[]");
        check(&[], &[1], "0-0+[1]");
        check(&[1], &[], "0-5+[]");
        check(&[1, 1], &[1, 1, 1], "10-0+[1]");
        check(&[1, 1, 1], &[1, 1], "10-5+[]");
    }
}
