//! `predict --history N --format json`.

use inner_loop::pricing::Price;
use serde_json::{Value, json};
use workspace::foresight::Priced;
use workspace::foresight::json::rounded;
use workspace::foresight::rfc3339;

use crate::commands::price_history::{PricedHistory, REWRITE};

/// The prices as one object; the newest commit comes first.
pub(crate) fn value(priced: &PricedHistory) -> Value {
    let commits =
        priced.commits.iter().zip(&priced.written.prices).enumerate().map(|(at, (commit, price))| {
            let mut value = cost(price);
            value["commit"] = commit.short.clone().into();
            value["subject"] = commit.subject.clone().into();
            value["rewritten"] = priced.rewritten.as_ref().and_then(|it| it.prices.get(at)).map(cost).into();
            value
        });
    json!({
        "version": 1,
        "known_build": priced.written.known_build.map(rfc3339),
        "commits": commits.collect::<Vec<_>>(),
        "seconds": rounded(sum(&priced.written)),
        "rewrite": priced.rewritten.as_ref().map(|_| REWRITE),
        "rewritten_seconds": priced.rewritten.as_ref().map(|priced| rounded(sum(priced))),
        "notices": priced.notices,
    })
}

fn cost(price: &Price) -> Value {
    json!({"steps": price.steps.len(), "seconds": rounded(price.seconds), "unknown": price.n_unknown})
}

/// The seconds of all commits.
pub(crate) fn sum(priced: &Priced) -> f64 {
    // An empty sum of floats is minus zero.
    priced.prices.iter().fold(0.0, |sum, price| sum + price.seconds)
}
