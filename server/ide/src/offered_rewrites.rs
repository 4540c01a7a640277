//! The rewrites that apply to a Dockerfile, as data: for clients that list them outside of the text. In the text they are code actions.

use rewrites::{Applicability, Rewrite};
use serde_json::{Value, json};

use crate::host::{DocumentId, Snapshot};

impl Snapshot {
    /// All of them as one object, in the order of the registry; lines count from 1. What is not safe is to be looked at; what makes a
    /// file beside the Dockerfile cannot be proved by building. Nothing where no such Dockerfile is open.
    #[must_use]
    pub fn offered_rewrites(&self, id: &DocumentId) -> Option<Value> {
        let state = self.dockerfile(id)?;
        let document = &state.document;
        let row = |rewrite: &Rewrite| {
            json!({
                "id": rewrite.id, "line": document.buildkit_line(rewrite.place.start) + 1,
                "end_line": document.buildkit_line(rewrite.place.end) + 1, "title": rewrite.fix.title,
                "safe": rewrite.fix.applicability == Applicability::Safe, "provable": rewrite.creates.is_none(),
            })
        };
        let offers = state.rewrites(|_| true);
        let rows: Vec<Value> = offers.iter().flat_map(|(_, offers)| &offers.rewrites).map(row).collect();
        Some(json!({"version": 1, "rewrites": rows}))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::fixture::open;
    use crate::host::DocumentId;

    #[test]
    fn what_applies_is_listed_with_its_lines() {
        let opened = open("# größe 😀\r\nFROM scratch\r\nADD \\\r\n  a b /\r\n");
        let listed = opened.snapshot.offered_rewrites(&opened.id).unwrap();
        let add =
            listed["rewrites"].as_array().unwrap().iter().find(|rewrite| rewrite["id"] == "add-to-copy");
        let add = add.expect("ADD of local files");
        assert_eq!(
            (&add["line"], &add["end_line"], &add["safe"], &add["provable"]),
            (&json!(3), &json!(3), &json!(false), &json!(true))
        );
    }

    #[test]
    fn nothing_is_listed_where_nothing_applies_or_no_dockerfile_is_open() {
        let opened = open("FROM scratch\n");
        let listed = opened.snapshot.offered_rewrites(&opened.id);
        assert_eq!(listed, Some(json!({"version": 1, "rewrites": []})));
        let other = DocumentId::new("file:///other");
        assert_eq!(opened.snapshot.offered_rewrites(&other), None);
    }
}
