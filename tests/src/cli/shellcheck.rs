//! ShellCheck by `check`: the real program, where its variable names one; and what is said where there is none.

use crate::program::Folder;

const TEXT: &str = "FROM debian:12-slim\nARG size=1\nRUN a \\\n  # why\n  && rm -rf $dir/é \\\n  $size\nRUN <<EOF\ncd $HOME\nEOF\n";

#[test]
fn without_the_program_it_is_said_once_and_costs_nothing() {
    let folder =
        Folder::new(&[("a/Dockerfile", TEXT), ("b/Dockerfile", TEXT)]).with_variable("PATH", "relative:");
    let run = |arguments: &[&str]| folder.run(arguments);
    let output = run(&["check", "--select", "SC2086"]);
    assert_eq!((output.status, output.stderr.lines().count()), (0, 1), "{}", output.stderr);
    assert!(output.stderr.contains("apt install shellcheck"), "{}", output.stderr);
    // Who selects all rules did not ask for this one.
    assert_eq!(run(&["check", "--select", "all"]).stderr, "");
    assert_eq!(run(&["check"]).stderr, "");
}

#[cfg(feature = "engine")]
#[test]
fn its_findings_stand_where_the_words_do() {
    let program =
        std::env::var("LAYERWISE_TEST_SHELLCHECK").expect("LAYERWISE_TEST_SHELLCHECK names the program");
    let path = std::path::Path::new(&program).parent().expect("a folder").display().to_string();
    let folder = Folder::new(&[("Dockerfile", TEXT)]).with_variable("PATH", &path);
    let run = |arguments: &[&str]| folder.run(arguments);
    let output = run(&["check", "--select", "shell-script-problem", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).expect("a report");
    let findings = report["files"][0]["findings"].as_array().expect("findings");
    let found: Vec<String> = findings
        .iter()
        .map(|finding| {
            let start = &finding["range"]["start"];
            let (line, column) = (&start["line"], &start["column"]);
            let code = finding["aliases"][0].as_str().unwrap_or_default();
            format!("{line}:{column} {code} {}", finding["severity"].as_str().unwrap_or_default())
        })
        .collect();
    assert_eq!(
        found,
        [
            "5:13 SC2154 warning",
            "5:13 SC2086 info",
            "6:3 SC2086 info",
            "8:1 SC2164 warning",
            "8:4 SC2086 info"
        ],
        "{}",
        output.stdout
    );
    // hadolint's profile has it, and its comments suppress it.
    assert_eq!(run(&["check", "--select", "SC2086", "--fail-on", "info"]).status, 1);
    folder.write(
        "Dockerfile",
        TEXT.replacen("RUN a", "# hadolint ignore=SC2086,SC2154\nRUN a", 1).replace("cd $HOME", "cd /"),
    );
    let left = run(&["check", "--profile", "hadolint", "--fail-on", "warning"]);
    assert!(!left.stdout.contains("SC2086") && !left.stdout.contains("Double quote"), "{}", left.stdout);
}
