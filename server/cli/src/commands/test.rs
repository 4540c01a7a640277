//! `layerwise test`: builds the test stage, and lists the tests that its steps ran. Steps that are cached have those of the build that ran them.

mod telling;

use std::cell::RefCell;

use anyhow::bail;
use inner_loop::test_results::{report_paths, test_stage};
use inner_loop::{BuildRequest, Update};

use crate::arguments::{AnswerFormat, BuildArguments, TestArguments};
use crate::commands::build::Session;
use crate::commands::network_notices::NetworkNotices;
use crate::commands::{request, watch};
use crate::exit::{self, Outcome};
use crate::settings;
pub(super) use telling::{Format, Telling};

pub(crate) fn run(arguments: TestArguments) -> anyhow::Result<Outcome> {
    let TestArguments { request: asked, report, watch, format, progress } = arguments;
    if let Some(output) = &asked.output {
        bail!("test reads what tests leave in an image, and --output {output} makes none: leave it out");
    }
    if watch && format == AnswerFormat::Json {
        bail!("--format json is one object when all is over, and --watch never is: use --progress json");
    }
    let (host, target) = (asked.host.clone(), asked.target.clone());
    let format = Format { answer: format, progress };
    if watch {
        let prepare = |request: &mut BuildRequest| prepare(request, target.as_deref(), &report);
        return watch::run_tests(BuildArguments { request: asked, progress }, format, prepare);
    }
    let session = Session::open(host.as_deref())?;
    let (mut request, mut notice) = request::from_arguments(asked)?;
    prepare(&mut request, target.as_deref(), &report)?;
    let telling = RefCell::new(Telling::new(format, &request));
    let mut network = NetworkNotices::of(&request, &session.builder);
    let show = |update: &Update| {
        let mut telling = telling.borrow_mut();
        for text in network.before(update) {
            telling.tell(&Update::Notice { text })?;
        }
        telling.tell(update)?;
        let notice = notice.take_if(|_| matches!(update, Update::Started { .. }));
        notice.map_or(Ok(()), |text| telling.tell(&Update::Notice { text }))
    };
    let add = |ended: &mut _| telling.borrow_mut().add_tests(ended);
    let (finished, _) = session.build_and_keep(request.clone(), show, add)?;
    if let Some(message) = &finished.unreachable {
        telling.borrow().print_without_builder()?;
        exit::say(message);
        return Ok(Outcome::Unreadable);
    }
    let record = finished.ended.as_ref().map(|ended| ended.record.clone()).unwrap_or_default();
    let tests = telling.into_inner().conclude(&request, &record, finished.canceled)?;
    let outcome = finished.outcome();
    // A runner may report failures and end well.
    Ok(if outcome == Outcome::Fine && tests.counts.failed > 0 { Outcome::Findings } else { outcome })
}

/// Makes a request one of the test stage and its reports.
///
/// # Errors
/// There is no such stage, or none that is called so.
fn prepare(request: &mut BuildRequest, target: Option<&str>, reports: &[String]) -> anyhow::Result<()> {
    let set = settings::of(Some(&request.dockerfile))?.test;
    let model = request.model();
    let target = test_stage(&model, target.or(set.target.as_deref())).map_err(anyhow::Error::msg)?;
    let named: Vec<String> = reports.iter().chain(&set.reports).cloned().collect();
    if let Some(stage) = model.target(&target) {
        request.reports = report_paths(&model, stage.index, &named);
    }
    request.target = Some(target);
    Ok(())
}
