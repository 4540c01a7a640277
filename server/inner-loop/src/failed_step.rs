//! The state before a step that failed: a build of all that stands above it, whose steps are cached by then, and how its command would be run there.
//! And the state after it: for the reports of its tests, where a builder keeps nothing of what failed.

use std::path::{Path, PathBuf};

use semantic::scope::{Origin, Value};
use semantic::{Model, Mount, MountKind, StageInstruction};
use syntax::{Document, Form};

use crate::cache_spec::CacheSpec;
use crate::request::{BuildRequest, Export, is_remote};
use crate::test_results::leaves_reports;

/// The shell of shell forms where no SHELL names another.
const SHELL: &str = "/bin/sh";

/// How to get into the state before a step. WORKDIR, USER and ENV are the image's own.
#[derive(Debug, Clone)]
pub struct BeforeStep {
    /// Builds the stage up to the step; where the result goes, and its name, is the caller's to say.
    pub request: BuildRequest,
    /// The instruction on one line, as written.
    pub instruction: String,
    /// The program of SHELL.
    pub shell: String,
    /// The build arguments that the step sees, which no image has.
    pub arguments: Vec<(String, String)>,
    /// Folders in memory.
    pub tmpfs: Vec<String>,
    /// Files of the build context that are mounted, where these are on this machine: from where, and to where.
    pub binds: Vec<(PathBuf, String)>,
    /// The network, where that is not the default.
    pub network: Option<String>,
    /// What the step has and the shell has not, each in a few words.
    pub absent: Vec<String>,
}

impl BeforeStep {
    /// Before the step at a line of the Dockerfile, from 1.
    ///
    /// # Errors
    /// One line: there is no state before it.
    pub fn of(request: &BuildRequest, line: u32) -> Result<Self, String> {
        let model = request.model();
        let item = item_at(&model, line).ok_or_else(|| {
            format!("line {line} is no step of a stage, so there is no state before it that a shell could be opened in")
        })?;
        let text = &request.dockerfile_text;
        let above = above(text, item);
        let mut before = Self {
            request: BuildRequest {
                dockerfile_text: above.to_owned(),
                // What stands above ends with the step's own stage.
                target: None,
                no_cache: false,
                cache_to: Vec::<CacheSpec>::new(),
                tags: Vec::new(),
                export: Export::Image,
                reports: Vec::new(),
                ..request.clone()
            },
            instruction: one_line(&Document::new(text), item),
            shell: item
                .shell
                .as_ref()
                .and_then(|words| words.first().cloned())
                .unwrap_or_else(|| SHELL.to_owned()),
            arguments: Vec::new(),
            tmpfs: Vec::new(),
            binds: Vec::new(),
            network: request.network.clone().filter(|network| network != "default"),
            absent: Vec::new(),
        };
        for (name, definition) in model.scopes.visible(item.scope) {
            match &definition.value {
                Value::Known(value) if definition.origin != Origin::Env => {
                    before.arguments.push((name.to_owned(), value.clone()));
                }
                _ => {}
            }
        }
        if let Some(run) = item.as_run() {
            before.network = run.network.clone().filter(|network| network != "default").or(before.network);
            run.mounts.iter().for_each(|mount| before.mount(mount, request));
        }
        Ok(before)
    }

    fn mount(&mut self, mount: &Mount, request: &BuildRequest) {
        let target = mount.target.known().unwrap_or("a path that is not known");
        let source = || {
            let source = mount.source.as_deref().unwrap_or(".").trim_start_matches('/');
            let path = Path::new(&request.context).join(source);
            let is_here = !is_remote(&request.context) && mount.from.is_none();
            (is_here && !source.split('/').any(|part| part == "..")).then_some(path)
        };
        match (mount.kind, mount.target.known()) {
            (MountKind::Tmpfs, Some(target)) => self.tmpfs.push(target.to_owned()),
            (MountKind::Bind, Some(target)) if source().is_some() => {
                self.binds.extend(source().map(|path| (path, target.to_owned())));
            }
            (MountKind::Secret, _) => {
                let id = mount.id.as_deref().unwrap_or("without an id");
                self.absent.push(format!("the secret {id}"));
            }
            (MountKind::Ssh, _) => self.absent.push("the SSH agent".to_owned()),
            (MountKind::Cache, _) => self.absent.push(format!("what the cache at {target} holds")),
            _ => self.absent.push(format!("the mount at {target}")),
        }
    }
}

