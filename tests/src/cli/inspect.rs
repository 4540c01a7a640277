//! `layerwise inspect` without an engine: one line says what is missing.

use crate::program::Folder;

#[test]
fn without_an_engine_there_is_no_image() {
    let folder = Folder::with_dockerfile("FROM scratch\r\n");
    for arguments in [
        &["inspect", "größe"][..],
        &["inspect", "a", "--format", "json"],
        &["inspect", "a", "-f", "Dockerfile"],
    ] {
        let output = folder.run(arguments).exits(2);
        assert!(output.error().contains("no-engine.sock"), "{output:?}");
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn a_dockerfile_that_is_not_there_is_told_before_an_engine_is_asked() {
    let output = Folder::new(&[]).run(&["inspect", "a", "--file", "nowhere"]).exits(2);
    assert!(output.error().contains("there is no such file"), "{output:?}");
}
