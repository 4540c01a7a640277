//! `--platform`: the machine's own, a foreign one, and several at once.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::harness::{Engine, files_in};
use super::program_build::{TODAYS, closing, events, last, on_each};
use crate::program::Folder;

const OTHER: &str = if cfg!(target_arch = "aarch64") { "linux/amd64" } else { "linux/arm64" };
const OWN: &str = if cfg!(target_arch = "aarch64") { "linux/arm64" } else { "linux/amd64" };

/// Nothing but the head of a program (ELF, 64 bits, `e_machine`), which no other machine starts.
fn program() -> Vec<u8> {
    let machine: u16 = if OTHER == "linux/arm64" { 183 } else { 62 };
    let mut head = vec![0; 64];
    head[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    head[16] = 2;
    head[18..20].copy_from_slice(&machine.to_le_bytes());
    head[20] = 1;
    head[52] = 64;
    head
}

#[test]
fn files_are_copied_for_any_platform_and_the_platform_is_known() {
    on_each(&TODAYS, |host| {
        let text = "FROM scratch\nARG TARGETPLATFORM\nCOPY größe /${TARGETPLATFORM}/\n";
        for platform in [OWN, OTHER] {
            let folder = Folder::new(&[("Dockerfile", text), ("größe", "x")]).with_host(host);
            let built = events(&folder, &["--platform", platform, "-o", "../out", "."], 0);
            assert_eq!(closing(&built).len(), 2, "{built:#?}");
            assert_eq!(files_in(&folder.path("../out")), [(format!("{platform}/größe"), "x".to_owned())]);
            // As an image too.
            let built = events(&folder, &["--platform", platform, "."], 0);
            let image = last(&built)["image"].as_str().unwrap().to_owned();
            let engine = Engine::at("other", host.to_owned());
            super::api::remove_image(&engine, &image);
        }
    });
}

#[test]
fn a_program_of_a_foreign_platform_fails_with_its_cause_and_cure() {
    on_each(&TODAYS, |host| {
        let text = "FROM scratch\nCOPY app /\nRUN [\"/app\"]\n";
        let folder = Folder::with_dockerfile(text).with_host(host);
        fs::write(folder.path("app"), program()).unwrap();
        fs::set_permissions(folder.path("app"), fs::Permissions::from_mode(0o755)).unwrap();
        let built = events(&folder, &["--platform", OTHER, "."], 1);
        let problem = problem(&built);
        assert_eq!(problem["line"], 3);
        let message = problem["message"].as_str().unwrap();
        assert!(message.contains("\ncause: /app is not for this machine's processor"), "{message}");
        assert!(message.contains("\nhelp: build on `FROM --platform=$BUILDPLATFORM`"), "{message}");
    });
}

#[test]
fn several_platforms_at_once_are_built_where_the_store_holds_them_and_explained_where_not() {
    let text = "FROM scratch\nCOPY a /\n";
    let both = format!("{OWN},{OTHER}");
    on_each(&["28"], |host| {
        let folder = Folder::new(&[("Dockerfile", text), ("a", "x")]).with_host(host);
        let built = events(&folder, &["--platform", &both, "."], 1);
        let message = problem(&built)["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains("\ncause: this engine's image store holds images of one platform"),
            "{message}"
        );
        assert!(message.contains("\nhelp: build for one platform at a time"), "{message}");
        // Into a folder both go, each into one of its own.
        events(&folder, &["--platform", &both, "-o", "../out", "."], 0);
        let made: Vec<_> = files_in(&folder.path("../out")).into_iter().map(|(name, _)| name).collect();
        assert_eq!(made, ["linux_amd64/a", "linux_arm64/a"]);
    });
    on_each(&["28_CONTAINERD"], |host| {
        let folder = Folder::new(&[("Dockerfile", text), ("a", "x")]).with_host(host);
        let built = events(&folder, &["--platform", &both, "."], 0);
        let image = last(&built)["image"].as_str().unwrap().to_owned();
        super::api::remove_image(&Engine::at("other", host.to_owned()), &image);
    });
}

fn problem(events: &[Value]) -> &Value {
    events.iter().find(|event| event["event"] == "problem").expect("there is a problem")
}
