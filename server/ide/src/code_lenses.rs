//! What can be started from a line: a build of each stage.

use inner_loop::BuildRecord;
use semantic::Stage;
use syntax::TextRange;

use crate::callers::{address, of_stage};
use crate::host::{DocumentId, Snapshot};
use crate::inlay_hints::{bytes, seconds};
use crate::targets::target_name;

/// A lens above an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLens {
    /// The FROM.
    pub range: TextRange,
    /// The stage to build: its name, else its number.
    pub target: String,
    /// The caller that builds it, by its address, where the lens is to build as it does.
    pub caller: Option<String>,
    /// What it says: `Build`, with the time and size of the last build where this stage was its target; `Build as` a caller.
    pub title: String,
}

/// Callers of a stage that have a lens each; more of them would push the text away.
const MAX_CALLERS: usize = 4;

impl Snapshot {
    /// One `Build` lens on each FROM, and one for each of its callers.
    #[must_use]
    pub fn code_lenses(&self, id: &DocumentId) -> Vec<CodeLens> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let model = state.model();
        let record = state.last_build.as_ref().map(|build| &build.record);
        let built = record.and_then(|record| match &record.target {
            Some(name) => model.target(name),
            None => model.final_stage(),
        });
        let lenses = |stage: &Stage| {
            let (range, target) = (stage.from.range(), target_name(stage));
            let own = title(record.filter(|_| built.is_some_and(|built| built.index == stage.index)));
            let callers = of_stage(&state.facts.callers, model, stage).take(MAX_CALLERS).map(address);
            let callers = callers.map(|caller| (format!("Build as {caller}"), Some(caller)));
            let all: Vec<_> = std::iter::once((own, None)).chain(callers).collect();
            all.into_iter().map(move |(title, caller)| CodeLens {
                range,
                target: target.clone(),
                caller,
                title,
            })
        };
        model.stages.iter().flat_map(lenses).collect()
    }
}

fn title(last: Option<&BuildRecord>) -> String {
    match last {
        None => "Build".to_owned(),
        Some(BuildRecord { ok: false, seconds: time, .. }) => {
            format!("Build · failed after {}", seconds(*time))
        }
        Some(BuildRecord { size: Some(size), seconds: time, .. }) => {
            format!("Build · last {} · {}", seconds(*time), bytes(*size))
        }
        Some(record) => format!("Build · last {}", seconds(record.seconds)),
    }
}

#[cfg(test)]
mod tests {
    use inner_loop::BuildRecord;

    use crate::{DocumentId, DocumentKind, Host, LastBuild};

    fn titles(text: &str, record: BuildRecord) -> Vec<String> {
        let id = DocumentId::new("file:///Dockerfile");
        let mut host = Host::new();
        host.open(id.clone(), DocumentKind::Dockerfile, text);
        let document = host.snapshot().document(&id).unwrap().clone();
        host.set_last_build(&id, LastBuild { document, record, problem: None });
        host.snapshot().code_lenses(&id).into_iter().map(|lens| lens.title).collect()
    }

    #[test]
    fn the_stage_that_was_built_says_what_it_took() {
        let text = "FROM a AS one\nFROM b\n";
        let record =
            BuildRecord { ok: true, seconds: 6.04, size: Some(71_303_168), ..BuildRecord::default() };
        assert_eq!(titles(text, record.clone()), ["Build", "Build · last 6.0 s · 71.3 MB"]);
        let one = BuildRecord { target: Some("ONE".to_owned()), size: None, ..record.clone() };
        assert_eq!(titles(text, one), ["Build · last 6.0 s", "Build"]);
        let failed = BuildRecord { ok: false, target: Some("1".to_owned()), ..record.clone() };
        assert_eq!(titles(text, failed), ["Build", "Build · failed after 6.0 s"]);
        let gone = BuildRecord { target: Some("gone".to_owned()), ..record };
        assert_eq!(titles(text, gone), ["Build", "Build"]);
    }
}
