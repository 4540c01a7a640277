//! Programs that a stage links to the C library of its image, and that others copy.

use rewrites::Input;
use semantic::path::{Place, is_within};
use semantic::{Base, ContextFacts, Stage, StageInstruction};
use syntax::shell::Command;

use super::call::{Call, is};
use super::image_path::{for_each_command, resolve};
use super::official_image::{Libc, libc, official_name};
use super::stage_copy::StageCopy;

/// How a program came to be linked to the C library.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Linked<'a> {
    /// By Go, which does so where there is a C compiler and nothing forbids it.
    Go(&'a StageInstruction, &'a Command),
    /// By Cargo, which does so on all but musl.
    Cargo,
}

/// How the program at a path of a stage was linked to GNU's C library, if it certainly was.
pub(crate) fn linked<'a>(input: &Input<'a>, copied: StageCopy<'a>, path: &str) -> Option<Linked<'a>> {
    let model = input.model;
    let root = model.root(copied.from.index);
    if libc(root) != Some(Libc::Glibc) {
        return None;
    }
    let stages = model.lineage(copied.from.index);
    let says = |words: &[&str]| {
        let items = stages.iter().flat_map(|stage| &stage.instructions);
        let mut sources = items.map(|item| &item.instruction.source);
        sources.any(|source| words.iter().any(|word| source.contains(word)))
    };
    if path.contains("/target/release/") || path.contains("/target/debug/") {
        let is_static = path.contains("musl") || says(&["musl", "crt-static", "RUSTFLAGS"]);
        return (!is_static && is_rust(root)).then_some(Linked::Cargo);
    }
    if official_name(root)? != "golang" || says(&["CGO_ENABLED", "-static", "netgo", "-linkmode", "musl"]) {
        return None;
    }
    if input.facts.context.as_ref().is_some_and(needs_no_library) {
        return None;
    }
    let (item, command) = stages.iter().find_map(|stage| go_build(input, stage, path))?;
    Some(Linked::Go(item, command))
}

fn is_rust(root: &Base) -> bool {
    official_name(root).is_some_and(|name| matches!(name.as_str(), "rust" | "debian" | "ubuntu"))
}

/// The `go build -o` that writes a path, or into a folder that holds it.
fn go_build<'a>(
    input: &Input<'_>,
    stage: &'a Stage,
    path: &str,
) -> Option<(&'a StageInstruction, &'a Command)> {
    let path = Place::Known(path.to_owned());
    for item in &stage.instructions {
        let mut found = None;
        for_each_command(item, |command, cwd| {
            let Some(call) = Call::of(command) else { return };
            if call.program != "go" || call.subcommand_text() != "build" {
                return;
            }
            let output = call.arguments.iter().position(|word| is(word, "-o"));
            let Some(output) = output.and_then(|at| call.arguments.get(at + 1)) else { return };
            if resolve(input, item, cwd, output).is_some_and(|made| is_made(&made.place, &path)) {
                found = Some(command);
            }
        });
        if let Some(command) = found {
            return Some((item, command));
        }
    }
    None
}

fn is_made(made: &Place, path: &Place) -> bool {
    match (made, path) {
        (Place::Known(made), Place::Known(path)) => made != "/" && is_within(path, made),
        _ => false,
    }
}

/// Whether the sources are known and import nothing that Go takes from the C library: names and addresses (`net`), users (`os/user`), C itself,
/// nor any other module, which may.
fn needs_no_library(context: &ContextFacts) -> bool {
    let mut sources = context.manifests.iter().filter(|(path, _)| path.ends_with(".go")).peekable();
    let imports = |text: &str| {
        text.lines().any(|line| {
            let Some(start) = line.find('"') else { return false };
            let name = line[start + 1..].split('"').next().unwrap_or_default();
            let first = name.split('/').next().unwrap_or_default();
            first == "net" || name == "os/user" || name == "C" || first.contains('.')
        })
    };
    context.complete && sources.peek().is_some() && !sources.any(|(_, text)| imports(text))
}
