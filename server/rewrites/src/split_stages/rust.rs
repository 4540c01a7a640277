//! How a Rust stage is split: the program that cargo builds, whether it is static, and what it needs beside it.

use semantic::{Kind, Lookup, Scope, Stage};

use super::base;
use super::distribution::Distribution;
use super::effect;
use super::launch;
use super::{Artefact, Ecosystem, Plan, Reason, files, program, scratch};
use crate::context::{Context, absolute};
use crate::ground;
use crate::offer::Input;

/// Packages of `Cargo.lock` that look for the system's certificates at run time.
const NATIVE_CERTIFICATES: [&str; 4] =
    ["rustls-native-certs", "openssl-probe", "rustls-platform-verifier", "native-tls"];

/// Packages that link a shared library of the system, and which.
const SHARED_LIBRARIES: [(&str, &str); 4] = [
    ("openssl-sys", "OpenSSL"),
    ("pq-sys", "libpq"),
    ("mysqlclient-sys", "libmysqlclient"),
    ("rdkafka-sys", "librdkafka"),
];

/// How to split a Rust stage.
pub(super) fn plan(input: &Input<'_>, stage: &Stage) -> Result<Plan, Reason> {
    let place = ground::place(input.model);
    let refuse = |text: String| Reason { place, text };
    let launch = launch::of(input.model, stage).map_err(refuse)?;
    let program = launch.words.first().cloned().unwrap_or_default();
    if matches!(program.as_str(), "cargo" | "rustup" | "cargo-watch") {
        return Err(refuse(format!(
            "the container runs {program}, which works on the sources: let CMD run the program that is built"
        )));
    }
    let last = program::last_run(stage)?;
    let root = base::working_directory(stage);
    let workdir = absolute(&stage.instructions[last].workdir, root);
    let end = program::final_workdir(stage, root);
    let built = match program.contains('/') {
        true => by_path(stage, &program, end.as_deref(), root),
        false => installed(stage, &program),
    };
    let Built { artefact, triple, name } = built.map_err(refuse)?;
    let context = Context::of(input.facts);
    if let Some(context) = &context {
        known_program(context, &name).map_err(refuse)?;
    }
    let is_static = is_static(input, stage, last, triple.as_deref(), context.as_ref());
    let mut plan = Plan {
        artefacts: vec![artefact],
        has_shell: !is_static,
        links: !is_static,
        application: workdir,
        ..Plan::new(Ecosystem::Rust, "scratch", last)
    };
    if is_static {
        for_scratch(stage, launch.by_shell, context.as_ref(), &mut plan).map_err(refuse)?;
    } else {
        let base = base::debian(stage).ok_or_else(|| {
            refuse("the program is not static, and the tag of the base names no Debian release (as rust:1-bookworm does) whose slim image would have the same C library".to_owned())
        })?;
        let lock = context.as_ref().and_then(lock_file);
        let linked = SHARED_LIBRARIES.iter().find(|(name, _)| {
            lock.is_some_and(|lock| has_package(lock, name) && !has_package(lock, "openssl-src"))
        });
        if let Some((_, library)) = linked {
            return Err(refuse(format!(
                "the program is not static and links {library}, which a slim image does not have"
            )));
        }
        plan.checks.push(format!("that {} has every shared library that the program needs", base.text));
        plan.base = base.text;
    }
    files::add(context.as_ref(), stage, root, &name, &[], &mut plan);
    if !program::sets_workdir(stage) {
        program::move_to_root(end.as_deref(), program.starts_with('/'), &name, &mut plan);
    }
    Ok(plan)
}

/// The program that the container runs, as cargo builds it.
struct Built {
    artefact: Artefact,
    triple: Option<String>,
    name: String,
}

/// A program that CMD names by its path.
fn by_path(stage: &Stage, program: &str, workdir: Option<&str>, root: Option<&str>) -> Result<Built, String> {
    let path = program::path_of(program, workdir)?;
    let source = program::origin(stage, &path, root).unwrap_or_else(|| path.clone());
    let (triple, name) = cargo_output(&source)
        .ok_or_else(|| format!("{program}, which the container runs, is not known to be written by cargo"))?;
    Ok(Built { artefact: Artefact::new(path, true), triple, name })
}

/// A program that `cargo install` puts where PATH of the official image leads; `/usr/local/bin` is on every PATH.
fn installed(stage: &Stage, program: &str) -> Result<Built, String> {
    let unknown = || format!("CMD runs {program} by a search of PATH: name the program that is built from /");
    let runs = stage.instructions.iter().filter_map(|item| item.as_run());
    let words = runs
        .flat_map(|run| run.commands())
        .map(|command| command.words.iter().map(effect::text).collect::<Vec<_>>())
        .find(|words| {
            words.starts_with(&["cargo".to_owned(), "install".to_owned()])
                && program::option(words, "--path").is_some()
        })
        .ok_or_else(unknown)?;
    let sets_path = stage.instructions.iter().any(|item| match &item.kind {
        Kind::Env(pairs) => pairs
            .iter()
            .any(|(name, _)| matches!(name.raw.as_str(), "PATH" | "CARGO_HOME" | "CARGO_INSTALL_ROOT")),
        _ => false,
    });
    let is_official = base::is_official(stage, "rust");
    let folder = match program::option(&words, "--root") {
        _ if sets_path => return Err(unknown()),
        Some(root) if root.starts_with('/') => format!("{}/bin", root.trim_end_matches('/')),
        None if is_official => "/usr/local/cargo/bin".to_owned(),
        _ => return Err(unknown()),
    };
    let artefact = Artefact {
        path: format!("{folder}/{program}"),
        target: format!("/usr/local/bin/{program}"),
        is_file: true,
    };
    Ok(Built { artefact, triple: program::option(&words, "--target"), name: program.to_owned() })
}

