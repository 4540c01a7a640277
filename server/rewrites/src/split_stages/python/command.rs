//! What a command of Python's tools does, and where packages come to lie.

use crate::node::command::strip_environment;

/// What a command does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PythonCommand {
    /// Installs packages where the interpreter that is called has them; `editable` ones stay links to their sources.
    Install { editable: bool, requirements: Vec<String>, names: Vec<String> },
    /// Installs packages below a folder of its own: `--target`, `--prefix`, `--root`.
    InstallElsewhere,
    /// Installs packages for one user: `--user`.
    InstallUser,
    /// Installs a project's packages as its lock file says: poetry, uv, pipenv. `system` tells where to: the interpreter's own place.
    Project { tool: Tool, system: bool },
    /// Makes a virtual environment in this folder.
    Environment(String),
    /// Compiles extensions among the sources.
    Compile,
    /// Runs a script of the project, or a module: it may write anything below its folder.
    Script,
    /// Settings, versions, caches: nothing that a running program needs.
    Nothing,
}

/// A tool that installs a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Poetry,
    Uv,
    Pipenv,
}

/// Flags of `pip install` whose value is the next word.
const WITH_VALUE: [&str; 14] = [
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--trusted-host",
    "--timeout",
    "--retries",
    "--no-binary",
    "--only-binary",
    "--cache-dir",
    "--python",
];

/// Takes words apart; absent where they are none of Python's.
pub(crate) fn of_words(words: &[String]) -> Option<PythonCommand> {
    let words = strip_environment(words);
    let (program, arguments) = words.split_first()?;
    let program = semantic::path::file_name(program);
    if is_versioned(program, "pip") {
        return Some(pip(arguments));
    }
    if is_versioned(program, "python") {
        return Some(interpreter(arguments));
    }
    Some(match program {
        "poetry" => poetry(arguments),
        "pipenv" => pipenv(arguments),
        "uv" => uv(arguments),
        "virtualenv" => environment(arguments),
        // pip-tools.
        "pip-sync" => sync(arguments),
        "cythonize" | "maturin" => PythonCommand::Compile,
        "django-admin" | "flask" | "alembic" | "pybabel" | "compile-messages" => PythonCommand::Script,
        _ => return None,
    })
}

/// `python`, `python3`, `python3.12`.
pub(crate) fn is_versioned(program: &str, name: &str) -> bool {
    program
        .strip_prefix(name)
        .is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit() || letter == '.'))
}

fn interpreter(arguments: &[String]) -> PythonCommand {
    let at = arguments.iter().position(|word| !word.starts_with('-') || word == "-m" || word == "-c");
    match at.and_then(|at| arguments.get(at..)) {
        Some([flag, module, rest @ ..]) if flag == "-m" => match module.as_str() {
            "pip" => pip(rest),
            "venv" | "virtualenv" => environment(rest),
            "ensurepip" | "compileall" => PythonCommand::Nothing,
            "poetry" => poetry(rest),
            "pipenv" => pipenv(rest),
            "cython" | "numpy.f2py" => PythonCommand::Compile,
            _ => PythonCommand::Script,
        },
        Some([script, ..]) if script.rsplit('/').next() == Some("setup.py") => PythonCommand::Compile,
        None => PythonCommand::Nothing,
        _ => PythonCommand::Script,
    }
}

fn environment(arguments: &[String]) -> PythonCommand {
    let folder = arguments.iter().rfind(|word| !word.starts_with('-'));
    folder.map_or(PythonCommand::Nothing, |folder| PythonCommand::Environment(folder.clone()))
}

fn pip(arguments: &[String]) -> PythonCommand {
    let Some(at) = arguments.iter().position(|word| word == "install") else { return PythonCommand::Nothing };
    let mut words = arguments[at + 1..].iter();
    let (mut requirements, mut names, mut editable) = (Vec::new(), Vec::new(), false);
    while let Some(word) = words.next() {
        let flag = word.split('=').next().unwrap_or(word);
        match flag {
            "--target" | "-t" | "--prefix" | "--root" => return PythonCommand::InstallElsewhere,
            "--user" => return PythonCommand::InstallUser,
            "-r" | "--requirement" => {
                let value = word.split_once('=').map(|(_, value)| value.to_owned());
                requirements.extend(value.or_else(|| words.next().cloned()));
            }
            "-e" | "--editable" => {
                editable = true;
                words.next();
            }
            _ if WITH_VALUE.contains(&flag) => {
                if !word.contains('=') {
                    words.next();
                }
            }
            _ if word.starts_with("-r") => requirements.push(word[2..].to_owned()),
            _ if word.starts_with('-') => {}
            _ => names.push(word.clone()),
        }
    }
    PythonCommand::Install { editable, requirements, names }
}

