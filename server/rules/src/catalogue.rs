//! Every rule, and how one is found by code or alias.

use crate::names::normalized;
use crate::rule::Rule;
use crate::rules;

/// Every rule, by code.
pub const REGISTRY: &[&Rule] = &[
    &rules::add_of_local_file::RULE,
    &rules::apt_in_script::RULE,
    &rules::arg_before_expensive_run::RULE,
    &rules::base_image_of_other_platform::RULE,
    &rules::build_tools_in_final_image::RULE,
    &rules::chown_in_own_layer::RULE,
    &rules::constant_platform::RULE,
    &rules::copy_ignored_file::RULE,
    &rules::copy_sources_without_slash::RULE,
    &rules::description_without_name::RULE,
    &rules::duplicate_stage_name::RULE,
    &rules::empty_continuation_line::RULE,
    &rules::expose_invalid_format::RULE,
    &rules::expose_protocol_casing::RULE,
    &rules::file_removed_in_later_layer::RULE,
    &rules::foreign_frontend::RULE,
    &rules::from_as_casing::RULE,
    &rules::ignore_pattern_refused::RULE,
    &rules::ignore_pattern_without_effect::RULE,
    &rules::ignore_pattern_without_match::RULE,
    &rules::ignored_file_is_copied::RULE,
    &rules::inconsistent_instruction_casing::RULE,
    &rules::instruction_overridden::RULE,
    &rules::invalid_default_arg_in_from::RULE,
    &rules::legacy_key_value_format::RULE,
    &rules::maintainer_deprecated::RULE,
    &rules::missing_dockerfile::RULE,
    &rules::package_index_left_in_image::RULE,
    &rules::port_out_of_range::RULE,
    &rules::redundant_target_platform::RULE,
    &rules::relative_workdir::RULE,
    &rules::reserved_stage_name::RULE,
    &rules::secret_in_arg_or_env::RULE,
    &rules::secret_written_to_layer::RULE,
    &rules::shell_form_command::RULE,
    &rules::source_copied_before_dependency_install::RULE,
    &rules::stage_name_casing::RULE,
    &rules::syntax_problem::RULE,
    &rules::undefined_arg_in_from::RULE,
    &rules::undefined_variable::RULE,
    &rules::unknown_stage::RULE,
    &rules::unknown_target::RULE,
    &rules::unused_build_arg::RULE,
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
