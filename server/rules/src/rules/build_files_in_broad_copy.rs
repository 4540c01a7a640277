//! A COPY of the whole context that takes the Dockerfile itself along.

use crate::analysis::context_copy::Sent;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "build-files-in-broad-copy",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Info,
    on_by_default: false,
    summary: "A COPY of the whole context takes the Dockerfile along, so that each edit of it makes another layer",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A COPY takes the whole build context, and in it lie files that only call the builder: the Dockerfile, its ignore file, Compose files.

## Why

The layer is keyed on all that it holds: an edit of the last line of the Dockerfile runs this COPY and each step behind it again. While one works on the Dockerfile that is every build. It is off by
default, for it is so in most projects and costs nothing once the file is done.

## Bad

```dockerfile
# file: compose.yaml
# file: index.html
FROM alpine:3.22
COPY . /srv
```

## Good

```dockerfile
# .dockerignore: Dockerfile*
# .dockerignore: compose*.yaml
# file: compose.yaml
# file: index.html
FROM alpine:3.22
COPY . /srv
```

## When to ignore

When the image needs the files.
"#;

/// Files that call the builder, beside the Dockerfile.
const NAMES: [&str; 7] = [
    ".dockerignore",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
    "docker-bake.hcl",
    "docker-bake.json",
];

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let Some(context) = &input.file.facts.context else { return };
    let mut copies = input.stage.instructions.iter().filter_map(|item| item.as_copy());
    let Some(copy) = copies.find(|copy| copy.takes_whole_context() && copy.exclude.is_empty()) else {
        return;
    };
    let Some(source) = copy.sources.first() else { return };
    let sent = Sent::of(context);
    let own = context.dockerfile.as_deref().into_iter().chain(NAMES);
    let taken: Vec<String> = own.filter(|name| sent.has(name)).map(|name| format!("`{name}`")).collect();
    if taken.is_empty() {
        return;
    }
    let message = format!(
        "This copies {}: each edit of it makes this layer anew, and runs the steps below again. Leave it out in .dockerignore.",
        taken.join(", ")
    );
    findings.add(source.text.range, message);
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use semantic::facts::IgnoreFile;

    use crate::Settings;
    use crate::ignore::tests::context;
    use crate::tests::findings_of;

    const CODE: &str = "build-files-in-broad-copy";

    fn found(ignore: &str, text: &str) -> Vec<String> {
        let mut context = context(&["docker/Dockerfile", "compose.yaml", "größe.js"]);
        context.dockerfile = Some("docker/Dockerfile".to_owned());
        context.ignore_file = Some(IgnoreFile { path: ".dockerignore".to_owned(), text: ignore.to_owned() });
        let facts = Facts { context: Some(context), ..Facts::default() };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        findings_of(text, &facts, &settings).iter().map(|finding| finding.message.clone()).collect()
    }

    #[test]
    fn what_calls_the_builder_is_named() {
        for text in [
            "FROM a\r\nCOPY \\\r\n  . /é\r\nCOPY\r\n",
            "# escape=`\nFROM a\nCOPY . `\n  /x\n",
            "FROM a\nRUN <<E\nx\nE\nADD . /x\n",
        ] {
            assert_eq!(
                found("", text),
                [
                    "This copies `docker/Dockerfile`, `compose.yaml`: each edit of it makes this layer anew, and runs the steps below again. Leave it out in .dockerignore."
                ],
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_left_out_or_not_taken_is_fine() {
        for (ignore, text) in [
            ("**/Dockerfile\ncompose.yaml", "COPY . /x"),
            ("", "COPY größe.js /x"),
            ("", "COPY --exclude=compose.yaml . /x"),
            ("", "COPY --from=b . /x"),
            ("", "COPY ."),
        ] {
            assert_eq!(found(ignore, &format!("FROM a AS b\nFROM a\n{text}\n")), [""; 0], "{ignore} {text}");
        }
    }
}
