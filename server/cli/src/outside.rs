//! What lies outside the Dockerfile: the build context on disk, and the builder.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock, mpsc};
use std::time::Duration;

use anyhow::{Context, bail};
use builder::Surroundings;
use inner_loop::{BuildRequest, Builder, NetworkNeeds};
use rules::CopiedPath;
use semantic::facts::{ContextFacts, IgnoreFile};
use semantic::{Caller, Facts, Model};
use syntax::Document;
use tokio::runtime::Runtime;
use workspace::callers::Callers;
use workspace::facts::Contexts;
use workspace::foresight::Foresight;
use workspace::recorder::Recorder;
use workspace::{dockerfiles, surroundings};

/// The callers of a Dockerfile: in the working directory, or in the Dockerfile's folder where it lies elsewhere. All of the working
/// directory's are found once, for however many files.
pub(crate) fn callers(dockerfile: &Path) -> Vec<Caller> {
    static HERE: OnceLock<Callers> = OnceLock::new();
    let here = Path::new(".");
    let is_here = here
        .canonicalize()
        .ok()
        .zip(dockerfile.canonicalize().ok())
        .is_some_and(|(here, dockerfile)| dockerfile.starts_with(here));
    if is_here {
        return HERE.get_or_init(|| Callers::find(here)).of_dockerfile(dockerfile);
    }
    dockerfile.parent().map(|folder| Callers::find(folder).of_dockerfile(dockerfile)).unwrap_or_default()
}

/// What the disk says: of the context that `--context` names, else of the one that the Dockerfile's callers say, else of the one that the COPY
/// sources tell. Nothing for a text without a path.
pub(crate) fn facts(
    document: &Document,
    dockerfile: Option<&Path>,
    context: Option<&Path>,
) -> anyhow::Result<Facts> {
    let callers = dockerfile.map(callers).unwrap_or_default();
    let root = match (context, dockerfile) {
        (Some(context), _) => Some(existing(context)?.to_owned()),
        (None, None) => return Ok(Facts::default()),
        (None, Some(dockerfile)) => {
            let model = Model::new(document, &Facts::default());
            let copied = surroundings::copied_paths(&model);
            surroundings::called_root(&callers, &copied, dockerfile, Path::new("."))
        }
    };
    let dockerfile = dockerfile.unwrap_or(Path::new("Dockerfile"));
    static CONTEXTS: LazyLock<Contexts> = LazyLock::new(Contexts::default);
    let context = root.and_then(|root| surroundings::context_facts_of(&CONTEXTS, &root, dockerfile));
    Ok(Facts { context, callers, ..Facts::default() })
}

/// What an ignore file is judged by.
pub(crate) struct AroundIgnoreFile {
    /// The build context that it is for.
    pub(crate) context: Option<ContextFacts>,
    /// What the Dockerfiles of that context copy.
    pub(crate) copies: Vec<CopiedPath>,
}

/// What lies around an ignore file: the context that `--context` names, else its own folder or, where it is for one Dockerfile alone, that
/// one's; and what is copied from there.
pub(crate) fn around_ignore_file(
    path: &Path,
    text: &str,
    context: Option<&Path>,
) -> anyhow::Result<AroundIgnoreFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let own = surroundings::dockerfile_of(path);
    let root = match (context, &own) {
        (Some(context), _) => Some(existing(context)?.to_owned()),
        (None, None) => Some(folder.to_owned()),
        (None, Some(dockerfile)) => read(dockerfile).and_then(|model| root_of(dockerfile, &model)),
    };
    let readers = match &own {
        Some(dockerfile) => vec![dockerfile.clone()],
        None => dockerfiles::find_first(folder, dockerfiles::Limits::default()),
    };
    let mut copies = Vec::new();
    for dockerfile in readers {
        let Some(model) = read(&dockerfile) else { continue };
        let is_its_own = own.is_some();
        let has_another = || {
            dockerfile
                .as_os_str()
                .to_str()
                .is_none_or(|name| Path::new(&format!("{name}.dockerignore")).exists())
        };
        let is_read =
            is_its_own || (!has_another() && is_same_folder(root_of(&dockerfile, &model).as_deref(), folder));
        if is_read {
            let shown = dockerfile.strip_prefix(folder).unwrap_or(&dockerfile).display().to_string();
            copies.extend(CopiedPath::all_of(&shown, &model));
        }
    }
    let context = root.and_then(|root| {
        let dockerfile = own.unwrap_or_else(|| root.join("Dockerfile"));
        let mut context = surroundings::context_facts(&root, &dockerfile)?;
        context.ignore_file = Some(IgnoreFile { path: path.display().to_string(), text: text.to_owned() });
        Some(context)
    });
    Ok(AroundIgnoreFile { context, copies })
}

