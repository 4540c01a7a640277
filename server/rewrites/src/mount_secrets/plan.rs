//! How one secret is mounted: which steps get it, in which form, and which lines go.

use semantic::StageInstruction;
use syntax::shell::Command;
use syntax::{Instruction, TextRange};

use super::Form;
use super::definitions::{Definition, Secret};
use super::npmrc::{self, HOME, Touch};
use crate::node::command::strip_environment;
use crate::node::{NodeCommand, command};
use crate::offer::Input;
use crate::secret;
use crate::split_stages::effect::{self, Effect};
use crate::variable::uses;

/// How one secret is mounted.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) name: String,
    pub(super) place: TextRange,
    /// The build flags that supply it.
    pub(super) flags: Vec<String>,
    pub(super) checks: Vec<String>,
    pub(super) definitions: Vec<Definition>,
    /// What happens to RUN instructions, in order of place.
    pub(super) runs: Vec<RunChange>,
}

/// What happens to one RUN.
#[derive(Debug, Clone)]
pub(super) struct RunChange {
    pub(super) instruction: Instruction,
    /// The mount flag that it gets.
    pub(super) mount: Option<String>,
    /// A command that it begins with.
    pub(super) prelude: Option<String>,
    /// Texts that are put before words, by offset in the instruction.
    pub(super) insertions: Vec<(u32, String)>,
    /// Positions of statements that go.
    pub(super) removed: Vec<usize>,
}

impl RunChange {
    fn new(instruction: &Instruction) -> Self {
        let instruction = instruction.clone();
        Self { instruction, mount: None, prelude: None, insertions: Vec::new(), removed: Vec::new() }
    }
}

