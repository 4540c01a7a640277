//! The variables in a text that the builder expands, with the operators of `${X:-default}`.
//!
//! It reads half-typed texts too: an open brace ends with the text.

use super::TokenKind;

/// Calls back with each part of an expansion, in bytes of the text.
pub(super) fn each(text: &str, escape: char, mut found: impl FnMut(usize, usize, TokenKind)) {
    let bytes = text.as_bytes();
    let mut open = 0_usize;
    let mut quote = None;
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        match byte {
            _ if char::from(byte) == escape && quote != Some(b'\'') => {
                at += 1 + text.get(at + 1..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
                continue;
            }
            b'\'' | b'"' if quote == Some(byte) => quote = None,
            b'\'' | b'"' if quote.is_none() => quote = Some(byte),
            b'$' if quote != Some(b'\'') => {
                let braced = bytes.get(at + 1) == Some(&b'{');
                let name = at + 1 + usize::from(braced);
                let end = name + name_len(bytes.get(name..).unwrap_or_default());
                if end == name {
                    at += 1;
                    continue;
                }
                if !braced {
                    found(at, end, TokenKind::Variable);
                } else if bytes.get(end) == Some(&b'}') {
                    found(at, end + 1, TokenKind::Variable);
                    at = end + 1;
                    continue;
                } else {
                    found(at, end, TokenKind::Variable);
                    let operator = end + operator_len(bytes.get(end..).unwrap_or_default());
                    if operator > end {
                        found(end, operator, TokenKind::Operator);
                    }
                    open += 1;
                    at = operator;
                    continue;
                }
                at = end;
                continue;
            }
            b'}' if open > 0 => {
                found(at, at + 1, TokenKind::Variable);
                open -= 1;
            }
            _ => {}
        }
        at += 1;
    }
}

/// The length of the variable's name at the start of a text.
fn name_len(bytes: &[u8]) -> usize {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    match bytes.first() {
        Some(first) if first.is_ascii_digit() => 0,
        _ => bytes.iter().take_while(is_name).count(),
    }
}

/// The length of the operator behind a variable's name.
fn operator_len(bytes: &[u8]) -> usize {
    match bytes {
        [b':', b'-' | b'+' | b'?', ..] | [b'#', b'#', ..] | [b'%', b'%', ..] | [b'/', b'/', ..] => 2,
        [b'-' | b'+' | b'?' | b'#' | b'%' | b'/', ..] => 1,
        _ => 0,
    }
}
