//! The page of the settings, as it stands under `server/docs`.

use std::fmt::Write as _;

use super::schema::{KEYS, Kind, table_of};

const NOTE: &str = "<!-- Made from the code by `UPDATE_DOCS=1 cargo test -p layerwise-ide`; do not edit. -->";

const INTRODUCTION: &str = "\
Settings stand in files named `layerwise.toml` and in the editor's section `layerwise`; the keys are the same.

- For a Dockerfile the files count from its own folder up to the working directory or, in an editor, the workspace folder. Where
  the Dockerfile lies elsewhere, the file in its own folder counts.
- The nearest file that sets a key decides it; the tables `severity` and `build.args` are merged entry by entry. Then comes the
  editor's section. Flags of the command line win over all: `--select` sets `select` and `ignore` of the files aside, and a
  severity of `off`; `--ignore` adds to theirs.
- Rules are named by code, by alias (`DL3020`) or by category (`style`), in any case; `all` is every rule.
- Where the profile is `hadolint`, the nearest `.hadolint.yaml` (or `.yml`) in these folders counts behind them all: `ignored`, `override`, `trustedRegistries`,
  `label-schema`, `strict-labels`, `failure-threshold`, `no-fail` and `disable-ignore-pragma` mean what they mean there; `format` and `no-color` are left to the
  command line. Those in a home folder and `HADOLINT_…` variables are not read.
- A key that does not exist, a wrong value and a file that cannot be read are named with file and line. An editor goes on
  with the rest; on the command line they end the command with exit status 2.
";

/// The page, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut text = format!("{NOTE}\n\n# Settings\n\n{INTRODUCTION}");
    for key in KEYS {
        let choices;
        let takes = match key.kind {
            Kind::Rules(_) => "a list of rules",
            Kind::Levels(_) => "a table from rules to `error`, `warning`, `info`, `hint` or `off`",
            Kind::Text(_) => "a text",
            Kind::Texts(_) => "a table from names to texts",
            Kind::Paths(_) => "a list of paths",
            Kind::Registries(_) => "a list of registries",
            Kind::Labels(_) => {
                "a table from labels to `text`, `url`, `rfc3339`, `spdx`, `hash`, `semver` or `email`"
            }
            Kind::Secrets(_) => "a list of secrets",
            Kind::Flag(_) => "`true` or `false`",
            Kind::Choice(names, _) => {
                choices = format!("`{}`", names.join("` or `"));
                &choices
            }
        };
        let head = match key.kind {
            Kind::Levels(_) => format!("[{}]\n", key.name),
            _ => table_of(key).map(|table| format!("[{table}]\n")).unwrap_or_default(),
        };
        let _ = write!(
            text,
            "\n## {}\n\n{}\n\n*Takes {takes}*\n\n```toml\n{head}{}\n```\n",
            key.name, key.says, key.example
        );
    }
    text
}
