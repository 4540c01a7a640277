//! A proof for programs: one JSON object with every file and package.

use inner_loop::proof::{OneSided, Proof, Rebuild, Rebuilds, SettingOutcome, Sides, Verdict};
use serde_json::{Value, json};

/// The report of a rewrite's proof.
pub(crate) fn report(id: &str, proof: &Proof) -> String {
    let reasons = proof.reasons();
    let unproven = proof.unproven();
    let verdict = match (reasons.is_empty(), &unproven) {
        (false, _) => "failed",
        (true, Some(_)) => "unproven",
        (true, None) => "proved",
    };
    let settings = proof.settings.iter().map(|change| {
        let outcome = match change.outcome {
            SettingOutcome::Gone => "gone",
            SettingOutcome::OfBase => "of-base",
            SettingOutcome::Changed => "changed",
        };
        json!({"name": change.name, "outcome": outcome})
    });
    let checks = proof.checks.iter().map(|check| {
        let (verdict, why) = match &check.verdict {
            Verdict::Same => ("same", None),
            Verdict::Different { reason, .. } => ("different", Some(reason)),
            Verdict::Unproven { why } => ("unproven", Some(why)),
        };
        json!({"what": check.what, "before": check.shown.before, "after": check.shown.after, "verdict": verdict, "why": why})
    });
    let files = proof.files.as_ref().map(|files| {
        json!({"before": files.count.before, "after": files.count.after, "lost": side(&files.lost), "gained": side(&files.gained)})
    });
    let packages = proof.packages.as_ref().map(|packages| {
        json!({"before": packages.count.before, "after": packages.count.after, "lost": packages.lost, "gained": packages.gained})
    });
    let secrets =
        proof.secrets.as_ref().map(|Sides { before, after }| json!({"before": before, "after": after}));
    let (edited, rebuild) = match &proof.rebuild {
        Rebuilds::Measured { edited, sides } => {
            (Some(edited), json!({"before": rebuilt(&sides.before), "after": rebuilt(&sides.after)}))
        }
        Rebuilds::Unknown(why) => (None, json!({"unknown": why})),
    };
    let report = json!({
        "version": 1,
        "rewrite": id,
        "verdict": verdict,
        "reasons": reasons,
        "unproven": unproven,
        "builder": proof.builder,
        "size": {"before": proof.size.before, "after": proof.size.after},
        "settings": settings.collect::<Vec<_>>(),
        "checks": checks.collect::<Vec<_>>(),
        "files": files,
        "packages": packages,
        "secrets": secrets,
        "edited": edited,
        "rebuild": rebuild,
    });
    format!("{report:#}\n")
}

fn side(side: &OneSided) -> Value {
    let files = side.files.iter().map(|file| json!({"path": file.path, "bytes": file.bytes}));
    json!({"count": side.files.len(), "bytes": side.bytes, "files": files.collect::<Vec<_>>()})
}

fn rebuilt(rebuild: &Rebuild) -> Value {
    let Rebuild { seconds, steps, cached, pulled } = rebuild;
    json!({"seconds": seconds, "steps": steps, "cached": cached, "pulled_bytes": pulled})
}
