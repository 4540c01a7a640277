//! `layerwise.prove`: progress while it goes on, a message at its end, and an error at once where nothing can be proved.

use std::sync::Arc;

use inner_loop::proof::{Check, Proof, ProofOutcome, Sides, Verdict};
use serde_json::{Value, json};
use test_support::ScriptedBuilder;

use super::builds::{able, progress};
use super::client::{Client, Setup, URI};

/// A file that two rewrites apply to.
const TEXT: &str = "FROM python:3.13\nWORKDIR /app\nRUN pip install flask\nCMD [\"flask\", \"run\"]\n";

fn proof(verdict: Verdict) -> ProofOutcome {
    let shown = Sides { before: "200, 2 B".to_owned(), after: "200, 2 B".to_owned() };
    ProofOutcome::Compared(Box::new(Proof {
        size: Sides { before: 400_000_000, after: 100_000_000 },
        checks: vec![Check { what: "GET :80/".to_owned(), shown, verdict }],
        ..Proof::default()
    }))
}

async fn session(outcome: ProofOutcome) -> (Client, Arc<ScriptedBuilder>) {
    let builder = Arc::new(ScriptedBuilder::default().with_proof(outcome));
    let setup = Setup { capabilities: able(), builder: Arc::clone(&builder) as _, ..Setup::default() };
    let mut client = Client::with(setup).await;
    client.open(TEXT).await;
    (client, builder)
}

fn command(argument: Value) -> Value {
    json!({"command": "layerwise.prove", "arguments": [argument]})
}

/// Proves, and returns the progress with the message at the end.
async fn prove(outcome: ProofOutcome, argument: Value) -> (Vec<String>, Value) {
    let (mut client, builder) = session(outcome).await;
    let id = client.request("workspace/executeCommand", command(argument)).await;
    let created = client.answer("window/workDoneProgress/create", Value::Null).await;
    assert_eq!(client.result(id).await, Value::Null);
    let messages = progress(&mut client, &created["token"]).await;
    let shown = client.notification("window/showMessage").await;
    let request = &builder.proofs()[0];
    assert_eq!(request.before.dockerfile_text, TEXT);
    let after = &request.after.dockerfile_text;
    assert!(
        after.contains("\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask\n"),
        "{after}"
    );
    client.finish().await;
    (messages, shown)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_reports_its_progress_and_says_what_came_out() {
    let (messages, shown) = prove(proof(Verdict::Same), json!({"uri": URI, "line": 2})).await;
    assert_eq!(messages, ["Proving cache-mounts", "building", "proved"]);
    let message = "cache-mounts is proved: image 400.0 MB -> 100.0 MB, GET :80/ the same";
    assert_eq!(shown, json!({"type": 3, "message": message}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_and_a_missing_builder_are_errors() {
    let different =
        Verdict::Different { reason: "the new image does not answer".to_owned(), is_outcome: true };
    let (messages, shown) = prove(proof(different), json!({"uri": URI, "rewrite": "cache-mounts"})).await;
    assert_eq!(messages.last().unwrap(), "not proved");
    let message = "cache-mounts is not proved: GET :80/: the new image does not answer";
    assert_eq!(shown, json!({"type": 1, "message": message}));
    let none = ProofOutcome::NoBuilder("no builder answers".to_owned());
    let (_, shown) = prove(none, json!({"uri": URI, "rewrite": "cache-mounts"})).await;
    assert_eq!(shown, json!({"type": 1, "message": "no builder answers"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_proved_is_an_error_at_once() {
    let (mut client, builder) = session(proof(Verdict::Same)).await;
    for (argument, said) in [
        (json!({"uri": URI, "rewrite": "nonsense"}), "there is no rewrite `nonsense`"),
        (json!({"uri": URI, "rewrite": "mount-secrets"}), "mount-secrets does not apply: "),
        (json!({"uri": URI, "rewrite": 3}), "layerwise.prove"),
        (json!({"uri": "file:///no/such/Dockerfile"}), "no Dockerfile is open"),
        (json!({}), "layerwise.prove"),
    ] {
        let id = client.request("workspace/executeCommand", command(argument)).await;
        let error = client.error(id).await;
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
    }
    let build = json!({"command": "layerwise.build", "arguments": [{"uri": URI, "rewrite": "improve"}]});
    let id = client.request("workspace/executeCommand", build).await;
    assert!(client.error(id).await["message"].as_str().unwrap().contains("rewrite"));
    assert!(builder.proofs().is_empty());
    client.finish().await;
}
