//! From occurrences to symbols: which definitions belong together, and whose each use is.

use std::collections::HashMap;

use super::collect::{Found, StandsFor};
use super::{Occurrence, Occurrences, Symbol, SymbolId};
use crate::model::Model;
use crate::scope::{DefinitionId, Origin, is_platform_argument, is_proxy_argument};

/// What has a symbol of its own until it is joined with others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Node {
    Stage(usize),
    Definition(DefinitionId),
    /// A variable from outside, in the lineage that begins with this stage; everywhere for the builder's own.
    Outside(String, Option<usize>),
    /// By the place of its `<<`.
    Heredoc(u32),
}

/// Sets of nodes that are one symbol.
#[derive(Default)]
struct Sets {
    nodes: HashMap<Node, usize>,
    parents: Vec<usize>,
}

impl Sets {
    fn add(&mut self, node: Node) -> usize {
        let next = self.parents.len();
        let index = *self.nodes.entry(node).or_insert(next);
        if index == next {
            self.parents.push(index);
        }
        index
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.parents[index] != index {
            self.parents[index] = self.parents[self.parents[index]];
            index = self.parents[index];
        }
        index
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        self.parents[left.max(right)] = left.min(right);
    }
}

pub(super) fn group(model: &Model, mut found: Vec<Found>) -> Occurrences {
    found.sort_by_key(|found| (found.reach.start, std::cmp::Reverse(found.reach.end)));
    let mut sets = Sets::default();
    let nodes: Vec<usize> = found.iter().map(|found| node(model, &mut sets, &found.stands_for)).collect();
    let mut occurrences = Occurrences::default();
    let mut symbols: HashMap<usize, SymbolId> = HashMap::new();
    for (position, (found, node)) in found.into_iter().zip(nodes).enumerate() {
        let root = sets.root(node);
        let id = *symbols.entry(root).or_insert_with(|| {
            occurrences.symbols.push(symbol(model, &found.stands_for));
            occurrences.by_symbol.push(Vec::new());
            SymbolId(occurrences.symbols.len() - 1)
        });
        occurrences.by_symbol[id.0].push(position);
        let Found { range, reach, role, spelling, stands_for } = found;
        let (defines, sources) = match stands_for {
            StandsFor::Definition(definition) => {
                occurrences.by_definition.insert(definition, position);
                occurrences.symbols[id.0].add(definition);
                (Some(definition), taken_over(model, definition).into_iter().collect())
            }
            StandsFor::Variable { sources, .. } => (None, sources),
            StandsFor::Stage(_) | StandsFor::Heredoc { .. } => (None, Vec::new()),
        };
        occurrences.all.push(Occurrence { range, reach, symbol: id, role, spelling, defines, sources });
    }
    occurrences
}

impl Symbol {
    /// A variable of the builder's own is the file's too once an ARG declares it.
    fn add(&mut self, definition: DefinitionId) {
        if let Self::Outside { name } = self {
            *self = Self::Variable { name: std::mem::take(name), definitions: Vec::new() };
        }
        if let Self::Variable { definitions, .. } = self {
            definitions.push(definition);
        }
    }
}

/// The global ARG whose value an ARG of a stage takes over: one without a default of its own.
fn taken_over(model: &Model, id: DefinitionId) -> Option<DefinitionId> {
    let global = model.scopes.global_of(id)?;
    let definition = model.scopes.get(id)?;
    let item = model.stages.get(id.stage?)?.instructions.get(definition.instruction)?;
    let crate::stage::Kind::Arg(arguments) = &item.kind else { return None };
    let own = arguments.iter().find(|(name, _)| name.range == definition.range)?;
    own.1.is_none().then_some(global)
}

fn node(model: &Model, sets: &mut Sets, stands_for: &StandsFor) -> usize {
    match stands_for {
        StandsFor::Stage(index) => sets.add(Node::Stage(*index)),
        StandsFor::Heredoc { marker, .. } => sets.add(Node::Heredoc(*marker)),
        StandsFor::Definition(id) => definition(model, sets, *id),
        StandsFor::Variable { name, stage, sources } => {
            let Some((first, others)) = sources.split_first() else {
                let root =
                    stage.filter(|_| !is_predefined(name)).and_then(|stage| lineage_start(model, stage));
                return sets.add(Node::Outside(name.clone(), root));
            };
            let first = sets.add(Node::Definition(*first));
            for other in others {
                let other = sets.add(Node::Definition(*other));
                sets.join(first, other);
            }
            first
        }
    }
}

/// Joins a definition with those of the same variable: what it overrides, and the global ARG of its name.
fn definition(model: &Model, sets: &mut Sets, id: DefinitionId) -> usize {
    let node = sets.add(Node::Definition(id));
    for other in [model.scopes.overridden(id), model.scopes.global_of(id)].into_iter().flatten() {
        let other = sets.add(Node::Definition(other));
        sets.join(node, other);
    }
    if let Some(definition) = model.scopes.get(id)
        && definition.origin != Origin::Env
        && is_predefined(&definition.name)
    {
        let outside = sets.add(Node::Outside(definition.name.clone(), None));
        sets.join(node, outside);
    }
    node
}

fn symbol(model: &Model, stands_for: &StandsFor) -> Symbol {
    let variable = |name: String| Symbol::Variable { name, definitions: Vec::new() };
    match stands_for {
        StandsFor::Stage(index) => Symbol::Stage(*index),
        StandsFor::Heredoc { name, body, .. } => Symbol::Heredoc { name: name.clone(), body: *body },
        StandsFor::Definition(id) => {
            variable(model.scopes.get(*id).map(|definition| definition.name.clone()).unwrap_or_default())
        }
        StandsFor::Variable { name, sources, .. } if sources.is_empty() => {
            Symbol::Outside { name: name.clone() }
        }
        StandsFor::Variable { name, .. } => variable(name.clone()),
    }
}

/// Whether the builder itself gives a variable of this name a value.
pub(super) fn is_predefined(name: &str) -> bool {
    is_platform_argument(name) || is_proxy_argument(name)
}

/// The stage that builds on an image, at the start of a stage's lineage.
fn lineage_start(model: &Model, stage: usize) -> Option<usize> {
    model.lineage(stage).first().map(|stage| stage.index)
}
