//! Images of builds without a tag: the newest of a kind stays, earlier ones go, and nobody else's is touched.

use inner_loop::{BuildOutcome, BuildRequest, Export};

use super::api::{ask, has_image, remove_image};
use super::harness::{ALL, Context, Engine, on_each};
use super::program_build::nonce;

fn image(engine: &Engine, context: &Context, text: &str, tags: &[&str]) -> String {
    let tags = tags.iter().map(ToString::to_string).collect();
    let build =
        engine.build(BuildRequest { export: Export::Image, tags, ..context.request(text) }).succeeded();
    match build.outcome() {
        BuildOutcome::Succeeded { image: Some(image) } => image.id.clone(),
        other => panic!("no image: {other:?}"),
    }
}

/// Something that no other run builds.
fn dockerfile(label: &str) -> String {
    format!("FROM scratch\nCOPY a /\nLABEL nonce=\"{label} {}\"\n", nonce())
}

#[test]
fn the_image_is_the_one_that_inspection_shows() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("a", "some content")]);
        let text = dockerfile("inspected");
        let build =
            engine.build(BuildRequest { export: Export::Image, ..context.request(&text) }).succeeded();
        let BuildOutcome::Succeeded { image: Some(image) } = build.outcome() else { panic!("no image") };
        let (status, body) = ask(engine, "GET", &format!("/images/{}/json", image.id), &[]);
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, body["Id"].as_str(), body["Size"].as_u64()),
            (200, Some(image.id.as_str()), Some(image.size))
        );
        remove_image(engine, &image.id);
    });
}

#[test]
fn the_next_image_of_a_kind_replaces_the_last() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("a", "a")]);
        let first = image(engine, &context, &dockerfile("first"), &[]);
        let text = dockerfile("second");
        let second = image(engine, &context, &text, &[]);
        assert!(!has_image(engine, &first) && has_image(engine, &second));
        assert_eq!(image(engine, &context, &text, &[]), second);
        assert!(has_image(engine, &second));
        remove_image(engine, &second);
    });
}

#[test]
fn images_of_others_stay() {
    on_each(&ALL, |engine| {
        let context = Context::new(&[("a", "a")]);
        // Tagged after we built it.
        let tagged = image(engine, &context, &dockerfile("tagged later"), &[]);
        let tag = format!("layerwise-test-kept-{}", nonce());
        ask(engine, "POST", &format!("/images/{tagged}/tag?repo={tag}&tag=1"), &[]);
        // There before we built it.
        let text = dockerfile("built by somebody else");
        let other_context = Context::new(&[("a", "a")]);
        let theirs = image(engine, &other_context, &text, &[]);
        assert_eq!(image(engine, &context, &text, &[]), theirs);
        // The same, with a name that it loses later.
        let text = dockerfile("tagged by somebody else");
        let name = format!("layerwise-test-moved-{}:1", nonce());
        let moved = image(engine, &other_context, &text, &[&name]);
        assert_eq!(image(engine, &context, &text, &[]), moved);
        image(engine, &other_context, &dockerfile("the name's next image"), &[&name]);
        let last = image(engine, &context, &dockerfile("last"), &[]);
        assert!(has_image(engine, &format!("{tag}:1")));
        assert!(has_image(engine, &theirs));
        assert!(has_image(engine, &moved));
        for image in [format!("{tag}:1"), theirs, moved, name, last] {
            remove_image(engine, &image);
        }
    });
}
