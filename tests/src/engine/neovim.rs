//! A session in a real, headless Neovim with the built program and a real engine. What is done there: `tests/editors/nvim.lua`.

use std::path::Path;
use std::process::{Command, Stdio};

use super::harness::variable;
use crate::program::{self, Folder};

const EXAMPLE: [(&str, &str); 7] = [
    ("Dockerfile", include_str!("../../../examples/leaky-node/Dockerfile")),
    ("package.json", include_str!("../../../examples/leaky-node/package.json")),
    ("package-lock.json", include_str!("../../../examples/leaky-node/package-lock.json")),
    ("src/app.js", include_str!("../../../examples/leaky-node/src/app.js")),
    ("src/notes.js", include_str!("../../../examples/leaky-node/src/notes.js")),
    ("src/server.js", include_str!("../../../examples/leaky-node/src/server.js")),
    ("test/app.test.js", include_str!("../../../examples/leaky-node/test/app.test.js")),
];

/// What the script said after `name`, one entry a line.
fn said<'a>(stdout: &'a str, name: &str) -> Vec<&'a str> {
    stdout.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).collect()
}

#[test]
fn neovim_shows_findings_splits_builds_and_shows_what_failed() {
    let folder = Folder::new(&EXAMPLE);
    // A source that no build has seen: one that the engine has in its cache is over before there is progress to report.
    let nonce = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let notes = format!("{}\n// {nonce}\n", folder.read("src/notes.js"));
    folder.write("src/notes.js", &notes);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/nvim.lua");
    let neovim = Command::new(variable("LAYERWISE_TEST_NVIM"))
        .args(["--headless", "--clean", "-n", "-i", "NONE", "-l"])
        .args([&script, &folder.path("Dockerfile"), &program::path()])
        .current_dir(folder.path(""))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder.home())
        .env("DOCKER_HOST", variable("LAYERWISE_TEST_ENGINE_28"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = program::finish(neovim).exits(0);
    let stdout = &output.stdout;

    let codes: Vec<_> = said(stdout, "codes").concat().split(' ').map(str::to_owned).collect();
    for code in ["secret-in-arg-or-env", "secret-written-to-layer", "source-copied-before-dependency-install"]
    {
        assert!(codes.iter().any(|found| found == code), "{code}: {stdout}");
    }
    assert_eq!(said(stdout, "stages"), ["2"], "{stdout}");
    assert_eq!(said(stdout, "progress"), ["begin true end"], "{stdout}");
    let hints = said(stdout, "hint");
    let has_time = |hint: &&str| hint.contains("cached") || hint.contains(" s") || hint.contains("ms");
    assert!(hints.len() > 3 && hints.iter().all(has_time), "{stdout}");
    let failures = said(stdout, "failure");
    assert!(
        matches!(failures[..], [failure] if failure.starts_with("true ") && failure.contains("exit code: 7")),
        "{stdout}"
    );
    assert_eq!(stdout.lines().last(), Some("done"));
    let saved = folder.read("Dockerfile");
    assert!(saved.matches("FROM ").count() == 2 && !saved.contains("exit 7"), "{saved}");
}
