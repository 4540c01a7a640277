//! Variables: who defines them, and what an instruction sees of them.
//!
//! Follows BuildKit (`dockerfile2llb/convert.go`): ENV and every ARG with a value go into the stage's environment, the newest
//! wins, and a stage that builds on another one starts with all of it. An ARG without a default takes the value of the global
//! ARG of that name. What only the caller (`--build-arg`) or the base image knows is unknown.

mod reaching;

use std::collections::{BTreeMap, HashMap};

use syntax::TextRange;

pub use reaching::{DefinitionId, ReadAt};

/// What an instruction sees: the definitions of its stage up to here, and of the stages below. Looked up in [`Scopes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The stage; absent before the first FROM and in FROM itself.
    pub stage: Option<usize>,
    /// How many of its definitions are visible.
    pub visible: usize,
}

/// Who defines a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// An ARG before the first FROM.
    GlobalArg,
    /// An ARG in a stage.
    Arg,
    /// ENV.
    Env,
}

/// A definition of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The name.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Who defines it.
    pub origin: Origin,
    /// The place of the name.
    pub range: TextRange,
    /// The stage, and the instruction's position in it (for a global ARG: among all instructions).
    pub instruction: usize,
}

/// The value of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Known, unless the caller overrides an ARG.
    Known(String),
    /// It depends on something that is not known.
    Unknown,
    /// An ARG without a value: only the caller can give one.
    Unset,
}

/// What a lookup gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// This value.
    Value(&'a str),
    /// Nothing defines it.
    Unset,
    /// It cannot be known here.
    Unknown,
}

/// The definitions of a file.
#[derive(Debug, Clone, Default)]
pub struct Scopes {
    global: Layer,
    pub(crate) stages: Vec<Layer>,
    /// The platform arguments whose values are known.
    platform_arguments: BTreeMap<String, String>,
}

/// The definitions of one stage.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layer {
    parent: Parent,
    pub(crate) definitions: Vec<Definition>,
    by_name: HashMap<String, Vec<usize>>,
}

/// What a stage's environment starts with.
#[derive(Debug, Clone, Default)]
pub(crate) enum Parent {
    /// Nothing: `scratch`, or before the first FROM.
    #[default]
    Nothing,
    /// All that is defined in this stage.
    Stage(usize),
    /// A base image's ENV; absent where the image is not known.
    Image(Option<BTreeMap<String, String>>),
}

/// Arguments that BuildKit defines before the first FROM: their values depend on the build.
pub const PLATFORM_ARGUMENTS: [&str; 8] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
];

/// Whether a name is a platform argument, `TARGETVARIANT` and the like included.
#[must_use]
pub fn is_platform_argument(name: &str) -> bool {
    PLATFORM_ARGUMENTS.contains(&name) || matches!(name, "TARGETVARIANT" | "TARGETOSVERSION" | "TARGETSTAGE")
}

