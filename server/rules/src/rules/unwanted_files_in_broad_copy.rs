//! A COPY of the whole context that takes along what no image needs.

use semantic::facts::{FileFacts, FileKind};
use semantic::{Copy, Stage};

use crate::analysis::call::Call;
use crate::analysis::context_copy::Sent;
use crate::analysis::install::project_install;
use crate::analysis::made::is_secret_path;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "unwanted-files-in-broad-copy",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A COPY of the whole context takes the history of git, installed packages or credentials along",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A COPY takes the whole build context, and in it lies what no image needs and no `.dockerignore` leaves out: `.git`, where no step may ask git; `node_modules` or a virtual environment, where the
stage installs the same packages; in a stage that is shipped also files that hold credentials by their names (`.env`, private keys).

## Why

All of it goes to the builder, and into the layer. Any commit or installed package makes another layer, and each step behind it runs again. What was ever in `.git` or in `.env` can be
read by everyone who can pull the image.

## Bad

```dockerfile
# file: .git/config
# file: .env
# file: server.js
FROM node:22-slim
WORKDIR /app
COPY . .
```

## Good

```dockerfile
# .dockerignore: .git
# .dockerignore: .env*
# file: .git/config
# file: .env
# file: server.js
FROM node:22-slim
WORKDIR /app
COPY . .
```

The rewrite `create-dockerignore` makes the file.

## When to ignore

When the build needs the history, or the packages that lie there.
"#;

/// Folders that tools make, what they are, and when an image needs them.
const FOLDERS: [(&str, &str, Needed); 7] = [
    (".git", "the history of git", Needed::Git),
    (
        "node_modules",
        "the packages that were installed here",
        Needed::UnlessInstalled(&["npm", "yarn", "pnpm", "bun"]),
    ),
    (".venv", "a virtual environment", Needed::UnlessInstalled(&["pip", "uv", "poetry", "pipenv"])),
    ("venv", "a virtual environment", Needed::UnlessInstalled(&["pip", "uv", "poetry", "pipenv"])),
    (".terraform", "Terraform's providers", Needed::Never),
    (".gradle", "Gradle's caches", Needed::Never),
    ("__pycache__", "compiled files", Needed::Never),
];

/// When an image needs a folder.
#[derive(Debug, Clone, Copy)]
enum Needed {
    Never,
    /// Where a step may ask git for something.
    Git,
    /// Unless one of these managers fills it in the image.
    UnlessInstalled(&'static [&'static str]),
}

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let Some(context) = &input.file.facts.context else { return };
    let whole = |copy: &&Copy| copy.takes_whole_context() && copy.exclude.is_empty();
    let mut copies = input.stage.instructions.iter().filter_map(|item| item.as_copy()).filter(whole);
    let Some(source) = copies.next().and_then(|copy| copy.sources.first()) else { return };
    let sent = Sent::of(context);
    let is_needless =
        |(folder, _, needed): &&(&str, &str, Needed)| sent.has(folder) && !is_needed(input.stage, *needed);
    let needless = FOLDERS.iter().filter(is_needless);
    let mut unwanted: Vec<String> =
        needless.map(|(folder, what, _)| format!("`{folder}` ({what})")).collect();
    let is_file = |path: &str, file: FileFacts| file.kind == FileKind::File && is_credential(path);
    let credentials = if input.is_shipped { sent.find(is_file) } else { Vec::new() };
    unwanted.extend(credentials.iter().map(|(path, _)| format!("`{path}`")));
    if unwanted.is_empty() {
        return;
    }
    let rest = unwanted.split_off(unwanted.len().min(3)).len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let cost = if credentials.is_empty() {
        "A change of any of it makes another layer"
    } else {
        "Whoever can pull the image can read it"
    };
    let cure = match &context.ignore_file {
        Some(file) => format!("Leave it out in {}.", file.path),
        None => "Leave it out in a .dockerignore (rewrite create-dockerignore).".to_owned(),
    };
    let message = format!("This copies {}{more}. {cost}. {cure}", unwanted.join(", "));
    findings.add(source.text.range, message);
}

