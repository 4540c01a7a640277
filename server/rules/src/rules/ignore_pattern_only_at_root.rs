//! A pattern of a `.dockerignore` that is meant for every folder and holds for the context's root alone.

use rewrites::Fix;
use syntax::TextEdit;

use crate::analysis::fixes::to_check;
use crate::ignore::{IgnoreRule, IgnoreView, nothing};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "ignore-pattern-only-at-root",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A pattern of the .dockerignore holds at the root alone, and further down lies more of that name",
    page: PAGE,
    check: Check::File(nothing),
};

pub(crate) static IGNORE_RULE: IgnoreRule = IgnoreRule { rule: &RULE, check };

const PAGE: &str = r"
## What

A pattern such as `node_modules` or `.env` leaves out what lies at the root of the build context, and further down lies something of that name which no pattern leaves out.

Only names are looked at that mean the same in every folder: of installed packages, of caches, of virtual environments, of `.git` and `.env`.

## Why

In a `.gitignore` such a line holds for every folder, in a `.dockerignore` for the root alone. The packages of `web/node_modules` are sent to the builder and copied into the image, or its
`.env` is.

## Bad

```dockerignore
# file: node_modules/x/index.js
# file: web/node_modules/y/index.js
node_modules
```

## Good

```dockerignore
# file: node_modules/x/index.js
# file: web/node_modules/y/index.js
**/node_modules
```

## When to ignore

When what lies further down belongs into the image.
";

/// Names that mean the same in every folder.
const NAMES: [&str; 14] = [
    "node_modules",
    "bower_components",
    "__pycache__",
    "*.pyc",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".venv",
    ".git",
    ".env",
    ".DS_Store",
    ".next",
    ".terraform",
    ".gradle",
];

/// More than this many places are not counted one by one.
const SHOWN: usize = 2;

fn check(view: &IgnoreView<'_>, findings: &mut Findings) {
    for pattern in view.ignore.patterns().iter().filter(|pattern| !pattern.exception) {
        if !NAMES.contains(&pattern.text.as_str()) {
            continue;
        }
        let ending = pattern.text.strip_prefix('*');
        let is_of_name = |path: &&str| {
            let Some((_, name)) = path.rsplit_once('/') else { return false };
            let is_named = match ending {
                Some(ending) => name.ends_with(ending),
                None => name == pattern.text,
            };
            is_named && !view.ignore.is_ignored(path)
        };
        let mut further_down = view.names.iter().copied().filter(is_of_name);
        let shown: Vec<String> = further_down.by_ref().take(SHOWN).map(|path| format!("`{path}`")).collect();
        if shown.is_empty() {
            continue;
        }
        let rest = further_down.count();
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let message = format!(
            "This holds at the root of the context alone, and {}{more} lies further down. Write `**/{}`.",
            shown.join(" and "),
            pattern.text
        );
        findings.add(view.place(pattern.line), message).fixes.extend(everywhere(view, pattern.line));
    }
}

/// The same pattern for every folder.
fn everywhere(view: &IgnoreView<'_>, line: u32) -> Option<Fix> {
    let text = &view.pattern(line)?.text;
    let edit = TextEdit { range: view.place(line), new_text: format!("**/{text}") };
    let title = format!("Change to `**/{text}`");
    Some(to_check(title, format!("that no image needs a {text} further down"), vec![edit]))
}

#[cfg(test)]
mod tests {
    use crate::ignore::tests::{fixed, found};

    const CODE: &str = "ignore-pattern-only-at-root";

    #[test]
    fn what_lies_further_down_is_named() {
        let files =
            ["node_modules/a.js", "größe/node_modules/b.js", "b/c/node_modules/b.js", "d/node_modules/x"];
        assert_eq!(
            found(CODE, "# c\r\n  /node_modules/  \r\n", &files, &[]),
            [
                "/node_modules/ (warning): This holds at the root of the context alone, and `b/c/node_modules` and `d/node_modules` and 1 more lies further down. Write `**/node_modules`."
            ]
        );
        assert_eq!(
            fixed(CODE, "a\n.env", &["x/.env"], &[]),
            [r#"Change to `**/.env` (check: that no image needs a .env further down): "a\n**/.env""#]
        );
        assert_eq!(found(CODE, "*.pyc\n", &["a/b.pyc"], &[]).len(), 1);
    }

    #[test]
    fn what_is_left_out_otherwise_and_other_names_are_fine() {
        for (text, files) in [
            ("**/node_modules\n", &["a/node_modules/b"][..]),
            ("node_modules\na\n", &["a/node_modules/b"]),
            ("node_modules\n*/node_modules\n", &["a/node_modules/b"]),
            ("node_modules\n", &["node_modules/a/node_modules/b"]),
            ("dist\n", &["a/dist/b"]),
            ("!node_modules\n", &["a/node_modules/b"]),
            (".env\n", &["a/.env.example"]),
            ("[\n", &["a/.env"]),
        ] {
            assert_eq!(found(CODE, text, files, &[]), [""; 0], "{text}");
        }
    }
}
