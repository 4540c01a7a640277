//! `layerwise.toml` on the command line: it counts, flags win, and a mistake in it is one line with its place.

use crate::program::Folder;

const TEXT: &str = "FROM scratch\nENV A b\n";
const CODE: &str = "legacy-key-value-format";

#[test]
fn the_nearest_file_decides_and_flags_win() {
    let folder =
        Folder::new(&[("a/b/Dockerfile", TEXT), ("layerwise.toml", "ignore = ['LegacyKeyValueFormat']\n")]);
    let check = |flags: &[&str]| folder.run(&[&["check", "a"], flags].concat()).status;
    assert_eq!(check(&[]), 0);
    assert_eq!(check(&["--select", CODE]), 1);
    folder.write("a/layerwise.toml", format!("ignore = []\n[severity]\n{CODE} = 'info'\n"));
    assert_eq!(check(&[]), 0);
    assert_eq!(check(&["--fail-on", "info"]), 1);
    assert_eq!(check(&["--fail-on", "info", "--ignore", CODE]), 0);
    folder.run(&["fix"]).succeeds();
    assert_eq!(folder.read("a/b/Dockerfile"), "FROM scratch\nENV A=b\n");
}

#[test]
fn a_mistake_is_one_line_with_its_place() {
    for (settings, expected) in [
        ("\nselct = []\n", "layerwise.toml:2: there is no setting `selct`; is `select` meant?"),
        ("ignore = 1\n", "layerwise.toml:1: `ignore` must be a list of texts"),
        (
            "ignore = ['DL302']\n",
            "layerwise.toml:1: there is no rule or category DL302 (did you mean DL3020?)",
        ),
        ("[severity]\nstyle = 'eror'\n", "layerwise.toml:2: the severity of `style` must be"),
    ] {
        let folder = Folder::new(&[("Dockerfile", TEXT), ("layerwise.toml", settings)]);
        for command in ["check", "fix", "build"] {
            let output = folder.run(&[command]).exits(2);
            assert!(output.error().contains(expected), "{command}: {}", output.stderr);
            assert_eq!(output.stdout, "");
        }
        assert_eq!(folder.read("Dockerfile"), TEXT);
    }
}
