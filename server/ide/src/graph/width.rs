//! How wide a text is where all letters are as wide as each other: columns of a terminal, or of a picture with such a font.

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(of_letter).sum()
}

/// The text, cut where it takes more than these columns.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut taken = 0;
    let fits = |letter: &char| {
        taken += of_letter(*letter);
        taken < most
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

/// The text and as many blanks behind it as fill these columns.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Nothing for what is put on the letter before; two for the letters of East Asia and for pictures, as terminals draw them.
const fn of_letter(letter: char) -> usize {
    match letter as u32 {
        0x0300..=0x036f | 0x200b..=0x200d | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x2_0000..=0x3_fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_and_never_exceeded() {
        assert_eq!(["größe", "gro\u{308}ße", "🐳", "日本"].map(width), [5, 5, 2, 4]);
        assert_eq!(shortened("größe", 5), "größe");
        assert_eq!(shortened("größer", 5), "größ…");
        assert_eq!(shortened("日本語", 5), "日本…");
        assert_eq!(shortened("日本語", 4), "日…");
        assert_eq!(shortened("ab cdef", 4), "ab…");
        assert_eq!(padded("日", 4), "日  ");
    }
}
