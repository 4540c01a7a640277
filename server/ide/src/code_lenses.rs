//! What can be started from a line: a build of each stage, and the tests of the one that runs them.

use inner_loop::BuildRecord;
use inner_loop::test_results::{Counts, test_stage};
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
    /// What it says: `Build`, with the time and size of the last build where this stage was its target; `Build as` a caller; `Test`, with
    /// how the tests ended last.
    pub title: String,
    /// What it starts.
    pub starts: Starts,
}

/// What a lens starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starts {
    /// A build.
    Build,
    /// A build whose tests are listed.
    Test,
}

/// Callers of a stage that have a lens each; more of them would push the text away.
const MAX_CALLERS: usize = 4;

impl Snapshot {
    /// One `Build` lens on each FROM, and one for each of its callers; `Test` on that of the test stage.
    #[must_use]
    pub fn code_lenses(&self, id: &DocumentId) -> Vec<CodeLens> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let model = state.model();
        let record = state.last_build.as_ref().map(|build| &build.record);
        let built = record.and_then(|record| match &record.target {
            Some(name) => model.target(name),
            None => model.final_stage(),
        });
        let set = self.settings(id).test.target.as_deref();
        let tested =
            test_stage(model, set).ok().and_then(|name| model.target(&name)).map(|stage| stage.index);
        let lenses = |stage: &Stage| {
            let (range, target) = (stage.from.range(), target_name(stage));
            let own = title(record.filter(|_| built.is_some_and(|built| built.index == stage.index)));
            let callers = of_stage(&state.facts.callers, model, stage).take(MAX_CALLERS).map(address);
            let callers = callers.map(|caller| (format!("Build as {caller}"), Some(caller), Starts::Build));
            let test =
                (tested == Some(stage.index)).then(|| (test_title(state.last_tests), None, Starts::Test));
            let all: Vec<_> =
                std::iter::once((own, None, Starts::Build)).chain(test).chain(callers).collect();
            all.into_iter().map(move |(title, caller, starts)| CodeLens {
                range,
                target: target.clone(),
                caller,
                title,
                starts,
            })
        };
        model.stages.iter().flat_map(lenses).collect()
    }
}

fn test_title(last: Option<Counts>) -> String {
    last.map_or_else(|| "Test".to_owned(), |counts| format!("Test · last {counts}"))
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
    use inner_loop::test_results::Counts;

    use super::Starts;
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
    fn the_test_stage_alone_has_a_test_lens() {
        let id = DocumentId::new("file:///Dockerfile");
        let mut host = Host::new();
        let shown = |host: &Host| {
            let lenses = host.snapshot().code_lenses(&id).into_iter();
            let tests = lenses.filter(|lens| lens.starts == Starts::Test);
            tests.map(|lens| format!("{} {}", lens.target, lens.title)).collect::<Vec<_>>()
        };
        host.open(id.clone(), DocumentKind::Dockerfile, "FROM a AS größe\r\nFROM b AS Test\r\nFROM c\r\n");
        assert_eq!(shown(&host), ["test Test"]);
        host.set_last_tests(&id, Counts { passed: 11, failed: 2, skipped: 0 });
        assert_eq!(shown(&host), ["test Test · last 2 failed, 11 passed"]);
        let test = crate::settings::TestSettings { target: Some("2".to_owned()), ..Default::default() };
        host.set_settings(crate::Settings { test, ..crate::Settings::default() });
        assert_eq!(shown(&host), ["2 Test · last 2 failed, 11 passed"]);
        host.open(id.clone(), DocumentKind::Dockerfile, "FROM a AS tests\nFROM");
        host.set_settings(crate::Settings::default());
        assert_eq!(shown(&host), Vec::<String>::new());
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
