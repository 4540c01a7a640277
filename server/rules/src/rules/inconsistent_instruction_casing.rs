//! Instructions in upper and in lower case.

use rewrites::Input;
use syntax::{Instruction, Keyword};

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
    let (mut lower, mut upper, mut all) = (0_usize, 0_usize, 0_usize);
    for_each(input, |_, word| {
        all += 1;
        lower += usize::from(!word.bytes().any(|byte| byte.is_ascii_uppercase()));
        upper += usize::from(!word.bytes().any(|byte| byte.is_ascii_lowercase()));
    });
    if lower == all || upper == all {
        return;
    }
    let is_lower = lower > upper;
    for_each(input, |instruction, word| {
        let is_wrong =
            |byte: u8| if is_lower { byte.is_ascii_uppercase() } else { byte.is_ascii_lowercase() };
        if !word.bytes().any(is_wrong) {
            return;
        }
        let (wanted, name) = if is_lower {
            (word.to_ascii_lowercase(), "lower")
        } else {
            (word.to_ascii_uppercase(), "upper")
        };
        let range = instruction.keyword_range();
        let message = format!("The file's instructions are in {name} case. Write `{wanted}`.");
        findings
            .add(range, message)
            .fixes
            .push(safe(format!("Write `{wanted}`"), vec![replace(range, wanted)]));
    });
}

/// Every instruction of a stage with its keyword as written.
fn for_each<'a>(input: &Input<'a>, mut visit: impl FnMut(&'a Instruction, &'a str)) {
    for stage in &input.model.stages {
        let others = stage.instructions.iter().map(|item| &item.instruction);
        for instruction in
            std::iter::once(&stage.from).chain(others).filter(|item| item.keyword != Keyword::Unknown)
        {
            visit(instruction, instruction.keyword_range.of(&instruction.source));
        }
    }
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
