//! Profiles on the command line: each is what its linter reports, and `.hadolint.yaml` counts where the profile is hadolint's.

use crate::program::Folder;

const TEXT: &str = "FROM debian\nRUN apt-get update && apt-get install -y curl\nLABEL A=b\nENV C d\n";

/// The codes of peers that findings have.
fn aliases(folder: &Folder, arguments: &[&str], prefix: &str) -> Vec<String> {
    let output = folder.run(&[&["check", "--format", "json"], arguments].concat());
    let report: serde_json::Value = serde_json::from_str(&output.stdout).expect("a report");
    let findings = report["files"][0]["findings"].as_array().expect("findings");
    let aliases = findings.iter().map(|finding| {
        let mut aliases =
            finding["aliases"].as_array().into_iter().flatten().filter_map(|alias| alias.as_str());
        let alias = aliases.find(|alias| alias.starts_with(prefix)).unwrap_or("none");
        format!("{alias} {}", finding["severity"].as_str().unwrap_or_default())
    });
    let mut aliases: Vec<String> = aliases.collect();
    aliases.sort();
    aliases
}

#[test]
fn a_profile_is_what_its_linter_reports() {
    let folder = Folder::new(&[("Dockerfile", TEXT), ("layerwise.toml", "profile = 'hadolint'\n")]);
    let all = ["DL3006 warning", "DL3008 warning", "DL3009 info", "DL3015 info", "DL3048 hint"];
    assert_eq!(aliases(&folder, &[], "DL"), all);
    assert_eq!(aliases(&folder, &["--profile", "buildkit"], "Legacy"), ["LegacyKeyValueFormat warning"]);
    assert!(folder.run(&["check", "--profile", "nonsense"]).exits(2).error().contains("strict"));
    // hadolint fails from info on.
    assert_eq!(folder.run(&["check", "--ignore", "DL3006,DL3008"]).status, 1);
    assert_eq!(folder.run(&["check", "--ignore", "DL3006,DL3008,DL3009,DL3015"]).status, 0);
    assert_eq!(folder.run(&["check", "--ignore", "DL3006,DL3008", "--fail-on", "warning"]).status, 0);
}

#[test]
fn hadolints_settings_count_where_the_profile_is_its() {
    let settings = "ignored: [DL3008, SC2086]\noverride:\n  error: [DL3009]\nfailure-threshold: error\ntrustedRegistries:\n  - quay.io\nlabel-schema:\n  B: text\n";
    let folder = Folder::new(&[("a/Dockerfile", TEXT), (".hadolint.yaml", settings)]);
    folder.run(&["check", "a"]).exits(1);
    let all = ["DL3006 warning", "DL3009 error", "DL3015 info", "DL3026 error", "DL3048 hint", "DL3049 info"];
    assert_eq!(aliases(&folder, &["a", "--profile", "hadolint"], "DL"), all);
    let status =
        |ignored: &str| folder.run(&["check", "a", "--profile", "hadolint", "--ignore", ignored]).status;
    assert_eq!((status("DL3009"), status("DL3009,DL3026")), (1, 0));
    // What layerwise.toml says comes first.
    folder.write(
        "a/layerwise.toml",
        "profile = 'hadolint'\nignore = ['DL3009']\ntrustedRegistries = ['docker.io']\n",
    );
    let all = ["DL3006 warning", "DL3008 warning", "DL3015 info", "DL3048 hint", "DL3049 info"];
    assert_eq!(aliases(&folder, &["a"], "DL"), all);
}

#[test]
fn a_mistake_in_hadolints_settings_is_one_line_with_its_place() {
    for (settings, expected) in [
        ("ignored:\n  - DL9999\n", ".hadolint.yaml:2: there is no rule or category DL9999"),
        ("ignored:\n  - DL3008\nbla: 1\n", ".hadolint.yaml:3: hadolint has no setting `bla`"),
        ("ignored: [\n", ".hadolint.yaml:1: this is no YAML"),
        ("label-schema:\n  a: uri\n", ".hadolint.yaml:2: the label `a` must be one of"),
    ] {
        let folder = Folder::new(&[("Dockerfile", TEXT), (".hadolint.yaml", settings)]);
        folder.run(&["check", "--profile", "default"]).exits(1);
        let output = folder.run(&["check", "--profile", "hadolint"]).exits(2);
        assert!(output.error().contains(expected), "{}", output.stderr);
    }
}

#[test]
fn comments_for_hadolint_count_unless_its_settings_say_no() {
    let text = format!("# hadolint ignore=DL3006\n{TEXT}");
    let folder = Folder::new(&[("Dockerfile", text.as_str()), ("layerwise.toml", "profile = 'hadolint'\n")]);
    let has = |folder: &Folder| aliases(folder, &[], "DL").iter().any(|alias| alias.starts_with("DL3006"));
    assert!(!has(&folder));
    folder.write(".hadolint.yml", "disable-ignore-pragma: true\n");
    assert!(has(&folder));
}
