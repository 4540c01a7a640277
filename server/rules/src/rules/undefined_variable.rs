//! A variable that nothing defines.

use std::borrow::Cow;

use rewrites::{Fix, Input};
use semantic::expand::{Expansion, expand_body, expand_word};
use semantic::scope::{is_platform_argument, is_proxy_argument};
use semantic::{Kind, Lookup, SourceKind, StageInstruction, Text};
use syntax::{Instruction, TextRange};

use crate::analysis::environment::Known;
use crate::analysis::fixes::{replace, to_check};
use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "undefined-variable",
    aliases: &["UndefinedVar", "DL3044"],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A variable is used that nothing defines",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

An instruction uses a variable that no ARG or ENV of the stage defines before it, and that the base image does not set.
The text of RUN, CMD and ENTRYPOINT is a shell's business and is not looked at. The body of a COPY's heredoc is the builder's, unless its marker is quoted.
Proxy arguments such as `HTTP_PROXY` reach RUN without an ARG, and nothing else.

What a base image sets is known where the builder has it, and for the images of plain distributions. For others only names that are
lower case, that resemble a defined one, or that the same ENV sets are reported.

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

```dockerfile
FROM alpine:3.22
COPY <<EOF /usr/local/bin/greet
echo "hello $1"
EOF
```

## Good

```dockerfile
FROM alpine:3.22
ARG APP_HOME=/srv
WORKDIR $APP_HOME
```

```dockerfile
FROM alpine:3.22
COPY <<"EOF" /etc/profile.d/paths.sh
export PATH=$HOME/bin:$PATH
EOF
```

## When to ignore

When the base image sets the variable, and the builder does not have that image yet.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, .. } = *input;
    let mut base = None;
    for item in &stage.instructions {
        for_each_text(item, |written| {
            if written.text.contains('$') {
                let base = *base.get_or_insert_with(|| Known::of(file, stage.index));
                check_text(file, item, base, &written, findings);
            }
        });
    }
}

/// A text that the builder expands.
struct Written<'a> {
    text: &'a str,
    range: TextRange,
    is_heredoc: bool,
}

impl Written<'_> {
    fn expand<'a>(&self, escape: char, lookup: impl Fn(&str) -> Lookup<'a>) -> Expansion {
        if self.is_heredoc { expand_body(self.text, lookup) } else { expand_word(self.text, escape, lookup) }
    }

    fn place(&self, start: usize, end: usize) -> TextRange {
        if self.range.len() as usize != self.text.len() {
            return self.range;
        }
        let at = |offset: usize| self.range.start + u32::try_from(offset).unwrap_or_default();
        TextRange::new(at(start), at(end))
    }
}

/// The texts of an instruction in which the builder replaces variables.
fn for_each_text<'a>(item: &'a StageInstruction, mut visit: impl FnMut(Written<'a>)) {
    let mut visit_text = |text: &'a Text| {
        visit(Written { text: &text.raw, range: text.range, is_heredoc: false });
    };
    match &item.kind {
        Kind::Copy(copy) | Kind::Add(copy) => {
            copy.sources
                .iter()
                .filter(|source| source.kind != SourceKind::Heredoc)
                .for_each(|source| visit_text(&source.text));
            visit_text(&copy.destination);
            flags(&item.instruction, |name| name != "from", &mut visit);
            heredocs(&item.instruction, &mut visit);
        }
        Kind::Run(_) => flags(&item.instruction, |name| name == "mount", &mut visit),
        Kind::Env(pairs) | Kind::Label(pairs) => pairs.iter().for_each(|(_, value)| visit_text(value)),
        Kind::Arg(arguments) => {
            arguments.iter().filter_map(|(_, default)| default.as_ref()).for_each(visit_text);
        }
        Kind::Workdir(text, _) | Kind::User(text) | Kind::Stopsignal(text) => visit_text(text),
        Kind::Expose(texts) | Kind::Volume(texts) => texts.iter().for_each(visit_text),
        _ => {}
    }
}

fn flags<'a>(
    instruction: &'a Instruction,
    is_wanted: impl Fn(&str) -> bool,
    visit: &mut impl FnMut(Written<'a>),
) {
    for flag in instruction.node.flags.iter().filter(|flag| is_wanted(&flag.name)) {
        if let Some(value) = &flag.value {
            visit(Written { text: &value.text, range: instruction.place(value.range), is_heredoc: false });
        }
    }
}

fn heredocs<'a>(instruction: &'a Instruction, visit: &mut impl FnMut(Written<'a>)) {
    for heredoc in instruction.node.heredocs.iter().filter(|heredoc| heredoc.expand) {
        let text = heredoc.body.of(&instruction.node.source);
        visit(Written { text, range: instruction.place(heredoc.body), is_heredoc: true });
    }
}

