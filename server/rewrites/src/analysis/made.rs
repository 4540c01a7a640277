//! What instructions put into the image, as far as the text tells.

use std::collections::{BTreeMap, HashMap};

use semantic::path::Place;
use semantic::{Copy, CopySource, MountKind, SourceKind, StageInstruction};
use syntax::shell::Command;

use super::call::Call;
use super::image_path::{ImagePath, below, for_each_command, home, resolve};
use super::install::{System, SystemCommand};
use crate::offer::Input;

/// A file or folder that an instruction made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Where its instruction starts.
    pub start: u32,
    /// Who made it.
    pub maker: Maker,
    /// Bytes, where the context tells.
    pub size: Option<u64>,
    /// Whether a command wrote a text of its own into it: `echo x > file`.
    is_written: bool,
    /// The path in the context that was copied here as a folder.
    copied: Option<String>,
    /// The file's path in the image.
    path: String,
}

/// Who made a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// COPY or ADD.
    Copied,
    /// RUN.
    Ran,
}

impl Made {
    /// Whether its name is one that holds credentials.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        is_secret_path(&self.path)
    }
}

impl Made {
    /// Whether it is not worth a word: small as the context tells, written by `echo`, or a script, a source or a list by its name.
    #[must_use]
    pub fn is_small(&self) -> bool {
        const SMALL: u64 = 1_000_000;
        let ending = self.path.rsplit(['.', '/']).next().unwrap_or_default();
        let is_script = matches!(
            ending,
            "sh" | "bash"
                | "py"
                | "txt"
                | "conf"
                | "cfg"
                | "json"
                | "yml"
                | "yaml"
                | "toml"
                | "list"
                | "sql"
                | "rs"
                | "go"
                | "js"
                | "ts"
                | "c"
                | "h"
                | "cpp"
                | "java"
                | "rb"
                | "pl"
                | "md"
                | "asc"
                | "gpg"
                | "ps1"
        );
        self.size.map_or(self.is_written || is_script, |size| size < SMALL)
    }
}

/// Files by their path in the image, packages by name, and which managers ran.
#[derive(Debug, Default)]
pub struct MadeFiles {
    /// By whether the path is relative to an unknown working directory, and by path.
    files: BTreeMap<(bool, String), Made>,
    packages: HashMap<String, u32>,
    managers: HashMap<&'static str, u32>,
}

impl MadeFiles {
    /// Adds what an instruction makes, less what it removes itself.
    pub fn take(&mut self, input: &Input<'_>, item: &StageInstruction) {
        if let Some(copy) = item.as_copy() {
            for source in &copy.sources {
                self.take_copy(input, item, copy, source);
            }
        } else if item.as_run().is_some() {
            let mut own = Self::default();
            for_each_command(item, |command, cwd| {
                own.take_command(input, item, command, cwd);
                own.remove(input, item, command, cwd);
            });
            own.files.retain(|(is_relative, path), _| {
                let place =
                    if *is_relative { Place::Relative(path.clone()) } else { Place::Known(path.clone()) };
                !is_mounted(item, &place)
            });
            self.files.extend(own.files);
            self.packages.extend(own.packages);
            self.managers.extend(own.managers);
        }
    }

    fn take_copy(&mut self, input: &Input<'_>, item: &StageInstruction, copy: &Copy, source: &CopySource) {
        let Some(value) = source.text.value.as_deref() else { return };
        let name = value.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let archives = [".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2"];
        let is_unpacked = item.instruction.keyword == syntax::Keyword::Add
            && archives.iter().any(|end| name.ends_with(end));
        if is_unpacked || name.contains('*') {
            return;
        }
        let path = semantic::path::clean_context_path(value);
        let context = input.facts.context.as_ref().filter(|_| copy.from.is_none());
        let file = context.and_then(|context| context.files.get(&path));
        let looks_like_file =
            name.contains('.') && name != "." && name != ".." || source.kind != SourceKind::Path;
        let is_file = file.map_or(looks_like_file, |file| file.kind != semantic::facts::FileKind::Directory);
        let place = if is_file && copy.into_directory && source.kind != SourceKind::Heredoc {
            below(&copy.place, name)
        } else {
            copy.place.clone()
        };
        let copied = (!is_file && copy.from.is_none()).then_some(path);
        let made = Made {
            start: item.instruction.start,
            maker: Maker::Copied,
            is_written: false,
            size: file.filter(|_| is_file).map(|file| file.size),
            copied,
            path: String::new(),
        };
        self.insert(&place, made);
    }

    fn insert(&mut self, place: &Place, made: Made) {
        let (is_relative, path) = match place {
            Place::Known(path) => (false, path.clone()),
            Place::Relative(path) => (true, path.clone()),
            Place::Unknown => return,
        };
        // The first maker counts: what comes later only adds to it.
        self.files.entry((is_relative, path.clone())).or_insert(Made { path, ..made });
    }

