//! Bake files: their targets, as `docker buildx bake --print` resolves them.
//!
//! Followed: variables with what the environment sets in their place, functions, matrices, `inherits`, several files over each other, and
//! the Compose files beside them, which Bake reads too. Callers are the targets that a group names or that no other target inherits.

mod evaluate;
mod functions;
mod source;
mod target;
#[cfg(test)]
mod tests;
mod value;
mod variables;

use std::collections::{BTreeMap, BTreeSet};

use evaluate::{Evaluator, Locals};
pub(crate) use source::{Attribute, Block, Definitions, Source};
use target::Target;
use value::Value;

use crate::{Caller, CallerKind, Outside, Read, line_of, paths};

/// Names of Bake files, in the order in which they are laid over each other.
pub const FILES: [&str; 4] =
    ["docker-bake.json", "docker-bake.hcl", "docker-bake.override.json", "docker-bake.override.hcl"];

/// Targets that files may define, matrices counted out.
const MAX_TARGETS: usize = 2000;

/// Reads Bake files that belong together, by absolute paths. `services` are the callers of the Compose files beside them.
#[must_use]
pub fn read(
    files: &[String],
    services: &[Caller],
    outside: &dyn Outside,
    shown: &dyn Fn(&str) -> String,
) -> Read {
    let mut problems = Vec::new();
    let mut definitions = Definitions::default();
    let mut texts = Vec::new();
    for (index, path) in files.iter().enumerate() {
        let text = outside.read(path).and_then(|text| {
            let read = if path.ends_with(".json") {
                definitions.add_json(&text, index)
            } else {
                definitions.add_hcl(&text, index)
            };
            read.map(|()| text)
        });
        texts.push(text.unwrap_or_else(|reason| {
            problems.push(format!("{}: {reason}", shown(path)));
            String::new()
        }));
    }
    let Some(folder) = files.first().map(|file| paths::folder(file)) else { return Read::default() };
    let evaluator = Evaluator::new(&definitions, outside);
    let mut targets = Targets::default();
    for service in services {
        targets.builds.insert(service.name.replace('.', "_"), Target::of_service(&service.build));
    }
    for block in &definitions.targets {
        targets.add(block, &evaluator, &mut problems);
    }
    targets.is_broken = !problems.is_empty();
    let entries = targets.entries(&definitions, &evaluator);
    let callers =
        targets.places.iter().filter(|(name, _)| entries.contains(name.as_str())).map(|(name, block)| {
            Caller {
                kind: CallerKind::Bake,
                file: files[block.file].clone(),
                shown_file: shown(&files[block.file]),
                line: line_of(&texts[block.file], block.place.start),
                name: name.clone(),
                build: targets
                    .resolve(name, &mut BTreeSet::new())
                    .unwrap_or_default()
                    .finish(folder, outside),
            }
        });
    Read { callers: callers.collect(), problems }
}

/// The targets of all files.
#[derive(Default)]
struct Targets<'a> {
    builds: BTreeMap<String, Target>,
    /// Those of Bake files, in order, with the block that defines them first.
    places: Vec<(String, &'a Block)>,
    /// What a matrix has made of a block's name.
    of_matrix: BTreeMap<String, Vec<String>>,
    /// A file could not be read: what it defines is missing.
    is_broken: bool,
}

impl<'a> Targets<'a> {
    fn add(&mut self, block: &'a Block, evaluator: &Evaluator<'_>, problems: &mut Vec<String>) {
        let Some(matrix) = block.attribute("matrix") else {
            return self.put(block.name.clone(), block, Target::read(block, evaluator, &Locals::new()));
        };
        let combinations = match combinations(&evaluator.evaluate(matrix, &Locals::new())) {
            Ok(combinations) => combinations,
            Err(reason) => return problems.push(format!("the matrix of {}: {reason}", block.name)),
        };
        let Some(name) = block.attribute("name") else {
            return problems.push(format!("the target {} has a matrix and no name", block.name));
        };
        for locals in combinations {
            match evaluator.evaluate(name, &locals) {
                Value::Text(name) => {
                    self.of_matrix.entry(block.name.clone()).or_default().push(name.to_string());
                    self.put(name.to_string(), block, Target::read(block, evaluator, &locals));
                }
                value => {
                    let reason = value.reason().unwrap_or_else(|| "it is no text".into());
                    problems.push(format!("the name of {}: {reason}", block.name));
                }
            }
        }
    }

