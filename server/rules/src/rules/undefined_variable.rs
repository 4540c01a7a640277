//! A variable that nothing defines.

use rewrites::Input;
use semantic::expand::expand_word;
use semantic::image_reference::ImageReference;
use semantic::scope::{is_platform_argument, is_proxy_argument};
use semantic::{Base, Kind, Lookup, Scope, StageInstruction, Text};
use syntax::TextRange;

use crate::names::nearest;
use crate::rule::{Category, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "undefined-variable",
    aliases: &["UndefinedVar"],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A variable is used that nothing defines",
    page: PAGE,
    check,
};

const PAGE: &str = r"
## What

An instruction uses a variable that no ARG or ENV of the stage defines before it, and that the base image does not set.
The text of RUN, CMD and ENTRYPOINT is a shell's business and is not looked at.

What a base image sets is known where the builder has it, and for the images of plain distributions. For others only names that are
lower case, or that resemble a defined one, are reported.

## Why

The builder puts nothing in its place: a path loses its end, a copy takes another folder, a setting is empty, and no one is told.

## Bad

```dockerfile
FROM alpine:3.22
ARG APP_HOME=/srv
WORKDIR $APP_HOM
```

```dockerfile
FROM alpine:3.22
COPY $source /srv/
```

## Good

```dockerfile
FROM alpine:3.22
ARG APP_HOME=/srv
WORKDIR $APP_HOME
```

## When to ignore

When the base image sets the variable, and the builder does not have that image yet.
";

/// What images of plain distributions set.
const PLAIN_IMAGES: [&str; 14] = [
    "almalinux",
    "alpine",
    "amazonlinux",
    "archlinux",
    "bash",
    "busybox",
    "centos",
    "debian",
    "fedora",
    "oraclelinux",
    "photon",
    "rockylinux",
    "scratch",
    "ubuntu",
];

fn check(input: &Input<'_>, findings: &mut Findings) {
    for stage in &input.model.stages {
        let mut base = None;
        for item in &stage.instructions {
            for_each_text(item, |text| {
                if text.raw.contains('$') {
                    let base = *base.get_or_insert_with(|| Known::of(input, stage.index));
                    check_text(input, item.scope, base, text, findings);
                }
            });
        }
    }
}

/// What is known of the variables that the base image sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// All: the model has them, or there are none.
    All,
    /// It sets PATH alone.
    Plain,
    /// Nothing.
    Nothing,
}

impl Known {
    fn of(input: &Input<'_>, stage: usize) -> Self {
        match input.model.root(stage) {
            Base::Scratch => Self::All,
            Base::Image(name) if input.facts.base_image(name).is_some() => Self::All,
            Base::Image(name) => {
                let reference = ImageReference::parse(name).ok();
                let plain = reference.filter(|reference| {
                    reference.is_official() && PLAIN_IMAGES.contains(&reference.short_name())
                });
                plain.map_or(Self::Nothing, |_| Self::Plain)
            }
            _ => Self::Nothing,
        }
    }
}

/// The texts of an instruction in which the builder replaces variables.
fn for_each_text<'a>(item: &'a StageInstruction, mut visit: impl FnMut(&'a Text)) {
    match &item.kind {
        Kind::Copy(copy) | Kind::Add(copy) => {
            copy.sources
                .iter()
                .filter(|source| source.kind != semantic::SourceKind::Heredoc)
                .for_each(|source| visit(&source.text));
            visit(&copy.destination);
            copy.chown.iter().chain(&copy.chmod).for_each(visit);
        }
        Kind::Env(pairs) | Kind::Label(pairs) => pairs.iter().for_each(|(_, value)| visit(value)),
        Kind::Arg(arguments) => arguments.iter().filter_map(|(_, default)| default.as_ref()).for_each(visit),
        Kind::Workdir(text, _) | Kind::User(text) | Kind::Stopsignal(text) => visit(text),
        Kind::Expose(texts) | Kind::Volume(texts) => texts.iter().for_each(visit),
        _ => {}
    }
}

