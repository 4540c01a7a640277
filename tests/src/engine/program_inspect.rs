//! `layerwise inspect` on real images: layers on their lines, bytes, waste and what looks like a secret.

use serde_json::{Value, json};

use super::program_build::{ALL, events, last, nonce, on_each};
use crate::program::Folder;

const TEXT: &str = "FROM debian:bookworm-slim AS build\n\
    RUN echo NONCE > /built\n\
    FROM debian:bookworm-slim\n\
    ENV A=b\n\
    COPY --from=build /built /größe\n\
    RUN head -c 100000 /dev/zero > /big && \\\n    echo TOKEN > /root/.netrc\n\
    RUN rm /root/.netrc && head -c 7 /dev/zero > /big\n\
    USER nobody\n";

fn layers(image: &Value) -> Vec<(Option<u64>, u64, u64)> {
    let number = |value: &Value| value.as_u64().unwrap();
    let layers = image["layers"].as_array().unwrap().iter();
    layers.map(|layer| (layer["line"].as_u64(), number(&layer["bytes"]), number(&layer["wasted"]))).collect()
}

#[test]
fn layers_are_told_on_their_lines_with_their_bytes_and_waste() {
    on_each(&ALL, |host| {
        let (nonce, token) = (nonce(), format!("ghp_{}", "aB3".repeat(12)));
        let text = TEXT.replace("NONCE", &nonce).replace("TOKEN", &token);
        let folder = Folder::with_dockerfile(&text).with_host(host);
        // Without a tag: the next build of its kind takes it away.
        let events = events(&folder, &[], 0);
        let id = last(&events)["image"].as_str().unwrap();
        let image = folder.run(&["inspect", id, "--format", "json"]).exits(0).json();
        let found = layers(&image);
        let written = nonce.len() as u64 + 1;
        let secret = token.len() as u64 + 1;
        let own = [(Some(5), written, 0), (Some(6), 100_000 + secret, 100_000 + secret), (Some(8), 7, 0)];
        assert_eq!(found[found.len() - 3..], own, "{image}");
        let all: u64 = found.iter().map(|(_, bytes, _)| bytes).sum();
        assert_eq!((image["bytes"].as_u64(), image["user"].as_str()), (Some(all), Some("nobody")));
        assert!(image["compressed"].as_u64().unwrap() < all, "{image}");
        assert_eq!(image["base"]["image"], "debian:bookworm-slim");
        assert!(image["base"]["inside"]["packages"]["dpkg"].as_u64().unwrap() > 50, "{image}");
        let secrets = json!([{"kind": "GitHub token", "path": "/root/.netrc", "layer": found.len() - 1, "hidden": true, "line": 6}]);
        assert_eq!(image["secrets"], secrets);

        let said = folder.run(&["inspect", id]).succeeds();
        assert!(
            said.contains("100.0 kB  /big  of layer") && said.contains("GitHub token in /root/.netrc"),
            "{said}"
        );
        assert!(!said.contains("aB3") && !image.to_string().contains("aB3"), "{said}");

        // Another Dockerfile is no claim.
        folder.write("other", "FROM debian:bookworm-slim\nRUN something else\n");
        let output = folder.run(&["inspect", id, "--file", "other", "--format", "json"]).exits(0);
        assert!(output.stderr.contains("was not made by other as it is now"), "{output:?}");
        assert!(layers(&output.json()).iter().all(|(line, ..)| line.is_none()));
        let output = folder.run(&["inspect", "layerwise-test:nowhere"]).exits(2);
        assert!(output.error().contains("has no image layerwise-test:nowhere"));
    });
}
