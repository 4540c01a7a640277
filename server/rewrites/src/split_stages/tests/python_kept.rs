//! What a Python program must not lose by a split.

use expect_test::{Expect, expect};

use crate::fixture::{facts, render};
use crate::split_stages::RECIPE;

const PYTHON: &[(&str, &str)] = &[("requirements.txt", "flask\n"), ("app.py", "")];

#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, files: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(files)));
}

#[test]
fn a_copy_keeps_its_directory() {
    check(
        "FROM python:3.12\nWORKDIR /src\nCOPY . .\nWORKDIR /app\nRUN pip install flask\nCMD [\"python\", \"/src/app.py\"]\n",
        PYTHON,
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM python:3.12 AS build
            WORKDIR /src
            COPY . .
            WORKDIR /app
            RUN pip install flask

            FROM python:3.12-slim
            WORKDIR /app
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            WORKDIR /src
            COPY . .
            WORKDIR /app
            CMD ["python", "/src/app.py"]
        "#]],
    );
}

#[test]
fn a_step_keeps_the_directory_that_it_changes_to() {
    check(
        "FROM python:3.12\nRUN groupadd x && useradd x && cd /opt && mkdir a && chown x a\nWORKDIR /app\nRUN pip install flask\nCOPY . .\nUSER x\nCMD [\"python\", \"app.py\"]\n",
        PYTHON,
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM python:3.12 AS build
            RUN groupadd x && useradd x && cd /opt && mkdir a && chown x a
            WORKDIR /app
            RUN pip install flask

            FROM python:3.12-slim
            RUN groupadd x && useradd x && cd /opt && mkdir a && chown x a
            WORKDIR /app
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY . .
            USER x
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn a_build_package_that_is_called_stays_installed() {
    check(
        "FROM python:3.12\nRUN apt-get update && apt-get install -y git\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
        &[("requirements.txt", "gitpython\n"), ("app.py", "")],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM python:3.12 AS build
            RUN apt-get update && apt-get install -y git
            WORKDIR /app
            COPY requirements.txt .
            RUN pip install -r requirements.txt

            FROM python:3.12-slim
            RUN apt-get update && apt-get install -y git
            WORKDIR /app
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY . .
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn uv_pip_sync_installs() {
    check(
        "FROM python:3.12\nWORKDIR /app\nRUN pip install uv\nCOPY requirements.txt .\nRUN uv pip sync --system requirements.txt\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
        PYTHON,
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            RUN pip install uv
            COPY requirements.txt .
            RUN uv pip sync --system requirements.txt

            FROM python:3.12-slim
            WORKDIR /app
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY . .
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn tools_alone_are_no_packages() {
    check(
        "FROM python:3.12\nWORKDIR /app\nRUN pip install uv\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
        PYTHON,
        expect![[r#"
            refused: no step installs packages: there is nothing to leave behind
        "#]],
    );
}

#[test]
fn psycopg_loads_a_library() {
    check(
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
        &[("requirements.txt", "psycopg\n"), ("app.py", "")],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            COPY requirements.txt .
            RUN pip install -r requirements.txt

            FROM python:3.12-slim
            WORKDIR /app
            RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY . .
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn what_wheels_and_sources_ask_for() {
    check(
        "FROM python:3.12\nWORKDIR /app\nCOPY uv.lock .\nRUN pip install uv\nRUN uv sync\nCOPY . .\nCMD [\"/app/.venv/bin/python\", \"app.py\"]\n",
        &[
            (
                "uv.lock",
                "[[package]]\nname = \"weasyprint\"\nwheels = [{ url = \"https://e.com/weasyprint-1-py3-none-any.whl\" }]\n",
            ),
            ("app.py", "import subprocess\n"),
            ("tests/test_app.py", "import tkinter\n"),
        ],
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on python:3.12-slim
            check that python:3.12-slim has the libraries that weasyprint may link; that python:3.12-slim has the programs and libraries that app.py asks for
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            COPY uv.lock .
            RUN pip install uv
            RUN uv sync

            FROM python:3.12-slim
            WORKDIR /app
            COPY --from=build /app/.venv ./.venv
            COPY . .
            CMD ["/app/.venv/bin/python", "app.py"]
        "#]],
    );
}

#[test]
fn a_program_by_its_path_is_installed() {
    check(
        "FROM python:3.12\nWORKDIR /app\nRUN pip install flask\nCOPY . .\nHEALTHCHECK CMD /usr/bin/curl -f localhost\nCMD [\"python\", \"app.py\"]\n",
        PYTHON,
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            RUN pip install flask

            FROM python:3.12-slim
            WORKDIR /app
            RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY . .
            HEALTHCHECK CMD /usr/bin/curl -f localhost
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn manifests_that_nothing_brings_again() {
    check(
        "FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml README.md poetry.lock ./\nENV POETRY_VIRTUALENVS_CREATE=0\nRUN pip install poetry\nRUN poetry install\nCOPY app.py ./\nCMD [\"python\", \"app.py\"]\n",
        &[("pyproject.toml", ""), ("README.md", ""), ("poetry.lock", ""), ("app.py", "")],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            COPY pyproject.toml README.md poetry.lock ./
            ENV POETRY_VIRTUALENVS_CREATE=0
            RUN pip install poetry
            RUN poetry install

            FROM python:3.12-slim
            WORKDIR /app
            ENV POETRY_VIRTUALENVS_CREATE=0
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY pyproject.toml README.md poetry.lock ./
            COPY app.py ./
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn extensions_behind_the_last_install() {
    check(
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nRUN python setup.py build_ext --inplace\nRUN python manage.py collectstatic\nCMD [\"python\", \"app.py\"]\n",
        PYTHON,
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on python:3.12-slim
            check that python:3.12-slim has the libraries that the project's extensions may link
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            COPY requirements.txt .
            RUN pip install -r requirements.txt
            COPY . .
            RUN python setup.py build_ext --inplace

            FROM python:3.12-slim
            WORKDIR /app
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY --from=build /app ./
            RUN python manage.py collectstatic
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn a_compiler_behind_the_last_install() {
    check(
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt && python manage.py collectstatic\nRUN make\nCMD [\"python\", \"app.py\"]\n",
        PYTHON,
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on python:3.12-slim
            check that the program needs nothing else of what RUN on line 5 leaves
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            COPY . .
            RUN pip install -r requirements.txt && python manage.py collectstatic
            RUN make

            FROM python:3.12-slim
            WORKDIR /app
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY --from=build /app ./
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn what_is_written_beside_the_install() {
    check(
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt && python manage.py collectstatic\nCMD [\"python\", \"app.py\"]\n",
        PYTHON,
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            COPY . .
            RUN pip install -r requirements.txt && python manage.py collectstatic

            FROM python:3.12-slim
            WORKDIR /app
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY --from=build /app ./
            CMD ["python", "app.py"]
        "#]],
    );
}
