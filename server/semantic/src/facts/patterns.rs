//! The patterns by which manifests name the folders of their workspaces: `packages/*`, `apps/**`, `!apps/old`.

/// The folders that the patterns pick from `folders`, in their order; a pattern with `!` takes back what came before.
pub(super) fn pick<'a>(patterns: &[String], folders: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let is_picked = |folder: &str| {
        patterns.iter().fold(false, |picked, pattern| match pattern.strip_prefix('!') {
            Some(pattern) if matches(pattern, folder) => false,
            None if matches(pattern, folder) => true,
            _ => picked,
        })
    };
    folders.filter(|folder| is_picked(folder)).collect()
}

fn matches(pattern: &str, folder: &str) -> bool {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
    let pattern: Vec<_> = pattern.split('/').collect();
    let folder: Vec<_> = folder.split('/').collect();
    parts_match(&pattern, &folder)
}

fn parts_match(pattern: &[&str], folder: &[&str]) -> bool {
    match (pattern, folder) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=folder.len()).any(|skipped| parts_match(rest, &folder[skipped..])),
        ([first, pattern @ ..], [name, folder @ ..]) => {
            name_matches(first, name) && parts_match(pattern, folder)
        }
        _ => false,
    }
}

/// `*` stands for any part of a name.
fn name_matches(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    rest.char_indices().map(|(offset, _)| &rest[offset..]).chain([""]).any(|rest| name_matches(after, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_picked_by_pattern() {
        let folders = ["apps/old", "apps/web", "packages/a", "packages/a/b", "tools", "x/y/z"];
        let picked = |patterns: &[&str]| {
            let patterns: Vec<_> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            pick(&patterns, folders.iter().copied())
        };
        assert_eq!(picked(&["packages/*", "./tools/"]), ["packages/a", "tools"]);
        assert_eq!(picked(&["apps/*", "!apps/o*d"]), ["apps/web"]);
        assert_eq!(picked(&["packages/**"]), ["packages/a", "packages/a/b"]);
        assert_eq!(picked(&["**/z"]), ["x/y/z"]);
        assert_eq!(picked(&["nothing", "*"]), ["tools"]);
    }
}