    /// Adds what a command makes.
    pub fn take_command(
        &mut self,
        input: &Input<'_>,
        item: &StageInstruction,
        command: &Command,
        cwd: &Place,
    ) {
        let made = || Made {
            start: item.instruction.start,
            maker: Maker::Ran,
            size: None,
            is_written: false,
            copied: None,
            path: String::new(),
        };
        for redirection in command
            .redirections
            .iter()
            .filter(|redirection| matches!(redirection.operator.as_str(), ">" | ">>"))
        {
            if let Some(path) =
                resolve(input, item, cwd, &redirection.target).filter(|path| path.pattern.is_none())
            {
                let is_written = matches!(command.program(), Some("echo" | "printf" | "cat"));
                self.insert(&path.place, Made { is_written, ..made() });
            }
        }
        let Some(call) = Call::of(command) else { return };
        let start = item.instruction.start;
        if let Some(system) = SystemCommand::of(call) {
            if system.installs() {
                let names = system
                    .packages()
                    .filter_map(|word| word.value.as_deref())
                    .chain(system.virtual_package());
                self.packages.extend(
                    names.map(|name| (name.split(['=', '@']).next().unwrap_or(name).to_owned(), start)),
                );
            }
            match system.system {
                System::Apt if system.subcommand == "update" => {
                    self.insert(&Place::Known("/var/lib/apt/lists/lists".to_owned()), made());
                }
                System::Dnf if system.installs() => drop(self.managers.insert("dnf", start)),
                System::Yum if system.installs() => drop(self.managers.insert("yum", start)),
                System::Zypper if system.installs() => drop(self.managers.insert("zypper", start)),
                _ => {}
            }
            return;
        }
        let subcommand = call.subcommand_text();
        match call.program {
            "curl" => {
                let target =
                    option(&call, &["-o", "--output"], 'o').and_then(|word| resolve(input, item, cwd, word));
                let address = call.arguments.iter().find(|word| word.text.contains("://"));
                let is_remote_name =
                    call.values().any(|value| value == "--remote-name" || is_short(value, 'O'));
                let place = target.map(|path| path.place).or_else(|| {
                    Some(below(cwd, file_of(address?.value.as_deref()?)?)).filter(|_| is_remote_name)
                });
                place.into_iter().for_each(|place| self.insert(&place, made()));
            }
            "wget" => {
                let target = option(&call, &["-O", "--output-document"], 'O')
                    .and_then(|word| resolve(input, item, cwd, word));
                let address = call.arguments.iter().find(|word| word.text.contains("://"));
                let folder = option(&call, &["-P", "--directory-prefix"], 'P')
                    .and_then(|word| resolve(input, item, cwd, word));
                let folder = folder.map_or_else(|| cwd.clone(), |path| path.place);
                let place = target
                    .map(|path| path.place)
                    .or_else(|| Some(below(&folder, file_of(address?.value.as_deref()?)?)));
                place.into_iter().for_each(|place| self.insert(&place, made()));
            }
            "git" if subcommand == "clone" => {
                let mut operands = call.operands().skip(1).skip_while(|word| !word.text.contains([':', '/']));
                let address = operands.next();
                let place = match operands.next() {
                    Some(folder) => resolve(input, item, cwd, folder).map(|path| path.place),
                    None => address
                        .and_then(|word| file_of(word.value.as_deref()?))
                        .map(|name| below(cwd, name.trim_end_matches(".git"))),
                };
                place.into_iter().for_each(|place| self.insert(&place, made()));
            }
            "cp" | "mv" => {
                if let Some(path) = call.arguments.last().and_then(|word| resolve(input, item, cwd, word)) {
                    self.insert(&path.place, made());
                }
            }
            "npm" if matches!(subcommand, "ci" | "install" | "i") => {
                self.managers.insert("npm", start);
                self.insert(&below(cwd, "node_modules"), made());
                self.insert(&Place::Known(format!("{}/.npm", home(item))), made());
            }
            "yarn" if matches!(subcommand, "" | "install") => {
                self.managers.insert("yarn", start);
                self.insert(&below(cwd, "node_modules"), made());
            }
            "pip" | "pip3" if subcommand == "install" && !call.has(&["--no-cache-dir"]) => {
                self.managers.insert("pip", start);
                self.insert(&Place::Known(format!("{}/.cache/pip", home(item))), made());
            }
            "cargo" if matches!(subcommand, "build" | "b") => self.insert(&below(cwd, "target"), made()),
            _ => {}
        }
    }

    /// Takes out what a command of the same RUN removes.
    fn remove(&mut self, input: &Input<'_>, item: &StageInstruction, command: &Command, cwd: &Place) {
        let Some(call) = Call::of(command) else { return };
        if matches!(call.program, "rm" | "unlink" | "shred") {
            for word in call.arguments.iter().filter(|word| !word.text.starts_with('-')) {
                let Some(path) = resolve(input, item, cwd, word) else { continue };
                self.files.retain(|(is_relative, text), _| {
                    let place =
                        if *is_relative { Place::Relative(text.clone()) } else { Place::Known(text.clone()) };
                    !path.covers(&place)
                });
            }
        } else if let Some(system) = SystemCommand::of(call) {
            if system.removes() {
                for name in system.packages().filter_map(|word| word.value.as_deref()) {
                    self.packages.remove(name);
                }
            } else if system.subcommand == "clean" {
                self.managers.retain(|manager, _| *manager != call.program);
            }
        } else if call.subcommand_text() == "cache" {
            self.managers.retain(|manager, _| !call.program.starts_with(manager));
        }
    }

