//! A COPY of the context that lays the host's packages over those that the image has installed.

use semantic::path::Place;

use crate::analysis::call::Call;
use crate::analysis::context_copy::Sent;
use crate::analysis::image_path::for_each_command;
use crate::analysis::install::project_install;
use crate::analysis::text::{self, line};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "installed-packages-overwritten",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "The packages installed in the image are overwritten by those of the build context",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN installs packages into a folder of the project (`node_modules`, `vendor`), and a COPY behind it brings the same folder from the build context.

## Why

The packages of the machine that builds lie over those that were just installed: for another system, with those for development, of another version. Compiled ones do not
load, and the image differs from machine to machine: in CI, where the folder is not there, all is well.

## Bad

```dockerfile
# file: node_modules/x/index.js
# file: package.json
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
```

## Good

```dockerfile
# .dockerignore: node_modules
# file: node_modules/x/index.js
# file: package.json
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
```

## When to ignore

When the folder in the context is meant to win.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let Some(context) = &input.file.facts.context else { return };
    let mut sent = None;
    let mut installed: Vec<(Place, &'static str, String, u32)> = Vec::new();
    for item in &input.stage.instructions {
        for_each_command(item, |command, cwd| {
            let Some(install) = Call::of(command).and_then(|call| project_install(&call)) else { return };
            let folder = match install.manager {
                "npm" | "yarn" | "pnpm" | "bun" => "node_modules",
                "composer" => "vendor",
                _ => return,
            };
            installed.push((cwd.clone(), folder, text::command(item, command), item.instruction.start));
        });
        let Some(copy) = item.as_copy().filter(|copy| copy.takes_whole_context() && copy.exclude.is_empty())
        else {
            continue;
        };
        let sent = sent.get_or_insert_with(|| Sent::of(context));
        let overwritten =
            installed.iter().find(|(place, folder, ..)| *place == copy.place && sent.has(folder));
        let Some((_, folder, command, start)) = overwritten else { continue };
        let at = line(input.file, *start);
        let message = format!(
            "This lays `{folder}` of the build context over what `{command}` on line {at} installed. Leave it out: `{folder}` in .dockerignore."
        );
        if let Some(source) = copy.sources.first() {
            findings.add(source.text.range, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use semantic::facts::IgnoreFile;

    use crate::Settings;
    use crate::ignore::tests::context;
    use crate::tests::findings_of;

    const CODE: &str = "installed-packages-overwritten";

    fn found(ignore: &str, text: &str) -> Vec<String> {
        let mut context = context(&["node_modules/x/a.js", "größe.js"]);
        context.ignore_file = Some(IgnoreFile { path: ".dockerignore".to_owned(), text: ignore.to_owned() });
        let facts = Facts { context: Some(context), ..Facts::default() };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        findings_of(text, &facts, &settings).iter().map(|finding| finding.message.clone()).collect()
    }

    #[test]
    fn the_copy_behind_an_install_is_told() {
        for text in [
            "FROM a\r\nWORKDIR /é\r\nRUN npm ci\r\nCOPY \\\r\n  . .\r\nCOPY\r\n",
            "# escape=`\nFROM a\nWORKDIR /é\nRUN npm `\n  ci\nCOPY . /é\n",
            "FROM a\nWORKDIR /\nRUN <<E\ncd /é\nyarn\nE\nCOPY . /é/\n",
        ] {
            let found = found("", text);
            assert_eq!(found.len(), 1, "{text}");
            assert!(
                found[0].starts_with("This lays `node_modules` of the build context over what"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn what_is_left_out_and_other_folders_are_fine() {
        for (ignore, text) in [
            ("node_modules", "RUN npm ci\nCOPY . ."),
            ("", "COPY . .\nRUN npm ci"),
            ("", "RUN npm ci\nCOPY . /other"),
            ("", "RUN npm ci\nCOPY größe.js ."),
            ("", "RUN npm install -g x\nCOPY . ."),
            ("", "RUN pip install -r x\nCOPY . ."),
            ("", "RUN npm ci\nCOPY --exclude=node_modules . ."),
        ] {
            assert_eq!(found(ignore, &format!("FROM a\nWORKDIR /app\n{text}\n")), [""; 0], "{ignore} {text}");
        }
    }
}
