//! The parts of an image reference: its name, tag and digest. Half-typed ones have the parts that they have.

use super::TokenKind;

/// Calls back with each part, in bytes of the text. A word that may be a stage as well is one [`TokenKind::Reference`].
pub(super) fn parts(text: &str, mut found: impl FnMut(usize, usize, TokenKind)) {
    if !text.contains(['/', ':', '@', '$']) {
        found(0, text.len(), TokenKind::Reference);
        return;
    }
    let mut depth = 0_usize;
    let mut tag = None;
    let mut digest = None;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 && digest.is_none() => tag = None,
            b':' if depth == 0 && digest.is_none() => tag = tag.or(Some(at)),
            b'@' if depth == 0 => digest = digest.or(Some(at)),
            _ => {}
        }
    }
    let digest = digest.unwrap_or(text.len());
    let tag = tag.unwrap_or(digest);
    found(0, tag, TokenKind::Image);
    for (start, end) in [(tag, digest), (digest, text.len())] {
        if start < end {
            found(start, start + 1, TokenKind::Operator);
            found(start + 1, end, TokenKind::ImageVersion);
        }
    }
}