    /// Something that removing this path removes.
    #[must_use]
    pub fn covered_by(&self, path: &ImagePath, input: &Input<'_>) -> Option<Made> {
        let (is_relative, own) = match &path.place {
            Place::Known(text) => (false, text.as_str()),
            Place::Relative(text) => (true, text.as_str()),
            Place::Unknown => return None,
        };
        if path.pattern.is_none() {
            if let Some(made) = self.files.get(&(is_relative, own.to_owned())) {
                return Some(made.clone());
            }
            if let Some(made) = self.copied_folder_with(is_relative, own, input) {
                return Some(made);
            }
        }
        let prefix = if own == "/" { own.to_owned() } else { format!("{own}/") };
        let from = (is_relative, if own == "." { String::new() } else { prefix.clone() });
        let inside = self.files.range(from..).take_while(|((relative, text), _)| {
            *relative == is_relative && (own == "." || text.starts_with(&prefix))
        });
        let place = |text: &str| {
            if is_relative { Place::Relative(text.to_owned()) } else { Place::Known(text.to_owned()) }
        };
        let mut covered = inside.filter(|((_, text), _)| path.pattern.is_none() || path.covers(&place(text)));
        covered.next().map(|(_, made)| made.clone())
    }

    /// The copied folder that has this very file, as the context tells.
    fn copied_folder_with(&self, is_relative: bool, path: &str, input: &Input<'_>) -> Option<Made> {
        let context = input.facts.context.as_ref()?;
        let mut folder = path;
        while let Some((up, _)) = folder.rsplit_once('/') {
            folder = up;
            let key = if up.is_empty() { "/" } else { up };
            let Some(made) = self.files.get(&(is_relative, key.to_owned())) else { continue };
            let rest = path[up.len()..].trim_start_matches('/');
            let copied = made.copied.as_deref()?;
            let source = if copied == "." { rest.to_owned() } else { format!("{copied}/{rest}") };
            let file = context.files.get(&source)?;
            return Some(Made { size: Some(file.size), copied: None, path: path.to_owned(), ..made.clone() });
        }
        None
    }

    /// Where a package was installed.
    #[must_use]
    pub fn installed(&self, package: &str) -> Option<u32> {
        self.packages.get(package).copied()
    }

    /// Where a package manager ran.
    #[must_use]
    pub fn ran(&self, manager: &str) -> Option<u32> {
        self.managers.get(manager).copied()
    }
}

/// Whether a place lies in a mount of the RUN, and so in no layer.
#[must_use]
pub fn is_mounted(item: &StageInstruction, place: &Place) -> bool {
    let Some(run) = item.as_run() else { return false };
    run.mounts.iter().any(|mount| mount.kind != MountKind::Ssh && place.is_within(&mount.target))
}

/// The value of an option, given apart, with `=`, or behind short flags: `-fsSLo FILE`.
fn option<'a>(call: &Call<'a>, names: &[&str], short: char) -> Option<&'a syntax::shell::ShellWord> {
    let at = call.arguments.iter().position(|word| {
        let text = word.value.as_deref().unwrap_or(&word.text);
        names.contains(&text) || is_short(text, short) && text.ends_with(short)
    })?;
    call.arguments.get(at + 1)
}

/// Whether a word is a group of short flags with this one.
fn is_short(text: &str, flag: char) -> bool {
    text.strip_prefix('-').is_some_and(|flags| !flags.starts_with('-') && flags.contains(flag))
}

/// The file name at the end of an address.
fn file_of(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next()?.trim_end_matches('/');
    path.rsplit('/').next().filter(|name| !name.is_empty())
}

/// Whether a path, as a shell word may name it, is one that holds credentials.
#[must_use]
pub fn is_secret_path(path: &str) -> bool {
    let path = path.trim_matches(['"', '\'']).trim_end_matches(['/', '*']).trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or_default();
    let known = matches!(
        name,
        ".npmrc"
            | ".netrc"
            | ".pypirc"
            | ".git-credentials"
            | ".env"
            | "id_rsa"
            | "id_ed25519"
            | "id_ecdsa"
            | "id_dsa"
            | "auth.json"
            | ".yarnrc.yml"
            | ".dockercfg"
            | "credentials.json"
            | ".pgpass"
            | ".my.cnf"
            | ".ssh"
            | ".aws"
            | "credentials"
    );
    known
        || path.ends_with(".docker/config.json")
        || name.ends_with(".pem") && !name.contains("ca")
        || name.ends_with(".key")
}
