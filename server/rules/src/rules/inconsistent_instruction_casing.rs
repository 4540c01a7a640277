//! Instructions in upper and in lower case.

use rewrites::Input;
use syntax::{Instruction, Keyword, WordCase};

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "inconsistent-instruction-casing",
    aliases: &["ConsistentInstructionCasing"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: true,
    summary: "Instructions are written in different cases",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

An instruction is not in the case that most of the file is in, or has both cases in it.

## Why

A file in two cases is harder to read and to search.

## Bad

```dockerfile
FROM debian:12-slim
run true
CMD ["true"]
```

## Good

```dockerfile
FROM debian:12-slim
RUN true
CMD ["true"]
```

## When to ignore

When the layout of the file does not matter to anyone.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let (mut lower, mut upper, mut mixed) = (0_usize, 0_usize, 0_usize);
    for instruction in instructions(input) {
        match instruction.keyword_case {
            WordCase::Lower => lower += 1,
            WordCase::Upper => upper += 1,
            WordCase::Mixed => mixed += 1,
        }
    }
    if mixed == 0 && (lower == 0 || upper == 0) {
        return;
    }
    let (usual, name) = if lower > upper { (WordCase::Lower, "lower") } else { (WordCase::Upper, "upper") };
    for instruction in instructions(input).filter(|instruction| instruction.keyword_case != usual) {
        let word = instruction.keyword_range.of(&instruction.source);
        let wanted = if lower > upper { word.to_ascii_lowercase() } else { word.to_ascii_uppercase() };
        let range = instruction.keyword_range();
        let message = format!("The file's instructions are in {name} case. Write `{wanted}`.");
        findings
            .add(range, message)
            .fixes
            .push(safe(format!("Write `{wanted}`"), vec![replace(range, wanted)]));
    }
}

/// Every instruction of a stage whose keyword is one.
fn instructions<'a>(input: &Input<'a>) -> impl Iterator<Item = &'a Instruction> {
    let all = input.model.stages.iter().flat_map(|stage| {
        std::iter::once(&stage.from).chain(stage.instructions.iter().map(|item| &item.instruction))
    });
    all.filter(|instruction| instruction.keyword != Keyword::Unknown)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "inconsistent-instruction-casing";

    #[test]
    fn the_majority_decides() {
        check_fix(
            "
from a:1
Workdir /größe
copy . .
",
            expect![[r"
                Write `workdir` (safe)
                from a:1
                workdir /größe
                copy . .
            "]],
        );
        assert_eq!(check_only(CODE, "FROM a:1\r\nrun x \\\r\n y\r\nRUN z\r\n").len(), 1);
    }

    #[test]
    fn one_case_and_broken_text() {
        no_findings(CODE, "arg A=1\nFROM a:1\nRUN <<EOF\nrun x\nEOF\nrunn x\nCOPY\n");
        no_findings(CODE, "# escape=`\nfrom a:1\nrun `\n  x\n");
    }
}
