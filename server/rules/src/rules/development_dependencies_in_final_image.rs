//! Dependencies for development that the final image carries and never uses.

use rewrites::Input;
use semantic::commands::{Manager, PackageCommand, Verb, meaning};
use semantic::{Kind, Lookup, StageInstruction};
use syntax::{TextEdit, TextRange};

use crate::analysis::call::Call;
use crate::analysis::fixes::to_check;
use crate::analysis::install::is_build;
use crate::analysis::run_calls::{RunCall, calls_of};
use crate::analysis::shipped::{shipped, starts_something};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "development-dependencies-in-final-image",
    aliases: &[],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "The final image carries dependencies that only developers need",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

The final image installs all dependencies of a project, those for development too, builds and tests nothing with them, and then runs the
program: with npm, Yarn or pnpm where CMD or ENTRYPOINT is `node` itself, and with Composer or Poetry. Where `package.json` is known to list none,
`NODE_ENV` is `production`, or they are removed again, nothing is said. What a build in the final image needs is
`build-tools-in-final-image`.

## Why

Test runners, bundlers and type checkers are often more than half of `node_modules`: more to pull, to scan, and to keep up to date.

## Bad

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY src src
CMD ["node", "src/index.js"]
```

## Good

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY src src
CMD ["node", "src/index.js"]
```

## When to ignore

When the image is for developing, or the program needs one of them at run time.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let shipped = shipped(input.model);
    let Some(last) = shipped.last() else { return };
    let is_for_others = last.lower_name().is_some_and(|name| {
        let mut words = name.split(['-', '_', '.']);
        words.any(|word| {
            matches!(
                word,
                "dev"
                    | "development"
                    | "devcontainer"
                    | "test"
                    | "tests"
                    | "ci"
                    | "build"
                    | "builder"
                    | "debug"
                    | "lint"
            )
        })
    });
    if is_for_others || !starts_something(&shipped) {
        return;
    }
    let items = || shipped.iter().flat_map(|stage| &stage.instructions);
    let mut installs = Vec::new();
    for call in items().flat_map(calls_of) {
        if is_build(&call.call) {
            return;
        }
        if !is_manager(call.call.program) {
            continue;
        }
        let meaning = meaning(call.call.command);
        let Some(package) = meaning.package() else { continue };
        match package.verb {
            // What a script of the project needs is not known.
            Verb::Test | Verb::Build | Verb::Run => return,
            Verb::Remove if package.subcommand == "prune" => return,
            Verb::Install => installs
                .extend(flag(package).filter(|_| is_open(input, &call, package)).map(|flag| (call, flag))),
            _ => {}
        }
    }
    let runs_node = runs_node(items());
    for (call, flag) in installs {
        let is_node = matches!(call.call.program, "npm" | "yarn" | "pnpm");
        if is_node && !runs_node {
            continue;
        }
        let message = format!(
            "This installs the dependencies for development too, and the image only runs the program. Add `{flag}`."
        );
        let place = call.call.subcommand().map_or_else(|| call.range(), |word| call.range_to(word));
        let finding = findings.add(place, message);
        if call.is_editable() {
            let at = TextRange::empty(place.end);
            let edit = TextEdit { range: at, new_text: format!(" {flag}") };
            finding.fixes.push(to_check(
                format!("Add `{flag}`"),
                "that the program needs none of them to run",
                vec![edit],
            ));
        }
    }
}

fn is_manager(program: &str) -> bool {
    matches!(program, "npm" | "yarn" | "pnpm" | "composer" | "composer.phar" | "poetry" | "npx")
}

