//! The steps that a build of a target runs, numbered as BuildKit numbers its vertices.
//!
//! Source: `dockerfile2llb/convert.go`, `prefixCommand` and `buildDispatchStates`.

use syntax::Keyword;

use crate::base::Base;
use crate::model::Model;
use crate::path::Place;
use crate::stage::{Kind, Stage};

/// A step: a FROM, COPY, ADD, RUN or WORKDIR of a stage that is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The stage's position.
    pub stage: usize,
    /// The stage's name, as written or `stage-N`.
    pub stage_name: String,
    /// First line, from 1.
    pub line: u32,
    /// Last line, from 1, heredoc bodies included.
    pub end_line: u32,
    /// The keyword.
    pub keyword: Keyword,
    /// The instruction on one line, continuations joined and runs of blanks made one, as in `RUN npm ci`.
    pub instruction: String,
    /// What the vertex's name begins with, such as `[build 2/5] `; absent where BuildKit makes no vertex (`WORKDIR /`, FROM a stage or scratch).
    pub vertex_prefix: Option<String>,
}

impl Model {
    /// The steps of a build of the stage `target`, stage by stage in file order.
    #[must_use]
    pub fn steps(&self, target: usize) -> Vec<Step> {
        let named = self.names_stages();
        self.reachable(target).into_iter().flat_map(|index| stage_steps(&self.stages[index], named)).collect()
    }

    /// The steps of one stage, whether or not a build needs them.
    #[must_use]
    pub fn stage_steps(&self, stage: usize) -> Vec<Step> {
        self.stages.get(stage).map(|stage| stage_steps(stage, self.names_stages())).unwrap_or_default()
    }

    /// Whether vertices have their stage's name.
    fn names_stages(&self) -> bool {
        self.stages.len() > 1 || self.has_outside_references()
    }

    /// The first lines, from 1, of the instructions whose entries end the history of an image of `stage`: every instruction of its lineage
    /// makes exactly one, in this order (`commitToHistory` in `dockerfile2llb`), after those of the base image.
    #[must_use]
    pub fn history(&self, stage: usize) -> Vec<u32> {
        let instructions = self.lineage(stage).into_iter().flat_map(|stage| &stage.instructions);
        instructions.map(|item| item.instruction.line + 1).collect()
    }

    /// Whether something outside is read: an image by `--from`, or any mount (one without `from` counts as scratch). BuildKit counts each
    /// as one more stage, and then even a single stage has its name in the vertices.
    fn has_outside_references(&self) -> bool {
        self.stages.iter().flat_map(|stage| &stage.instructions).any(|item| {
            let mounts = item.as_run().map_or(&[][..], |run| &run.mounts);
            let copied = item.as_copy().and_then(|copy| copy.from.as_ref());
            copied.is_some_and(|reference| reference.target.stage().is_none())
                || mounts
                    .iter()
                    .any(|mount| mount.from.as_ref().is_none_or(|from| from.target.stage().is_none()))
        })
    }
}

fn stage_steps(stage: &Stage, named: bool) -> Vec<Step> {
    let has_image = matches!(stage.base, Base::Image(_) | Base::Unknown);
    let total = usize::from(has_image) + stage.instructions.iter().filter(|item| item.is_step()).count();
    let width = total.to_string().len();
    let prefix = |number: usize| {
        // BuildKit makes names lower case when it reads them.
        let name = stage.lower_name().unwrap_or_else(|| stage.display_name().into());
        let name = if named { format!("{name} ") } else { String::new() };
        format!("[{name}{number:>width$}/{total}] ")
    };
    let step = |instruction: &syntax::Instruction, vertex_prefix| Step {
        stage: stage.index,
        stage_name: stage.display_name(),
        line: instruction.line + 1,
        end_line: instruction.end_line() + 1,
        keyword: instruction.keyword,
        instruction: one_line(instruction),
        vertex_prefix,
    };
    let mut number = usize::from(has_image);
    let mut steps = vec![step(&stage.from, has_image.then(|| prefix(1)))];
    for item in stage.instructions.iter().filter(|item| item.is_step()) {
        let has_vertex = !matches!(&item.kind, Kind::Workdir(_, Place::Known(path)) if path == "/");
        number += usize::from(has_vertex);
        steps.push(step(&item.instruction, has_vertex.then(|| prefix(number))));
    }
    steps
}

/// The instruction on one line.
fn one_line(instruction: &syntax::Instruction) -> String {
    let flags = instruction.flags.iter().map(|flag| flag.range.of(&instruction.source));
    let words = std::iter::once(instruction.keyword.as_str())
        .chain(flags)
        .chain(instruction.arguments.text.split_whitespace());
    words.collect::<Vec<_>>().join(" ")
}
