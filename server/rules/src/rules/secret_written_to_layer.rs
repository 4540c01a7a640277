//! A secret that a step writes into a file of the layer.

mod sinks;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use rewrites::Input;
use semantic::path::Place;
use semantic::{Kind, MountKind, Run, Stage, StageInstruction};
use syntax::shell::{Command, ShellWord, Statement};
use syntax::{LocalRange, TextRange};

use crate::analysis::call::{Call, is_name};
use crate::analysis::image_path::{ImagePath, for_each_command, resolve};
use crate::analysis::secret_name::is_secret;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};
use sinks::{Sink, holds_credential_key, is_printer};

pub(crate) static RULE: Rule = Rule {
    code: "secret-written-to-layer",
    aliases: &["DS-0031"],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A step writes a secret into a file that stays in its layer",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN writes the value of a secret into a file: it redirects or pipes it there (`~/.npmrc`, `~/.netrc`, a key), hands it to a command that
keeps it (`npm config set`, `git config`, `git clone https://$TOKEN@…`, `docker login` …), or copies a mounted secret. A secret is an ARG,
ENV or secret mount whose name or use says so, and whatever the RUN assigns from it. COPY with a heredoc that expands one counts too.

A file that the same RUN removes, or that lies in a mount, does not stay.

## Why

The file is in the layer, for everyone who can pull the image or reach the build cache; a later RUN that removes it only hides it.

## Bad

```dockerfile
FROM node:22-slim
ARG NPM_TOKEN
WORKDIR /app
COPY package.json package-lock.json ./
RUN echo "//npm.example.com/:_authToken=$NPM_TOKEN" > ~/.npmrc
RUN npm ci
```

## Good

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
```

## When to ignore

When the value opens nothing outside the image, such as the password of a test database inside of it.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file: input, stage, .. } = *input;
    // Variables of ENV and ARG that are made from a secret, under whatever name.
    let mut derived: Vec<&str> = Vec::new();
    for item in &stage.instructions {
        match &item.kind {
            Kind::Run(run) => check_run(input, stage, item, run, &derived, findings),
            Kind::Copy(copy) | Kind::Add(copy) => {
                check_heredocs(input, item, &copy.destination.raw, &derived, findings);
            }
            Kind::Env(pairs) => {
                for (name, value) in pairs {
                    take_derived(input, item, &name.raw, &value.raw, &mut derived);
                }
            }
            Kind::Arg(arguments) => {
                for (name, default) in arguments {
                    let value = default.as_ref().map_or("", |text| text.raw.as_str());
                    take_derived(input, item, &name.raw, value, &mut derived);
                }
            }
            _ => {}
        }
    }
}

fn take_derived<'a>(
    input: &Input<'_>,
    item: &StageInstruction,
    name: &'a str,
    value: &str,
    derived: &mut Vec<&'a str>,
) {
    if value.contains('$')
        && variables(value).any(|(used, _)| is_declared_secret(input, item, used) || derived.contains(&used))
    {
        derived.push(name);
    }
}

/// Whether the file declares a variable of this name in scope, and the name speaks of a secret.
fn is_declared_secret(input: &Input<'_>, item: &StageInstruction, name: &str) -> bool {
    input.model.scopes.definition(item.scope, name).is_some() && is_secret(name)
}

/// What is known of the secrets inside a RUN.
struct Flow<'a> {
    input: &'a Input<'a>,
    item: &'a StageInstruction,
    run: &'a Run,
    derived: &'a [&'a str],
    /// Shell variables that hold a secret, by assignment.
    assigned: Vec<&'a str>,
}

/// What of a secret a word holds.
struct Held {
    /// What to call it.
    name: String,
    /// Where it stands.
    range: LocalRange,
}

fn check_run(
    input: &Input<'_>,
    stage: &Stage,
    item: &StageInstruction,
    run: &Run,
    derived: &[&str],
    findings: &mut Findings,
) {
    let Some(script) = run.script.as_deref() else { return };
    let has_mount = run.mounts.iter().any(|mount| mount.kind == MountKind::Secret);
    if !has_mount && !item.instruction.source.contains('$') {
        return;
    }
    let mut flow = Flow { input, item, run, derived, assigned: Vec::new() };
    let mut written = Vec::new();
    for statement in &script.statements {
        for command in &statement.commands {
            flow.take_assignments(command);
            if let Some((held, sink)) = flow.written_by(statement, command) {
                written.push((held, sink));
            }
        }
    }
    for (held, sink) in written {
        if flow.stays(&sink) {
            report(input, stage, item, &held, &sink, findings);
        }
    }
}

fn report(
    input: &Input<'_>,
    stage: &Stage,
    item: &StageInstruction,
    held: &Held,
    sink: &Sink<'_>,
    findings: &mut Findings,
) {
    let Held { name, range } = held;
    let message = format!(
        "{name} is written to {}, which stays in this layer even if a later one removes it. Mount it in the RUN that needs it: `--mount=type=secret`.",
        sink.file
    );
    let is_last = stage.index + 1 == input.model.stages.len();
    let finding = findings.add(item.instruction.place(*range), message);
    if !(is_last && sink.is_reported_by_trivy) {
        finding.aliases = Cow::default();
    }
}

impl<'a> Flow<'a> {
    fn take_assignments(&mut self, command: &'a Command) {
        for assignment in &command.assignments {
            if self.held(&assignment.value).is_some() {
                self.assigned.push(&assignment.name);
            }
        }
        let Some(call) = Call::of(command) else { return };
        if matches!(call.program, "export" | "declare" | "local" | "readonly" | "typeset") {
            for word in call.arguments {
                let name = word.text.split('=').next().unwrap_or_default();
                if is_name(name) && word.text.len() > name.len() && self.held(word).is_some() {
                    self.assigned.push(name);
                }
            }
        }
    }

    /// The secret that a word holds: a variable, or the contents of a mounted file.
    fn held(&self, word: &ShellWord) -> Option<Held> {
        let has_key = || holds_credential_key(&word.text);
        for variable in &word.variables {
            let name = variable.name.as_str();
            if self.is_secret_variable(name) || has_key() && self.is_declared(name) {
                return Some(Held { name: format!("`{name}`"), range: variable.range });
            }
        }
        (word.substitution && self.mounted_file(&word.text).is_some())
            .then(|| Held { name: "A mounted secret".to_owned(), range: word.range })
    }

    fn is_secret_variable(&self, name: &str) -> bool {
        self.assigned.contains(&name)
            || self.derived.contains(&name)
            || self
                .run
                .mounts
                .iter()
                .any(|mount| mount.kind == MountKind::Secret && mount.env.as_deref() == Some(name))
            || is_declared_secret(self.input, self.item, name)
    }

    fn is_declared(&self, name: &str) -> bool {
        self.assigned.contains(&name) || self.input.model.scopes.definition(self.item.scope, name).is_some()
    }

    /// The mounted secret that a text names.
    fn mounted_file(&self, text: &str) -> Option<&'a str> {
        let secrets =
            self.run.mounts.iter().filter(|mount| mount.kind == MountKind::Secret && mount.env.is_none());
        secrets.filter_map(|mount| mount.target.known()).find(|target| text.contains(target))
    }

    /// What a command writes where.
    fn written_by(&self, statement: &'a Statement, command: &'a Command) -> Option<(Held, Sink<'a>)> {
        if let Some(target) = sinks::file_target(command) {
            let held = self.printed_by(command).or_else(|| self.piped_into(statement, command))?;
            return Some((held, Sink::file(command, target)));
        }
        let call = Call::of(command)?;
        if matches!(call.program, "cp" | "mv" | "install") {
            let (destination, sources) = call.arguments.split_last()?;
            let source = sources.iter().find(|word| self.mounted_file(&word.text).is_some())?;
            let held = Held { name: "A mounted secret".to_owned(), range: source.range };
            return Some((held, Sink::file(command, destination)));
        }
        let sink = Sink::of(call)?;
        let in_address = |word: &ShellWord| {
            let at = word.text.find("://").map(|at| at + 3)?;
            let login = word.text[at..].split('/').next()?.rsplit_once('@')?.0;
            let variable = word.variables.iter().find(|variable| login.contains(variable.name.as_str()))?;
            Some(Held { name: format!("`{}`", variable.name), range: variable.range })
        };
        let of_key = || {
            let names_key = call.values().any(holds_credential_key);
            let declared =
                |word: &'a ShellWord| word.variables.iter().find(|variable| self.is_declared(&variable.name));
            let variable = call.arguments.iter().filter(|_| names_key).find_map(declared)?;
            Some(Held { name: format!("`{}`", variable.name), range: variable.range })
        };
        // `git -c http.extraHeader=… clone` keeps the address alone.
        let is_clone = call.program == "git" && call.subcommand_text() == "clone";
        let words = call.arguments.iter().filter(|word| !is_clone || word.text.contains("://"));
        let held = words
            .clone()
            .find_map(|word| self.held(word))
            .or_else(|| words.clone().find_map(in_address))
            .or_else(of_key);
        // A password on standard input: `echo "$TOKEN" | docker login --password-stdin`.
        let held = held.or_else(|| self.piped_into(statement, command))?;
        Some((held, sink))
    }

    /// The secret that a command prints.
    fn printed_by(&self, command: &'a Command) -> Option<Held> {
        let call = Call::of(command).filter(|call| is_printer(call.program))?;
        let heredocs =
            command.redirections.iter().filter(|redirection| redirection.operator.starts_with("<<"));
        let mut words = call.arguments.iter().chain(heredocs.map(|redirection| &redirection.target));
        words.find_map(|word| {
            let file = || {
                let read = self.mounted_file(&word.text).filter(|_| call.program != "echo")?;
                Some(Held { name: format!("The secret `{read}`"), range: word.range })
            };
            self.held(word).or_else(file)
        })
    }

    /// The secret that the commands before this one in a pipeline print into it.
    fn piped_into(&self, statement: &'a Statement, command: &'a Command) -> Option<Held> {
        if statement.kind != syntax::shell::StatementKind::Pipeline {
            return None;
        }
        let before = statement
            .commands
            .iter()
            .filter(|other| other.top_level && other.range.end <= command.range.start);
        before.rev().find_map(|other| self.printed_by(other))
    }

    /// Whether what is written is still there at the end of the RUN.
    fn stays(&self, sink: &Sink<'_>) -> bool {
        let mut path: Option<ImagePath> = None;
        let mut stays = true;
        for_each_command(self.item, |command, cwd| {
            if command.range == sink.command.range {
                path = sink.path.and_then(|word| resolve(self.input, self.item, cwd, word));
                stays &= !path.as_ref().is_some_and(|path| self.is_mounted(&path.place));
            } else if command.range.start > sink.command.range.start
                && let Some(call) = Call::of(command)
            {
                let removed = |word: &ShellWord| {
                    let target = resolve(self.input, self.item, cwd, word);
                    let place = path.as_ref().map(|path| &path.place);
                    target.zip(place).is_some_and(|(target, place)| target.covers(place))
                        || sink.is_removed_by(&word.text)
                };
                let is_removal = matches!(call.program, "rm" | "shred" | "unlink");
                stays &= !(sink.is_undone_by(&call) || is_removal && call.arguments.iter().any(removed));
            }
        });
        stays
    }

    fn is_mounted(&self, place: &Place) -> bool {
        let outside = |kind| !matches!(kind, MountKind::Ssh);
        self.run.mounts.iter().filter(|mount| outside(mount.kind)).any(|mount| place.is_within(&mount.target))
    }
}

/// COPY and ADD write the body of their heredoc, variables expanded.
fn check_heredocs(
    input: &Input<'_>,
    item: &StageInstruction,
    destination: &str,
    derived: &[&str],
    findings: &mut Findings,
) {
    for heredoc in item.instruction.heredocs.iter().filter(|heredoc| heredoc.expand) {
        let body = heredoc.body.of(&item.instruction.source);
        for (name, at) in variables(body) {
            if is_declared_secret(input, item, name) || derived.contains(&name) {
                let start = heredoc.body.start + at;
                let end = start + u32::try_from(name.len()).unwrap_or_default();
                let range = TextRange::new(start + item.instruction.start, end + item.instruction.start);
                let message = format!(
                    "`{name}` is written to `{destination}`, which stays in this layer. Mount it in the RUN that needs it: `--mount=type=secret`."
                );
                findings.add(range, message).aliases = Cow::default();
            }
        }
    }
}

/// The names behind each `$` and `${` of a text, with their offsets.
fn variables(text: &str) -> impl Iterator<Item = (&str, u32)> {
    text.match_indices('$').filter_map(|(at, _)| {
        let open = at + 1 + usize::from(text[at + 1..].starts_with('{'));
        let rest = &text[open..];
        let end =
            rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        (end > 0).then(|| (&rest[..end], u32::try_from(open).unwrap_or_default()))
    })
}