fn check_text(
    input: &Input<'_>,
    item: &StageInstruction,
    base: Known,
    written: &Written<'_>,
    findings: &mut Findings,
) {
    let (model, scope) = (input.model, item.scope);
    let lookup = |name: &str| match model.lookup(scope, name) {
        Lookup::Unknown if model.scopes.definition(scope, name).is_none() && !may_be_set(base, name) => {
            Lookup::Unset
        }
        other => other,
    };
    let expansion = written.expand(model.document.escape(), lookup);
    for name in &expansion.undefined {
        let used = expansion.uses.iter().find(|used| used.name == *name);
        let visible = model.scopes.visible(scope);
        let near = nearest(name, visible.keys().copied());
        let may_be_the_images =
            name.bytes().any(|byte| byte.is_ascii_uppercase()) && !is_proxy_argument(name);
        let is_slip = near.is_some() || is_set_beside(item, name);
        if base == Known::Nothing && !is_slip && may_be_the_images {
            continue;
        }
        let is_arguments = is_platform_argument(name) || is_proxy_argument(name);
        let cure = match near {
            _ if is_set_beside(item, name) => {
                "The same ENV sets it, and counts only from the next instruction on: give it an ENV of its own before.".to_owned()
            }
            _ if written.is_heredoc => "Quote the heredoc's marker to keep the text as it is.".to_owned(),
            Some(near) => format!("Did you mean `{near}`?"),
            None if is_arguments || model.scopes.global(name).is_some() => {
                format!("Declare `ARG {name}` in this stage.")
            }
            None => "Define it with ARG or ENV before.".to_owned(),
        };
        let range = used.map_or(written.range, |used| written.place(used.range.start, used.range.end));
        let finding = findings.add(range, format!("Nothing defines `{name}` here, so it is empty. {cure}"));
        if !is_set_beside(item, name) {
            finding.aliases = vec!["UndefinedVar"].into();
        }
        // BuildKit's check does not look at EXPOSE.
        if matches!(item.kind, Kind::Expose(_)) {
            finding.aliases = Cow::default();
        }
        if written.is_heredoc {
            finding.fixes.extend(quote_marker(&item.instruction, written.range));
        }
    }
}

/// Whether a pair of the ENV itself sets the variable.
fn is_set_beside(item: &StageInstruction, name: &str) -> bool {
    matches!(&item.kind, Kind::Env(pairs) if pairs.len() > 1 && pairs.iter().any(|(set, _)| set.raw == name))
}

/// Quotes the marker of the heredoc with this body.
fn quote_marker(instruction: &Instruction, body: TextRange) -> Option<Fix> {
    let mut heredocs = instruction.node.heredocs.iter();
    let heredoc = heredocs.find(|heredoc| instruction.place(heredoc.body) == body)?;
    let marker = instruction.place(heredoc.marker);
    let name = u32::try_from(heredoc.name.len()).ok()?;
    let name = TextRange::new(marker.end.checked_sub(name)?, marker.end);
    let quoted = vec![replace(name, format!("\"{}\"", heredoc.name))];
    Some(to_check("Quote the marker", "that nothing in the text is for the builder to fill in", quoted))
}

fn may_be_set(base: Known, name: &str) -> bool {
    match base {
        Known::All => false,
        Known::Plain => matches!(name, "PATH" | "HOME" | "LANG" | "LC_ALL"),
        // All but what looks like a slip: decided where the names in scope are known.
        Known::Nothing => name == "PATH" || name == "HOME",
    }
}

/// The place of a part of a text; the whole where continuations shift it.
#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::expect;
    use semantic::ImageFacts;
    use semantic::facts::Facts;

    use crate::Settings;
    use crate::tests::{check, check_fix, check_only, findings_of, no_findings, pointed_at};

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
            "FROM alpine:3\nARG A\nENV B=1\nENV C=$A$B D=$PATH\nRUN echo $X\nCMD echo $X\nENV F='$X' G=\\$X\nCOPY <<'EOF' /x\n$X\nEOF\nENV $\nCOPY ${ x\n",
        );
        no_findings(CODE, "FROM alpine:3 AS x\nENV A=1\nFROM x\nWORKDIR /$A\n");
    }
    #[test]
    fn what_the_builder_fills_in_is_checked_too() {
        let text = "# escape=`\r\nFROM alpine:3\r\nARG A\r\nCOPY --chown=$b <<EOF `\r\n /x\r\n'$größe' ${c:-x} $1 \\$d $A\r\nEOF\r\nRUN --mount=type=cache,target=/$e $f\r\nENV G=$HTTP_PROXY H=$no_proxy\r\n";
        assert_eq!(
            pointed_at(CODE, text),
            ["$b", "$größe", "${c:-x}", "$1", "$e", "$HTTP_PROXY", "$no_proxy"]
        );
        assert!(check_only(CODE, "FROM alpine:3\nEXPOSE $P\n")[0].aliases.is_empty());
        no_findings(CODE, "FROM alpine:3\nRUN <<EOF\n$x\nEOF\nCOPY --from=$x a b\n");
        no_findings(CODE, "FROM example/x:1\nCOPY <<EOF /x\n$JAVA_HOME\nEOF\nCOPY <<EOF\n");
    }

    #[test]
    fn a_heredocs_marker_is_quoted() {
        check_fix(
            "
FROM alpine:3
COPY <<-EOF /x
	größe $1
EOF
",
            expect![[r#"
                Quote the marker (unsafe: that nothing in the text is for the builder to fill in)
                FROM alpine:3
                COPY <<-"EOF" /x
                	größe $1
                EOF
            "#]],
        );
    }
}
