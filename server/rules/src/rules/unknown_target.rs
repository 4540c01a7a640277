//! A `target` of a Compose file, a Bake file or a devcontainer that no stage of the Dockerfile has.

use crate::called::{CallerRule, Named, What, nothing, offer};
use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "unknown-target",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Error,
    on_by_default: false,
    summary: "A Compose or Bake file builds a stage that the Dockerfile does not have",
    page: PAGE,
    check: Check::File(nothing),
};

pub(crate) static CALLER_RULE: CallerRule = CallerRule { rule: &RULE, check };

const PAGE: &str = r"
## What

The `target` of a Compose service, a Bake target or a `devcontainer.json` is neither the name nor the number of a stage of the Dockerfile that it builds.

## Why

The build stops before its first step: `target stage could not be found`.

## Bad

```yaml
# stage: build
# stage: runtime
services:
  web:
    build:
      target: runtmie
```

## Good

```yaml
# stage: build
# stage: runtime
services:
  web:
    build:
      target: runtime
```

## When to ignore

When the Dockerfile is written by a tool just before the build.
";

fn check(named: &Named, findings: &mut Findings) {
    let Some(names) = named.dockerfile.names.as_ref().filter(|_| named.what == What::Target) else { return };
    let wanted = named.name.to_lowercase();
    let is_number = wanted.parse::<usize>().is_ok_and(|number| number < names.n_stages);
    if names.is_foreign || wanted.is_empty() || is_number || names.stages.contains(&wanted) {
        return;
    }
    let (shown, name) = (&named.dockerfile.shown, &named.name);
    let cure = match nearest(&wanted, names.stages.iter().map(String::as_str)) {
        Some(near) => format!("Did you mean `{near}`?"),
        None if names.stages.is_empty() => "None of its stages has a name: give it one with AS.".to_owned(),
        None => format!("It has {}.", list(&names.stages)),
    };
    let message = format!("{shown} has no stage `{name}`, so the build stops. {cure}");
    let finding = findings.add(named.range, message);
    offer(named, &names.stages, finding);
}

fn list(names: &[String]) -> String {
    const LIMIT: usize = 6;
    let shown: Vec<String> = names.iter().take(LIMIT).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(LIMIT);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use crate::called::tests::found;

    const CODE: &str = "unknown-target";

    #[test]
    fn a_stage_that_is_not_there_is_told_with_the_nearest_name_first() {
        assert_eq!(
            found(CODE, "# stage: build\n# stage: run-é\n# 😀\n  target: rnu-é\r\n"),
            [
                r#"rnu-é (error): Dockerfile has no stage `rnu-é`, so the build stops. Did you mean `run-é`? ["Change to `run-é`", "Change to `build`"]"#
            ]
        );
        assert_eq!(
            found(CODE, "# stage: build\ntarget: 1\n"),
            [
                r#"1 (error): Dockerfile has no stage `1`, so the build stops. It has `build`. ["Change to `build`"]"#
            ]
        );
        assert_eq!(
            found(CODE, "target: dev\n"),
            [
                "dev (error): Dockerfile has no stage `dev`, so the build stops. None of its stages has a name: give it one with AS. []"
            ]
        );
    }

    #[test]
    fn names_in_any_case_numbers_and_what_is_not_known_are_fine() {
        for text in [
            "# stage: build\ntarget: BUILD\n",
            "# stage: build\ntarget: 0\n",
            "# stage: build\n# foreign\ntarget: x\n",
            "# stage: build\ntarget:\n",
        ] {
            assert_eq!(found(CODE, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_a_variable_stands_for_is_told_and_not_mended() {
        assert_eq!(
            found(CODE, "# stage: build\ntarget: ${X:-biuld}\n"),
            [
                "${X:-biuld} (error): Dockerfile has no stage `biuld`, so the build stops. Did you mean `build`? []"
            ]
        );
    }
}