/// A build that ends with the RUN at a line of the Dockerfile, from 1, whose command is run and its status passed over: what it writes before it
/// fails is in the image. Nothing where it is known to leave no reports. Where the result goes, and its name, is the caller's to say.
#[must_use]
pub fn past_failure(request: &BuildRequest, line: u32) -> Option<BuildRequest> {
    let model = request.model();
    let item = item_at(&model, line)?;
    let is_named = request.reports.iter().any(|report| report.is_named);
    item.as_run().filter(|run| is_named || leaves_reports(run))?;
    let (text, source) = (&request.dockerfile_text, &item.instruction.source);
    // Its own words are passed on as they are: those of SHELL, to which the builder adds the command, or those of the exec form.
    let around = [SHELL, "-c", "\"$@\" || :", "sh"].map(str::to_owned).into_iter();
    let step = match item.instruction.arguments.form {
        Some(Form::Exec) => {
            let start = item.instruction.arguments.range.start as usize;
            let words = item.instruction.arguments.words.iter().map(|word| word.text.clone());
            let words: Vec<String> = around.chain(words).collect();
            format!("{}{}", source.get(..start)?, serde_json::to_string(&words).ok()?)
        }
        _ => {
            let shell = item.shell.clone().unwrap_or_else(|| vec![SHELL.to_owned(), "-c".to_owned()]);
            let words: Vec<String> = around.chain(shell).collect();
            format!("SHELL {}\n{source}", serde_json::to_string(&words).ok()?)
        }
    };
    Some(BuildRequest {
        dockerfile_text: format!("{}{step}\n", above(text, item)),
        target: None,
        no_cache: false,
        cache_to: Vec::new(),
        tags: Vec::new(),
        export: Export::Image,
        ..request.clone()
    })
}

fn item_at(model: &Model, line: u32) -> Option<&StageInstruction> {
    let at = line.checked_sub(1)?;
    let is_at = |item: &&StageInstruction| item.instruction.line <= at && at <= item.instruction.end_line();
    model.stages.iter().flat_map(|stage| &stage.instructions).find(is_at)
}

fn above<'a>(text: &'a str, item: &StageInstruction) -> &'a str {
    text.get(..item.instruction.range().start as usize).unwrap_or(text)
}

