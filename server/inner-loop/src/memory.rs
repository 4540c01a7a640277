//! The keys that a builder is known to have results for, whatever target or Dockerfile they came from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use semantic::{FrontendFacts, ImageFacts};
use serde::{Deserialize, Serialize};

use crate::digest::{Digest, Seal};
use crate::request::BuilderState;

/// More keys than this are not kept: those that were used longest ago are forgotten.
const MOST_KEYS: usize = 8192;
/// How many are forgotten at once, so that not each build sorts them.
const FORGOTTEN_AT_ONCE: usize = 1024;

/// What is known of the cache of one builder.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// What the builder last said of itself.
    pub builder: KnownBuilder,
    keys: HashMap<Digest, KnownKey>,
}

/// What a builder said of itself, for the times when it does not answer. Values of variables are sealed: nobody knows which are secrets.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct KnownBuilder {
    /// Its own platform, such as `linux/amd64`.
    pub platform: String,
    /// What its frontend can do.
    pub frontend: Option<FrontendFacts>,
    /// Images that it has or had, by name.
    pub images: BTreeMap<String, ImageFacts>,
    /// Proxy arguments that are added to each build; not kept.
    #[serde(skip)]
    pub proxies: BTreeMap<String, String>,
}

/// More images than this are not kept.
const MOST_IMAGES: usize = 500;

impl KnownBuilder {
    /// What is kept of it.
    #[must_use]
    pub fn as_kept(&self) -> Self {
        Self { proxies: BTreeMap::new(), ..self.clone() }
    }

    /// This, with what the builder says now.
    #[must_use]
    pub fn with(&self, state: Option<&BuilderState>, seal: &Seal) -> Self {
        let mut known = self.clone();
        if let Some(state) = state {
            known.platform.clone_from(&state.platform);
            known.frontend = Some(state.frontend);
            known.proxies.clone_from(&state.proxies);
            if known.images.len() > MOST_IMAGES {
                known.images.clear();
            }
            let images = state.images.iter().map(|(name, image)| (name.clone(), sealed_image(image, seal)));
            known.images.extend(images);
        }
        known
    }
}

/// An image with what decides keys alone, and the values of its variables sealed: equal where the values are, and absolute paths still are
/// some.
fn sealed_image(image: &ImageFacts, seal: &Seal) -> ImageFacts {
    let value = |value: &String| match value.as_str() {
        "" => String::new(),
        text if text.starts_with('/') => format!("/{}", seal.digest([text])),
        text => seal.digest([text]).to_string(),
    };
    ImageFacts {
        environment: image.environment.iter().map(|(name, text)| (name.clone(), value(text))).collect(),
        environment_names: image.environment_names.clone(),
        workdir: image.workdir.clone(),
        user: image.user.clone(),
        shell: image.shell.clone(),
        layer_digests: image.layer_digests.clone(),
        triggers: image.triggers.clone(),
        platform: image.platform.clone(),
        ..ImageFacts::default()
    }
}

/// A key that the builder had a result for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct KnownKey {
    /// Seconds that the step took when it last ran, where it was seen to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// When a build last used it, in seconds since 1970.
    pub used: u64,
    /// What the key is without the files that come from other steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Digest>,
    /// The key of which this one turned out to be another name: the steps that it reads gave the same files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<Digest>,
    /// Its results in the builder's cache, where they are known, the newest last: a step that ran although it need not has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<KnownResult>,
}

/// Older results of one key than this many are forgotten.
const MOST_RESULTS: usize = 4;

/// A result in a builder's cache.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KnownResult {
    /// The builder's own name of it.
    pub id: String,
    /// When it was made, in seconds since 1970 by the builder's clock.
    pub made: f64,
    /// Seconds that making it took, where that was seen.
    pub seconds: f64,
    /// What the builder says that made it, where that is no command and holds no variable's value: by this it is found under another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Memory {
    /// What is known of a key, under whichever of its names.
    #[must_use]
    pub fn known(&self, key: Digest) -> Option<&KnownKey> {
        self.keys.get(&self.canonical(key))
    }

    /// The name under which a key is kept.
    #[must_use]
    pub fn canonical(&self, key: Digest) -> Digest {
        self.keys.get(&key).and_then(|known| known.same_as).unwrap_or(key)
    }

    /// The keys that differ from each other in nothing but what other steps gave.
    pub fn of_shape(&self, shape: Digest) -> impl Iterator<Item = Digest> {
        let of_shape =
            move |(_, known): &(&Digest, &KnownKey)| known.shape == Some(shape) && known.same_as.is_none();
        self.keys.iter().filter(of_shape).map(|(key, _)| *key)
    }

    /// All keys by what they are without what other steps gave.
    #[must_use]
    pub fn by_shape(&self) -> HashMap<Digest, Vec<Digest>> {
        let mut by_shape: HashMap<Digest, Vec<Digest>> = HashMap::new();
        for (key, known) in self.keys.iter().filter(|(_, known)| known.same_as.is_none()) {
            if let Some(shape) = known.shape {
                by_shape.entry(shape).or_default().push(*key);
            }
        }
        by_shape
    }

    /// Remembers a key.
    pub fn learn(&mut self, key: Digest, known: KnownKey) {
        let key = self.canonical(key);
        let entry = self.keys.entry(key).or_default();
        let mut results = std::mem::take(&mut entry.results);
        for result in known.results {
            results.retain(|other| other.id != result.id);
            results.push(result);
        }
        let n_forgotten = results.len().saturating_sub(MOST_RESULTS);
        results.drain(..n_forgotten);
        *entry = KnownKey {
            seconds: known.seconds.or(entry.seconds),
            used: known.used.max(entry.used),
            shape: known.shape.or(entry.shape),
            same_as: None,
            results,
        };
    }

    /// Remembers that a key is another name of one that is known.
    pub fn learn_same(&mut self, key: Digest, known: Digest, used: u64) {
        let known = self.canonical(known);
        if key != known {
            self.keys.insert(key, KnownKey { used, same_as: Some(known), ..KnownKey::default() });
        }
    }

    /// Remembers that the newest result of a key goes by another name; what is forgotten by now stays so.
    pub fn rename(&mut self, key: Digest, result: KnownResult) {
        let key = self.canonical(key);
        if let Some(used) = self.keys.get(&key).map(|known| known.used) {
            self.learn(key, KnownKey { used, results: vec![result], ..KnownKey::default() });
        }
    }

    /// The builder's names of all results.
    #[must_use]
    pub fn result_ids(&self) -> BTreeSet<&str> {
        self.keys.values().flat_map(|known| &known.results).map(|result| result.id.as_str()).collect()
    }

    /// Forgets a key: what it was learned from did not hold.
    pub fn forget(&mut self, key: Digest) {
        self.keys.remove(&key);
    }

    /// Forgets what was used longest ago, where there is too much.
    pub fn shorten(&mut self) {
        if self.keys.len() <= MOST_KEYS {
            return;
        }
        let mut times: Vec<u64> = self.keys.values().map(|known| known.used).collect();
        times.sort_unstable();
        let oldest = times[self.keys.len() - MOST_KEYS + FORGOTTEN_AT_ONCE];
        self.keys.retain(|_, known| known.used >= oldest);
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
