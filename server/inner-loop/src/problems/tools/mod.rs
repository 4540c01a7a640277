//! The tools whose output is understood, one line a tool. A tool that runs another one's output through stands before it: of two that say
//! the same, the first is believed.

mod c;
mod dotnet;
mod go;
mod java;
mod javascript_lint;
mod javascript_tests;
mod make;
mod node;
mod php;
mod python;
mod python_lint;
mod python_tests;
mod ruby;
mod rust;
mod shell;
mod typescript;

use super::tool::Tool;

/// All of them.
pub(super) const TOOLS: &[&Tool] = &[
    &make::MAKE,
    &rust::RUSTC,
    &rust::CARGO_MANIFEST,
    &rust::PANIC,
    &c::COMPILER,
    &c::LINKER,
    &go::BUILD,
    &go::TEST,
    &go::TESTIFY,
    &go::PANIC,
    &typescript::TSC,
    &javascript_tests::JEST,
    &javascript_tests::VITEST,
    &javascript_tests::NODE_TEST,
    &javascript_tests::NODE_TAP,
    &node::NODE,
    &javascript_lint::ESLINT,
    &python_tests::PYTEST,
    &python_tests::UNITTEST,
    &python::PYTHON,
    &python_lint::MYPY,
    &python_lint::RUFF,
    &python_lint::RUFF_IN_BLOCKS,
    &java::JAVAC,
    &java::KOTLINC,
    &java::MAVEN,
    &java::SUREFIRE,
    &java::GRADLE,
    &java::EXCEPTION,
    &dotnet::COMPILER,
    &dotnet::TEST,
    &php::PHP,
    &php::PHPUNIT,
    &ruby::RUBY,
    &ruby::RSPEC,
    &shell::SHELL,
];