fn one_line(document: &Document, item: &StageInstruction) -> String {
    let text = document.slice(item.instruction.range());
    let first = text.lines().next().unwrap_or_default().trim_end();
    if text.trim_end().lines().count() > 1 { format!("{first} …") } else { first.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_results::ReportPath;

    const TEXT: &str = "ARG V=1\r\nFROM a AS build\r\nSHELL [\"/bin/bash\", \"-c\"]\r\nARG V\r\nENV E=größe\r\nCOPY . .\r\nRUN --mount=type=cache,target=/c --mount=type=secret,id=npm --mount=type=tmpfs,target=/t \\\r\n  --mount=type=bind,source=src,target=/s make\r\nRUN after\r\nFROM build\r\nRUN last\r\n";

    fn request() -> BuildRequest {
        BuildRequest {
            context: "/ctx".to_owned(),
            dockerfile_text: TEXT.to_owned(),
            target: Some("build".to_owned()),
            tags: vec!["a".to_owned()],
            no_cache: true,
            ..BuildRequest::default()
        }
    }

    #[test]
    fn all_that_stands_above_is_built_and_what_the_step_has_is_told() {
        let before = BeforeStep::of(&request(), 8).unwrap();
        assert!(TEXT.starts_with(&before.request.dockerfile_text));
        assert!(before.request.dockerfile_text.ends_with("COPY . .\r\n"));
        assert_eq!(
            (&before.request.target, &before.request.tags, before.request.no_cache),
            (&None, &vec![], false)
        );
        assert_eq!(before.shell, "/bin/bash");
        assert_eq!(before.arguments, [("V".to_owned(), "1".to_owned())]);
        assert_eq!(before.tmpfs, ["/t"]);
        assert_eq!(before.binds, [(PathBuf::from("/ctx/src"), "/s".to_owned())]);
        assert_eq!(before.absent, ["what the cache at /c holds", "the secret npm"]);
        assert!(
            before.instruction.starts_with("RUN --mount=type=cache") && before.instruction.ends_with('…')
        );
        let last = BeforeStep::of(&request(), 11).unwrap();
        assert_eq!((last.instruction.as_str(), last.shell.as_str()), ("RUN last", "/bin/bash"));
    }

    /// The last lines of the Dockerfile that is built.
    fn past(text: &str, line: u32, is_named: bool) -> Option<String> {
        let reports = vec![ReportPath { path: "/r.xml".to_owned(), is_named }];
        let request = BuildRequest { dockerfile_text: text.to_owned(), reports, ..request() };
        let built = past_failure(&request, line)?;
        assert_eq!((&built.target, &built.reports, built.no_cache), (&None, &request.reports, false));
        let text = &built.dockerfile_text;
        Some(text.strip_prefix("FROM a\n").expect(text).to_owned())
    }

    #[test]
    fn a_step_is_run_past_its_failure_in_its_own_shell_and_words() {
        let around = r#""/bin/sh","-c","\"$@\" || :","sh""#;
        for (step, expected) in [
            (
                "RUN pytest --junitxml=r.xml",
                format!("SHELL [{around},\"/bin/sh\",\"-c\"]\nRUN pytest --junitxml=r.xml\n"),
            ),
            (
                "RUN --mount=type=cache,target=/c \\\n  mvn test",
                format!(
                    "SHELL [{around},\"/bin/sh\",\"-c\"]\nRUN --mount=type=cache,target=/c \\\n  mvn test\n"
                ),
            ),
            (
                "SHELL [\"/bin/bash\", \"-ec\"]\nRUN mvn größe",
                format!(
                    "SHELL [\"/bin/bash\", \"-ec\"]\nSHELL [{around},\"/bin/bash\",\"-ec\"]\nRUN mvn größe\n"
                ),
            ),
            (
                "RUN --network=none [\"pytest\", \"--junitxml=r.xml\"]",
                format!("RUN --network=none [{around},\"pytest\",\"--junitxml=r.xml\"]\n"),
            ),
        ] {
            let text = format!("FROM a\n{step}\nRUN after\n");
            let line = u32::try_from(step.lines().count()).unwrap() + 1;
            assert_eq!(past(&text, line, false), Some(expected), "{step}");
        }
    }

    #[test]
    fn what_leaves_no_reports_is_not_run_again() {
        let text = "FROM a\nCOPY . .\nRUN npm ci\n";
        assert_eq!([past(text, 1, true), past(text, 2, true), past(text, 9, true)], [None, None, None]);
        assert_eq!(past(text, 3, false), None);
        assert!(past(text, 3, true).is_some());
    }

    #[test]
    fn a_base_image_has_no_state_before_it() {
        for line in [0, 1, 2, 10, 99] {
            let error = BeforeStep::of(&request(), line).unwrap_err();
            assert!(error.contains("no step of a stage"), "{error}");
        }
        let half = BuildRequest { dockerfile_text: "FROM a\nRUN \\".to_owned(), ..BuildRequest::default() };
        assert_eq!(BeforeStep::of(&half, 2).unwrap().request.dockerfile_text, "FROM a\n");
    }
}
