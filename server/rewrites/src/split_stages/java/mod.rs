//! How a Java or Kotlin stage is split: the archive that Maven or Gradle writes moves from a JDK to a JRE of the same version.

mod archive;
mod runtime;

use semantic::{Stage, path};

use super::calls;
use super::effect::{self, Effect};
use super::launch;
use super::walk;
use super::{Artefact, Ecosystem, Plan, Reason, base, files, program};
use crate::context::{Context, Landing, absolute};
use crate::ground;
use crate::node::command::strip_environment;
use crate::offer::Input;

use archive::Holds;

/// How to split a Java stage.
pub(super) fn plan(input: &Input<'_>, stage: &Stage) -> Result<Plan, Reason> {
    let place = ground::place(input.model);
    let refuse = |text: String| Reason { place, text };
    let launch = launch::of(input.model, stage).map_err(refuse)?;
    let jar = jar_of(&launch.words).map_err(refuse)?;
    let last = program::last_run(stage)?;
    let root = base::working_directory(stage);
    let end = program::final_workdir(stage, root);
    let context = Context::of(input.facts);
    let landing =
        context.as_ref().map(|context| Landing::of(context, &stage.instructions, root)).unwrap_or_default();
    let target = program::path_of(&jar, end.as_deref()).map_err(refuse)?;
    let source = program::origin(stage, &target, root).unwrap_or_else(|| target.clone());
    let (project, name) = archive::project_of(&source).ok_or_else(|| {
        refuse(format!("{jar}, which the container runs, is not known to be written by Maven or Gradle: they write below target or build/libs"))
    })?;
    if !builds_in(stage, &project, root) {
        return Err(refuse(format!("no step of this stage builds in {project}, where {jar} comes from")));
    }
    let runtime = runtime::jre(stage).ok_or_else(|| {
        refuse("the base is no image of a JDK whose JRE is known: build on maven, gradle, eclipse-temurin or openjdk, with the version in its tag".to_owned())
    })?;
    let holds =
        match (&context, landing.directory(&project, &["pom.xml", "build.gradle.kts", "build.gradle"])) {
            (Some(context), Some(directory)) => archive::holds(context, &directory, &name),
            _ => Holds::Unknown,
        };
    let mut plan = Plan {
        application: absolute(&stage.instructions[last].workdir, root),
        ..Plan::new(Ecosystem::Java, runtime.text.clone(), last)
    };
    match holds {
        Holds::Everything => {}
        Holds::Unknown => plan.checks.push(format!("that {name} holds all that it depends on")),
        Holds::OtherName(found) => {
            return Err(refuse(format!(
                "the container runs {name}, but the project's manifest says that its archive is {found}"
            )));
        }
        Holds::OwnClasses => {
            return Err(refuse(format!(
                "{name} holds the project's own classes alone: let the build make one archive with all dependencies (spring-boot, shade, assembly or shadow)"
            )));
        }
    }
    // Quarkus writes a folder of which the archive is only the start.
    let folder =
        source.rsplit_once('/').map(|(folder, _)| folder).filter(|folder| folder.ends_with("/quarkus-app"));
    plan.artefacts.push(match folder {
        Some(folder) if source == target => Artefact::new(folder, false),
        _ => Artefact::new(target, true),
    });
    plan.called = calls::beside(stage, &launch.wrappers, None, "java");
    let missing = calls::missing(stage, &plan.called, None);
    if !missing.is_empty() {
        plan.checks.push(format!(
            "that {} has {}, which the container calls",
            runtime.text,
            missing.join(", ")
        ));
    }
    plan.checks.extend(runtime::packages(stage, &runtime.text).map_err(refuse)?);
    plan.checks.extend(runtime.check(input.facts));
    let sources: Vec<String> = context.iter().flat_map(|context| sources(context)).collect();
    files::add(context.as_ref(), stage, root, &name, &sources, &mut plan);
    if !program::sets_workdir(stage) {
        program::move_to_root(end.as_deref(), jar.starts_with('/'), &name, &mut plan);
    }
    Ok(plan)
}

/// The archive that the container runs.
fn jar_of(words: &[String]) -> Result<String, String> {
    let words = strip_environment(words);
    let program = words.first().map_or("", |word| path::file_name(word));
    match program {
        "mvn" | "mvnw" | "gradle" | "gradlew" => {
            return Err(format!(
                "the container runs {program}, which works on the sources: let CMD run the archive with java -jar"
            ));
        }
        "java" => {}
        _ => {
            return Err(format!(
                "the container runs {program}, and what that needs is not known: run an archive with java -jar"
            ));
        }
    }
    let at = words.iter().position(|word| word == "-jar");
    let jar = at.and_then(|at| words.get(at + 1)).filter(|jar| !jar.contains('$'));
    jar.cloned().ok_or_else(|| "the container runs java without -jar and a fixed name, and which classes it loads is not followed".to_owned())
}

/// Whether Maven or Gradle builds in this folder of the image, or above it.
fn builds_in(stage: &Stage, project: &str, root: Option<&str>) -> bool {
    walk::steps(stage).iter().filter(|step| effect::of(step.command) == Effect::Java).any(|step| {
        let words = step.words();
        let builds = words.iter().any(|word| {
            let task = word.rsplit(':').next().unwrap_or(word);
            matches!(
                task,
                "package"
                    | "install"
                    | "verify"
                    | "deploy"
                    | "build"
                    | "assemble"
                    | "bootJar"
                    | "shadowJar"
                    | "jar"
                    | "buildFatJar"
                    | "quarkusBuild"
            )
        });
        let file = program::option(&words, "-f").or_else(|| program::option(&words, "--file"));
        let folder = file.or_else(|| program::option(&words, "-p"));
        let folder = folder.map(|file| file.trim_end_matches("pom.xml").to_owned()).unwrap_or_default();
        let directory = absolute(&step.directory.join(if folder.is_empty() { "." } else { &folder }), root);
        builds && directory.is_some_and(|directory| path::is_within(project, &directory))
    })
}

/// Folders of sources and of resources, which the archive holds.
fn sources<'a>(context: &'a Context<'a>) -> impl Iterator<Item = String> + 'a {
    context.below(".").filter_map(|file| {
        let at = if file.starts_with("src/") { 0 } else { file.find("/src/")? + 1 };
        Some(file[..at + 3].to_owned())
    })
}
