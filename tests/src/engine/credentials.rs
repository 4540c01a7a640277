//! A registry with a password: nobody gets in without a login, and docker's own logins are used.

use std::fs;

use base64::Engine as _;
use inner_loop::{BuildRequest, Export};

use super::api::{ask, remove_image};
use super::harness::{ALL, Context, Engine, on_each, variable};
use super::program_build::nonce;

fn log_in(engine: &Engine, config: &serde_json::Value) {
    let folder = engine.surroundings.docker_config.as_ref().unwrap();
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
}

#[test]
fn base_images_are_pulled_with_the_logins_that_docker_keeps() {
    let registry = variable("LAYERWISE_TEST_REGISTRY");
    let (user, password) =
        (variable("LAYERWISE_TEST_REGISTRY_USER"), variable("LAYERWISE_TEST_REGISTRY_PASSWORD"));
    on_each(&ALL, |engine| {
        let context = Context::new(&[("secret-base", engine.name)]);
        let name = format!("{registry}/layerwise/base-{}-{}", engine.name.to_lowercase(), nonce());
        let tags = vec![format!("{name}:1")];
        let request = context.request("FROM scratch\nCOPY secret-base /\n");
        engine.build(BuildRequest { export: Export::Image, tags, ..request }).succeeded();
        let login = serde_json::json!({"username": user, "password": password, "serveraddress": registry})
            .to_string();
        let login = base64::engine::general_purpose::URL_SAFE.encode(login);
        let (status, pushed) =
            ask(engine, "POST", &format!("/images/{name}/push?tag=1"), &[("X-Registry-Auth", &login)]);
        assert!(status == 200 && !pushed.contains("errorDetail"), "{pushed}");
        remove_image(engine, &format!("{name}:1"));

        let child = context.request(&format!("FROM {name}:1\nCOPY secret-base /again\n"));
        let refused = engine.build(child.clone());
        assert!(refused.failure().message.contains(&name), "{:?}", refused.failure());

        log_in(engine, &serde_json::json!({"credHelpers": {registry.as_str(): "layerwise-not-installed"}}));
        let helpless = engine.build(child.clone());
        assert!(
            helpless.failure().message.contains("docker-credential-layerwise-not-installed"),
            "{:?}",
            helpless.failure()
        );

        let auth = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        log_in(engine, &serde_json::json!({"auths": {registry.as_str(): {"auth": auth}}}));
        let build = engine.build(child).succeeded();
        let said = format!("{:?}", build.events);
        assert!(!said.contains(&password) && !said.contains(&auth));
    });
}
