//! A stage that is named by its number.

use rewrites::{Fix, Input};
use semantic::{Base, Stage, StageInstruction, StageReference};
use syntax::{TextEdit, TextRange};

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "stage-referenced-by-number",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Info,
    on_by_default: false,
    summary: "A stage is named by its number, which changes when a stage is added",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A `COPY --from=` names a stage by its number.

## Why

A stage that is added above gets the number: the COPY takes files from another stage than before. At best the build fails.

## Bad

```dockerfile
FROM golang:1.25
RUN CGO_ENABLED=0 go build -o /app .

FROM alpine:3.22
COPY --from=0 /app /app
```

## Good

```dockerfile
FROM golang:1.25 AS build
RUN CGO_ENABLED=0 go build -o /app .

FROM alpine:3.22
COPY --from=build /app /app
```

## When to ignore

When the file is made by a program that counts the stages.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let items = || input.model.stages.iter().flat_map(|stage| &stage.instructions);
    for reference in items().flat_map(StageInstruction::references) {
        let Some(stage) = numbered(input, reference) else { continue };
        let number = &reference.text.raw;
        let cure = match &stage.name {
            Some(name) => format!("It has a name: write `{}`.", name.raw),
            None => "Give it a name with AS and use that.".to_owned(),
        };
        let message = format!("Stage {number} becomes another one when a stage is added above it. {cure}");
        let fix = match &stage.name {
            Some(name) => by_name(input, stage, reference, &name.raw),
            None => named(input, stage),
        };
        findings.add(reference.range(), message).fixes.extend(fix);
    }
}

/// The stage that a reference means by its number.
fn numbered<'a>(input: &Input<'a>, reference: &StageReference) -> Option<&'a Stage> {
    let text = &reference.text.raw;
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Base::Stage(index) = reference.target else { return None };
    let stage = input.model.stages.get(index).filter(|_| is_number)?;
    // A stage may be called `2`.
    (stage.name.as_ref().is_none_or(|name| name.raw != *text)).then_some(stage)
}

/// The number replaced by the name, where that means the same stage.
fn by_name(input: &Input<'_>, stage: &Stage, reference: &StageReference, name: &str) -> Option<Fix> {
    let is_only =
        input.model.stages.iter().filter(|other| other.lower_name() == stage.lower_name()).count() == 1;
    is_only.then(|| safe(format!("Change to `{name}`"), vec![replace(reference.range(), name)]))
}

/// A name for the stage, and all its numbers replaced by it.
fn named(input: &Input<'_>, stage: &Stage) -> Option<Fix> {
    let model = input.model;
    let text = model.document.text();
    let name = ["build", "builder", "compile", "assemble"].into_iter().find(|name| {
        let is_word = |(at, _): (usize, &str)| {
            let is_part =
                |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '-');
            !is_part(text[..at].chars().next_back())
                && matches!(text[..at].chars().next_back(), Some('=' | ' '))
        };
        // Neither a stage nor an image may be called so.
        !text.match_indices(name).any(is_word)
    })?;
    let end = stage.from.range().end;
    // What follows the image, if anything, is not understood.
    if stage.image.range.end != end {
        return None;
    }
    let is_lower = model.document.slice(stage.from.keyword_range()).starts_with('f');
    let keyword = if is_lower { "as" } else { "AS" };
    let mut edits = vec![TextEdit { range: TextRange::empty(end), new_text: format!(" {keyword} {name}") }];
    let references =
        model.stages.iter().flat_map(|stage| &stage.instructions).flat_map(StageInstruction::references);
    let own = references
        .filter(|reference| numbered(input, reference).is_some_and(|numbered| numbered.index == stage.index));
    edits.extend(own.map(|reference| replace(reference.range(), name)));
    Some(safe(format!("Call the stage `{name}`"), edits))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "stage-referenced-by-number";

    #[test]
    fn the_name_takes_the_numbers_place() {
        check_fix_of(
            CODE,
            "
FROM a:1 AS tools
FROM b:1
COPY --from=0 /a /a
",
            expect![[r"
                Change to `tools` (safe)
                FROM a:1 AS tools
                FROM b:1
                COPY --from=tools /a /a
            "]],
        );
        check_fix_of(
            CODE,
            "
from golang
from b:1
copy --from=0 /a /a
",
            expect![[r"
                Call the stage `build` (safe)
                from golang as build
                from b:1
                copy --from=build /a /a
            "]],
        );
    }

    #[test]
    fn a_name_that_is_taken_is_not_given() {
        let text = "FROM a:1\nFROM b:1 AS build\nCOPY --from=0 /x /x\n";
        let found = check_only(CODE, text);
        assert_eq!(found[0].fixes[0].title, "Call the stage `builder`");
        assert_eq!(
            found[0].message,
            "Stage 0 becomes another one when a stage is added above it. Give it a name with AS and use that."
        );
    }

    #[test]
    fn names_and_images_are_fine() {
        no_findings(
            CODE,
            "FROM a:1 AS b\nFROM b\nCOPY --from=b /a /a\nCOPY --from=nginx:1 /a /a\nCOPY --from=7 /a /a\n",
        );
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a\r\nRUN <<E\r\né\r\nE\r\nFROM b\r\nCOPY --from=0 \\\r\n  /a /a\r\nCOPY --from=\r\n",
            "# escape=`\nFROM a\nFROM b\nCOPY `\n --from=0 /a /a\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["0"], "{text}");
        }
    }
}
