//! An image: its name taken apart, and what the engine on this machine has under that name.

use semantic::ImageFacts;
use semantic::image_reference::{DOCKER_HUB, ImageReference};

use super::View;
use super::card::{Card, Line, count, say, title};
use crate::document_links::image_page;
use crate::inlay_hints::bytes;

/// How many variables of an image are listed.
const VARIABLES: usize = 8;

/// What is known of an image by its name.
pub(super) fn card(view: &View<'_>, name: &str) -> Card {
    let reference = match ImageReference::parse(name) {
        Ok(reference) => reference,
        Err(problem) => {
            let mut card = Card::new(title(name).text(" cannot be the name of an image"));
            // The problem quotes what comes from the file.
            let parts = problem.split('`').enumerate();
            card.line(parts.fold(Line::default(), |line, (number, part)| {
                if number % 2 == 1 { line.code(part) } else { line.text(part.to_owned()) }
            }));
            return card;
        }
    };
    let mut card = Card::new(title(reference.familiar_name()).then(registry(&reference)));
    card.line(tag(&reference));
    match view.facts.base_image(name) {
        Some(image) => local(view, image, &mut card),
        None if view.facts.frontend.is_some() && is_asked_for(view, name) => {
            card.line(say("Not on this machine's engine: the build pulls it."));
        }
        None => {}
    }
    if let Some(page) = image_page::of(&reference) {
        card.line(Line::default().link(page.host, page.url));
    }
    card
}

/// Whether the engine is asked for an image of this name: those that the file itself names.
fn is_asked_for(view: &View<'_>, name: &str) -> bool {
    [view.model.base_images(), view.model.copied_images()].concat().iter().any(|known| known == name)
}

fn registry(reference: &ImageReference) -> Line {
    if reference.is_official() {
        return say(", official image on Docker Hub");
    }
    match reference.registry.as_str() {
        DOCKER_HUB => say(" on Docker Hub"),
        "ghcr.io" => say(" on GitHub's registry"),
        "quay.io" => say(" on Quay"),
        "mcr.microsoft.com" => say(" on Microsoft's registry"),
        "public.ecr.aws" => say(" on Amazon's public registry"),
        "registry.k8s.io" => say(" on the Kubernetes registry"),
        registry => say(" on ").code(registry),
    }
}

fn tag(reference: &ImageReference) -> Line {
    match (&reference.tag, &reference.digest) {
        (Some(tag), Some(digest)) => say("Digest ")
            .code(short(digest))
            .text(": always the same image. The tag ")
            .code(tag.as_str())
            .text(" is for readers alone."),
        (None, Some(digest)) => say("Digest ").code(short(digest)).text(": always the same image."),
        (Some(tag), None) if tag == "latest" => say("Tag ")
            .code("latest")
            .text(": whatever was pushed last. Another day's build may get another image."),
        (Some(tag), None) => say("Tag ").code(tag.as_str()),
        (None, None) => {
            say("No tag, which means ").code("latest").text(": another day's build may get another image.")
        }
    }
}

/// `sha256:` and enough digits to tell images apart.
fn short(digest: &str) -> String {
    let end = digest.find(':').map_or(12, |colon| colon + 13).min(digest.len());
    digest.get(..end).unwrap_or(digest).to_owned()
}

/// What the engine says of it.
fn local(view: &View<'_>, image: &ImageFacts, card: &mut Card) {
    let mut size = say(format!("On this machine: {}", bytes(image.size)));
    if image.layers > 0 {
        size = size.text(format!(" in {}", count(image.layers, "layer")));
    }
    if !image.platform.is_empty() {
        size = size.text(", ").code(image.platform.as_str());
    }
    // An RFC 3339 time: its date is enough.
    if let Some(date) =
        image.created.get(..10).filter(|date| !date.starts_with("0001") && !date.starts_with("1970"))
    {
        size = size.text(format!(", made on {date}"));
    }
    card.item(size);
    if !image.digest.is_empty() {
        card.item(say("Digest: ").code(image.digest.as_str()));
    }
    let user = if image.user.is_empty() { "root" } else { &image.user };
    let workdir = if image.workdir.is_empty() { "/" } else { &image.workdir };
    card.item(say("Runs as ").code(user).text(" in ").code(workdir));
    let words = image.entrypoint.iter().chain(&image.command).map(String::as_str);
    let command = view.secrets.redact_words(words).join(" ");
    if !command.is_empty() {
        card.item(say("Starts ").code(command));
    }
    if !image.ports.is_empty() {
        card.item(say("Listens on ").list(
            image.ports.iter().map(String::as_str),
            image.ports.len(),
            VARIABLES,
        ));
    }
    let shown = image.environment.iter().map(|(name, value)| {
        let is_hidden = view.secrets.is_hidden(name, value);
        if is_hidden { format!("{name}={}", super::secrets::MASK) } else { format!("{name}={value}") }
    });
    if !image.environment.is_empty() {
        card.item(say("Sets ").list(shown, image.environment.len(), VARIABLES));
    }
}
