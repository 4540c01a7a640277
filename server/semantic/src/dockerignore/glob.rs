//! One pattern, compiled: `*`, `?`, `[…]`, `**` and escapes.
//!
//! BuildKit compiles a pattern to a comparison where it can and to a regular expression where it must. The two do not
//! agree everywhere (`**x` matches `yx`, `**x*` does not), so the kinds are kept apart here too.

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(super) enum Glob {
    /// The path itself.
    Exact(String),
    /// `dir/**`: everything that starts so.
    Prefix(String),
    /// `**/name`: everything that ends so; `/name` matches the path `name` too.
    Suffix(String),
    /// Everything else.
    Tokens(Vec<Token>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Char(char),
    /// `?`: one character that is no `/`.
    AnyChar,
    /// `*`: any number of characters that are no `/`.
    Star,
    /// `**` before something: nothing, or any folders with the `/` behind them.
    Folders,
    /// `**` at the end: anything.
    Rest,
    /// `[…]`.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// `^` outside a class, which the builder's regular expression takes for the start of the path.
    Start,
}

impl Glob {
    /// Compiles a cleaned pattern without its `!`.
    pub(super) fn new(pattern: &str) -> Result<Self, &'static str> {
        check_classes_and_escapes(pattern)?;
        let mut tokens = Vec::new();
        let mut kind = Kind::Exact;
        let mut chars = pattern.chars().peekable();
        let mut first = true;
        while let Some(ch) = chars.next() {
            match ch {
                '*' if chars.next_if_eq(&'*').is_some() => {
                    chars.next_if_eq(&'/');
                    if chars.peek().is_some() {
                        tokens.push(Token::Folders);
                        kind = Kind::Tokens;
                    } else if kind == Kind::Exact {
                        kind = Kind::Prefix;
                    } else {
                        tokens.push(Token::Rest);
                        kind = Kind::Tokens;
                    }
                    if first {
                        kind = Kind::Suffix;
                    }
                }
                '*' => {
                    tokens.push(Token::Star);
                    kind = Kind::Tokens;
                }
                '?' => {
                    tokens.push(Token::AnyChar);
                    kind = Kind::Tokens;
                }
                '\\' => {
                    tokens.extend(chars.next().map(Token::Char));
                    kind = Kind::Tokens;
                }
                '[' => {
                    tokens.push(class(&mut chars)?);
                    kind = Kind::Tokens;
                }
                ']' => {
                    tokens.push(Token::Char(']'));
                    kind = Kind::Tokens;
                }
                '^' => tokens.push(Token::Start),
                ch => tokens.push(Token::Char(ch)),
            }
            first = false;
        }
        Ok(match kind {
            Kind::Exact => Self::Exact(pattern.to_owned()),
            Kind::Prefix => Self::Prefix(strip_last_stars(pattern).to_owned()),
            Kind::Suffix => Self::Suffix(pattern.strip_prefix("**").unwrap_or(pattern).to_owned()),
            Kind::Tokens => Self::Tokens(tokens),
        })
    }

    /// Whether the pattern matches exactly this path.
    pub(super) fn is_match(&self, path: &str) -> bool {
        match self {
            Self::Exact(text) => path == text,
            Self::Prefix(text) => path.starts_with(text.as_str()),
            Self::Suffix(text) => path.ends_with(text.as_str()) || text.strip_prefix('/') == Some(path),
            Self::Tokens(tokens) => tokens_match(tokens, path),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Exact,
    Prefix,
    Suffix,
    Tokens,
}

/// `a/**` and `a**/` both lose what the builder cuts: the pattern's last two characters.
fn strip_last_stars(pattern: &str) -> &str {
    let end = pattern.char_indices().rev().nth(1).map_or(0, |(start, _)| start);
    &pattern[..end]
}

/// Matches with the set of token positions that the path read so far can have reached: no backtracking, so no pattern
/// is slow.
fn tokens_match(tokens: &[Token], path: &str) -> bool {
    let mut reached = vec![false; tokens.len() + 1];
    reached[0] = true;
    // Whether a `**/` has begun at a position and may end at the next `/`.
    let mut inside_folders = vec![false; tokens.len()];
    pass_over(tokens, &mut reached, &mut inside_folders, true);
    for ch in path.chars() {
        let mut next = vec![false; tokens.len() + 1];
        let mut next_inside = vec![false; tokens.len()];
        for (idx, token) in tokens.iter().enumerate() {
            if *token == Token::Folders {
                if inside_folders[idx] && ch != '\n' {
                    next_inside[idx] = true;
                    next[idx + 1] |= ch == '/';
                }
                continue;
            }
            if !reached[idx] {
                continue;
            }
            match token {
                Token::Char(expected) => next[idx + 1] |= *expected == ch,
                Token::AnyChar => next[idx + 1] |= ch != '/',
                Token::Star => next[idx] |= ch != '/',
                Token::Rest => next[idx] |= ch != '\n',
                Token::Class { negated, ranges } => {
                    let inside = ranges.iter().any(|(low, high)| (*low..=*high).contains(&ch));
                    next[idx + 1] |= inside != *negated;
                }
                Token::Folders | Token::Start => {}
            }
        }
        pass_over(tokens, &mut next, &mut next_inside, false);
        reached = next;
        inside_folders = next_inside;
    }
    reached[tokens.len()]
}

/// Adds the positions that are reached without reading a character.
fn pass_over(tokens: &[Token], reached: &mut [bool], inside_folders: &mut [bool], at_start: bool) {
    for (idx, token) in tokens.iter().enumerate() {
        if !reached[idx] {
            continue;
        }
        match token {
            Token::Star | Token::Rest => reached[idx + 1] = true,
            Token::Folders => {
                inside_folders[idx] = true;
                reached[idx + 1] = true;
            }
            Token::Start => reached[idx + 1] |= at_start,
            Token::Char(_) | Token::AnyChar | Token::Class { .. } => {}
        }
    }
}

/// Reads a class after its `[`. The pattern was checked before.
fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Token, &'static str> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    while let Some(ch) = chars.next() {
        if ch == ']' && !ranges.is_empty() {
            return Ok(Token::Class { negated, ranges });
        }
        let low = if ch == '\\' { chars.next().unwrap_or(ch) } else { ch };
        let mut high = low;
        if chars.next_if_eq(&'-').is_some() {
            high = match chars.next() {
                Some('\\') => chars.next().unwrap_or(low),
                Some(ch) => ch,
                None => low,
            };
        }
        if high < low {
            return Err("a range in `[…]` runs backwards; write the lower character first");
        }
        ranges.push((low, high));
    }
    Err(UNCLOSED)
}

const UNCLOSED: &str =
    "its `[` is not closed as a class of characters; add the `]`, or write `\\[` for the character";

/// What Go's `filepath.Match` refuses.
fn check_classes_and_escapes(pattern: &str) -> Result<(), &'static str> {
    let mut chars = pattern.chars().peekable();
    while let Some(ch) = chars.next() {
        match ch {
            '\\' if chars.next().is_none() => {
                return Err("it ends in a single `\\`; write `\\\\` for the character");
            }
            '[' => {
                chars.next_if_eq(&'^');
                let mut n_ranges = 0;
                while !(n_ranges > 0 && chars.next_if_eq(&']').is_some()) {
                    class_member(&mut chars)?;
                    if chars.next_if_eq(&'-').is_some() {
                        class_member(&mut chars)?;
                    }
                    n_ranges += 1;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn class_member(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<(), &'static str> {
    match chars.next() {
        None => Err(UNCLOSED),
        Some('-' | ']') => Err("`-` and `]` as members of `[…]` must be escaped: `[\\-\\]]`"),
        Some('\\') if chars.next().is_none() => Err(UNCLOSED),
        Some(_) if chars.peek().is_none() => Err(UNCLOSED),
        Some(_) => Ok(()),
    }
}