fn read(dockerfile: &Path) -> Option<Model> {
    Some(Model::new(&Document::new(&dockerfiles::read(dockerfile)?), &Facts::default()))
}

/// The context of a Dockerfile where no flag names one.
fn root_of(dockerfile: &Path, model: &Model) -> Option<PathBuf> {
    let copied = surroundings::copied_paths(model);
    surroundings::called_root(&callers(dockerfile), &copied, dockerfile, Path::new("."))
}

fn is_same_folder(left: Option<&Path>, right: &Path) -> bool {
    left.is_some_and(|left| left.canonicalize().ok() == right.canonicalize().ok())
}

fn existing(context: &Path) -> anyhow::Result<&Path> {
    if !context.is_dir() {
        bail!(
            "the context {} is no directory: name the folder whose files the Dockerfile copies",
            context.display()
        )
    }
    Ok(context)
}

/// Adds what a builder on this machine says: the images of the repositories that the file builds on, and its abilities.
pub(crate) fn ask_builder(document: &Document, facts: &mut Facts, host: Option<&str>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let images = Model::new(document, facts).base_images();
    builder(&runtime, host).add_facts(&images, facts);
    runtime.shutdown_background();
    Ok(())
}

/// What is kept of builds before.
pub(crate) fn foresight() -> anyhow::Result<Foresight> {
    let folder = Surroundings::of_process().cache_folder;
    let folder = folder.context("there is no cache folder: set HOME or XDG_CACHE_HOME")?;
    let unusable = || format!("cannot keep anything in {}", folder.display());
    Foresight::open(&folder).with_context(unusable)
}

/// What keeps builds, where there is a place for that.
pub(crate) fn recorder(builder: &Arc<dyn Builder>) -> Option<Recorder> {
    let folder = Surroundings::of_process().cache_folder;
    if folder.is_none() {
        tracing::warn!("there is no cache folder to keep builds in: set HOME or XDG_CACHE_HOME");
    }
    folder.map(|folder| Recorder::new(folder, Arc::clone(builder)))
}

/// What a build will need the network for, found out beside it: nothing until the builder has told of its images.
pub(crate) fn network_needs(
    request: &BuildRequest,
    builder: &Arc<dyn Builder>,
) -> mpsc::Receiver<NetworkNeeds> {
    let (told, found) = mpsc::channel();
    let (request, builder) = (request.clone(), Arc::clone(builder));
    std::thread::spawn(move || {
        let model = request.model();
        let target = request.target.as_deref().map_or_else(|| model.final_stage(), |name| model.target(name));
        let Some(target) = target.map(|stage| stage.index) else { return };
        let mut facts = Facts::default();
        builder.add_facts(&model.base_images(), &mut facts);
        let _ = told.send(NetworkNeeds::of(&model, target, &facts));
    });
    found
}

/// How long a person at a prompt waits for what makes an answer better: a machine that is busy building takes its time.
const PATIENCE_AT_A_PROMPT: Duration = Duration::from_secs(10);

/// How long somebody who types does.
const PATIENCE_IN_AN_EDITOR: Duration = Duration::from_secs(2);

/// The builder at `host`, else the one that docker's own settings and the usual sockets tell.
pub(crate) fn builder(runtime: &Runtime, host: Option<&str>) -> Arc<dyn Builder> {
    patient_builder(runtime, host, PATIENCE_AT_A_PROMPT)
}

/// The same for a language server.
pub(crate) fn editor_builder(runtime: &Runtime, host: Option<&str>) -> Arc<dyn Builder> {
    patient_builder(runtime, host, PATIENCE_IN_AN_EDITOR)
}

fn patient_builder(runtime: &Runtime, host: Option<&str>, patience: Duration) -> Arc<dyn Builder> {
    let runtime = runtime.handle().clone();
    Arc::new(builder::BuildKit::new(runtime, host.map(str::to_owned), Surroundings::of_process(), patience))
}
