//! What a command of npm, yarn, pnpm and the like asks for.

use syntax::shell::Command;

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Manager {
    Npm,
    Yarn,
    Pnpm,
}

/// What a command asks of Node's tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeCommand {
    /// Installs the project's dependencies; `production` leaves out development ones.
    Install { manager: Manager, production: bool },
    /// Installs these packages for the whole image.
    InstallGlobal(Vec<String>),
    /// Adds a package to the project, or installs in another directory: something that is not followed here.
    OtherInstall,
    /// Removes development dependencies.
    Prune,
    /// Runs a script of the manifest.
    Script { manager: Manager, name: String },
    /// Runs a tool of the project: `npx tsc -p .` gives `tsc -p .`.
    Tool(Vec<String>),
    /// Writes settings of the package manager, such as a token.
    Config,
    /// Empties caches.
    CleanCache,
    /// Reads or switches something that no file of the image remembers, or only this image's package manager.
    Harmless,
}

/// Takes a command apart; absent where it is none of Node's, or a word of it is not known.
pub(crate) fn of_command(command: &Command) -> Option<NodeCommand> {
    let words: Vec<String> =
        command.words.iter().map(|word| word.value.clone().unwrap_or_else(|| word.text.clone())).collect();
    of_words(&words)
}

/// Takes the words of a command apart.
pub(crate) fn of_words(words: &[String]) -> Option<NodeCommand> {
    let (program, arguments) = strip_environment(words).split_first()?;
    let program = semantic::path::file_name(program);
    let manager = match program {
        "npm" => Manager::Npm,
        "yarn" | "yarnpkg" => Manager::Yarn,
        "pnpm" => Manager::Pnpm,
        "npx" | "pnpx" => return Some(tool(arguments)),
        "corepack" => return Some(NodeCommand::Harmless),
        _ => return None,
    };
    Some(of_manager(manager, arguments))
}

/// The words after `env`, `cross-env` and assignments.
pub(crate) fn strip_environment(words: &[String]) -> &[String] {
    let is_assignment = |word: &String| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && !name.starts_with('-') && name.chars().all(|letter| !letter.is_whitespace())
        })
    };
    match words.first().map(String::as_str) {
        Some("env" | "cross-env" | "cross-env-shell" | "/usr/bin/env") => {
            let rest = words.iter().skip(1).take_while(|word| is_assignment(word)).count();
            strip_environment(&words[1 + rest..])
        }
        Some("exec" | "sudo" | "time" | "command") => strip_environment(&words[1..]),
        _ => words,
    }
}

