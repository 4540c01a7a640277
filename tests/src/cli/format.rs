//! `layerwise format`: which files change, where the result goes, and how it ends.

use crate::program::Folder;

const TEXT: &str = "from scratch  as a\nENV  A=1 \\\nB=2\nRUN x  y   \nFROM a\nCMD z";
const TIDY: &str = "FROM scratch AS a\nENV A=1 \\\n    B=2\nRUN x  y\n\nFROM a\nCMD z\n";

#[test]
fn files_and_directories_are_laid_out_once() {
    let folder = Folder::new(&[("api/Dockerfile", TEXT), ("web.Dockerfile", TIDY), ("notes", TEXT)]);
    assert_eq!(folder.run(&["format"]).succeeds(), "api/Dockerfile\n");
    assert_eq!((folder.read("api/Dockerfile"), folder.read("notes")), (TIDY.to_owned(), TEXT.to_owned()));
    assert_eq!(folder.run(&["format", "api", "web.Dockerfile"]).succeeds(), "");
}

#[test]
fn check_and_diff_change_nothing() {
    let folder = Folder::new(&[("Dockerfile", TEXT), ("web.Dockerfile", TIDY)]);
    let output = folder.run(&["format", "--check"]).exits(1);
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("Dockerfile\n", ""));
    let diff = folder.run(&["format", "--diff"]).succeeds();
    assert!(diff.contains("-ENV  A=1 \\\n") && diff.contains("+    B=2\n"), "{diff}");
    assert_eq!(folder.read("Dockerfile"), TEXT);
    assert_eq!(folder.run(&["format", "--check", "web.Dockerfile"]).succeeds(), "");
    folder.run(&["format", "--check", "--diff"]).exits(2);
}

#[test]
fn stdin_goes_to_stdout_and_goes_by_its_path() {
    let folder = Folder::new(&[("loose/layerwise.toml", "[format]\nlayout = \"align\"\n")]);
    assert_eq!(folder.run_with_input(&["format", "-"], TEXT.as_bytes()).succeeds(), TIDY);
    assert_eq!(folder.run_with_input(&["format", "-"], TIDY.as_bytes()).succeeds(), TIDY);
    let path = ["format", "-", "--stdin-path", "loose/Dockerfile"];
    let command = "FROM a\r\nRUN x \\\r\n&& y\r\n";
    let aligned = "FROM a\r\nRUN x \\\r\n    && y\r\n";
    assert_eq!(folder.run_with_input(&path, command.as_bytes()).succeeds(), aligned);
    assert_eq!(folder.run_with_input(&["format", "-"], command.as_bytes()).succeeds(), command);
    let output = folder.run_with_input(&["format", "--check", "-"], TEXT.as_bytes()).exits(1);
    assert_eq!(output.stdout, "-\n");
}

#[test]
fn what_cannot_be_read_is_said_and_the_others_are_laid_out() {
    let folder = Folder::with_dockerfile(TEXT);
    let bytes = b"from scratch\n# \xff\n";
    folder.write("bad.Dockerfile", bytes);
    let output = folder.run(&["format"]).exits(2);
    assert_eq!(output.error(), "bad.Dockerfile is not UTF-8, so it is left alone: save it as UTF-8");
    assert_eq!(folder.read("Dockerfile"), TIDY);
    assert_eq!(std::fs::read(folder.path("bad.Dockerfile")).unwrap(), bytes);
    assert!(folder.run(&["format", "none"]).exits(2).error().contains("there is no such file"));
    folder.write("layerwise.toml", "[format]\nlayout = \"pretty\"\n");
    assert!(
        folder
            .run(&["format", "Dockerfile"])
            .exits(2)
            .error()
            .contains("`format.layout` must be tidy or align")
    );
}
