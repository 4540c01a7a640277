//! `layerwise watch` where nothing can be built.

use crate::program::Folder;

#[test]
fn without_a_builder_it_ends_as_build_does() {
    let folder = Folder::with_dockerfile("FROM scratch\n");
    let output = folder.run(&["watch", "."]).exits(2);
    assert!(output.stderr.contains("there is no such socket"), "{}", output.stderr);
    let output = folder.run(&["watch", "--progress", "json", "."]).exits(2);
    assert_eq!(output.json_lines().last().unwrap()["event"], "finished");
}

#[test]
fn what_has_no_files_to_follow_is_refused() {
    let folder = Folder::with_dockerfile("FROM scratch\n");
    let output = folder.run(&["watch", "-f", "Dockerfile", "https://example.com/x.git"]).exits(2);
    assert!(output.stderr.contains("no folder whose files could be followed"), "{}", output.stderr);
    let output = folder.run(&["watch", "nowhere"]).exits(2);
    assert!(output.stderr.contains("nowhere"), "{}", output.stderr);
}
