//! The output of the last build, step by step: that of a step which was cached is from the build that ran it.

use std::io;
use std::path::PathBuf;

use inner_loop::history::{PastBuild, PastStep};
use inner_loop::step_logs::{KeptLog, StepLogs};
use inner_loop::{BuildRequest, StepState};

use super::place::Place;
use super::{Foresight, LastBuild, logs_name, rfc3339};

/// What the steps of the last build wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildLog {
    /// What was built and when, on one line.
    title: String,
    /// The steps that wrote anything, in order.
    steps: Vec<LoggedStep>,
}

/// A log as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenLog {
    /// Where it is.
    pub path: PathBuf,
    /// The line of it, from 0, in which the step begins that was looked for.
    pub line: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct LoggedStep {
    /// Its first and last line in the Dockerfile as it was built, from 1.
    lines: (u32, u32),
    /// What it is, how it ended, and when it wrote this.
    title: String,
    /// Whole lines.
    text: String,
}

impl Foresight {
    /// What the steps of the last build wrote. None where no build is kept.
    #[must_use]
    pub fn build_log(&self, request: &BuildRequest) -> Option<BuildLog> {
        let last = self.last_build(request)?;
        let logs: StepLogs = self.kept.read(&logs_name(&Place::of(request).history));
        let LastBuild { build, steps: now, .. } = &last;
        let file = request.dockerfile.file_name().unwrap_or_default().to_string_lossy();
        let target = request.target.as_ref().map(|target| format!("{target} of ")).unwrap_or_default();
        let how = if build.ok { "built" } else { "failed" };
        let title = format!("{target}{file}, {how} {}", rfc3339(build.at));
        let logged = build.steps.iter().zip(now).filter_map(|(step, now)| {
            let kept = logs.of(step, build)?;
            let line = step.inputs.line;
            let instruction = match now {
                Some(now) => now.instruction.clone(),
                None => format!("{} (edited since)", step.inputs.keyword),
            };
            let title = format!("line {line}: {instruction}\n        {}", origin(step, kept, build));
            let cut = if kept.log.is_cut { "[…]\n" } else { "" };
            Some(LoggedStep {
                lines: (line, now.as_ref().map_or(line, |now| now.end_line)),
                title,
                text: format!("{cut}{}", kept.log.text),
            })
        });
        Some(BuildLog { title, steps: logged.collect() })
    }

    /// Writes that to a private file, in the place of the one before. `line` is a line of the Dockerfile, from 1, whose step is looked for.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_build_log(
        &self,
        request: &BuildRequest,
        line: Option<u32>,
    ) -> io::Result<Option<WrittenLog>> {
        let Some(log) = self.build_log(request) else { return Ok(None) };
        let (text, places) = log.text_with_places();
        let at = line.and_then(|line| log.steps.iter().position(|step| step.is_at(line)));
        let name = format!("{}.log", Place::of(request).history);
        self.kept.write_bytes(&name, text.as_bytes())?;
        Ok(Some(WrittenLog { path: self.kept.path(&name), line: at.map(|at| places[at]) }))
    }
}

/// How a step ended, and of which build its output is.
fn origin(step: &PastStep, kept: &KeptLog, build: &PastBuild) -> String {
    let how = match step.state {
        StepState::Failed => "failed",
        _ if step.cached => "cached",
        StepState::Done => "ran",
        _ => "not run",
    };
    // Two builds may end within a second: a step that was cached wrote nothing in the last one.
    if kept.at == build.at && !step.cached {
        how.to_owned()
    } else {
        format!("{how}; its output is from the build of {}", rfc3339(kept.at))
    }
}

impl BuildLog {
    /// All of it.
    #[must_use]
    pub fn text(&self) -> String {
        self.text_with_places().0
    }

    /// What the step at a line of the Dockerfile wrote (lines count from 1). None where nothing of it is kept.
    #[must_use]
    pub fn of_line(&self, line: u32) -> Option<String> {
        self.steps.iter().find(|step| step.is_at(line)).map(LoggedStep::text)
    }

    /// All of it, and in which line of it, from 0, each step begins.
    fn text_with_places(&self) -> (String, Vec<u32>) {
        let mut text = format!("{}\n", self.title);
        if self.steps.is_empty() {
            text += "\nno output of its steps is kept\n";
        }
        let mut places = Vec::new();
        for step in &self.steps {
            text.push('\n');
            places.push(u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX));
            text += &step.text();
        }
        (text, places)
    }
}

impl LoggedStep {
    const fn is_at(&self, line: u32) -> bool {
        self.lines.0 <= line && line <= self.lines.1
    }

    fn text(&self) -> String {
        format!("{}\n{}", self.title, self.text)
    }
}
