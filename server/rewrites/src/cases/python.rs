//! Projects in Python.

use super::Case;

const PLAIN: &str = "flask==3.0.3\ngunicorn==22.0.0\n";
const WITH_POSTGRES: &str = "Django>=5,<6\npsycopg2==2.9.9\ngunicorn\n";
const FLASK_FILES: &[(&str, &str)] =
    &[("requirements.txt", PLAIN), ("app.py", ""), ("templates/index.html", "")];
const DJANGO_FILES: &[(&str, &str)] = &[
    ("requirements.txt", WITH_POSTGRES),
    ("manage.py", ""),
    ("shop/settings.py", ""),
    ("entrypoint.sh", "#!/bin/sh\nset -e\npython manage.py migrate\nexec \"$@\"\n"),
];
const POETRY_FILES: &[(&str, &str)] = &[
    ("pyproject.toml", "[tool.poetry]\nname = \"shop\"\n"),
    (
        "poetry.lock",
        "[[package]]\nname = \"fastapi\"\nfiles = [{file = \"fastapi-0.111.0-py3-none-any.whl\"}]\n",
    ),
    ("shop/main.py", ""),
];
const UV_FILES: &[(&str, &str)] = &[
    ("pyproject.toml", "[project]\nname = \"shop\"\n"),
    (
        "uv.lock",
        "[[package]]\nname = \"odd\"\nwheels = [{ url = \"https://example.com/odd-1-py3-none-any.whl\" }]\n",
    ),
    ("main.py", ""),
];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "python: a full image, pure packages",
        dockerfile: "FROM python:3.12\n\nENV PYTHONUNBUFFERED=1\nWORKDIR /app\n\n# dependencies\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\n\n# sources\nCOPY . .\n\nEXPOSE 8000\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0:8000\", \"app:app\"]\n",
        files: FLASK_FILES,
    },
    Case {
        name: "python: a slim image with compilers",
        dockerfile: "FROM python:3.12-slim-bookworm\nWORKDIR /app\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n    gcc \\\n    libpq-dev \\\n    gettext \\\n  && rm -rf /var/lib/apt/lists/*\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nRUN python manage.py collectstatic --noinput\nENTRYPOINT [\"./entrypoint.sh\"]\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
        files: DJANGO_FILES,
    },
    Case {
        name: "python: a full image, a package that links",
        dockerfile: "FROM python:3.12-bookworm\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nHEALTHCHECK CMD curl -f http://localhost:8000/ || exit 1\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
        files: DJANGO_FILES,
    },
    Case {
        name: "python: alpine, compilers in the same step",
        dockerfile: "FROM python:3.12-alpine\nWORKDIR /app\nCOPY . .\nRUN apk add --no-cache build-base postgresql-dev bash && \\\n    pip install -r requirements.txt\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
        files: DJANGO_FILES,
    },
    Case {
        name: "python: compilers removed again",
        dockerfile: "FROM python:3.12-alpine\nWORKDIR /app\nCOPY . .\nRUN apk add --no-cache --virtual .build-deps gcc musl-dev && pip install -r requirements.txt && apk del .build-deps\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
        files: DJANGO_FILES,
    },
    Case {
        name: "python: slim, nothing compiled",
        dockerfile: "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"python\", \"app.py\"]\n",
        files: FLASK_FILES,
    },
    Case {
        name: "python: a virtual environment",
        dockerfile: "FROM python:3.12\nENV VIRTUAL_ENV=/opt/venv\nRUN python -m venv $VIRTUAL_ENV\nENV PATH=\"$VIRTUAL_ENV/bin:$PATH\"\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nUSER nobody\nCMD [\"flask\", \"run\", \"--host=0.0.0.0\"]\n",
        files: FLASK_FILES,
    },
    Case {
        name: "python: sources before the install",
        dockerfile: "FROM python:3.12\nRUN groupadd -r app && useradd -r -g app app\nWORKDIR /srv/app\nCOPY --chown=app:app . .\nRUN pip install -r requirements.txt\nUSER app\nEXPOSE 5000\nCMD python app.py\n",
        files: FLASK_FILES,
    },
    Case {
        name: "python: an editable install",
        dockerfile: "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -e .\nCMD [\"shop\"]\n",
        files: &[("pyproject.toml", "[project]\nname = \"shop\"\n"), ("shop/__init__.py", "")],
    },
    Case {
        name: "python: poetry in the project",
        dockerfile: "FROM python:3.12\nENV POETRY_VIRTUALENVS_IN_PROJECT=true \\\n    PATH=\"/app/.venv/bin:$PATH\"\nRUN pip install poetry\nWORKDIR /app\nCOPY pyproject.toml poetry.lock ./\nRUN poetry install --only main --no-root\nCOPY shop ./shop\nCMD [\"uvicorn\", \"shop.main:app\"]\n",
        files: POETRY_FILES,
    },
    Case {
        name: "python: poetry with no environment",
        dockerfile: "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y build-essential\nRUN pip install poetry==1.8.3 && poetry config virtualenvs.create false\nWORKDIR /app\nCOPY pyproject.toml poetry.lock ./\nRUN poetry install --no-dev\nCOPY . .\nCMD [\"poetry\", \"run\", \"uvicorn\", \"shop.main:app\"]\n",
        files: POETRY_FILES,
    },
    Case {
        name: "python: poetry somewhere",
        dockerfile: "FROM python:3.12\nRUN pip install poetry\nWORKDIR /app\nCOPY . .\nRUN poetry install\nCMD [\"poetry\", \"run\", \"uvicorn\", \"shop.main:app\"]\n",
        files: POETRY_FILES,
    },
    Case {
        name: "python: uv",
        dockerfile: "FROM python:3.12-bookworm\nCOPY --from=ghcr.io/astral-sh/uv:0.4 /uv /bin/uv\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-dev\nCOPY . .\nENV PATH=\"/app/.venv/bin:$PATH\"\nCMD [\"python\", \"main.py\"]\n",
        files: UV_FILES,
    },
    Case {
        name: "python: packages that nothing is known of",
        dockerfile: "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
        files: &[("requirements.txt", "uwsgi\nflask\npycurl\n"), ("app.py", "")],
    },
    Case {
        name: "python: no minor version",
        dockerfile: "FROM python:3\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"python\", \"app.py\"]\n",
        files: FLASK_FILES,
    },
    Case {
        name: "python: a distribution's Python",
        dockerfile: "FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3 python3-pip\nWORKDIR /app\nCOPY . .\nRUN pip3 install -r requirements.txt\nCMD [\"python3\", \"app.py\"]\n",
        files: FLASK_FILES,
    },
    Case {
        name: "python: an argument, lower case, CRLF",
        dockerfile: "arg VERSION=3.12\r\nfrom python:${VERSION}\r\nworkdir /app\r\ncopy requirements.txt .\r\nrun pip install -r requirements.txt\r\ncopy . .\r\ncmd [\"python\", \"app.py\"]\r\n",
        files: FLASK_FILES,
    },
    Case {
        name: "python: heredoc, comments, an unknown library",
        dockerfile: "FROM python:3.12-slim-bookworm\nWORKDIR /app\n# what to compile with\nRUN <<EOF\napt-get update\napt-get install -y g++ libboost-dev\nEOF\n# für alle 🐍\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n# sources\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
        files: FLASK_FILES,
    },
    Case {
        name: "python: a page built before",
        dockerfile: "FROM node:22 AS web\nWORKDIR /web\nCOPY web .\nRUN npm ci && npm run build\n\nFROM python:3.12 AS app\nWORKDIR /app\nCOPY --from=web /web/dist ./static\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY app.py .\nCMD [\"python\", \"app.py\"]\n",
        files: &[("requirements.txt", PLAIN), ("app.py", ""), ("web/package.json", "{}")],
    },
    Case {
        name: "python: sources fetched by a step",
        dockerfile: "FROM python:3.12\nRUN git clone https://example.com/shop /shop\nWORKDIR /shop\nRUN pip install -r requirements.txt\nCMD [\"python\", \"app.py\"]\n",
        files: &[("README.md", "")],
    },
];
