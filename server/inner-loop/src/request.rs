//! What is asked of a builder, and the builder as the rest of the house sees it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use semantic::facts::callers::{Caller, CallerBuild, CallerKind, Setting};
use semantic::reads::{ContextInputs, Inputs};
use semantic::{Facts, FrontendFacts, ImageFacts, Model, Reads};
use syntax::Document;

use crate::cache_spec::CacheSpec;
use crate::event::BuildEvent;
use crate::proof::{ProofEvent, ProofOutcome, ProofRequest, ProofSink};
use crate::secret::SecretValue;
use crate::test_results::ReportPath;

/// One build.
#[derive(Debug, Clone, Default)]
pub struct BuildRequest {
    /// The main build context: an absolute directory, or a URL that is passed on to the builder.
    pub context: String,
    /// Path of the Dockerfile, for names and for its own `<name>.dockerignore`.
    pub dockerfile: PathBuf,
    /// Text of the Dockerfile; an editor's unsaved text is built without a temporary file.
    pub dockerfile_text: String,
    /// The stage to build; the last one where absent.
    pub target: Option<String>,
    /// Build arguments.
    pub build_args: BTreeMap<String, String>,
    /// Secrets, read only when the builder asks for them.
    pub secrets: Vec<SecretSpec>,
    /// SSH agents as `docker buildx build --ssh` takes them: `default`, `id=path`.
    pub ssh: Vec<String>,
    /// Named contexts: name to directory or reference.
    pub named_contexts: BTreeMap<String, String>,
    /// Platforms such as `linux/arm64`; the builder's own where empty.
    pub platforms: Vec<String>,
    /// Network mode of RUN: `default`, `host`, `none`.
    pub network: Option<String>,
    /// Run every step anew.
    pub no_cache: bool,
    /// Caches that the builder may take results from, besides its own.
    pub cache_from: Vec<CacheSpec>,
    /// Caches that the builder writes its results to.
    pub cache_to: Vec<CacheSpec>,
    /// What steps may do beyond the usual: `network.host`, `security.insecure`.
    pub allow: Vec<String>,
    /// Names for the image.
    pub tags: Vec<String>,
    /// Where the result goes.
    pub export: Export,
    /// Reports of tests to read out of the result, or out of the step that fails where the builder lets us.
    pub reports: Vec<ReportPath>,
}

/// Whether a context is something that the builder fetches itself, rather than a folder. `github.com/owner/name` is one without a scheme, as
/// for docker (`ParseGitRef` in `frontend/dockerfile/dfgitutil` of BuildKit); a folder of that name is told by its absolute path.
#[must_use]
pub fn is_remote(context: &str) -> bool {
    context.contains("://") || context.starts_with("git@") || context.starts_with("github.com/")
}

impl BuildRequest {
    /// What the Dockerfile means with the build arguments and the named contexts that are given.
    #[must_use]
    pub fn model(&self) -> Model {
        let given = |(name, value): (&String, &String)| (name.clone(), Setting::Known(value.clone()));
        let caller = Caller {
            kind: CallerKind::Compose,
            file: String::new(),
            shown_file: String::new(),
            line: 0,
            name: String::new(),
            build: CallerBuild {
                args: self.build_args.iter().map(given).collect(),
                contexts: self.named_contexts.iter().map(given).collect(),
                ..CallerBuild::default()
            },
        };
        Model::new(
            &Document::new(&self.dockerfile_text),
            &Facts { callers: vec![caller], ..Facts::default() },
        )
    }

    /// What the build reads from folders. Nothing where there is no such stage: the builder will say so.
    #[must_use]
    pub fn reads(&self, model: &Model) -> Reads {
        let folders = self.named_contexts.iter().filter(|(_, place)| !is_remote(place));
        let folders = folders.map(|(name, _)| name.clone()).collect();
        let target = self.target.as_deref().map_or_else(|| model.final_stage(), |name| model.target(name));
        match (target, &model.frontend) {
            (Some(target), _) => model.reads(target.index, &folders),
            (None, semantic::Frontend::Foreign(_)) => Reads::of_all(&folders),
            (None, _) => Reads::default(),
        }
    }

    /// The files that the build reads, and where it writes.
    #[must_use]
    pub fn inputs(&self, model: &Model) -> Inputs {
        let root = |name: &Option<String>| match name {
            None => Some(&self.context),
            Some(name) => self.named_contexts.get(name),
        };
        let contexts = self.reads(model).contexts().into_iter().filter_map(|(name, sources)| {
            let root = PathBuf::from(root(&name).filter(|root| !is_remote(root))?);
            Some(ContextInputs { name, root, sources })
        });
        let output = match &self.export {
            Export::Directory(path) | Export::Tar(path) => Some(path.clone()),
            Export::Image | Export::Nothing => None,
        };
        Inputs { dockerfile: self.dockerfile.clone(), contexts: contexts.collect(), output }
    }
}

/// Where the result of a build goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Export {
    /// The engine's own image store.
    #[default]
    Image,
    /// Nowhere: the build alone warms the cache.
    Nothing,
    /// A local directory.
    Directory(PathBuf),
    /// A tar file.
    Tar(PathBuf),
}

