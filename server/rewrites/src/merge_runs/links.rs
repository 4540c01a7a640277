//! Which neighbouring RUNs belong into one layer: one needs the package lists that another fetched, or removes what it made.

use semantic::StageInstruction;

use crate::analysis::call::Call;
use crate::analysis::image_path::{for_each_command, resolve};
use crate::analysis::install::{System, SystemCommand, is_harmless};
use crate::analysis::made::{MadeFiles, is_mounted};
use crate::offer::Input;

/// The first and the last of RUNs that belong together, by position among their neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The links among RUNs that follow each other. In a stage that is not shipped it does not matter what its layers hold.
pub(super) fn of(input: &Input<'_>, runs: &[&StageInstruction], is_shipped: bool) -> Vec<Link> {
    let mut links: Vec<Link> = (0..runs.len()).filter_map(|last| index(runs, last)).collect();
    if is_shipped {
        let made: Vec<MadeFiles> = runs
            .iter()
            .map(|item| {
                let mut made = MadeFiles::default();
                made.take(input, item);
                made
            })
            .collect();
        links.extend((1..runs.len()).filter_map(|last| removal(input, runs, &made, last)));
    }
    links.retain(|link| runs[link.first + 1..link.last].iter().all(|between| is_quick(between)));
    links
}

/// A RUN that installs from the lists that one above fetched: where its packages change, the lists come from the cache, and are old.
fn index(runs: &[&StageInstruction], last: usize) -> Option<Link> {
    let apt = |item: &'_ StageInstruction| -> Vec<Apt> {
        let commands = item.as_run().into_iter().flat_map(|run| run.commands());
        commands.filter_map(Apt::of).collect()
    };
    let needs = apt(runs[last]).into_iter().find(|step| *step != Apt::Clean);
    if needs != Some(Apt::Install) {
        return None;
    }
    let first = (0..last).rev().find_map(|position| {
        let steps = apt(runs[position]);
        let found = steps.iter().rev().find(|step| **step != Apt::Install)?;
        Some((*found == Apt::Update).then_some(position))
    })??;
    Some(Link { first, last })
}

/// What a command of apt means for its lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Apt {
    Update,
    Install,
    Clean,
}

impl Apt {
    fn of(command: &syntax::shell::Command) -> Option<Self> {
        let call = Call::of(command)?;
        let removes_lists = || call.arguments.iter().any(|word| word.text.contains("/var/lib/apt/lists"));
        if call.program == "rm" && removes_lists() {
            return Some(Self::Clean);
        }
        let apt = SystemCommand::of(call).filter(|command| command.system == System::Apt)?;
        match apt.subcommand {
            "update" => Some(Self::Update),
            "distclean" | "dist-clean" => Some(Self::Clean),
            _ if apt.installs() || matches!(apt.subcommand, "upgrade" | "dist-upgrade" | "full-upgrade") => {
                Some(Self::Install)
            }
            _ => None,
        }
    }
}

/// A RUN that removes what one above made: the earliest.
fn removal(input: &Input<'_>, runs: &[&StageInstruction], made: &[MadeFiles], last: usize) -> Option<Link> {
    let item = runs[last];
    let mut first = None;
    let mut here = MadeFiles::default();
    let mut found = |position: Option<usize>| {
        first = match (first, position) {
            (Some(one), Some(other)) => Some(usize::min(one, other)),
            (one, other) => one.or(other),
        };
    };
    for_each_command(item, |command, cwd| {
        let Some(call) = Call::of(command) else { return };
        let earlier = &made[..last];
        if matches!(call.program, "rm" | "unlink") {
            for word in call.arguments.iter().filter(|word| !word.text.starts_with('-')) {
                let path = resolve(input, item, cwd, word)
                    .filter(|path| !is_mounted(item, &path.place) && here.covered_by(path, input).is_none());
                let Some(path) = path else { continue };
                found(earlier.iter().position(|made| made.covered_by(&path, input).is_some()));
            }
        } else if let Some(system) = SystemCommand::of(call) {
            if system.removes() {
                for name in system.packages().filter_map(|word| word.value.as_deref()) {
                    found(earlier.iter().position(|made| made.installed(name).is_some()));
                }
            } else if system.subcommand == "clean" {
                found(earlier.iter().position(|made| made.ran(call.program).is_some()));
            }
        } else if call.subcommand_text() == "cache"
            && call.values().any(|value| matches!(value, "clean" | "purge"))
        {
            found(earlier.iter().position(|made| made.ran(call.program).is_some()));
        }
        here.take_command(input, item, command, cwd);
    });
    first.map(|first| Link { first, last })
}

/// Whether a RUN that lies between only moves files about or installs packages of the distribution: to run it again costs no more than the
/// others.
fn is_quick(item: &StageInstruction) -> bool {
    item.as_run().is_some_and(|run| {
        run.is_understood()
            && run.commands().all(|command| match Call::of(command) {
                Some(call) => is_harmless(call.program) || SystemCommand::of(call).is_some(),
                None => command.words.is_empty(),
            })
    })
}
