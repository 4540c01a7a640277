//! Reports of a step that failed, from a builder that keeps nothing of it: the step is run once more with its status passed over, and the reports
//! are read out of the image that this makes. The image is removed again.

use std::sync::Arc;

use bollard::query_parameters::RemoveImageOptions;
use inner_loop::failed_step::past_failure;
use inner_loop::{BuildEvent, BuildFailure, BuildOutcome, BuildRequest};
use tokio_util::sync::CancellationToken;

use crate::build;
use crate::buildkit::Shared;
use crate::connection::Connection;
use crate::report::Reporter;
use crate::session::new_id;

/// Reads them where the step leaves any, and passes them on.
pub(crate) async fn read_reports(
    shared: &Shared,
    connection: &Connection,
    request: &BuildRequest,
    failure: &BuildFailure,
    reporter: &Arc<Reporter>,
    cancel: &CancellationToken,
) {
    let Some(engine) = connection.engine.as_ref().filter(|_| !request.reports.is_empty()) else { return };
    let Some(line) = reporter.failed_line(failure) else { return };
    let Some(mut again) = past_failure(request, line) else { return };
    let name = connection.name();
    reporter.notice(format!(
        "{name} keeps nothing of a step that failed: line {line} is run once more, for the reports of its tests"
    ));
    let image = format!("layerwise-reports:{}", new_id());
    again.tags = vec![image.clone()];
    let heard = Arc::clone(reporter);
    let quiet = Arc::new(Reporter::new(Box::new(move |event| match event {
        BuildEvent::Report(_) | BuildEvent::Notice { .. } => heard.send(event),
        _ => {}
    })));
    let built = Box::pin(build::run(shared, &again, &quiet, cancel)).await;
    match built {
        BuildOutcome::Succeeded { .. } => {}
        BuildOutcome::Canceled => return,
        BuildOutcome::Failed(failure) => {
            reporter.notice(format!("the reports cannot be read: {}", failure.message));
            return;
        }
    }
    let options = RemoveImageOptions { force: true, ..Default::default() };
    if let Err(error) = engine.docker.remove_image(&image, Some(options), None).await {
        tracing::debug!(%error, image, "the image that reports were read from could not be removed");
    }
}
