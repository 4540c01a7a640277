//! Python applications: what moves to an image without compilers, and what the packages need there.

use expect_test::{Expect, expect};

use crate::cases::case;
use crate::fixture::{facts, render};
use crate::split_stages::RECIPE;

/// What becomes of the project of this name.
#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(name: &str, expected: Expect) {
    let case = case(name);
    expected.assert_eq(&render(&RECIPE, case.dockerfile, &facts(case.files)));
}

#[test]
fn a_full_image_pure_packages() {
    check(
        "python: a full image, pure packages",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on python:3.12-slim
        ---
        FROM python:3.12 AS build

        ENV PYTHONUNBUFFERED=1
        WORKDIR /app

        # dependencies
        COPY requirements.txt .
        RUN pip install --no-cache-dir -r requirements.txt

        FROM python:3.12-slim

        ENV PYTHONUNBUFFERED=1
        WORKDIR /app

        COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
        COPY --from=build /usr/local/bin /usr/local/bin

        # sources
        COPY . .

        EXPOSE 8000
        CMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]
    "#]],
    );
}

#[test]
fn a_slim_image_with_compilers() {
    check(
        "python: a slim image with compilers",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on python:3.12-slim-bookworm
        ---
        FROM python:3.12-slim-bookworm AS build
        WORKDIR /app
        RUN apt-get update && apt-get install -y --no-install-recommends \
            gcc \
            libpq-dev \
            gettext \
          && rm -rf /var/lib/apt/lists/*
        COPY requirements.txt .
        RUN pip install -r requirements.txt

        FROM python:3.12-slim-bookworm
        WORKDIR /app
        RUN apt-get update && apt-get install -y --no-install-recommends \
            libpq5 \
            gettext \
          && rm -rf /var/lib/apt/lists/*
        COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
        COPY --from=build /usr/local/bin /usr/local/bin
        COPY . .
        RUN python manage.py collectstatic --noinput
        ENTRYPOINT ["./entrypoint.sh"]
        CMD ["gunicorn", "shop.wsgi"]
    "#]],
    );
}

#[test]
fn a_full_image_a_package_that_links() {
    check(
        "python: a full image, a package that links",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on python:3.12-slim-bookworm
        ---
        FROM python:3.12-bookworm AS build
        WORKDIR /app
        COPY requirements.txt .
        RUN pip install -r requirements.txt

        FROM python:3.12-slim-bookworm
        WORKDIR /app
        RUN apt-get update && apt-get install -y --no-install-recommends libpq5 curl && rm -rf /var/lib/apt/lists/*
        COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
        COPY --from=build /usr/local/bin /usr/local/bin
        COPY . .
        HEALTHCHECK CMD curl -f http://localhost:8000/ || exit 1
        CMD ["gunicorn", "shop.wsgi"]
    "#]],
    );
}

#[test]
fn alpine_compilers_in_the_same_step() {
    check(
        "python: alpine, compilers in the same step",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on python:3.12-alpine
        ---
        FROM python:3.12-alpine AS build
        WORKDIR /app
        COPY . .
        RUN apk add --no-cache build-base postgresql-dev bash && \
            pip install -r requirements.txt

        FROM python:3.12-alpine
        WORKDIR /app
        RUN apk add --no-cache libstdc++ libpq bash
        COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
        COPY --from=build /usr/local/bin /usr/local/bin
        COPY . .
        CMD ["gunicorn", "shop.wsgi"]
    "#]],
    );
}

#[test]
fn compilers_removed_again() {
    check(
        "python: compilers removed again",
        expect![[r#"
        refused: nothing is compiled: python:3.12-alpine holds nothing that the running program does not need
    "#]],
    );
}

#[test]
fn slim_nothing_compiled() {
    check(
        "python: slim, nothing compiled",
        expect![[r#"
        refused: nothing is compiled: python:3.12-slim holds nothing that the running program does not need
    "#]],
    );
}

#[test]
fn a_virtual_environment() {
    check(
        "python: a virtual environment",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on python:3.12-slim
        ---
        FROM python:3.12 AS build
        ENV VIRTUAL_ENV=/opt/venv
        RUN python -m venv $VIRTUAL_ENV
        ENV PATH="$VIRTUAL_ENV/bin:$PATH"
        WORKDIR /app
        COPY requirements.txt .
        RUN pip install -r requirements.txt

        FROM python:3.12-slim
        ENV VIRTUAL_ENV=/opt/venv
        ENV PATH="$VIRTUAL_ENV/bin:$PATH"
        WORKDIR /app
        COPY --from=build /opt/venv /opt/venv
        COPY . .
        USER nobody
        CMD ["flask", "run", "--host=0.0.0.0"]
    "#]],
    );
}

#[test]
fn sources_before_the_install() {
    check(
        "python: sources before the install",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on python:3.12-slim
        ---
        FROM python:3.12 AS build
        RUN groupadd -r app && useradd -r -g app app
        WORKDIR /srv/app
        COPY --chown=app:app . .
        RUN pip install -r requirements.txt

        FROM python:3.12-slim
        RUN groupadd -r app && useradd -r -g app app
        WORKDIR /srv/app
        COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
        COPY --from=build /usr/local/bin /usr/local/bin
        COPY --chown=app:app . .
        USER app
        EXPOSE 5000
        CMD python app.py
    "#]],
    );
}

#[test]
fn an_editable_install() {
    check(
        "python: an editable install",
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on python:3.12-slim
            check that python:3.12-slim has the libraries that the project's packages may link
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            COPY . .
            RUN pip install -e .

            FROM python:3.12-slim
            WORKDIR /app
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY --from=build /app ./
            CMD ["shop"]
        "#]],
    );
}

#[test]
fn poetry_in_the_project() {
    check(
        "python: poetry in the project",
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM python:3.12 AS build
            ENV POETRY_VIRTUALENVS_IN_PROJECT=true \
                PATH="/app/.venv/bin:$PATH"
            RUN pip install poetry
            WORKDIR /app
            COPY pyproject.toml poetry.lock ./
            RUN poetry install --only main --no-root

            FROM python:3.12-slim
            ENV POETRY_VIRTUALENVS_IN_PROJECT=true \
                PATH="/app/.venv/bin:$PATH"
            WORKDIR /app
            COPY --from=build /app/.venv ./.venv
            COPY pyproject.toml poetry.lock ./
            COPY shop ./shop
            CMD ["uvicorn", "shop.main:app"]
        "#]],
    );
}

#[test]
fn poetry_with_no_environment() {
    check(
        "python: poetry with no environment",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on python:3.12-slim
        ---
        FROM python:3.12-slim AS build
        RUN apt-get update && apt-get install -y build-essential
        RUN pip install poetry==1.8.3 && poetry config virtualenvs.create false
        WORKDIR /app
        COPY pyproject.toml poetry.lock ./
        RUN poetry install --no-dev

        FROM python:3.12-slim
        WORKDIR /app
        COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
        COPY --from=build /usr/local/bin /usr/local/bin
        COPY . .
        CMD ["poetry", "run", "uvicorn", "shop.main:app"]
    "#]],
    );
}

#[test]
fn poetry_somewhere() {
    check(
        "python: poetry somewhere",
        expect![[r#"
        refused: poetry keeps its environment in a folder that has no fixed name: set POETRY_VIRTUALENVS_IN_PROJECT=1
    "#]],
    );
}

#[test]
fn uv() {
    check(
        "python: uv",
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim-bookworm
            ---
            FROM python:3.12-bookworm AS build
            COPY --from=ghcr.io/astral-sh/uv:0.4 /uv /bin/uv
            WORKDIR /app
            COPY pyproject.toml uv.lock ./
            RUN uv sync --frozen --no-dev

            FROM python:3.12-slim-bookworm
            WORKDIR /app
            COPY --from=build /app/.venv ./.venv
            COPY . .
            ENV PATH="/app/.venv/bin:$PATH"
            CMD ["python", "main.py"]
        "#]],
    );
}

#[test]
fn packages_that_nothing_is_known_of() {
    check(
        "python: packages that nothing is known of",
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on python:3.12-slim
            check that python:3.12-slim has the libraries that uwsgi, pycurl may link
            ---
            FROM python:3.12 AS build
            WORKDIR /app
            COPY requirements.txt .
            RUN pip install -r requirements.txt

            FROM python:3.12-slim
            WORKDIR /app
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY --from=build /usr/local/share /usr/local/share
            COPY --from=build /usr/local/etc /usr/local/etc
            COPY . .
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn no_minor_version() {
    check(
        "python: no minor version",
        expect![[r#"
        refused: the tag names no minor version of Python (as python:3.12 does), and with it where packages lie is not known
    "#]],
    );
}

#[test]
fn a_distribution_python() {
    check(
        "python: a distribution's Python",
        expect![[r#"
        refused: the base is no official image of Python, and where its packages lie is not known: build on python itself, such as python:3.12
    "#]],
    );
}

#[test]
fn an_argument_lower_case_crlf() {
    check(
        "python: an argument, lower case, CRLF",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on python:${VERSION}-slim
        check that the build is always for Python 3.12
        ---
        arg VERSION=3.12␍
        from python:${VERSION} as build␍
        workdir /app␍
        copy requirements.txt .␍
        run pip install -r requirements.txt␍
        ␍
        from python:${VERSION}-slim␍
        workdir /app␍
        copy --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages␍
        copy --from=build /usr/local/bin /usr/local/bin␍
        copy . .␍
        cmd ["python", "app.py"]␍
    "#]],
    );
}

#[test]
fn heredoc_comments_an_unknown_library() {
    check(
        "python: heredoc, comments, an unknown library",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on python:3.12-slim-bookworm
        check that the program needs no shared library of libboost-dev
        ---
        FROM python:3.12-slim-bookworm AS build
        WORKDIR /app
        # what to compile with
        RUN <<EOF
        apt-get update
        apt-get install -y g++ libboost-dev
        EOF
        # für alle 🐍
        COPY requirements.txt .
        RUN pip install -r requirements.txt

        FROM python:3.12-slim-bookworm
        WORKDIR /app
        COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
        COPY --from=build /usr/local/bin /usr/local/bin
        # sources
        COPY . .
        CMD ["python", "app.py"]
    "#]],
    );
}

#[test]
fn a_page_built_before() {
    check(
        "python: a page built before",
        expect![[r#"
            safe: Split into a build stage and a run-time stage on python:3.12-slim
            ---
            FROM node:22 AS web
            WORKDIR /web
            COPY web .
            RUN npm ci && npm run build

            FROM python:3.12 AS build
            WORKDIR /app
            COPY --from=web /web/dist ./static
            COPY requirements.txt .
            RUN pip install -r requirements.txt

            FROM python:3.12-slim AS app
            WORKDIR /app
            COPY --from=web /web/dist ./static
            COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
            COPY --from=build /usr/local/bin /usr/local/bin
            COPY requirements.txt .
            COPY app.py .
            CMD ["python", "app.py"]
        "#]],
    );
}

#[test]
fn sources_fetched_by_a_step() {
    check(
        "python: sources fetched by a step",
        expect![[r#"
        refused: RUN on line 2 fetches files by itself, and whether the program needs them is not known
    "#]],
    );
}
