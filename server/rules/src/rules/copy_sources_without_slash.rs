//! Several sources and a destination that is no directory.

use syntax::{Form, TextRange};

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "copy-sources-without-slash",
    aliases: &["DL3021", "DS-0011"],
    category: Category::Semantic,
    severity: Severity::Error,
    on_by_default: true,
    summary: "Several sources are copied to something that does not end with a slash",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A COPY or ADD has several sources, and its destination does not end with `/`.

## Why

The destination must be a directory, and only the slash says so: the builder refuses the instruction.

## Bad

```dockerfile
FROM debian:12-slim
COPY a.txt b.txt /data
```

## Good

```dockerfile
FROM debian:12-slim
COPY a.txt b.txt /data/
```

## When to ignore

Never: the build fails.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Some(copy) = item.as_copy().filter(|copy| copy.sources.len() > 1) else { continue };
        let destination = &copy.destination;
        let Some(value) = destination.value.as_deref() else { continue };
        let is_directory = value.is_empty()
            || value.ends_with(['/', '\\'])
            || matches!(value, "." | "..")
            || value.ends_with("/.");
        if is_directory {
            continue;
        }
        let keyword = item.instruction.keyword;
        let message = format!(
            "{keyword} refuses several sources here, because `{value}` does not end with a slash. Write `{value}/`."
        );
        let finding = findings.add(destination.range, message);
        let is_list = item.instruction.arguments.form == Some(Form::Exec);
        if destination.raw == value {
            let at = destination.range.end - u32::from(is_list);
            finding.fixes.push(safe("Add the slash", vec![replace(TextRange::empty(at), "/")]));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "copy-sources-without-slash";

    #[test]
    fn a_slash_comes_in() {
        check_fix(
            "
FROM a:1
COPY a.x größe.x /data
COPY [\"a.x\", \"b.x\", \"/data\"]
",
            expect![[r#"
                Add the slash (safe)
                FROM a:1
                COPY a.x größe.x /data/
                COPY ["a.x", "b.x", "/data"]
                Add the slash (safe)
                FROM a:1
                COPY a.x größe.x /data
                COPY ["a.x", "b.x", "/data/"]
            "#]],
        );
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM a:1\r\nCOPY a b `\r\n  /c\r\n").len(), 1);
        assert_eq!(check_only(CODE, "FROM a:1\nCOPY <<A <<B /c\na\nA\nb\nB\n").len(), 1);
    }

    #[test]
    fn directories_single_sources_and_broken_text_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nCOPY a b c/\nCOPY a b .\nCOPY a b ./\nCOPY a b ..\nCOPY a /c\nCOPY a b $UNKNOWN\nCOPY\nCOPY a\n",
        );
    }
}
