//! A build argument of a Compose file, a Bake file or a devcontainer that no ARG of the Dockerfile takes.

use semantic::scope::{is_platform_argument, is_proxy_argument};

use crate::called::{CallerRule, Named, What, nothing, offer};
use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "unused-build-arg",
    aliases: &[],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: false,
    summary: "A Compose or Bake file gives a build argument that no ARG takes",
    page: PAGE,
    check: Check::File(nothing),
};

pub(crate) static CALLER_RULE: CallerRule = CallerRule { rule: &RULE, check };

const PAGE: &str = r"
## What

`args` of a Compose service, a Bake target or a `devcontainer.json` gives a build argument for which the Dockerfile has no `ARG`. Those that the builder itself
takes are left alone: proxies, platforms, `SOURCE_DATE_EPOCH` and `BUILDKIT_…`.

## Why

The value goes nowhere. Mostly it is a slip of the finger, and the build quietly takes the default.

## Bad

```yaml
# argument: NODE_VERSION
services:
  web:
    build:
      args:
        NODE_VERSOIN: 22
```

## Good

```yaml
# argument: NODE_VERSION
services:
  web:
    build:
      args:
        NODE_VERSION: 22
        HTTP_PROXY: http://proxy.example.com:3128
```

## When to ignore

When a base image takes it with an `ONBUILD ARG`.
";

fn check(named: &Named, findings: &mut Findings) {
    let Some(names) = named.dockerfile.names.as_ref().filter(|_| named.what == What::Argument) else {
        return;
    };
    let name = named.name.as_str();
    if names.is_foreign || name.is_empty() || is_of_builder(name) {
        return;
    }
    if names.arguments.iter().any(|known| known == name) {
        return;
    }
    let arguments = || names.arguments.iter().map(String::as_str);
    let near = nearest(name, arguments());
    let cure = near.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
    let shown = &named.dockerfile.shown;
    let message = format!("No ARG of {shown} takes `{name}`: its value goes nowhere.{cure}");
    let finding = findings.add(named.range, message);
    offer(named, &near.map(str::to_owned).into_iter().collect::<Vec<_>>(), finding);
}

/// Whether the builder takes it without an ARG (`frontend/dockerfile/dockerfile2llb`, `frontend/dockerui`).
fn is_of_builder(name: &str) -> bool {
    is_proxy_argument(name)
        || is_platform_argument(name)
        || name == "SOURCE_DATE_EPOCH"
        || name.starts_with("BUILDKIT_")
}

#[cfg(test)]
mod tests {
    use crate::called::tests::found;

    const CODE: &str = "unused-build-arg";

    #[test]
    fn an_argument_that_nothing_takes_is_told() {
        assert_eq!(
            found(CODE, "# argument: TAG\n# 😀\nargs:\r\n  TAGS: ü\r\n  OTHER: 1\r\n  TAG: 1\r\n"),
            [
                r#"TAGS (warning): No ARG of Dockerfile takes `TAGS`: its value goes nowhere. Did you mean `TAG`? ["Change to `TAG`"]"#,
                "OTHER (warning): No ARG of Dockerfile takes `OTHER`: its value goes nowhere. []",
            ]
        );
    }

    #[test]
    fn what_is_taken_and_what_the_builder_takes_is_fine() {
        let text = "# argument: TAG\nargs:\n  TAG: 1\n  http_proxy: x\n  NO_PROXY: x\n  TARGETARCH: arm64\n  BUILDKIT_INLINE_CACHE: 1\n  SOURCE_DATE_EPOCH: 0\n";
        assert_eq!(found(CODE, text), [""; 0]);
        assert_eq!(found(CODE, "# foreign\nargs:\n  X: 1\n"), [""; 0]);
    }
}
