//! `why --format json`.

use serde_json::{Value, json};
use workspace::foresight::json::rounded;
use workspace::foresight::rfc3339;

use crate::commands::why::Explained;

/// The last build as one object; `build` is null where there was none.
pub(crate) fn value(explained: Option<&Explained>, notice: Option<&str>) -> Value {
    let notices: Vec<&str> = notice.into_iter().collect();
    let Some(Explained { last, chains, stale }) = explained else {
        return json!({"version": 1, "build": null, "chains": [], "sent": null, "stale": [], "notices": notices});
    };
    let step = |at: &usize| {
        let past = &last.build.steps[*at];
        json!({
            "stage": past.inputs.stage, "line": past.inputs.line, "keyword": past.inputs.keyword,
            "instruction": last.steps[*at].as_ref().map(|step| &step.instruction),
            "seconds": rounded(past.seconds),
        })
    };
    let chains = chains.iter().map(|chain| {
        json!({
            "cause": chain.cause.text, "because": chain.cause.because,
            "steps": chain.steps.iter().map(step).collect::<Vec<_>>(),
            "seconds": rounded(chain.seconds),
        })
    });
    let stale = stale
        .iter()
        .map(|stale| json!({"line": last.build.steps[stale.step].inputs.line, "message": stale.text}));
    let sent = last.build.sent.as_ref().map(|sent| {
        let named = sent.named.iter().map(|file| json!({"path": file.path, "reason": file.reason}));
        json!({"files": sent.files, "bytes": sent.bytes, "named": named.collect::<Vec<_>>()})
    });
    json!({
        "version": 1,
        "build": {
            "at": rfc3339(last.build.at), "ok": last.build.ok, "seconds": rounded(last.build.seconds),
            "steps": last.build.steps.len(),
            "cached": last.build.steps.iter().filter(|step| step.cached).count(),
        },
        "chains": chains.collect::<Vec<_>>(),
        "sent": sent,
        "stale": stale.collect::<Vec<_>>(),
        "notices": notices,
    })
}
