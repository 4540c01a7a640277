//! Engines, contexts on disk, and one function that builds and collects the events.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use builder::{BuildKit, Surroundings};
use inner_loop::{
    BuildEvent, BuildFailure, BuildHandle, BuildOutcome, BuildRequest, Builder, BuiltImage, ContextTransfer,
    Export,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// More than any build here takes on a loaded machine.
pub(super) const DEADLINE: Duration = Duration::from_secs(600);

/// What a stop takes at most on a loaded machine; the step that is stopped would take a minute.
pub(super) const SOON: Duration = Duration::from_secs(30);

/// An engine under test.
pub(super) struct Engine {
    pub(super) name: &'static str,
    pub(super) host: String,
    pub(super) surroundings: Surroundings,
    pub(super) runtime: Runtime,
    _cache: TempDir,
}

pub(super) const TODAYS: [&str; 2] = ["28", "28_CONTAINERD"];
pub(super) const ALL: [&str; 3] = ["28", "28_CONTAINERD", "20_10"];

/// Runs a check on each engine by name.
pub(super) fn on_each(names: &[&'static str], check: impl Fn(&Engine)) {
    for name in names {
        let engine = Engine::new(name);
        println!("engine {name}: {}", engine.host);
        check(&engine);
    }
}

/// What `make test` sets up.
pub(super) fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; run `make test`, which sets everything up"))
}

/// A number that may be set to try more or other things than usual.
pub(super) fn whole_number(name: &str, usual: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(usual, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value} is no number")))
}

impl Engine {
    pub(super) fn new(name: &'static str) -> Self {
        Self::at(name, variable(&format!("LAYERWISE_TEST_ENGINE_{name}")))
    }

    pub(super) fn at(name: &'static str, host: String) -> Self {
        let cache = tempfile::tempdir().unwrap();
        let surroundings = Surroundings {
            docker_config: Some(cache.path().join("docker")),
            cache_folder: Some(cache.path().join("layerwise")),
            ..Surroundings::default()
        };
        Self { name, host, surroundings, runtime: Runtime::new().unwrap(), _cache: cache }
    }

    pub(super) fn is_old(&self) -> bool {
        self.name == "20_10"
    }

    pub(super) fn builder(&self) -> BuildKit {
        let runtime = self.runtime.handle().clone();
        BuildKit::new(runtime, Some(self.host.clone()), self.surroundings.clone(), DEADLINE)
    }

    /// Builds to the end with a builder of its own, like the command line.
    pub(super) fn build(&self, request: BuildRequest) -> Build {
        Running::start(&self.builder(), request).finish()
    }
}

/// A build like the one before it, once it sends nothing. A busy engine lets go of a build's files a moment after the build ended, and asks
/// for all of them until then; it does so once or twice, not for ever.
#[track_caller]
pub(super) fn settled<B>(build: impl Fn() -> B, sends: impl Fn(&B) -> bool) -> B {
    (0..6).map(|_| build()).find(|build| !sends(build)).expect("no build finds the files of the last")
}

/// A context on disk.
pub(super) struct Context(TempDir);

impl Context {
    /// Files by name and text.
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let context = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            context.write(name, text);
        }
        context
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A build of this text that leaves no image.
    pub(super) fn request(&self, dockerfile_text: &str) -> BuildRequest {
        BuildRequest {
            context: self.path().display().to_string(),
            dockerfile: self.path().join("Dockerfile"),
            dockerfile_text: dockerfile_text.to_owned(),
            export: Export::Nothing,
            ..BuildRequest::default()
        }
    }
}

/// A build that goes on.
pub(super) struct Running {
    pub(super) handle: Box<dyn BuildHandle>,
    events: Receiver<BuildEvent>,
    seen: Vec<BuildEvent>,
    began: Instant,
}

impl Running {
    pub(super) fn start(builder: &BuildKit, request: BuildRequest) -> Self {
        let (sender, events) = mpsc::channel();
        let sink = Box::new(move |event| drop(sender.send(event)));
        Self { began: Instant::now(), handle: builder.start(request, sink), events, seen: Vec::new() }
    }

    /// Waits for an event.
    pub(super) fn wait_for(&mut self, mut wanted: impl FnMut(&BuildEvent) -> bool) {
        while let Ok(event) = self.events.recv_timeout(DEADLINE) {
            let is_wanted = wanted(&event);
            self.seen.push(event);
            if is_wanted {
                return;
            }
        }
        panic!("the event did not come: {:#?}", self.seen);
    }

    pub(super) fn finish(mut self) -> Build {
        let is_finished = |event: &BuildEvent| matches!(event, BuildEvent::Finished { .. });
        if !self.seen.iter().any(is_finished) {
            self.wait_for(is_finished);
        }
        assert!(self.events.recv_timeout(Duration::ZERO).is_err(), "nothing may follow `Finished`");
        Build { events: self.seen, took: self.began.elapsed() }
    }
}

/// A build that is over.
pub(super) struct Build {
    pub(super) events: Vec<BuildEvent>,
    pub(super) took: Duration,
}

impl Build {
    pub(super) fn outcome(&self) -> &BuildOutcome {
        match self.events.last() {
            Some(BuildEvent::Finished { outcome, .. }) => outcome,
            other => panic!("the last event is {other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn succeeded(self) -> Self {
        assert!(matches!(self.outcome(), BuildOutcome::Succeeded { .. }), "{:#?}", self.events);
        self
    }

    /// The image that it made.
    pub(super) fn image(&self) -> Option<BuiltImage> {
        match self.outcome() {
            BuildOutcome::Succeeded { image } => image.clone(),
            _ => None,
        }
    }

    #[track_caller]
    pub(super) fn failure(&self) -> &BuildFailure {
        match self.outcome() {
            BuildOutcome::Failed(failure) => failure,
            other => panic!("the build did not fail: {other:?}"),
        }
    }

    /// The one event about the context.
    #[track_caller]
    pub(super) fn context(&self) -> ContextTransfer {
        let mut contexts = self.events.iter().filter_map(|event| match event {
            BuildEvent::Context(context) => Some(*context),
            _ => None,
        });
        let context = contexts.next().expect("no event about the context");
        assert_eq!(contexts.next(), None);
        context
    }

    /// Names of the vertices that are steps, each with whether it came from the cache in the end.
    pub(super) fn steps(&self) -> Vec<(String, bool)> {
        let mut steps: Vec<(String, bool)> = Vec::new();
        for event in &self.events {
            let BuildEvent::Vertex(vertex) = event else { continue };
            if !vertex.name.starts_with('[') || vertex.name.starts_with("[internal]") {
                continue;
            }
            match steps.iter_mut().find(|(name, _)| *name == vertex.name) {
                Some((_, cached)) => *cached = vertex.cached,
                None => steps.push((vertex.name.clone(), vertex.cached)),
            }
        }
        steps
    }
}

/// A folder's files by path and text, sorted.
pub(super) fn files_in(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.push((name, fs::read_to_string(&path).unwrap_or_default()));
            }
        }
    }
    files.sort();
    files
}
