//! What a build will need the network for, known before it begins: images that the builder lacks, what ADD fetches, what RUN installs.
//!
//! Only what is certain: a builder that tells of no images may have all, a name with unknown variables may be any, and what is in the
//! builder's cache needs no network again.

use semantic::commands::{Action, Verb, meaning};
use semantic::image_reference::ImageReference;
use semantic::{Base, Facts, Frontend, Model, SourceKind, StageInstruction};

/// Something that is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The image, the address or the program.
    pub what: String,
    /// The line of the Dockerfile, from 1.
    pub line: u32,
}

/// What a build needs the network for, each in the Dockerfile's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkNeeds {
    /// Images that the builder does not have: the frontend of `# syntax=`, and those of FROM, COPY and mounts.
    pub images: Vec<Fetched>,
    /// What ADD fetches. The builder asks each time whether it is still the same.
    pub addresses: Vec<Fetched>,
    /// Package managers and downloads in RUN, unless their step is cached. Not told beforehand: most builds have some.
    pub commands: Vec<Fetched>,
}

impl NetworkNeeds {
    /// What a build of the stage `target` needs.
    #[must_use]
    pub fn of(model: &Model, target: usize, facts: &Facts) -> Self {
        let mut needs = Self::default();
        if let Frontend::Docker(image) | Frontend::Foreign(image) = &model.frontend {
            needs.add_image(image, 1, facts);
        }
        for index in model.reachable(target) {
            let stage = &model.stages[index];
            let base = stage.base_replaced.as_ref().map_or(&stage.base, |replacement| &replacement.settings);
            if let Base::Image(image) = base {
                needs.add_image(image, stage.from.line + 1, facts);
            }
            for item in &stage.instructions {
                needs.add_instruction(item, facts);
            }
        }
        needs
    }

    fn add_instruction(&mut self, item: &StageInstruction, facts: &Facts) {
        let line = item.instruction.line + 1;
        for reference in item.references() {
            if let Base::Image(image) = &reference.target {
                self.add_image(image, line, facts);
            }
        }
        for source in item.as_copy().into_iter().flat_map(|copy| &copy.sources) {
            if matches!(source.kind, SourceKind::Url | SourceKind::Git) {
                let address = source.text.value.as_deref().unwrap_or(&source.text.raw);
                add(&mut self.addresses, &without_login(address), line);
            }
        }
        for command in item.as_run().into_iter().flat_map(semantic::Run::commands) {
            let meaning = meaning(command);
            let fetches = match &meaning.action {
                Action::Download(_) => true,
                Action::Package(package) => {
                    matches!(package.verb, Verb::Update | Verb::Upgrade | Verb::Install | Verb::Fetch)
                }
                _ => false,
            };
            if fetches {
                add(&mut self.commands, meaning.program, line);
            }
        }
    }

    fn add_image(&mut self, image: &str, line: u32, facts: &Facts) {
        if is_missing(image, facts) {
            add(&mut self.images, image, line);
        }
    }

    /// One sentence for the time before the build; nothing where the network is not needed for certain.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        let listed = |fetched: &[Fetched]| {
            let named = fetched.iter().map(|fetched| format!("{} (line {})", fetched.what, fetched.line));
            named.collect::<Vec<_>>().join(", ")
        };
        match (self.images.as_slice(), self.addresses.as_slice()) {
            ([], []) => None,
            (images, []) => Some(format!("needs the network: the builder does not have {}", listed(images))),
            ([], addresses) => Some(format!("needs the network: ADD asks {}", listed(addresses))),
            (images, addresses) => Some(format!(
                "needs the network: the builder does not have {}; ADD asks {}",
                listed(images),
                listed(addresses)
            )),
        }
    }

    /// The same about commands, for a build that has failed for want of a network.
    #[must_use]
    pub fn commands_notice(&self) -> Option<String> {
        let named = self.commands.iter().map(|fetched| format!("line {} ({})", fetched.line, fetched.what));
        let named = named.collect::<Vec<_>>().join(", ");
        (!named.is_empty()).then(|| format!("RUN needs the network in {named}"))
    }
}

fn add(list: &mut Vec<Fetched>, what: &str, line: u32) {
    let fetched = Fetched { what: what.to_owned(), line };
    if !list.contains(&fetched) {
        list.push(fetched);
    }
}

/// Whether the builder lacks an image for certain. One that is named by its digest alone may be there under any name.
fn is_missing(image: &str, facts: &Facts) -> bool {
    let Ok(wanted) = ImageReference::parse(image) else { return false };
    let Some(tag) = wanted.effective_tag().filter(|_| wanted.digest.is_none()) else { return false };
    let is_it = |known: &String| {
        ImageReference::parse(known).is_ok_and(|known| {
            known.registry == wanted.registry
                && known.repository == wanted.repository
                && known.effective_tag() == Some(tag)
        })
    };
    !facts.local_images.is_empty() && !facts.local_images.iter().any(is_it)
}

/// An address without the name and password that it may hold.
fn without_login(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (authority, path) =
        rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(path)));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    path.map_or_else(|| format!("{scheme}://{host}"), |path| format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use syntax::Document;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "as everywhere with inline snapshots")]
    fn check(text: &str, local: &[&str], expected: Expect) {
        let local_images = local.iter().map(|name| (*name).to_owned()).collect();
        let facts = Facts { local_images, ..Facts::default() };
        let model = Model::new(&Document::new(text), &facts);
        let needs = NetworkNeeds::of(&model, model.stages.len() - 1, &facts);
        let lines = [needs.notice(), needs.commands_notice()].into_iter().flatten();
        expected.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
    }

    #[test]
    fn images_that_the_builder_lacks_are_named() {
        check(
            "# syntax=docker/dockerfile:1\nFROM node:22 AS build\nFROM unused\nFROM docker.io/library/debian\nCOPY --from=build a /\nCOPY --from=nginx:1 b /\n",
            &["node:22-slim", "debian:latest", "debian:12"],
            expect![[r#"
                needs the network: the builder does not have docker/dockerfile:1 (line 1), node:22 (line 2), nginx:1 (line 6)
            "#]],
        );
    }

    #[test]
    fn what_is_there_or_not_known_is_not_named() {
        let digest = "a".repeat(64);
        check(
            &format!(
                "ARG X\nFROM $X\nFROM node@sha256:{digest}\nFROM scratch\nCOPY --from=1 a /\nCOPY --fro\n"
            ),
            &["x"],
            expect![""],
        );
        check("FROM node:22\n", &[], expect![""]);
    }

    #[test]
    fn addresses_are_named_without_their_logins() {
        check(
            "FROM scratch\nADD https://user:hunter2@x.org/größe.tar \\\n  https://github.com/a/b.git#main /\r\nADD <<EOF /f\nhttps://not.this\nEOF\n",
            &[],
            expect![[r#"
                needs the network: ADD asks https://x.org/größe.tar (line 2), https://github.com/a/b.git#main (line 2)
            "#]],
        );
    }

    #[test]
    fn commands_are_named_by_line() {
        check(
            "FROM scratch\nRUN apt-get update && apt-get install -y curl \\\n && curl -O https://x\nRUN make\nRUN <<EOF\nnpm ci\nEOF\n",
            &[],
            expect![[r#"
                RUN needs the network in line 2 (apt-get), line 2 (curl), line 5 (npm)
            "#]],
        );
    }
}
