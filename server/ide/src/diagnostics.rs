//! What is wrong in a document, in layers that never wipe each other: syntax, rules, and what the last build said.

use inner_loop::StepProblem;
use rules::docs::PageUrl;
use rules::{Finding, Severity, Wanted};
use syntax::{Keyword, TextRange};

use crate::build_record::LastBuild;
use crate::host::{DocumentId, DocumentState, Snapshot};

/// Where a diagnostic comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// What BuildKit would refuse.
    Syntax,
    /// The rules.
    Rules,
    /// The last build.
    Build,
}

/// One diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it comes from.
    pub layer: Layer,
    /// Where it is.
    pub range: TextRange,
    /// How bad it is.
    pub severity: Severity,
    /// The rule's code; what a build says has none.
    pub code: Option<&'static str>,
    /// What is wrong, why, and what to do.
    pub message: String,
}

/// The code of syntax problems, which a rule reports as it does all else.
pub const SYNTAX_CODE: &str = "syntax-problem";

impl Snapshot {
    /// What the analysis finds: syntax and rules. Empty for documents that are neither Dockerfiles nor ignore files.
    #[must_use]
    pub fn analysis_diagnostics(&self, id: &DocumentId) -> Vec<Diagnostic> {
        if let Some(findings) = self.ignore_file_findings(id) {
            return findings.into_iter().map(Diagnostic::from).collect();
        }
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let findings = state.findings(self.settings_of(state), Wanted::Messages);
        findings.into_iter().map(Diagnostic::from).collect()
    }

    /// What the last build said, as far as the text still is what was built.
    #[must_use]
    pub fn build_diagnostics(&self, id: &DocumentId) -> Vec<Diagnostic> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let Some(last_build) = &state.last_build else { return Vec::new() };
        let problem = last_build.problem.as_ref();
        problem.and_then(|problem| build_diagnostic(state, last_build, problem)).into_iter().collect()
    }

    /// The step at which the last build failed, as far as the text still has it. Before a base image there is no state that one could look into.
    #[must_use]
    pub fn failed_step(&self, id: &DocumentId) -> Option<TextRange> {
        let state = self.dockerfile(id)?;
        let last_build = state.last_build.as_ref()?;
        let step = last_build.locate(last_build.problem.as_ref()?.line, &state.document)?;
        (!matches!(step.keyword, Keyword::From | Keyword::Arg)).then(|| step.range())
    }
}

impl Diagnostic {
    /// The address of the rule's page.
    #[must_use]
    pub fn page(&self) -> Option<PageUrl<'static>> {
        self.code.map(rules::docs::url)
    }
}

impl From<Finding> for Diagnostic {
    fn from(finding: Finding) -> Self {
        Self {
            layer: if finding.code == SYNTAX_CODE { Layer::Syntax } else { Layer::Rules },
            range: finding.range,
            severity: finding.severity,
            code: Some(finding.code),
            message: finding.message,
        }
    }
}

fn build_diagnostic(
    state: &DocumentState,
    last_build: &LastBuild,
    problem: &StepProblem,
) -> Option<Diagnostic> {
    let built = &last_build.document;
    let line = problem.line.saturating_sub(1);
    let range = if built.instructions().any(|built| built.line <= line && line <= built.end_line()) {
        last_build.locate(problem.line, &state.document)?.range()
    } else {
        // No instruction to blame: the engine is away, or the file is empty. The first line is where people look.
        state.document.buildkit_line_range(0)
    };
    let mut message = problem.message.trim_end().to_owned();
    if !problem.log.is_empty() {
        message.push_str("\n\n");
        message.push_str(problem.log.join("\n").trim_end());
    }
    Some(Diagnostic { layer: Layer::Build, range, severity: Severity::Error, code: None, message })
}
