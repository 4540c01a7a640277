//! Diagnostics: one file a rule, one line in [`REGISTRY`].
//!
//! A rule is a pure function from the model and the facts to findings; a fix is a change attached to a finding. No rule knows
//! another one, and none keeps state. Which rules run, how severe they are and what comments suppress is decided here, once for all.

mod analysis;
pub mod called;
mod catalogue;
pub mod docs;
pub mod fix;
pub mod ignore;
pub mod labels;
pub mod memory;
mod names;
pub mod profile;
mod report;
pub mod rule;
mod rules;
pub mod settings;
pub mod suppress;
#[cfg(test)]
mod tests;

pub use crate::analysis::secret_name;
pub use crate::analysis::shell_scripts::shell_scripts;
pub use crate::called::{Called, Named, Names, What, are_callers_checked, check_callers};
pub use crate::catalogue::{REGISTRY, find, find_all};
pub use crate::ignore::{CopiedPath, IgnoreInput, check_ignore_file, place_of_pattern};
pub use crate::labels::{LabelKind, LabelSchema};
pub use crate::memory::{Memory, Wanted};
pub use crate::names::{is_same_name, nearest};
pub use crate::profile::Profile;
pub use crate::report::{Report, Suppressed, check, report, report_with, run};
pub use crate::rule::{Category, Check, Finding, Findings, Rule, Severity, StageInput};
pub use crate::settings::{Level, Settings, wants_shell_checks};
