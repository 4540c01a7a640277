//! Pages that are made from the code are up to date; `UPDATE_EXPECT=1 cargo test -p layerwise-tests` writes them anew.
//!
//! The pages of rules are written and compared by `rules` itself, with `UPDATE_DOCS=1 cargo test -p layerwise-rules`.

use expect_test::expect_file;

use super::tree::{files_below, root};

const NOTE: &str =
    "<!-- Made from the code by `UPDATE_EXPECT=1 cargo test -p layerwise-tests`; do not edit. -->";

fn page_of_rewrites() -> String {
    let proof = rewrites::PROOF_PAGE.trim();
    let mut text = format!("{NOTE}\n\n# Rewrites\n\n## Proved by building\n\n{proof}\n");
    for rewrites::Recipe { id, summary, kind, page, .. } in rewrites::REGISTRY {
        text += &format!("\n## {id}\n\n{summary}\n\n*Code action kind `{kind}`*\n\n{}\n", page.trim());
    }
    text
}

#[test]
fn no_page_is_left_of_a_rule_that_is_gone() {
    for page in files_below("server/docs/rules") {
        let code = page.name().trim_end_matches(".md");
        assert!(rules::REGISTRY.iter().any(|rule| rule.code == code), "{} is the page of no rule", page.path);
    }
}

#[test]
fn the_page_of_rewrites_is_fresh() {
    expect_file![root().join("server/docs/rewrites.md")].assert_eq(&page_of_rewrites());
}
