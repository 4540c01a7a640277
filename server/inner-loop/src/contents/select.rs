//! Which files a source of a COPY, an ADD or a bind mount takes, and the one digest that stands for them.
//!
//! Source: `cache/contenthash/checksum.go`, `Checksum` and `includedPaths`. The digests are ours and differ from BuildKit's; they are equal
//! exactly where BuildKit's are. So a file's own name does not count where it is named in full, a folder's own mode does but for the root's,
//! and links are followed at the top and nowhere below.

use semantic::dockerignore::{Dockerignore, FolderMatch};
use semantic::path::clean;
use serde::{Deserialize, Serialize};

use super::glob::{has_wildcards, is_match};
use super::{Content, Entry, Listing};
use crate::digest::{Digest, Hash, Seal};

/// More links than any path goes through. One that goes through more leads nowhere, as on Linux.
const MOST_LINKS: usize = 40;

/// A source, as BuildKit selects it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Selector {
    /// The path, absolute and clean: `/src`, or `/` for all.
    pub path: String,
    /// Whether `*`, `?` and `[` in it are patterns.
    pub wildcards: bool,
    /// Patterns of which one must match, relative to the path (`COPY --parents`).
    pub include: Vec<String>,
    /// Patterns that leave out, relative to the path (`COPY --exclude`).
    pub exclude: Vec<String>,
}

/// What a selector takes, in order, each with the name that it has in the digest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selected<'a> {
    /// The entries.
    pub entries: Vec<(String, &'a Entry)>,
}

impl Selector {
    /// A path without patterns.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        Self { path: clean(&format!("/{path}")), ..Self::default() }
    }

    fn is_filtered(&self) -> bool {
        (self.wildcards && has_wildcards(&self.path)) || !self.include.is_empty() || !self.exclude.is_empty()
    }

    /// What it takes of a listing; none where its path is not there.
    #[must_use]
    pub fn select<'a>(&self, listing: &'a Listing) -> Option<Selected<'a>> {
        if self.is_filtered() { self.filtered(listing) } else { whole(listing, &self.path) }
    }

    fn filtered<'a>(&self, listing: &'a Listing) -> Option<Selected<'a>> {
        let wildcards = self.wildcards && has_wildcards(&self.path);
        let prefix = if wildcards { before_wildcards(&self.path) } else { self.path.clone() };
        let found = resolve(listing, &prefix, wildcards)?;
        let mut filter = Filter::new(self, wildcards);
        let prefix = prefix.trim_end_matches('/');
        let own = listing.entry(&found);
        for entry in own.into_iter().chain(listing.below(&found)) {
            let name = format!(
                "{prefix}{}",
                entry
                    .path
                    .get(found.len()..)
                    .filter(|rest| !rest.is_empty())
                    .map(with_slash)
                    .unwrap_or_default()
            );
            filter.visit(&name, entry);
        }
        let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let mut selected = Selected::default();
        let is_alone = filter.included.len() == 1;
        for (name, entry, follow) in filter.included {
            let shown = if is_alone && base(&self.path) == base(&name) {
                String::new()
            } else {
                name.strip_prefix(prefix).unwrap_or(&name).to_owned()
            };
            if follow && matches!(entry.content, Content::Link(_)) {
                let target = whole(listing, &format!("/{}", entry.path))?;
                let below = |(rest, entry): (String, &'a Entry)| (format!("{shown}\0{rest}"), entry);
                selected.entries.extend(target.entries.into_iter().map(below));
            } else {
                selected.entries.push((shown, entry));
            }
        }
        Some(selected)
    }
}

impl Selected<'_> {
    /// Adds what was taken to a hash.
    fn add_to(&self, hash: &mut Hash) {
        hash.number(self.entries.len() as u64);
        for (name, entry) in &self.entries {
            hash.text(name);
            match &entry.content {
                Content::File(digest) => {
                    hash.text("file");
                    hash.number(u64::from(entry.permissions));
                    hash.digest(*digest);
                }
                Content::Folder => {
                    hash.text("folder");
                    hash.number(u64::from(entry.permissions));
                }
                // The mode of a link means nothing.
                Content::Link(target) => {
                    hash.text("link");
                    hash.text(target);
                }
                Content::Special(what) => {
                    hash.text(what);
                    hash.number(u64::from(entry.permissions));
                }
            }
        }
    }
}

/// The digest of what the sources of one step take from one place; what is not there counts as that.
#[must_use]
pub fn digest(listing: &Listing, selectors: &[Selector], seal: &Seal) -> Digest {
    let mut hash = seal.hash();
    for selector in in_order(selectors) {
        match selector.select(listing) {
            Some(selected) => selected.add_to(&mut hash),
            None => hash.text("not there"),
        }
    }
    hash.finish()
}

/// In the order in which BuildKit takes them: by path. A plain path inside of another plain one adds nothing (`dedupeSelectors`).
#[must_use]
pub fn in_order(selectors: &[Selector]) -> Vec<&Selector> {
    let is_inside = |inner: &Selector, outer: &Selector| {
        let outer = outer.path.trim_end_matches('/');
        inner.path.strip_prefix(outer).is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'))
    };
    let adds = |selector: &&Selector| {
        selector.is_filtered()
            || !selectors.iter().any(|other| !other.is_filtered() && is_inside(selector, other))
    };
    let mut ordered: Vec<&Selector> = selectors.iter().filter(adds).collect();
    ordered.sort_by(|a, b| a.path.cmp(&b.path));
    ordered.dedup_by(|a, b| a == b && !a.is_filtered());
    ordered
}