/// Whether a stage needs a folder that tools make.
fn is_needed(stage: &Stage, needed: Needed) -> bool {
    let mut runs = stage.instructions.iter().filter(|item| item.as_run().is_some());
    match needed {
        Needed::Never => false,
        // Go notes the commit in what it builds, and a Makefile may ask for it.
        Needed::Git => runs.any(|item| {
            let asks =
                |command| Call::of(command).is_some_and(|call| matches!(call.program, "git" | "make" | "go"));
            item.instruction.source.contains("git ")
                || item.as_run().is_some_and(|run| run.commands().any(asks))
        }),
        Needed::UnlessInstalled(managers) => !runs.any(|item| {
            let installs = |command| {
                let install = Call::of(command).and_then(|call| project_install(&call));
                install.is_some_and(|install| managers.contains(&install.manager))
            };
            item.as_run().is_some_and(|run| run.commands().any(installs))
        }),
    }
}

/// Whether a file's name says that it holds credentials, and not an example or a certificate for all to see.
fn is_credential(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_sample = ["example", "sample", "template", "test", "dummy", "fixture", "mock", "public"]
        .into_iter()
        .any(|word| path.to_ascii_lowercase().contains(word));
    // These hold settings as a rule, and credentials now and then.
    let is_doubtful =
        matches!(name, ".npmrc" | ".yarnrc.yml" | "auth.json" | "credentials" | ".ssh" | ".aws")
            || name.ends_with(".pem")
            || name.ends_with(".key");
    is_secret_path(path) && !is_sample && !is_doubtful
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use semantic::facts::IgnoreFile;

    use crate::Settings;
    use crate::ignore::tests::context;
    use crate::tests::findings_of;

    const CODE: &str = "unwanted-files-in-broad-copy";

    fn found(files: &[&str], ignore: Option<&str>, text: &str) -> Vec<String> {
        let mut context = context(files);
        context.ignore_file =
            ignore.map(|text| IgnoreFile { path: ".dockerignore".to_owned(), text: text.to_owned() });
        let facts = Facts { context: Some(context), ..Facts::default() };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        findings_of(text, &facts, &settings).iter().map(|finding| finding.message.clone()).collect()
    }

    #[test]
    fn what_no_image_needs_is_named() {
        let files = [".git/config", ".env", "größe.js", "node_modules/x/a.js"];
        assert_eq!(
            found(&files, None, "FROM a\r\nRUN npm ci\r\nCOPY \\\r\n  . /x\r\n"),
            [
                "This copies `.git` (the history of git), `node_modules` (the packages that were installed here), `.env`. Whoever can pull the image can read it. Leave it out in a .dockerignore (rewrite create-dockerignore)."
            ]
        );
        assert_eq!(
            found(&files, Some("node_modules\n.env\n"), "FROM a AS b\nCOPY . /x\nFROM a\n"),
            [
                "This copies `.git` (the history of git). A change of any of it makes another layer. Leave it out in .dockerignore."
            ]
        );
    }

    #[test]
    fn what_is_left_out_or_not_taken_is_fine() {
        let files = [".git/config", ".env", ".env.example", "a.js", "node_modules/x"];
        for (ignore, text) in [
            (".git\n.env\n", "FROM a\nCOPY . /x\n"),
            ("*\n!a.js\n", "FROM a\nCOPY . /x\n"),
            ("", "FROM a\nCOPY a.js /x\n"),
            (".git\n", "FROM a AS b\nCOPY . /x\nFROM a\n"),
            (".env\n", "FROM a\nCOPY . /x\nRUN git describe > /v\n"),
            ("", "FROM a\nCOPY --exclude=.git . /x\n"),
            ("", "FROM a AS b\nFROM a\nCOPY --from=b . /x\n"),
            ("", "# escape=`\nFROM a\nCOPY <<E /x\n.\nE\nCOPY .\n"),
        ] {
            assert_eq!(found(&files, Some(ignore), text), [""; 0], "{ignore} {text}");
        }
        assert!(findings_of("FROM a\nCOPY . /x\n", &Facts::default(), &Settings::default()).is_empty());
    }
}
