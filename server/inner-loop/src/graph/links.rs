//! What each step takes from where: other stages, images, contexts and addresses.

use std::collections::BTreeMap;

use semantic::facts::callers::same_context;
use semantic::{Base, Copy, Kind, Model, MountKind, SourceKind, Stage, StageInstruction};

use super::{Edge, EdgeKind, Graph, Node, Origin};

/// Adds the edges to a graph that has its stages.
pub(super) fn add(graph: &mut Graph, model: &Model, contexts: &BTreeMap<String, String>) {
    let mut links = Links { graph, model, contexts };
    for stage in &model.stages {
        links.from(stage);
        let steps = stage.instructions.iter().filter(|item| item.is_step());
        for (at, item) in steps.enumerate() {
            links.step((stage.index, at + 1), item);
        }
    }
}

struct Links<'a> {
    graph: &'a mut Graph,
    model: &'a Model,
    contexts: &'a BTreeMap<String, String>,
}

impl Links<'_> {
    fn from(&mut self, stage: &Stage) {
        self.take((stage.index, 0), &stage.base, &stage.image.raw, EdgeKind::From);
    }

    fn step(&mut self, to: (usize, usize), item: &StageInstruction) {
        match &item.kind {
            Kind::Copy(copy) | Kind::Add(copy) => self.copy(to, copy),
            Kind::Run(run) => {
                for mount in &run.mounts {
                    match &mount.from {
                        Some(from) => self.take(to, &from.target, &from.text.raw, EdgeKind::Mount),
                        None if mount.kind == MountKind::Bind => {
                            self.take_origin(to, Origin::Context, EdgeKind::Mount);
                        }
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn copy(&mut self, to: (usize, usize), copy: &Copy) {
        if let Some(from) = &copy.from {
            return self.take(to, &from.target, &from.text.raw, EdgeKind::Copy);
        }
        if copy.reads_context() {
            self.take_origin(to, Origin::Context, EdgeKind::Copy);
        }
        for source in &copy.sources {
            if matches!(source.kind, SourceKind::Url | SourceKind::Git) {
                let address = source.text.value.as_ref().unwrap_or(&source.text.raw);
                self.take_origin(to, Origin::Address(address.clone()), EdgeKind::Copy);
            }
        }
    }

    /// A named context counts first, then the stage, then the image: see [`semantic::replacement`].
    fn take(&mut self, to: (usize, usize), base: &Base, written: &str, kind: EdgeKind) {
        let name = match base {
            Base::Stage(stage) => self.model.stages.get(*stage).and_then(Stage::lower_name),
            Base::Image(name) => Some(name.as_str().into()),
            Base::Scratch | Base::Unknown => None,
        };
        let is_meant = |known: &&String| name.as_ref().is_some_and(|name| same_context(known, name));
        if let Some((name, place)) = self.contexts.iter().find(|(known, _)| is_meant(known)) {
            let origin = match place.strip_prefix("docker-image://") {
                Some(image) => Origin::Image(image.to_owned()),
                None => Origin::Named { name: name.clone(), place: place.clone() },
            };
            return self.take_origin(to, origin, kind);
        }
        match base {
            Base::Scratch => {}
            Base::Stage(stage) => self.add(to, Node::Stage(*stage), kind),
            Base::Image(name) => self.take_origin(to, Origin::Image(name.clone()), kind),
            Base::Unknown if written.is_empty() => {}
            Base::Unknown => self.take_origin(to, Origin::Image(written.to_owned()), kind),
        }
    }

    fn take_origin(&mut self, to: (usize, usize), origin: Origin, kind: EdgeKind) {
        let origins = &mut self.graph.origins;
        let at = origins.iter().position(|known| *known == origin).unwrap_or_else(|| {
            origins.push(origin);
            origins.len() - 1
        });
        self.add(to, Node::Origin(at), kind);
    }

    fn add(&mut self, (stage, step): (usize, usize), from: Node, kind: EdgeKind) {
        let edge = Edge { from, stage, step, kind, is_critical: false };
        // Those of one step stand together, at the end.
        let mut of_step =
            self.graph.edges.iter().rev().take_while(|known| (known.stage, known.step) == (stage, step));
        if !of_step.any(|known| *known == edge) {
            self.graph.edges.push(edge);
        }
    }
}
