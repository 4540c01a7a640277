//! apt installs what is only recommended.

use std::borrow::Cow;

use rewrites::no_install_recommends::{brings_recommended, place};
use rewrites::places::Place;

use crate::analysis::run_calls::run_calls;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "recommended-packages-installed",
    aliases: &["DL3015", "DS-0029"],
    category: Category::Size,
    severity: Severity::Info,
    on_by_default: false,
    summary: "apt installs packages that are only recommended",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN of a stage that is shipped installs with apt and without `--no-install-recommends`. A file that sets `APT::Install-Recommends` by
itself is left alone.

## Why

apt also installs what packages recommend: documentation, fonts, a mail server. For `git` that is 40 MB instead of 100 MB and more.

## Bad

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/*
```

The rewrite `no-install-recommends` makes this change.

## When to ignore

When what is recommended is needed, as `ca-certificates` beside `curl`: then naming it says so. The rule is off by default because only a
build tells which packages these are.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    if !input.is_shipped {
        return;
    }
    let lineage = input.file.model.lineage(input.stage.index);
    let is_set = lineage
        .iter()
        .flat_map(|stage| &stage.instructions)
        .any(|item| item.instruction.source.contains("Install-Recommends"));
    for call in run_calls(input.stage).filter(|call| !is_set && brings_recommended(&call.call)) {
        let Some(subcommand) = call.call.subcommand() else { continue };
        let message = "apt also installs what these packages only recommend. Add `--no-install-recommends`, and name what is needed after all.";
        let finding = findings.add(call.range_to(subcommand), message);
        let place = place(call.item, &call.call).filter(|_| call.is_editable());
        finding.fixes.extend(place.map(Place::into_fix));
        if call.call.program == "apt" {
            finding.aliases = Cow::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "recommended-packages-installed";

    #[test]
    fn an_install_is_pointed_at_and_gets_the_flag() {
        check_fix_of(
            CODE,
            "
FROM a:1
RUN apt-get update && apt-get install -y \\
  größe
",
            expect![[r"
                Leave out what is only recommended (unsafe: that nothing needs a package that was only recommended)
                FROM a:1
                RUN apt-get update && apt-get install -y --no-install-recommends \
                  größe
            "]],
        );
        assert!(check_only(CODE, "FROM a:1\nRUN apt install x\n")[0].aliases.is_empty());
    }

    #[test]
    fn other_installs_settings_and_stages_are_fine() {
        for text in [
            "FROM a:1\nRUN apt-get install -y --no-install-recommends x",
            "FROM a:1\nRUN apt-get install -y --install-recommends x",
            "FROM a:1\nRUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/x\nRUN apt-get install x",
            "FROM a:1\nRUN apt-get install x\nFROM b:1",
            "FROM a:1\nRUN apk add x",
            "FROM a:1\nRUN echo apt-get install x",
            "FROM a:1\nRUN apt-get '",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN echo größe && \\\r\n  apt-get install x\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN true && `\n apt-get install x\n",
            "FROM a:1\nRUN <<EOF\napt-get install x\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["apt-get install"], "{text}");
        }
    }
}
