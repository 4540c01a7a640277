//! Priced commits for people: a line a commit, and what they come to.

use inner_loop::pricing::Price;
use workspace::foresight::Priced;

use super::build_text::shortened;
use super::history_json::sum;
use crate::commands::price_history::{PricedHistory, REWRITE};

const AS_WRITTEN: &str = "as written";

/// A table, with a closing sentence.
pub(crate) fn table(priced: &PricedHistory) -> String {
    let notes = priced.notices.iter().map(|notice| format!("note: {notice}\n"));
    if priced.commits.is_empty() {
        return notes.collect::<String>() + "there is no second commit to compare with\n";
    }
    let mut rows = vec![["commit".to_owned(), AS_WRITTEN.to_owned(), REWRITE.to_owned(), String::new()]];
    for (at, commit) in priced.commits.iter().enumerate() {
        let rewritten = priced.rewritten.as_ref().map(|priced| cost(&priced.prices[at]));
        rows.push([
            commit.short.clone(),
            cost(&priced.written.prices[at]),
            rewritten.unwrap_or_default(),
            shortened(&commit.subject),
        ]);
    }
    if priced.rewritten.is_none() {
        rows.iter_mut().for_each(|row| row[2].clear());
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second, third) = (width(0), width(1), width(2));
    let lines = rows.iter().map(|[commit, written, rewritten, subject]| {
        let third = if third == 0 { String::new() } else { format!("{rewritten:<third$}  ") };
        format!("{}\n", format!("{commit:<first$}  {written:<second$}  {third}{subject}").trim_end())
    });
    notes.chain(lines).collect::<String>() + &closing(priced)
}

/// `4.2 s, 3 steps`; what nobody knows is said to be unknown.
fn cost(price: &Price) -> String {
    let steps = match price.steps.len() {
        0 => return "cached".to_owned(),
        1 => "1 step".to_owned(),
        count => format!("{count} steps"),
    };
    match price.n_unknown {
        0 => format!("{}, {steps}", ide::seconds(price.seconds)),
        unknown if unknown == price.steps.len() => format!("unknown, {steps}"),
        unknown => format!("{} + {unknown} unknown, {steps}", ide::seconds(price.seconds)),
    }
}

fn closing(priced: &PricedHistory) -> String {
    let commits = match priced.commits.len() {
        1 => "the last commit".to_owned(),
        count => format!("the last {count} commits"),
    };
    let written = total(&priced.written);
    match &priced.rewritten {
        Some(rewritten) => {
            format!("builds of {commits}: {written} {AS_WRITTEN}, {} with {REWRITE}\n", total(rewritten))
        }
        None => format!("builds of {commits}: {written} {AS_WRITTEN}; {REWRITE} changes nothing here\n"),
    }
}

/// The seconds of all commits, as far as they are known.
fn total(priced: &Priced) -> String {
    let (steps, unknown) = priced
        .prices
        .iter()
        .fold((0, 0), |(steps, unknown), price| (steps + price.steps.len(), unknown + price.n_unknown));
    match unknown {
        0 => ide::seconds(sum(priced)),
        _ if unknown == steps => "an unknown time".to_owned(),
        _ => format!("at least {}", ide::seconds(sum(priced))),
    }
}
