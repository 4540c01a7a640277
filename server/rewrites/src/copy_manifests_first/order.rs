//! The order of a stage's steps: the COPY of everything, the install after it, and what lies between.

use semantic::{Copy, Kind, MountKind, Stage, StageInstruction};
use syntax::shell::{Connector, Statement};
use syntax::{Form, Keyword, LocalRange, TextEdit, TextRange};

use super::Reason;
use crate::node::{Manager, NodeCommand, command};
use crate::offer::Input;
use crate::removal;
use crate::split_stages::effect::{self, Effect};
use crate::style::Style;
use crate::variable::uses;

/// A COPY of everything with an install after it.
#[derive(Debug)]
pub(super) struct Order<'a> {
    /// The COPY or ADD.
    pub(super) copy: &'a StageInstruction,
    what: &'a Copy,
    /// The RUN that installs.
    install: &'a StageInstruction,
    /// Where it is cut, if it does more than install.
    cut: Option<Cut>,
    pub(super) manager: Manager,
    pub(super) ignores_scripts: bool,
}

/// Where a RUN is cut in two.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// End of what belongs to the install.
    install_end: u32,
    /// What comes after the COPY.
    rest: LocalRange,
    /// Emptying of caches at the end, which goes with the install; empty where there is none.
    cleanup: LocalRange,
}

/// Finds the steps of a stage; nothing where the install does not come after a COPY of everything.
pub(super) fn find(stage: &Stage) -> Result<Option<Order<'_>>, Reason> {
    let items = &stage.instructions;
    let takes_all = |item: &StageInstruction| {
        item.as_copy().is_some_and(|copy| copy.from.is_none() && copy.takes_whole_context())
    };
    let Some(at) = items.iter().position(takes_all) else { return Ok(None) };
    if items[..at].iter().any(|item| installs(item).is_some()) {
        return Ok(None);
    }
    let copy = &items[at];
    let refuse = |item: &StageInstruction, text: String| Reason { place: item.instruction.range(), text };
    let Some(offset) = items[at + 1..].iter().position(|item| installs(item).is_some()) else {
        let cargo = items[at + 1..].iter().find(|item| {
            item.as_run()
                .is_some_and(|run| run.commands().any(|command| effect::of(command) == Effect::Cargo))
        });
        return match cargo {
            Some(_) => Err(refuse(copy, "cargo compiles dependencies and sources in one step; a cache mount on its registry and target folder helps more".to_owned())),
            None => Ok(None),
        };
    };
    let install = &items[at + 1 + offset];
    let is_absolute = copy.as_copy().is_some_and(|copy| copy.destination.raw.starts_with('/'));
    for between in &items[at + 1..at + 1 + offset] {
        needs_no_sources(between, is_absolute).map_err(|text| refuse(between, text))?;
    }
    let Some(what) = copy.as_copy() else { return Ok(None) };
    if what.place != install.workdir {
        let text = "the install does not run in the folder that everything is copied to".to_owned();
        return Err(refuse(copy, text));
    }
    if what.sources.len() != 1 || what.parents || !what.exclude.is_empty() {
        return Err(refuse(copy, "it copies more than the context as it is".to_owned()));
    }
    let Some((manager, ignores_scripts)) = installs(install) else { return Ok(None) };
    let cut = cut(install).map_err(|text| refuse(install, text))?;
    Ok(Some(Order { copy, what, install, cut, manager, ignores_scripts }))
}

/// The manager with which a RUN installs the project, and whether it runs no scripts.
fn installs(item: &StageInstruction) -> Option<(Manager, bool)> {
    item.as_run()?.commands().find_map(|found| match command::of_command(found) {
        Some(NodeCommand::Install { manager, .. }) => {
            let ignores = found.words.iter().any(|word| word.text.starts_with("--ignore-scripts"));
            Some((manager, ignores))
        }
        _ => None,
    })
}

/// Whether an instruction between finds the same without the sources; `is_absolute` says that these go to a path from `/`.
fn needs_no_sources(item: &StageInstruction, is_absolute: bool) -> Result<(), String> {
    let line = item.instruction.line + 1;
    match &item.kind {
        Kind::Run(run) => {
            let is_fine = run.is_understood() && run.commands().all(|command| is_free(&effect::of(command)));
            if is_fine {
                Ok(())
            } else {
                Err(format!("RUN on line {line} may work on the files copied before it"))
            }
        }
        Kind::Copy(_) | Kind::Add(_) => {
            Err(format!("another copy on line {line} comes between it and the install"))
        }
        Kind::Workdir(..) if is_absolute => Ok(()),
        Kind::Workdir(..) => Err(format!("WORKDIR on line {line} comes between it and the install")),
        Kind::Onbuild | Kind::Unknown => Err(format!("line {line} comes between it and the install")),
        _ => Ok(()),
    }
}