fn check_text(input: &Input<'_>, scope: Scope, base: Known, text: &Text, findings: &mut Findings) {
    let model = input.model;
    let lookup = |name: &str| match model.lookup(scope, name) {
        Lookup::Unknown if model.scopes.definition(scope, name).is_none() && !may_be_set(base, name) => {
            Lookup::Unset
        }
        other => other,
    };
    let expansion = expand_word(&text.raw, model.document.escape(), lookup);
    for name in expansion.undefined.iter().filter(|name| !is_proxy_argument(name)) {
        let used = expansion.uses.iter().find(|used| used.name == *name);
        let visible = model.scopes.visible(scope);
        let near = nearest(name, visible.keys().copied());
        if base == Known::Nothing && near.is_none() && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            continue;
        }
        let cure = match near {
            Some(near) => format!("Did you mean `{near}`?"),
            None if is_platform_argument(name) || model.scopes.global(name).is_some() => {
                format!("Declare `ARG {name}` in this stage.")
            }
            None => "Define it with ARG or ENV before.".to_owned(),
        };
        let range = used.map_or(text.range, |used| place(text, used.range.start, used.range.end));
        findings.add(range, format!("Nothing defines `{name}` here, so it is empty. {cure}"));
    }
}

/// Whether a base image that is not known may set a variable.
fn may_be_set(base: Known, name: &str) -> bool {
    match base {
        Known::All => false,
        Known::Plain => matches!(name, "PATH" | "HOME" | "LANG" | "LC_ALL"),
        // All but what looks like a slip: decided where the names in scope are known.
        Known::Nothing => name == "PATH" || name == "HOME",
    }
}

/// The place of a part of a text; the whole where continuations shift it.
fn place(text: &Text, start: usize, end: usize) -> TextRange {
    if text.range.len() as usize != text.raw.len() {
        return text.range;
    }
    let at = |offset: usize| text.range.start + u32::try_from(offset).unwrap_or_default();
    TextRange::new(at(start), at(end))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use semantic::ImageFacts;
    use semantic::facts::Facts;

    use crate::Settings;
    use crate::tests::{check, check_only, findings_of, no_findings};

    const CODE: &str = "undefined-variable";

    #[test]
    fn what_nothing_defines_is_pointed_at() {
        check(
            "
ARG VERSION=1
FROM alpine:3.22
ARG APP_HOME=/größe
WORKDIR $APP_HOM
#       ^^^^^^^^ undefined-variable: Nothing defines `APP_HOM` here, so it is empty. Did you mean `APP_HOME`?
COPY ${source} \\
#    ^^^^^^^^^ undefined-variable: Nothing defines `source` here, so it is empty. Define it with ARG or ENV before.
  a/
LABEL version=$VERSION
#             ^^^^^^^^ undefined-variable: Nothing defines `VERSION` here, so it is empty. Declare `ARG VERSION` in this stage.
USER $APP_HOME
",
        );
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM alpine:3\r\nCOPY $foo `\r\n  .\r\n").len(), 1);
    }

    #[test]
    fn an_image_that_nobody_knows_may_set_what_it_likes() {
        no_findings(
            CODE,
            "FROM example/x:1\nENV PATH=$PATH:/x JAVA=$JAVA_HOME/bin\nFROM $BASE\nWORKDIR $APP\n",
        );
        assert_eq!(check_only(CODE, "FROM example/x:1\nARG JAVA_HOM=1\nENV J=$JAVA_HOME\n").len(), 1);
        let image = ImageFacts {
            environment: BTreeMap::from([("A".to_owned(), "1".to_owned())]),
            ..ImageFacts::default()
        };
        let facts =
            Facts { base_images: BTreeMap::from([("example/x:1".to_owned(), image)]), ..Facts::default() };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        assert_eq!(findings_of("FROM example/x:1\nENV B=$A C=$D\n", &facts, &settings).len(), 1);
    }

    #[test]
    fn defined_declared_and_shell_variables_are_fine() {
        no_findings(
            CODE,
            "FROM alpine:3\nARG A\nENV B=1\nENV C=$A$B D=$PATH E=$HTTP_PROXY\nRUN echo $X\nCMD echo $X\nENV F='$X' G=\\$X\nCOPY <<EOF /x\n$X\nEOF\nENV $\nCOPY ${ x\n",
        );
        no_findings(CODE, "FROM alpine:3 AS x\nENV A=1\nFROM x\nWORKDIR /$A\n");
    }
}
