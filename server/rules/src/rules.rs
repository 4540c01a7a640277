//! The rules, a file each: its page, its code and its tests.

pub(crate) mod arg_before_expensive_run;
pub(crate) mod build_tools_in_final_image;
pub(crate) mod chown_in_own_layer;
pub(crate) mod file_removed_in_later_layer;
pub(crate) mod foreign_frontend;
pub(crate) mod package_index_left_in_image;
pub(crate) mod secret_in_arg_or_env;
pub(crate) mod secret_written_to_layer;
pub(crate) mod source_copied_before_dependency_install;
pub(crate) mod syntax_problem;
pub(crate) mod unknown_stage;
pub(crate) mod unused_suppression;
