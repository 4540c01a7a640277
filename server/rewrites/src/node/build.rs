//! What the commands of a build write: which tool, where to, and whether the result needs its dependencies at run time.

use super::command::{self, Manager, NodeCommand};
use super::package::{Package, in_directory, parse_script};
use crate::context::Context;

/// What one build command writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// The tool's name.
    pub(crate) tool: String,
    /// The file or directory, from the context's root; absent where only the tool's own settings say it.
    pub(crate) path: Option<String>,
    /// Whether `path` is a file.
    pub(crate) is_file: bool,
    /// Whether the result holds all that it imports.
    pub(crate) self_contained: bool,
}

/// Scripts call scripts; deeper than this is taken for a loop.
const MAX_DEPTH: usize = 8;

/// Tools that look at the sources and write nothing that a program needs.
const CHECKERS: [&str; 17] = [
    "eslint",
    "prettier",
    "jest",
    "vitest",
    "mocha",
    "ava",
    "tap",
    "c8",
    "nyc",
    "cypress",
    "playwright",
    "stylelint",
    "biome",
    "xo",
    "standard",
    "knip",
    "depcheck",
];

/// Programs that only move, make and remove files, or print.
const FILE_TOOLS: [&str; 19] = [
    "rm",
    "rimraf",
    "mkdir",
    "mkdirp",
    "cp",
    "cpx",
    "cpy",
    "copyfiles",
    "shx",
    "mv",
    "ncp",
    "chmod",
    "chown",
    "echo",
    "true",
    ":",
    "test",
    "touch",
    "del-cli",
];

/// What a command of the build writes, scripts of the manifest followed.
///
/// # Errors
/// Says what could not be followed, as a sentence.
pub(crate) fn outputs(
    context: &Context<'_>,
    package: &Package,
    command: &NodeCommand,
) -> Result<Vec<Output>, String> {
    let mut found = Vec::new();
    follow(context, package, command, 0, &mut found)?;
    Ok(found)
}

fn follow(
    context: &Context<'_>,
    package: &Package,
    command: &NodeCommand,
    depth: usize,
    found: &mut Vec<Output>,
) -> Result<(), String> {
    match command {
        NodeCommand::Script { manager, name } => script(context, package, *manager, name, depth, found),
        NodeCommand::Tool(words) => tool(context, package, words, depth, found),
        _ => Ok(()),
    }
}

fn script(
    context: &Context<'_>,
    package: &Package,
    manager: Manager,
    name: &str,
    depth: usize,
    found: &mut Vec<Output>,
) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("the script `{name}` of package.json calls itself"));
    }
    let Some(text) = package.script(name) else {
        if manager == Manager::Npm {
            return Err(format!("package.json has no script `{name}`"));
        }
        return tool(context, package, &[name.to_owned()], depth, found);
    };
    let around = [format!("pre{name}"), format!("post{name}")];
    let [before, after] = around.each_ref().map(|name| package.script(name));
    for text in before.into_iter().chain([text]).chain(after) {
        let script = parse_script(text)
            .ok_or_else(|| format!("the script `{name}` of package.json is not fully understood"))?;
        for command in script.statements.iter().flat_map(|statement| &statement.commands) {
            let words: Option<Vec<String>> = command
                .words
                .iter()
                .map(|word| Some(word.value.clone().unwrap_or_else(|| word.text.clone())))
                .collect();
            tool(context, package, &words.unwrap_or_default(), depth + 1, found)?;
        }
    }
    Ok(())
}

/// Follows the words of a command.
fn tool(
    context: &Context<'_>,
    package: &Package,
    words: &[String],
    depth: usize,
    found: &mut Vec<Output>,
) -> Result<(), String> {
    let words = command::strip_environment(words);
    let Some((program, arguments)) = words.split_first() else { return Ok(()) };
    if let Some(inner) = command::of_words(words) {
        return follow(context, package, &inner, depth + 1, found);
    }
    let name = semantic::path::file_name(program);
    match name {
        "npm-run-all" | "npm-run-all2" | "run-s" | "run-p" => {
            for name in arguments.iter().filter(|word| !word.starts_with('-')) {
                for name in scripts_named(package, name) {
                    script(context, package, Manager::Npm, &name, depth + 1, found)?;
                }
            }
        }
        _ if FILE_TOOLS.contains(&name) || CHECKERS.contains(&name) || name == "cd" => {}
        _ => found.extend(output_of(context, package, name, arguments)),
    }
    Ok(())
}

/// The scripts that a name of npm-run-all means, `build:*` too.
fn scripts_named(package: &Package, name: &str) -> Vec<String> {
    match name.strip_suffix('*') {
        Some(prefix) => {
            package.script_names().filter(|name| name.starts_with(prefix)).map(str::to_owned).collect()
        }
        None => vec![name.to_owned()],
    }
}

