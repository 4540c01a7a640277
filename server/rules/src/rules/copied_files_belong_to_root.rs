//! COPY behind USER, whose files belong to root all the same.

use semantic::Kind;

use crate::analysis::fixes::to_check;
use crate::analysis::user::{User, user};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "copied-files-belong-to-root",
    aliases: &[],
    category: Category::Semantic,
    severity: Severity::Info,
    on_by_default: false,
    summary: "COPY after USER makes files that belong to root and not to that user",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

COPY or ADD stands after a USER that is not root, and has no `--chown`.

## Why

USER is for RUN and for the container. What is copied belongs to root whoever the user is, so the program can read it and not change it.

## Bad

```dockerfile
FROM node:22-slim
USER node
WORKDIR /home/node/app
COPY . .
```

## Good

```dockerfile
FROM node:22-slim
USER node
WORKDIR /home/node/app
COPY --chown=node . .
```

## When to ignore

When the program shall not change its own files, which is the safer way. The rule is off by default because that is often meant.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, is_shipped, .. } = *input;
    for item in stage.instructions.iter().filter(|_| is_shipped) {
        let (Kind::Copy(copy) | Kind::Add(copy)) = &item.kind else { continue };
        let named = item.user.as_ref().filter(|named| user(file, stage, Some(named)) == User::Other);
        // Windows has no owners to give.
        let Some(name) = named
            .and_then(|named| named.value.as_deref())
            .filter(|name| copy.chown.is_none() && !name.starts_with("Container"))
        else {
            continue;
        };
        let message = format!(
            "These files belong to root, not to `{name}`, who can read and not change them. Add `--chown={name}` where that is not meant."
        );
        let keyword = item.instruction.keyword_range();
        let finding = findings.add(keyword, message);
        if !name.contains(char::is_whitespace) {
            let edit = syntax::TextEdit {
                range: syntax::TextRange::empty(keyword.end),
                new_text: format!(" --chown={name}"),
            };
            finding.fixes.push(to_check(
                format!("Add `--chown={name}`"),
                "that the program may change these files",
                vec![edit],
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings};

    const CODE: &str = "copied-files-belong-to-root";

    #[test]
    fn the_owner_is_added() {
        check_fix_of(
            CODE,
            "
FROM a:1
USER app
COPY --link größe \\
  /x
",
            expect![[r"
                Add `--chown=app` (unsafe: that the program may change these files)
                FROM a:1
                USER app
                COPY --chown=app --link größe \
                  /x
            "]],
        );
    }

    #[test]
    fn heredoc_crlf_and_another_escape() {
        for text in [
            "FROM a:1\r\nUSER 1000:1000\r\nADD a b\r\nCOPY\r\n",
            "# escape=`\nFROM a:1\nUSER app\nCOPY a `\n  b\n",
            "FROM a:1\nUSER app\nCOPY <<EOF x\n1\nEOF\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn others_are_fine() {
        for text in [
            "FROM a:1\nCOPY a b",
            "FROM a:1\nUSER root\nCOPY a b",
            "FROM a:1\nUSER ContainerUser\nCOPY a b",
            "FROM a:1\nUSER app\nCOPY --chown=app a b",
            "FROM a:1\nUSER $U\nCOPY a b",
            "FROM a:1\nUSER app\nCOPY a b\nFROM b:1",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }
}
