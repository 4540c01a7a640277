//! What files and stages may come from: the stages above, the contexts that callers name, `scratch`, and the images that the builder
//! has.

use super::Asked;
use super::item::{CompletionKind, Items};
use crate::callers::address;
use crate::inlay_hints::bytes;
use crate::named_contexts;

/// Stages and images for `--from` and a mount's `from`.
pub(super) fn complete(asked: &Asked<'_>, items: &mut Items) {
    add_stages(asked, Unnamed::ByNumber, items);
    add_contexts(asked, items);
    add_images(asked, items);
}

/// What FROM may build on.
pub(super) fn bases(asked: &Asked<'_>, items: &mut Items) {
    // FROM knows no numbers.
    add_stages(asked, Unnamed::LeftOut, items);
    add_contexts(asked, items);
    add_images(asked, items);
    items.add("scratch", CompletionKind::Image).detail("Nothing: an empty image");
}

/// The names of the stages above, the nearest first.
pub(super) fn stages(asked: &Asked<'_>) -> impl Iterator<Item = String> {
    let stages = asked.model().stages.iter().take(asked.stages_above()).rev();
    stages.map(|stage| stage.name.as_ref().map_or_else(|| stage.index.to_string(), |name| name.raw.clone()))
}

/// What becomes of stages without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unnamed {
    ByNumber,
    LeftOut,
}

fn add_stages(asked: &Asked<'_>, unnamed: Unnamed, items: &mut Items) {
    for stage in asked.model().stages.iter().take(asked.stages_above()).rev() {
        let name = match (&stage.name, unnamed) {
            (Some(name), _) => name.raw.clone(),
            (None, Unnamed::ByNumber) => stage.index.to_string(),
            (None, Unnamed::LeftOut) => continue,
        };
        // Of two stages with one name the later one is meant.
        if !items.has(&name) {
            let mut detail = format!("Stage, FROM {} in line {}", stage.image.raw, stage.from.line + 1);
            if let Some((caller, _)) = named_contexts::given(&asked.state.facts, &name).first() {
                detail += &format!("; {} puts another context in its place", address(caller));
            }
            items.add(name, CompletionKind::Stage).detail(detail);
        }
    }
}

/// Contexts that callers give, but for those that stand in the place of a stage.
fn add_contexts(asked: &Asked<'_>, items: &mut Items) {
    for (name, detail) in named_contexts::details(&asked.state.facts) {
        if !items.has(name) {
            items.add(name, CompletionKind::Folder).detail(detail);
        }
    }
}

fn add_images(asked: &Asked<'_>, items: &mut Items) {
    let facts = &asked.state.facts;
    for (name, image) in &facts.base_images {
        if items.has(name) {
            continue;
        }
        let size = if image.size == 0 { String::new() } else { format!(", {}", bytes(image.size)) };
        items.add(name.clone(), CompletionKind::Image).detail(format!("On this builder{size}"));
    }
    for name in facts.local_images.iter().filter(|name| !facts.base_images.contains_key(*name)) {
        items.add(name.clone(), CompletionKind::Image).detail("On this builder");
    }
}
