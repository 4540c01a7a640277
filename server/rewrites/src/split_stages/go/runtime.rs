//! What a Go program runs on: `scratch` where it is static and asks the system for nothing, else its distribution's smallest image.

use semantic::image_reference::ImageReference;
use semantic::path::is_within;
use semantic::{Base, Kind, Stage};

use super::build::{Built, Surroundings};
use super::distribution;
use super::modules;
use super::sources::Module;
use crate::split_stages::calls::{self, EntryScript};
use crate::split_stages::distribution::Distribution;
use crate::split_stages::effect::{self, Effect};
use crate::split_stages::launch::Launch;
use crate::split_stages::{Artefact, Plan, base, scratch, walk};

/// Go's own list of time zones, which a program finds where it was compiled.
const GO_ZONES: &str = "/usr/local/go/lib/time/zoneinfo.zip";
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// What of the system a program's own sources may ask for that `scratch` lacks.
const TEMPORARY: [&str; 15] = [
    "os.CreateTemp(",
    "os.MkdirTemp(",
    "os.TempDir(",
    "ioutil.TempFile(",
    "ioutil.TempDir(",
    "os.UserHomeDir(",
    "os.UserCacheDir(",
    // What of an upload is longer than its part of memory goes to a temporary file: pkg.go.dev/mime/multipart.
    ".ParseMultipartForm(",
    ".FormFile(",
    ".FormValue(",
    ".PostFormValue(",
    ".MultipartForm(",
    ".PostForm(",
    ".ReadForm(",
    ".ShouldBind(",
];

/// How a program is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Linking {
    /// It needs no shared library.
    Static,
    /// It needs the C library, and for certain no other.
    CLibrary,
    /// It may need others too.
    Unknown,
}

/// Chooses the base of the run-time stage and adds what the program needs of the build's system.
pub(super) fn choose(
    around: &Surroundings<'_>,
    launch: &Launch,
    script: Option<&EntryScript>,
    main: &Built<'_>,
    module: Option<&Module<'_>>,
    name: &str,
    plan: &mut Plan,
) -> Result<(), String> {
    let stage = around.stage;
    let linking = linking(around, main, module);
    let obstacle =
        obstacle(stage, launch, script, module, &plan.artefacts[0].path, plan.application.as_deref());
    if linking == Linking::Static && obstacle.is_none() {
        plan.base = "scratch".to_owned();
        plan.has_shell = false;
        plan.artefacts.extend(scratch::users(stage));
        let looks_up = module.is_some_and(modules::looks_up_users);
        if looks_up && scratch::users(stage).is_empty() {
            plan.artefacts.extend(scratch::user_files());
        }
        if module.is_none_or(|module| module.imports.is_none() || modules::may_ask(module)) {
            plan.checks.push(format!("that {name} needs no other program and no /tmp"));
        }
    } else {
        let (distribution, image) = distribution(stage).ok_or_else(|| match (linking, &obstacle) {
            (Linking::Static, Some(obstacle)) => obstacle.clone(),
            _ => "the program may be linked to the C library of its base, and which distribution that is is not known: build it with CGO_ENABLED=0".to_owned(),
        })?;
        plan.called = calls::beside(stage, &launch.wrappers, script, name);
        calls::lacking(stage, &plan.called, &distribution, &image.text)?;
        if let Some(script) = script.filter(|script| script.calls.is_none()) {
            plan.checks.push(format!("that {} has the programs that {} calls", image.text, script.path));
        }
        if module.is_some_and(|module| modules::calls_programs(module) || modules::may_ask(module)) {
            plan.checks.push(format!("that {} has the programs that {name} may call", image.text));
        }
        match (linking, distribution.check(stage, &image)) {
            (Linking::Static, _) => {}
            (_, Some(check)) => plan.checks.push(check),
            // Go's own images have no library to link but what the file installs.
            (Linking::Unknown, None) if base::is_official(stage, "golang") => {}
            (Linking::Unknown, None) => {
                plan.checks.push(format!("that {} has every shared library that {name} needs", image.text));
            }
            (Linking::CLibrary, None) => {}
        }
        plan.links = linking == Linking::Unknown;
        plan.checks.extend(image.check(around.input.facts));
        plan.base = image.text;
    }
    certificates(stage, module, plan);
    time_zones(stage, main, module, name, plan);
    Ok(())
}

