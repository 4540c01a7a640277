//! `layerwise test` without any builder: what is wrong is said before anybody is asked.

use crate::program::Folder;

/// A builder's address at which nothing answers.
const NOWHERE: &str = "unix:///nowhere/at/all.sock";

#[track_caller]
fn check(dockerfile: &str, arguments: &[&str], expected: &str) {
    let folder = Folder::with_dockerfile(dockerfile);
    let output = folder.run(&[&["test", "--host", NOWHERE], arguments].concat()).exits(2);
    assert!(output.stderr.contains(expected), "{}", output.stderr);
}

#[test]
fn a_file_without_a_test_stage_says_how_to_name_one() {
    check(
        "FROM a AS größe\nFROM b\n",
        &[],
        "no stage is called `test`: name the one that runs the tests as the target, or with the setting test.target; there are größe, 1",
    );
    check("FROM a AS test\n", &["--target", "tset"], "there is no stage `tset`; there are test");
}

#[test]
fn the_setting_names_the_stage_and_the_flag_wins() {
    let folder = Folder::new(&[
        ("Dockerfile", "FROM a AS check\nFROM b AS test\n"),
        ("layerwise.toml", "[test]\ntarget = \"chekc\"\n"),
    ]);
    let output = folder.run(&["test", "--host", NOWHERE]).exits(2);
    assert!(output.stderr.contains("there is no stage `chekc`"), "{}", output.stderr);
    let output = folder.run(&["test", "--host", NOWHERE, "--target", "check", "--progress", "json"]).exits(2);
    assert!(output.stderr.contains("no such socket"), "{}", output.stderr);
    assert_eq!(output.json_lines().last().unwrap()["event"], "finished");
}

#[test]
fn options_that_make_no_sense_together_are_refused() {
    check("FROM a AS test\n", &["--output", "out"], "--output out makes none");
    check("FROM a AS test\n", &["--watch", "--format", "json"], "use --progress json");
    check("FROM a AS test\n", &["--progress", "json", "--format", "json"], "cannot be used with");
}
