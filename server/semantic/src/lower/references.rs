//! What `--from` and `from=` mean, and which of them BuildKit refuses.

use super::Lowering;
use crate::base::{Base, StageReference};
use crate::stage::{StageInstruction, Text};

impl Lowering<'_> {
    /// The reference of a COPY: a stage by name in any case or by number, else an image.
    pub(super) fn copy_reference(&mut self, text: Text) -> StageReference {
        if text.raw.contains('$') {
            let message =
                "a variable cannot stand in --from: add a stage `FROM $… AS name` above and copy from that"
                    .to_owned();
            self.problem(text.range, message);
            return StageReference { text, target: Base::Unknown };
        }
        match text.raw.parse::<usize>() {
            Ok(index) => StageReference { text, target: Base::Stage(index) },
            Err(_) => self.reference(text),
        }
    }

    /// The reference of a mount: a stage by name in any case, else an image. Names of later stages are seen too: see [`Self::check_references`].
    pub(super) fn reference(&self, text: Text) -> StageReference {
        let target = match text.raw.as_str() {
            "" => Base::Unknown,
            "scratch" => Base::Scratch,
            name => self
                .stage_named(&name.to_lowercase())
                .map_or_else(|| Base::Image(name.to_owned()), Base::Stage),
        };
        StageReference { text, target }
    }

    /// Finds references to stages that come later, to a stage itself, and numbers of stages that do not exist.
    pub(super) fn check_references(&mut self) {
        let mut found = Vec::new();
        for stage in &self.stages {
            for reference in stage.instructions.iter().flat_map(StageInstruction::references) {
                let named = &reference.text.raw;
                let target = match &reference.target {
                    Base::Stage(index) if named.parse::<usize>().is_ok() => Some(*index),
                    // The newest stage of the name counts, also where it comes later and an earlier one has the name too.
                    Base::Stage(_) | Base::Image(_) => self.names.get(&named.to_lowercase()).copied(),
                    _ => None,
                };
                let Some(target) = target else { continue };
                let message = if target == stage.index {
                    format!(
                        "stage {} cannot copy from itself: the files are already there",
                        stage.display_name()
                    )
                } else if target >= self.stages.len() {
                    let count = self.stages.len();
                    format!(
                        "there is no stage {named}: this file has {count}, numbered from 0; name the stage with AS and use the name"
                    )
                } else if target > stage.index {
                    format!(
                        "stage {named} comes later in the file: move it above stage {}",
                        stage.display_name()
                    )
                } else {
                    continue;
                };
                found.push((reference.text.range, message));
            }
        }
        for (range, message) in found {
            self.problem(range, message);
        }
    }
}
