//! ShellCheck in the editor: it is asked in the background, and its absence is told once.

use serde_json::{Value, json};

use super::client::{Client, Setup};

const TEXT: &str = "FROM debian:12-slim\nRUN rm -rf $HOME/cache\n";

/// Waits for a push with these codes; others may come before.
#[cfg(feature = "engine")]
async fn pushed(client: &mut Client, version: i32, expected: &[&str]) {
    loop {
        let params = client.notification("textDocument/publishDiagnostics").await;
        let found: Vec<&str> = params["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|found| found["code"].as_str())
            .collect();
        if params["version"] == version && found == expected {
            return;
        }
    }
}

async fn session(program_path: Option<std::ffi::OsString>, options: Value) -> Client {
    Client::with(Setup { program_path, initialization_options: options, ..Setup::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn its_absence_is_told_once_to_who_asks_for_it() {
    let mut client = session(None, json!({"select": ["SC2086"]})).await;
    client.open(TEXT).await;
    assert_eq!(client.pushed(1).await, [] as [Value; 0]);
    let told = client.notification("window/showMessage").await;
    assert!(told["message"].as_str().unwrap().contains("apt install shellcheck"), "{told}");
    client.change(2, json!([{"text": TEXT.replace("cache", "x")}])).await;
    assert_eq!(client.pushed(2).await, [] as [Value; 0]);
    client.finish().await;
}

#[cfg(feature = "engine")]
#[tokio::test(flavor = "multi_thread")]
async fn its_findings_come_behind_the_others_and_follow_the_text() {
    let program =
        std::env::var("LAYERWISE_TEST_SHELLCHECK").expect("LAYERWISE_TEST_SHELLCHECK names the program");
    let folder = std::path::Path::new(&program).parent().expect("a folder").as_os_str().to_owned();
    let mut client = session(Some(folder), json!({"select": ["SC2086", "style"]})).await;
    client.open(TEXT).await;
    pushed(&mut client, 1, &["shell-script-problem"]).await;
    client.change(2, json!([{"text": TEXT.replace("$HOME/cache", "\"$HOME\"/cache")}])).await;
    pushed(&mut client, 2, &[]).await;
    // What is known of a script is not asked again.
    client.change(3, json!([{"text": TEXT}])).await;
    pushed(&mut client, 3, &["shell-script-problem"]).await;
    client.finish().await;
}
