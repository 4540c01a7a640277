//! A virtual environment of Python that a stage copies to another path, and whose scripts the image starts.

use rewrites::{Fix, Input};
use semantic::path::Place;
use semantic::{Kind, Stage, StageInstruction};
use syntax::shell::Command;

use crate::analysis::call::Call;
use crate::analysis::fixes::{replace, to_check};
use crate::analysis::image_path::{for_each_command, resolve};
use crate::analysis::stage_copy;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "virtual-environment-moved",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A virtual environment is copied to another path, where its scripts do not start",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A stage makes a virtual environment of Python, another copies it to another path, and its CMD or ENTRYPOINT starts a script of it, other than `python`.

## Why

The scripts in `bin` begin with the whole path of the interpreter that they were installed for. Under another path that is not there, and the
container ends with `no such file or directory`, of a script that is there.

## Bad

```dockerfile
FROM python:3.13-slim AS build
RUN python -m venv /build/venv && /build/venv/bin/pip install --no-cache-dir gunicorn==23.0.0

FROM python:3.13-slim
COPY --from=build /build/venv /opt/venv
CMD ["/opt/venv/bin/gunicorn", "app:app"]
```

## Good

```dockerfile
FROM python:3.13-slim AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir gunicorn==23.0.0

FROM python:3.13-slim
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/gunicorn", "app:app"]
```

## When to ignore

When something makes the scripts anew for their path.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    for copied in stage_copy::of_file(input) {
        let Place::Known(place) = &copied.copy.place else { continue };
        for (source, path) in copied.sources() {
            if path == *place || !makes_environment(input, copied.from, &path) {
                continue;
            }
            let Some(script) = started(copied.stage, place) else { continue };
            let message = format!(
                "The scripts of a virtual environment start `{path}/bin/python`, which is not there once it is copied to `{place}`: `{script}` does not start. Make it at the path where it is used."
            );
            let finding = findings.add(source.text.range, message);
            finding.fixes.extend(kept_in_place(input, copied.stage, copied.copy, &path, place));
        }
    }
}

/// Whether a stage, or one below it, makes a virtual environment at this path that cannot be moved.
fn makes_environment(input: &Input<'_>, stage: &Stage, path: &str) -> bool {
    let mut found = false;
    for item in input.model.lineage(stage.index).into_iter().flat_map(|stage| &stage.instructions) {
        for_each_command(item, |command, cwd| {
            found |= environment_of(input, item, command, cwd).as_deref() == Some(path);
        });
    }
    found
}

fn environment_of(
    input: &Input<'_>,
    item: &StageInstruction,
    command: &Command,
    cwd: &Place,
) -> Option<String> {
    let call = Call::of(command)?;
    let mut operands: Vec<_> = call.operands().collect();
    let is_maker = match call.program {
        "venv" | "virtualenv" => true,
        "uv" => {
            let is_maker = call.subcommand_text() == "venv" && !call.has(&["--relocatable"]);
            is_maker && !operands.is_empty() && !operands.remove(0).text.is_empty()
        }
        _ => false,
    };
    let word = operands.last().filter(|_| is_maker)?;
    resolve(input, item, cwd, word)?.place.known().map(str::to_owned)
}

/// The script below a folder that the image starts: by its path, or by its name where the folder is in PATH.
fn started(stage: &Stage, folder: &str) -> Option<String> {
    let items = || stage.instructions.iter().rev();
    let bin = format!("{folder}/bin");
    let is_in_path = items().any(|item| match &item.kind {
        Kind::Env(pairs) => pairs.iter().any(|(name, value)| {
            let value = value.value.as_deref().unwrap_or(&value.raw);
            name.raw == "PATH" && value.split(':').any(|part| part.trim_matches('"') == bin)
        }),
        _ => false,
    });
    // The ENTRYPOINT decides; without one, the CMD.
    let entry = items()
        .find(|item| matches!(item.kind, Kind::Entrypoint))
        .or_else(|| items().find(|item| matches!(item.kind, Kind::Cmd)))?;
    let script = entry.instruction.shell()?;
    let command = script.statements.first()?.commands.first()?;
    let written = Call::of(command).map(|call| call.program).unwrap_or_default();
    let word = command.words.first()?.value.as_deref()?;
    let is_python = written.starts_with("python") || word.rsplit('/').next()?.starts_with("python");
    let name = word.strip_prefix(&format!("{bin}/")).map(|_| word.to_owned());
    let name = name.or_else(|| (is_in_path && is_tool(word)).then(|| word.to_owned()));
    name.filter(|_| !is_python)
}

