//! `layerwise inspect` and `layerwise run` without an engine: one line says what is missing.

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

#[test]
fn what_cannot_be_run_is_not_built() {
    let folder = Folder::with_dockerfile("FROM scratch\n");
    let output = folder.run(&["run", "--output", "out"]).exits(2);
    assert!(output.error().contains("--output out makes none"), "{output:?}");
    let output = folder.run(&["run"]).exits(2);
    assert!(output.error().contains("no-engine.sock"), "{output:?}");
    let output = folder.run(&["run", "nowhere"]).exits(2);
    assert!(output.error().len() > 10, "{output:?}");
}