/// Why `scratch` will not do, as one sentence.
fn obstacle(
    stage: &Stage,
    launch: &Launch,
    script: Option<&EntryScript>,
    module: Option<&Module<'_>>,
    program: &str,
    application: Option<&str>,
) -> Option<String> {
    if let Some(script) = script {
        return Some(format!("{} needs a shell, which scratch does not have", script.path));
    }
    if let Some(wrapper) = launch.wrappers.first() {
        return Some(format!("the container starts through {wrapper}, which scratch does not have"));
    }
    if let Some(directory) = made_directory(stage, application) {
        return Some(format!("a step makes {directory}, which needs a shell, and scratch has none"));
    }
    let by_module = module.and_then(|module| {
        let asks = |what: &str| format!("the program {what}, which scratch does not have");
        if modules::calls_programs(module) {
            return Some(asks("calls other programs"));
        }
        module.says(&TEMPORARY).then(|| asks("asks for a folder of temporary files or a home"))
    });
    scratch::obstacle(stage, launch.by_shell, program).or(by_module)
}

/// A directory that a step makes for the running program: none of the build's own.
fn made_directory(stage: &Stage, application: Option<&str>) -> Option<String> {
    let steps = walk::steps(stage);
    let mut made = steps.iter().flat_map(|step| match effect::of(step.command) {
        Effect::Directories(paths) => paths,
        _ => Vec::new(),
    });
    let is_for_build = |path: &str| {
        !path.starts_with('/')
            || path.starts_with("/tmp")
            || path.starts_with("/go")
            || application
                .is_some_and(|application| is_within(application, path) || is_within(path, application))
    };
    made.find(|path| !is_for_build(path) && !built_into(&steps, path))
}

/// Whether a step names the directory as the place of what it builds or copies.
fn built_into(steps: &[walk::Step<'_>], directory: &str) -> bool {
    let names = |step: &walk::Step<'_>| {
        let is_writer = matches!(effect::of(step.command), Effect::Go | Effect::Copy(_));
        is_writer && step.words().iter().any(|word| is_within(word, directory))
    };
    steps.iter().any(names)
}

fn linking(around: &Surroundings<'_>, main: &Built<'_>, module: Option<&Module<'_>>) -> Linking {
    let calls_c =
        module.is_none_or(|module| module.calls_c().is_some() || module.imports(|import| import == "C"));
    let dynamic = match module {
        Some(module) if !calls_c && module.is_all_known() => Linking::CLibrary,
        _ => Linking::Unknown,
    };
    if main.build.is_dynamic {
        return dynamic;
    }
    let is_off = around.variable(&main.step, "CGO_ENABLED").or_else(|| written_setting(around, main));
    match is_off.as_deref() {
        Some("0") => return Linking::Static,
        Some(_) => {}
        None if has_no_compiler(around.stage) => return Linking::Static,
        None => {}
    }
    let has_tags = |wanted: &str| main.build.tags.iter().any(|tag| tag == wanted);
    let is_linked_statically = main.build.linker.contains("-static");
    let resolves_by_itself = has_tags("netgo") && has_tags("osusergo");
    let is_musl = Distribution::of(around.stage).is_some_and(|distribution| distribution.is_musl());
    if is_linked_statically && (is_musl || resolves_by_itself) {
        return Linking::Static;
    }
    match module {
        Some(module)
            if module.is_all_known() && (!module.links_c_library() || resolves_by_itself && !calls_c) =>
        {
            Linking::Static
        }
        _ => dynamic,
    }
}