/// Whether a bare name is that of a program which comes as a package of Python.
fn is_tool(word: &str) -> bool {
    matches!(
        word,
        "gunicorn"
            | "uvicorn"
            | "celery"
            | "flask"
            | "django-admin"
            | "hypercorn"
            | "daphne"
            | "streamlit"
            | "fastapi"
            | "granian"
            | "waitress-serve"
            | "uwsgi"
            | "airflow"
            | "dagster"
            | "jupyter"
            | "pytest"
            | "alembic"
    )
}

/// Copies it to where it was made; where the rest of the stage names the new path, that goes along.
fn kept_in_place(
    input: &Input<'_>,
    stage: &Stage,
    copy: &semantic::Copy,
    path: &str,
    place: &str,
) -> Option<Fix> {
    if copy.sources.len() != 1 {
        return None;
    }
    let mut edits = vec![replace(copy.destination.range, path)];
    let text = input.model.document.slice(stage.range);
    let is_start = |at: usize| {
        text[..at].chars().next_back().is_some_and(|letter| matches!(letter, '"' | '=' | ':' | ' '))
    };
    for (at, found) in text.match_indices(place).filter(|(at, _)| is_start(*at)) {
        if !text[at + found.len()..].starts_with(['/', ':', '"', '\n', ' ']) {
            continue;
        }
        let start = stage.range.start + u32::try_from(at).ok()?;
        let range = syntax::TextRange::new(start, start + u32::try_from(found.len()).ok()?);
        if !range.intersects(copy.destination.range) {
            edits.push(replace(range, path));
        }
    }
    edits.sort_by_key(|edit| edit.range);
    Some(to_check(format!("Copy it to `{path}`"), format!("that nothing else looks for {place}"), edits))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "virtual-environment-moved";

    #[test]
    fn the_copy_is_pointed_at() {
        check(
            "
FROM example/größe:1 AS build
WORKDIR /build
RUN virtualenv -p python3 venv
FROM example/größe:1
COPY --from=build \\
  /build/venv /größe
# ^^^^^^^^^^^ virtual-environment-moved: The scripts of a virtual environment start `/build/venv/bin/python`, which is not there once it is copied to `/größe`: `gunicorn` does not start. Make it at the path where it is used.
ENV PATH=/größe/bin:$PATH
ENTRYPOINT [\"gunicorn\"]
",
        );
    }

    #[test]
    fn it_is_copied_to_where_it_was() {
        check_fix_of(
            CODE,
            "
FROM a:1 AS b
RUN uv venv /b/venv
FROM a:1
COPY --from=b /b/venv /venv
ENV PATH=\"/venv/bin:$PATH\"
CMD [\"/venv/bin/gunicorn\"]
",
            expect![[r#"
                Copy it to `/b/venv` (unsafe: that nothing else looks for /venv)
                FROM a:1 AS b
                RUN uv venv /b/venv
                FROM a:1
                COPY --from=b /b/venv /b/venv
                ENV PATH="/b/venv/bin:$PATH"
                CMD ["/b/venv/bin/gunicorn"]
            "#]],
        );
    }

    #[test]
    fn one_that_stays_and_one_that_python_starts_are_fine() {
        for (make, copy, cmd) in [
            ("python -m venv /v", "/v /v", "[\"/v/bin/gunicorn\"]"),
            ("python -m venv /v", "/v /w", "[\"/w/bin/python\", \"-m\", \"gunicorn\"]"),
            ("python -m venv /v", "/v /w", "[\"gunicorn\"]"),
            ("python -m venv /v", "/v /w", "[\"/x/bin/gunicorn\"]"),
            ("uv venv --relocatable /v", "/v /w", "[\"/w/bin/gunicorn\"]"),
            ("make /v", "/v /w", "[\"/w/bin/gunicorn\"]"),
            ("python -m venv /u", "/v /w", "[\"/w/bin/gunicorn\"]"),
            ("python -m venv /v", "/v $W", "[\"/w/bin/gunicorn\"]"),
        ] {
            no_findings(
                CODE,
                &format!("FROM a:1 AS b\nRUN {make}\nFROM a:1\nCOPY --from=b {copy}\nCMD {cmd}\n"),
            );
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a AS b\r\nRUN <<E\r\npython3 -m venv /é\r\nE\r\nFROM a\r\nCOPY --from=b /é \\\r\n  /w\r\nCMD /w/bin/x\r\nCOPY --from=b\r\n",
            "# escape=`\nFROM a AS b\nRUN python3 `\n -m venv /é\nFROM a\nCOPY --from=b /é /w\nCMD /w/bin/x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["/é"], "{text}");
        }
        no_findings(CODE, "FROM a AS b\nRUN python3 -m venv\nFROM a\nCOPY --from=b /é /w\nCMD\n");
    }
}
