//! What commits cost, by what their steps took.

use expect_test::{Expect, expect};

use super::fixture::Project;
use crate::contents::Listing;
use crate::digest::Seal;
use crate::inputs::Listings;
use crate::pricing::{Price, Pricing};

const SERVICE: &str = "\
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci
FROM alpine
COPY --from=build /app /app
RUN test
";

/// Prices what a project's files were, the oldest first; a step takes as many seconds as its line says.
fn check(text: &str, commits: &[&[(&str, &str)]], expected: &Expect) {
    let mut project = Project::new(text, &[("package.json", "{}"), ("src/größe.js", "1")]);
    let mut listings: Vec<Listing> = vec![project.listings().remove("").unwrap()];
    for files in commits {
        for (path, text) in *files {
            project.write(path, text);
        }
        listings.push(project.listings().remove("").unwrap());
    }
    let (plan, _) = project.plan();
    let seconds: Vec<Option<f64>> =
        plan.steps.iter().map(|step| Some(f64::from(step.step.line)).filter(|line| *line != 6.0)).collect();
    let seal = Seal::new([3; 32]);
    let mut pricing = Pricing::new(&plan, Listings::new(), &seconds, &seal);
    let prices: Vec<Price> = listings.into_iter().filter_map(|listing| pricing.next(listing).0).collect();
    let line = |step: &usize| plan.steps[*step].step.line;
    let told = prices.iter().map(|price| {
        let lines: Vec<u32> = price.steps.iter().map(line).collect();
        format!("{lines:?} {} s, {} unknown\n", price.seconds, price.n_unknown)
    });
    expected.assert_eq(&told.collect::<String>());
}

const COMMITS: &[&[(&str, &str)]] = &[
    &[("src/größe.js", "2")],
    &[("package.json", "{2}")],
    // There and back again: the builder has it still.
    &[("package.json", "{}")],
    &[],
];

#[test]
fn each_commit_costs_what_no_earlier_one_has_made() {
    check(
        SERVICE,
        COMMITS,
        &expect![[r#"
            [3, 4, 6, 7] 14 s, 1 unknown
            [3, 4, 6, 7] 14 s, 1 unknown
            [] 0 s, 0 unknown
            [] 0 s, 0 unknown
        "#]],
    );
}

#[test]
fn manifests_that_are_copied_first_spare_the_install() {
    check(
        &SERVICE.replace("COPY . .\nRUN npm ci\n", "COPY package.json ./\nRUN npm ci\nCOPY . .\n"),
        COMMITS,
        &expect![[r#"
            [5, 7, 8] 20 s, 0 unknown
            [3, 4, 5, 7, 8] 27 s, 0 unknown
            [] 0 s, 0 unknown
            [] 0 s, 0 unknown
        "#]],
    );
}

#[test]
fn the_first_commit_of_all_has_no_price() {
    check(SERVICE, &[], &expect![""]);
    check("FROM scratch\n", &[&[("a", "b")]], &expect!["[] 0 s, 0 unknown\n"]);
}
