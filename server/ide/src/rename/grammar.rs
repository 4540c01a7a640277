//! Which names BuildKit reads as the name of a stage, a variable or a heredoc.

use semantic::Symbol;

use crate::catalogue;

/// Whether a symbol may have this name at all.
pub(super) fn check(symbol: &Symbol, name: &str) -> Result<(), String> {
    match symbol {
        Symbol::Stage(_) => stage(name),
        Symbol::Variable { .. } | Symbol::Outside { .. } => variable(name),
        Symbol::Heredoc { .. } => heredoc(name),
    }
}

fn stage(name: &str) -> Result<(), String> {
    let is_first = |byte: u8| byte.is_ascii_lowercase();
    let is_part = |byte: u8| is_first(byte) || byte.is_ascii_digit() || b"-_.".contains(&byte);
    if !name.bytes().next().is_some_and(is_first) || !name.bytes().all(is_part) {
        return Err(format!(
            "`{name}` is no stage name: it begins with a lower-case letter and has only lower-case letters, digits, `-`, `_` and `.`"
        ));
    }
    if matches!(name, "scratch" | "context") {
        return Err(format!("`{name}` means something else to the builder: choose another name"));
    }
    Ok(())
}

fn variable(name: &str) -> Result<(), String> {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    if !name.bytes().next().is_some_and(is_first)
        || !name.bytes().all(|byte| is_first(byte) || byte.is_ascii_digit())
    {
        return Err(format!(
            "`{name}` is no variable name: it begins with a letter or `_` and has only letters, digits and `_`"
        ));
    }
    if catalogue::variable(name).is_some() {
        return Err(format!("{name} is the builder's own variable: choose another name"));
    }
    Ok(())
}

fn heredoc(name: &str) -> Result<(), String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    // A `-` in front would be the one of `<<-`.
    if name.is_empty() || name.starts_with('-') || !name.bytes().all(is_part) {
        return Err(format!("`{name}` is no heredoc name here: use letters, digits, `_`, `.` and `-`"));
    }
    Ok(())
}
