//! How a C or C++ stage is split: the program that a compiler, make, CMake or autotools writes, and the libraries that it links.

mod output;

use semantic::Stage;
use semantic::image_reference::ImageReference;

use super::calls;
use super::distribution::Distribution;
use super::effect::{self, Effect};
use super::launch;
use super::{Artefact, Ecosystem, Plan, Reason, base, files, program, walk};
use crate::context::{Context, Landing, absolute};
use crate::ground;
use crate::offer::Input;

use output::Written;

/// Libraries that come with the C library, or with every image that has a package manager in C++.
const EVERYWHERE: [&str; 9] = ["c", "m", "pthread", "dl", "rt", "util", "resolv", "gcc", "stdc++"];

/// How to split a C or C++ stage.
pub(super) fn plan(input: &Input<'_>, stage: &Stage) -> Result<Plan, Reason> {
    let place = ground::place(input.model);
    let refuse = |text: String| Reason { place, text };
    let launch = launch::of(input.model, stage).map_err(refuse)?;
    let last = program::last_run(stage)?;
    let distribution = Distribution::of(stage).ok_or_else(|| {
        refuse("which distribution the base is made of is not known, and with it the C library that the program is linked to".to_owned())
    })?;
    let image = distribution.image_for(stage);
    if base::is_official(stage, "gcc") {
        only_c(stage).map_err(refuse)?;
    } else if !installs_compiler(stage) {
        return Err(refuse(
            "no step installs a compiler that stays in the image: there is nothing to leave behind"
                .to_owned(),
        ));
    }
    let root = base::working_directory(stage);
    let end = program::final_workdir(stage, root);
    let context = Context::of(input.facts);
    let landing =
        context.as_ref().map(|context| Landing::of(context, &stage.instructions, root)).unwrap_or_default();
    let first = launch.words.first().cloned().unwrap_or_default();
    let candidates = match first.contains('/') {
        true => vec![program::path_of(&first, end.as_deref()).map_err(refuse)?],
        false => ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]
            .iter()
            .map(|folder| format!("{folder}/{first}"))
            .collect(),
    };
    let around = output::Surroundings { stage, context: context.as_ref(), landing: &landing, root };
    let script = candidates.iter().find_map(|path| calls::entry_script(context.as_ref()?, &landing, path));
    if let Some(script) = script {
        return Err(refuse(format!(
            "the container starts with {}, and what that runs of the build is not followed",
            script.path
        )));
    }
    let written = candidates
        .iter()
        .find_map(|path| output::of(&around, path))
        .ok_or_else(|| refuse(format!("no step is known to write {first}, which the container runs")))?;
    let mut plan = Plan {
        links: true,
        application: absolute(&stage.instructions[last].workdir, root),
        ..Plan::new(Ecosystem::C, image.text.clone(), last)
    };
    let name = semantic::path::file_name(&first).to_owned();
    let is_file = matches!(written, Written::File { .. });
    match written {
        Written::File { path, is_certain } => {
            if !is_certain {
                plan.checks.push(format!("that the build writes {path}"));
            }
            plan.artefacts.push(Artefact::new(path, true));
        }
        Written::Installed { folder } => {
            plan.checks.push(format!("that {name} needs no shared library of its own in {folder}/lib"));
            plan.artefacts.push(Artefact::new(folder, false));
        }
    }
    plan.checks.extend(output::own_libraries(&around, &name).filter(|_| is_file));
    plan.checks.extend(compiler_libraries(stage, context.as_ref(), &name));
    plan.called = calls::beside(stage, &launch.wrappers, None, &name);
    calls::lacking(stage, &plan.called, &distribution, &image.text).map_err(refuse)?;
    plan.checks.extend(distribution.check(stage, &image));
    plan.checks.extend(image.check(input.facts));
    files::add(context.as_ref(), stage, root, &name, &[], &mut plan);
    Ok(plan)
}

/// Flags and names by which a program links a library of the compiler's that no smaller image has.
const OF_COMPILER: [(&str, &str); 8] = [
    ("-fopenmp", "libgomp"),
    ("OpenMP", "libgomp"),
    ("-fsanitize", "the sanitizers' libraries"),
    ("-latomic", "libatomic"),
    ("-lquadmath", "libquadmath"),
    ("-lgfortran", "libgfortran"),
    ("-fgnu-tm", "libitm"),
    ("-lobjc", "libobjc"),
];

/// A library of the compiler itself that a step, a variable or a manifest asks for.
fn compiler_libraries(stage: &Stage, context: Option<&Context<'_>>, name: &str) -> Option<String> {
    let steps = stage.instructions.iter().map(|item| &*item.instruction.source);
    let manifests = context.into_iter().flat_map(output::manifests);
    let texts: Vec<&str> = steps.chain(manifests).collect();
    let (asks, library) =
        OF_COMPILER.iter().find(|(asks, _)| texts.iter().any(|text| text.contains(asks)))?;
    Some(format!("that {name} finds {library}, which {asks} may link"))
}

fn installs_compiler(stage: &Stage) -> bool {
    calls::left_installed(stage).iter().any(|package| effect::is_compiler(package))
}

/// The `gcc` image links its own C++ library, which is newer than Debian's, and has many libraries that a small image lacks.
fn only_c(stage: &Stage) -> Result<(), String> {
    for step in walk::steps(stage).iter().filter(|step| effect::of(step.command) == Effect::C) {
        let words = step.words();
        let compiler = words.first().map_or("", |word| semantic::path::file_name(word));
        if !matches!(compiler, "gcc" | "cc" | "strip") {
            return Err(format!(
                "{compiler} of this image may link its own C++ library, which is newer than Debian's: link it statically with -static-libstdc++ -static-libgcc, or build on debian with g++"
            ));
        }
        let linked = words.iter().filter_map(|word| word.strip_prefix("-l"));
        if let Some(library) = linked.into_iter().find(|library| !EVERYWHERE.contains(library)) {
            return Err(format!(
                "the program links lib{library} of this image, and which package has that is not known"
            ));
        }
    }
    Ok(())
}

/// The newest Debian that images of this version of the compiler have been built on.
pub(super) fn default_release(image: &ImageReference) -> Option<&'static str> {
    let tag = image.effective_tag()?;
    if tag == "latest" {
        return Some("stable");
    }
    match tag.split(['.', '-']).next()?.parse::<u32>().ok()? {
        ..=9 => Some("buster"),
        10..=11 => Some("bullseye"),
        12..=13 => Some("bookworm"),
        14..=15 => Some("trixie"),
        _ => None,
    }
}
