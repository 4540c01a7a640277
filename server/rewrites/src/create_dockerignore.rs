//! `create-dockerignore`: what an image does not need is not sent to the builder, does not end up in it, and does not spoil its cache.

use semantic::dockerignore::Dockerignore;
use semantic::facts::FileKind;
use semantic::{ContextFacts, StageInstruction};

use crate::analysis::call::Call;
use crate::ground;
use crate::node::{NodeCommand, command};
use crate::offer::{Applicability, Fix, Input, NewFile, Offers, Recipe, Rewrite};
use crate::split_stages::effect::{self, Effect};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Creates a .dockerignore of what lies in the build context and the image does not need.",
    kind: "refactor.rewrite.dockerignore",
    page: PAGE,
    search,
};

const ID: &str = "create-dockerignore";

const NAME: &str = ".dockerignore";

const PAGE: &str = r#"`COPY . .` takes all there is: the history of git, packages installed on the desk, keys. Each of them changes what the steps below are made of. A
`.dockerignore` leaves out what the image does not need; the Dockerfile stays as it is:

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY . .
RUN npm ci
```

It names only what lies there: `.git`, settings of editors and of CI, files that call Docker, environment files and private keys,
and what the Dockerfile makes anew by itself: `node_modules` where it installs, `target` where cargo builds, caches and virtual environments of Python. What a COPY
asks for by name is not left out, nor is `.git` where a step calls git.

`layerwise rewrite create-dockerignore --diff` shows the file and `--write` creates it; the Dockerfile stays as it is. In an editor it takes a client
that can create files.

It is *unsafe*: only somebody who knows the project can tell that the image needs none of it. It is not offered where there is a `.dockerignore`, and
where no COPY takes the whole context: the builder then asks for what is copied alone.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let refuse = |reason: &str| Offers::refused(ground::place(input.model), reason);
    let Some(context) = &input.facts.context else {
        return refuse("the build context is not known");
    };
    if let Some(file) = &context.ignore_file {
        return refuse(&format!("there is {}", file.path));
    }
    let items = || input.model.stages.iter().flat_map(|stage| &stage.instructions);
    let copies = || items().filter_map(StageInstruction::as_copy);
    let Some(whole) = items()
        .find(|item| item.as_copy().is_some_and(|copy| copy.from.is_none() && copy.takes_whole_context()))
    else {
        return refuse("no COPY takes the whole context, so no more than what is copied is sent");
    };
    let wanted: Vec<String> =
        copies().flat_map(semantic::Copy::context_paths).filter(|path| path != ".").collect();
    let sections: Vec<Vec<&str>> = sections(context, &Needs::of(items()))
        .into_iter()
        .map(|section| section.into_iter().filter(|pattern| is_free(pattern, context, &wanted)).collect())
        .filter(|section: &Vec<&str>| !section.is_empty())
        .collect();
    if sections.is_empty() {
        return refuse("nothing lies in the context that an image is known not to need");
    }
    let patterns: Vec<&str> = sections.iter().flatten().copied().collect();
    let text: String =
        sections.iter().map(|section| section.join("\n") + "\n").collect::<Vec<_>>().join("\n");
    let shown = match patterns.as_slice() {
        [rest @ .., last] if !rest.is_empty() && rest.len() < 4 => {
            format!("{} or {last}", rest.join(", "))
        }
        [first, second, third, rest @ ..] => {
            format!("{first}, {second}, {third} or {} more", rest.len())
        }
        few => few.join(" or "),
    };
    let fix = Fix {
        title: format!("Create {NAME}"),
        applicability: Applicability::Unsafe { check: format!("that the image needs no {shown}") },
        edits: Vec::new(),
    };
    let creates = Some(NewFile { path: NAME.to_owned(), text });
    let rewrite = Rewrite { id: ID, place: whole.instruction.range(), fix, needs: None, creates };
    Offers { rewrites: vec![rewrite], refusals: Vec::new() }
}

/// What the steps of a Dockerfile do by themselves, or call.
#[derive(Debug, Default)]
struct Needs {
    calls_git: bool,
    installs_node: bool,
    runs_cargo: bool,
    installs_python: bool,
}

impl Needs {
    fn of<'a>(items: impl Iterator<Item = &'a StageInstruction>) -> Self {
        let mut needs = Self::default();
        for command in items.filter_map(StageInstruction::as_run).flat_map(semantic::Run::commands) {
            match effect::of(command) {
                Effect::Cargo => needs.runs_cargo = true,
                Effect::Python(_) => needs.installs_python = true,
                _ => {}
            }
            needs.calls_git |= Call::of(command).is_some_and(|call| call.program == "git");
            needs.installs_node |= matches!(command::of_command(command), Some(NodeCommand::Install { .. }));
        }
        needs
    }
}

/// Patterns of what lies in a context and may be left out, by kind.
fn sections<'a>(context: &ContextFacts, needs: &Needs) -> Vec<Vec<&'a str>> {
    let names: &[(&'a str, bool)] =
        &[(".git", !needs.calls_git), (".gitignore", true), (".gitattributes", true)];
    let has_manifest =
        |name: &str| context.files.keys().any(|path| path == name || path.ends_with(&format!("/{name}")));
    let made: &[(&'a str, bool)] = &[
        ("**/node_modules", needs.installs_node && has_manifest("package.json")),
        ("target", needs.runs_cargo && context.has("Cargo.toml")),
        (".venv", needs.installs_python && context.has(".venv/pyvenv.cfg")),
        ("venv", needs.installs_python && context.has("venv/pyvenv.cfg")),
        ("**/__pycache__", true),
        ("**/*.pyc", true),
        (".pytest_cache", true),
        (".mypy_cache", true),
        (".ruff_cache", true),
    ];
    let desk: &[(&'a str, bool)] = &[
        (".idea", true),
        (".vscode", true),
        ("**/.DS_Store", true),
        (".github", true),
        (".gitlab-ci.yml", true),
        (".circleci", true),
        (".devcontainer", true),
    ];
    let docker: &[(&'a str, bool)] = &[
        ("Dockerfile*", true),
        ("compose*.yml", true),
        ("compose*.yaml", true),
        ("docker-compose*.yml", true),
        ("docker-compose*.yaml", true),
        ("docker-bake.hcl", true),
    ];
    let secret: &[(&'a str, bool)] =
        &[(".env", true), (".env.local", true), ("**/id_rsa", true), ("**/id_ed25519", true)];
    [names, made, desk, docker, secret]
        .into_iter()
        .map(|section| section.iter().filter(|(_, wanted)| *wanted).map(|(pattern, _)| *pattern).collect())
        .collect()
}

/// Whether a pattern leaves out something that lies there, and nothing that a COPY names.
fn is_free(pattern: &str, context: &ContextFacts, wanted: &[String]) -> bool {
    let ignored = Dockerignore::parse(pattern).0;
    let is_there = context.files.iter().any(|(path, file)| {
        let is_wanted = |kind: FileKind| kind != FileKind::Directory || !pattern.contains("*.");
        is_wanted(file.kind) && ignored.is_ignored(path)
    });
    is_there && !wanted.iter().any(|path| ignored.is_ignored(path))
}

#[cfg(test)]
mod tests {
    use semantic::Facts;

    use super::RECIPE;
    use crate::fixture::{facts, model};
    use crate::offer::Input;

    /// The file that is made, or why none is.
    fn check(dockerfile: &str, facts: &Facts) -> Result<String, String> {
        let model = model(dockerfile, facts);
        let offers = RECIPE.find(&Input { model: &model, facts });
        match offers.rewrites.first() {
            Some(rewrite) => Ok(rewrite.creates.clone().unwrap().text),
            None => Err(offers.refusals[0].reason.clone()),
        }
    }

    const NODE: &str = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n";

    fn project() -> Facts {
        facts(&[
            (".git/HEAD", ""),
            (".github/x.yml", ""),
            (".env", ""),
            ("Dockerfile", ""),
            ("compose.yaml", ""),
            ("package.json", "{}"),
            ("node_modules/a/index.js", ""),
            ("größe.txt", ""),
            ("src/a.js", ""),
        ])
    }

    #[test]
    fn what_lies_there_and_is_not_needed_is_named() {
        let expected = ".git\n\n**/node_modules\n\n.github\n\nDockerfile*\ncompose*.yaml\n\n.env\n";
        assert_eq!(check(NODE, &project()).as_deref(), Ok(expected));
    }

    #[test]
    fn what_a_step_needs_stays() {
        let text = "FROM node:22\nCOPY .env /x\nCOPY . .\nRUN sudo git describe && make\n";
        let expected = ".github\n\nDockerfile*\ncompose*.yaml\n";
        assert_eq!(check(text, &project()).as_deref(), Ok(expected));
        let text = "FROM node:22\nCOPY node_modules/a /a\nCOPY . .\nRUN npm ci\n";
        assert!(!check(text, &project()).unwrap().contains("node_modules"));
    }

    #[test]
    fn nothing_is_made_where_it_would_not_help() {
        let reason = |text: &str, facts: &Facts| check(text, facts).unwrap_err();
        assert!(reason("FROM node:22\nCOPY src /src\n", &project()).starts_with("no COPY takes"));
        assert!(reason(NODE, &facts(&[("package.json", "{}")])).starts_with("nothing lies"));
        assert!(reason(NODE, &facts(&[(".dockerignore", ""), (".git/HEAD", "")])).starts_with("there is"));
        assert!(reason(NODE, &Facts::default()).contains("not known"));
        assert!(reason("FROM node:22\nCOPY . .\nCOPY\n", &project()).contains("does not build"));
    }
}
