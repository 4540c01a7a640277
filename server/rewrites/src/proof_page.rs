//! The page on how a rewrite is proved. The proving itself is no rewrite's business: what differs between two images is decided in
//! `inner-loop`, and `builder` builds and runs them.

/// The page, in Markdown.
pub const PROOF_PAGE: &str = r#"A rewrite is made by reading. Whether its result does the same is seen by building it:

```bash
layerwise rewrite split-stages Dockerfile --prove --write
```

The Dockerfile is built as it is and as the rewrite makes it, with the same context, build arguments and secrets (`--build-arg`, `--secret` and other flags
as for a build). Then both images are compared:

- **Settings**: what the Dockerfile writes must be the same in both; variables that only the build needed may be gone. What an image inherits from its base
  may differ with the base, and is told.
- **Behaviour**: both are started. Where a TCP port is exposed, both must give the same answer to `GET /`, status and body; a program that ends must end with the
  same status and the same output. The declared HEALTHCHECK must have the same status in both, and `--run CMD` the same status and output: it runs
  inside the container where the program goes on, else in place of it. What the old image itself does in another way the second time is no difference.
- **Contents**: files and packages that were lost and gained, and the size.
- **Secrets**: the values that the Dockerfile holds in the open, and those that are given, are looked for in every layer, the history, the settings and the
  output of the steps. Where nobody gives one, both builds get a made-up value. Values are never told.
- **The next build**: in a copy of the context a line is added to one source file, and both are built again: seconds, cached steps, and the compressed bytes that
  a device must pull which holds the image of before the edit.

The report goes to stderr, beside the Dockerfile on stdout; `--format json` prints it on stdout in its place, with all files and packages. A rewrite
whose proof fails is not applied: the exit status is 1, and each reason is a line. Where neither image does anything that can be compared, the
rewrite is *unproven*, which is no failure: give `--run`. A proof takes BuildKit in a Docker engine; it removes its images and containers, and changes no file of yours.
In an editor the command `layerwise.prove` does the same, with the rewrite's id as `rewrite`, or the `line` of the cursor.
"#;