/// Plans one secret.
///
/// # Errors
/// Says why it is not mounted, as the rest of a sentence about it.
pub(super) fn of(input: &Input<'_>, secret: &Secret, form: Form) -> Result<Plan, String> {
    let model = input.model;
    let name = &secret.name;
    only_runs_use_it(input, secret)?;
    let id = name.to_lowercase();
    let mut plan = Plan {
        name: name.clone(),
        place: secret.place,
        flags: Vec::new(),
        checks: Vec::new(),
        definitions: secret.definitions.clone(),
        runs: Vec::new(),
    };
    let mut uses_token = false;
    let mut uses_file = None;
    let mut is_explicit = false;
    for stage in &model.stages {
        let items: Vec<&StageInstruction> = stage
            .instructions
            .iter()
            .filter(|item| item.as_run().is_some() && model.scopes.definition(item.scope, name).is_some())
            .collect();
        let mut settings: Option<Settings> = None;
        let others = files_with_other_settings(&items, name);
        for item in &items {
            let Some(run) = item.as_run() else { continue };
            let line = item.instruction.line + 1;
            let Some(script) = run.script.as_ref().filter(|script| script.clean) else {
                return Err(format!("the script of RUN on line {line} is not fully understood"));
            };
            let mut change = RunChange::new(&item.instruction);
            let mut plain_use = false;
            for (position, statement) in script.statements.iter().enumerate() {
                let touch = npmrc::touch(statement, item, name);
                match touch {
                    Some(Touch::Write { file, setting }) => {
                        is_explicit = true;
                        change.removed.push(position);
                        let open = settings.get_or_insert_with(|| Settings {
                            file: file.clone(),
                            list: Some(Vec::new()),
                            used: false,
                        });
                        if open.file != file {
                            return Err(format!("line {line} writes it into another file as well"));
                        }
                        open.list = match (open.list.take(), setting) {
                            (Some(mut list), Some(setting)) => {
                                list.push(setting);
                                Some(list)
                            }
                            _ => None,
                        };
                        continue;
                    }
                    Some(Touch::Delete(file)) if settings.as_ref().is_some_and(|open| open.file == file) => {
                        if settings.as_ref().is_some_and(|open| !others.contains(&open.file)) {
                            change.removed.push(position);
                        }
                        if settings.take().is_some_and(|open| !open.used) {
                            return Err("nothing installs between the line that writes it into .npmrc and the one that deletes that".to_owned());
                        }
                        continue;
                    }
                    Some(Touch::Reference) => {
                        is_explicit = true;
                        settings = None;
                        plan.checks.clear();
                        continue;
                    }
                    _ => {}
                }
                for command in &statement.commands {
                    if let Some(open) = settings.as_mut()
                        && asks_registry(command)
                    {
                        open.used = true;
                        match environment_of(command, open, item, form, &id, input) {
                            Some(insertion) => {
                                change.insertions.push(insertion);
                                uses_token = true;
                                change.mount = Some(mount(item, &id, name, form, input));
                            }
                            None => {
                                change.insertions.clear();
                                let target = target(&open.file, item)?;
                                change.mount = Some(format!(
                                    "--mount=type=secret,id=npmrc,target={target}{}",
                                    access(item, input)
                                ));
                                uses_file = Some(target);
                            }
                        }
                    }
                }
                let is_used = script.variables.iter().any(|variable| {
                    variable.name == *name
                        && statement.range.start <= variable.range.start
                        && variable.range.end <= statement.range.end
                });
                if is_used {
                    is_explicit = true;
                    plain_use = true;
                    for command in &statement.commands {
                        stored(command, name).map_or(Ok(()), |what| {
                            Err(format!("line {line} stores it in the image with {what}"))
                        })?;
                    }
                }
            }
            let is_left = script.variables.iter().any(|variable| {
                variable.name == *name
                    && !script.statements.iter().any(|statement| {
                        statement.range.start <= variable.range.start
                            && variable.range.end <= statement.range.end
                    })
            });
            if plain_use || is_left {
                uses_token = true;
                give(&mut change, item, &id, name, form, input)?;
            }
            if change.mount.is_some() || !change.removed.is_empty() {
                plan.runs.push(change);
            }
        }
        if settings.is_some_and(|open| !open.used) {
            return Err("no step installs after the line that writes it into .npmrc".to_owned());
        }
    }
    uses_token |= implicit(input, secret, form, &id, is_explicit, &mut plan)?;
    if plan.runs.iter().all(|run| run.mount.is_none()) {
        return Err("no step of the build uses it: take it out, and pass it when the container starts if that needs it".to_owned());
    }
    if uses_token {
        plan.flags.push(format!("--secret id={id},env={name}"));
    }
    if uses_file.is_some() {
        plan.flags.push("--secret id=npmrc,src=$HOME/.npmrc".to_owned());
        plan.checks.push("that the .npmrc you build with has the token for the registry".to_owned());
    }
    if secret.definitions.iter().any(|definition| definition.is_env) && !secret::is_registry_token(name) {
        plan.checks.push(format!(
            "that the running program does not read {name}, or gets it when the container starts"
        ));
    }
    plan.runs.sort_by_key(|run| run.instruction.start);
    Ok(plan)
}

/// The settings that an `.npmrc` has at some point of a stage.
#[derive(Debug)]
struct Settings {
    file: String,
    list: Option<Vec<(String, String)>>,
    used: bool,
}

/// The files that other lines write other settings to: these are deleted as before.
fn files_with_other_settings(items: &[&StageInstruction], name: &str) -> Vec<String> {
    let scripts = items.iter().filter_map(|item| Some((item, item.as_run()?.script.as_ref()?)));
    let touches = scripts.flat_map(|(item, script)| {
        script.statements.iter().filter_map(move |statement| npmrc::touch(statement, item, name))
    });
    touches
        .filter_map(|touch| match touch {
            Touch::Other(file) => Some(file),
            _ => None,
        })
        .collect()
}

