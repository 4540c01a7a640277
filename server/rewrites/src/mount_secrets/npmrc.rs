//! Commands that write a token into an `.npmrc`, those that delete it again, and the settings that they write.

use semantic::StageInstruction;
use syntax::shell::{Command, Statement, StatementKind};

/// What a statement does with an `.npmrc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Touch {
    /// Writes settings that hold the secret.
    Write {
        /// The file.
        file: String,
        /// Key and value of the one setting; the value as the shell's word had it. Absent where it is not one plain setting.
        setting: Option<(String, String)>,
    },
    /// Writes a reference that npm expands itself.
    Reference,
    /// Writes other settings.
    Other(String),
    /// Deletes the file, or its setting.
    Delete(String),
}

/// The home directory's file, however it is spelt.
pub(super) const HOME: &str = "~/.npmrc";

/// What a statement does with an `.npmrc`, for a secret of this name.
pub(super) fn touch(statement: &Statement, item: &StageInstruction, name: &str) -> Option<Touch> {
    if statement.kind != StatementKind::Command {
        return None;
    }
    let [command] = statement.commands.as_slice() else { return None };
    match command.program()? {
        "echo" | "printf" => written(command, item, name),
        "rm" => deleted(command, item),
        "npm" | "pnpm" => configured(command, name),
        _ => None,
    }
}

fn written(command: &Command, item: &StageInstruction, name: &str) -> Option<Touch> {
    let redirection = command.redirections.iter().find(|one| matches!(one.operator.as_str(), ">" | ">>"))?;
    let file = file(&redirection.target.text, item)?;
    let words: Vec<_> = command.words.iter().skip(1).filter(|word| !word.text.starts_with('-')).collect();
    let has_secret = words.iter().any(|word| word.variables.iter().any(|variable| variable.name == name));
    if !has_secret {
        let is_reference = words.iter().any(|word| word.text.contains(&format!("${{{name}}}")));
        return Some(if is_reference { Touch::Reference } else { Touch::Other(file) });
    }
    let setting = match words.as_slice() {
        [word] => setting(&word.text, name),
        _ => None,
    };
    Some(Touch::Write { file, setting })
}

fn deleted(command: &Command, item: &StageInstruction) -> Option<Touch> {
    let mut operands = command.words.iter().skip(1).filter(|word| !word.text.starts_with('-'));
    let file = file(&operands.next()?.text, item)?;
    operands.next().is_none().then_some(Touch::Delete(file))
}

/// `npm config set key value` and `npm config delete key`.
fn configured(command: &Command, name: &str) -> Option<Touch> {
    let mut words = command.words.iter().skip(1).filter(|word| !word.text.starts_with('-'));
    let first = words.next()?;
    let verb = match first.text.as_str() {
        "config" | "c" => words.next()?.text.as_str(),
        "set" => "set",
        _ => return None,
    };
    let rest: Vec<_> = words.collect();
    match verb {
        "set" => {
            let has_secret =
                rest.iter().any(|word| word.variables.iter().any(|variable| variable.name == name));
            if !has_secret {
                return None;
            }
            let setting = match rest.as_slice() {
                [pair] => setting(&pair.text, name),
                [key, value] => setting(&format!("{}={}", unquoted(&key.text), unquoted(&value.text)), name),
                _ => None,
            };
            Some(Touch::Write { file: HOME.to_owned(), setting })
        }
        "delete" | "rm" if rest.iter().any(|word| word.text.contains("_auth")) => {
            Some(Touch::Delete(HOME.to_owned()))
        }
        _ => None,
    }
}

/// The file that a word names, where it is an `.npmrc`.
fn file(word: &str, item: &StageInstruction) -> Option<String> {
    let path = unquoted(word);
    let folder = path.strip_suffix(".npmrc")?;
    let is_home = matches!(folder, "~/" | "$HOME/" | "${HOME}/" | "/root/")
        || folder.strip_prefix("/home/").is_some_and(|user| user.matches('/').count() == 1);
    if is_home {
        return Some(HOME.to_owned());
    }
    if folder.contains(['$', '~']) {
        return None;
    }
    match item.workdir.join(path) {
        semantic::path::Place::Known(path) | semantic::path::Place::Relative(path) => Some(path),
        semantic::path::Place::Unknown => None,
    }
}

fn unquoted(word: &str) -> &str {
    let plain = word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
    plain.or_else(|| word.strip_prefix('\'')?.strip_suffix('\'')).unwrap_or(word)
}

/// Key and value of one setting that npm also takes from its environment.
fn setting(word: &str, name: &str) -> Option<(String, String)> {
    let (key, value) = unquoted(word).trim_end_matches("\\n").split_once('=')?;
    let is_plain = |text: &str| !text.contains(['"', '\'', '\\', '`', '\n', ' ']) && !text.contains("$(");
    let uses = [format!("${{{name}}}"), format!("${name}")];
    let is_key = key.starts_with("//") && !key.contains('$');
    (is_key && is_plain(key) && is_plain(value) && uses.iter().any(|used| value == used))
        .then(|| (key.to_owned(), value.to_owned()))
}
