//! The file that node is given: the command of the container, followed through the scripts of `package.json`.

use super::effect;
use super::launch::Launch;
use crate::node::{Manager, NodeCommand, Package, command, package};

/// Servers and runners that work on the sources, or need what they installed.
const ON_SOURCES: [&str; 17] = [
    "nodemon",
    "ts-node",
    "ts-node-dev",
    "tsnd",
    "tsx",
    "babel-node",
    "vite",
    "webpack",
    "webpack-dev-server",
    "react-scripts",
    "ng",
    "nest",
    "parcel",
    "gatsby",
    "astro",
    "vite-node",
    "vue-cli-service",
];

/// What the container runs.
#[derive(Debug)]
pub(super) struct Entry {
    /// The file as node is given it.
    pub(super) file: String,
    /// Whether node is told to load a package first.
    pub(super) preloads: bool,
    /// The manager that runs it through a script of the manifest.
    pub(super) manager: Option<Manager>,
}

/// Follows the command of the container to the file that node is given.
pub(super) fn of(package: &Package, launch: &Launch) -> Result<Entry, String> {
    let mut words = launch.words.clone();
    let mut through = None;
    for _ in 0..4 {
        let rest = command::strip_environment(&words).to_vec();
        match command::of_words(&rest) {
            Some(NodeCommand::Script { manager, name }) => {
                through = through.or(Some(manager));
                words = script_words(package, manager, &name)?;
            }
            Some(NodeCommand::Tool(tool)) => {
                words = tool;
                through = through.or(Some(Manager::Npm));
            }
            Some(_) => {
                return Err(format!(
                    "the container runs `{}`, which does not run a built program",
                    rest.join(" ")
                ));
            }
            None => return of_node(&rest, through),
        }
    }
    Err("the script that the container runs calls others, too deep to follow".to_owned())
}

fn script_words(package: &Package, manager: Manager, name: &str) -> Result<Vec<String>, String> {
    let Some(text) = package.script(name) else {
        return Err(match (manager, name) {
            (_, "start") => "package.json has no script `start`, which the container runs".to_owned(),
            _ => format!("package.json has no script `{name}`, which the container runs"),
        });
    };
    for hook in [format!("pre{name}"), format!("post{name}")] {
        if package.script(&hook).is_some() {
            return Err(format!(
                "the container also runs the script `{hook}` of package.json, which may need the sources"
            ));
        }
    }
    let script = package::parse_script(text)
        .filter(|script| script.statements.len() == 1 && script.statements[0].commands.len() == 1)
        .ok_or_else(|| {
            format!("the script `{name}`, which the container runs, is more than one plain command")
        })?;
    Ok(script.statements[0].commands[0].words.iter().map(effect::text).collect())
}

fn of_node(words: &[String], manager: Option<Manager>) -> Result<Entry, String> {
    let Some((program, arguments)) = words.split_first() else {
        return Err("nothing says what the container runs".to_owned());
    };
    let name = semantic::path::file_name(program);
    if ON_SOURCES.contains(&name) {
        return Err(format!(
            "the container runs {name}, which works on the sources and needs the development dependencies"
        ));
    }
    if !matches!(name, "node" | "nodejs") {
        return Err(format!(
            "the container runs {name}, and what that needs is not known: run a built file with node"
        ));
    }
    let mut preloads = false;
    let mut arguments = arguments.iter();
    while let Some(word) = arguments.next() {
        let (flag, value) =
            word.split_once('=').map_or((word.as_str(), None), |(flag, value)| (flag, Some(value)));
        match flag {
            "-r" | "--require" | "--import" | "--loader" | "--experimental-loader" => {
                let module =
                    value.map(str::to_owned).or_else(|| arguments.next().cloned()).unwrap_or_default();
                if module.starts_with(['.', '/']) {
                    return Err(format!("node loads {module} first, and what that needs is not known"));
                }
                if module.contains("ts-node")
                    || module.contains("tsx")
                    || module.contains("@babel/register")
                    || module.contains("swc")
                {
                    return Err(format!("node loads {module}, which compiles the sources at run time"));
                }
                preloads = true;
            }
            "-e" | "--eval" | "-p" | "--print" | "--test" | "--watch" | "--run" => {
                return Err(format!("the container runs node with {flag}, not a built file"));
            }
            _ if word.starts_with('-') => {}
            _ if word.contains('$') => {
                return Err(format!("the file that node runs, {word}, depends on a variable"));
            }
            _ => return Ok(Entry { file: word.clone(), preloads, manager }),
        }
    }
    Err("the container runs node without a file".to_owned())
}
