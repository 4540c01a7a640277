//! The updates of builds, as a program or a person reads them.

use std::time::SystemTime;

use anyhow::Context;
use inner_loop::{BuildRequest, Sent, StepProblem, Update};
use workspace::source_errors;

use crate::arguments::ProgressFormat;
use crate::output::build_text::BuildText;
use crate::output::{events, print, sent_text};

/// Prints the updates of builds, one after the other.
pub(crate) struct Printer {
    format: ProgressFormat,
    file: String,
    target: String,
    /// What is built, and since when.
    request: BuildRequest,
    began: SystemTime,
    text: BuildText,
}

impl Printer {
    /// For builds of this request.
    pub(crate) fn new(format: ProgressFormat, request: &BuildRequest) -> Self {
        let file = request.dockerfile.display().to_string();
        let text = BuildText::new(file.clone(), format == ProgressFormat::Plain);
        let (target, began) = (String::new(), SystemTime::now());
        let mut printer = Self { format, file, target, request: request.clone(), began, text };
        printer.begin(request);
        printer
    }

    /// For a loop of builds: each is told in few lines.
    pub(crate) fn of_loop(mut self) -> Self {
        self.text = self.text.of_loop();
        self
    }

    /// Whether people read what is printed.
    pub(crate) fn is_for_people(&self) -> bool {
        self.format != ProgressFormat::Json
    }

    /// The next build is of this request: the Dockerfile may have another last stage by now.
    pub(crate) fn begin(&mut self, request: &BuildRequest) {
        (self.request, self.began) = (request.clone(), SystemTime::now());
        let named = request.target.clone();
        self.target =
            named.or_else(|| Some(request.model().final_stage()?.display_name())).unwrap_or_default();
    }

    /// Programs wait for the last event, whatever happens; people are told by the error.
    pub(crate) fn print_without_builder(&self) -> anyhow::Result<()> {
        let last =
            Update::Finished { ok: false, canceled: false, image: None, seconds: 0.0, steps: 0, cached: 0 };
        if self.format == ProgressFormat::Json { self.print(&last) } else { Ok(()) }
    }

    /// What the next build is made for.
    pub(crate) fn print_changes(&self, files: &[String]) -> anyhow::Result<()> {
        let text = match self.format {
            ProgressFormat::Json => format!("{}\n", events::changed(files)),
            ProgressFormat::Auto | ProgressFormat::Plain => BuildText::changed(files),
        };
        print(&text).context("cannot write to stdout")
    }

    /// What a build sent and why, for those who want to see all of it.
    pub(crate) fn print_sent(&self, sent: &Sent) -> anyhow::Result<()> {
        match self.format {
            ProgressFormat::Plain => print(&sent_text::text(sent)).context("cannot write to stdout"),
            ProgressFormat::Auto | ProgressFormat::Json => Ok(()),
        }
    }

    pub(crate) fn print(&self, update: &Update) -> anyhow::Result<()> {
        if let Update::Problem(problem) = update {
            return self.print_problem(problem);
        }
        let text = match self.format {
            ProgressFormat::Json => {
                events::line(update, &self.file, &self.target).map(|line| format!("{line}\n"))
            }
            ProgressFormat::Auto | ProgressFormat::Plain => self.text.line(update),
        };
        text.map_or(Ok(()), |text| print(&text)).context("cannot write to stdout")
    }

    /// A failure: what its tools said on the user's own lines, and the step.
    fn print_problem(&self, problem: &StepProblem) -> anyhow::Result<()> {
        let located = source_errors::locate(&self.request, problem, self.began);
        let text = match self.format {
            ProgressFormat::Json => {
                let own = located.iter().map(|located| events::source_problem(located, &self.file));
                let step = events::step_problem(problem, &self.file);
                own.chain([step]).map(|line| format!("{line}\n")).collect()
            }
            ProgressFormat::Auto | ProgressFormat::Plain => self.text.problem(problem, &located),
        };
        print(&text).context("cannot write to stdout")
    }
}
