//! What in a step would defeat a mounted cache: a flag that switches it off, a command that empties it.

use semantic::commands::{Action, FileOperation, meaning};
use semantic::path::{clean, is_within};
use syntax::shell::{Command, Script, ShellWord};
use syntax::{Instruction, LocalRange};

use super::caches::{self, Cache};
use crate::statements::with_space;

/// What goes.
#[derive(Debug, Default)]
pub(super) struct Cleaning {
    /// Whole statements, by position.
    pub(super) statements: Vec<usize>,
    /// Words of others, each with the white space that goes with it.
    pub(super) words: Vec<LocalRange>,
}

/// What goes from a script whose step has these caches mounted. An error is the rest of a sentence about the step.
pub(super) fn of(
    script: &Script,
    instruction: &Instruction,
    mounted: &[(String, &'static Cache)],
    home: &str,
) -> Result<Cleaning, String> {
    let mut cleaning = Cleaning::default();
    for (at, statement) in script.statements.iter().enumerate() {
        for command in &statement.commands {
            match defeats(command, mounted, home)? {
                Defeat::No => {}
                Defeat::Words(words) => {
                    cleaning.words.extend(words.into_iter().map(|word| with_space(instruction, word.range)));
                }
                Defeat::Wholly if statement.commands.len() == 1 && command.top_level => {
                    cleaning.statements.push(at);
                }
                Defeat::Wholly => {
                    return Err("empties a cache within a larger command: take that out first".to_owned());
                }
            }
        }
    }
    Ok(cleaning)
}

enum Defeat<'a> {
    No,
    Words(Vec<&'a ShellWord>),
    Wholly,
}

fn defeats<'a>(
    command: &'a Command,
    mounted: &[(String, &'static Cache)],
    home: &str,
) -> Result<Defeat<'a>, String> {
    match meaning(command).action {
        Action::Package(package) => {
            if mounted.iter().any(|(_, cache)| caches::is_emptied_by(cache, &package)) {
                return Ok(Defeat::Wholly);
            }
            let own = caches::of_command(&package);
            let flags = package.options.flags.iter().filter(|flag| {
                let mut used = mounted.iter().filter(|(_, cache)| own.contains(cache));
                flag.value.is_none() && used.any(|(_, cache)| cache.off_flags.contains(&flag.name))
            });
            let words: Vec<&ShellWord> = flags.map(|flag| flag.word).collect();
            Ok(if words.is_empty() { Defeat::No } else { Defeat::Words(words) })
        }
        Action::File(file) if file.operation == FileOperation::Remove => {
            let mut inside = Vec::new();
            for word in &file.paths {
                let Some(path) = absolute(word, home) else { continue };
                if mounted.iter().any(|(target, _)| is_within(&path, target)) {
                    inside.push(*word);
                } else if mounted.iter().any(|(target, _)| is_within(target, &path)) {
                    return Err(format!("removes `{}`, in which the cache would be mounted", word.text));
                }
            }
            Ok(match inside.len() {
                0 => Defeat::No,
                all if all == file.paths.len() => Defeat::Wholly,
                _ => Defeat::Words(inside),
            })
        }
        _ => Ok(Defeat::No),
    }
}

/// The path that a word names, a final `/*` left out. Absent where it is relative, or has another variable than HOME.
fn absolute(word: &ShellWord, home: &str) -> Option<String> {
    let text = word.value.as_deref().unwrap_or(&word.text).trim_matches('"');
    let below_home = ["~/", "$HOME/", "${HOME}/"].into_iter().find_map(|start| text.strip_prefix(start));
    let path = match below_home {
        Some(rest) => format!("{home}/{rest}"),
        None => text.to_owned(),
    };
    let path = path.strip_suffix("/*").unwrap_or(&path);
    (path.starts_with('/') && !path.contains('$')).then(|| clean(path))
}
