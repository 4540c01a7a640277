//! How rules are tested: a Dockerfile with carets under what is to be found, and the pages' own examples.

mod fixture;
mod half_typed;
mod pages;
mod settings;

pub(crate) use fixture::{
    check, check_fix, check_fix_of, check_only, errors, findings_of, no_findings, pointed_at,
};
