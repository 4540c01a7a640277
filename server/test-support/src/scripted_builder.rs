//! A builder that replays events instead of building, for tests of what is shown of a build.
//!
//! It is no substitute for an engine: what engines really say is tested with real ones.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use inner_loop::proof::{ProofEvent, ProofOutcome, ProofRequest, ProofSink};
use inner_loop::{
    BuildEvent, BuildHandle, BuildOutcome, BuildRequest, Builder, BuilderDescription, BuilderState,
    CacheResult, EventSink, ResultName, Vertex,
};
use semantic::{Facts, FrontendFacts, ImageFacts};

/// One thing that a scripted build does.
#[derive(Debug, Clone)]
pub enum Act {
    /// Says something.
    Say(BuildEvent),
    /// Waits until the test opens the gate, or until the build is canceled.
    Wait(Gate),
    /// Waits until the build is canceled.
    WaitForCancel,
    /// The builder itself panics, at the start.
    Panic,
}

/// A door that a test opens and closes.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    state: Arc<(Mutex<bool>, Condvar)>,
}

/// A builder whose builds follow scripts, in the order in which they are asked for. A build without a script succeeds at once.
#[derive(Debug, Default)]
pub struct ScriptedBuilder {
    scripts: Mutex<VecDeque<Vec<Act>>>,
    requests: Mutex<Vec<BuildRequest>>,
    images: BTreeMap<String, ImageFacts>,
    /// What it says of its images comes once this is open.
    knows_images: Option<Gate>,
    /// Its own name; it says nothing of its cache where it has none.
    id: Option<String>,
    n_asked: AtomicUsize,
    /// What lies in its cache; it does not say where this is absent.
    results: Mutex<Option<Vec<CacheResult>>>,
    results_asked: Mutex<Vec<Vec<ResultName>>>,
    /// What each proof comes to.
    proof: Option<ProofOutcome>,
    proofs: Mutex<Vec<ProofRequest>>,
}

struct Handle {
    canceled: Gate,
    waiting: Arc<Mutex<Option<Gate>>>,
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens it.
    pub fn open(&self) {
        *locked(&self.state.0) = true;
        self.state.1.notify_all();
    }

    /// Closes it.
    pub fn close(&self) {
        *locked(&self.state.0) = false;
    }

    /// Waits until it is open.
    pub fn wait(&self) {
        let mut open = locked(&self.state.0);
        while !*open {
            open = self.state.1.wait(open).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *locked(&self.state.0)
    }
}

impl ScriptedBuilder {
    /// Each proof comes to this.
    #[must_use]
    pub fn with_proof(mut self, outcome: ProofOutcome) -> Self {
        self.proof = Some(outcome);
        self
    }

    /// The proofs that were asked for.
    #[must_use]
    pub fn proofs(&self) -> Vec<ProofRequest> {
        locked(&self.proofs).clone()
    }

    /// A builder whose first builds follow these scripts.
    #[must_use]
    pub fn new(scripts: impl IntoIterator<Item = Vec<Act>>) -> Self {
        Self { scripts: Mutex::new(scripts.into_iter().collect()), ..Self::default() }
    }

    /// The same builder with these images in its store.
    #[must_use]
    pub fn with_images<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.images.extend(names.into_iter().map(|name| (name.to_owned(), ImageFacts::default())));
        self
    }

    /// The same builder, which tells of its images only once the gate is open.
    #[must_use]
    pub fn telling_after(mut self, gate: &Gate) -> Self {
        self.knows_images = Some(gate.clone());
        self
    }

    /// The same builder, which goes by this name, so that it can be known what it has built.
    #[must_use]
    pub fn named(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// How often it was asked what decides whether it takes steps from its cache.
    #[must_use]
    pub fn n_asked(&self) -> usize {
        self.n_asked.load(Ordering::Relaxed)
    }

    /// From now on this lies in its cache.
    pub fn keeps(&self, results: impl IntoIterator<Item = CacheResult>) {
        *locked(&self.results) = Some(results.into_iter().collect());
    }

    /// From now on it does not say what lies in its cache.
    pub fn falls_silent(&self) {
        *locked(&self.results) = None;
    }

    /// The names of results that it was asked for since this was last called, a list for each question.
    #[must_use]
    pub fn take_results_asked(&self) -> Vec<Vec<ResultName>> {
        std::mem::take(&mut locked(&self.results_asked))
    }

    /// The builds that were started, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<BuildRequest> {
        locked(&self.requests).clone()
    }
}

impl Builder for ScriptedBuilder {
    fn start(&self, request: BuildRequest, sink: EventSink) -> Box<dyn BuildHandle> {
        locked(&self.requests).push(request);
        let script = locked(&self.scripts).pop_front().unwrap_or_default();
        #[expect(clippy::panic, reason = "the test asked for it")]
        if script.iter().any(|act| matches!(act, Act::Panic)) {
            panic!("the scripted builder panics as its script says");
        }
        let canceled = Gate::new();
        let waiting = Arc::new(Mutex::new(None));
        let handle = Handle { canceled: canceled.clone(), waiting: Arc::clone(&waiting) };
        std::thread::spawn(move || play(script, &sink, &canceled, &waiting));
        Box::new(handle)
    }

