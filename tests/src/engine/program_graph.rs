//! `layerwise graph` after real builds: which steps have times and sizes, and what the next build would do.

use serde_json::Value;

use super::program_build::{ALL, events, nonce, on_each};
use crate::program::Folder;

const TEXT: &str = "FROM debian:bookworm-slim AS build\n\
    COPY größe /\n\
    RUN sleep 0.2 && cat größe > /out && echo NONCE >> /out\n\
    FROM debian:bookworm-slim AS unused\n\
    RUN false\n\
    FROM scratch AS app\n\
    COPY --from=build /out /\n";

fn step(graph: &Value, line: u64) -> &Value {
    let stages = graph["stages"].as_array().unwrap().iter();
    let mut steps = stages.flat_map(|stage| stage["steps"].as_array().unwrap());
    steps.find(|step| step["line"] == line).unwrap()
}

#[test]
fn a_graph_tells_what_the_last_build_took() {
    on_each(&ALL, |host| {
        let text = TEXT.replace("NONCE", &nonce());
        let folder = Folder::new(&[("sub/Dockerfile", &text), ("sub/größe", "1")]).with_host(host);
        // The folder of the Dockerfile is the context, and the last stage is named: it is the same build.
        events(&folder, &["sub", "--target", "app"], 0);
        let draw = || folder.run(&["graph", "sub/Dockerfile", "--format", "json"]).exits(0).json();
        let graph = draw();
        assert_eq!(graph["target"], "app");
        assert_eq!(step(&graph, 3)["cached"], false);
        let seconds = step(&graph, 3)["seconds"].as_f64().unwrap();
        assert!(seconds >= 0.2 && graph["critical_path"]["seconds"].as_f64().unwrap() >= seconds, "{graph}");
        assert_eq!(step(&graph, 3)["critical"], true);
        assert!(step(&graph, 7)["bytes"].as_u64().is_some(), "{graph}");
        assert_eq!(
            (&step(&graph, 5)["cached"], &graph["stages"][1]["needed"]),
            (&Value::Null, &false.into())
        );

        events(&folder, &["sub", "--target", "app"], 0);
        let graph = draw();
        assert_eq!(
            (&step(&graph, 3)["cached"], &step(&graph, 3)["prediction"]),
            (&true.into(), &"cached".into())
        );
        assert_eq!(step(&graph, 3)["last_seconds"].as_f64(), Some(seconds));
        folder.write("sub/größe", "2");
        assert_eq!(step(&draw(), 3)["prediction"], "rebuild");
        let svg = folder.run(&["graph", "sub/Dockerfile", "--format", "svg"]).succeeds();
        assert!(svg.contains(">rebuild</text>"), "{svg}");
    });
}
