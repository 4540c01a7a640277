//! The inputs, and the immutable view of them that readers get.

use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use inner_loop::test_results::Counts;
use rewrites::{Input, Offers, REGISTRY, Recipe};
use rules::{Finding, Memory, Wanted};
use semantic::{Facts, Frontend, Model, Occurrences};
use syntax::Document;

use crate::build_record::LastBuild;
use crate::forecast::Forecast;
use crate::hover::Secrets;
use crate::kind::DocumentKind;
use crate::settings::Settings;

/// Names a document: the editor's URI, to be compared and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentId(Arc<str>);

impl DocumentId {
    /// The id of this URI.
    #[must_use]
    pub fn new(uri: &str) -> Self {
        Self(uri.into())
    }

    /// The URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One document with all that is known about it. It never changes once a snapshot holds it.
#[derive(Debug, Clone)]
pub(crate) struct DocumentState {
    pub(crate) kind: DocumentKind,
    pub(crate) document: Document,
    pub(crate) facts: Arc<Facts>,
    pub(crate) last_build: Option<Arc<LastBuild>>,
    pub(crate) forecast: Option<Arc<Forecast>>,
    /// How its tests ended last.
    pub(crate) last_tests: Option<Counts>,
    /// Those of this document alone; else the host's count.
    settings: Option<Arc<Settings>>,
    /// Different for every state that any document of this host ever had.
    pub(crate) revision: u64,
    derived: Derived,
    newest_model: NewestModel,
    remembered: Remembered,
}

/// What follows from a document's text and facts. Each part is filled when first asked for, on the thread that asks.
#[derive(Debug, Clone, Default)]
struct Derived {
    model: OnceLock<Arc<Model>>,
    occurrences: OnceLock<Arc<Occurrences>>,
    secrets: OnceLock<Arc<Secrets>>,
    /// By the recipe's place in the registry.
    rewrites: [OnceLock<Arc<Offers>>; REGISTRY.len()],
}

/// The model that was built last for any version of a document: the next one is carried on from it. While a version's own is built
/// there is none here, and another version that is asked at that time builds its own from nothing.
#[derive(Debug, Clone, Default)]
struct NewestModel(Arc<Mutex<Option<Arc<Model>>>>);

/// What rules found last in any version of a document. While they look there is nothing here.
#[derive(Debug, Clone, Default)]
struct Remembered(Arc<Mutex<Option<Memories>>>);

/// What rules found, with the facts that they knew.
#[derive(Debug, Default)]
struct Memories {
    facts: Arc<Facts>,
    memory: Memory,
}

impl Remembered {
    fn take(&self, facts: &Arc<Facts>) -> Memory {
        let memories = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        memories
            .filter(|known| Arc::ptr_eq(&known.facts, facts))
            .map(|known| known.memory)
            .unwrap_or_default()
    }

    fn put(&self, facts: Arc<Facts>, memory: Memory) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Memories { facts, memory });
    }
}

impl NewestModel {
    fn take(&self) -> Option<Arc<Model>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, model: Arc<Model>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(model);
    }
}

/// Owns the inputs. Changes are cheap while snapshots are out: these keep what they have.
#[derive(Debug, Default)]
pub struct Host {
    current: Snapshot,
    /// Of closed documents too: they may be opened again.
    builds: HashMap<DocumentId, Arc<LastBuild>>,
    last_revision: u64,
}

/// The inputs as they were at one moment. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub(crate) documents: Arc<HashMap<DocumentId, Arc<DocumentState>>>,
    pub(crate) settings: Arc<Settings>,
    settings_revision: u64,
    /// The newest revision of any document. What is said of an ignore file depends on all Dockerfiles.
    documents_revision: u64,
}

