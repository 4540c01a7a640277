//! Programs that the container calls beside its own: those of a shell form, of HEALTHCHECK, of an entry-point script.

use semantic::{Kind, Stage};
use syntax::shell::Command;
use syntax::{Document, Form};

use super::distribution::Distribution;
use super::effect::{self, Effect};
use super::packages;
use crate::context::{Context, Landing};

/// What the shell itself does, and what every image with a shell has.
const EVERYWHERE: [&str; 75] = [
    "sh", ".", ":", "[", "[[", "alias", "awk", "basename", "break", "cat", "cd", "chgrp", "chmod", "chown",
    "command", "continue", "cp", "cut", "date", "dirname", "echo", "env", "eval", "exec", "exit", "export",
    "expr", "false", "find", "getopts", "grep", "gzip", "head", "hash", "hostname", "id", "install", "kill",
    "ln", "local", "ls", "mkdir", "mktemp", "mv", "printf", "pwd", "read", "readlink", "readonly",
    "realpath", "return", "rm", "rmdir", "sed", "seq", "set", "shift", "sleep", "sort", "source", "stat",
    "tail", "tar", "tee", "test", "touch", "tr", "trap", "true", "type", "umask", "uname", "unset", "wait",
    "xargs",
];

/// What Alpine's busybox has beyond that.
const ALPINE: [&str; 8] = ["wget", "nc", "vi", "ps", "pgrep", "nslookup", "ping", "netstat"];

/// What Debian's smallest images have beyond that.
const DEBIAN: [&str; 2] = ["bash", "useradd"];

/// A script of the build context that the container starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryScript {
    /// Where it lies in the image.
    pub(super) path: String,
    /// The programs that it calls, where its text is known.
    pub(super) calls: Option<Vec<String>>,
    /// Its text, where it is known.
    pub(super) text: Option<String>,
}

/// The entry-point script at a path of the image, if there is one.
pub(super) fn entry_script(context: &Context<'_>, landing: &Landing, path: &str) -> Option<EntryScript> {
    let source = landing.context_path(path)?;
    if !context.has_file(&source) {
        return None;
    }
    let text = context.manifest(&source);
    let is_script = text.map_or_else(
        || source.ends_with(".sh") || source.ends_with(".bash"),
        |text| text.starts_with("#!") || source.ends_with(".sh"),
    );
    let calls = text.and_then(|text| of_script(text.lines().next().unwrap_or_default(), text));
    is_script.then(|| EntryScript { path: path.to_owned(), calls, text: text.map(str::to_owned) })
}

impl EntryScript {
    /// Whether it starts what CMD says at its end.
    pub(super) fn passes_on(&self) -> bool {
        self.text.as_ref().is_some_and(|text| text.contains("\"$@\"") || text.contains("$@"))
    }
}

/// The programs that a script's text calls, its interpreter too; absent where it is not fully understood, or for no shell.
fn of_script(first: &str, text: &str) -> Option<Vec<String>> {
    let interpreter = first.strip_prefix("#!").unwrap_or("/bin/sh").split_whitespace().last()?;
    let shell = interpreter.rsplit('/').next()?;
    if !matches!(shell, "sh" | "bash" | "ash" | "dash") || text.contains("LAYERWISE_END") {
        return None;
    }
    let file = format!("FROM scratch\nRUN <<'LAYERWISE_END'\n{text}\nLAYERWISE_END\n");
    let document = Document::new(&file);
    let script = document.instructions().last()?.shell()?.clone();
    if !script.clean {
        return None;
    }
    let commands = script.statements.iter().flat_map(|statement| &statement.commands);
    let mut calls: Vec<String> = commands.filter_map(program).collect();
    // Functions of the script are its own.
    calls.retain(|name| !text.contains(&format!("{name}()")) && !text.contains(&format!("{name} ()")));
    calls.push(shell.to_owned());
    calls.sort();
    calls.dedup();
    Some(calls)
}

/// The program of a command, behind `exec`, `env` and the like; a variable is none.
fn program(command: &Command) -> Option<String> {
    let words: Vec<String> = command.words.iter().map(effect::text).collect();
    let words = crate::node::command::strip_environment(&words);
    words.first().filter(|word| !word.contains('$') && !word.starts_with('-')).cloned()
}

