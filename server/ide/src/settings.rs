//! What the user has set, the same keys in the editor and in `layerwise.toml`.
//!
//! A place where settings stand (a file, the editor's section) is a [`Layer`], read by the one [`schema`]; [`Settings`] are the
//! layers that speak for a Dockerfile, merged. Files are read and parsed elsewhere.

pub mod docs;
pub mod hadolint;
pub mod schema;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use rules::{LabelKind, LabelSchema, Level, Profile, Severity};

use crate::formatting::Layout;

pub use schema::{Problem, Reading, read};

/// Settings that hold for a Dockerfile. The default is what holds without any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Which rules run and how severe they are.
    pub rules: rules::Settings,
    /// From which severity on `check` fails, where its flag does not say; `warning` where this does not either.
    pub fail_on: Option<FailOn>,
    /// How to build.
    pub build: BuildSettings,
    /// How to test.
    pub test: TestSettings,
    /// How to lay files out.
    pub format: FormatSettings,
    /// Which hints are shown.
    pub hints: HintSettings,
}

/// From which severity on a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// Whatever is found.
    Never,
    /// From this severity on.
    From(Severity),
}

/// Settings of layout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormatSettings {
    /// How far it goes.
    pub layout: Layout,
}

/// Which kinds of hints are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct HintSettings {
    /// What the last build said of a step.
    pub build: bool,
    /// What the next build would do with a step.
    pub prediction: bool,
    /// Images, paths and other words with their variables expanded.
    pub variables: bool,
    /// Where a relative WORKDIR leads.
    pub workdir: bool,
    /// The stage that a number means, and what takes the place of a stage.
    pub stages: bool,
}

impl Default for HintSettings {
    fn default() -> Self {
        Self { build: true, prediction: true, variables: true, workdir: true, stages: true }
    }
}

/// Settings of builds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildSettings {
    /// The stage to build where nobody names one.
    pub target: Option<String>,
    /// Build arguments.
    pub args: BTreeMap<String, String>,
    /// Secrets as `docker buildx build --secret` takes them: `id=npm,src=/path`, `id=npm,env=NAME`.
    pub secrets: Vec<String>,
    /// Whether saving a Dockerfile builds it. No file in a project can say so: see [`Layer::in_folder`].
    pub on_save: bool,
}

/// Settings of tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestSettings {
    /// The stage whose build runs the tests; the one that is called `test` where nobody names another.
    pub target: Option<String>,
    /// Where the tests leave JUnit reports in the container.
    pub reports: Vec<String>,
}

/// What one place sets. What it leaves out is left to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// Which rules where `select` does not say.
    pub profile: Option<Profile>,
    /// Only these rules.
    pub select: Option<Vec<String>>,
    /// Not these rules.
    pub ignore: Option<Vec<String>>,
    /// How severe, by the rule's name as written.
    pub severity: BTreeMap<String, Level>,
    /// The registries that are trusted.
    pub trusted_registries: Option<Vec<String>>,
    /// The labels that an image has to have.
    pub required_labels: Option<BTreeMap<String, LabelKind>>,
    /// Whether it may have no others.
    pub strict_labels: Option<bool>,
    /// Whether comments made for hadolint suppress nothing. Its own file alone says so.
    pub ignores_hadolint_comments: Option<bool>,
    /// From which severity on a check fails. hadolint's own file alone says so.
    pub fail_on: Option<FailOn>,
    /// How to build.
    pub build: BuildLayer,
    /// How to test.
    pub test: TestLayer,
    /// How far layout goes.
    pub layout: Option<Layout>,
    /// Which hints are shown.
    pub hints: HintLayer,
}

/// What one place sets for hints; see [`HintSettings`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HintLayer {
    /// Of the last build.
    pub build: Option<bool>,
    /// Of the next build.
    pub prediction: Option<bool>,
    /// Of variables.
    pub variables: Option<bool>,
    /// Of WORKDIR.
    pub workdir: Option<bool>,
    /// Of stages.
    pub stages: Option<bool>,
}

/// What one place sets for builds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildLayer {
    /// The stage to build.
    pub target: Option<String>,
    /// Build arguments, by name.
    pub args: BTreeMap<String, String>,
    /// Secrets.
    pub secrets: Option<Vec<String>>,
    /// Whether saving builds.
    pub on_save: Option<bool>,
}

/// What one place sets for tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestLayer {
    /// The stage.
    pub target: Option<String>,
    /// Where reports are.
    pub reports: Option<Vec<String>>,
}

