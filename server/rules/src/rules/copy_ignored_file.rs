//! A source that .dockerignore leaves out.

use crate::rule::{Category, Check, Findings, Rule, Severity};
use rewrites::Input;
use semantic::SourceKind;
use semantic::dockerignore::Dockerignore;
use semantic::facts::ContextFacts;
use semantic::path::clean_context_path;

pub(crate) static RULE: Rule = Rule {
    code: "copy-ignored-file",
    aliases: &["CopyIgnoredFile"],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A COPY source is left out of the context by .dockerignore",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A COPY or ADD names a path of the build context that `.dockerignore` leaves out, or a pattern of which `.dockerignore` leaves out every match.

What an exception (`!…`) takes back in is known here. BuildKit's check says nothing at all where there is one, and before 0.26 it reported what the
exception takes back in.

## Why

The builder never sees the file: the build fails with "not found", though the file lies there.

## Bad

```dockerfile
# .dockerignore: dist
FROM debian:12-slim
COPY dist/app /usr/local/bin/app
```

## Good

```dockerfile
# .dockerignore: dist/*
# .dockerignore: !dist/app
FROM debian:12-slim
COPY dist/app /usr/local/bin/app
```

## When to ignore

When another `.dockerignore` is in force in the builds that count.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let Some(context) = input.facts.context.as_ref() else { return };
    let Some(file) = &context.ignore_file else { return };
    let (ignore, _) = Dockerignore::parse(&file.text);
    if ignore.is_empty() {
        return;
    }
    let ignored = Ignored { ignore, listing: context.complete.then_some(context) };
    for item in input.model.stages.iter().flat_map(|stage| &stage.instructions) {
        let Some(copy) = item.as_copy().filter(|copy| copy.from.is_none()) else { continue };
        for source in copy.sources.iter().filter(|source| source.kind == SourceKind::Path) {
            let Some(path) = source.text.value.as_deref().map(clean_context_path) else { continue };
            let Some(pattern) = ignored.by(&path) else { continue };
            let keyword = item.instruction.keyword;
            let message = format!(
                "{} leaves `{path}` out by `{pattern}`, so this {keyword} finds nothing. Take it back in with `!{path}`, or do not copy it.",
                file.path
            );
            findings.add(source.text.range, message);
        }
    }
}

/// What is left out of the context.
struct Ignored<'a> {
    ignore: Dockerignore,
    /// What lies there, where all of it is known.
    listing: Option<&'a ContextFacts>,
}

