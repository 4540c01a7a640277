//! Wrong usage, help, and a reader that goes away.

use std::io::Read;

use crate::program::{Folder, finish};

#[test]
fn wrong_usage_is_one_line_and_status_2() {
    let folder = Folder::with_dockerfile("FROM scratch\n");
    for arguments in [
        &[][..],
        &["nonsense"],
        &["chek"],
        &["--nonsense"],
        &["check", "--nonsense"],
        &["check", "--format", "nonsense"],
        &["check", "--fail-on", "nonsense"],
        &["check", "--select"],
        &["syntax"],
        &["syntax", "a", "b"],
        &["rewrite"],
        &["rewrite", "split-stages"],
        &["rewrite", "nonsense", "Dockerfile"],
        &["rewrite", "--list"],
        &["rewrite", "--list", "split-stages", "Dockerfile"],
        &["rewrite", "--write", "--diff", "split-stages", "Dockerfile"],
        &["rewrite", "--line", "x", "split-stages", "Dockerfile"],
        &["build", "a", "b"],
        &["build", "--progress", "nonsense"],
        &["rules", "a", "b"],
        &["graph"],
        &["inspect"],
        &["inspect", "a", "b"],
        &["run", "a", "b"],
        &["graph", "--format", "nonsense", "Dockerfile"],
        &["lsp", "--nonsense"],
        &["demo", "x"],
        &["a\nb"],
    ] {
        let output = folder.run(arguments).exits(2);
        assert!(output.error().len() > 10, "{arguments:?}: {output:?}");
        assert_eq!(output.stdout, "", "{arguments:?}");
    }
}

#[test]
fn help_and_version_go_to_stdout() {
    let folder = Folder::new(&[]);
    for command in [
        "lsp", "check", "fix", "rewrite", "rules", "format", "build", "predict", "why", "watch", "builder",
        "syntax", "demo", "graph", "inspect", "run",
    ] {
        assert!(folder.run(&["--help"]).succeeds().contains(&format!("\n  {command} ")), "{command}");
        assert!(folder.run(&[command, "--help"]).succeeds().contains("Usage: "), "{command}");
    }
    assert!(folder.run(&["--version"]).succeeds().starts_with("layerwise "));
}

/// As `layerwise rules | head -1`.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new(&[]);
    let many = "ENV API_KEY=abc\n".repeat(5000);
    folder.write("Dockerfile", format!("FROM debian:bookworm-slim\n{many}"));
    for arguments in
        [&["rules"][..], &["rules", "--format", "json"], &["check"], &["syntax", "Dockerfile"], &["--help"]]
    {
        let mut child = folder.command(arguments).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0]).unwrap();
        drop(stdout);
        let output = finish(child);
        assert!(output.status < 2 && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
}