fn of_manager(manager: Manager, arguments: &[String]) -> NodeCommand {
    let elsewhere = ["--prefix", "-C", "--dir", "--cwd", "-w", "--workspace", "--filter", "-F"];
    let is_elsewhere = arguments
        .iter()
        .any(|word| elsewhere.iter().any(|flag| word == flag || word.starts_with(&format!("{flag}="))));
    let is_global =
        arguments.iter().any(|word| matches!(word.as_str(), "-g" | "--global" | "--location=global"));
    let production = arguments.iter().any(|word| {
        matches!(
            word.as_str(),
            "--production" | "--only=production" | "--only=prod" | "--omit=dev" | "--prod" | "-P"
        ) || word == "--production=true"
    }) || arguments.windows(2).any(|pair| pair[0] == "--omit" && pair[1] == "dev");
    let mut plain = arguments.iter().filter(|word| !word.starts_with('-')).map(String::as_str);
    let subcommand = plain.next();
    let operands: Vec<&str> = plain.collect();
    let install = || {
        if is_elsewhere { NodeCommand::OtherInstall } else { NodeCommand::Install { manager, production } }
    };
    let script = |name: &str| NodeCommand::Script { manager, name: name.to_owned() };
    match (manager, subcommand) {
        (_, None) if arguments.iter().any(|word| matches!(word.as_str(), "-v" | "--version" | "--help")) => {
            NodeCommand::Harmless
        }
        (Manager::Yarn, None) => install(),
        (Manager::Yarn, Some("global")) if operands.first() == Some(&"add") => {
            NodeCommand::InstallGlobal(operands[1..].iter().map(|name| (*name).to_owned()).collect())
        }
        (_, Some("install" | "i" | "add" | "in" | "isntall")) if is_global => {
            NodeCommand::InstallGlobal(operands.iter().map(|name| (*name).to_owned()).collect())
        }
        (_, Some("install" | "i" | "in" | "isntall")) if operands.is_empty() => install(),
        (
            Manager::Npm | Manager::Pnpm,
            Some("ci" | "clean-install" | "install-clean" | "cit" | "it" | "install-test"),
        )
        | (_, Some("fetch")) => install(),
        (
            _,
            Some(
                "install" | "i" | "add" | "link" | "update" | "upgrade" | "up" | "rebuild" | "dlx" | "create"
                | "init",
            ),
        ) => NodeCommand::OtherInstall,
        (Manager::Yarn, Some("workspaces")) if operands.first() == Some(&"focus") => NodeCommand::Prune,
        (_, Some("prune")) => NodeCommand::Prune,
        (_, Some("run" | "run-script" | "rum")) => match operands.first() {
            Some(name) if !is_elsewhere => script(name),
            _ => NodeCommand::OtherInstall,
        },
        (_, Some(name @ ("start" | "test" | "stop" | "restart"))) => script(name),
        (_, Some("t" | "tst")) => script("test"),
        (_, Some("exec" | "x")) => {
            let at = arguments.iter().position(|word| word == "exec" || word == "x").unwrap_or_default();
            tool(&arguments[at + 1..])
        }
        (_, Some("config" | "set" | "login" | "adduser" | "token")) => NodeCommand::Config,
        (_, Some("cache")) => NodeCommand::CleanCache,
        (Manager::Pnpm, Some("store")) => NodeCommand::CleanCache,
        (
            _,
            Some(
                "audit" | "version" | "view" | "ls" | "list" | "outdated" | "fund" | "why" | "pkg" | "root"
                | "bin" | "ping" | "whoami",
            ),
        ) => NodeCommand::Harmless,
        // yarn and pnpm also run a script, or a tool, by its bare name.
        (Manager::Yarn | Manager::Pnpm, Some(name)) if !is_elsewhere => script(name),
        _ => NodeCommand::OtherInstall,
    }
}

fn tool(arguments: &[String]) -> NodeCommand {
    let flags = arguments.iter().take_while(|word| word.starts_with('-')).count();
    NodeCommand::Tool(arguments[flags..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Option<NodeCommand> {
        of_words(&text.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn commands_of_all_managers_are_told_apart() {
        let install = |manager, production| Some(NodeCommand::Install { manager, production });
        let script = |manager, name: &str| Some(NodeCommand::Script { manager, name: name.to_owned() });
        assert_eq!(check("npm ci"), install(Manager::Npm, false));
        assert_eq!(check("npm install --omit=dev"), install(Manager::Npm, true));
        assert_eq!(check("yarn"), install(Manager::Yarn, false));
        assert_eq!(check("yarn install --frozen-lockfile"), install(Manager::Yarn, false));
        assert_eq!(check("pnpm i --prod"), install(Manager::Pnpm, true));
        assert_eq!(check("npm install left-pad"), Some(NodeCommand::OtherInstall));
        assert_eq!(check("npm --prefix web ci"), Some(NodeCommand::OtherInstall));
        assert_eq!(check("npm i -g pnpm"), Some(NodeCommand::InstallGlobal(vec!["pnpm".to_owned()])));
        assert_eq!(check("yarn bundle"), script(Manager::Yarn, "bundle"));
        assert_eq!(check("npm run build -- --prod"), script(Manager::Npm, "build"));
        assert_eq!(check("env A=b npm start"), script(Manager::Npm, "start"));
        assert_eq!(
            check("npx --yes tsc -p ."),
            Some(NodeCommand::Tool(["tsc", "-p", "."].map(str::to_owned).to_vec()))
        );
        assert_eq!(check("npm cache clean --force"), Some(NodeCommand::CleanCache));
        assert_eq!(check("node x.js"), None);
    }
}