impl Ignored<'_> {
    /// The pattern that leaves out everything that a source names.
    fn by(&self, source: &str) -> Option<String> {
        if source == "." {
            return self.root_by();
        }
        if source.contains(['*', '?', '[']) {
            return self.matches_by(source);
        }
        self.path_by(source)
    }

    fn root_by(&self) -> Option<String> {
        let mut patterns = self.ignore.patterns().iter();
        let all = patterns.find(|pattern| matches!(pattern.text.as_str(), "*" | "**" | "**/*"))?;
        let has_exceptions = self.ignore.patterns().iter().any(|pattern| pattern.exception);
        (!has_exceptions).then(|| all.text.clone())
    }

    /// The pattern that leaves a path out with all that lies below it.
    fn path_by(&self, path: &str) -> Option<String> {
        let pattern = self.ignore.deciding_pattern(path).filter(|pattern| !pattern.exception)?;
        // An exception may lead into a folder; whether it finds anything there, the listing says.
        let is_empty = |listing: &&ContextFacts| {
            listing.has(path) && listing.below(path).all(|(below, _)| self.ignore.is_ignored(below))
        };
        let is_out = self.ignore.can_skip_folder(path) || self.listing.as_ref().is_some_and(is_empty);
        is_out.then(|| pattern.text.clone())
    }

    /// The pattern that leaves out the first match of a source with wildcards, where every match is left out.
    fn matches_by(&self, source: &str) -> Option<String> {
        let listing = self.listing?;
        let (matcher, _) = Dockerignore::from_patterns([source]);
        let wanted = matcher.patterns().first()?;
        let mut first = None;
        for path in listing.files.keys().filter(|path| wanted.is_match(path)) {
            let pattern = self.path_by(path)?;
            first.get_or_insert(pattern);
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use semantic::facts::{ContextFacts, Facts, FileFacts, FileKind, IgnoreFile};

    use crate::Settings;
    use crate::tests::findings_of;

    fn pointed_at(ignore: &str, text: &str) -> Vec<String> {
        let ignore_file = Some(IgnoreFile { path: ".dockerignore".to_owned(), text: ignore.to_owned() });
        let facts = Facts {
            context: Some(ContextFacts { ignore_file, ..ContextFacts::default() }),
            ..Facts::default()
        };
        let settings = Settings { select: vec!["CopyIgnoredFile".to_owned()], ..Settings::default() };
        let found = findings_of(text, &facts, &settings);
        found
            .iter()
            .map(|finding| text[finding.range.start as usize..finding.range.end as usize].to_owned())
            .collect()
    }

    #[test]
    fn ignored_sources_are_pointed_at() {
        assert_eq!(pointed_at("*.md\n", "FROM a:1\nCOPY README.md größe \\\n  ./\n"), ["README.md"]);
        assert_eq!(pointed_at("dist", "FROM a:1\r\nADD ./dist/app.js /x\r\n"), ["./dist/app.js"]);
        assert_eq!(pointed_at("*", "# escape=`\nFROM a:1\nCOPY . `\n  .\n"), ["."]);
        assert_eq!(pointed_at("*\n!src\n", "FROM a:1\nCOPY lib /lib\n"), ["lib"]);
    }

    #[test]
    fn what_is_taken_back_in_and_other_sources_are_fine() {
        for (ignore, text) in [
            ("*\n!src\n", "COPY src /src"),
            ("*\n!src\n", "COPY . /src"),
            ("dist\n!dist/app.js\n", "COPY dist/app.js /x"),
            ("dist\n!dist/app.js\n", "COPY dist /x"),
            ("*.md", "COPY --from=b x.md /x"),
            ("*.md", "COPY *.md /x/"),
            ("", "COPY a /a"),
            ("*.md", "COPY"),
            ("*", "COPY <<EOF /x\na\nEOF"),
        ] {
            assert_eq!(
                pointed_at(ignore, &format!("FROM a:1\n{text}\n")),
                Vec::<String>::new(),
                "{ignore} {text}"
            );
        }
        assert!(findings_of("FROM a:1\nCOPY a /a\n", &Facts::default(), &Settings::default()).is_empty());
    }

    #[test]
    fn a_pattern_with_every_match_ignored_finds_nothing() {
        let files = ["docs", "docs/größe.md", "docs/a.txt", "README.md"];
        let size = FileFacts { size: 1, kind: FileKind::File };
        let found = |ignore: &str, source: &str, complete| {
            let ignore_file = Some(IgnoreFile { path: ".dockerignore".to_owned(), text: ignore.to_owned() });
            let files = files.iter().map(|path| ((*path).to_owned(), size)).collect();
            let context = ContextFacts { files, ignore_file, complete, ..ContextFacts::default() };
            let facts = Facts { context: Some(context), ..Facts::default() };
            let settings = Settings { select: vec!["CopyIgnoredFile".to_owned()], ..Settings::default() };
            findings_of(&format!("FROM a:1\nCOPY {source} /x/\n"), &facts, &settings).len()
        };
        // The exception leads into any folder, and takes nothing back in from this one.
        assert_eq!(found("*\n!src\n!src/*.md", "docs", true), 1);
        assert_eq!(found("*\n!src\n!src/*.md", "docs", false), 0);
        assert_eq!(found("*\n!docs/*.txt", "docs", true), 0);
        assert_eq!(found("**/*.md", "docs/*.md", true), 1);
        assert_eq!(found("**/*.md", "docs/*.md", false), 0);
        assert_eq!(found("**/*.md", "docs/*", true), 0);
        assert_eq!(found("**/*.md", "*.rs", true), 0);
        assert_eq!(found("**/*.md\n!docs/g*.md", "docs/*.md", true), 0);
    }
}
