//! The stages of a document as what a build can be asked for.

use std::borrow::Cow;

use semantic::Stage;

use crate::host::{DocumentId, Snapshot};

impl Snapshot {
    /// The target that a build of `name` (a stage's name or number) or of the stage around `line` (BuildKit's, from 0) is to name.
    /// Nothing is asked for where both are absent: the last stage is built.
    ///
    /// # Errors
    /// One line that says which stages there are.
    pub fn build_target(
        &self,
        id: &DocumentId,
        name: Option<&str>,
        line: Option<u32>,
    ) -> Result<Option<String>, String> {
        let Some(state) = self.dockerfile(id) else { return Err("the document is no Dockerfile".to_owned()) };
        let model = state.model();
        let stages = &model.stages;
        if let Some(name) = name {
            return match model.target(name) {
                Some(_) => Ok(Some(name.to_owned())),
                None => Err(format!("there is no stage `{name}`; {}", list(stages))),
            };
        }
        let Some(line) = line else { return Ok(None) };
        match stages.iter().rfind(|stage| stage.from.line <= line) {
            Some(stage) => Ok(Some(target_name(stage))),
            None => Err(format!("line {line} is above the first FROM; {}", list(stages))),
        }
    }
}

/// How a build names a stage: its name, else its number.
pub(crate) fn target_name(stage: &Stage) -> String {
    stage.lower_name().map_or_else(|| stage.index.to_string(), Cow::into_owned)
}

fn list(stages: &[Stage]) -> String {
    let names: Vec<String> = stages.iter().map(target_name).collect();
    if names.is_empty() {
        "the file has none yet".to_owned()
    } else {
        format!("there are {}", names.join(", "))
    }
}
