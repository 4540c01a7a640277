//! A file that a later layer removes, and that is still in the image.

use rewrites::Input;
use semantic::{Stage, StageInstruction};
use syntax::TextRange;

use crate::analysis::call::Call;
use crate::analysis::image_path::{for_each_command, resolve};
use crate::analysis::install::{System, SystemCommand};
use crate::analysis::made::{self, Made, MadeFiles, Maker};
use crate::analysis::text::{bytes, line};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "file-removed-in-later-layer",
    aliases: &[],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A file is removed in a later layer and is still in the image",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN removes what an earlier instruction put into the image: a copied or downloaded file, a cache, packages, the work directory of a
build. For secrets this is reported in every stage, else only in stages that are shipped.

## Why

Each instruction adds a layer, and a layer can only hide what those below it hold. The bytes are still pushed, pulled and stored, and a
secret is still there for everyone who looks.

## Bad

```dockerfile
FROM debian:12-slim
COPY sdk.tar.gz /tmp/sdk.tar.gz
RUN tar -xzf /tmp/sdk.tar.gz -C /opt
RUN rm /tmp/sdk.tar.gz
```

## Good

```dockerfile
FROM debian:12-slim
RUN --mount=type=bind,source=sdk.tar.gz,target=/tmp/sdk.tar.gz tar -xzf /tmp/sdk.tar.gz -C /opt
```

## When to ignore

When the file must be gone at run time and its size does not matter.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, is_shipped, .. } = *input;
    let mut made = MadeBefore::new(file, stage);
    for item in &stage.instructions {
        if removes(item, is_shipped) {
            check_run(file, stage, item, &mut made, is_shipped, findings);
        }
    }
}

/// Whether a RUN removes what matters: in a stage that is not shipped, only what may be a secret does.
fn removes(item: &StageInstruction, is_shipped: bool) -> bool {
    let matters =
        |call: &Call<'_>| is_shipped || call.arguments.iter().any(|word| made::is_secret_path(&word.text));
    let removal = |command| Call::of(command).is_some_and(|call| is_removal(&call) && matters(&call));
    item.as_run().is_some_and(|run| run.commands().any(removal))
}

/// What the instructions before some other one made, read as far as asked for: most removals are of files of the same RUN.
struct MadeBefore<'a> {
    input: &'a Input<'a>,
    stage: &'a Stage,
    /// Empty before the first question.
    lineage: Vec<&'a Stage>,
    /// The next instruction to read, by its stage in the lineage and its position.
    next: (usize, usize),
    files: MadeFiles,
}

impl<'a> MadeBefore<'a> {
    fn new(input: &'a Input<'a>, stage: &'a Stage) -> Self {
        Self { input, stage, lineage: Vec::new(), next: (0, 0), files: MadeFiles::default() }
    }

    /// What was made before `end`: an instruction of the stage, not before the one asked for last.
    fn files(&mut self, end: &StageInstruction) -> &MadeFiles {
        if self.lineage.is_empty() {
            self.lineage = self.input.model.lineage(self.stage.index);
        }
        while let Some(stage) = self.lineage.get(self.next.0) {
            match stage.instructions.get(self.next.1) {
                Some(item) if item.instruction.start >= end.instruction.start => break,
                Some(item) => {
                    self.files.take(self.input, item);
                    self.next.1 += 1;
                }
                None => self.next = (self.next.0 + 1, 0),
            }
        }
        &self.files
    }
}

fn is_removal(call: &Call<'_>) -> bool {
    match call.program {
        "rm" | "unlink" | "shred" => true,
        "npm" => matches!(call.subcommand_text(), "prune" | "cache"),
        "yarn" | "pip" | "pip3" => call.subcommand_text() == "cache",
        _ => SystemCommand::of(*call)
            .is_some_and(|command| command.removes() || matches!(command.subcommand, "clean")),
    }
}

fn check_run(
    input: &Input<'_>,
    stage: &Stage,
    item: &StageInstruction,
    made: &mut MadeBefore<'_>,
    is_shipped: bool,
    findings: &mut Findings,
) {
    let mut here = MadeFiles::default();
    for_each_command(item, |command, cwd| {
        let Some(call) = Call::of(command) else { return };
        if matches!(call.program, "rm" | "unlink" | "shred") {
            for word in call.arguments.iter().filter(|word| !word.text.starts_with('-')) {
                let Some(path) = resolve(input, item, cwd, word) else { continue };
                if made::is_mounted(item, &path.place) || here.covered_by(&path, input).is_some() {
                    continue;
                }
                let Some(found) = made
                    .files(item)
                    .covered_by(&path, input)
                    .filter(|found| found.is_secret() || is_shipped && !found.is_small())
                else {
                    continue;
                };
                let shown = word.value.as_deref().unwrap_or(&word.text).trim_matches(['"', '\'']);
                let message = message(input, stage, shown, &found, is_shipped);
                findings.add(item.instruction.place(word.range), message);
            }
        } else if is_shipped && is_removal(&call) {
            check_package_manager(input, item, &call, made.files(item), &here, findings);
        }
        here.take_command(input, item, command, cwd);
    });
}