/// The target triple, where the path has one, and the program's name, of a path such as `…/target/x86_64-unknown-linux-musl/release/app`.
fn cargo_output(path: &str) -> Option<(Option<String>, String)> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [.., "target", triple, "release" | "debug", name] => {
            Some((Some((*triple).to_owned()), (*name).to_owned()))
        }
        [.., "target", "release" | "debug", name] => Some((None, (*name).to_owned())),
        _ => None,
    }
}

/// Whether cargo's manifests have a program of this name, where they are known.
fn known_program(context: &Context<'_>, name: &str) -> Result<(), String> {
    let mut manifests = context
        .below(".")
        .filter(|path| path.ends_with("Cargo.toml") && !path.contains("target/"))
        .peekable();
    if manifests.peek().is_none() {
        return Err("Cargo.toml is not in the build context".to_owned());
    }
    let mut is_certain = true;
    for path in manifests {
        let Some(text) = context.manifest(path) else {
            is_certain = false;
            continue;
        };
        let names = text.lines().filter_map(|line| {
            let (key, value) = line.split_once('=')?;
            (key.trim() == "name").then(|| value.trim().trim_matches(['"', '\'']))
        });
        if names.into_iter().any(|found| found == name) {
            return Ok(());
        }
    }
    let by_file = [format!("src/bin/{name}.rs"), format!("src/bin/{name}/main.rs")];
    let is_file = context.below(".").any(|path| by_file.iter().any(|end| path.ends_with(end)));
    if is_file || !is_certain {
        return Ok(());
    }
    Err(format!("no Cargo.toml of the build context has a program named {name}, which the container runs"))
}

/// Whether the program needs no shared library: built for musl, or with the C library linked in.
fn is_static(
    input: &Input<'_>,
    stage: &Stage,
    last: usize,
    triple: Option<&str>,
    context: Option<&Context<'_>>,
) -> bool {
    let scope = stage
        .instructions
        .get(last)
        .map_or(Scope { stage: Some(stage.index), visible: 0 }, |item| item.scope);
    let flags = ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS"].iter().find_map(|name| {
        match input.model.lookup(scope, name) {
            Lookup::Value(value) => Some(value.to_owned()),
            _ => None,
        }
    });
    let mut flags = flags.unwrap_or_default();
    if let Some(text) = context.and_then(|context| {
        context.manifest(".cargo/config.toml").or_else(|| context.manifest(".cargo/config"))
    }) {
        flags.push_str(text);
    }
    for item in &stage.instructions {
        let Some(run) = item.as_run() else { continue };
        for assignment in run
            .commands()
            .flat_map(|command| &command.assignments)
            .filter(|assignment| assignment.name == "RUSTFLAGS")
        {
            flags.push_str(&assignment.value.text);
        }
    }
    if flags.contains("-crt-static") {
        return false;
    }
    let is_musl_host = base::is_official(stage, "rust")
        && Distribution::of(stage).is_some_and(|distribution| distribution.is_musl());
    match triple {
        Some(triple) => triple.contains("musl") || flags.contains("+crt-static"),
        None => is_musl_host,
    }
}

/// What a static program needs on `scratch`.
fn for_scratch(
    stage: &Stage,
    by_shell: bool,
    context: Option<&Context<'_>>,
    plan: &mut Plan,
) -> Result<(), String> {
    if let Some(obstacle) = scratch::obstacle(stage, by_shell, &plan.artefacts[0].path) {
        return Err(obstacle);
    }
    plan.artefacts.extend(scratch::users(stage));
    match context.and_then(lock_file) {
        Some(lock) => {
            if NATIVE_CERTIFICATES.iter().any(|name| has_package(lock, name)) {
                let path = "/etc/ssl/certs/ca-certificates.crt".to_owned();
                plan.artefacts.push(Artefact::new(path, true));
                if base::working_directory(stage).is_none() {
                    plan.checks
                        .push("that the build image has /etc/ssl/certs/ca-certificates.crt".to_owned());
                }
            }
            if has_package(lock, "tempfile") {
                plan.checks.push("that the program needs no /tmp, which scratch does not have".to_owned());
            }
        }
        None => plan
            .checks
            .push("that the program needs no CA certificates (there is no Cargo.lock to tell)".to_owned()),
    }
    Ok(())
}

fn lock_file<'a>(context: &Context<'a>) -> Option<&'a str> {
    context.manifest("Cargo.lock")
}

fn has_package(lock: &str, name: &str) -> bool {
    lock.lines().any(|line| line.trim() == format!("name = \"{name}\""))
}
