//! What ShellCheck finds in a RUN.

use semantic::facts::shell_checks::{ShellComment, ShellLevel};
use syntax::TextEdit;

use crate::analysis::fixes::to_check;
use crate::analysis::shell_scripts::{given_script, is_asked};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "shell-script-problem",
    aliases: &[],
    category: Category::Shell,
    severity: Severity::Warning,
    on_by_default: false,
    summary: "ShellCheck finds something in a RUN",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

ShellCheck, a program of its own, finds a problem in the script of a RUN or in its heredoc. Its codes (`SC2086`) work wherever a code does, and each finding has ShellCheck's own severity and, where it
offers one, its fix. Variables of ARG and ENV count as set. Scripts of the exec form, of PowerShell and of other languages are left alone.

The program is looked for in `PATH`, and never in a folder of the workspace; `apt install shellcheck` (Debian, Ubuntu), `apk add shellcheck` or `brew install shellcheck` bring it.
It reads no `.shellcheckrc`, follows no `source`, and runs beside what you type. What it said of a script is remembered until the script changes. Where it is missing, this rule finds nothing, and that is said once.

## Why

A script in a Dockerfile is tested by nothing but its build: a variable without quotes works until somebody's path has a blank in it.

## Bad

```dockerfile
# shellcheck: SC2086
FROM debian:12-slim
RUN rm -rf $DIRECTORY/cache
```

## Good

```dockerfile
FROM debian:12-slim
RUN rm -rf "$DIRECTORY/cache"
```

## When to ignore

Where words are to be split, as in `apt-get install $PACKAGES`. The rule is off by default, for it needs another program: the profiles `strict` and `hadolint` have it, and `select`.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    if !is_asked(input.file) {
        return;
    }
    let Some(answers) = &input.file.facts.shell_checks else { return };
    for item in &input.stage.instructions {
        let Some(given) = given_script(input.file.model, item) else { continue };
        for comment in answers.get(&given.text).into_iter().flat_map(|comments| comments.iter()) {
            let Some(range) = given.place(item, comment.start, comment.end) else { continue };
            let finding = findings.add(range, message(comment));
            finding.severity = severity(comment);
            finding.aliases = code(comment.code).map_or_else(Vec::new, |code| vec![code]).into();
            let edit = |start, end, text: &String| {
                Some(TextEdit { range: given.place(item, start, end)?, new_text: text.clone() })
            };
            let edits: Option<Vec<TextEdit>> =
                comment.replacements.iter().map(|one| edit(one.start, one.end, &one.text)).collect();
            if let Some(edits) = edits.filter(|edits| !edits.is_empty()) {
                let check = "that the script still does what it is meant to";
                finding.fixes.push(to_check("Change it as ShellCheck says", check, edits));
            }
        }
    }
}

/// What it says, with its code, which the finding's own does not tell.
fn message(comment: &ShellComment) -> String {
    let text = comment.message.trim_end();
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{text}{end} (ShellCheck SC{})", comment.code)
}

const fn severity(comment: &ShellComment) -> Severity {
    match comment.level {
        ShellLevel::Error => Severity::Error,
        ShellLevel::Warning => Severity::Warning,
        ShellLevel::Info => Severity::Info,
        ShellLevel::Style => Severity::Hint,
    }
}

/// ShellCheck's codes are numbers of these thousands.
const FIRST: u16 = 1000;
const N_CODES: usize = 3000;

static CODES: [[u8; 6]; N_CODES] = codes();

const fn codes() -> [[u8; 6]; N_CODES] {
    let mut codes = [*b"SC0000"; N_CODES];
    let mut index = 0;
    while index < N_CODES {
        let mut number = index + FIRST as usize;
        let mut digit = 6;
        while digit > 2 {
            digit -= 1;
            #[expect(clippy::cast_possible_truncation, reason = "a digit")]
            let last = (number % 10) as u8;
            codes[index][digit] = b'0' + last;
            number /= 10;
        }
        index += 1;
    }
    codes
}

