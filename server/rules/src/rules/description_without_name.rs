//! A comment in the place of a description that does not begin with the name of what it stands above.

use rewrites::Input;
use syntax::{Comment, Document, Instruction, Keyword, TextRange};

use crate::analysis::fixes::{replace, safe, to_check};
use crate::rule::{Category, Check, Findings, Rule, Severity};
use crate::suppress::is_suppression;

pub(crate) static RULE: Rule = Rule {
    code: "description-without-name",
    aliases: &["InvalidDefinitionDescription"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: false,
    summary: "The comment above a stage or ARG does not begin with its name",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

A comment stands right above an ARG or above a FROM with a name, and its first word is not that name.

## Why

`docker build --call=outline` and `--call=targets` show such a comment as the description of the argument or the stage, but only where it begins with the name. Without it the
description is lost, and no one is told.

## Bad

```dockerfile
# the version that is built
ARG VERSION=1
FROM debian:12-slim
```

## Good

```dockerfile
# VERSION is what is built
ARG VERSION=1
FROM debian:12-slim
```

```dockerfile
# This comment is about nothing below it.
#
ARG VERSION=1
FROM debian:12-slim
```

## When to ignore

When nobody asks for the outline of this file. It is off unless selected; `# check=experimental=InvalidDefinitionDescription` at the top of a file asks for it too.

BuildKit 0.25 also reports a comment that an empty line sets apart, which its documentation allows, and comments for tools such as
`# hadolint ignore=DL3006`. Neither is reported here; comments for tools are looked past. An empty comment (`#`) sets a comment apart for both.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    let document = &input.model.document;
    let comments = document.comments();
    if comments.is_empty() {
        return;
    }
    let stages = input.model.stages.iter();
    let stage_names = stages.filter_map(|stage| {
        let name = stage.name.as_ref()?;
        Some((stage.from.line, vec![(name.raw.to_lowercase(), name.range)]))
    });
    let named: Vec<_> = stage_names
        .chain(
            document.instructions().filter(|item| item.keyword == Keyword::Arg).map(|item| argument(&item)),
        )
        .collect();
    for (line, names) in named {
        let Some((first, place)) = names.first() else { continue };
        let Some(comment) = above(document, &comments, line) else { continue };
        let word = comment.text.split(' ').next().unwrap_or_default();
        if names.iter().any(|(name, _)| name == word) {
            continue;
        }
        let what = if names.len() == 1 { format!("`# {first} …`") } else { "`# NAME …`".to_owned() };
        let message = format!(
            "The comment above is no description, for it does not begin with the name. Write {what}, or set it apart with an empty comment."
        );
        let finding = findings.add(*place, message);
        let line_end = TextRange::empty(comment.range.end);
        let end = if document.slice(TextRange::new(comment.range.end, comment.range.end + 2)) == "\r\n" {
            "\r\n"
        } else {
            "\n"
        };
        finding.fixes.push(safe("Set the comment apart", vec![replace(line_end, format!("{end}#"))]));
        let text = document.slice(comment.range);
        let lead = text.len() - text.trim_start_matches('#').trim_start().len();
        let start = comment.range.start + u32::try_from(lead).unwrap_or_default();
        let add_name = vec![replace(TextRange::empty(start), format!("{first} "))];
        finding.fixes.push(to_check(
            format!("Begin with `{first}`"),
            "that the comment describes it",
            add_name,
        ));
    }
}

/// The line of an ARG, and its names with their places.
fn argument(instruction: &Instruction) -> (u32, Vec<(String, TextRange)>) {
    let pairs = instruction.arguments.pairs.iter();
    let names = pairs.map(|pair| (pair.key.text.clone(), instruction.place(pair.key.range)));
    (instruction.line, names.collect())
}

/// The comment right above a line, unless it is empty; comments for tools in between are looked past.
fn above<'a>(document: &Document, comments: &'a [Comment], line: u32) -> Option<&'a Comment> {
    let before = &comments[..comments.partition_point(|comment| comment.line < line)];
    let lines = (0..line).rev();
    let mut touching = before.iter().rev().zip(lines).take_while(|(comment, line)| comment.line == *line);
    let (comment, _) = touching.find(|(comment, _)| !is_suppression(comment, document))?;
    (!comment.text.is_empty()).then_some(comment)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "description-without-name";

    #[test]
    fn a_comment_without_the_name_is_reported_at_the_name() {
        let text = "# größe\r\nARG A=1 B\r\n# first\r\n# base line\r\nFROM a:1 AS build\r\n  # B\r\nARG \\\r\n  C\r\n";
        assert_eq!(pointed_at(CODE, text), ["A", "build", "C"]);
        assert_eq!(check_only(CODE, "# escape=`\n# x\nFROM `\n a:1 AS `\n b\n").len(), 1);
    }

    #[test]
    fn descriptions_and_comments_set_apart_are_fine() {
        no_findings(
            CODE,
            "# escape=`\nARG A\n# B is b\nARG A B\n# other\n\n# build makes it\nFROM a:1 AS Build\n# x\n#\nARG C\n# x\n\nARG D\n# x\nRUN <<EOF\n# x\nARG E\nEOF\n",
        );
        no_findings(
            CODE,
            "# x\nFROM a:1\n# x\nENV A=1\n# hadolint ignore=DL3006\nFROM a AS b\n# x\nARG\n# x\nFROM\n",
        );
    }

    #[test]
    fn a_comment_is_set_apart_or_given_the_name() {
        check_fix_of(
            CODE,
            "
FROM a:1
  ## größe
ARG A
",
            expect![[r"
                Set the comment apart (safe)
                FROM a:1
                  ## größe
                #
                ARG A
                Begin with `A` (unsafe: that the comment describes it)
                FROM a:1
                  ## A größe
                ARG A
            "]],
        );
    }
}
