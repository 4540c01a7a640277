//! A Dockerfile that a Compose file, a Bake file or a devcontainer builds, and that is not there.

use crate::called::{CallerRule, Named, What, nothing, offer};
use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "missing-dockerfile",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Error,
    on_by_default: false,
    summary: "A Compose or Bake file builds a Dockerfile that is not there",
    page: PAGE,
    check: Check::File(nothing),
};

pub(crate) static CALLER_RULE: CallerRule = CallerRule { rule: &RULE, check };

const PAGE: &str = r"
## What

A Compose service, a Bake target or a `devcontainer.json` builds a Dockerfile that does not exist: the one that `dockerfile` names, or, without one, the
`Dockerfile` in its build context. Compose and Bake count the path from the build context, `devcontainer.json` from its own folder.

## Why

The build stops before its first step.

## Bad

```yaml
# dockerfile: Dockerfile.dev
services:
  web:
    build:
      context: .
      dockerfile: Dockerfile.devel
```

## Good

```yaml
# dockerfile: Dockerfile.dev
services:
  web:
    build:
      context: .
      dockerfile: Dockerfile.dev
```

## When to ignore

When a tool writes the Dockerfile just before the build.
";

fn check(named: &Named, findings: &mut Findings) {
    if named.what != What::Dockerfile || named.dockerfile.names.is_some() {
        return;
    }
    let others = &named.dockerfile.others;
    let near = nearest(&named.name, others.iter().map(String::as_str));
    let cure = match (near, others.as_slice()) {
        (Some(near), _) => format!(" Did you mean `{near}`?"),
        (None, [only]) => format!(" There is `{only}`."),
        (None, _) => String::new(),
    };
    let message = format!("{} is not there, so the build stops.{cure}", named.dockerfile.shown);
    let finding = findings.add(named.range, message);
    offer(named, others, finding);
}

#[cfg(test)]
mod tests {
    use crate::called::tests::found;

    const CODE: &str = "missing-dockerfile";

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        assert_eq!(
            found(CODE, "# dockerfile: Dockerfile\n# dockerfile: ü.dockerfile\ndockerfile: Dokcerfile\r\n"),
            [
                r#"Dokcerfile (error): Dokcerfile is not there, so the build stops. Did you mean `Dockerfile`? ["Change to `Dockerfile`", "Change to `ü.dockerfile`"]"#
            ]
        );
        assert_eq!(
            found(CODE, "# dockerfile: Dockerfile\ndockerfile: build/app.Dockerfile\n"),
            [
                r#"build/app.Dockerfile (error): build/app.Dockerfile is not there, so the build stops. There is `Dockerfile`. ["Change to `Dockerfile`"]"#
            ]
        );
    }

    #[test]
    fn what_is_there_is_fine() {
        assert_eq!(found(CODE, "# dockerfile: Dockerfile\ndockerfile: Dockerfile\ntarget: x\n"), [""; 0]);
    }
}
