//! What the packages of a Python project need of the system: those that are compiled against one of its libraries, or call a program.

use crate::context::Context;

/// Packages that a build compiles against a library which the full image has and the slim one lacks, or that call a program of it;
/// with what has that in Debian.
const NEEDS: [(&str, &str); 9] = [
    ("psycopg2", "libpq5"),
    ("mysqlclient", "libmariadb3"),
    ("gitpython", "git"),
    ("python-magic", "libmagic1"),
    ("pyodbc", "unixodbc"),
    ("psycopg-c", "libpq5"),
    ("psycopg", "libpq5"),
    ("python-snappy", "libsnappy1v5"),
    ("lightgbm", "libgomp1"),
];

/// Packages that look for libraries of the system when they are loaded, or call its programs, although nothing of them is compiled:
/// what that is depends on how they are used.
const ASKS: [&str; 26] = [
    "ansible",
    "ansible-core",
    "cairocffi",
    "cairosvg",
    "cookiecutter",
    "copier",
    "fabric",
    "ffmpeg-python",
    "invoke",
    "moviepy",
    "mysql-python",
    "opencv-contrib-python",
    "opencv-python",
    "pdf2image",
    "pexpect",
    "plumbum",
    "pre-commit",
    "pydub",
    "pylibdmtx",
    "pytesseract",
    "python-gnupg",
    "pyvips",
    "pyzbar",
    "sh",
    "wand",
    "weasyprint",
];

/// Packages that are Python alone, or come compiled with all that they link (wheels of the `manylinux` kind).
const SELF_CONTAINED: [&str; 88] = [
    "aiohttp",
    "alembic",
    "anyio",
    "asgiref",
    "asyncpg",
    "attrs",
    "beautifulsoup4",
    "black",
    "blinker",
    "boto3",
    "botocore",
    "bottle",
    "cachetools",
    "celery",
    "certifi",
    "cffi",
    "charset-normalizer",
    "click",
    "cryptography",
    "daphne",
    "dj-database-url",
    "django",
    "django-cors-headers",
    "django-environ",
    "django-filter",
    "django-redis",
    "djangorestframework",
    "falcon",
    "fastapi",
    "flake8",
    "flask",
    "flask-cors",
    "flask-login",
    "flask-migrate",
    "flask-sqlalchemy",
    "gevent",
    "google-auth",
    "greenlet",
    "grpcio",
    "gunicorn",
    "h11",
    "hiredis",
    "httptools",
    "httpx",
    "idna",
    "itsdangerous",
    "jinja2",
    "jsonschema",
    "kombu",
    "loguru",
    "mako",
    "markdown",
    "markupsafe",
    "marshmallow",
    "numpy",
    "orjson",
    "packaging",
    "pandas",
    "passlib",
    "pillow",
    "pip",
    "prometheus-client",
    "protobuf",
    "psutil",
    "psycopg2-binary",
    "pyasn1",
    "pydantic",
    "pydantic-core",
    "pydantic-settings",
    "pyjwt",
    "pymongo",
    "pymysql",
    "pytest",
    "python-dateutil",
    "python-dotenv",
    "python-multipart",
    "pytz",
    "pyyaml",
    "redis",
    "requests",
    "sentry-sdk",
    "setuptools",
    "sqlalchemy",
    "starlette",
    "tornado",
    "urllib3",
    "uvicorn",
    "werkzeug",
];

/// What is known of a project's packages.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Requirements {
    /// Debian's packages that they need beside them.
    pub(super) system: Vec<&'static str>,
    /// Those of which it is not known.
    pub(super) unknown: Vec<String>,
    /// Whether there are packages that may put files beside the interpreter's folder of packages.
    pub(super) has_others: bool,
}

