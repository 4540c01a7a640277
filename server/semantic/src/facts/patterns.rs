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
    wildcard_match(pattern, folder, |part| *part == "**", |part, name| name_matches(part, name))
}

/// `*` stands for any part of a name.
fn name_matches(pattern: &str, name: &str) -> bool {
    wildcard_match(pattern.as_bytes(), name.as_bytes(), |byte| *byte == b'*', |byte, other| byte == other)
}

/// Whether the pattern matches all of the text, where a wildcard stands for any number of items. Only the last wildcard is ever
/// tried again, so that no pattern takes longer than its length times the text's.
fn wildcard_match<T>(
    pattern: &[T],
    text: &[T],
    is_wildcard: impl Fn(&T) -> bool,
    is_same: impl Fn(&T, &T) -> bool,
) -> bool {
    let (mut at_pattern, mut at_text) = (0, 0);
    let mut last_wildcard = None;
    while let Some(item) = text.get(at_text) {
        match pattern.get(at_pattern) {
            Some(wanted) if is_wildcard(wanted) => {
                last_wildcard = Some((at_pattern, at_text));
                at_pattern += 1;
            }
            Some(wanted) if is_same(wanted, item) => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => {
                let Some((wildcard, start)) = last_wildcard else { return false };
                last_wildcard = Some((wildcard, start + 1));
                at_pattern = wildcard + 1;
                at_text = start + 1;
            }
        }
    }
    pattern[at_pattern..].iter().all(is_wildcard)
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

    #[test]
    fn patterns_with_many_wildcards_end_in_time() {
        let (stars, deep) = ("*a".repeat(40) + "*b", "**/a/".repeat(40) + "b");
        let (name, path) = ("a".repeat(200), "a/".repeat(200) + "c");
        let picked = pick(&[stars, deep], [name.as_str(), path.as_str()].into_iter());
        assert!(picked.is_empty());
        assert_eq!(pick(&["*a*b*".to_owned()], ["xaxxbaxb", "xbxa"].into_iter()), ["xaxxbaxb"]);
        assert_eq!(pick(&["**/a/**/b".to_owned()], ["x/a/a/y/b", "b/a"].into_iter()), ["x/a/a/y/b"]);
    }
}