    fn put(&mut self, name: String, block: &'a Block, target: Target) {
        if self.places.len() >= MAX_TARGETS {
            return;
        }
        if !self.places.iter().any(|(other, _)| *other == name) {
            self.places.push((name.clone(), block));
        }
        let below = self.builds.remove(&name);
        self.builds.insert(name, below.unwrap_or_default().under(target));
    }

    /// A target over those that it inherits; nothing for one that is being resolved already.
    fn resolve(&self, name: &str, visiting: &mut BTreeSet<String>) -> Option<Target> {
        let own = self.builds.get(name)?.clone();
        if !visiting.insert(name.to_owned()) {
            return None;
        }
        let mut base = Target::default();
        for parent in &own.inherits {
            match self.resolve(parent, visiting) {
                Some(parent) => base = base.under(parent),
                None if !visiting.contains(parent) => {
                    base.incomplete = Some(format!("there is no target {parent} to inherit"));
                }
                None => {}
            }
        }
        let mut target = base.under(own);
        if self.is_broken {
            target
                .incomplete
                .get_or_insert_with(|| "a Bake file beside it could not be understood".to_owned());
        }
        Some(target)
    }

    /// The targets that somebody builds: those of groups, and those that no other inherits.
    fn entries(&self, definitions: &Definitions, evaluator: &Evaluator<'_>) -> BTreeSet<&str> {
        let listed = |block: &Block| {
            let targets =
                block.attribute("targets").map(|source: &Source| evaluator.evaluate(source, &Locals::new()));
            let names = targets.as_ref().and_then(Value::as_list).unwrap_or_default();
            names.iter().filter_map(|name| name.as_text().map(|name| name.to_string())).collect::<Vec<_>>()
        };
        let grouped: BTreeSet<String> = definitions.groups.iter().flat_map(listed).collect();
        let of_matrix = |name: &str| {
            self.of_matrix
                .iter()
                .any(|(block, names)| grouped.contains(block) && names.iter().any(|other| other == name))
        };
        let inherited: BTreeSet<&str> =
            self.builds.values().flat_map(|target| &target.inherits).map(String::as_str).collect();
        let names = self.places.iter().map(|(name, _)| name.as_str());
        names
            .filter(|name| {
                grouped.contains(*name)
                    || of_matrix(name)
                    || *name == "default"
                    || (!inherited.contains(name) && !name.starts_with('_'))
            })
            .collect()
    }
}

/// The values of a matrix, each of one with each of the others.
fn combinations(matrix: &Value) -> Result<Vec<Locals>, String> {
    let Value::Object(axes, _) = matrix else {
        let reason = matrix.reason();
        return Err(reason.map_or_else(|| "it is no object".to_owned(), |reason| reason.to_string()));
    };
    let mut combinations = vec![Locals::new()];
    for (name, values) in axes.iter() {
        let Some(values) = values.as_list() else { return Err(format!("{name} is no list")) };
        if combinations.len() * values.len() > MAX_TARGETS {
            return Err(format!("it makes more than {MAX_TARGETS} targets"));
        }
        let with = |locals: &Locals, value: &Value| {
            let mut locals = locals.clone();
            locals.insert(name.clone(), value.clone());
            locals
        };
        combinations = combinations
            .iter()
            .flat_map(|locals| values.iter().map(move |value| with(locals, value)))
            .collect();
    }
    Ok(combinations)
}
