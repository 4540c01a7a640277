//! The graph of a build with what is kept of the last one, and the file that a picture of it is written to.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::path::PathBuf;

use inner_loop::graph::{Graph, Known, LastBuild, StepCost};
use inner_loop::history::{PastBuild, PastStep};
use inner_loop::prediction::Prediction;
use inner_loop::{BuildRequest, Builder};
use semantic::{Frontend, Step};

use super::outline;
use super::place::Place;
use super::{Foresight, rfc3339, steps};

/// Why no builder is asked what the next build would do, where its owner says that a picture is not worth the wait.
const NOT_ASKED: &str = "a graph is drawn without it";

/// The graph of what a request builds, as far as the Dockerfile tells.
///
/// # Errors
/// One line: another frontend reads the file, or there is no such target.
pub fn graph(request: &BuildRequest) -> Result<Graph, String> {
    graph_with(request, &Known::default())
}

fn graph_with(request: &BuildRequest, known: &Known) -> Result<Graph, String> {
    let model = request.model();
    if let Frontend::Foreign(name) = &model.frontend {
        return Err(format!("{name} reads this file in its own way, so its steps are not known"));
    }
    let target = outline::target(&model, request)?.index;
    Ok(Graph::of(&model, target, &request.named_contexts, known))
}

impl Foresight {
    /// The graph with what the last build said of each step that is still the same, and what the next one would do by the files as they are
    /// now, and by the results that the builder still has where it may be asked.
    ///
    /// # Errors
    /// As for [`graph`].
    pub fn graph(&self, request: &BuildRequest, builder: Option<&dyn Builder>) -> Result<Graph, String> {
        graph_with(request, &self.known(request, builder))
    }

    /// Writes a picture of it to a private file, in the place of the one before.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_picture(&self, request: &BuildRequest, svg: &str) -> io::Result<PathBuf> {
        let name = format!("{}.svg", Place::of(request).history);
        self.kept.write_bytes(&name, svg.as_bytes())?;
        Ok(self.kept.path(&name))
    }

    fn known(&self, request: &BuildRequest, builder: Option<&dyn Builder>) -> Known {
        let Some(last) = self.last_build(request) else { return Known::default() };
        let build = last.build;
        let forecast = self.forecast(request, builder.ok_or(NOT_ASKED)).ok();
        let forecast = forecast.filter(|forecast| forecast.known_build.is_some());
        let predictions = forecast.map(|forecast| forecast.steps).unwrap_or_default();
        let reason = |(step, prediction): &(Step, Prediction)| Some((step.line, prediction.reason.clone()?));
        Known {
            costs: self.costs(&build, &steps(request)),
            verdicts: predictions.iter().map(|(step, prediction)| (step.line, prediction.verdict)).collect(),
            reasons: predictions.iter().filter_map(reason).collect(),
            last_build: Some(LastBuild {
                at: rfc3339(build.at),
                ok: build.ok,
                seconds: build.seconds,
                steps: build.steps.len(),
                cached: build.steps.iter().filter(|step| step.cached).count(),
            }),
        }
    }

    /// What a build said of the steps as they are now, by their lines: of those that have the same text in a stage of the same name, each for
    /// itself where several have.
    fn costs(&self, build: &PastBuild, now: &[Step]) -> BTreeMap<u32, StepCost> {
        let mut past: HashMap<_, VecDeque<&PastStep>> = HashMap::new();
        for step in &build.steps {
            past.entry((step.inputs.stage.to_lowercase(), step.inputs.text)).or_default().push_back(step);
        }
        let cost = |step: &Step| {
            let name = (step.stage_name.to_lowercase(), self.seal.digest([&step.instruction]));
            let past = past.get_mut(&name)?.pop_front()?;
            let cost = StepCost {
                state: past.state,
                cached: past.cached,
                seconds: past.seconds,
                last_seconds: past.last_seconds,
                bytes: past.bytes,
            };
            Some((step.line, cost))
        };
        now.iter().filter_map(cost).collect()
    }
}