impl Host {
    /// A host without inputs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The inputs as they are now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.current.clone()
    }

    /// A document was opened, or its text is a new one altogether. What was known of its last build still is.
    pub fn open(&mut self, id: DocumentId, kind: DocumentKind, text: &str) {
        let revision = self.next_revision();
        let last_build = self.builds.get(&id).cloned();
        let before = self.current.state(&id);
        let facts = before.map(|state| Arc::clone(&state.facts)).unwrap_or_default();
        let settings = before.and_then(|state| state.settings.clone());
        let document = Document::new(text);
        let state = DocumentState {
            kind,
            document,
            facts,
            last_build,
            forecast: None,
            last_tests: before.and_then(|state| state.last_tests),
            settings,
            revision,
            derived: Derived::default(),
            newest_model: NewestModel::default(),
            remembered: Remembered::default(),
        };
        Arc::make_mut(&mut self.current.documents).insert(id, Arc::new(state));
        self.current.documents_revision = revision;
    }

    /// A document was closed.
    pub fn close(&mut self, id: &DocumentId) {
        Arc::make_mut(&mut self.current.documents).remove(id);
        self.current.documents_revision = self.next_revision();
    }

    /// Edits an open document: all of the edits, or none where one panics. A state that no snapshot holds, as in a burst of keys, is
    /// edited in its place.
    pub fn edit(&mut self, id: &DocumentId, edit: impl FnOnce(&mut Document)) {
        let revision = self.next_revision();
        let Some(state) = Arc::make_mut(&mut self.current.documents).get_mut(id) else { return };
        let state = Arc::make_mut(state);
        state.document.edit_whole(edit);
        state.revision = revision;
        state.derived = Derived::default();
        self.current.documents_revision = revision;
    }

    /// What the last build said about a document.
    pub fn set_last_build(&mut self, id: &DocumentId, last_build: LastBuild) {
        let last_build = Arc::new(last_build);
        self.builds.insert(id.clone(), Arc::clone(&last_build));
        self.change(id, |state| state.last_build = Some(last_build));
    }

    /// What the next build of a document would do; nothing where nobody knows. Of all answers this changes hints and hovers alone, so
    /// that the revision stays.
    pub fn set_forecast(&mut self, id: &DocumentId, forecast: Option<Forecast>) {
        let Some(state) = self.current.state(id) else { return };
        let state = DocumentState { forecast: forecast.map(Arc::new), ..DocumentState::clone(state) };
        Arc::make_mut(&mut self.current.documents).insert(id.clone(), Arc::new(state));
    }

    /// How the tests of a document ended. Lenses alone show it, so that the revision stays.
    pub fn set_last_tests(&mut self, id: &DocumentId, counts: Counts) {
        let Some(state) = self.current.state(id) else { return };
        let state = DocumentState { last_tests: Some(counts), ..DocumentState::clone(state) };
        Arc::make_mut(&mut self.current.documents).insert(id.clone(), Arc::new(state));
    }

    /// What lies around a document has been read.
    pub fn set_facts(&mut self, id: &DocumentId, facts: Facts) {
        self.change(id, |state| state.facts = Arc::new(facts));
    }

    /// The settings of one document are known: they count instead of the host's.
    pub fn set_document_settings(&mut self, id: &DocumentId, settings: Settings) {
        self.change(id, |state| state.settings = Some(Arc::new(settings)));
    }

    /// The settings of documents without settings of their own have changed.
    pub fn set_settings(&mut self, settings: Settings) {
        self.current.settings_revision = self.next_revision();
        self.current.settings = Arc::new(settings);
    }

    fn next_revision(&mut self) -> u64 {
        self.last_revision += 1;
        self.last_revision
    }

    /// Changes a copy and puts it in place when the change is through, so that a panic inside leaves the old state whole.
    fn change(&mut self, id: &DocumentId, change: impl FnOnce(&mut DocumentState)) {
        let revision = self.next_revision();
        let Some(state) = self.current.state(id) else { return };
        let mut changed = DocumentState::clone(state);
        changed.revision = revision;
        changed.derived = Derived::default();
        change(&mut changed);
        Arc::make_mut(&mut self.current.documents).insert(id.clone(), Arc::new(changed));
        self.current.documents_revision = revision;
    }
}

impl Snapshot {
    /// The open document of this id.
    #[must_use]
    pub fn document(&self, id: &DocumentId) -> Option<&Document> {
        self.state(id).map(|state| &state.document)
    }

    /// What kind of document it is; nothing where it is not open.
    #[must_use]
    pub fn kind(&self, id: &DocumentId) -> Option<DocumentKind> {
        self.state(id).map(|state| state.kind)
    }

    /// The open documents, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &DocumentId> {
        self.documents.keys()
    }

    /// Changes whenever an answer about this document may change. Never the same for two states.
    #[must_use]
    pub fn revision(&self, id: &DocumentId) -> Option<(u64, u64)> {
        self.state(id).map(|state| match state.kind {
            // What is said of these depends on all Dockerfiles.
            kind if kind == DocumentKind::Ignore || kind.names_callers() => {
                (self.documents_revision, self.settings_revision)
            }
            _ => (state.revision, self.settings_revision),
        })
    }

    /// The settings that hold for a document.
    #[must_use]
    pub fn settings(&self, id: &DocumentId) -> &Settings {
        self.state(id).map_or(&self.settings, |state| self.settings_of(state))
    }

    pub(crate) fn settings_of<'a>(&'a self, state: &'a DocumentState) -> &'a Settings {
        state.settings.as_deref().unwrap_or(&self.settings)
    }

    /// What the last build said about a document, if there was one while it was open.
    #[must_use]
    pub fn last_build(&self, id: &DocumentId) -> Option<&LastBuild> {
        self.state(id)?.last_build.as_deref()
    }

    /// What the next build of a document would do, where that is known.
    #[must_use]
    pub fn forecast(&self, id: &DocumentId) -> Option<&Forecast> {
        self.state(id)?.forecast.as_deref()
    }

    /// What is known outside of an open document.
    #[must_use]
    pub fn facts(&self, id: &DocumentId) -> Option<&Facts> {
        self.state(id).map(|state| &*state.facts)
    }

    /// The meaning of a Dockerfile that is open.
    #[must_use]
    pub fn model(&self, id: &DocumentId) -> Option<&Model> {
        self.dockerfile(id).map(|state| state.model())
    }

    /// Every occurrence of each stage, variable and heredoc of a Dockerfile that is open.
    #[must_use]
    pub fn occurrences(&self, id: &DocumentId) -> Option<&Occurrences> {
        self.dockerfile(id).map(|state| state.occurrences())
    }

    pub(crate) fn state(&self, id: &DocumentId) -> Option<&Arc<DocumentState>> {
        self.documents.get(id)
    }

    pub(crate) fn ignore_file(&self, id: &DocumentId) -> Option<&Arc<DocumentState>> {
        self.state(id).filter(|state| state.kind == DocumentKind::Ignore)
    }

    pub(crate) fn dockerfile(&self, id: &DocumentId) -> Option<&Arc<DocumentState>> {
        self.state(id).filter(|state| state.kind == DocumentKind::Dockerfile)
    }
}

