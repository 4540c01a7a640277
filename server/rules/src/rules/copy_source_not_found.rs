//! A source that is not in the build context.

use rewrites::{Fix, Input};
use semantic::path::{clean_context_path, file_name};
use semantic::{ContextFacts, CopySource, SourceKind, StageInstruction};

use crate::analysis::fixes::{replace, to_check};
use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "copy-source-not-found",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Error,
    on_by_default: true,
    summary: "A source is not in the build context, but something of nearly that name is",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A COPY or ADD names a path that the build context does not have, and beside it lies one whose name differs in a letter or two, or in capitals alone.

Nothing is said of a path that resembles none: it may be made before the build, or the file be built with another context. Nor where the context is not known as a whole.

## Why

The build fails with `not found`. With capitals alone it works on the author's machine, where `Package.json` and `package.json` are one file, and fails in CI.

## Bad

```dockerfile
# file: package.json
FROM node:22-slim
COPY Package.json ./
```

## Good

```dockerfile
# file: package.json
FROM node:22-slim
COPY package.json ./
```

## When to ignore

When the file is made before the build.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let Some(context) = input.facts.context.as_ref().filter(|context| context.complete) else { return };
    let items = input.model.stages.iter().flat_map(|stage| &stage.instructions);
    for copy in items.filter_map(StageInstruction::as_copy).filter(|copy| copy.from.is_none()) {
        for source in copy.sources.iter().filter(|source| source.kind == SourceKind::Path) {
            let Some(value) = source.text.value.as_deref() else { continue };
            let path = clean_context_path(value);
            if path == "." || path.contains(['*', '?', '[']) || context.has(&path) {
                continue;
            }
            let Some(near) = near(context, &path) else { continue };
            let why = if near.eq_ignore_ascii_case(&path) {
                "capitals count in the image and on the builder"
            } else {
                "the build fails here"
            };
            let message = format!("There is no `{path}` in the build context: {why}. Did you mean `{near}`?");
            findings.add(source.text.range, message).fixes.extend(renamed(source, &path, &near));
        }
    }
}

/// A path of nearly this name: the same in other capitals, or a name in the same folder that differs in a letter or two.
fn near(context: &ContextFacts, path: &str) -> Option<String> {
    if let Some(same) = context.files.keys().find(|known| known.eq_ignore_ascii_case(path)) {
        return Some(same.clone());
    }
    let name = file_name(path);
    let folder = path.strip_suffix(name).unwrap_or_default().trim_end_matches('/');
    let siblings = context.below(folder).map(|(known, _)| known);
    let names = siblings.filter_map(|known| {
        let rest = known.strip_prefix(folder)?.trim_start_matches('/');
        (!rest.contains('/')).then_some(rest)
    });
    let near = nearest(name, names)?;
    // `app1` and `app2` are two names, and no slip of the pen.
    let is_numbered = |text: &str| text.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    if is_numbered(near) == is_numbered(name) || name.len() < 4 {
        return None;
    }
    Some(if folder.is_empty() { near.to_owned() } else { format!("{folder}/{near}") })
}

fn renamed(source: &CopySource, path: &str, near: &str) -> Option<Fix> {
    let raw = &source.text.raw;
    let prefix = raw.strip_suffix(path)?;
    let check = format!("that {near} is the file that is meant");
    Some(to_check(
        format!("Change to `{near}`"),
        check,
        vec![replace(source.text.range, format!("{prefix}{near}"))],
    ))
}

#[cfg(test)]
mod tests {
    use semantic::Facts;

    use crate::Settings;
    use crate::ignore::tests::context;
    use crate::tests::findings_of;

    const CODE: &str = "copy-source-not-found";

    fn found(files: &[&str], text: &str) -> Vec<(String, String)> {
        let facts = Facts { context: Some(context(files)), ..Facts::default() };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        let found = findings_of(text, &facts, &settings);
        let fixed = |finding: &crate::Finding| {
            finding.fixes.first().map(|fix| rewrites::apply(text, &fix.edits)).unwrap_or_default()
        };
        found.iter().map(|finding| (finding.message.clone(), fixed(finding))).collect()
    }

    #[test]
    fn the_nearest_name_is_offered() {
        assert_eq!(
            found(&["package.json"], "FROM a\r\nCOPY \\\r\n ./Package.json /x\r\n"),
            [(
                "There is no `Package.json` in the build context: capitals count in the image and on the builder. Did you mean `package.json`?".to_owned(),
                "FROM a\r\nCOPY \\\r\n ./package.json /x\r\n".to_owned()
            )]
        );
        assert_eq!(
            found(&["größe/server.js"], "# escape=`\nFROM a\nCOPY größe/sever.js /x\n")[0].1,
            "# escape=`\nFROM a\nCOPY größe/server.js /x\n"
        );
    }

    #[test]
    fn what_is_there_what_resembles_nothing_and_patterns_are_fine() {
        for text in [
            "COPY server.js /x",
            "COPY dist /x",
            "COPY app2 /x",
            "COPY sever* /x",
            "COPY --from=b sever.js /x",
            "COPY $X /x",
            "ADD https://x/sever.js /x",
            "COPY <<sever.js /x\nsever.js",
            "COPY sever.js",
        ] {
            assert_eq!(
                found(&["server.js", "app1"], &format!("FROM a AS b\nFROM a\n{text}\n")),
                [],
                "{text}"
            );
        }
        let text = "FROM a\nCOPY sever.js /x\n";
        assert!(findings_of(text, &Facts::default(), &Settings::default()).is_empty());
    }
}
