//! Packages of one version of a language in an image with another, or a path that names another version than the image has.

use rewrites::{Fix, Input};
use semantic::{CopySource, Text};
use syntax::TextRange;

use crate::analysis::fixes::{replace, to_check};
use crate::analysis::official_image::{Language, Runtime, runtime};
use crate::analysis::stage_copy::{self, StageCopy};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "language-version-differs",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "Packages for one version of a language are copied from or into an image with another",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A COPY from another stage names a folder of packages (`…/python3.11/site-packages`, `/usr/local/bundle`), and the official image of one of the two
stages has another minor version of Python or Ruby than the path says, or than the other stage has.

## Why

Python and Ruby look for packages in a folder that is named for their own version: what lies in another one is not found, and compiled parts do not
load. It happens when the tag in FROM is raised and the path further down is not. With the version in the source the build fails; in the destination it
succeeds, and the program does not find its packages.

## Bad

```dockerfile
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir --target=/deps numpy==2.2.0

FROM python:3.11-slim
COPY --from=build /deps /usr/local/lib/python3.13/site-packages
```

```dockerfile
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir flask==3.1.0

FROM python:3.13-slim
COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
```

## Good

```dockerfile
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir --target=/deps numpy==2.2.0

FROM python:3.13-slim
COPY --from=build /deps /usr/local/lib/python3.13/site-packages
```

## When to ignore

When the stage installs another version of the language beside that of its image.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    for copied in stage_copy::of_file(input) {
        let from = runtime(input.model.root(copied.from.index));
        let into = runtime(input.model.root(copied.stage.index));
        if from.is_none() && into.is_none() {
            continue;
        }
        let mut told = false;
        for source in &copied.copy.sources {
            told |=
                other_than_image(source_text(source), from, "stage", &copied.from.display_name(), findings);
        }
        told |= other_than_image(&copied.copy.destination, into, "image", "", findings);
        if !told {
            check_stages(copied, from, into, findings);
        }
    }
}

const fn source_text(source: &CopySource) -> &Text {
    &source.text
}

/// Whether a path names another version than the image has that it lies in.
fn other_than_image(
    text: &Text,
    runtime: Option<Runtime>,
    what: &str,
    name: &str,
    findings: &mut Findings,
) -> bool {
    let Some(Runtime { language: Language::Python, version }) = runtime else { return false };
    let Some((start, end, named)) = python_version(&text.raw) else { return false };
    if named == version {
        return false;
    }
    let (major, minor) = version;
    let where_to = if name.is_empty() { "this image".to_owned() } else { format!("{what} {name}") };
    let range = part(text, start, end);
    let message = format!(
        "{where_to} has Python {major}.{minor}, which looks for packages in `python{major}.{minor}`: what lies here is not found there."
    );
    let mut letters = message.chars();
    let message: String =
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
    findings.add(range, message).fixes.extend(renamed(range, start, end, version));
    true
}

fn renamed(range: TextRange, start: usize, end: usize, (major, minor): (u32, u32)) -> Option<Fix> {
    if range.len() as usize != end - start {
        return None;
    }
    let name = format!("python{major}.{minor}");
    let check = format!("that the packages are those of Python {major}.{minor}");
    Some(to_check(format!("Change to `{name}`"), check, vec![replace(range, name)]))
}

/// The place of a part of a text; the whole where continuations or quotes shift it.
fn part(text: &Text, start: usize, end: usize) -> TextRange {
    if text.range.len() as usize != text.raw.len() {
        return text.range;
    }
    let at = |offset: usize| text.range.start + u32::try_from(offset).unwrap_or_default();
    TextRange::new(at(start), at(end))
}

/// Where `python3.11` stands in a path of packages, and the version that it names.
fn python_version(path: &str) -> Option<(usize, usize, (u32, u32))> {
    if !path.contains("-packages") && !path.contains("/lib/python") {
        return None;
    }
    let start = path.find("/python")? + 1;
    let rest = &path[start + "python".len()..];
    let len = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
    let (major, minor) = rest[..len].split_once('.')?;
    Some((start, start + "python".len() + len, (major.parse().ok()?, minor.parse().ok()?)))
}