/// A secret that the build may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSpec {
    /// The id that the Dockerfile mounts.
    pub id: String,
    /// Where the value is. It is read when the builder asks, and never kept.
    pub source: SecretSource,
}

/// Where a secret's value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// A file.
    File(PathBuf),
    /// An environment variable of this process.
    Environment(String),
    /// Here.
    Value(SecretValue),
}

/// Receives the events of one build, in order.
pub type EventSink = Box<dyn Fn(BuildEvent) + Send + Sync>;

/// A builder, as the command line and the language server see it.
pub trait Builder: Send + Sync {
    /// Starts a build at once and returns. Every build ends with exactly one [`BuildEvent::Finished`], failures to reach
    /// the engine included.
    fn start(&self, request: BuildRequest, sink: EventSink) -> Box<dyn BuildHandle>;

    /// Starts a proof at once and returns. Every proof ends with exactly one [`ProofEvent::Finished`], failures to reach the engine included;
    /// it comes when nothing of the proof is left on the engine.
    fn prove(&self, _request: ProofRequest, sink: ProofSink) -> Box<dyn BuildHandle> {
        sink(ProofEvent::Finished(ProofOutcome::NoBuilder("this builder proves nothing".to_owned())));
        Box::new(Nothing)
    }

    /// Finds the builder and asks it what it is. Blocks for at most a few seconds.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    fn describe(&self) -> Result<BuilderDescription, String>;

    /// Begins to find the builder and to reach it, and returns at once: for those who soon ask it or build.
    fn prepare(&self) {}

    /// Whether it is on this machine, so that asking it is a matter of milliseconds and reaches over no network.
    fn is_near(&self) -> bool {
        true
    }

    /// What decides whether the builder takes steps from its cache: which builder it is, and what it knows of these images. Builds and pulls nothing, and
    /// blocks no longer than whoever made the builder has patience: some seconds.
    ///
    /// # Errors
    /// One line that says why it does not tell.
    fn state(&self, _images: &[String]) -> Result<BuilderState, String> {
        Err("it cannot tell".to_owned())
    }

    /// Removes what builds of ours left behind on this machine and on the builder, and nothing else. Blocks until that is done.
    ///
    /// # Errors
    /// One line: no builder answers. Then nothing was removed.
    fn prune(&self) -> Result<Pruned, String> {
        Err("this builder keeps nothing that could be removed".to_owned())
    }

    /// The results of these names that are in its cache. None where it does not say; it is waited for as for its [state](Self::state).
    fn results(&self, _names: &[ResultName]) -> Option<Vec<CacheResult>> {
        None
    }

    /// Adds what is known of a builder on this machine: the names of its images, more of those of the same repositories as `images`, and
    /// what its frontend understands. Pulls nothing, reaches over no network, and blocks as its [state](Self::state) does; where no builder answers,
    /// nothing is added.
    fn add_facts(&self, _images: &[String], _facts: &mut Facts) {}
}

/// What a builder says of itself, as far as it decides what is taken from its cache.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuilderState {
    /// Its own name, the same under every address and for as long as it keeps its cache.
    pub id: String,
    /// Why nothing can be told of what it takes from its cache, where that is so: it then has no name either.
    pub untellable: Option<String>,
    /// Its own platform, such as `linux/amd64`.
    pub platform: String,
    /// What its built-in frontend can do.
    pub frontend: FrontendFacts,
    /// The images that were asked about and that it has, by the names that were asked.
    pub images: BTreeMap<String, ImageFacts>,
    /// Proxy arguments that are added to each build.
    pub proxies: BTreeMap<String, String>,
}

/// Names results in a builder's cache.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResultName {
    /// By the builder's own name.
    Id(String),
    /// By what it says made it; several may have the same.
    Description(String),
}

/// A result in a builder's cache.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CacheResult {
    /// The builder's own name.
    pub id: String,
    /// What made it: a vertex's name, or `mount / from exec` and a command.
    pub description: String,
    /// The results that it is laid upon.
    pub parents: Vec<String>,
    /// When it was made, in seconds since 1970.
    pub made: f64,
}

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Images without a name.
    pub images: usize,
    /// Their bytes that no other image has, as far as the engine tells.
    pub image_bytes: u64,
    /// Images that are noted as ours and stayed: in use, or another engine's.
    pub images_kept: usize,
    /// Files of our cache folder.
    pub files: usize,
    /// Their bytes.
    pub file_bytes: u64,
}

/// A running build. Dropping the handle does not stop the build.
pub trait BuildHandle: Send + Sync {
    /// Stops the build; its `Finished` event follows.
    fn cancel(&self);
}

/// A build that is over.
struct Nothing;

impl BuildHandle for Nothing {
    fn cancel(&self) {}
}

/// What a builder is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuilderDescription {
    /// `docker`, `buildkitd` or `podman`.
    pub kind: String,
    /// Version, such as `28.5.2`.
    pub version: String,
    /// The address, such as `unix:///var/run/docker.sock`.
    pub address: String,
    /// How it was found, such as `DOCKER_HOST`, `docker context "colima"` or `usual socket`.
    pub found_by: String,
    /// The image store, such as `overlay2` or `containerd`.
    pub store: String,
    /// What its built-in Dockerfile frontend can do.
    pub frontend: FrontendFacts,
}
