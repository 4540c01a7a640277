//! A source that .dockerignore leaves out.

use crate::rule::{Category, Findings, Rule, Severity};
use rewrites::Input;
use semantic::SourceKind;
use semantic::dockerignore::Dockerignore;
use semantic::path::clean_context_path;

pub(crate) static RULE: Rule = Rule {
    code: "copy-ignored-file",
    aliases: &["CopyIgnoredFile"],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A COPY source is left out of the context by .dockerignore",
    page: PAGE,
    check,
};

const PAGE: &str = r#"
## What

A COPY or ADD names a path of the build context that `.dockerignore` leaves out.

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
    let Some(file) = input.facts.context.as_ref().and_then(|context| context.ignore_file.as_ref()) else {
        return;
    };
    let (ignore, _) = Dockerignore::parse(&file.text);
    if ignore.is_empty() {
        return;
    }
    for item in input.model.stages.iter().flat_map(|stage| &stage.instructions) {
        let Some(copy) = item.as_copy().filter(|copy| copy.from.is_none()) else { continue };
        for source in copy.sources.iter().filter(|source| source.kind == SourceKind::Path) {
            let Some(path) = source.text.value.as_deref().map(clean_context_path) else { continue };
            let Some(pattern) = excluding(&ignore, &path) else { continue };
            let keyword = item.instruction.keyword;
            let message = format!(
                "{} leaves `{path}` out by `{pattern}`, so this {keyword} finds nothing. Take it back in with `!{path}`, or do not copy it.",
                file.path
            );
            findings.add(source.text.range, message);
        }
    }
}

/// The pattern that leaves a path out with all that lies below it.
fn excluding(ignore: &Dockerignore, path: &str) -> Option<String> {
    if path == "." {
        let all = ignore
            .patterns()
            .iter()
            .find(|pattern| matches!(pattern.text.as_str(), "*" | "**" | "**/*") && !pattern.exception)?;
        return (!ignore.patterns().iter().any(|pattern| pattern.exception)).then(|| all.text.clone());
    }
    if path.contains(['*', '?', '[']) {
        return None;
    }
    let pattern = ignore.deciding_pattern(path).filter(|pattern| !pattern.exception)?;
    ignore.can_skip_folder(path).then(|| pattern.text.clone())
}

#[cfg(test)]
mod tests {
    use semantic::facts::{ContextFacts, Facts, IgnoreFile};

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
}
