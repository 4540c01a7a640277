//! What an editor can open from a Dockerfile: images' pages, files that COPY takes, addresses that ADD fetches, rules' pages.
//!
//! A link is only where its target is certain: never from a text with a variable in it, and to files only that are there.

pub(crate) mod image_page;
mod source_page;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use rules::suppress::Suppressions;
use semantic::facts::{ContextFacts, FileKind};
use semantic::image_reference::ImageReference;
use semantic::path::clean_context_path;
use semantic::{Base, Copy, Frontend, Model, MountKind, SourceKind, StageReference, Text};
use syntax::TextRange;

use crate::catalogue;
use crate::host::{DocumentId, Snapshot};

/// A place that opens something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLink {
    /// The place.
    pub range: TextRange,
    /// What it opens.
    pub target: LinkTarget,
    /// What it is, for people.
    pub tooltip: String,
}

/// What a link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// A page on the web.
    Url(String),
    /// A file on this machine, by its absolute path.
    File(String),
}

impl Snapshot {
    /// The links of a document, in order of place.
    #[must_use]
    pub fn document_links(&self, id: &DocumentId) -> Vec<DocumentLink> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let model = state.model();
        let mut links: Vec<DocumentLink> = syntax_image(model).into_iter().collect();
        if !matches!(model.frontend, Frontend::Foreign(_)) {
            of_stages(model, state.facts.context.as_ref(), &mut links);
            links.extend(of_codes(model));
        }
        for link in &mut links {
            link.range = unquoted(model, link.range);
        }
        links.sort_by_key(|link| link.range);
        links
    }
}

/// The place without the quotes around it.
fn unquoted(model: &Model, range: TextRange) -> TextRange {
    let text = model.document.slice(range);
    let has_quotes = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    if has_quotes('"') || has_quotes('\'') { TextRange::new(range.start + 1, range.end - 1) } else { range }
}

fn of_stages(model: &Model, context: Option<&ContextFacts>, links: &mut Vec<DocumentLink>) {
    for stage in &model.stages {
        if matches!(stage.base, Base::Image(_)) && stage.base_replaced.is_none() {
            links.extend(image(&stage.image.raw, stage.image.range));
        }
        for item in &stage.instructions {
            links.extend(item.references().filter_map(reference));
            if let Some(copy) = item.as_copy() {
                of_copy(copy, context, links);
            }
            let mounts = item.as_run().into_iter().flat_map(|run| &run.mounts);
            for mount in mounts.filter(|mount| mount.kind == MountKind::Bind && mount.from.is_none()) {
                let fields = item.instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
                let field = fields
                    .filter(|value| mount.range.contains(item.instruction.place(value.range)))
                    .flat_map(syntax::mount::fields)
                    .find(|field| matches!(field.key.to_ascii_lowercase().as_str(), "source" | "src"));
                if let (Some(field), Some(source)) = (field, &mount.source) {
                    links.extend(file(context, source, item.instruction.place(field.value_range)));
                }
            }
        }
    }
}

/// The image that reads the file.
fn syntax_image(model: &Model) -> Option<DocumentLink> {
    let directive = model.document.directives().iter().find(|directive| directive.name == "syntax")?;
    let name = directive.value.split_whitespace().next()?;
    let end = directive.value_range.start + u32::try_from(name.len()).ok()?;
    image(name, TextRange::new(directive.value_range.start, end))
}

fn image(written: &str, range: TextRange) -> Option<DocumentLink> {
    if written.contains('$') {
        return None;
    }
    let reference = ImageReference::parse(written).ok()?;
    let page = image_page::of(&reference)?;
    let tooltip = format!("{} on {}", reference.familiar_name(), page.host);
    Some(DocumentLink { range, target: LinkTarget::Url(page.url), tooltip })
}

/// An image in `--from` or `from=`. A bare name may be a context that the caller names, and is no link.
fn reference(reference: &StageReference) -> Option<DocumentLink> {
    let Text { raw, range, .. } = &reference.text;
    let is_image = matches!(reference.target, Base::Image(_)) && raw.contains([':', '/', '@']);
    is_image.then(|| image(raw, *range)).flatten()
}

fn of_copy(copy: &Copy, context: Option<&ContextFacts>, links: &mut Vec<DocumentLink>) {
    for source in &copy.sources {
        let Text { raw, value, range } = &source.text;
        match source.kind {
            SourceKind::Path if copy.from.is_none() => {
                links.extend(value.as_deref().and_then(|value| file(context, value, *range)));
            }
            SourceKind::Url | SourceKind::Git if !raw.contains('$') => {
                let url = value.as_deref().and_then(source_page::of);
                links.extend(url.map(|url| {
                    let tooltip =
                        if source.kind == SourceKind::Git { "The repository" } else { "What is fetched" };
                    DocumentLink { range: *range, target: LinkTarget::Url(url), tooltip: tooltip.to_owned() }
                }));
            }
            _ => {}
        }
    }
}

/// A file of the build context; a folder opens in no editor.
fn file(context: Option<&ContextFacts>, source: &str, range: TextRange) -> Option<DocumentLink> {
    let context = context?;
    let path = clean_context_path(source);
    context.files.get(&path).filter(|file| file.kind != FileKind::Directory)?;
    let absolute = format!("{}/{path}", context.root.trim_end_matches(['/', '\\']));
    Some(DocumentLink {
        range,
        target: LinkTarget::File(absolute),
        tooltip: format!("{path} in the build context"),
    })
}

/// The codes in suppression comments and in `# check=skip=…`.
fn of_codes(model: &Model) -> Vec<DocumentLink> {
    let suppressions = Suppressions::new(&model.document);
    // A file says the same few codes again and again.
    let mut pages: HashMap<&str, Option<(String, String)>> = HashMap::new();
    let mut links = Vec::new();
    for code in suppressions.all().flat_map(|suppression| &suppression.codes) {
        let page = pages.entry(&code.name).or_insert_with(|| page_of_code(&code.name));
        if let Some((url, tooltip)) = page.clone() {
            links.push(DocumentLink { range: code.range, target: LinkTarget::Url(url), tooltip });
        }
    }
    links
}

/// The page of a code, whoever's it is, with what the rule says.
fn page_of_code(name: &str) -> Option<(String, String)> {
    let bare = name.rsplit('/').next().unwrap_or(name);
    if let Some(rule) = rules::find(bare) {
        return Some((rules::docs::url(rule.code).to_string(), format!("{}: {}", rule.code, rule.summary)));
    }
    if let Some(check) = catalogue::check(bare) {
        return Some((check.link(), format!("{}: {}", check.name, check.summary)));
    }
    let upper = bare.to_uppercase();
    let is_numbered = |prefix: &str| {
        upper
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if is_numbered("DL") {
        return Some((
            format!("https://github.com/hadolint/hadolint/wiki/{upper}"),
            format!("{upper} of hadolint"),
        ));
    }
    is_numbered("SC")
        .then(|| (format!("https://www.shellcheck.net/wiki/{upper}"), format!("{upper} of ShellCheck")))
}