fn message(input: &Input<'_>, stage: &Stage, shown: &str, found: &Made, is_shipped: bool) -> String {
    let from = line(input, found.start);
    let size = found.size.map_or_else(String::new, |size| format!(", {}", bytes(size)));
    if found.is_secret() {
        let who = if is_shipped {
            "everyone who can pull the image".to_owned()
        } else {
            format!("all who reach the cached stage {}", stage.display_name())
        };
        return format!(
            "`{shown}` can still be read in the layer of line {from} by {who}: removing it here only hides it. Use `RUN --mount=type=secret`."
        );
    }
    let cure = match found.maker {
        Maker::Copied => "Mount it in the RUN that needs it: `--mount=type=bind`.",
        Maker::Ran => "Remove it at the end of the RUN that makes it.",
    };
    format!(
        "`{shown}` is still in the image{size}, in the layer of line {from}: removing it here only hides it. {cure}"
    )
}

/// Packages and caches that a package manager removes again.
fn check_package_manager(
    input: &Input<'_>,
    item: &StageInstruction,
    call: &Call<'_>,
    made: &MadeFiles,
    here: &MadeFiles,
    findings: &mut Findings,
) {
    let first = call.command.words.first().map_or(call.command.range, |word| word.range);
    let last = call.subcommand().map_or(first, |word| word.range);
    let whole: TextRange = item.instruction.place(first).cover(item.instruction.place(last));
    if let Some(command) = SystemCommand::of(*call).filter(SystemCommand::removes) {
        let package = command.packages().find_map(|word| {
            let name = word.value.as_deref()?;
            let start = made.installed(name).filter(|_| here.installed(name).is_none())?;
            Some((word.range, name, start))
        });
        if let Some((range, name, start)) = package {
            let message = format!(
                "`{name}` and what it brought are still in the image, in the layer of line {}: removing them here only hides them. Install and remove them in one RUN.",
                line(input, start)
            );
            findings.add(item.instruction.place(range), message);
        }
        return;
    }
    let (what, manager) = match call.program {
        "npm" if call.subcommand_text() == "prune" => ("The packages that this prunes", "npm"),
        "npm" => ("npm's cache", "npm"),
        "yarn" => ("Yarn's cache", "yarn"),
        "pip" | "pip3" => ("pip's cache", "pip"),
        _ => match SystemCommand::of(*call).map(|command| command.system) {
            Some(System::Dnf) => ("dnf's cache", "dnf"),
            Some(System::Yum) => ("yum's cache", "yum"),
            Some(System::Zypper) => ("zypper's cache", "zypper"),
            // What `apt-get clean` removes is not there: Debian's and Ubuntu's images clean it after each installation.
            _ => return,
        },
    };
    if let Some(start) = made.ran(manager).filter(|_| here.ran(manager).is_none()) {
        let message = format!(
            "{what} stay in the layer of line {}: removing them here only hides them. Do it in that RUN.",
            line(input, start)
        );
        let message = if what.ends_with("cache") {
            message.replacen(" stay in", " stays in", 1).replace("them", "it")
        } else {
            message
        };
        findings.add(whole, message);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use semantic::facts::{ContextFacts, Facts, FileFacts, FileKind};

    use crate::tests::{check_only, findings_of, no_findings, pointed_at};

    const CODE: &str = "file-removed-in-later-layer";

    #[test]
    fn copied_files_are_still_there() {
        let text = "FROM a:1\nCOPY sdk.tgz /tmp/\nRUN tar -xf /tmp/sdk.tgz\nRUN rm -f \\\n  /tmp/sdk.tgz /tmp/other\n";
        assert_eq!(pointed_at(CODE, text), ["/tmp/sdk.tgz"]);
        expect_test::expect!["`/tmp/sdk.tgz` is still in the image, in the layer of line 2: removing it here only hides it. Mount it in the RUN that needs it: `--mount=type=bind`."]
            .assert_eq(&check_only(CODE, text)[0].message);
    }

    #[test]
    fn what_runs_made_is_still_there() {
        for (first, second, expected) in [
            ("RUN curl -fsSLo /tmp/go.tgz https://x/go.tgz", "RUN rm /tmp/go.tgz", "/tmp/go.tgz"),
            ("RUN curl -fsSL https://x/go.tgz > /tmp/go.tgz", "RUN rm -rf /tmp/*", "/tmp/*"),
            ("WORKDIR /w\nRUN wget https://x/go.tgz", "RUN rm go.tgz", "go.tgz"),
            ("RUN cd /tmp && curl -O https://x/go.tgz", "RUN rm /tmp/go.tgz", "/tmp/go.tgz"),
            ("RUN git clone https://x/a.git /src", "RUN rm -rf /src", "/src"),
            ("WORKDIR /w\nRUN npm ci", "RUN rm -rf node_modules", "node_modules"),
            (
                "RUN apt-get update && apt-get install -y x",
                "RUN rm -rf /var/lib/apt/lists/*",
                "/var/lib/apt/lists/*",
            ),
            ("RUN apt-get install -y gcc", "RUN apt-get purge -y gcc", "gcc"),
            ("RUN apk add --no-cache --virtual .deps gcc", "RUN apk del .deps", ".deps"),
            ("RUN npm ci", "RUN npm cache clean --force", "npm cache"),
            ("RUN npm ci", "RUN npm prune --omit=dev", "npm prune"),
            ("ENV D=/opt/d\nCOPY a.bin $D/a.bin", "RUN rm \"$D/a.bin\"", "\"$D/a.bin\""),
            ("COPY . /app", "RUN rm -rf /app", "/app"),
            ("WORKDIR /app\nCOPY src ./src", "RUN cd /app && rm -rf src", "src"),
        ] {
            assert_eq!(pointed_at(CODE, &format!("FROM a:1\n{first}\n{second}\n")), [expected], "{first}");
        }
    }

    #[test]
    fn secrets_are_worse_and_found_in_every_stage() {
        let text =
            "FROM a:1 AS b\nARG T\nRUN echo $T > ~/.npmrc\nRUN npm ci\nRUN rm -f /root/.npmrc\nFROM a:1\n";
        expect_test::expect!["`/root/.npmrc` can still be read in the layer of line 3 by all who reach the cached stage b: removing it here only hides it. Use `RUN --mount=type=secret`."]
            .assert_eq(&check_only(CODE, text)[0].message);
        let text = "FROM a:1\nCOPY id_rsa /root/.ssh/id_rsa\nRUN git clone x\nRUN rm -r ~/.ssh\n";
        assert!(check_only(CODE, text)[0].message.contains("everyone who can pull the image"));
    }

    #[test]
    fn what_was_not_there_before_is_no_matter() {
        for text in [
            "RUN curl -o /tmp/x https://x && rm /tmp/x",
            "RUN rm -rf /usr/share/doc",
            "RUN rm -f /etc/nginx/conf.d/default.conf",
            "COPY a /a\nRUN rm -rf /tmp/*",
            "RUN --mount=type=bind,source=x,target=/tmp/x tar -xf /tmp/x\nRUN rm -f /tmp/y",
            "COPY a /a\nRUN --mount=type=cache,target=/tmp curl -o /tmp/b https://x\nRUN rm -rf /tmp/b",
            "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y y && rm -rf /var/lib/apt/lists/*",
            "RUN apt-get install -y x\nRUN apt-get remove -y y",
            "COPY . /app\nRUN rm -f /app/tmp.pid",
            "COPY a /a\nRUN rm -rf \"$UNKNOWN\"",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
        no_findings(CODE, "FROM a:1 AS b\nCOPY a /a\nRUN rm /a\nFROM a:1\nCOPY --from=b /x /x\n");
    }

    #[test]
    fn the_context_knows_what_a_directory_holds_and_how_large_it_is() {
        let file = FileFacts { size: 3_400_000, kind: FileKind::File };
        let files = BTreeMap::from([("docs/a.pdf".to_owned(), file)]);
        let facts =
            Facts { context: Some(ContextFacts { files, ..ContextFacts::default() }), ..Facts::default() };
        let text = "FROM a:1\nCOPY . /app/\nRUN rm /app/docs/a.pdf\n";
        let found = findings_of(text, &facts, &crate::Settings::default());
        assert!(found.iter().any(|finding| finding.message.contains("3.4 MB")), "{found:?}");
    }

    #[test]
    fn broken_text_crlf_heredoc_other_letters_and_another_escape() {
        for text in [
            "FROM a:1\r\nCOPY größe.tgz /tmp/größe.tgz\r\nRUN rm \\\r\n  /tmp/größe.tgz\r\nCOPY\r\n",
            "# escape=`\nFROM a:1\nCOPY a.tgz /tmp/a.tgz\nRUN rm `\n  /tmp/a.tgz\n",
            "FROM a:1\nCOPY a.tgz /tmp/a.tgz\nRUN <<EOF\nset -e\nrm /tmp/a.tgz\nEOF\n",
            "FROM a:1\nCOPY <<EOF /tmp/a\nx\nEOF\nRUN rm /tmp/a\nRUN rm '\n",
        ] {
            assert_eq!(pointed_at(CODE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn scripts_sources_and_written_texts_are_not_worth_a_word() {
        for text in [
            "COPY setup.sh /setup.sh\nRUN /setup.sh && rm /setup.sh",
            "RUN echo x > /größe\nRUN rm /größe",
            "RUN curl -o /tmp/get-pip.py https://example.com/get-pip.py\nRUN rm /tmp/get-pip.py",
        ] {
            no_findings("file-removed-in-later-layer", &format!("FROM a:1\n{text}\n"));
        }
        let secret = "FROM a:1\nRUN echo x > /root/.npmrc\nRUN rm /root/.npmrc\n";
        assert_eq!(check_only("file-removed-in-later-layer", secret).len(), 1);
    }
}
