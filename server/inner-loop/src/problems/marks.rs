//! What one look at the bytes of a line tells of it: most shapes are out of the question then, and nearly every line is.

/// More places in a line are not looked at one by one.
const MOST_ENDS: usize = 4;

/// Where names of files may end in a line: right before `:` or `(` and a number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FileEnds {
    ends: [u16; MOST_ENDS],
    /// How many there are.
    count: usize,
}

impl FileEnds {
    /// Whether a name may end so there.
    pub(super) fn have(&self, line: &str, end: &str) -> bool {
        let (line, end) = (line.as_bytes(), end.as_bytes());
        let is_end = |at: &u16| {
            let name = &line[..usize::from(*at)];
            name.last() == end.last() && name.ends_with(end)
        };
        self.count > MOST_ENDS || self.ends[..self.count].iter().any(is_end)
    }

    fn add(&mut self, at: usize) {
        if let (Some(end), Ok(at)) = (self.ends.get_mut(self.count), u16::try_from(at)) {
            *end = at;
        } else {
            self.count = MOST_ENDS;
        }
        self.count += 1;
    }
}

/// Some of a few marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Marks(u8);

impl Marks {
    /// A number behind `:`.
    const COLON: Self = Self(1);
    /// One behind `: `.
    const COLON_AND_BLANK: Self = Self(1 << 1);
    /// One behind `(`.
    const PARENTHESIS: Self = Self(1 << 2);
    /// One behind `[`.
    const BRACKET: Self = Self(1 << 3);
    /// One behind the word `line`.
    const WORD: Self = Self(1 << 4);
    /// Two numbers with `:` between them.
    pub(super) const TWO_NUMBERS: Self = Self(1 << 5);
    /// What names of severities end with.
    pub(super) const SEVERITY: Self = Self(1 << 6);

    /// Of a line.
    pub(super) fn of(line: &[u8]) -> (Self, FileEnds) {
        let (mut marks, mut ends) = (Self::default(), FileEnds::default());
        let mut before = 0u8;
        for (at, byte) in line.iter().enumerate() {
            match byte {
                b'0'..=b'9' if !before.is_ascii_digit() => {
                    marks = marks.with(Self::behind(&line[..at]));
                    if matches!(before, b':' | b'(') {
                        ends.add(at - 1);
                    }
                    if before == b':' && at > 1 && line[at - 2].is_ascii_digit() {
                        marks = marks.with(Self::TWO_NUMBERS);
                    }
                }
                b'r' if line[at..].starts_with(b"rror") => marks = marks.with(Self::SEVERITY),
                b'a' if line[at..].starts_with(b"arning") => marks = marks.with(Self::SEVERITY),
                _ => {}
            }
            before = *byte;
        }
        (marks, ends)
    }

    /// What a number is behind this text.
    pub(super) fn behind(text: &[u8]) -> Self {
        match text.last() {
            Some(b':') => Self::COLON,
            Some(b'(') => Self::PARENTHESIS,
            Some(b'[') => Self::BRACKET,
            Some(b' ') if text.ends_with(b": ") => Self::COLON_AND_BLANK,
            Some(b' ') if text.ends_with(b"line ") => Self::WORD,
            _ => Self::default(),
        }
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of these are there.
    pub(super) const fn have(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Whether a number stands where tools write that of a line.
    pub(super) const fn name_place(self) -> bool {
        self.0 & (Self::TWO_NUMBERS.0 - 1) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::template::SEVERITIES;
    use super::*;

    #[test]
    fn marks_are_what_is_seen() {
        let shown = |line: &str| {
            let (marks, _) = Marks::of(line.as_bytes());
            (marks.0, marks.name_place())
        };
        assert_eq!(shown("Compiling größe v1.2"), (0, false));
        assert_eq!(shown("a.c:3:5: error: x"), (0b110_0001, true));
        assert_eq!(shown("a.c(3,5): warning x"), (0b100_0100, true));
        assert_eq!(shown("[3] line 4: 5"), (0b1_1010, true));
        assert_eq!(shown("12:30 Warning"), (0b110_0001, true));
        assert_eq!(shown("line x, :, (, ["), (0, false));
    }

    #[test]
    fn a_name_ends_before_a_number() {
        let check = |line: &str, end, expected| {
            assert_eq!(Marks::of(line.as_bytes()).1.have(line, end), expected, "{line} {end}");
        };
        check("größe.c:3:5: a.go: b", ".c", true);
        check("größe.c:3:5: a.go: b", ".go", false);
        check("a.ts(3,5): x", ".ts", true);
        check("1:2 3:4 a.go:5", ".go", true);
        check("1:2 3:4 5:6 7:8 9:0 a.go:5", ".rs", true);
        check("a.go", ".go", false);
    }

    #[test]
    fn every_severity_is_marked() {
        let is_marked = |name: &str| Marks::of(name.as_bytes()).0.have(Marks::SEVERITY);
        assert!(SEVERITIES.iter().all(|(name, _)| is_marked(name)));
    }
}