impl DocumentState {
    pub(crate) fn model(&self) -> &Model {
        self.derived.model.get_or_init(|| {
            let model = match self.newest_model.take() {
                // The version that it was built for is gone as a rule, and all of the model can be taken over as it is.
                Some(before) => Model::carried(Arc::unwrap_or_clone(before), &self.document, &self.facts),
                None => Model::new(&self.document, &self.facts),
            };
            let model = Arc::new(model);
            self.newest_model.put(Arc::clone(&model));
            model
        })
    }

    /// What each name stands for.
    pub(crate) fn occurrences(&self) -> &Occurrences {
        self.derived.occurrences.get_or_init(|| {
            let model = self.model();
            // What another frontend makes of a name is not known.
            let is_foreign = matches!(model.frontend, Frontend::Foreign(_));
            Arc::new(if is_foreign { Occurrences::default() } else { Occurrences::of(model) })
        })
    }

    /// The values that are never shown.
    pub(crate) fn secrets(&self) -> &Secrets {
        self.derived.secrets.get_or_init(|| Arc::new(Secrets::of(self.model(), &self.facts)))
    }

    pub(crate) fn input(&self) -> Input<'_> {
        Input { model: self.model(), facts: &self.facts }
    }

    /// What each recipe offers, for the kinds of actions that are wanted. Editors ask again with every move of the cursor.
    pub(crate) fn rewrites(&self, wanted: impl Fn(&str) -> bool) -> Vec<(&'static Recipe, Arc<Offers>)> {
        let recipes = REGISTRY.iter().copied().zip(&self.derived.rewrites);
        let wanted = recipes.filter(|(recipe, _)| wanted(recipe.kind));
        let offers = wanted.map(|(recipe, known)| {
            let offers = known.get_or_init(|| Arc::new(recipe.find(&self.input())));
            (recipe, Arc::clone(offers))
        });
        offers.collect()
    }

    /// What the rules find, by settings and less what comments suppress. A rule that panics costs its own findings alone.
    pub(crate) fn findings(&self, settings: &Settings, wanted: Wanted) -> Vec<Finding> {
        let input = self.input();
        let mut memory = self.remembered.take(&self.facts).carried(&input);
        let mut run = |rule| {
            let found = std::panic::catch_unwind(AssertUnwindSafe(|| {
                memory.run(rule, &input, &settings.rules, wanted)
            }));
            found.unwrap_or_default()
        };
        let findings = rules::report_with(&input, &settings.rules, &mut run).findings;
        self.remembered.put(Arc::clone(&self.facts), memory);
        findings
    }
}

#[cfg(test)]
mod tests {
    use syntax::TextRange;

    use super::*;

    #[test]
    fn a_snapshot_keeps_its_text_while_the_document_goes_on() {
        let id = DocumentId::new("file:///Dockerfile");
        let mut host = Host::new();
        host.open(id.clone(), DocumentKind::Dockerfile, "FROM a\nRUN b\n");
        let text = |snapshot: &Snapshot| snapshot.document(&id).map(Document::text).unwrap_or_default();
        let before = host.snapshot();
        let mut seen = vec![before.revision(&id)];
        for key in ["x", "y"] {
            host.edit(&id, |document| document.edit(TextRange::empty(6), key));
            seen.push(host.snapshot().revision(&id));
        }
        assert_eq!(
            (text(&before), text(&host.snapshot())),
            ("FROM a\nRUN b\n".into(), "FROM ayx\nRUN b\n".into())
        );
        assert_eq!(before.revision(&id), seen[0]);
        seen.dedup();
        assert_eq!(seen.len(), 3);
        // What follows from a text goes with it, also where the state is edited in its place.
        let images = |host: &Host| host.snapshot().model(&id).map(Model::base_images).unwrap_or_default();
        assert_eq!(images(&host), ["ayx"]);
        host.edit(&id, |document| document.edit(TextRange::new(6, 7), ""));
        assert_eq!(images(&host), ["ax"]);
    }
}
