//! `layerwise fix`: which fixes are applied, where the result goes, and what is left alone.

use crate::program::Folder;

const TEXT: &str = "FROM scratch as a\nENV A b\nWORKDIR app\n";
const FIXED: &str = "FROM scratch AS a\nENV A=b\nWORKDIR app\n";

#[test]
fn safe_fixes_are_applied_and_a_second_run_finds_none() {
    let folder = Folder::new(&[("api/Dockerfile", TEXT), ("clean.Dockerfile", "FROM scratch\n")]);
    assert_eq!(folder.run(&["fix"]).succeeds().lines().count(), 2);
    assert_eq!(folder.read("api/Dockerfile"), FIXED);
    assert_eq!(folder.run(&["fix"]).succeeds(), "nothing to fix\n");
    let said = folder.run(&["fix", "--unsafe", "api/Dockerfile"]).succeeds();
    assert!(said.starts_with("api/Dockerfile:3: relative-workdir: ") && said.contains("(check: "), "{said}");
    assert_eq!(folder.read("api/Dockerfile"), FIXED.replace("app", "/app"));
}

#[test]
fn a_diff_changes_nothing_and_stdin_goes_to_stdout() {
    let folder = Folder::with_dockerfile(TEXT);
    let diff = folder.run(&["fix", "--diff"]).succeeds();
    assert!(diff.contains("-ENV A b\n") && diff.contains("+ENV A=b\n"), "{diff}");
    assert_eq!(folder.read("Dockerfile"), TEXT);
    assert_eq!(folder.run_with_input(&["fix", "-"], TEXT.as_bytes()).succeeds(), FIXED);
    assert_eq!(folder.run_with_input(&["fix", "-"], FIXED.as_bytes()).succeeds(), FIXED);
}

#[test]
fn flags_choose_and_what_is_not_utf8_is_left_alone() {
    let folder = Folder::with_dockerfile(TEXT);
    folder.run(&["fix", "--select", "legacy-key-value-format", "--ignore", "style"]).succeeds();
    assert!(folder.read("Dockerfile").starts_with("FROM scratch as a\n"));
    let bytes = b"FROM scratch as a\n# \xff\n";
    folder.write("Dockerfile", bytes);
    let output = folder.run(&["fix"]).exits(2);
    assert!(output.error().contains("Dockerfile is not UTF-8"), "{}", output.stderr);
    assert_eq!(std::fs::read(folder.path("Dockerfile")).unwrap(), bytes);
}

#[test]
fn ignore_files_are_mended_where_it_is_no_choice() {
    let folder = Folder::new(&[
        ("Dockerfile", "FROM scratch\nCOPY a /\n"),
        ("a", ""),
        (".dockerignore", "# é\r\n!\r\nnowhere\r\n"),
    ]);
    assert_eq!(folder.run(&["fix"]).succeeds(), ".dockerignore:2: ignore-pattern-refused: Remove `!`\n");
    assert_eq!(folder.read(".dockerignore"), "# é\r\nnowhere\r\n");
    assert_eq!(folder.run(&["fix", ".dockerignore"]).succeeds(), "nothing to fix\n");
    folder.run(&["fix", "--unsafe", ".dockerignore"]).succeeds();
    assert_eq!(folder.read(".dockerignore"), "# é\r\n");
}