/// `go env -w CGO_ENABLED=0`.
fn written_setting(around: &Surroundings<'_>, main: &Built<'_>) -> Option<String> {
    let steps = walk::steps(around.stage);
    let before = steps.iter().take_while(|step| {
        (step.item.instruction.start, step.command.range.start)
            < (main.step.item.instruction.start, main.step.command.range.start)
    });
    let written = before.filter_map(|step| {
        let words = step.words();
        let is_setting = words.len() > 3 && words[0] == "go" && words[1] == "env" && words[2] == "-w";
        let value = words.iter().find_map(|word| word.strip_prefix("CGO_ENABLED="));
        value.filter(|_| is_setting).map(str::to_owned)
    });
    written.last()
}

/// Go from 1.20 on leaves cgo off where there is no C compiler, and its images on Alpine have none: `go.dev/doc/go1.20`.
fn has_no_compiler(stage: &Stage) -> bool {
    let Base::Image(name) = &stage.base else { return false };
    let Ok(image) = ImageReference::parse(name) else { return false };
    let tag = image.tag.unwrap_or_default();
    let is_new = match tag.split('-').next().unwrap_or_default().split('.').collect::<Vec<_>>().as_slice() {
        ["1", minor, ..] => minor.parse::<u32>().is_ok_and(|minor| minor >= 20),
        ["1" | "alpine"] => true,
        _ => tag.starts_with("alpine"),
    };
    let compilers = ["gcc", "g++", "build-base", "clang", "musl-dev", "alpine-sdk", "zig"];
    let installs = || {
        calls::installed(stage).iter().any(|package| {
            compilers.iter().any(|compiler| package.starts_with(compiler)) || package.contains('$')
        })
    };
    base::is_official(stage, "golang") && tag.contains("alpine") && is_new && !installs()
}

/// The certificates of the build's system, where the program may check some and its new base has none.
fn certificates(stage: &Stage, module: Option<&Module<'_>>, plan: &mut Plan) {
    let brings = calls::installed(stage).iter().any(|package| package.starts_with("ca-certificates"));
    let is_alpine = plan.base.starts_with("alpine");
    let is_carried = plan.has_shell && brings;
    if is_alpine || is_carried || !module.is_none_or(Module::needs_certificates) {
        return;
    }
    plan.artefacts.push(Artefact::new(CERTIFICATES, true));
    if !brings && !base::is_official(stage, "golang") {
        plan.checks.push(format!("that the build image has {CERTIFICATES}"));
    }
}

/// The time zones of the build's system, where the program looks some up.
fn time_zones(stage: &Stage, main: &Built<'_>, module: Option<&Module<'_>>, name: &str, plan: &mut Plan) {
    let sets_zone = stage.instructions.iter().any(|item| match &item.kind {
        Kind::Env(pairs) => pairs.iter().any(|(name, value)| {
            name.raw == "TZ" && !matches!(value.value.as_deref(), Some("UTC" | "Etc/UTC" | ""))
        }),
        _ => false,
    });
    let brings = calls::installed(stage).iter().any(|package| package.starts_with("tzdata"));
    let holds = module.is_some_and(|module| module.imports(|import| import == "time/tzdata"));
    let looks_up = module.is_some_and(Module::needs_time_zones);
    if holds || !(sets_zone || looks_up || brings) || brings && plan.has_shell {
        return;
    }
    // Debian had them in every image up to bookworm; Alpine never has by itself, so that there is nothing to lose there.
    let by_debian = matches!(
        Distribution::of(stage),
        Some(Distribution::Debian { release, .. }) if matches!(release.as_str(), "buster" | "bullseye" | "bookworm")
    );
    if by_debian && plan.has_shell {
        return;
    }
    if main.build.is_trimmed && !brings && Distribution::of(stage).is_some_and(|base| base.is_musl()) {
        return;
    }
    if brings || by_debian && main.build.is_trimmed {
        plan.artefacts.push(Artefact::new("/usr/share/zoneinfo", false));
    } else if base::is_official(stage, "golang") && !main.build.is_trimmed {
        plan.artefacts.push(Artefact::new(GO_ZONES, true));
    } else {
        plan.checks.push(format!("that {name} finds the time zones that it looks up"));
    }
}