    fn prove(&self, request: ProofRequest, sink: ProofSink) -> Box<dyn BuildHandle> {
        locked(&self.proofs).push(request);
        sink(ProofEvent::Doing { text: "building".to_owned() });
        sink(ProofEvent::Finished(self.proof.clone().unwrap_or(ProofOutcome::Canceled)));
        Box::new(Handle { canceled: Gate::new(), waiting: Arc::default() })
    }

    fn describe(&self) -> Result<BuilderDescription, String> {
        Ok(BuilderDescription { kind: "scripted".to_owned(), ..BuilderDescription::default() })
    }

    fn state(&self, images: &[String]) -> Result<BuilderState, String> {
        self.n_asked.fetch_add(1, Ordering::Relaxed);
        let id = self.id.clone().ok_or("it has no name")?;
        let known = images.iter().filter_map(|name| Some((name.clone(), self.images.get(name)?.clone())));
        Ok(BuilderState {
            id,
            platform: "linux/amd64".to_owned(),
            images: known.collect(),
            // One of today's: old builders are read in another way.
            frontend: FrontendFacts { heredocs: true, copy_link: true, ..FrontendFacts::default() },
            ..BuilderState::default()
        })
    }

    fn results(&self, names: &[ResultName]) -> Option<Vec<CacheResult>> {
        locked(&self.results_asked).push(names.to_vec());
        let is_named = |result: &&CacheResult| {
            names.iter().any(|name| match name {
                ResultName::Id(id) => *id == result.id,
                ResultName::Description(description) => *description == result.description,
            })
        };
        Some(locked(&self.results).as_ref()?.iter().filter(is_named).cloned().collect())
    }

    fn add_facts(&self, _images: &[String], facts: &mut Facts) {
        if let Some(gate) = &self.knows_images {
            gate.wait();
        }
        facts.base_images.extend(self.images.clone());
    }
}

impl BuildHandle for Handle {
    fn cancel(&self) {
        self.canceled.open();
        if let Some(gate) = locked(&self.waiting).as_ref() {
            gate.open();
        }
    }
}

fn play(script: Vec<Act>, sink: &EventSink, canceled: &Gate, waiting: &Mutex<Option<Gate>>) {
    for act in script {
        match act {
            Act::Say(event) => {
                let is_last = matches!(event, BuildEvent::Finished { .. });
                sink(event);
                if is_last {
                    return;
                }
            }
            Act::Wait(gate) => {
                *locked(waiting) = Some(gate.clone());
                if !canceled.is_open() {
                    gate.wait();
                }
            }
            Act::WaitForCancel => canceled.wait(),
            Act::Panic => {}
        }
        if canceled.is_open() {
            sink(BuildEvent::Finished { outcome: BuildOutcome::Canceled, seconds: 1.0 });
            return;
        }
    }
    sink(BuildEvent::Finished { outcome: BuildOutcome::Succeeded { image: None }, seconds: 1.0 });
}

/// Acts of builds, in BuildKit's order of things.
impl Act {
    /// The builder takes the request.
    #[must_use]
    pub fn started() -> Self {
        Self::Say(BuildEvent::Started { builder: "scripted 1.0".to_owned() })
    }

    /// A vertex begins.
    #[must_use]
    pub fn begins(name: &str, at: f64) -> Self {
        Self::Say(BuildEvent::Vertex(Vertex { started: Some(at), ..vertex(name) }))
    }

    /// A vertex ends.
    #[must_use]
    pub fn ends(name: &str, from: f64, to: f64) -> Self {
        Self::Say(BuildEvent::Vertex(Vertex { started: Some(from), completed: Some(to), ..vertex(name) }))
    }

    /// A vertex comes from the cache.
    #[must_use]
    pub fn cached(name: &str) -> Self {
        let found = Vertex { cached: true, started: Some(0.0), completed: Some(0.0), ..vertex(name) };
        Self::Say(BuildEvent::Vertex(found))
    }

    /// A vertex writes to its standard error.
    #[must_use]
    pub fn logs(name: &str, text: &str) -> Self {
        let stream = inner_loop::LogStream::Stderr;
        Self::Say(BuildEvent::Log { vertex: digest(name), stream, data: text.as_bytes().to_vec() })
    }

    /// The build fails in a vertex.
    #[must_use]
    pub fn fails(name: &str, message: &str) -> Self {
        let failure = inner_loop::BuildFailure {
            message: message.to_owned(),
            vertex: Some(digest(name)),
            ..inner_loop::BuildFailure::default()
        };
        Self::Say(BuildEvent::Finished { outcome: BuildOutcome::Failed(failure), seconds: 2.0 })
    }
}

fn vertex(name: &str) -> Vertex {
    Vertex { digest: digest(name), name: name.to_owned(), ..Vertex::default() }
}

fn digest(name: &str) -> String {
    format!("sha256:{name}")
}

/// A test that has failed while it held the lock has said so already.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