/// Packages that go from one version to another, under a path that names none.
fn check_stages(
    copied: StageCopy<'_>,
    from: Option<Runtime>,
    into: Option<Runtime>,
    findings: &mut Findings,
) {
    let (Some(from), Some(into)) = (from, into) else { return };
    if from.language != into.language || from.version == into.version {
        return;
    }
    for (source, path) in copied.sources() {
        let holds_packages = match from.language {
            Language::Python => path.contains("-packages") || path.contains("/lib/python"),
            Language::Ruby => {
                path == "/usr/local/bundle" || path.contains("/vendor/bundle") || path.contains("/gems")
            }
        };
        if !holds_packages {
            continue;
        }
        let language = match from.language {
            Language::Python => "Python",
            Language::Ruby => "Ruby",
        };
        let ((major, minor), (own_major, own_minor)) = (from.version, into.version);
        let message = format!(
            "These packages are for {language} {major}.{minor}, and this image has {own_major}.{own_minor}: it does not find them, and compiled parts do not load. Give both stages the same version."
        );
        findings.add(source.text.range, message);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "language-version-differs";

    #[test]
    fn paths_and_stages_are_compared() {
        check(
            "
FROM python:3.13-slim AS build
FROM python:3.12-slim AS app
COPY --from=build \\
  /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.11/site-packages
#                ^^^^^^^^^^ language-version-differs: Stage build has Python 3.13, which looks for packages in `python3.13`: what lies here is not found there.
#                                                        ^^^^^^^^^^ language-version-differs: This image has Python 3.12, which looks for packages in `python3.12`: what lies here is not found there.
FROM ruby:3.3 AS gems
FROM ruby:3.4-slim
COPY --from=gems /usr/local/bundle /usr/local/bundle
#                ^^^^^^^^^^^^^^^^^ language-version-differs: These packages are for Ruby 3.3, and this image has 3.4: it does not find them, and compiled parts do not load. Give both stages the same version.
",
        );
    }

    #[test]
    fn the_path_follows_the_image() {
        check_fix_of(
            CODE,
            "
FROM python:3.13 AS b
FROM python:3.13-slim
COPY --from=b /deps /usr/local/lib/python3.12/site-packages
",
            expect![[r"
                Change to `python3.13` (unsafe: that the packages are those of Python 3.13)
                FROM python:3.13 AS b
                FROM python:3.13-slim
                COPY --from=b /deps /usr/local/lib/python3.13/site-packages
            "]],
        );
    }

    #[test]
    fn the_same_version_other_folders_and_unknown_images_are_fine() {
        for (from, into, copy) in [
            (
                "python:3.13",
                "python:3.13-slim",
                "/usr/local/lib/python3.13/site-packages /usr/local/lib/python3.13/site-packages",
            ),
            ("python:3.13", "python:3.11", "/wheels /wheels"),
            ("python:3", "python:3.11", "/usr/local/lib/python3.13/site-packages /x"),
            ("acme/python:3.13", "acme/python:3.11", "/usr/local/lib/python3.12/site-packages /x"),
            (
                "python:3.13",
                "gcr.io/distroless/python3",
                "/usr/local/lib/python3.13/site-packages /usr/lib/python3.11/x",
            ),
            ("python:$V", "python:3.11", "/usr/local/lib/python3.13/site-packages /x"),
            ("node:20", "node:22", "/a/node_modules /a/node_modules"),
        ] {
            no_findings(CODE, &format!("FROM {from} AS b\nFROM {into}\nCOPY --from=b {copy}\n"));
        }
        no_findings(CODE, "FROM python:3.13\nCOPY /usr/local/lib/python3.12/site-packages /x\n");
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM python:3.13 AS b\r\nRUN <<E\r\né\r\nE\r\nFROM a\r\nCOPY --from=b /lib/python3.12/x \\\r\n  /x\r\nCOPY --from=b\r\n",
            "# escape=`\nFROM python:3.13 AS b\nFROM a\nCOPY --from=b `\n /lib/python3.12/x /x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["python3.12"], "{text}");
        }
        no_findings(
            CODE,
            "FROM python:3.13 AS b\nFROM a\nCOPY --from=b /lib/python /x\nCOPY --from=b /lib/python3. /x\n",
        );
    }
}
