//! Follow paths: what a Dockerfile copies, resolved through symbolic links into paths that are included.
//!
//! A link stays in, and so does what it points to. Absolute targets are taken from the context's root, and no link leads
//! out of it (`FollowLinks` of `tonistiigi/fsutil`).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use semantic::dockerignore::Dockerignore;
use semantic::path::clean;

use super::{ContextError, is_absent};

/// The paths to include; None where one of them is the root, so that nothing is filtered.
pub(crate) fn follow_links(root: &Path, paths: &[String]) -> Result<Option<Vec<String>>, ContextError> {
    let mut resolver = Resolver { root, resolved: BTreeSet::new() };
    for path in paths {
        resolver.add(path)?;
    }
    if resolver.resolved.contains("") {
        return Ok(None);
    }
    let mut included: Vec<String> = Vec::new();
    for path in resolver.resolved {
        let is_below =
            |last: &String| path.strip_prefix(last.as_str()).is_some_and(|rest| rest.starts_with('/'));
        if !included.last().is_some_and(is_below) {
            included.push(path);
        }
    }
    Ok(Some(included))
}

struct Resolver<'a> {
    root: &'a Path,
    resolved: BTreeSet<String>,
}

impl Resolver<'_> {
    fn add(&mut self, path: &str) -> Result<(), ContextError> {
        let path = relative(path);
        if path.is_empty() {
            self.resolved.insert(path);
            return Ok(());
        }
        let mut end = 0;
        loop {
            end = path[end..].find('/').map_or(path.len(), |slash| end + slash);
            let (current, rest) = (&path[..end], path[end..].trim_start_matches('/'));
            let targets = self.link_targets(current)?;
            if targets.is_empty() && !rest.is_empty() {
                end += 1;
                continue;
            }
            if self.resolved.insert(current.to_owned()) {
                for target in targets {
                    self.add(&format!("{target}/{rest}"))?;
                }
            }
            return Ok(());
        }
    }

    /// The targets of the links that the path names, from the context's root. Its last name may have wildcards.
    fn link_targets(&self, path: &str) -> Result<Vec<String>, ContextError> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if !has_wildcards(name) {
            return Ok(self.link_target(folder, name).into_iter().collect());
        }
        let entries = match fs::read_dir(self.root.join(folder)) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(ContextError::Unreadable { path: folder.to_owned(), error }),
        };
        let pattern = if name.starts_with('!') { format!("\\{name}") } else { name.to_owned() };
        let (pattern, _) = Dockerignore::from_patterns([pattern.as_str()]);
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.retain(|name| pattern.is_ignored(name));
        names.sort_unstable();
        Ok(names.iter().filter_map(|name| self.link_target(folder, name)).collect())
    }

    fn link_target(&self, folder: &str, name: &str) -> Option<String> {
        let target = fs::read_link(self.root.join(folder).join(name)).ok()?;
        let target = target.to_str()?;
        Some(if target.starts_with('/') { relative(target) } else { relative(&format!("{folder}/{target}")) })
    }
}

/// The path from the context's root, without a leading `/`, never above the root. Empty for the root.
fn relative(path: &str) -> String {
    clean(&format!("/{path}")).trim_start_matches('/').to_owned()
}

fn has_wildcards(name: &str) -> bool {
    let mut chars = name.chars();
    while let Some(ch) = chars.next() {
        match ch {
            '\\' => drop(chars.next()),
            '*' | '?' | '[' => return true,
            _ => {}
        }
    }
    false
}