/// The programs that HEALTHCHECK calls.
pub(super) fn of_healthcheck(stage: &Stage) -> Vec<String> {
    let probe = stage.instructions.iter().rfind(|item| matches!(item.kind, Kind::Healthcheck));
    let mut found = Vec::new();
    if let Some(probe) = probe {
        if probe.instruction.arguments.form != Some(Form::Exec) {
            found.push("sh".to_owned());
        }
        let script = probe.instruction.shell();
        let commands = script.iter().flat_map(|script| &script.statements).flat_map(|item| &item.commands);
        found.extend(commands.filter_map(program).filter(|name| name != "NONE"));
    }
    found
}

/// The programs that the container calls beside its own: by HEALTHCHECK, as init programs, in the script that it starts with.
pub(super) fn beside(
    stage: &Stage,
    wrappers: &[String],
    script: Option<&EntryScript>,
    own: &str,
) -> Vec<String> {
    let mut called = of_healthcheck(stage);
    called.extend(script.and_then(|script| script.calls.clone()).unwrap_or_default());
    called.extend(wrappers.iter().cloned());
    called.retain(|program| semantic::path::file_name(program) != own);
    called
}

/// What the container calls must be in the run-time stage's image, or be installed by the file.
///
/// # Errors
/// Names the programs that are not, as a sentence.
pub(super) fn lacking(
    stage: &Stage,
    called: &[String],
    distribution: &Distribution,
    image: &str,
) -> Result<(), String> {
    let missing = missing(stage, called, Some(distribution));
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the container calls {}, which {image} does not have: install it in this file",
        missing.join(", ")
    ))
}

/// Folders of the system, where a program is what a package has.
const SYSTEM: [&str; 4] = ["/bin", "/sbin", "/usr/bin", "/usr/sbin"];

/// A program's name, where it is searched for or lies in a folder of the system; absent for a path of the image's own.
pub(super) fn system_name(program: &str) -> Option<&str> {
    match program.rsplit_once('/') {
        None => Some(program),
        Some((folder, name)) => SYSTEM.contains(&folder).then_some(name),
    }
}

/// Those of `names` that neither the distribution's smallest image has nor a step of the stage installs.
pub(super) fn missing(stage: &Stage, names: &[String], distribution: Option<&Distribution>) -> Vec<String> {
    let installed = left_installed(stage);
    let by_distribution: &[&str] = match distribution {
        Some(Distribution::Alpine(_)) => &ALPINE,
        _ => &DEBIAN,
    };
    let is_there = |name: &str| {
        EVERYWHERE.contains(&name)
            || by_distribution.contains(&name)
            || installed.iter().any(|package| packages::brings(package, name))
    };
    let mut missing: Vec<String> = names
        .iter()
        .filter_map(|name| system_name(name))
        .filter(|name| !is_there(name))
        .map(str::to_owned)
        .collect();
    missing.dedup();
    missing
}

/// The packages that the stage installs.
pub(super) fn installed(stage: &Stage) -> Vec<String> {
    let runs = stage.instructions.iter().filter_map(|item| item.as_run());
    let packages = runs.flat_map(|run| run.commands()).filter_map(|command| match effect::of(command) {
        Effect::Packages(names) => Some(names),
        _ => None,
    });
    packages.flatten().collect()
}

/// The packages that the stage installs and does not remove again in the same step.
pub(super) fn left_installed(stage: &Stage) -> Vec<String> {
    let mut found = Vec::new();
    for item in &stage.instructions {
        let commands: Vec<&Command> = item.as_run().into_iter().flat_map(|run| run.commands()).collect();
        let removes = commands.iter().any(|command| {
            let is_manager = matches!(command.program(), Some("apt-get" | "apt" | "apk" | "apt-mark"));
            let verbs = ["purge", "remove", "del", "autoremove", "auto", "--auto-remove"];
            is_manager && command.words.iter().any(|word| verbs.contains(&word.text.as_str()))
        });
        let names = commands.iter().filter_map(|command| match effect::of(command) {
            Effect::Packages(names) if !removes => Some(names),
            _ => None,
        });
        found.extend(names.flatten());
    }
    found
}