/// A path with all that is below it, links on the way and at its end followed.
fn whole<'a>(listing: &'a Listing, path: &str) -> Option<Selected<'a>> {
    let found = resolve(listing, path, true)?;
    let mut entries = Vec::new();
    match listing.entry(&found) {
        Some(own) if own.content == Content::Folder => entries.push(("/".to_owned(), own)),
        Some(own) => return Some(Selected { entries: vec![(String::new(), own)] }),
        None => {}
    }
    let named = |entry: &'a Entry| (entry.path[found.len()..].to_owned(), entry);
    entries.extend(listing.below(&found).iter().map(named));
    Some(Selected { entries })
}

/// The path that a path comes to when links are followed; empty for the root, none where it leads nowhere.
fn resolve(listing: &Listing, path: &str, follow_last: bool) -> Option<String> {
    let mut found = String::new();
    let mut open: Vec<String> = parts(path).rev().collect();
    let mut n_links = 0;
    while let Some(part) = open.pop() {
        if part == ".." {
            found.truncate(found.rfind('/').unwrap_or(0));
            continue;
        }
        let next = if found.is_empty() { part } else { format!("{found}/{part}") };
        let entry = listing.entry(&next)?;
        match &entry.content {
            Content::Link(target) if follow_last || !open.is_empty() => {
                n_links += 1;
                if n_links > MOST_LINKS {
                    return None;
                }
                if target.starts_with('/') {
                    found.clear();
                }
                open.extend(parts(target).rev());
            }
            _ => found = next,
        }
    }
    Some(found)
}

fn parts(path: &str) -> std::vec::IntoIter<String> {
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    parts.map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn with_slash(rest: &str) -> String {
    if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") }
}

/// The part of a pattern's path that has no wildcards.
fn before_wildcards(path: &str) -> String {
    let plain: Vec<&str> =
        path.split('/').filter(|part| !part.is_empty()).take_while(|part| !has_wildcards(part)).collect();
    format!("/{}", plain.join("/"))
}

/// Visits a tree in order and keeps what patterns let through, and the folders on the way to it.
struct Filter<'a, 'b> {
    selector: &'b Selector,
    wildcards: bool,
    include: Option<Dockerignore>,
    exclude: Option<Dockerignore>,
    /// The folders above, outermost first.
    folders: Vec<Folder<'a>>,
    matched: Option<String>,
    included: Vec<(String, &'a Entry, bool)>,
}

struct Folder<'a> {
    name: String,
    entry: &'a Entry,
    is_included: bool,
    follow: bool,
    include: FolderMatch,
    exclude: FolderMatch,
}

impl<'a, 'b> Filter<'a, 'b> {
    fn new(selector: &'b Selector, wildcards: bool) -> Self {
        let read = |patterns: &[String]| {
            (!patterns.is_empty()).then(|| Dockerignore::from_patterns(patterns.iter().map(String::as_str)).0)
        };
        Self {
            selector,
            wildcards,
            include: read(&selector.include),
            exclude: read(&selector.exclude),
            folders: Vec::new(),
            matched: None,
            included: Vec::new(),
        }
    }

    fn visit(&mut self, name: &str, entry: &'a Entry) {
        let is_in = |folder: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        while self.folders.last().is_some_and(|folder| !is_in(&folder.name)) {
            self.folders.pop();
        }
        let follow = self.folders.is_empty();
        let base = if self.wildcards {
            if !self.matched.as_deref().is_some_and(is_in) {
                if !is_match(&self.selector.path, name) {
                    return;
                }
                self.matched = Some(name.to_owned());
            }
            self.matched.clone().unwrap_or_default()
        } else {
            self.selector.path.trim_end_matches('/').to_owned()
        };
        let candidate = name.strip_prefix(&base).unwrap_or(name).trim_start_matches('/');
        let mut include = FolderMatch::default();
        let mut exclude = FolderMatch::default();
        let mut takes = true;
        let none = FolderMatch::default();
        if let Some(patterns) = &self.include {
            let above = self.folders.last().map_or(&none, |folder| &folder.include);
            (takes, include) = patterns.matches_in(above, candidate);
        }
        if takes && let Some(patterns) = &self.exclude {
            let above = self.folders.last().map_or(&none, |folder| &folder.exclude);
            let (is_left_out, matched) = patterns.matches_in(above, candidate);
            (takes, exclude) = (!is_left_out, matched);
        }
        if takes {
            for folder in self.folders.iter_mut().filter(|folder| !folder.is_included) {
                folder.is_included = true;
                self.included.push((folder.name.clone(), folder.entry, folder.follow));
            }
            self.included.push((name.to_owned(), entry, follow));
        }
        if entry.content == Content::Folder {
            self.folders.push(Folder {
                name: name.to_owned(),
                entry,
                is_included: takes,
                follow,
                include,
                exclude,
            });
        }
    }
}

#[cfg(test)]
mod tests;
