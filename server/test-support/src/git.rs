//! A git repository of a test: commands by the user's own git, under a name that no settings have to give.

use std::path::Path;
use std::process::Command;

/// Runs git in a folder.
///
/// # Panics
/// Where there is no git, or it fails: with what it says.
#[track_caller]
pub fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
