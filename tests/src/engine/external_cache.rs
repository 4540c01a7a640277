//! Caches in a registry: what one engine has built, another one takes.

use std::fs;

use base64::Engine as _;
use inner_loop::{BuildRequest, CacheSpec};
use serde_json::json;

use super::harness::{Context, Engine, variable};
use super::program_build::nonce;

/// An engine whose builds are logged in to the tests' registry.
fn engine(name: &'static str, registry: &str) -> Engine {
    let engine = Engine::new(name);
    let login = format!(
        "{}:{}",
        variable("LAYERWISE_TEST_REGISTRY_USER"),
        variable("LAYERWISE_TEST_REGISTRY_PASSWORD")
    );
    let auth = base64::engine::general_purpose::STANDARD.encode(login);
    let folder = engine.surroundings.docker_config.as_ref().unwrap();
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("config.json"), json!({"auths": {registry: {"auth": auth}}}).to_string()).unwrap();
    engine
}

#[test]
fn what_one_engine_wrote_others_take() {
    let registry = variable("LAYERWISE_TEST_REGISTRY");
    let context = Context::new(&[("a", &nonce())]);
    let text = "FROM scratch AS files\nCOPY a /\nFROM scratch\nCOPY --from=files /a /b\n";
    let reference = format!("{registry}/layerwise/cache-{}:1", nonce());
    let cache = |more: &str| vec![CacheSpec::parse(&format!("type=registry,ref={reference}{more}")).unwrap()];
    let first = engine("28_CONTAINERD", &registry);
    // The form of the cache that old builders read too.
    let cache_to = cache(",mode=max,image-manifest=false");
    first.build(BuildRequest { cache_to, ..context.request(text) }).succeeded();
    for name in ["28", "20_10"] {
        let other = engine(name, &registry);
        let build = other.build(BuildRequest { cache_from: cache(""), ..context.request(text) }).succeeded();
        assert!(build.steps().iter().all(|(_, cached)| *cached), "{name}: {:?}", build.steps());
    }
}

#[test]
fn a_cache_that_the_builder_cannot_write_fails_the_build_in_its_words() {
    let engine = Engine::new("28");
    let context = Context::new(&[("a", "a")]);
    let cache_to = vec![CacheSpec::parse("127.0.0.1:1/a").unwrap()];
    let build = engine.build(BuildRequest { cache_to, ..context.request("FROM scratch\nCOPY a /\n") });
    assert!(build.failure().message.contains("cache export"), "{:?}", build.failure());
}

#[test]
fn what_is_allowed_is_said_to_the_builder() {
    let engine = Engine::new("28");
    let context = Context::new(&[]);
    let text =
        format!("FROM debian:bookworm-slim\nRUN --network=host echo {} && ls /sys/class/net\n", nonce());
    let refused = engine.build(context.request(&text));
    assert!(refused.failure().message.contains("network.host is not allowed"), "{:?}", refused.failure());
    let allow = vec!["network.host".to_owned()];
    engine.build(BuildRequest { allow, ..context.request(&text) }).succeeded();
}