/// `SC2086` of 2086.
fn code(number: u16) -> Option<&'static str> {
    let code = CODES.get(usize::from(number.checked_sub(FIRST)?))?;
    std::str::from_utf8(code).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use semantic::facts::shell_checks::ShellReplacement;
    use semantic::{Facts, Model};
    use syntax::Document;

    use super::*;
    use crate::analysis::shell_scripts::shell_scripts;
    use crate::tests::findings_of;
    use crate::{Finding, Profile, Settings};

    /// What is found where ShellCheck says of each `$word` that it wants quotes.
    fn found_with(settings: &Settings, text: &str) -> Vec<Finding> {
        let model = Model::new(&Document::new(text), &Facts::default());
        let comment = |given: &String, start: usize, end: usize| ShellComment {
            code: 2086,
            level: ShellLevel::Info,
            message: "Double quote".to_owned(),
            start,
            end,
            replacements: vec![ShellReplacement { start, end, text: format!("\"{}\"", &given[start..end]) }],
        };
        let answer = |given: String| {
            let starts: Vec<usize> = given
                .match_indices('$')
                .map(|(at, _)| at)
                .filter(|at| !given[*at..].starts_with("$1"))
                .collect();
            let end = |start: usize| start + given[start..].find([' ', '\n']).unwrap();
            let comments: Vec<_> = starts.iter().map(|start| comment(&given, *start, end(*start))).collect();
            (given, Arc::new(comments))
        };
        let shell_checks: BTreeMap<_, _> = shell_scripts(&model).into_iter().map(answer).collect();
        findings_of(text, &Facts { shell_checks: Some(shell_checks), ..Facts::default() }, settings)
    }

    fn found(text: &str) -> Vec<Finding> {
        found_with(&Settings { select: vec!["SC2086".to_owned()], ..Settings::default() }, text)
    }

    #[test]
    fn words_are_pointed_at_where_they_stand() {
        for text in [
            "FROM a:1\nENV A=1\nRUN é \\\n# why\n  $größe x\n",
            "# escape=`\r\nFROM a:1\r\nRUN a `\r\n $größe x\r\n",
            "FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nRUN <<E\né $größe x\nE\n",
            "FROM a:1\nRUN <<E\n#!/bin/bash\né $größe x\nE\n",
        ] {
            let found = found(text);
            let places: Vec<&str> = found
                .iter()
                .map(|finding| &text[finding.range.start as usize..finding.range.end as usize])
                .collect();
            assert_eq!(places, ["$größe"], "{text}");
            assert_eq!((found[0].aliases.as_ref(), found[0].severity), (&["SC2086"][..], Severity::Info));
            let fixed = rewrites::apply(text, &found[0].fixes[0].edits);
            assert_eq!(fixed, text.replace("$größe", "\"$größe\""));
        }
    }

    #[test]
    fn other_shells_lists_and_broken_text_are_left_alone() {
        for text in [
            "RUN [\"a\", \"$b \"]",
            "SHELL [\"pwsh\", \"-c\"]\nRUN a $b c",
            "RUN <<E\n#!/usr/bin/env python3\na $b c\nE",
            "CMD a $b c",
            "RUN",
        ] {
            assert_eq!(found(&format!("FROM a:1\n{text}\n")), [], "{text}");
        }
    }

    #[test]
    fn its_codes_choose_and_suppress() {
        let text = "FROM a:1\n# hadolint ignore=SC2086\nRUN a $b c\n";
        assert_eq!(found(text), []);
        let text = "FROM a:1\nRUN a $b c\n";
        let with = |settings: &Settings| found_with(settings, text).len();
        let of = |profile| Settings { profile, ..Settings::default() };
        assert_eq!((with(&of(Profile::Default)), with(&of(Profile::Hadolint))), (0, 1));
        let ignoring = Settings { ignore: vec!["SC2086".to_owned()], ..of(Profile::Hadolint) };
        assert_eq!(with(&ignoring), 0);
        let severe = Settings {
            severity: [("SC2086".to_owned(), crate::Level::At(Severity::Error))].into(),
            ..Settings::default()
        };
        assert_eq!(found_with(&severe, text)[0].severity, Severity::Error);
        let other = Settings { select: vec!["SC2046".to_owned()], ..Settings::default() };
        assert_eq!(with(&other), 0);
    }

    #[test]
    fn codes_have_four_digits() {
        assert_eq!((code(1000), code(2086), code(3999)), (Some("SC1000"), Some("SC2086"), Some("SC3999")));
        assert_eq!((code(999), code(4000)), (None, None));
    }
}
