//! Commits are priced by what the steps of a real build took.

use serde_json::Value;

use super::program_build::{events, nonce, on_each};
use crate::program::Folder;

#[test]
fn a_commit_costs_what_its_steps_took_in_the_last_build() {
    on_each(&["28"], |host| {
        let text = "FROM scratch\nCOPY a /a\nCOPY b /b\n";
        let folder = Folder::new(&[("Dockerfile", text), ("a", &nonce()), ("b", &nonce())]);
        folder.commit("First");
        folder.write("b", nonce());
        folder.commit("The second file");
        folder.write("a", nonce());
        folder.commit("The first file");
        events(&folder, &["--host", host, "--output", "type=cacheonly"], 0);
        let arguments = ["predict", "--history", "9", "--format", "json", "--host", host];
        let output = folder.run(&arguments).exits(0);
        let value: Value = serde_json::from_str(&output.stdout).unwrap();
        let commits = value["commits"].as_array().unwrap();
        let told: Vec<_> = commits
            .iter()
            .map(|commit| (commit["subject"].as_str().unwrap(), commit["steps"].as_u64().unwrap()))
            .collect();
        assert_eq!(told, [("The first file", 2), ("The second file", 1)], "{value}");
        assert!(commits.iter().all(|commit| commit["unknown"] == 0), "{value}");
        assert!(value["known_build"].is_string() && value["rewrite"].is_null(), "{value}");
    });
}