/// Whether a name is one of the proxy arguments that need no ARG and are in no cache key.
#[must_use]
pub fn is_proxy_argument(name: &str) -> bool {
    ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

impl Scopes {
    /// What `scope` sees under `name`.
    #[must_use]
    pub fn lookup(&self, scope: Scope, name: &str) -> Lookup<'_> {
        match self.resolve(scope, name) {
            Resolution::Defined(definition) => match &definition.value {
                Value::Known(value) => Lookup::Value(value),
                Value::Unknown | Value::Unset => Lookup::Unknown,
            },
            Resolution::Outside(value) => Lookup::Value(value),
            Resolution::Nothing => Lookup::Unset,
            Resolution::Unknown => Lookup::Unknown,
        }
    }

    /// The definition that `scope` sees under `name`, if the file has one.
    #[must_use]
    pub fn definition(&self, scope: Scope, name: &str) -> Option<&Definition> {
        match self.resolve(scope, name) {
            Resolution::Defined(definition) => Some(definition),
            _ => None,
        }
    }

    /// The global ARG of this name.
    #[must_use]
    pub fn global(&self, name: &str) -> Option<&Definition> {
        self.global.newest(name, usize::MAX)
    }

    /// The global ARGs, in order.
    #[must_use]
    pub fn globals(&self) -> &[Definition] {
        &self.global.definitions
    }

    /// The definitions of a stage that `scope` sees, in order, without those of the stages below.
    #[must_use]
    pub fn definitions(&self, scope: Scope) -> &[Definition] {
        let layer = scope.stage.map_or(&self.global, |index| &self.stages[index]);
        &layer.definitions[..scope.visible.min(layer.definitions.len())]
    }

    /// Every name that `scope` sees, with its newest definition; those of the base image are left out.
    #[must_use]
    pub fn visible(&self, scope: Scope) -> BTreeMap<&str, &Definition> {
        let mut found = BTreeMap::new();
        let mut next = Some(scope);
        while let Some(scope) = next {
            for definition in self.definitions(scope).iter().rev() {
                if definition.value != Value::Unset || !found.contains_key(definition.name.as_str()) {
                    found.entry(definition.name.as_str()).or_insert(definition);
                }
            }
            next = self.below(scope);
        }
        found
    }

    fn below(&self, scope: Scope) -> Option<Scope> {
        match self.stages.get(scope.stage?)?.parent {
            Parent::Stage(index) => Some(self.end(index)),
            _ => None,
        }
    }

    /// All that is defined at the end of a stage.
    #[must_use]
    pub fn end(&self, stage: usize) -> Scope {
        Scope {
            stage: Some(stage),
            visible: self.stages.get(stage).map_or(0, |layer| layer.definitions.len()),
        }
    }

    /// All global ARGs.
    #[must_use]
    pub fn global_end(&self) -> Scope {
        Scope { stage: None, visible: self.global.definitions.len() }
    }

    /// No definition yet, and these values of platform arguments.
    pub(crate) fn of_platform(platform_arguments: BTreeMap<String, String>) -> Self {
        Self { platform_arguments, ..Self::default() }
    }

    pub(crate) fn add_stage(&mut self, parent: Parent) {
        self.stages.push(Layer { parent, ..Layer::default() });
    }

    /// Adds a stage with all its definitions.
    pub(crate) fn push(&mut self, stage: Layer) {
        self.stages.push(stage);
    }

    /// Takes the last stage away.
    pub(crate) fn pop(&mut self) {
        self.stages.pop();
    }

    /// Whether the definitions of `scope`'s own stage give `name` a value, so that nothing outside of it matters.
    pub(crate) fn gives_value(&self, scope: Scope, name: &str) -> bool {
        let layer = scope.stage.and_then(|index| self.stages.get(index));
        let newest = layer.and_then(|layer| layer.newest(name, scope.visible));
        newest.is_some_and(|definition| definition.value != Value::Unset)
    }

    pub(crate) fn define(&mut self, stage: Option<usize>, definition: Definition) {
        let layer = match stage {
            Some(index) => &mut self.stages[index],
            None => &mut self.global,
        };
        layer.by_name.entry(definition.name.clone()).or_default().push(layer.definitions.len());
        layer.definitions.push(definition);
    }

    fn resolve(&self, scope: Scope, name: &str) -> Resolution<'_> {
        let Some(mut index) = scope.stage else {
            return match self.global.newest(name, scope.visible) {
                Some(definition) => Resolution::Defined(definition),
                None if is_platform_argument(name) => self
                    .platform_arguments
                    .get(name)
                    .map_or(Resolution::Unknown, |value| Resolution::Outside(value)),
                None => Resolution::Nothing,
            };
        };
        let mut visible = scope.visible;
        let mut unset = None;
        loop {
            let Some(layer) = self.stages.get(index) else { return Resolution::Nothing };
            match layer.newest(name, visible) {
                Some(definition) if definition.value == Value::Unset => unset = unset.or(Some(definition)),
                Some(definition) => return Resolution::Defined(definition),
                None => {}
            }
            match &layer.parent {
                Parent::Stage(parent) => {
                    index = *parent;
                    visible = usize::MAX;
                }
                _ if unset.is_some() => return unset.map_or(Resolution::Nothing, Resolution::Defined),
                Parent::Nothing => return Resolution::Nothing,
                Parent::Image(None) => return Resolution::Unknown,
                Parent::Image(Some(environment)) => {
                    return environment
                        .get(name)
                        .map_or(Resolution::Nothing, |value| Resolution::Outside(value));
                }
            }
        }
    }
}

impl Layer {
    fn newest(&self, name: &str, visible: usize) -> Option<&Definition> {
        let mut earlier = self.by_name.get(name)?.iter().rev().filter(|index| **index < visible);
        let newest = *earlier.clone().next()?;
        let with_value = earlier.find(|index| self.definitions[**index].value != Value::Unset);
        self.definitions.get(*with_value.unwrap_or(&newest))
    }
}

enum Resolution<'a> {
    Defined(&'a Definition),
    /// By the base image or the platform.
    Outside(&'a str),
    Nothing,
    Unknown,
}
