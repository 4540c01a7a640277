//! A shell command as the program that it runs in the end: without `sudo`, `env` and the like, and `python -m pip` as `pip`.

use syntax::shell::{Command, ShellWord};

/// A command's program with its arguments.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The command, wrappers included.
    pub command: &'a Command,
    /// The program's name without its path.
    pub program: &'a str,
    /// What follows it.
    pub arguments: &'a [ShellWord],
}

impl<'a> Call<'a> {
    /// The call of a command, where its program is known.
    pub fn of(command: &'a Command) -> Option<Self> {
        let mut words = command.words.as_slice();
        loop {
            let (first, rest) = words.split_first()?;
            let program = file_name(first.value.as_deref()?);
            match program {
                "sudo" | "env" | "exec" | "time" | "nice" | "nohup" | "command" | "doas" | "eatmydata"
                | "corepack" => {
                    words = without_wrapper_options(rest);
                    if words.is_empty() {
                        return Some(Self { command, program, arguments: rest });
                    }
                }
                _ if program.starts_with("python") && rest.first().is_some_and(|word| is(word, "-m")) => {
                    let module = rest.get(1)?.value.as_deref()?;
                    return Some(Self { command, program: module, arguments: &rest[2..] });
                }
                _ => return Some(Self { command, program, arguments: rest }),
            }
        }
    }

    /// The arguments that are known.
    pub fn values(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.arguments.iter().filter_map(|word| word.value.as_deref())
    }

    /// Whether one of these flags is given, alone or as `flag=value`.
    pub fn has(&self, flags: &[&str]) -> bool {
        self.values().any(|value| {
            flags.iter().any(|flag| {
                value.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
            })
        })
    }

    /// The arguments that are neither flags nor values of the few flags that stand before subcommands.
    pub fn operands(&self) -> impl Iterator<Item = &'a ShellWord> + use<'a> {
        let mut is_value = false;
        self.arguments.iter().filter(move |word| {
            let text = word.value.as_deref().unwrap_or(&word.text);
            let was_value = std::mem::replace(&mut is_value, takes_value(text));
            !was_value && !text.starts_with('-')
        })
    }

    /// The first operand: `install` of `apt-get -y install curl`.
    pub fn subcommand(&self) -> Option<&'a ShellWord> {
        self.operands().next().filter(|word| word.value.is_some())
    }

    /// The subcommand's text; empty where there is none.
    pub fn subcommand_text(&self) -> &'a str {
        self.subcommand().and_then(|word| word.value.as_deref()).unwrap_or_default()
    }
}

/// Whether a word is certainly this text.
pub fn is(word: &ShellWord, text: &str) -> bool {
    word.value.as_deref() == Some(text)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn takes_value(flag: &str) -> bool {
    matches!(
        flag,
        "--prefix"
            | "--cwd"
            | "-C"
            | "--dir"
            | "--directory"
            | "-o"
            | "--option"
            | "-c"
            | "--filter"
            | "--registry"
            | "--virtual"
            | "--repository"
            | "-X"
            | "--target-release"
            | "--index-url"
            | "-i"
            | "--extra-index-url"
            | "--manifest-path"
            | "--target"
            | "--features"
            | "--workspace-root"
            | "--python"
            | "--platform"
    )
}

/// What follows `sudo -E -u user`, `env -i A=b` and the like.
fn without_wrapper_options(words: &[ShellWord]) -> &[ShellWord] {
    let mut rest = words;
    while let Some((first, after)) = rest.split_first() {
        let text = first.value.as_deref().unwrap_or(&first.text);
        let is_assignment = text.split_once('=').is_some_and(|(name, _)| is_name(name));
        if matches!(text, "-u" | "-g" | "-n") {
            rest = after.get(1..).unwrap_or_default();
        } else if text.starts_with('-') || is_assignment {
            rest = after;
        } else {
            break;
        }
    }
    rest
}

/// Whether a text can be a variable's name.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
