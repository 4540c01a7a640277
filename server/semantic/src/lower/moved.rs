//! Moves a stage's places when the text above it has grown or shrunk. Nothing else of a stage changes by that.

use syntax::{Instruction, TextRange};

use super::Lowering;
use crate::base::StageReference;
use crate::copy::Copy;
use crate::scope::Layer;
use crate::stage::{Kind, Stage, StageInstruction, Text};

/// How far something has moved; wraps around where it has moved up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Distance {
    bytes: u32,
    lines: u32,
}

impl Distance {
    pub(super) const fn between(old: &Instruction, new: &Instruction) -> Self {
        Self { bytes: new.start.wrapping_sub(old.start), lines: new.line.wrapping_sub(old.line) }
    }

    fn range(self, range: &mut TextRange) {
        // A text that is not there has no place to be moved from.
        if *range != TextRange::default() {
            range.start = range.start.wrapping_add(self.bytes);
            range.end = range.end.wrapping_add(self.bytes);
        }
    }

    fn text(self, text: &mut Text) {
        self.range(&mut text.range);
    }

    fn texts<'a>(self, texts: impl IntoIterator<Item = &'a mut Text>) {
        texts.into_iter().for_each(|text| self.text(text));
    }

    fn instruction(self, instruction: &mut Instruction) {
        instruction.start = instruction.start.wrapping_add(self.bytes);
        instruction.line = instruction.line.wrapping_add(self.lines);
    }

    fn reference(self, reference: &mut Option<StageReference>) {
        self.texts(reference.as_mut().map(|reference| &mut reference.text));
    }

    fn copy(self, copy: &mut Copy) {
        self.texts(copy.sources.iter_mut().map(|source| &mut source.text));
        self.text(&mut copy.destination);
        self.reference(&mut copy.from);
        self.texts(copy.chown.iter_mut().chain(&mut copy.chmod).chain(&mut copy.exclude));
    }

    fn kind(self, kind: &mut Kind) {
        match kind {
            Kind::Run(run) => {
                for mount in &mut run.mounts {
                    self.range(&mut mount.range);
                    self.reference(&mut mount.from);
                }
            }
            Kind::Copy(copy) | Kind::Add(copy) => self.copy(copy),
            Kind::Env(pairs) | Kind::Label(pairs) => {
                self.texts(pairs.iter_mut().flat_map(|(name, value)| [name, value]));
            }
            Kind::Arg(arguments) => {
                self.texts(
                    arguments.iter_mut().flat_map(|(name, default)| std::iter::once(name).chain(default)),
                );
            }
            Kind::Workdir(text, _) | Kind::User(text) | Kind::Stopsignal(text) => self.text(text),
            Kind::Expose(texts) | Kind::Volume(texts) => self.texts(texts),
            Kind::Shell(_)
            | Kind::Cmd
            | Kind::Entrypoint
            | Kind::Healthcheck
            | Kind::Maintainer
            | Kind::Onbuild
            | Kind::Unknown => {}
        }
    }

    fn layer(self, layer: &mut Layer) {
        layer.definitions.iter_mut().for_each(|definition| self.range(&mut definition.range));
    }
}

impl Lowering<'_> {
    /// Moves the stage that was just taken over, with all that is kept of it.
    pub(super) fn move_last_stage(&mut self, distance: Distance) {
        if distance == Distance::default() {
            return;
        }
        let Some((carried, above)) = self.carried.split_last_mut() else { return };
        let Some(stage) = self.stages.last_mut() else { return };
        let old_start = stage.range.start;
        let handed = stage.base.stage().and_then(|base| above.get(base)?.end.user.as_ref());
        let user = |user: &mut Option<Text>| {
            let Some(user) = user else { return };
            if user.range.start >= old_start {
                distance.text(user);
            } else if let Some(handed) = handed {
                // It stands in a stage above, which may have moved another way.
                user.range = handed.range;
            }
        };
        let Stage {
            index: _,
            from,
            image,
            name,
            platform,
            base: _,
            base_replaced: _,
            replaced: _,
            instructions,
            range,
            end_line,
        } = stage;
        distance.instruction(from);
        distance.text(image);
        distance.texts(name.iter_mut().chain(platform));
        distance.range(range);
        *end_line = end_line.wrapping_add(distance.lines);
        for item in instructions {
            let StageInstruction { instruction, kind, scope: _, workdir: _, user: item_user, shell: _ } =
                item;
            distance.instruction(instruction);
            distance.kind(kind);
            user(item_user);
        }
        user(&mut carried.end.user);
        carried.problems.iter_mut().for_each(|problem| distance.range(&mut problem.range));
        carried.refused_words.iter_mut().for_each(|(_, problem)| distance.range(&mut problem.range));
        self.scopes.stages.last_mut().into_iter().for_each(|layer| distance.layer(layer));
    }
}