/// Installs what files name, and nothing else; without any, what `requirements.txt` names.
fn sync(arguments: &[String]) -> PythonCommand {
    let mut words = arguments.iter();
    let mut requirements = Vec::new();
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word.as_str()) {
            words.next();
        } else if !word.starts_with('-') {
            requirements.push(word.clone());
        }
    }
    if requirements.is_empty() {
        requirements.push("requirements.txt".to_owned());
    }
    PythonCommand::Install { editable: false, requirements, names: Vec::new() }
}

fn poetry(arguments: &[String]) -> PythonCommand {
    match arguments.iter().find(|word| !word.starts_with('-')).map(String::as_str) {
        Some("install" | "sync" | "update") => PythonCommand::Project { tool: Tool::Poetry, system: false },
        Some("run") => PythonCommand::Script,
        _ => PythonCommand::Nothing,
    }
}

fn pipenv(arguments: &[String]) -> PythonCommand {
    match arguments.iter().find(|word| !word.starts_with('-')).map(String::as_str) {
        Some("install" | "sync") => {
            let system = arguments.iter().any(|word| word == "--system");
            PythonCommand::Project { tool: Tool::Pipenv, system }
        }
        Some("run") => PythonCommand::Script,
        _ => PythonCommand::Nothing,
    }
}

fn uv(arguments: &[String]) -> PythonCommand {
    let mut plain = arguments.iter().filter(|word| !word.starts_with('-')).map(String::as_str);
    match plain.next() {
        Some("sync") => PythonCommand::Project { tool: Tool::Uv, system: false },
        Some("pip") => {
            let rest: Vec<String> = arguments
                .iter()
                .skip_while(|word| *word != "pip")
                .skip(1)
                .filter(|word| *word != "--system")
                .cloned()
                .collect();
            match rest.first().map(String::as_str) {
                Some("sync") => sync(&rest[1..]),
                _ => pip(&rest),
            }
        }
        Some("venv") => {
            let folder = plain.next().unwrap_or(".venv");
            PythonCommand::Environment(folder.to_owned())
        }
        Some("run") => PythonCommand::Script,
        _ => PythonCommand::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Option<PythonCommand> {
        of_words(&text.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn installs_are_told_apart() {
        let install = |editable, requirements: &[&str], names: &[&str]| {
            let own = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
            Some(PythonCommand::Install { editable, requirements: own(requirements), names: own(names) })
        };
        assert_eq!(check("pip install --no-cache-dir -r a.txt"), install(false, &["a.txt"], &[]));
        assert_eq!(check("python3.12 -m pip install -U pip wheel"), install(false, &[], &["pip", "wheel"]));
        assert_eq!(check("pip3 install -e . -i https://x"), install(true, &[], &[]));
        assert_eq!(check("uv pip install --system -r a.txt"), install(false, &["a.txt"], &[]));
        assert_eq!(check("uv pip sync --system -i https://x a.txt"), install(false, &["a.txt"], &[]));
        assert_eq!(check("pip-sync"), install(false, &["requirements.txt"], &[]));
        assert_eq!(check("python setup.py build_ext --inplace"), Some(PythonCommand::Compile));
        assert_eq!(check("pip install --user x"), Some(PythonCommand::InstallUser));
        assert_eq!(check("pip install --prefix=/i x"), Some(PythonCommand::InstallElsewhere));
        assert_eq!(check("python -m venv --copies /v"), Some(PythonCommand::Environment("/v".to_owned())));
        let project = |tool, system| Some(PythonCommand::Project { tool, system });
        assert_eq!(check("uv sync --frozen"), project(Tool::Uv, false));
        assert_eq!(check("pipenv install --system --deploy"), project(Tool::Pipenv, true));
        assert_eq!(check("poetry install --only main"), project(Tool::Poetry, false));
        assert_eq!(check("python manage.py collectstatic"), Some(PythonCommand::Script));
        assert_eq!(check("poetry config virtualenvs.create false"), Some(PythonCommand::Nothing));
        assert_eq!(check("pipx install x"), None);
    }
}