fn output_of(context: &Context<'_>, package: &Package, tool: &str, arguments: &[String]) -> Option<Output> {
    let option = |names: &[&str]| option(arguments, names);
    let has = |names: &[&str]| arguments.iter().any(|word| names.contains(&word.as_str()));
    let mut is_file = false;
    let mut self_contained = false;
    let path = match tool {
        "esbuild" => {
            let externals = arguments.iter().any(|word| {
                word.starts_with("--external:") && !word.starts_with("--external:node:")
                    || word.starts_with("--packages=external")
            });
            self_contained = has(&["--bundle", "--bundle=true"]) && !externals;
            let file = option(&["--outfile"]);
            is_file = file.is_some();
            file.or_else(|| option(&["--outdir"]))
        }
        "ncc" if !has(&["build"]) => return None,
        "ncc" => {
            self_contained = !has(&["-e", "--external"]);
            option(&["-o", "--out"]).or_else(|| Some("dist".to_owned()))
        }
        "nuxt" | "nuxi" => {
            self_contained = true;
            Some(".output".to_owned())
        }
        "tsc" if has(&["--noEmit"]) => return None,
        "tsc" => option(&["--outDir", "--outdir"]).or_else(|| {
            let project = option(&["-p", "--project"]).or_else(|| {
                let after = arguments.iter().skip_while(|word| !matches!(word.as_str(), "-b" | "--build"));
                after.skip(1).find(|word| !word.starts_with('-')).cloned()
            });
            typescript_output(context, package, project.as_deref())
        }),
        "webpack" | "webpack-cli" => option(&["-o", "--output-path"]),
        "rollup" => {
            let file = option(&["-o", "--file"]);
            is_file = file.is_some();
            file.or_else(|| option(&["-d", "--dir"]))
        }
        "vite" if !has(&["build"]) => return None,
        "vite" => option(&["--outDir"]).or_else(|| Some("dist".to_owned())),
        "tsup" => option(&["-d", "--out-dir"]).or_else(|| Some("dist".to_owned())),
        "babel" | "swc" => {
            let file = option(&["-o", "--out-file"]);
            is_file = file.is_some();
            file.or_else(|| option(&["-d", "--out-dir"]))
        }
        "parcel" => option(&["--dist-dir", "-d"]).or_else(|| Some("dist".to_owned())),
        "prisma" | "husky" | "patch-package" => return None,
        _ => None,
    };
    let path = path.map(|path| in_directory(&package.directory, &path));
    Some(Output { tool: tool.to_owned(), path, is_file, self_contained })
}

/// The value of an option in any spelling: `--x=v`, `--x v`.
fn option(arguments: &[String], names: &[&str]) -> Option<String> {
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        for name in names {
            if word == name {
                return words.next().cloned();
            }
            if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
                return Some(value.to_owned());
            }
        }
    }
    None
}

/// `compilerOptions.outDir` of a project's settings, where they are known.
fn typescript_output(context: &Context<'_>, package: &Package, project: Option<&str>) -> Option<String> {
    let project = project.unwrap_or("tsconfig.json");
    let name =
        if project.ends_with(".json") { project.to_owned() } else { format!("{project}/tsconfig.json") };
    let text = context.manifest(&in_directory(&package.directory, &name))?;
    let settings: serde_json::Value = serde_json::from_str(&without_comments(text)).ok()?;
    let output = settings.get("compilerOptions")?.get("outDir")?.as_str()?;
    let folder = name.rsplit_once('/').map_or(".", |(folder, _)| folder);
    Some(in_directory(folder, output))
}

/// JSON without the comments and trailing commas that TypeScript's settings may have.
fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            '"' => string_length(rest),
            '/' if rest.starts_with("//") => {
                rest = rest.find('\n').map_or("", |at| &rest[at..]);
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest.find("*/").map_or("", |at| &rest[at + 2..]);
                continue;
            }
            '}' | ']' => {
                let kept = plain.trim_end().trim_end_matches(',').len();
                plain.truncate(kept);
                1
            }
            _ => letter.len_utf8(),
        };
        plain.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    plain
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::facts;

    fn check(scripts: &str, more: &[(&str, &str)]) -> Result<Vec<(String, Option<String>, bool)>, String> {
        let manifest = format!("{{\"scripts\": {{{scripts}}}}}");
        let mut files = vec![("package.json", manifest.as_str())];
        files.extend(more);
        let facts = facts(&files);
        let context = Context::of(&facts).unwrap();
        let package = Package::read(&context, ".").unwrap();
        let command = NodeCommand::Script { manager: Manager::Npm, name: "build".to_owned() };
        let outputs = outputs(&context, &package, &command)?;
        Ok(outputs.into_iter().map(|output| (output.tool, output.path, output.self_contained)).collect())
    }

    #[test]
    fn scripts_are_followed_to_the_tools() {
        let some = |path: &str| Some(path.to_owned());
        for (scripts, expected) in [
            (
                r#""build": "esbuild a.js --bundle --platform=node --outfile=out/a.cjs""#,
                vec![("esbuild".to_owned(), some("out/a.cjs"), true)],
            ),
            (
                r#""build": "esbuild a.js --bundle --packages=external --outdir=lib""#,
                vec![("esbuild".to_owned(), some("lib"), false)],
            ),
            (
                r#""prebuild": "rimraf dist && eslint .", "build": "cross-env NODE_ENV=production npm run bundle", "bundle": "npx ncc build x.js -o dist""#,
                vec![("ncc".to_owned(), some("dist"), true)],
            ),
            (
                r#""build": "run-s build:*", "build:a": "tsc --noEmit", "build:b": "tsc --outDir lib""#,
                vec![("tsc".to_owned(), some("lib"), false)],
            ),
            (r#""build": "node make.mjs""#, vec![("node".to_owned(), None, false)]),
        ] {
            assert_eq!(check(scripts, &[]), Ok(expected), "{scripts}");
        }
    }

    #[test]
    fn typescript_settings_say_where_to() {
        let settings = "{ // note\n \"compilerOptions\": { \"outDir\": \"./build\", /* x */ }, }";
        let found = check(r#""build": "tsc""#, &[("tsconfig.json", settings)]);
        assert_eq!(found, Ok(vec![("tsc".to_owned(), Some("build".to_owned()), false)]));
    }

    #[test]
    fn what_cannot_be_followed_is_said() {
        assert!(check(r#""x": "y""#, &[]).unwrap_err().contains("no script `build`"));
        assert!(check(r#""build": "npm run build""#, &[]).unwrap_err().contains("calls itself"));
    }
}