/// Whether a command has nothing to do with the sources.
fn is_free(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Nothing
            | Effect::Users
            | Effect::Packages(_)
            | Effect::Credentials
            | Effect::Removal
            | Effect::Directories(_)
            | Effect::Node(NodeCommand::InstallGlobal(_) | NodeCommand::Harmless | NodeCommand::Config)
    )
}

/// Where to cut the RUN that installs; nothing where it does no more than that.
fn cut(item: &StageInstruction) -> Result<Option<Cut>, String> {
    let line = item.instruction.line + 1;
    let Some(script) = item.as_run().and_then(|run| run.script.as_ref()).filter(|script| script.clean) else {
        return Err(format!("the script of RUN on line {line} is not fully understood"));
    };
    let is_install = |statement: &Statement| {
        statement
            .commands
            .iter()
            .any(|found| matches!(command::of_command(found), Some(NodeCommand::Install { .. })))
    };
    let statements = &script.statements;
    let Some(last) = statements.iter().rposition(is_install) else { return Ok(None) };
    let (first, rest) = statements.split_at(last + 1);
    for command in first.iter().flat_map(|statement| &statement.commands) {
        let effect = effect::of(command);
        let is_its_own = matches!(&effect, Effect::Node(NodeCommand::Install { .. }));
        if !is_its_own && !is_free(&effect) {
            return Err(format!(
                "RUN on line {line} does more before it installs, which may need the sources"
            ));
        }
    }
    let kept = rest.len() - rest.iter().rev().take_while(|statement| empties_cache(statement)).count();
    if kept == 0 {
        return Ok(None);
    }
    let is_plain =
        item.instruction.arguments.form == Some(Form::Shell) && item.instruction.heredocs.is_empty();
    let joined = statements.iter().skip(1).all(|statement| statement.connector == Some(Connector::And));
    if !is_plain || !joined {
        return Err(format!(
            "RUN on line {line} does more than install, and is not joined by && alone: it cannot be cut"
        ));
    }
    let keeps_state = first.iter().flat_map(|statement| &statement.commands).any(|command| {
        command.words.is_empty()
            || matches!(command.program(), Some("export" | "set" | "." | "source" | "umask" | "alias"))
    });
    if keeps_state {
        return Err(format!("RUN on line {line} sets something for its later commands: it cannot be cut"));
    }
    let writes = first
        .iter()
        .flat_map(|statement| &statement.commands)
        .any(|command| effect::of(command) == Effect::Credentials);
    if writes {
        return Err(format!(
            "RUN on line {line} writes credentials that a layer of the install alone would keep: mount them first (mount-secrets)"
        ));
    }
    let (work, cleanup) = rest.split_at(kept);
    let span = |statements: &[Statement]| match statements {
        [first, .., last] => LocalRange::new(first.range.start, last.range.end),
        [only] => only.range,
        [] => LocalRange::default(),
    };
    Ok(Some(Cut { install_end: first[last].range.end, rest: span(work), cleanup: span(cleanup) }))
}

/// Whether a statement does nothing but empty a cache of an install.
fn empties_cache(statement: &Statement) -> bool {
    const CACHES: [&str; 9] = [
        "~/.npm",
        "/root/.npm",
        "~/.cache",
        "/root/.cache",
        "/tmp/",
        "/var/cache/",
        "/var/lib/apt/lists",
        "/usr/local/share/.cache",
        "$HOME/.npm",
    ];
    statement.commands.iter().all(|found| match command::of_command(found) {
        Some(NodeCommand::CleanCache) => true,
        _ => {
            let is_cache =
                |text: &str| !text.contains("npmrc") && CACHES.iter().any(|cache| text.starts_with(cache));
            found.program() == Some("rm")
                && found
                    .words
                    .iter()
                    .skip(1)
                    .filter(|word| !word.text.starts_with('-'))
                    .all(|word| is_cache(&word.text))
        }
    })
}