impl Layer {
    /// The layer of a file in a folder: secrets' relative paths start there, and saving builds nothing, for a file that comes with
    /// a project cannot start builds.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        for secret in self.build.secrets.iter_mut().flatten() {
            let fields: Vec<String> = secret.split(',').map(|field| from_folder(field, folder)).collect();
            *secret = fields.join(",");
        }
        self.build.on_save = None;
        self
    }

    /// The same without anything about builds, for projects that the user does not trust.
    #[must_use]
    pub fn without_builds(mut self) -> Self {
        self.build = BuildLayer::default();
        self.test = TestLayer::default();
        self
    }
}

/// `src=PATH` with the path seen from a folder; any other field as it is.
fn from_folder(field: &str, folder: &Path) -> String {
    match field.split_once('=') {
        Some((key, path)) if matches!(key.trim(), "src" | "source") => {
            format!("{key}={}", folder.join(path).display())
        }
        _ => field.to_owned(),
    }
}

impl Settings {
    /// Whether hadolint's own settings count.
    #[must_use]
    pub fn reads_hadolint(&self) -> bool {
        self.rules.profile == Profile::Hadolint
    }

    /// Merges layers, the nearest first: the nearest that sets a key decides it, and tables are merged entry by entry.
    #[must_use]
    pub fn merged<'a>(layers: impl IntoIterator<Item = &'a Layer>) -> Self {
        let mut all = Layer::default();
        for layer in layers {
            all.profile = all.profile.or(layer.profile);
            all.trusted_registries = all.trusted_registries.or_else(|| layer.trusted_registries.clone());
            all.required_labels = all.required_labels.or_else(|| layer.required_labels.clone());
            all.strict_labels = all.strict_labels.or(layer.strict_labels);
            all.ignores_hadolint_comments = all.ignores_hadolint_comments.or(layer.ignores_hadolint_comments);
            all.fail_on = all.fail_on.or(layer.fail_on);
            all.select = all.select.or_else(|| layer.select.clone());
            all.ignore = all.ignore.or_else(|| layer.ignore.clone());
            for (name, level) in &layer.severity {
                if !all.severity.keys().any(|nearer| rules::is_same_name(nearer, name)) {
                    all.severity.insert(name.clone(), *level);
                }
            }
            let build = &layer.build;
            all.build.target = all.build.target.or_else(|| build.target.clone());
            for (name, value) in &build.args {
                all.build.args.entry(name.clone()).or_insert_with(|| value.clone());
            }
            all.build.secrets = all.build.secrets.or_else(|| build.secrets.clone());
            all.build.on_save = all.build.on_save.or(build.on_save);
            all.test.target = all.test.target.or_else(|| layer.test.target.clone());
            all.test.reports = all.test.reports.or_else(|| layer.test.reports.clone());
            all.layout = all.layout.or(layer.layout);
            let hints = &layer.hints;
            all.hints.build = all.hints.build.or(hints.build);
            all.hints.prediction = all.hints.prediction.or(hints.prediction);
            all.hints.variables = all.hints.variables.or(hints.variables);
            all.hints.workdir = all.hints.workdir.or(hints.workdir);
            all.hints.stages = all.hints.stages.or(hints.stages);
        }
        let profile = all.profile.unwrap_or_default();
        // hadolint fails from there on.
        let usual = (profile == Profile::Hadolint).then_some(FailOn::From(Severity::Info));
        Self {
            fail_on: all.fail_on.or(usual),
            rules: rules::Settings {
                profile,
                trusted_registries: all.trusted_registries.unwrap_or_default(),
                labels: LabelSchema {
                    required: all.required_labels.unwrap_or_default(),
                    is_strict: all.strict_labels.unwrap_or_default(),
                },
                ignores_hadolint_comments: all.ignores_hadolint_comments.unwrap_or_default(),
                select: all.select.unwrap_or_default(),
                ignore: all.ignore.unwrap_or_default(),
                severity: all.severity,
            },
            build: BuildSettings {
                target: all.build.target,
                args: all.build.args,
                secrets: all.build.secrets.unwrap_or_default(),
                on_save: all.build.on_save.unwrap_or_default(),
            },
            test: TestSettings { target: all.test.target, reports: all.test.reports.unwrap_or_default() },
            format: FormatSettings { layout: all.layout.unwrap_or_default() },
            hints: HintSettings {
                build: all.hints.build.unwrap_or(true),
                prediction: all.hints.prediction.unwrap_or(true),
                variables: all.hints.variables.unwrap_or(true),
                workdir: all.hints.workdir.unwrap_or(true),
                stages: all.hints.stages.unwrap_or(true),
            },
        }
    }
}