/// Refuses where another instruction than RUN has the secret in it.
fn only_runs_use_it(input: &Input<'_>, secret: &Secret) -> Result<(), String> {
    let name = &secret.name;
    let defines = |instruction: &Instruction| {
        secret.definitions.iter().any(|definition| definition.instruction.start == instruction.start)
    };
    for instruction in input.model.document.instructions() {
        let line = instruction.line + 1;
        let keyword = instruction.keyword;
        let is_run = keyword == syntax::Keyword::Run;
        if is_run || !uses(&instruction.source, name) {
            continue;
        }
        if defines(&instruction) {
            // Only its own pair may use it, as in `ENV NPM_TOKEN=$NPM_TOKEN`.
            let others = instruction.arguments.pairs.iter().filter(|pair| pair.key.text != *name);
            let passed = others.filter_map(|pair| pair.value.as_ref()).any(|value| uses(&value.text, name));
            if !passed {
                continue;
            }
        }
        return Err(match keyword {
            syntax::Keyword::Cmd | syntax::Keyword::Entrypoint | syntax::Keyword::Healthcheck => {
                format!("{keyword} on line {line} uses it when the container runs: pass it then, with --env")
            }
            _ => format!("{keyword} on line {line} uses it, and a mount serves RUN alone"),
        });
    }
    Ok(())
}

/// Whether a command fetches packages from a registry.
fn asks_registry(words: &Command) -> bool {
    matches!(
        command::of_command(words),
        Some(
            NodeCommand::Install { .. }
                | NodeCommand::InstallGlobal(_)
                | NodeCommand::OtherInstall
                | NodeCommand::Tool(_)
        )
    )
}

/// What goes before npm so that it has the settings from its environment; absent where it does not take them from there.
fn environment_of(
    command: &Command,
    settings: &Settings,
    item: &StageInstruction,
    form: Form,
    id: &str,
    input: &Input<'_>,
) -> Option<(u32, String)> {
    let list = settings.list.as_ref().filter(|list| !list.is_empty())?;
    let words: Vec<String> = command.words.iter().map(effect::text).collect();
    let rest = strip_environment(&words);
    let at = words.len() - rest.len();
    let is_npm = rest.first().is_some_and(|program| program == "npm");
    if !is_npm || item.instruction.arguments.form == Some(syntax::Form::Exec) || is_old_npm(input, item) {
        return None;
    }
    let mut text = "env ".to_owned();
    for (key, value) in list {
        let value = match form {
            Form::Environment => value.clone(),
            Form::File => format!("$(cat /run/secrets/{id})"),
        };
        text.push_str(&format!("\"npm_config_{key}={value}\" "));
    }
    Some((command.words[at].range.start, text))
}

/// npm 6 and older, which came with Node 14 and older, spells such settings in another way.
fn is_old_npm(input: &Input<'_>, item: &StageInstruction) -> bool {
    let stage = item.scope.stage.unwrap_or_default();
    let semantic::Base::Image(name) = input.model.root(stage) else { return false };
    let tag = semantic::image_reference::ImageReference::parse(name).ok().and_then(|image| image.tag);
    let major = tag.and_then(|tag| tag.split(['.', '-']).next()?.parse::<u32>().ok());
    major.is_some_and(|major| major < 16)
}

fn mount(item: &StageInstruction, id: &str, name: &str, form: Form, input: &Input<'_>) -> String {
    match form {
        Form::Environment => format!("--mount=type=secret,id={id},env={name}"),
        Form::File => format!("--mount=type=secret,id={id}{}", access(item, input)),
    }
}

/// A secret's file is root's alone unless said otherwise.
fn access(item: &StageInstruction, input: &Input<'_>) -> String {
    let user = item.user.as_ref().map(|user| user.value.clone().unwrap_or_else(|| user.raw.clone()));
    let is_root_image = || {
        let stage = item.scope.stage.unwrap_or_default();
        match input.model.root(stage) {
            semantic::Base::Image(name) => {
                input.facts.base_image(name).is_some()
                    || semantic::image_reference::ImageReference::parse(name)
                        .is_ok_and(|image| image.is_official())
            }
            _ => false,
        }
    };
    match user.as_deref().map(|user| user.split(':').next().unwrap_or(user)) {
        Some("root" | "0") => String::new(),
        Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => format!(",uid={number}"),
        None if is_root_image() => String::new(),
        _ => ",mode=0444".to_owned(),
    }
}

