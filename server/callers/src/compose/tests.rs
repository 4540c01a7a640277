//! Compose projects in, callers out.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};

use super::*;

/// Files in memory, below `/p`, and variables.
pub(crate) struct Files {
    files: BTreeMap<String, String>,
    variables: BTreeMap<String, String>,
}

impl Files {
    /// Each file behind a line `# file: NAME`; each variable on a line `# variable: NAME=VALUE`.
    pub(crate) fn new(fixture: &str) -> Self {
        let mut files = Self { files: BTreeMap::new(), variables: BTreeMap::new() };
        let mut name = String::new();
        for line in fixture.split_inclusive('\n') {
            if let Some(next) = line.strip_prefix("# file: ") {
                next.trim().clone_into(&mut name);
                files.files.insert(format!("/p/{name}"), String::new());
            } else if let Some((name, value)) =
                line.strip_prefix("# variable: ").and_then(|pair| pair.trim().split_once('='))
            {
                files.variables.insert(name.to_owned(), value.to_owned());
            } else if let Some(text) = files.files.get_mut(&format!("/p/{name}")) {
                text.push_str(line);
            }
        }
        files
    }
}

impl Outside for Files {
    fn read(&self, path: &str) -> Result<String, String> {
        if !path.starts_with("/p/") {
            return Err("it lies outside of the workspace folder".to_owned());
        }
        self.files.get(path).cloned().ok_or_else(|| "there is no such file".to_owned())
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}

pub(crate) fn shown(path: &str) -> String {
    path.strip_prefix("/p/").unwrap_or(path).to_owned()
}

/// Callers and problems as text.
pub(crate) fn show(read: &Read) -> String {
    let mut text = String::new();
    let value = |setting: &Setting| match setting {
        Setting::Known(value) => value.clone(),
        Setting::Unknown(reason) => format!("? ({reason})"),
    };
    for caller in &read.callers {
        let Caller { shown_file, line, name, build, .. } = caller;
        text += &format!("{shown_file}:{} {name}\n", line + 1);
        let single = [
            ("context", &build.context),
            ("dockerfile", &build.dockerfile),
            ("inline", &build.inline),
            ("target", &build.target),
        ];
        for (name, setting) in single {
            if let Some(setting) = setting {
                text += &format!("  {name}: {}\n", value(setting).trim_end());
            }
        }
        for (kind, pairs) in [("arg", &build.args), ("context", &build.contexts), ("secret", &build.secrets)]
        {
            for (name, setting) in pairs {
                text += &format!("  {kind} {name}: {}\n", value(setting));
            }
        }
        for (kind, list) in [("ssh", &build.ssh), ("platform", &build.platforms)] {
            for setting in list {
                text += &format!("  {kind}: {}\n", value(setting));
            }
        }
        if let Some(reason) = &build.incomplete {
            text += &format!("  incomplete: {reason}\n");
        }
    }
    for problem in &read.problems {
        text += &format!("! {problem}\n");
    }
    text
}

fn check(fixture: &str, expected: &Expect) {
    let files = Files::new(fixture);
    let known = |name: &&&str| files.files.contains_key(&format!("/p/{name}"));
    let base = FILES.iter().find(known);
    let above = OVERRIDES.iter().find(known);
    let paths: Vec<_> = base.into_iter().chain(above).map(|name| format!("/p/{name}")).collect();
    expected.assert_eq(&show(&read(&paths, &files, &shown)));
}

#[test]
fn a_build_has_a_short_and_a_long_form() {
    check(
        "# file: compose.yaml
services:
  db: {image: postgres}
  web:
    build: ./web
  worker:
    build:
      context: .
      dockerfile: docker/worker.Dockerfile
      target: run
      args:
        TAG: 3.10
        OTHER: \"3.10\"
        FROM_ENVIRONMENT:
        NOT_SET:
      secrets: [npm, {source: token, target: t}, gone]
      ssh: [default]
      platforms: [linux/amd64]
      additional_contexts:
        - lib=../lib
        - base=service:web
secrets:
  npm: {file: ./npmrc}
  token: {environment: TOKEN}
# variable: FROM_ENVIRONMENT=e
",
        &expect![[r#"
            compose.yaml:3 web
              context: /p/web
              dockerfile: /p/web/Dockerfile
            compose.yaml:5 worker
              context: /p
              dockerfile: /p/docker/worker.Dockerfile
              target: run
              arg FROM_ENVIRONMENT: e
              arg OTHER: 3.10
              arg TAG: 3.1
              context base: service:web
              context lib: /lib
              secret gone: ? (the secret gone is not defined)
              secret npm: id=npm,src=/p/npmrc
              secret t: id=t,env=TOKEN
              ssh: default
              platform: linux/amd64
        "#]],
    );
}

#[test]
fn overrides_extends_includes_and_variables_come_together() {
    check(
        "# file: compose.yaml
include: [sub/compose.yaml]
x-args: &args {A: '1', B: '${B:-b}'}
services:
  web:
    extends: {file: base/base.yaml, service: common}
    build:
      args: {<<: *args, C: $C}
  gone: {build: .}
# file: compose.override.yml
services:
  web: {build: {target: dev, args: [A=2]}}
  gone: {build: !reset null}
# file: base/base.yaml
services:
  common: {extends: lower, build: {dockerfile: D}}
  lower: {build: {context: ctx, args: {L: l}}}
# file: sub/compose.yaml
services:
  included: {build: {args: {S: $S}}}
# file: sub/.env
S=sub
C=not seen above
# file: .env
C=c
",
        &expect![[r#"
            compose.yaml:4 web
              context: /p/base/ctx
              dockerfile: /p/base/ctx/D
              target: dev
              arg A: 2
              arg B: b
              arg C: c
              arg L: l
            sub/compose.yaml:2 included
              context: /p/sub
              dockerfile: /p/sub/Dockerfile
              arg S: sub
        "#]],
    );
}

#[test]
fn what_cannot_be_told_is_said() {
    check(
        "# file: compose.yaml
services:
  out:
    extends: {file: ../../elsewhere.yaml, service: x}
    build: {context: .}
  a: {extends: b, build: {target: t}}
  b: {extends: a}
  demand: {build: {context: ., args: {A: '${A:?}'}}}
  none: {extends: nobody, build: {context: '${X}'}}
",
        &expect![[r#"
            compose.yaml:2 out
              context: /p
              dockerfile: ? (/elsewhere.yaml: it lies outside of the workspace folder)
              incomplete: /elsewhere.yaml: it lies outside of the workspace folder
            compose.yaml:5 a
              context: ? (the service a of compose.yaml extends itself)
              dockerfile: ? (the service a of compose.yaml extends itself)
              target: t
              incomplete: the service a of compose.yaml extends itself
            compose.yaml:6 b
              context: ? (the service b of compose.yaml extends itself)
              dockerfile: ? (the service b of compose.yaml extends itself)
              target: t
              incomplete: the service b of compose.yaml extends itself
            compose.yaml:7 demand
              context: /p
              dockerfile: /p/Dockerfile
              arg A: ? (the variable A must be set)
            compose.yaml:8 none
              context: /p
              dockerfile: ? (compose.yaml has no service nobody to extend)
              incomplete: compose.yaml has no service nobody to extend
            ! /elsewhere.yaml: it lies outside of the workspace folder
            ! /elsewhere.yaml: it lies outside of the workspace folder
            ! the service a of compose.yaml extends itself
            ! the service b of compose.yaml extends itself
            ! compose.yaml has no service nobody to extend
        "#]],
    );
    check(
        "# file: compose.yaml\nservices: {web: {build: [\n",
        &expect![[r#"
        ! compose.yaml: line 2: while parsing a node, did not find expected node content
    "#]],
    );
    check(
        "# file: compose.yaml\ninclude: [compose.yaml]\nservices: {é: {build: .}}\r\n",
        &expect![[r#"
        compose.yaml:2 é
          context: /p
          dockerfile: /p/Dockerfile
        ! compose.yaml includes itself
    "#]],
    );
}