impl Requirements {
    /// Takes in a package by its name as a requirement writes it.
    pub(super) fn add(&mut self, requirement: &str) {
        let end =
            requirement.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
        let name = requirement[..end.unwrap_or(requirement.len())].to_lowercase().replace(['_', '.'], "-");
        if name.is_empty() {
            return;
        }
        // Without its compiled part it loads the library too, but for the one that holds it: psycopg.org/psycopg3/docs/basic/install.html.
        let is_binary = name == "psycopg" && requirement.contains("binary");
        if let Some((_, package)) = NEEDS.iter().find(|(known, _)| *known == name && !is_binary) {
            if !self.system.contains(package) {
                self.system.push(package);
            }
        } else if !is_binary && !SELF_CONTAINED.contains(&name.as_str()) {
            self.has_others = true;
            if !self.unknown.contains(&name) {
                self.unknown.push(name);
            }
        }
    }

    /// Takes in a requirements file of the context, and those that it names.
    pub(super) fn add_file(&mut self, context: &Context<'_>, path: &str, depth: usize) {
        let Some(text) = context.manifest(path).filter(|_| depth < 4) else {
            self.unknown.push(path.to_owned());
            return;
        };
        for line in text.lines() {
            let line = line.split(" #").next().unwrap_or(line).trim();
            if let Some(other) = line.strip_prefix("-r ").or_else(|| line.strip_prefix("--requirement ")) {
                let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
                let other = semantic::path::clean(&format!("{folder}/{}", other.trim()));
                self.add_file(context, &other, depth + 1);
            } else if line.contains("://") && !line.starts_with('-') {
                self.unknown.push(line.split(['@', '#']).next().unwrap_or(line).trim().to_owned());
            } else if !line.starts_with(['#', '-']) {
                self.add(line);
            }
        }
    }

    /// Takes in a lock file of poetry or uv: a package that has a wheel is not compiled.
    pub(super) fn add_lock(&mut self, text: &str) {
        for package in text.split("[[package]]").skip(1) {
            let name = package.lines().find_map(|line| line.trim().strip_prefix("name = "));
            let name = name.unwrap_or_default().trim_matches('"');
            let is_own = package.contains("source = { editable") || package.contains("source = { virtual");
            let is_whole = name == "psycopg" && text.contains("name = \"psycopg-binary\"");
            self.has_others |= !is_own && !SELF_CONTAINED.contains(&name);
            let asks = NEEDS.iter().any(|(known, _)| *known == name && !is_whole) || ASKS.contains(&name);
            if asks || !package.contains(".whl") && !is_own {
                self.add(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::facts;

    #[test]
    fn files_and_locks_are_read() {
        let facts = facts(&[
            (
                "requirements.txt",
                "Flask==3.0 # web\n-r more/base.txt\n--hash x\n\npsycopg2>=2\nsome.thing[x]~=1\n",
            ),
            ("more/base.txt", "git+https://example.com/x.git@main\nGunicorn\n"),
        ]);
        let mut found = Requirements::default();
        found.add_file(&Context::of(&facts).unwrap(), "requirements.txt", 0);
        assert_eq!(found.system, ["libpq5"]);
        assert_eq!(found.unknown, ["git+https://example.com/x.git", "some-thing"]);
        let mut locked = Requirements::default();
        locked.add_lock("[[package]]\nname = \"odd\"\nfiles = [{file = \"odd-1-py3-none-any.whl\"}]\n[[package]]\nname = \"old\"\nfiles = [{file = \"old.tar.gz\"}]\n");
        assert_eq!(locked.unknown, ["old"]);
        let mut pure = Requirements::default();
        pure.add("psycopg[pool]>=3");
        assert_eq!(pure.system, ["libpq5"]);
        let mut whole = Requirements::default();
        whole.add("psycopg[binary,pool]");
        whole.add_lock(
            "[[package]]\nname = \"psycopg\"\nx.whl\n[[package]]\nname = \"psycopg-binary\"\nx.whl\n",
        );
        assert!(whole.system.is_empty() && whole.unknown.is_empty());
        let mut asking = Requirements::default();
        asking.add_lock(
            "[[package]]\nname = \"weasyprint\"\nfiles = [{file = \"weasyprint-1-py3-none-any.whl\"}]\n",
        );
        assert_eq!(asking.unknown, ["weasyprint"]);
    }
}