/// The edits: what is copied first, each with its folder, then the install, then everything.
pub(super) fn edits(input: &Input<'_>, order: &Order<'_>, copies: &[(Vec<String>, String)]) -> Vec<TextEdit> {
    let document = &input.model.document;
    let text = document.text();
    let style = Style::of(input);
    let newline = style.newline;
    let block = removal::block(document, &order.copy.instruction);
    let first: Vec<String> =
        copies.iter().map(|(files, folder)| copy_of(order, files, folder, style)).collect();
    let line_end = &text[order.copy.instruction.range().end as usize..block.lines.end as usize];
    let mut edits =
        vec![TextEdit { range: block.lines, new_text: format!("{}{line_end}", first.join(newline)) }];
    let after = removal::line_end(&text, block.lines.end as usize);
    let is_airy = text[block.lines.end as usize..after].trim().is_empty() && !line_end.is_empty();
    let gap = if is_airy { format!("{newline}{newline}") } else { newline.to_owned() };
    let everything = format!("{}{}", block.comments, order.copy.instruction.source);
    let install = &order.install.instruction;
    let mut moved = format!("{gap}{everything}");
    let end = match order.cut {
        None => install.range().end,
        Some(cut) => {
            let comments: Vec<&str> = LocalRange::new(cut.install_end, cut.rest.start)
                .of(&install.source)
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with('#'))
                .collect();
            moved.push_str(&gap);
            for comment in comments {
                moved.push_str(comment);
                moved.push_str(newline);
            }
            let rest = cut.rest.of(&install.source);
            let kept = &install.source[install.arguments.range.start as usize..cut.install_end as usize];
            let keyword = install.keyword_range.of(&install.source);
            let flags = flags_of_rest(order, kept, rest);
            moved.push_str(&format!("{keyword} {flags}{rest}"));
            if cut.cleanup.start < cut.cleanup.end {
                moved.insert_str(0, &format!(" && {}", cut.cleanup.of(&install.source)));
            }
            install.start + cut.install_end
        }
    };
    edits.push(TextEdit { range: TextRange::new(end, install.range().end), new_text: moved });
    edits
}

/// COPY of some files into a folder below the place of everything, with the flags of the COPY of everything.
fn copy_of(order: &Order<'_>, files: &[String], folder: &str, style: Style) -> String {
    let instruction = &order.copy.instruction;
    let flags = instruction.flags.iter().map(|flag| format!("{} ", flag.range.of(&instruction.source)));
    let destination = match order.what.destination.raw.trim_end_matches('/') {
        "" => "/".to_owned(),
        other => format!("{other}/"),
    };
    let destination = match folder {
        "." => destination,
        folder => format!("{destination}{folder}/"),
    };
    let mut words: Vec<&str> = files.iter().map(String::as_str).collect();
    words.push(&destination);
    let keyword = style.keyword(Keyword::Copy);
    let flags: String = flags.collect();
    if words.iter().any(|word| word.contains(char::is_whitespace)) {
        let quoted: Vec<String> =
            words.iter().map(|word| serde_json::Value::from(*word).to_string()).collect();
        return format!("{keyword} {flags}[{}]", quoted.join(", "));
    }
    format!("{keyword} {flags}{}", words.join(" "))
}

/// The flags that the second half of a RUN needs: a secret only where it is used, no cache of the package manager.
fn flags_of_rest(order: &Order<'_>, install: &str, rest: &str) -> String {
    let instruction = &order.install.instruction;
    let mounts = order.install.as_run().map_or(&[][..], |run| &run.mounts);
    let kept = instruction.flags.iter().filter(|flag| {
        let place = instruction.place(flag.range);
        let Some(mount) = mounts.iter().find(|mount| mount.range == place) else { return true };
        let target = mount.target.known().unwrap_or_default();
        match mount.kind {
            MountKind::Secret => {
                let is_used = |text: &str| {
                    mount.env.as_deref().is_some_and(|name| uses(text, name))
                        || (!target.is_empty() && text.contains(target))
                };
                let is_settings = target.ends_with(".npmrc");
                is_used(rest) || !(is_used(install) || is_settings)
            }
            MountKind::Cache => ![".npm", "yarn", "pnpm"].iter().any(|name| target.contains(name)),
            _ => true,
        }
    });
    kept.map(|flag| format!("{} ", flag.range.of(&instruction.source))).collect()
}
