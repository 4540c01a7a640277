//! Every rule, and how one is found by code or alias.

use crate::names::normalized;
use crate::rule::Rule;
use crate::rules;

/// Every rule, by code.
pub const REGISTRY: &[&Rule] = &[
    &rules::arg_before_expensive_run::RULE,
    &rules::build_tools_in_final_image::RULE,
    &rules::chown_in_own_layer::RULE,
    &rules::file_removed_in_later_layer::RULE,
    &rules::foreign_frontend::RULE,
    &rules::package_index_left_in_image::RULE,
    &rules::secret_in_arg_or_env::RULE,
    &rules::secret_written_to_layer::RULE,
    &rules::source_copied_before_dependency_install::RULE,
    &rules::syntax_problem::RULE,
    &rules::unknown_stage::RULE,
    &rules::unused_suppression::RULE,
];

/// The rule of a code or alias, in any case; the first by code where several rules share an alias.
#[must_use]
pub fn find(code_or_alias: &str) -> Option<&'static Rule> {
    find_all(code_or_alias).next()
}

/// Every rule of a code or alias, in any case.
pub fn find_all(code_or_alias: &str) -> impl Iterator<Item = &'static Rule> {
    let wanted = normalized(code_or_alias);
    REGISTRY.iter().copied().filter(move |rule| {
        std::iter::once(&rule.code).chain(rule.aliases).any(|known| normalized(known) == wanted)
    })
}
