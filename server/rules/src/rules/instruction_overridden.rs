//! A CMD, ENTRYPOINT or HEALTHCHECK that a later one replaces.

use semantic::{Kind, StageInstruction};

use crate::analysis::fixes::{replace, safe};
use crate::analysis::text::{line, whole_lines};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "instruction-overridden",
    aliases: &[
        "MultipleInstructionsDisallowed",
        "DL4003",
        "DL4004",
        "DL3012",
        "DS-0016",
        "DS-0007",
        "DS-0023",
    ],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A later CMD, ENTRYPOINT or HEALTHCHECK of the stage replaces this one",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A stage has several CMD, ENTRYPOINT or HEALTHCHECK instructions.

## Why

Only the last one counts: this line does nothing, whatever it says.

## Bad

```dockerfile
FROM debian:12-slim
CMD ["a"]
CMD ["b"]
```

## Good

```dockerfile
FROM debian:12-slim
CMD ["b"]
```

## When to ignore

Never: remove the line that does nothing.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let mut last: [Option<&StageInstruction>; 3] = [None; 3];
    for item in input.stage.instructions.iter().rev() {
        let (slot, aliases) = match item.kind {
            Kind::Cmd => (0, ["DL4003", "DS-0016"]),
            Kind::Entrypoint => (1, ["DL4004", "DS-0007"]),
            Kind::Healthcheck => (2, ["DL3012", "DS-0023"]),
            _ => continue,
        };
        let Some(winner) = last[slot] else {
            last[slot] = Some(item);
            continue;
        };
        let keyword = item.instruction.keyword;
        let message = format!(
            "The {keyword} on line {} replaces this one, which does nothing. Remove it.",
            line(input.file, winner.instruction.start)
        );
        let edit = replace(whole_lines(input.file, item.instruction.range()), "");
        let finding = findings.add(item.instruction.keyword_range(), message);
        finding.aliases = vec!["MultipleInstructionsDisallowed", aliases[0], aliases[1]].into();
        finding.fixes.push(safe(format!("Remove this {keyword}"), vec![edit]));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "instruction-overridden";

    #[test]
    fn the_losers_go() {
        check_fix(
            "
FROM a:1
ENTRYPOINT [\"größe\", \\
  \"x\"]
CMD [\"a\"]
ENTRYPOINT [\"b\"]
",
            expect![[r#"
                Remove this ENTRYPOINT (safe)
                FROM a:1
                CMD ["a"]
                ENTRYPOINT ["b"]
            "#]],
        );
    }

    #[test]
    fn aliases_line_ends_and_escapes() {
        let found = check_only(
            CODE,
            "FROM a:1\r\nHEALTHCHECK NONE\r\nHEALTHCHECK CMD x\r\nCMD [\"x\"]\r\nCMD [\"y\"]\r\n",
        );
        let aliases: Vec<_> = found.iter().map(|finding| finding.aliases[1]).collect();
        assert_eq!(aliases, ["DL3012", "DL4003"]);
        assert_eq!(check_only(CODE, "# escape=`\nFROM a:1\nCMD a `\n b\nCMD [\"y\"]\n").len(), 1);
    }

    #[test]
    fn one_a_stage_is_fine() {
        no_findings(
            CODE,
            "FROM a:1 AS x\nCMD [\"a\"]\nFROM x\nCMD [\"b\"]\nENTRYPOINT [\"c\"]\nONBUILD CMD x\nRUN <<EOF\nCMD x\nEOF\nCM\n",
        );
    }
}