/// The flag that leaves them out.
fn flag(package: &PackageCommand<'_>) -> Option<&'static str> {
    match package.manager {
        Manager::Npm if matches!(package.subcommand.as_str(), "ci" | "install" | "i" | "clean-install") => {
            Some("--omit=dev")
        }
        // Later Yarns have another command for it.
        Manager::Yarn
            if matches!(package.subcommand.as_str(), "" | "install")
                && !package.options.has(&["--immutable", "--version", "-v", "--help", "-h"]) =>
        {
            Some("--production")
        }
        Manager::Pnpm if matches!(package.subcommand.as_str(), "install" | "i") => Some("--prod"),
        Manager::Composer if package.subcommand == "install" => Some("--no-dev"),
        Manager::Poetry if package.subcommand == "install" => Some("--only main"),
        _ => None,
    }
}

/// Whether the project's dependencies for development are among what is installed.
fn is_open(input: &Input<'_>, call: &RunCall<'_>, package: &PackageCommand<'_>) -> bool {
    let switches = [
        "NODE_ENV",
        "npm_config_omit",
        "NPM_CONFIG_OMIT",
        "NPM_CONFIG_PRODUCTION",
        "npm_config_production",
        "COMPOSER_NO_DEV",
        "POETRY_WITHOUT",
        "YARN_PRODUCTION",
    ];
    let is_switched = |name: &&str| {
        let looked_up = input.model.lookup(call.item.scope, name);
        let is_set =
            matches!(looked_up, Lookup::Value(value) if !matches!(value, "development" | "" | "0" | "false"));
        let is_open = input.model.scopes.definition(call.item.scope, name).is_some()
            && matches!(looked_up, Lookup::Unknown);
        is_set || is_open || call.call.command.assignments.iter().any(|assignment| assignment.name == **name)
    };
    let is_env = call.call.command.words.iter().any(|word| word.text.contains("NODE_ENV="));
    let has_variable = package.options.flags.iter().any(|flag| flag.word.value.is_none())
        || package.options.operands.iter().any(|word| word.value.is_none());
    if package.is_production() || is_env || has_variable || switches.iter().any(is_switched) {
        return false;
    }
    if !package.installs_project() {
        return false;
    }
    let (manifest, key) = match package.manager {
        Manager::Composer => ("composer.json", "\"require-dev\""),
        Manager::Poetry => ("pyproject.toml", "dev"),
        _ => ("package.json", "\"devDependencies\""),
    };
    let context = input.facts.context.as_ref();
    context.and_then(|context| context.manifest(manifest)).is_none_or(|text| text.contains(key))
}

/// Whether what is started is Node itself, and no script of the project.
fn runs_node<'a>(items: impl DoubleEndedIterator<Item = &'a StageInstruction>) -> bool {
    let mut started = items.rev().filter(|item| matches!(item.kind, Kind::Cmd | Kind::Entrypoint));
    started.any(|item| {
        let script = item.instruction.shell();
        let mut calls = script
            .iter()
            .flat_map(|script| &script.statements)
            .flat_map(|statement| &statement.commands)
            .filter_map(Call::of);
        calls.any(|call| {
            call.program == "node"
                || matches!(call.program, "tini" | "dumb-init") && call.values().any(|value| value == "node")
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::expect;
    use semantic::facts::{ContextFacts, Facts};

    use crate::Settings;
    use crate::tests::{check_fix_of, check_only, findings_of, no_findings, pointed_at};

    const CODE: &str = "development-dependencies-in-final-image";

    #[test]
    fn they_are_left_out() {
        check_fix_of(
            CODE,
            "
FROM node:22-slim
RUN echo größe && npm ci \\
  --ignore-scripts
CMD [\"node\", \"x.js\"]
",
            expect![[r#"
                Add `--omit=dev` (unsafe: that the program needs none of them to run)
                FROM node:22-slim
                RUN echo größe && npm ci --omit=dev \
                  --ignore-scripts
                CMD ["node", "x.js"]
            "#]],
        );
        for (install, start) in [
            ("npm install", "CMD node x.js"),
            ("yarn install --frozen-lockfile", "ENTRYPOINT [\"node\"]"),
            ("yarn", "CMD [\"node\", \"x\"]"),
            ("pnpm i", "CMD exec node x"),
            ("composer install --no-interaction", "CMD [\"php-fpm\"]"),
            ("poetry install", "CMD [\"python\", \"-m\", \"app\"]"),
        ] {
            assert_eq!(
                check_only(CODE, &format!("FROM a:1\nRUN {install}\n{start}\n")).len(),
                1,
                "{install}"
            );
        }
    }

    #[test]
    fn what_leaves_them_out_or_needs_them_is_fine() {
        for text in [
            "RUN npm ci --omit=dev\nCMD node x",
            "RUN npm install --production\nCMD node x",
            "RUN npm ci --only=production\nCMD node x",
            "ENV NODE_ENV=production\nRUN npm ci\nCMD node x",
            "ARG NODE_ENV\nRUN npm ci\nCMD node x",
            "RUN NODE_ENV=production npm ci\nCMD node x",
            "RUN npm ci && npm prune --omit=dev\nCMD node x",
            "RUN npm ci && npm run build\nCMD node x",
            "RUN npm ci\nRUN npx tsc\nCMD node x",
            "RUN npm ci\nCMD npm start",
            "RUN npm ci",
            "RUN npm install -g x\nCMD node x",
            "RUN npm install express\nCMD node x",
            "RUN npm ci $FLAGS\nCMD node x",
            "RUN composer install --no-dev\nCMD php-fpm",
            "RUN poetry install --only main\nCMD x",
            "RUN poetry install --without dev\nCMD x",
            "RUN npm ci\nFROM b:1\nCMD node x",
            "RUN echo npm ci\nCMD node x",
            "RUN npm '\nCMD node x",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
        no_findings(CODE, "FROM a:1 AS dev\nRUN npm ci\nCMD node x\n");
    }

    #[test]
    fn a_manifest_tells_whether_there_are_any() {
        let found = |manifest: &str| {
            let manifests = BTreeMap::from([("package.json".to_owned(), manifest.to_owned())]);
            let facts = Facts {
                context: Some(ContextFacts { manifests, ..ContextFacts::default() }),
                ..Facts::default()
            };
            let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
            findings_of("FROM a:1\nRUN npm ci\nCMD node x\n", &facts, &settings).len()
        };
        assert_eq!(found("{\"devDependencies\": {\"jest\": \"1\"}}"), 1);
        assert_eq!(found("{\"dependencies\": {\"express\": \"1\"}}"), 0);
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM größe:1\r\nRUN true && \\\r\n  npm ci\r\nCMD node x\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN true `\n && npm ci\nCMD node x\n",
            "FROM a:1\nRUN <<EOF\nnpm ci\nEOF\nCMD node x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["npm ci"], "{text}");
        }
    }

    #[test]
    fn a_question_installs_nothing() {
        let text = "FROM node:22-slim\nRUN yarn --version && yarn -v\nCMD [\"node\", \"a.js\"]\n";
        no_findings("development-dependencies-in-final-image", text);
    }
}
