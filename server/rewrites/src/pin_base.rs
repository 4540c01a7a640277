//! `pin-base`: a stage builds on the very image that the builder has, by its digest.

use semantic::image_reference::ImageReference;
use semantic::{Base, ImageFacts, Stage};
use syntax::{TextEdit, TextRange};

use crate::ground;
use crate::offer::{Input, Offers, Recipe, Refusal};
use crate::places::{self, Place};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Pins base images to the digest of the image that the builder has.",
    kind: "refactor.rewrite.pin-base",
    page: PAGE,
    search,
};

const ID: &str = "pin-base";

const PAGE: &str = r#"A tag moves: the same Dockerfile builds on another image next week. A digest does not:

```dockerfile
FROM debian:12-slim@sha256:936abff852736f951dab72d91a1b6337cf04217b2a77a5eaadc7c0f2f1ec1758
```

The digest is the one under which the registry that FROM names has the image, as the builder says that pulled it; nothing is asked of a
registry. The tag stays, for people and for tools that move pins.

It is *unsafe*, because from then on the base gets no fixes by itself: something must move the digest.

It is not offered for an image that the builder does not have, that was built there and comes from no registry, or that FROM names by a
variable.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let (mut places, mut refusals) = (Vec::new(), Vec::new());
    for stage in &input.model.stages {
        match pin(input, stage) {
            Ok(None) => {}
            Ok(Some(place)) => places.push(place),
            Err(reason) => refusals.push(Refusal { place: stage.from.range(), reason }),
        }
    }
    if places.is_empty() && refusals.is_empty() {
        let reason = "there is no base image, or each is pinned already".to_owned();
        refusals.push(Refusal { place: ground::place(input.model), reason });
    }
    places::offers(ID, places, refusals, |count| format!("Pin the base images of {count} stages"))
}

/// The pin of a stage; nothing where there is nothing to pin.
fn pin(input: &Input<'_>, stage: &Stage) -> Result<Option<Place>, String> {
    let name = match &stage.base {
        Base::Image(name) if stage.base_replaced.is_none() && stage.replaced.is_none() => name,
        Base::Unknown => return Err(by_variable(stage)),
        _ => return Ok(None),
    };
    let reference = ImageReference::parse(name)?;
    if reference.digest.is_some() {
        return Ok(None);
    }
    if stage.image.raw.contains(['$', '"', '\'']) {
        return Err(by_variable(stage));
    }
    let image = input
        .facts
        .base_image(name)
        .ok_or_else(|| format!("the builder does not have {name}, or was not asked: pull it first"))?;
    let digest = digest(image, &reference)
        .ok_or_else(|| format!("{name} was built on the builder, and no registry is known to have it"))?;
    let edit = TextEdit { range: TextRange::empty(stage.image.range.end), new_text: format!("@{digest}") };
    Ok(Some(Place {
        range: stage.from.range(),
        edits: vec![edit],
        title: format!("Pin {name} to its digest"),
        check: Some("that something moves the digest when the image is fixed".to_owned()),
    }))
}

fn by_variable(stage: &Stage) -> String {
    format!("FROM names {} by a variable or in quotes: pin it where that is set", stage.image.raw)
}

/// The digest under which the registry of a reference has an image.
fn digest(image: &ImageFacts, reference: &ImageReference) -> Option<String> {
    let same = |known: &ImageReference| {
        (&known.registry, &known.repository) == (&reference.registry, &reference.repository)
    };
    let mut pulled = image.pulled.iter().filter_map(|name| ImageReference::parse(name).ok());
    pulled.find(same)?.digest
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use semantic::{Facts, ImageFacts};

    use super::RECIPE;
    use crate::fixture::{facts, render};

    const DIGEST: &str = "sha256:936abff852736f951dab72d91a1b6337cf04217b2a77a5eaadc7c0f2f1ec1758";

    fn pulled() -> Facts {
        let mut facts = facts(&[]);
        let names =
            vec![format!("mirror.example.com/debian@sha256:{}", "0".repeat(64)), format!("debian@{DIGEST}")];
        let image = ImageFacts { pulled: names, digest: DIGEST.to_owned(), ..ImageFacts::default() };
        facts.base_images.insert("debian:bookworm".to_owned(), image);
        facts
    }

    #[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
    fn check(dockerfile: &str, expected: Expect) {
        expected.assert_eq(&render(&RECIPE, dockerfile, &pulled()));
    }

    #[test]
    fn the_tag_gets_its_digest() {
        check(
            "FROM --platform=$BUILDPLATFORM debian:bookworm AS base\r\n# größe 🐳\r\nFROM base\r\n",
            expect![[r#"
                unsafe: Pin debian:bookworm to its digest
                check that something moves the digest when the image is fixed
                ---
                FROM --platform=$BUILDPLATFORM debian:bookworm@sha256:936abff852736f951dab72d91a1b6337cf04217b2a77a5eaadc7c0f2f1ec1758 AS base␍
                # größe 🐳␍
                FROM base␍
            "#]],
        );
    }

    #[test]
    fn what_is_pinned_is_still_known() {
        let facts = pulled();
        assert!(facts.base_image(&format!("debian:bookworm@{DIGEST}")).is_some());
        assert!(facts.base_image(&format!("debian:bookworm@sha256:{}", "1".repeat(64))).is_none());
        check(
            &format!("FROM debian:bookworm@{DIGEST}\n"),
            expect![[r#"
                refused: there is no base image, or each is pinned already
            "#]],
        );
    }

    #[test]
    fn what_is_not_known_is_not_pinned() {
        check(
            "ARG V=bookworm\nFROM debian:$V\n",
            expect![[r#"
            refused: FROM names debian:$V by a variable or in quotes: pin it where that is set
        "#]],
        );
        check(
            "FROM node:22\n",
            expect![[r#"
            unsafe: Pin node:22 to its digest
            check that something moves the digest when the image is fixed
            ---
            FROM node:22@sha256:abababababababababababababababababababababababababababababababab
        "#]],
        );
        check(
            "FROM example/unknown\n",
            expect![[r#"
            refused: the builder does not have example/unknown, or was not asked: pull it first
        "#]],
        );
        check(
            "FROM scratch\n",
            expect![[r#"
                refused: there is no base image, or each is pinned already
            "#]],
        );
        check(
            "FROM\n",
            expect![[r#"
            refused: line 1 does not build, put that right first: FROM requires an argument: add a base image
        "#]],
        );
    }
}
