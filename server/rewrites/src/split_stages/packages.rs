//! The packages of the distribution that a RUN installs: which of them the running program needs, and the RUN with those alone.

use semantic::{Run, StageInstruction};
use syntax::shell::{Command, Script};

use super::distribution::Distribution;
use super::effect::{self, Effect, is_build_package};
use super::libraries;

/// The packages that a RUN installs, told apart.
#[derive(Debug, Default)]
pub(super) struct Packages {
    build: Vec<String>,
    /// Those to compile against, whose libraries are in a package that is not known.
    pub(super) libraries: Vec<String>,
    /// Those to compile with or against, with the packages that have their libraries; empty where there is none.
    linked: Vec<(String, &'static str)>,
    runtime: Vec<String>,
}

impl Packages {
    /// Takes in what a command installs. `called` are programs that the container calls.
    pub(super) fn add(&mut self, names: Vec<String>, called: &[String], distribution: Option<&Distribution>) {
        for name in names {
            if let Some(library) = compiled_in(&name, distribution) {
                self.linked.push((name, library));
            } else if is_left_behind(&name, called) {
                self.build.push(name);
            } else if !libraries::is_development(&name) {
                self.runtime.push(name);
            } else if let Some(library) = libraries::at_run_time(&name, distribution) {
                self.linked.push((name, library));
            } else {
                self.libraries.push(name);
            }
        }
    }

    /// Whether anything of it is for the running program.
    pub(super) fn has_runtime(&self, links: bool) -> bool {
        !self.runtime.is_empty() || links && self.linked.iter().any(|(_, library)| !library.is_empty())
    }

    pub(super) fn wanted(&self, links: bool) -> String {
        let libraries =
            self.linked.iter().map(|(_, library)| *library).filter(|library| links && !library.is_empty());
        self.runtime.iter().map(String::as_str).chain(libraries).collect::<Vec<_>>().join(", ")
    }

    /// What stands in the run-time stage in a package's place: itself, its library, or nothing.
    fn instead(&self, name: &str, links: bool) -> Option<&str> {
        if let Some((_, library)) = self.linked.iter().find(|(package, _)| package == name) {
            return Some(if links { library } else { "" });
        }
        self.build.iter().chain(&self.libraries).any(|left_out| left_out == name).then_some("")
    }
}

/// Whether a package stays in the build stage: only builds use it, and the container does not call it.
pub(super) fn is_left_behind(package: &str, called: &[String]) -> bool {
    let is_called = || called.iter().any(|program| package_of(program) == effect::bare(package));
    is_build_package(package) && !is_called()
}

/// Whether an installed package has a program, and the run-time stage has that package too.
pub(super) fn brings(package: &str, program: &str) -> bool {
    let name = package_of(program);
    match is_build_package(package) {
        true => effect::bare(package) == name,
        false => !libraries::is_development(package) && package.starts_with(name),
    }
}

/// The package that has a program, where it is named otherwise.
fn package_of(program: &str) -> &str {
    match program {
        "psql" | "pg_isready" | "pg_dump" => "postgresql",
        "mysql" | "mysqladmin" => "mysql",
        "nc" => "netcat",
        "redis-cli" => "redis",
        "ps" | "pgrep" | "pkill" => "procps",
        "ssh" | "scp" | "sftp" => "openssh-client",
        "gpg" => "gnupg",
        "xz" => "xz-utils",
        other => other,
    }
}

/// The libraries of a compiler's own that what it compiled may link, and that a small image lacks.
fn compiled_in(package: &str, distribution: Option<&Distribution>) -> Option<&'static str> {
    match (effect::bare(package), distribution.is_some_and(Distribution::is_musl)) {
        ("g++" | "build-base" | "alpine-sdk", true) => Some("libstdc++"),
        ("rustc" | "cargo", true) => Some("libgcc"),
        ("gfortran", true) => Some("libgfortran"),
        ("gfortran", false) => Some("libgfortran5"),
        _ => None,
    }
}

/// The RUN with what the running program needs of its packages; absent where a comment is in the way.
pub(super) fn at_run_time(
    item: &StageInstruction,
    run: &Run,
    packages: &Packages,
    links: bool,
) -> Option<String> {
    let source = &item.instruction.source;
    let commands: Vec<&Command> = run.commands().collect();
    with_libraries(source, 0, source.len(), &commands, packages, links)
}

/// The statements of a RUN that install packages and clean up after that, of a RUN that also builds.
pub(super) fn installs_alone(
    item: &StageInstruction,
    script: &Script,
    packages: &Packages,
    links: bool,
) -> Option<String> {
    let source = &item.instruction.source;
    let is_of_packages = |command: &Command| match effect::of(command) {
        Effect::Packages(_) => true,
        Effect::Removal => command.words.iter().any(|word| {
            matches!(word.text.as_str(), "update" | "clean") || word.text.starts_with("/var/lib/apt/lists")
        }),
        _ => false,
    };
    let mut texts = Vec::new();
    for statement in &script.statements {
        if !statement.commands.iter().all(is_of_packages) {
            continue;
        }
        let commands: Vec<&Command> = statement.commands.iter().collect();
        let (start, end) = (statement.range.start as usize, statement.range.end as usize);
        texts.push(with_libraries(source, start, end, &commands, packages, links)?);
    }
    let keyword = item.instruction.keyword_range.of(source);
    let is_plain = item.instruction.heredocs.is_empty() && !texts.is_empty();
    is_plain.then(|| format!("{keyword} {}", texts.join(" && ")))
}

/// A part of a RUN with the packages that the running program needs, of those that its commands install.
fn with_libraries(
    source: &str,
    from: usize,
    to: usize,
    commands: &[&Command],
    packages: &Packages,
    links: bool,
) -> Option<String> {
    let mut kept = String::new();
    let mut at = from;
    let mut named: Vec<&str> = Vec::new();
    for command in commands {
        if !matches!(effect::of(command), Effect::Packages(_)) {
            continue;
        }
        for pair in command.words.windows(2) {
            let name = effect::text(&pair[1]);
            let Some(instead) = packages.instead(&name, links) else { continue };
            let (start, end) = (pair[0].range.end as usize, pair[1].range.end as usize);
            let new: Vec<&str> = instead.split_whitespace().filter(|name| !named.contains(name)).collect();
            if !new.is_empty() {
                kept.push_str(source.get(at..pair[1].range.start as usize)?);
                kept.push_str(&new.join(" "));
                named.extend(new);
                at = end;
                continue;
            }
            let cut = source.get(start..end)?;
            if cut.lines().any(|line| line.trim_start().starts_with('#')) {
                return None;
            }
            kept.push_str(source.get(at..start)?);
            at = end;
        }
    }
    kept.push_str(source.get(at..to)?);
    Some(kept)
}