/// Where a whole `.npmrc` is mounted.
fn target(file: &str, item: &StageInstruction) -> Result<String, String> {
    if file != HOME {
        return match file.starts_with('/') {
            true => Ok(file.to_owned()),
            false => Err("it is not known in which directory its .npmrc lies: set WORKDIR".to_owned()),
        };
    }
    let user = item.user.as_ref().map(|user| user.value.clone().unwrap_or_else(|| user.raw.clone()));
    match user.as_deref().map(|user| user.split(':').next().unwrap_or(user)) {
        None | Some("root" | "0") => Ok("/root/.npmrc".to_owned()),
        Some(name) if name.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(format!("the home directory of user {name} is not known"))
        }
        Some(name) => Ok(format!("/home/{name}/.npmrc")),
    }
}

/// Gives a RUN the secret under its old name.
fn give(
    change: &mut RunChange,
    item: &StageInstruction,
    id: &str,
    name: &str,
    form: Form,
    input: &Input<'_>,
) -> Result<(), String> {
    change.mount = Some(mount(item, id, name, form, input));
    if form == Form::File {
        if item.instruction.arguments.form == Some(syntax::Form::Exec) {
            return Err(format!(
                "RUN on line {} is in list form, and this builder can mount a secret as a file alone",
                item.instruction.line + 1
            ));
        }
        change.prelude = Some(format!("export {name}=\"$(cat /run/secrets/{id})\""));
    }
    Ok(())
}

/// Steps that may read the secret from their environment without naming it.
fn implicit(
    input: &Input<'_>,
    secret: &Secret,
    form: Form,
    id: &str,
    is_explicit: bool,
    plan: &mut Plan,
) -> Result<bool, String> {
    let model = input.model;
    let is_for_registry = secret::is_registry_token(&secret.name);
    let mut found = false;
    for item in model.stages.iter().flat_map(|stage| &stage.instructions) {
        let Some(run) = item.as_run() else { continue };
        let is_known = plan
            .runs
            .iter()
            .any(|change| change.instruction.start == item.instruction.start && change.mount.is_some());
        if is_known || model.scopes.definition(item.scope, &secret.name).is_none() {
            continue;
        }
        let reads = run.commands().any(|command| match effect::of(command) {
            Effect::Node(_) if is_for_registry || is_explicit => asks_registry(command) == is_for_registry,
            Effect::Node(_) | Effect::NodeProgram(_) | Effect::Cargo | Effect::Other => true,
            _ => false,
        });
        // A registry's token that was written into .npmrc has served its purpose there.
        let wrote = plan.runs.iter().any(|change| !change.removed.is_empty());
        if !reads || (is_explicit && is_for_registry && wrote) {
            continue;
        }
        let mut change = RunChange::new(&item.instruction);
        give(&mut change, item, id, &secret.name, form, input)?;
        found = true;
        match plan.runs.iter_mut().find(|known| known.instruction.start == item.instruction.start) {
            Some(known) => {
                known.mount = change.mount;
                known.prelude = change.prelude;
            }
            None => plan.runs.push(change),
        }
    }
    Ok(found)
}

/// What a command that uses the secret leaves of it in the image.
fn stored(command: &Command, name: &str) -> Option<String> {
    let has =
        |variables: &[syntax::shell::VariableUse]| variables.iter().any(|variable| variable.name == name);
    let in_words = command.words.iter().any(|word| has(&word.variables));
    let in_heredoc = command.redirections.iter().any(|one| has(&one.target.variables));
    if !in_words && !in_heredoc {
        return None;
    }
    let program = command.program().unwrap_or_default();
    let file =
        command.redirections.iter().find(|one| one.operator.contains('>') && !one.operator.contains('&'));
    let writes = file.is_some_and(|one| !one.target.text.starts_with("/dev/"));
    if writes && matches!(program, "echo" | "printf" | "cat" | "tee") {
        return Some("a file".to_owned());
    }
    let words: Vec<String> = command.words.iter().map(effect::text).collect();
    let second = words.get(1).map(String::as_str);
    match (program, second) {
        ("tee", _) => Some("a file".to_owned()),
        ("git", Some("config")) => Some("git config".to_owned()),
        ("git", Some("clone" | "remote")) if words.iter().any(|word| word.contains('@')) => {
            Some("git's own settings".to_owned())
        }
        ("npm" | "yarn" | "pnpm", Some("config" | "set")) => Some(format!("{program} config")),
        _ => None,
    }
}
